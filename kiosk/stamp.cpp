#include "kiosk/stamp.hpp"

#include <sodium.h>

#include "sync/device_clock.hpp"

namespace lanyard::kiosk {

sync::RowStamp stamp_now() {
  sync::RowStamp stamp;
  stamp.now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  stamp.boot_id = sync::boot_id();
  stamp.monotonic_ms = sync::since_boot_ms();
  stamp.clock_synchronised = sync::wall_clock_synchronised();
  randombytes_buf(stamp.random.data(), stamp.random.size());
  return stamp;
}

}  // namespace lanyard::kiosk
