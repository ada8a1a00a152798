// What two journals say together: all of both; what does not fit is listed, never dropped.
// PURE. Threads: reentrant.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sync/record.hpp"

namespace lanyard::sync {

// The later row of each pair is the one to be looked at; both stay in the journal.
struct Conflict {
  enum class Kind {
    double_entry,     // admitted twice into one zone by two devices, with no exit between
    double_reissue,   // two devices issued the same generation
    stale_admission,  // admitted on a generation that another device had already replaced
  };
  Kind kind{Kind::double_entry};
  JournalRow earlier;
  JournalRow later;
};
[[nodiscard]] std::string_view to_name(Conflict::Kind);

// The union by (device, seq), in order of (hlc, device, seq). Where both have a row of one key, the first's
// is kept.
[[nodiscard]] std::vector<JournalRow> merge(std::span<const JournalRow> a, std::span<const JournalRow> b);

// The conflicts among the rows of ONE attendee, in any order. `repeat_entry_zones`: zones where entering
// twice is no conflict (checkpoints of mode "unlimited" or "once a day" over days).
[[nodiscard]] std::vector<Conflict> find_conflicts(std::span<const JournalRow> rows_of_attendee,
                                                   std::span<const std::string> repeat_entry_zones);

// One line for staff: "A0042 was admitted twice to site: main-north 10:02:11, main-south 10:02:40".
[[nodiscard]] std::string describe(const Conflict&, std::chrono::minutes utc_offset);

}  // namespace lanyard::sync
