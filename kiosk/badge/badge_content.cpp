#include "kiosk/badge/badge_content.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

std::string zones_of(const BadgeContent& content) {
  std::string text;
  for (const std::string& id : content.attendee.zones) {
    const sync::Zone* zone = sync::find_zone(content.event, id);
    if (!text.empty()) text += "  ·  ";
    text += zone == nullptr ? id : std::string(sync::text_in(zone->name, content.language));
  }
  return text;
}

std::string category_of(const BadgeContent& content) {
  const std::string& id = content.attendee.category;
  const sync::Category* category = sync::find_category(content.event, id);
  return category == nullptr ? id : std::string(sync::text_in(category->name, content.language));
}

// A badge without a word to call its wearer by is no badge.
std::string name_of(const BadgeContent& content) {
  const sync::Attendee& who = content.attendee;
  for (const std::string* name : {&who.name, &who.name_native, &who.organisation}) {
    if (name->find_first_not_of(' ') != std::string::npos) return *name;
  }
  return who.id;
}

std::string native_of(const BadgeContent& content) {
  const std::string& native = content.attendee.name_native;
  return native == name_of(content) ? std::string() : native;
}

// As no country misreads it.
std::string day_of(const BadgeContent& content) {
  if (!content.day) return "";
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(content.day->year()),
                      static_cast<unsigned>(content.day->month()), static_cast<unsigned>(content.day->day()));
  return text.data();
}

struct Field {
  std::string_view name;
  std::string (*text)(const BadgeContent&);
};
constexpr std::array<Field, 10> kFields{{
    {"event", [](const BadgeContent& c) { return std::string(sync::text_in(c.event.name, c.language)); }},
    {"name", name_of},
    {"native", native_of},
    {"title", [](const BadgeContent& c) { return c.attendee.title; }},
    {"organisation",
     [](const BadgeContent& c) {
       return name_of(c) == c.attendee.organisation ? std::string() : c.attendee.organisation;
     }},
    {"delegation", [](const BadgeContent& c) { return c.attendee.delegation; }},
    {"category", category_of},
    {"zones", zones_of},
    {"number", [](const BadgeContent& c) { return c.attendee.id; }},
    {"day", day_of},
}};

bool among(const std::vector<std::string>& texts, std::string_view one) {
  return std::ranges::find(texts, one) != texts.end();
}

bool has(std::string_view what, const BadgeContent& content) {
  if (what == "photo") return !content.photo.empty();
  return !field_text(what, content).empty();
}

bool is_one_of(std::string_view what, std::string_view value, const BadgeContent& content) {
  const sync::Attendee& who = content.attendee;
  if (what == "category") return who.category == value || among(who.other_categories, value);
  if (what == "zone") return among(who.zones, value);
  if (what == "tag") return among(who.tags, value);
  if (what == "role") return who.role == value;
  if (what == "language") return content.language == value;
  return has(value, content);
}

constexpr std::array<std::string_view, 6> kConditions{"category", "zone", "tag", "role", "language", "has"};

// Hands each term to `take`: what it is about, its values, and whether it is denied. False ends it.
template <class Take>
void each_term(std::string_view condition, Take take) {
  constexpr std::string_view kBlanks = " \t\r\n;";
  for (;;) {
    const std::size_t begin = condition.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return;
    condition.remove_prefix(begin);
    std::string_view term = condition.substr(0, condition.find_first_of(kBlanks));
    condition.remove_prefix(term.size());
    if (!take(term)) return;
  }
}

struct Term {
  bool denied{false};
  std::string_view what;
  std::string_view values;
};

Term term_of(std::string_view text) {
  Term term;
  term.denied = text.starts_with('!');
  if (term.denied) text.remove_prefix(1);
  const std::size_t equals = text.find('=');
  term.what = text.substr(0, equals);
  term.values = equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1);
  return term;
}

bool term_holds(const Term& term, const BadgeContent& content) {
  std::string_view rest = term.values;
  bool found = false;
  while (!rest.empty() && !found) {
    const std::size_t bar = rest.find('|');
    found = is_one_of(term.what, rest.substr(0, bar), content);
    rest = bar == std::string_view::npos ? std::string_view() : rest.substr(bar + 1);
  }
  return found != term.denied;
}

}  // namespace

std::string badge_language(const sync::Attendee& who) {
  return who.languages.empty() ? "en" : who.languages.front();
}

bool is_field(std::string_view name) {
  return std::ranges::find(kFields, name, &Field::name) != kFields.end();
}

std::string field_names() {
  std::string names;
  for (const Field& field : kFields) names += (names.empty() ? "" : ", ") + std::string(field.name);
  return names;
}

std::string field_text(std::string_view field, const BadgeContent& content) {
  const auto* const found = std::ranges::find(kFields, field, &Field::name);
  return found == kFields.end() ? std::string() : found->text(content);
}

std::string field_language(std::string_view field, const BadgeContent& content) {
  const bool own = (field == "name" || field == "native") && !content.attendee.languages.empty();
  return own ? content.attendee.languages.front() : content.language;
}

Expected<std::vector<std::string>> fields_in(std::string_view pattern) {
  std::vector<std::string> fields;
  for (std::size_t at = pattern.find("{{"); at != std::string_view::npos; at = pattern.find("{{", at)) {
    const std::size_t end = pattern.find("}}", at);
    if (end == std::string_view::npos)
      return fail(Error::Kind::invalid, "\"" + std::string(pattern) + "\": its {{ is not closed");
    std::string name(pattern.substr(at + 2, end - at - 2));
    if (!is_field(name)) {
      return fail(Error::Kind::invalid,
                  "{{" + name + "}}: there is no such field; there are " + field_names());
    }
    fields.push_back(std::move(name));
    at = end + 2;
  }
  return fields;
}

std::string filled_in(std::string_view pattern, const BadgeContent& content) {
  std::string text;
  bool asked = false;
  bool answered = false;
  for (;;) {
    const std::size_t at = pattern.find("{{");
    text += pattern.substr(0, at);
    if (at == std::string_view::npos) break;
    const std::size_t end = pattern.find("}}", at);
    if (end == std::string_view::npos) break;  // `fields_in` has refused it
    const std::string value = field_text(pattern.substr(at + 2, end - at - 2), content);
    asked = true;
    answered = answered || !value.empty();
    text += value;
    pattern.remove_prefix(end + 2);
  }
  if (asked && !answered) return "";
  while (text.ends_with(' ')) text.pop_back();
  text.erase(0, text.find_first_not_of(' '));
  return text;
}

Expected<void> check_condition(std::string_view condition) {
  std::string wrong;
  each_term(condition, [&](std::string_view text) {
    const Term term = term_of(text);
    const bool known = std::ranges::find(kConditions, term.what) != kConditions.end();
    const bool asks = term.what != "has" || term.values == "photo" || is_field(term.values);
    if (!known || term.values.empty() || !asks) wrong = text;
    return wrong.empty();
  });
  if (wrong.empty()) return {};
  return fail(
      Error::Kind::invalid,
      "the condition \"" + wrong + "\" is none; there are category=, zone=, tag=, role=, language= and has=");
}

bool holds(std::string_view condition, const BadgeContent& content) {
  bool all = true;
  each_term(condition, [&](std::string_view text) {
    all = term_holds(term_of(text), content);
    return all;
  });
  return all;
}

}  // namespace lanyard::kiosk
