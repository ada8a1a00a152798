#include "sync/hub/roster_csv.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "sync/credential.hpp"
#include "sync/event_toml.hpp"
#include "sync/pin.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::array<std::string_view, 20> kColumns{"id",
                                                    "name",
                                                    "name_native",
                                                    "name_sort",
                                                    "title",
                                                    "organisation",
                                                    "delegation",
                                                    "category",
                                                    "zones",
                                                    "languages",
                                                    "access_needs",
                                                    "companion_of",
                                                    "status",
                                                    "valid_from",
                                                    "valid_until",
                                                    "credential",
                                                    "other_categories",
                                                    "tags",
                                                    "role",
                                                    "pin"};
// What opens a door, or staff mode, never leaves the hub again.
constexpr std::array<std::string_view, 2> kSecret{"credential", "pin"};
constexpr std::array<std::string_view, 4> kRequired{"id", "name", "category", "status"};
constexpr std::size_t kMaxQuotedBytes = 40;

std::string in_quotes(std::string_view text) {
  return "'" + printable(text, kMaxQuotedBytes) + "'";
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Reads one cell into the row; what is wrong with it, or "".
using ReadCell = std::string (*)(std::string_view cell, const EventInfo& event, RosterRow& row);

template <std::string Attendee::*Member>
std::string read_text(std::string_view cell, const EventInfo& /*event*/, RosterRow& row) {
  if (cell.size() > kMaxTextBytes) return "is longer than " + std::to_string(kMaxTextBytes) + " bytes";
  // They come from pasted cells, and would break badges and screens, or show one name as another.
  if (has_control(cell)) return "holds a line break or another control character";
  row.attendee.*Member = cell;
  return {};
}

template <std::string Attendee::*Member>
std::string read_id(std::string_view cell, const EventInfo& /*event*/, RosterRow& row) {
  if (!cell.empty() && !is_id(cell)) {
    return in_quotes(cell) + " is not an id (letters, digits, '.', '_', '-', at most " +
           std::to_string(kMaxIdBytes) + ")";
  }
  row.attendee.*Member = cell;
  return {};
}

std::vector<std::string_view> split(std::string_view cell) {
  std::vector<std::string_view> items;
  while (!cell.empty()) {
    const auto end = std::min(cell.find(';'), cell.size());
    if (const auto item = trimmed(cell.substr(0, end)); !item.empty()) items.push_back(item);
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return items;
}

// A list of short words: languages and access needs.
template <std::vector<std::string> Attendee::*Member>
std::string read_words(std::string_view cell, const EventInfo& /*event*/, RosterRow& row) {
  const auto items = split(cell);
  if (items.size() > kMaxListItems) return "has more than " + std::to_string(kMaxListItems) + " items";
  for (const std::string_view item : items) {
    if (!is_id(item)) return in_quotes(item) + " is not a word of letters, digits and '-'";
    (row.attendee.*Member).emplace_back(item);
  }
  return {};
}

std::string read_zones(std::string_view cell, const EventInfo& event, RosterRow& row) {
  const auto items = split(cell);
  if (items.size() > kMaxListItems) return "has more than " + std::to_string(kMaxListItems) + " items";
  for (const std::string_view item : items) {
    if (find_zone(event, item) == nullptr) return "the event has no zone " + in_quotes(item);
    row.attendee.zones.emplace_back(item);
  }
  return {};
}

std::string read_category(std::string_view cell, const EventInfo& event, RosterRow& row) {
  if (find_category(event, cell) == nullptr) return "the event has no category " + in_quotes(cell);
  row.attendee.category = cell;
  return {};
}

std::string read_other_categories(std::string_view cell, const EventInfo& event, RosterRow& row) {
  const auto items = split(cell);
  if (items.size() > kMaxListItems) return "has more than " + std::to_string(kMaxListItems) + " items";
  for (const std::string_view item : items) {
    if (find_category(event, item) == nullptr) return "the event has no category " + in_quotes(item);
    row.attendee.other_categories.emplace_back(item);
  }
  return {};
}

std::string read_role(std::string_view cell, const EventInfo& event, RosterRow& row) {
  if (!cell.empty() && find_role(event, cell) == nullptr) return "the event has no role " + in_quotes(cell);
  row.attendee.role = cell;
  return {};
}

std::string read_pin(std::string_view cell, const EventInfo& /*event*/, RosterRow& row) {
  // Not quoted: this opens staff mode.
  if (!cell.empty() && !is_pin(cell)) {
    return "is not " + std::to_string(kPinDigitsLeast) + " to " + std::to_string(kPinDigitsMost) + " digits";
  }
  row.pin = cell;
  return {};
}

std::string read_status(std::string_view cell, const EventInfo& /*event*/, RosterRow& row) {
  const auto status = status_named(cell);
  if (!status) return "unknown status " + in_quotes(cell) + " (approved, pending, blocked, withdrawn)";
  row.attendee.status = *status;
  return {};
}

template <std::optional<Timestamp> Attendee::*Member>
std::string read_time(std::string_view cell, const EventInfo& event, RosterRow& row) {
  if (cell.empty()) return {};
  const auto days = std::chrono::floor<std::chrono::days>(event.runs.until - event.runs.from).count();
  if (const auto since = parse_day_clock(cell, days)) {
    row.attendee.*Member = event.runs.from + *since;
  } else if (const auto time = parse_rfc3339(cell)) {
    row.attendee.*Member = *time;
  } else {
    return in_quotes(cell) + " is neither a time of RFC 3339 nor 'day N HH:MM' within the event's " +
           std::to_string(days) + " days";
  }
  return {};
}

std::string read_credential_text(std::string_view cell, const EventInfo& /*event*/, RosterRow& row) {
  // Not quoted: this text opens doors.
  if (cell.empty()) return {};
  if (cell.size() > kMaxCredentialBytes)
    return "is longer than " + std::to_string(kMaxCredentialBytes) + " bytes";
  if (cell.starts_with("L1:")) return "begins as a credential that Lanyard signs";
  // The kiosk's own reader decides what a badge can say; what it would strip, it would not find again.
  const auto read = read_credential(cell, {}, {});
  if (!read || *read != Credential(OpaqueCredential{std::string(cell)})) {
    return "holds a line break or another control character";
  }
  row.credential = cell;
  return {};
}

constexpr std::array<ReadCell, kColumns.size()> kReaders{
    read_id<&Attendee::id>,
    read_text<&Attendee::name>,
    read_text<&Attendee::name_native>,
    read_text<&Attendee::name_sort>,
    read_text<&Attendee::title>,
    read_text<&Attendee::organisation>,
    read_id<&Attendee::delegation>,
    read_category,
    read_zones,
    read_words<&Attendee::languages>,
    read_words<&Attendee::access_needs>,
    read_id<&Attendee::companion_of>,
    read_status,
    read_time<&Attendee::valid_from>,
    read_time<&Attendee::valid_until>,
    read_credential_text,
    read_other_categories,
    read_words<&Attendee::tags>,
    read_role,
    read_pin,
};

class Reading {
 public:
  Reading(const EventInfo& event, const std::function<bool(std::string_view)>& known)
      : event_(event), known_(known) {}

  RosterCsv read(std::string_view text) {
    CsvReader reader(text);
    auto header = reader.next();
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
    if (found_.size() > 2 * kMaxListedProblems) keep_first();
  }

  void keep_first() {
    std::ranges::stable_sort(found_, {}, &RosterProblem::line);
    if (found_.size() > kMaxListedProblems) found_.resize(kMaxListedProblems);
  }

  RosterCsv finish() {
    keep_first();
    result_.problems = std::move(found_);
    return std::move(result_);
  }

  void read_header(const CsvRecord& header) {
    for (const std::string& field : header.fields) {
      const std::string_view name = trimmed(field);
      const auto column = std::ranges::find(kColumns, name);
      if (column == kColumns.end()) {
        const bool other_separator = name.find_first_of(";\t") != std::string_view::npos;
        wrong(
            header.line, "",
            "unknown column " + in_quotes(name) + (other_separator ? "; columns are separated by ','" : ""));
      } else if (!result_.columns.emplace(name).second) {
        wrong(header.line, "", "column " + in_quotes(name) + " is there twice");
      } else {
        order_.push_back(static_cast<std::size_t>(column - kColumns.begin()));
      }
    }
    for (const std::string_view name : kRequired) {
      if (!result_.columns.contains(name))
        wrong(header.line, "", "column " + in_quotes(name) + " is missing");
    }
  }

  void read_row(const CsvRecord& record) {
    if (record.fields.size() != order_.size()) {
      wrong(record.line, "",
            "has " + std::to_string(record.fields.size()) + " fields, and the header " +
                std::to_string(order_.size()));
      return;
    }
    const std::size_t problems_before = result_.problem_count;
    RosterRow row;
    row.line = record.line;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const std::string_view cell = trimmed(record.fields[i]);
      const std::string_view column = kColumns[order_[i]];
      const bool required = std::ranges::find(kRequired, column) != kRequired.end();
      std::string what = cell.empty() && required ? "is empty" : kReaders[order_[i]](cell, event_, row);
      if (!what.empty()) wrong(record.line, column, std::move(what));
    }
    if (row.attendee.valid_from && row.attendee.valid_until &&
        *row.attendee.valid_until <= *row.attendee.valid_from) {
      wrong(record.line, "valid_until", "is not after valid_from");
    }
    if (!row.pin.empty() && row.attendee.role.empty()) wrong(record.line, "pin", "is of nobody with a role");
    const Category* category = find_category(event_, row.attendee.category);
    if (category != nullptr && category->transferable && row.attendee.delegation.empty())
      wrong(record.line, "delegation", "is missing: a transferable card counts against one");
    if (result_.problem_count == problems_before) check_unique(row);
    if (result_.problem_count == problems_before) result_.rows.push_back(std::move(row));
  }

  void check_unique(const RosterRow& row) {
    if (const auto [first, is_new] = ids_.emplace(row.attendee.id, row.line); !is_new) {
      wrong(row.line, "id",
            in_quotes(row.attendee.id) + " is in line " + std::to_string(first->second) + " too");
      return;
    }
    if (row.credential.empty()) return;
    if (const auto [first, is_new] = credentials_.emplace(row.credential, row.line); !is_new) {
      wrong(row.line, "credential", "is that of line " + std::to_string(first->second) + " too");
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
      wrong(row.line, "companion_of", std::move(what));
      gone.push_back(row.attendee.id);
    };
    for (const RosterRow& row : result_.rows) {
      if (row.attendee.companion_of == row.attendee.id) drop(row, "a companion of oneself");
    }
    while (!gone.empty()) {
      const std::string_view principal = gone.back();
      gone.pop_back();
      const auto found = companions.find(principal);
      if (found == companions.end() || known_(principal)) continue;
      for (const RosterRow* row : found->second)
        drop(*row, "there is no good line for " + in_quotes(principal));
    }
    std::vector<RosterRow> kept;
    kept.reserve(good.size());
    std::ranges::copy_if(result_.rows, std::back_inserter(kept),
                         [&](const RosterRow& row) { return good.contains(row.attendee.id); });
    result_.rows = std::move(kept);
  }

  const EventInfo& event_;
  const std::function<bool(std::string_view)>& known_;
  RosterCsv result_;
  std::vector<RosterProblem> found_;
  std::vector<std::size_t> order_;  // of each field: its place in kColumns
  std::map<std::string, std::size_t, std::less<>> ids_, credentials_;
};

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ";") + item;
  return text;
}

}  // namespace

std::string to_text(const RosterProblem& problem) {
  std::string text = "line " + std::to_string(problem.line);
  if (!problem.column.empty()) text += ", column " + problem.column;
  return text + ": " + problem.what;
}

RosterCsv parse_roster_csv(std::string_view text, const EventInfo& event,
                           const std::function<bool(std::string_view)>& known) {
  return Reading(event, known).read(text);
}

std::string roster_csv_header() {
  std::string line;
  for (const std::string_view column : kColumns) {
    if (std::ranges::find(kSecret, column) != kSecret.end()) continue;
    line.append(line.empty() ? "" : ",").append(column);
  }
  return line + "\r\n";
}

std::string to_csv_line(const Attendee& a) {
  const std::array<std::string, kColumns.size() - kSecret.size()> cells{
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
  };
  std::string line;
  for (const std::string& cell : cells) line += (&cell == cells.data() ? "" : ",") + csv_field(cell);
  return line + "\r\n";
}

}  // namespace lanyard::sync::hub
