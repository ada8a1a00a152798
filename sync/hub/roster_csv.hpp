// The list of attendees as registration systems export it (CSV) -> records; every bad line is named. The
// first line names the columns, in any order:
//
//   id,name,name_native,name_sort,title,organisation,delegation,category,zones,languages,access_needs,companion_of,
//   status,valid_from,valid_until,credential,other_categories,tags,role,pin,seats,
//   badge_names
//
// or by what registration systems call these in the six languages of the UN (column_names.hpp); given_name
// and family_name may stand for name and name_sort. id, name, category and status are required. Categories
// and zones may be named by the event's names for them as well as by id, and a status in any of the six
// languages. Lists are separated by ';'. Times are RFC 3339, or "day N HH:MM" of the venue's clocks ("24:00"
// is a day's end). A card that is transferable belongs to a delegation; a PIN is of staff, who have a role. A
// seat is "Row 4, seat 12", or "gala=Table 7" of one session; "workshop=" signs up. What hangs on a column
// that the list lacks is for the import to say, which knows the roster. PURE. Threads: reentrant.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sync/hub/csv_reader.hpp"
#include "sync/hub/roster_columns.hpp"
#include "sync/record.hpp"

namespace lanyard::sync::hub {

inline constexpr std::size_t kMaxListedProblems = 100;

struct RosterRow {
  std::size_t line{0};
  Attendee attendee;
  std::string credential;  // opaque text, or ""
  std::string pin;         // digits, or ""
  std::string given_name;  // where the list has columns of these
  std::string family_name;
};

struct RosterProblem {
  std::size_t line{0};
  std::string column;  // "" where it is the whole line
  std::string what;
};
// "line 7, column status: unknown status 'vip'"
[[nodiscard]] std::string to_text(const RosterProblem& problem);

struct RosterCsv {
  std::set<std::string, std::less<>> columns;  // that the file has
  std::vector<RosterRow> rows;                 // the good ones, in the file's order
  std::vector<std::string> left_out;           // columns that say nothing Lanyard knows
  std::vector<RosterProblem> problems;         // the first RosterReading::most_problems, in order of line
  std::size_t problem_count{0};                // all of them
  bool header_is_good{false};                  // if not, there are no rows
};

// What no cell says by itself, of a person as they will be on the roster.
struct Contradiction {
  std::string_view field;  // where it shows
  std::string_view other;  // what it hangs on: a list that lacks this column leaves it to the roster
  std::string_view what;
};
[[nodiscard]] std::vector<Contradiction> contradictions_in(const Attendee& attendee, bool has_pin,
                                                           const EventInfo& event);

struct RosterReading {
  ColumnChoice choice;
  std::size_t most_problems{kMaxListedProblems};
};

// `known(id)`: is this attendee on the roster already, and stays there? (A companion's principal may be.)
[[nodiscard]] RosterCsv parse_roster_csv(std::string_view text, const EventInfo& event,
                                         const std::function<bool(std::string_view)>& known,
                                         const RosterReading& how = {});

// The same format, for `roster export`, with nothing that a spreadsheet would run (spreadsheet_field).
// Credentials are not in it: only their fingerprints are kept.
[[nodiscard]] std::string roster_csv_header();
[[nodiscard]] std::string to_csv_line(const Attendee& attendee);
// What the line says, cell by cell, before it is quoted; and the field of a cell.
[[nodiscard]] std::vector<std::string> exported_cells(const Attendee& attendee);
[[nodiscard]] std::string_view exported_field(std::size_t index);

}  // namespace lanyard::sync::hub
