// What two journals say together: all of both; what does not fit is listed, never dropped.
// PURE. Threads: reentrant.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "sync/order.hpp"
#include "sync/record.hpp"

namespace lanyard::sync {

// The later row of each pair is the one to be looked at; both stay in the journal.
struct Conflict {
  enum class Kind {
    double_entry,     // admitted twice into one zone by two devices, with no exit between
    double_reissue,   // two devices issued the same generation
    stale_admission,  // admitted on a generation that another device had already replaced or stopped
  };
  Kind kind{Kind::double_entry};
  PlacedRow earlier;
  PlacedRow later;
};
[[nodiscard]] std::string_view to_name(Conflict::Kind);

// The union by (device, seq), in the order of order.hpp. Where both have a row of one key, the first's is
// kept.
[[nodiscard]] std::vector<JournalRow> merge(std::span<const JournalRow> a, std::span<const JournalRow> b);

// Where entering again is no conflict. In any other zone it is one within a day of the venue: a missed exit
// does not outlast the day.
struct EntryRules {
  std::vector<std::string> unlimited_zones;  // never a conflict
  std::vector<std::string> once_zones;       // a conflict on another day as well
  Calendar calendar;                         // of the venue's clocks
  std::vector<Zone> zones;                   // how entering one leaves another
};
// The conflicts among the rows of ONE attendee, in any order. A boot that knows the hub's time only by a row
// that is not among them stands at its hybrid clock, unless offset_ms was filled in (HubStore does).
[[nodiscard]] std::vector<Conflict> find_conflicts(std::span<const JournalRow> rows_of_attendee,
                                                   const EntryRules& rules);

// One line for staff, in the venue's time: "A0042 was admitted twice to site: main (north-1) 10:02:11 and
// main (south-1) 10:02:40".
[[nodiscard]] std::string describe(const Conflict&, const Calendar&);

}  // namespace lanyard::sync
