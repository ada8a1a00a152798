#include "sync/time_zone.hpp"

#include <exception>

#include <date/tz.h>

namespace lanyard::sync {

namespace {

std::chrono::minutes in_minutes(std::chrono::seconds offset) {
  return std::chrono::round<std::chrono::minutes>(offset);  // before 1972 some zones counted seconds
}

}  // namespace

tl::expected<Calendar, std::string> calendar_of(const std::string& time_zone, Timestamp from,
                                                Timestamp until) {
  try {
    const date::time_zone* zone = date::locate_zone(time_zone);
    Calendar calendar;
    calendar.time_zone = time_zone;
    auto stretch = zone->get_info(std::chrono::floor<std::chrono::seconds>(from));
    calendar.utc_offset = in_minutes(stretch.offset);
    while (stretch.end < until && calendar.changes.size() < kMaxOffsetChanges) {
      const auto begins = stretch.end;
      stretch = zone->get_info(begins);
      calendar.changes.push_back({begins, in_minutes(stretch.offset)});
    }
    return calendar;
  } catch (const std::exception&) {  // the library has no other way to say so
    return tl::make_unexpected("there is no time zone '" + time_zone + "' on this machine");
  }
}

}  // namespace lanyard::sync
