#include "sync/record.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace lanyard::sync {

namespace {

template <class E>
using Name = std::pair<E, std::string_view>;

constexpr std::array<Name<Status>, 4> kStatusNames{{{Status::approved, "approved"},
                                                    {Status::pending, "pending"},
                                                    {Status::blocked, "blocked"},
                                                    {Status::withdrawn, "withdrawn"}}};
constexpr std::array<Name<Direction>, 2> kDirectionNames{
    {{Direction::entry, "entry"}, {Direction::exit, "exit"}}};
constexpr std::array<Name<Mode>, 4> kModeNames{{{Mode::once, "once"},
                                                {Mode::once_a_day, "once_a_day"},
                                                {Mode::entry_and_exit, "entry_and_exit"},
                                                {Mode::unlimited, "unlimited"}}};
constexpr std::array<Name<BadgePolicy>, 3> kBadgeNames{{{BadgePolicy::none, "none"},
                                                        {BadgePolicy::on_first_entry, "on_first_entry"},
                                                        {BadgePolicy::station, "station"}}};
constexpr std::array<Name<CompanionPolicy>, 3> kCompanionNames{
    {{CompanionPolicy::any, "any"},
     {CompanionPolicy::after_principal, "after_principal"},
     {CompanionPolicy::with_principal, "with_principal"}}};
constexpr std::array<Name<StaffAction>, kStaffActionCount> kActionNames{
    {{StaffAction::admit, "admit"},
     {StaffAction::undo, "undo"},
     {StaffAction::reprint, "reprint"},
     {StaffAction::stop, "stop"},
     {StaffAction::day_badge, "day_badge"},
     {StaffAction::hand_over, "hand_over"},
     {StaffAction::substitute, "substitute"},
     {StaffAction::evacuate, "evacuate"},
     {StaffAction::reprint_more, "reprint_more"}}};
constexpr std::array<Name<RowKind>, 16> kRowKindNames{{{RowKind::admitted, "admitted"},
                                                       {RowKind::refused, "refused"},
                                                       {RowKind::exited, "exited"},
                                                       {RowKind::badge_printed, "badge_printed"},
                                                       {RowKind::badge_failed, "badge_failed"},
                                                       {RowKind::reissued, "reissued"},
                                                       {RowKind::annulled, "annulled"},
                                                       {RowKind::staff_entered, "staff_entered"},
                                                       {RowKind::alert, "alert"},
                                                       {RowKind::stopped, "stopped"},
                                                       {RowKind::day_badge, "day_badge"},
                                                       {RowKind::handed_over, "handed_over"},
                                                       {RowKind::substituted, "substituted"},
                                                       {RowKind::reconciled, "reconciled"},
                                                       {RowKind::badge_requested, "badge_requested"},
                                                       {RowKind::badge_sent, "badge_sent"}}};

template <class E>
std::string_view name_of(E value, std::span<const Name<E>> names) {
  const auto found = std::ranges::find(names, value, &Name<E>::first);
  return found == names.end() ? std::string_view("?") : found->second;
}

template <class E>
std::optional<E> named(std::string_view text, std::span<const Name<E>> names) {
  const auto found = std::ranges::find(names, text, &Name<E>::second);
  if (found == names.end()) return std::nullopt;
  return found->first;
}

}  // namespace

std::string_view to_name(Status v) {
  return name_of<Status>(v, kStatusNames);
}
std::string_view to_name(Direction v) {
  return name_of<Direction>(v, kDirectionNames);
}
std::string_view to_name(Mode v) {
  return name_of<Mode>(v, kModeNames);
}
std::string_view to_name(BadgePolicy v) {
  return name_of<BadgePolicy>(v, kBadgeNames);
}
std::string_view to_name(CompanionPolicy v) {
  return name_of<CompanionPolicy>(v, kCompanionNames);
}
std::string_view to_name(RowKind v) {
  return name_of<RowKind>(v, kRowKindNames);
}
std::string_view to_name(StaffAction v) {
  return name_of<StaffAction>(v, kActionNames);
}
std::optional<Status> status_named(std::string_view t) {
  return named<Status>(t, kStatusNames);
}
std::optional<Direction> direction_named(std::string_view t) {
  return named<Direction>(t, kDirectionNames);
}
std::optional<Mode> mode_named(std::string_view t) {
  return named<Mode>(t, kModeNames);
}
std::optional<BadgePolicy> badge_policy_named(std::string_view t) {
  return named<BadgePolicy>(t, kBadgeNames);
}
std::optional<CompanionPolicy> companion_policy_named(std::string_view t) {
  return named<CompanionPolicy>(t, kCompanionNames);
}
std::optional<RowKind> row_kind_named(std::string_view t) {
  return named<RowKind>(t, kRowKindNames);
}
std::optional<StaffAction> staff_action_named(std::string_view t) {
  return named<StaffAction>(t, kActionNames);
}

bool may(const Role& role, StaffAction action) {
  return std::ranges::find(role.may, action) != role.may.end();
}

std::string_view text_in(const LocalText& text, std::string_view language) {
  if (auto found = text.find(language); found != text.end()) return found->second;
  if (auto found = text.find(language.substr(0, language.find('-'))); found != text.end())
    return found->second;
  if (auto found = text.find("en"); found != text.end()) return found->second;
  return text.empty() ? std::string_view() : std::string_view(text.begin()->second);
}

bool is_id(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '_' || c == '-';
  };
  // A leading dot would hide a file, a leading dash would be an option.
  return !text.empty() && text.size() <= kMaxIdBytes && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(text, allowed);
}

bool is_language(std::string_view tag) {
  constexpr std::size_t kMaxTagBytes = 35;
  return !tag.empty() && tag.size() <= kMaxTagBytes && std::ranges::all_of(tag, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
  });
}

const Category* find_category(const EventInfo& event, std::string_view id) {
  const auto found = std::ranges::find(event.categories, id, &Category::id);
  return found == event.categories.end() ? nullptr : &*found;
}

const Zone* find_zone(const EventInfo& event, std::string_view id) {
  const auto found = std::ranges::find(event.zones, id, &Zone::id);
  return found == event.zones.end() ? nullptr : &*found;
}

const Role* find_role(const EventInfo& event, std::string_view id) {
  const auto found = std::ranges::find(event.roles, id, &Role::id);
  return found == event.roles.end() ? nullptr : &*found;
}

const Session* find_session(const EventInfo& event, std::string_view id) {
  const auto found = std::ranges::find(event.sessions, id, &Session::id);
  return found == event.sessions.end() ? nullptr : &*found;
}

Hlc hlc_next(Hlc last, Timestamp now) {
  const std::int64_t now_ms = now.time_since_epoch().count();
  if (now_ms > last.wall_ms) return {now_ms, 0};
  if (last.counter < kMaxHlcCounter) return {last.wall_ms, last.counter + 1};
  return {last.wall_ms + 1, 0};  // a counter that wrapped would go back
}

std::string uuid7(Timestamp now, const std::array<std::uint8_t, 10>& random) {
  std::array<std::uint8_t, 16> bytes{};
  const auto ms = static_cast<std::uint64_t>(now.time_since_epoch().count());
  for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(ms >> (8 * (5 - i)));
  std::ranges::copy(random, bytes.begin() + 6);
  bytes[6] = static_cast<std::uint8_t>(0x70 | (bytes[6] & 0x0f));  // version 7
  bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3f));  // variant of RFC 9562
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 0x0f];
  }
  return text;
}

}  // namespace lanyard::sync
