// The machine's clocks: what kiosk and daemon stamp with. Threads: any.
#pragma once

#include <cstdint>
#include <string>

namespace lanyard::sync {

[[nodiscard]] const std::string& boot_id();    // the kernel's, of this boot; "" if it does not tell
[[nodiscard]] std::int64_t since_boot_ms();    // CLOCK_BOOTTIME
[[nodiscard]] bool wall_clock_synchronised();  // false too where asking is forbidden

}  // namespace lanyard::sync
