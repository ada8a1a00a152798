// The venue's clocks: which day it is there, and when a time of day is. PURE. Threads: reentrant.
//
// The hub looks the event's time zone up once, as it imports the event; what travels to the kiosks are the
// offsets from UTC and when they change. So all kiosks agree on midnight, whatever zone data each has on its
// disk, and a decision of last week is replayed with the clocks of last week.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace lanyard::sync {

// UTC wall time. For people and for windows; never for the order of events (see Hlc).
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

inline constexpr std::size_t kMaxOffsetChanges = 64;
inline constexpr std::chrono::minutes kMaxDayBegins{12 * 60};

struct OffsetChange {
  Timestamp from{};
  std::chrono::minutes utc_offset{0};
  friend bool operator==(const OffsetChange&, const OffsetChange&) = default;
};

struct Calendar {
  std::string time_zone;               // IANA name, for people; "" where only the offset was given
  std::chrono::minutes utc_offset{0};  // until the first change
  std::vector<OffsetChange> changes;   // ascending
  // The venue's day turns at this time of its clocks: a gala that ends at two is of the evening before.
  std::chrono::minutes day_begins{0};
  friend bool operator==(const Calendar&, const Calendar&) = default;
};

[[nodiscard]] std::chrono::minutes utc_offset_at(Timestamp when, const Calendar&);

// The venue's days since 1970: two timestamps are of one day if their numbers are equal.
[[nodiscard]] std::int64_t venue_day(Timestamp when, const Calendar&);
// When the venue's day of `when` began; not after `when`.
[[nodiscard]] Timestamp venue_day_start(Timestamp when, const Calendar&);
// When the next one begins.
[[nodiscard]] Timestamp venue_day_end(Timestamp when, const Calendar&);

// A time of the venue's clocks that comes twice as they go back opens at the first and closes at the second;
// one that they leave out is the moment at which they do.
enum class Edge : std::uint8_t { opening, closing };
[[nodiscard]] Timestamp at_clock(std::chrono::sys_days date, std::chrono::minutes since_midnight,
                                 const Calendar&, Edge);

}  // namespace lanyard::sync
