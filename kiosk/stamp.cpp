#include "kiosk/stamp.hpp"

#include <ctime>
#include <fstream>

#include <sodium.h>

namespace lanyard::kiosk {

namespace {

std::string read_boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

}  // namespace

sync::RowStamp stamp_now() {
  static const std::string boot_id = read_boot_id();
  timespec boot{};
  ::clock_gettime(CLOCK_BOOTTIME, &boot);
  sync::RowStamp stamp;
  stamp.now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  stamp.boot_id = boot_id;
  stamp.monotonic_ms = boot.tv_sec * 1000 + boot.tv_nsec / 1'000'000;
  randombytes_buf(stamp.random.data(), stamp.random.size());
  return stamp;
}

}  // namespace lanyard::kiosk
