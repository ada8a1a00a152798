#include "sync/hub/roster_cells.hpp"

#include <algorithm>
#include <array>

#include "sync/credential.hpp"
#include "sync/erasure.hpp"
#include "sync/event_toml.hpp"
#include "sync/hub/column_names.hpp"
#include "sync/hub/roster_columns.hpp"
#include "sync/pin.hpp"
#include "sync/wire.hpp"

namespace lanyard::sync::hub {

namespace {

using ReadCell = std::string (*)(std::string_view cell, const CellContext& context, RosterRow& row);

std::string check_text(std::string_view cell) {
  if (cell.size() > kMaxTextBytes) return "is longer than " + std::to_string(kMaxTextBytes) + " bytes";
  // They come from pasted cells, and would break badges and screens, or show one name as another.
  if (has_control(cell)) return "holds a line break or another control character";
  return {};
}

std::string check_count(std::size_t items, std::size_t most) {
  return items > most ? "has more than " + std::to_string(most) + " items" : std::string();
}

template <std::string Attendee::*Member>
std::string read_text(std::string_view cell, const CellContext& /*context*/, RosterRow& row) {
  row.attendee.*Member = cell;
  return check_text(cell);
}

template <std::string RosterRow::*Member>
std::string read_name_part(std::string_view cell, const CellContext& /*context*/, RosterRow& row) {
  row.*Member = cell;
  return check_text(cell);
}

template <std::string Attendee::*Member>
std::string read_id(std::string_view cell, const CellContext& /*context*/, RosterRow& row) {
  if (!cell.empty() && !is_id(cell)) {
    return in_quotes(cell) + " is not an id (letters, digits, '.', '_', '-', at most " +
           std::to_string(kMaxIdBytes) + ")";
  }
  // Whom it stands for is not to be known, and nobody else may have it.
  if constexpr (Member == &Attendee::id) {
    if (is_pseudonym(cell)) return in_quotes(cell) + " stands for somebody who was erased";
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
std::string read_words(std::string_view cell, const CellContext& /*context*/, RosterRow& row) {
  const auto items = split(cell);
  if (std::string wrong = check_count(items.size(), kMaxListItems); !wrong.empty()) return wrong;
  for (const std::string_view item : items) {
    if (!is_id(item)) return in_quotes(item) + " is not a word of letters, digits and '-'";
    (row.attendee.*Member).emplace_back(item);
  }
  return {};
}

std::string read_zones(std::string_view cell, const CellContext& context, RosterRow& row) {
  const auto items = split(cell);
  if (std::string wrong = check_count(items.size(), kMaxListItems); !wrong.empty()) return wrong;
  for (const std::string_view item : items) {
    const std::string zone = context.zone_called(item);
    if (zone.empty()) return "the event has no zone " + in_quotes(item);
    row.attendee.zones.push_back(zone);
  }
  return {};
}

std::string read_category(std::string_view cell, const CellContext& context, RosterRow& row) {
  row.attendee.category = context.category_called(cell);
  return row.attendee.category.empty() ? "the event has no category " + in_quotes(cell) : "";
}

std::string read_other_categories(std::string_view cell, const CellContext& context, RosterRow& row) {
  const auto items = split(cell);
  if (std::string wrong = check_count(items.size(), kMaxListItems); !wrong.empty()) return wrong;
  for (const std::string_view item : items) {
    const std::string category = context.category_called(item);
    if (category.empty()) return "the event has no category " + in_quotes(item);
    row.attendee.other_categories.push_back(category);
  }
  return {};
}

std::string read_badge_names(std::string_view cell, const CellContext& /*context*/, RosterRow& row) {
  const auto items = split(cell);
  if (std::string wrong = check_count(items.size(), kMaxBadgeNames); !wrong.empty()) return wrong;
  for (const std::string_view item : items) {
    if (std::string wrong = check_text(item); !wrong.empty()) return wrong;
    row.attendee.badge_names.emplace_back(item);
  }
  return {};
}

// "Row 4, seat 12", of all sessions with numbered seats; "gala = Table 7", of that one; "workshop-1 =":
// signed up.
std::string read_seats(std::string_view cell, const CellContext& context, RosterRow& row) {
  const auto items = split(cell);
  if (std::string wrong = check_count(items.size(), kMaxListItems); !wrong.empty()) return wrong;
  for (const std::string_view item : items) {
    Seat seat;
    const auto sign = item.find('=');
    if (sign != std::string_view::npos) {
      const std::string_view word = trimmed(item.substr(0, sign));
      seat.session = context.session_called(word);
      if (seat.session.empty()) return "the event has no session " + in_quotes(word);
    }
    if (seat.session.empty() && !context.session_called(item).empty())
      return in_quotes(item) + " is a session: write " + in_quotes(std::string(item) + " =") +
             " to sign up for it";
    seat.place = trimmed(sign == std::string_view::npos ? item : item.substr(sign + 1));
    if (seat.place.size() > kMaxSeatBytes)
      return in_quotes(seat.place) + " is longer than " + std::to_string(kMaxSeatBytes) + " bytes";
    if (std::string wrong = check_text(seat.place); !wrong.empty()) return wrong;
    if (std::ranges::find(row.attendee.seats, seat.session, &Seat::session) != row.attendee.seats.end()) {
      return "has two seats " + (seat.session.empty() ? "of no session (write: session = seat)"
                                                      : "in " + in_quotes(seat.session));
    }
    row.attendee.seats.push_back(std::move(seat));
  }
  return {};
}

std::string read_role(std::string_view cell, const CellContext& context, RosterRow& row) {
  if (!cell.empty() && find_role(context.event(), cell) == nullptr)
    return "the event has no role " + in_quotes(cell);
  row.attendee.role = cell;
  return {};
}

std::string read_pin(std::string_view cell, const CellContext& /*context*/, RosterRow& row) {
  // Not quoted: this opens staff mode.
  if (!cell.empty() && !is_pin(cell)) {
    return "is not " + std::to_string(kPinDigitsLeast) + " to " + std::to_string(kPinDigitsMost) + " digits";
  }
  row.pin = cell;
  return {};
}

std::string read_status(std::string_view cell, const CellContext& /*context*/, RosterRow& row) {
  auto status = status_named(cell);
  if (!status) status = status_in_words(cell);
  if (!status) return "unknown status " + in_quotes(cell) + " (approved, pending, blocked, withdrawn)";
  row.attendee.status = *status;
  return {};
}

template <std::optional<Timestamp> Attendee::*Member>
std::string read_time(std::string_view cell, const CellContext& context, RosterRow& row) {
  if (cell.empty()) return {};
  const EventInfo& event = context.event();
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

std::string read_credential_text(std::string_view cell, const CellContext& /*context*/, RosterRow& row) {
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

constexpr std::array<ReadCell, kRosterFields.size()> kReaders{
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
    read_seats,
    read_badge_names,
    read_name_part<&RosterRow::given_name>,
    read_name_part<&RosterRow::family_name>,
};

// Of the event's own names for something, in all languages, those that mean one thing alone.
template <class Thing>
std::map<std::string, std::string> words_of(const std::vector<Thing>& things) {
  std::map<std::string, std::string> words;
  const auto add = [&](std::string_view word, const std::string& id) {
    const auto [found, is_new] = words.emplace(folded(word), id);
    if (!is_new && found->second != id) found->second.clear();
  };
  for (const Thing& thing : things) {
    for (const auto& [language, name] : thing.name) add(name, thing.id);
  }
  // An id goes before another's name.
  for (const Thing& thing : things) words[folded(thing.id)] = thing.id;
  return words;
}

std::string called(const std::map<std::string, std::string>& words, std::string_view word) {
  const auto found = words.find(folded(word));
  return found == words.end() ? "" : found->second;
}

bool is_han(std::string_view text) {
  // In UTF-8, U+3000 to U+DFFF begin so.
  const auto first = text.empty() ? 0 : static_cast<unsigned char>(text.front());
  return first >= 0xE3 && first <= 0xED;
}

}  // namespace

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kMaxQuotedBytes = 40;
  return "'" + printable(text, kMaxQuotedBytes) + "'";
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

CellContext::CellContext(const EventInfo& event)
    : event_(event),
      categories_(words_of(event.categories)),
      zones_(words_of(event.zones)),
      sessions_(words_of(event.sessions)) {}

std::string CellContext::category_called(std::string_view word) const {
  return find_category(event_, word) != nullptr ? std::string(word) : called(categories_, word);
}

std::string CellContext::zone_called(std::string_view word) const {
  return find_zone(event_, word) != nullptr ? std::string(word) : called(zones_, word);
}

std::string CellContext::session_called(std::string_view word) const {
  return find_session(event_, word) != nullptr ? std::string(word) : called(sessions_, word);
}

std::string read_cell(std::size_t field, std::string_view cell, const CellContext& context, RosterRow& row) {
  return kReaders.at(field)(cell, context, row);
}

std::string compose_name(RosterRow& row, bool has_name, bool has_sort) {
  const std::string& given = row.given_name;
  const std::string& family = row.family_name;
  Attendee& who = row.attendee;
  const bool both = !given.empty() && !family.empty();
  if (!has_name) {
    // Chinese and Korean names begin with the family's, without a blank.
    who.name = both && is_han(given) && is_han(family) ? family + given : given + (both ? " " : "") + family;
    if (who.name.empty()) return "is empty, as is the other part of it";
  }
  if (!has_sort && !family.empty()) who.name_sort = family + (given.empty() ? "" : ", " + given);
  for (const std::string* text : {&who.name, &who.name_sort}) {
    if (std::string wrong = check_text(*text); !wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace lanyard::sync::hub
