#include "sync/hub/roster_csv.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "sync/erasure.hpp"
#include "sync/hub/roster_cells.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync::hub {

namespace {

// What opens a door, or staff mode, never leaves the hub again.
constexpr std::array<std::string_view, 2> kSecret{"credential", "pin"};
constexpr std::array<std::string_view, 4> kRequired{"id", "name", "category", "status"};
template <std::size_t N>
bool is_among(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

class Reading {
 public:
  Reading(const EventInfo& event, const std::function<bool(std::string_view)>& known,
          const RosterReading& how)
      : context_(event), known_(known), how_(how) {}

  RosterCsv read(std::string_view text) {
    CsvReader reader(text, separator_of(text));
    auto header = reader.next();
    if (header && *header && names_separator(**header)) header = reader.next();
    if (!header) {
      wrong(1, "", "the file is empty");
    } else if (!*header) {
      wrong(header->error().line, "", header->error().what);
    } else {
      read_header(**header);
    }
    if (result_.problem_count > 0) return finish();
    result_.header_is_good = true;
    while (auto record = reader.next()) {
      if (!*record) {
        wrong(record->error().line, "", record->error().what);
      } else if (result_.rows.size() == kMaxRosterRecords) {
        wrong((*record)->line, "", "there are more than " + std::to_string(kMaxRosterRecords) + " attendees");
        break;
      } else {
        read_row(**record);
      }
    }
    check_companions();
    return finish();
  }

 private:
  void wrong(std::size_t line, std::string_view column, std::string what) {
    ++result_.problem_count;
    found_.push_back({line, std::string(column), std::move(what)});
    // The later ones are only counted; twice the limit is room enough to put them in order.
    if (found_.size() > 2 * how_.most_problems) keep_first();
  }

  void keep_first() {
    std::ranges::stable_sort(found_, {}, &RosterProblem::line);
    if (found_.size() > how_.most_problems) found_.resize(how_.most_problems);
  }

  RosterCsv finish() {
    keep_first();
    result_.problems = std::move(found_);
    return std::move(result_);
  }

  void read_header(const CsvRecord& header) {
    RosterColumns chosen = choose_columns(header.fields, how_.choice);
    for (std::string& what : chosen.problems) wrong(header.line, "", std::move(what));
    result_.left_out = std::move(chosen.left_out);
    columns_ = std::move(chosen.columns);
    for (const RosterColumns::Column& column : columns_) {
      if (column.field) result_.columns.emplace(kRosterFields.at(*column.field));
    }
    has_name_ = result_.columns.contains("name");
    has_sort_ = result_.columns.contains("name_sort");
    has_parts_ = result_.columns.contains("given_name") || result_.columns.contains("family_name");
    if (has_parts_) result_.columns.emplace("name");
    if (result_.columns.contains("family_name")) result_.columns.emplace("name_sort");
  }

  [[nodiscard]] std::string column_of(std::string_view field) const {
    for (const RosterColumns::Column& column : columns_) {
      if (column.field && kRosterFields.at(*column.field) == field) return column.name;
    }
    return std::string(field);
  }

  void read_row(const CsvRecord& record) {
    // As spreadsheets leave them behind.
    const auto is_blank = [](const std::string& field) { return trimmed(field).empty(); };
    if (record.fields.size() > 1 && std::ranges::all_of(record.fields, is_blank)) return;
    if (record.fields.size() != columns_.size()) {
      wrong(record.line, "",
            "has " + std::to_string(record.fields.size()) + " fields, and the header " +
                std::to_string(columns_.size()));
      return;
    }
    const std::size_t problems_before = result_.problem_count;
    RosterRow row;
    row.line = record.line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!columns_[i].field) continue;
      const std::string_view field = kRosterFields.at(*columns_[i].field);
      const std::string_view given = trimmed(record.fields[i]);
      const std::string cell = is_among(kSecret, field) ? std::string(given) : from_spreadsheet(given);
      std::string what = cell.empty() && is_among(kRequired, field)
                             ? "is empty"
                             : read_cell(*columns_[i].field, cell, context_, row);
      if (!what.empty()) wrong(record.line, columns_[i].name, std::move(what));
    }
    if (has_parts_ && result_.problem_count == problems_before) {
      const std::string_view part = result_.columns.contains("family_name") ? "family_name" : "given_name";
      if (std::string what = compose_name(row, has_name_, has_sort_); !what.empty())
        wrong(record.line, column_of(part), std::move(what));
    }
    check_together(row);
    if (result_.problem_count == problems_before) check_unique(row);
    if (result_.problem_count == problems_before) result_.rows.push_back(std::move(row));
  }

  void check_together(const RosterRow& row) {
    for (const Contradiction& one : contradictions_in(row.attendee, !row.pin.empty(), context_.event())) {
      if (result_.columns.contains(one.other)) wrong(row.line, column_of(one.field), std::string(one.what));
    }
  }

  void check_unique(const RosterRow& row) {
    if (const auto [first, is_new] = ids_.emplace(row.attendee.id, row.line); !is_new) {
      wrong(row.line, column_of("id"),
            in_quotes(row.attendee.id) + " is in line " + std::to_string(first->second) + " too");
      return;
    }
    if (row.credential.empty()) return;
    if (const auto [first, is_new] = credentials_.emplace(row.credential, row.line); !is_new) {
      wrong(row.line, column_of("credential"), "is that of line " + std::to_string(first->second) + " too");
    }
  }

  // A companion whose principal turns out bad is bad too, and so on. From each bad one on to its companions,
  // so that each line is looked at once, however long the chain.
  void check_companions() {
    std::set<std::string_view> good;
    std::map<std::string_view, std::vector<const RosterRow*>> companions;  // of each principal
    for (const RosterRow& row : result_.rows) {
      good.insert(row.attendee.id);
      if (!row.attendee.companion_of.empty()) companions[row.attendee.companion_of].push_back(&row);
    }
    std::vector<std::string_view> gone;  // whose companions have not been told yet
    for (const auto& [principal, rows] : companions) {
      if (!good.contains(principal)) gone.push_back(principal);
    }
    const auto drop = [&](const RosterRow& row, std::string what) {
      if (good.erase(row.attendee.id) == 0) return;
      wrong(row.line, column_of("companion_of"), std::move(what));
      gone.push_back(row.attendee.id);
    };
    for (const RosterRow& row : result_.rows) {
      if (row.attendee.companion_of == row.attendee.id) drop(row, "a companion of oneself");
    }
    while (!gone.empty()) {
      const std::string_view principal = gone.back();
      gone.pop_back();
      const auto found = companions.find(principal);
      if (found == companions.end() || is_pseudonym(principal) || known_(principal)) continue;
      for (const RosterRow* row : found->second)
        drop(*row, "there is no good line for " + in_quotes(principal));
    }
    std::vector<RosterRow> kept;
    kept.reserve(good.size());
    std::ranges::copy_if(result_.rows, std::back_inserter(kept),
                         [&](const RosterRow& row) { return good.contains(row.attendee.id); });
    result_.rows = std::move(kept);
  }

  CellContext context_;
  const std::function<bool(std::string_view)>& known_;
  const RosterReading& how_;
  RosterCsv result_;
  std::vector<RosterProblem> found_;
  std::vector<RosterColumns::Column> columns_;
  bool has_name_{false};
  bool has_sort_{false};
  bool has_parts_{false};  // of a name
  std::map<std::string, std::size_t, std::less<>> ids_, credentials_;
};

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ";") + item;
  return text;
}

std::string joined(const std::vector<Seat>& seats) {
  std::vector<std::string> cells;
  cells.reserve(seats.size());
  for (const Seat& seat : seats)
    cells.push_back(seat.session.empty() ? seat.place : seat.session + '=' + seat.place);
  return joined(cells);
}

}  // namespace

std::vector<Contradiction> contradictions_in(const Attendee& attendee, bool has_pin, const EventInfo& event) {
  std::vector<Contradiction> found;
  if (attendee.valid_from && attendee.valid_until && *attendee.valid_until <= *attendee.valid_from)
    found.push_back({"valid_until", "valid_from", "is not after valid_from"});
  if (has_pin && attendee.role.empty()) found.push_back({"pin", "role", "is of nobody with a role"});
  const Category* category = find_category(event, attendee.category);
  if (category != nullptr && category->transferable && attendee.delegation.empty())
    found.push_back({"delegation", "delegation", "is missing: a transferable card counts against one"});
  return found;
}

std::string to_text(const RosterProblem& problem) {
  std::string text = "line " + std::to_string(problem.line);
  if (!problem.column.empty()) text += ", column " + problem.column;
  return text + ": " + problem.what;
}

RosterCsv parse_roster_csv(std::string_view text, const EventInfo& event,
                           const std::function<bool(std::string_view)>& known, const RosterReading& how) {
  return Reading(event, known, how).read(text);
}

std::string roster_csv_header() {
  std::string line;
  for (std::size_t i = 0; i < kWrittenFields; ++i) {
    const std::string_view column = kRosterFields.at(i);
    if (is_among(kSecret, column)) continue;
    line.append(line.empty() ? "" : ",").append(column);
  }
  return line + "\r\n";
}

std::string_view exported_field(std::size_t index) {
  for (std::size_t i = 0; i < kWrittenFields; ++i) {
    if (!is_among(kSecret, kRosterFields.at(i)) && index-- == 0) return kRosterFields.at(i);
  }
  return {};
}

std::vector<std::string> exported_cells(const Attendee& a) {
  return {
      a.id,
      a.name,
      a.name_native,
      a.name_sort,
      a.title,
      a.organisation,
      a.delegation,
      a.category,
      joined(a.zones),
      joined(a.languages),
      joined(a.access_needs),
      a.companion_of,
      std::string(to_name(a.status)),
      a.valid_from ? to_rfc3339(*a.valid_from) : "",
      a.valid_until ? to_rfc3339(*a.valid_until) : "",
      joined(a.other_categories),
      joined(a.tags),
      a.role,
      joined(a.seats),
      joined(a.badge_names),
  };
}

std::string to_csv_line(const Attendee& attendee) {
  const std::vector<std::string> cells = exported_cells(attendee);
  std::string line;
  for (const std::string& cell : cells) line += (&cell == cells.data() ? "" : ",") + spreadsheet_field(cell);
  return line + "\r\n";
}

}  // namespace lanyard::sync::hub
