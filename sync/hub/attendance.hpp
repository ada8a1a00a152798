// Who came, and how many: the journal and the roster, as one line a person. Threads: that of the store.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sync/hub/hub_store.hpp"

namespace lanyard::sync::hub {

struct AttendanceFilter {
  std::optional<std::int64_t> day;  // the venue's (calendar.hpp, venue_day)
  std::string zone;                 // and those within it; "" = any
};

struct AttendanceLine {
  Attendee attendee;  // of somebody who is not on the roster, the id; of somebody erased, the pseudonym and
                      // the category
  bool on_roster{false};
  std::optional<Timestamp> first_admitted;
  std::optional<Timestamp> last_seen;  // admitted, let out, or given a badge
  std::uint32_t entries{0};            // admissions that were not taken back
  std::set<std::int64_t> days;         // of these
  std::set<std::string> checkpoints;
  bool badge_printed{false};
};

// People and admissions by the venue's day (nullopt: of all days), and in each day by category, organisation
// and checkpoint; of all together under "".
struct AttendanceCount {
  std::uint64_t people{0};
  std::uint64_t entries{0};
  friend bool operator==(const AttendanceCount&, const AttendanceCount&) = default;
};
struct AttendanceTotals {
  struct Key {
    std::optional<std::int64_t> day;
    std::string by;  // "all", "category", "organisation", "checkpoint"
    std::string what;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  std::map<Key, AttendanceCount> counts;
  std::uint64_t expected{0};  // approved on the roster
  std::uint64_t came{0};      // of all, who were admitted at least once
};

struct Attendance {
  std::vector<AttendanceLine> lines;  // of everybody, in order of id
  AttendanceTotals totals;
};

// Reads the whole journal; some 200 bytes an admission are held. Errors: invalid if the hub has no event yet.
[[nodiscard]] Expected<Attendance> attendance(HubStore& store, const AttendanceFilter& filter);

// "2026-11-23 of the venue's day".
[[nodiscard]] std::string day_text(std::int64_t day);
[[nodiscard]] std::optional<std::int64_t> day_named(std::string_view text);
// "2026-11-23 09:30:00" by the venue's clocks, as spreadsheets read it.
[[nodiscard]] std::string venue_time(Timestamp when, const Calendar& calendar);

}  // namespace lanyard::sync::hub
