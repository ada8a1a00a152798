#include "sync/hub_clock.hpp"

namespace lanyard::sync {

HubTime hub_time(const std::optional<ClockMeasure>& measure, const RowStamp& stamp) {
  if (!measure) return {stamp.now, std::nullopt};
  if (!measure->boot_id.empty() && measure->boot_id == stamp.boot_id) {
    const Timestamp now(std::chrono::milliseconds(measure->hub_minus_boot_ms + stamp.monotonic_ms));
    return {now, (now - stamp.now).count()};
  }
  if (stamp.clock_synchronised) return {stamp.now, std::nullopt};
  return {stamp.now + std::chrono::milliseconds(measure->offset_ms), std::nullopt};
}

}  // namespace lanyard::sync
