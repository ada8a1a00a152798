#include "sync/device_clock.hpp"

#include <ctime>
#include <fstream>

#include <sys/timex.h>

namespace lanyard::sync {

const std::string& boot_id() {
  static const std::string id = [] {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string line;
    std::getline(file, line);
    return line;
  }();
  return id;
}

std::int64_t since_boot_ms() {
  timespec boot{};
  ::clock_gettime(CLOCK_BOOTTIME, &boot);
  return boot.tv_sec * 1000 + boot.tv_nsec / 1'000'000;
}

bool wall_clock_synchronised() {
  timex state{};
  const int answer = ::adjtimex(&state);
  return answer >= 0 && answer != TIME_ERROR;
}

}  // namespace lanyard::sync
