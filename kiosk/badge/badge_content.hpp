// What stands on a badge: the fields that a template may ask for, and its conditions. PURE. Threads:
// reentrant.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/error.hpp"
#include "sync/record.hpp"

namespace lanyard::kiosk {

struct BadgeContent {
  sync::Attendee attendee{};
  sync::EventInfo event{};
  std::string credential{};  // what the code says
  std::string language{"en"};
  std::string photo{};                               // a JPEG, or ""
  std::optional<std::chrono::year_month_day> day{};  // of a badge that is for one day
};

// What their badge is written in, but for their name: the first of their languages, or English.
[[nodiscard]] std::string badge_language(const sync::Attendee&);

// "event", "name", "native", ...: what stands between {{ and }}, and behind "slot-" in an id.
[[nodiscard]] bool is_field(std::string_view name);
[[nodiscard]] std::string field_names();  // for people who mistyped one
// "" for a field that this attendee does not have. Whoever has no name is called by what they have.
[[nodiscard]] std::string field_text(std::string_view field, const BadgeContent&);
// A name is set in its owner's language: Han in Chinese, Japanese or Korean forms.
[[nodiscard]] std::string field_language(std::string_view field, const BadgeContent&);

// "Table {{number}}, {{zones}}": text and fields. If all of its fields are empty, so is the whole.
// Errors: invalid, naming the field that there is not, or the brace that is not closed.
[[nodiscard]] sync::Expected<std::vector<std::string>> fields_in(std::string_view pattern);
[[nodiscard]] std::string filled_in(std::string_view pattern, const BadgeContent&);

// "category=press|staff !zone=stage has=photo": all of its terms hold.
//   category, zone, tag, role, language   the attendee has one of these
//   has                                   a field of this name is not empty; or "photo", "day"
// Errors: invalid, naming the term.
[[nodiscard]] sync::Expected<void> check_condition(std::string_view condition);
[[nodiscard]] bool holds(std::string_view condition, const BadgeContent&);

}  // namespace lanyard::kiosk
