#include "sync/calendar.hpp"

#include <algorithm>
#include <optional>

namespace lanyard::sync {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::sys_days;

Timestamp beginning_of(sys_days date, const Calendar& calendar) {
  return at_clock(date, calendar.day_begins, calendar, Edge::opening);
}

// The calendar's date that the venue calls today: a day that has begun does not end because the clocks go
// back to before its beginning.
sys_days date_of(Timestamp when, const Calendar& calendar) {
  const auto date = floor<days>(when + utc_offset_at(when, calendar) - calendar.day_begins);
  return when >= beginning_of(date + days(1), calendar) ? date + days(1) : date;
}

}  // namespace

minutes utc_offset_at(Timestamp when, const Calendar& calendar) {
  const auto after = std::ranges::upper_bound(calendar.changes, when, {}, &OffsetChange::from);
  return after == calendar.changes.begin() ? calendar.utc_offset : std::prev(after)->utc_offset;
}

std::int64_t venue_day(Timestamp when, const Calendar& calendar) {
  return date_of(when, calendar).time_since_epoch().count();
}

Timestamp venue_day_start(Timestamp when, const Calendar& calendar) {
  return beginning_of(date_of(when, calendar), calendar);
}

Timestamp venue_day_end(Timestamp when, const Calendar& calendar) {
  return beginning_of(date_of(when, calendar) + days(1), calendar);
}

Timestamp at_clock(sys_days date, minutes since_midnight, const Calendar& calendar, Edge edge) {
  const Timestamp local = date + since_midnight;
  std::optional<Timestamp> found;
  const auto consider = [&](minutes offset) {
    const Timestamp when = local - offset;
    if (utc_offset_at(when, calendar) != offset) return;
    if (!found || (edge == Edge::opening ? when < *found : when > *found)) found = when;
  };
  consider(calendar.utc_offset);
  for (const OffsetChange& change : calendar.changes) consider(change.utc_offset);
  if (found) return *found;
  // Left out: between the clocks' last time before a change and their first after it.
  minutes before = calendar.utc_offset;
  for (const OffsetChange& change : calendar.changes) {
    if (local >= change.from + before && local < change.from + change.utc_offset) return change.from;
    before = change.utc_offset;
  }
  return local - before;
}

}  // namespace lanyard::sync
