#include "sync/hub_clock.hpp"

#include <algorithm>

namespace lanyard::sync {

HubTime hub_time(const std::optional<ClockMeasure>& measure, const RowStamp& stamp,
                 const std::optional<Timestamp>& known) {
  if (!measure) return {stamp.now, std::nullopt};
  if (!measure->boot_id.empty() && measure->boot_id == stamp.boot_id) {
    const Timestamp now(std::chrono::milliseconds(measure->hub_minus_boot_ms + stamp.monotonic_ms));
    return {now, (now - stamp.now).count()};
  }
  if (stamp.clock_synchronised) return {stamp.now, std::nullopt};
  const Timestamp guess = stamp.now + std::chrono::milliseconds(measure->offset_ms);
  if (!known || measure->boot_id.empty() || stamp.boot_id.empty()) return {guess, std::nullopt};
  return {std::max(guess, *known + std::chrono::milliseconds(stamp.monotonic_ms)), std::nullopt};
}

}  // namespace lanyard::sync
