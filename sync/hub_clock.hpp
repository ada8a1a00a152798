// What time it is at the hub, while the hub is away. PURE. Threads: reentrant.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "sync/record.hpp"

namespace lanyard::sync {

// What a device stamps on each of its rows.
struct RowStamp {
  Timestamp now{};
  std::string boot_id;
  std::int64_t monotonic_ms{0};  // since the boot, and on while the machine sleeps
  std::array<std::uint8_t, 10> random{};
  bool clock_synchronised{false};  // somebody disciplines the wall clock, says the kernel
};

// How the clocks stood to each other when the hub last answered.
struct ClockMeasure {
  std::int64_t offset_ms{0};          // hub's clock minus our wall clock
  std::string boot_id;                // of ours, then
  std::int64_t hub_minus_boot_ms{0};  // hub's clock minus our monotonic one
  friend bool operator==(const ClockMeasure&, const ClockMeasure&) = default;
};

struct HubTime {
  Timestamp now{};
  std::optional<std::int64_t> offset_ms;  // hub's clock minus our wall clock; nullopt if that is a guess
};

// In the boot of the measure the monotonic clock leads on from it: a step of the wall clock changes nothing.
// In another boot the difference of then is a guess, and a clock that is synchronised needs none. A guess is
// never earlier than `known`, the last hub's time that was no guess, with the time since this boot added: a
// clock that lost its battery opens no door of yesterday.
[[nodiscard]] HubTime hub_time(const std::optional<ClockMeasure>&, const RowStamp&,
                               const std::optional<Timestamp>& known = std::nullopt);

}  // namespace lanyard::sync
