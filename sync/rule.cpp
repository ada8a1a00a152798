#include "sync/rule.hpp"

#include <array>

namespace lanyard::sync {

namespace {

struct RuleText {
  Rule rule;
  std::string_view name;
  std::string_view code;
};

constexpr std::array<RuleText, kRuleCount> kRules{{
    {Rule::admit, "admit", "A1"},
    {Rule::admit_unknown, "admit.provisional", "A2"},
    {Rule::overridden, "override", "A3"},
    {Rule::exit, "exit", "X1"},
    {Rule::exit_unseen, "exit.unseen", "X2"},
    {Rule::badge_owed, "badge.owed", "B1"},
    {Rule::badge_station, "badge.station", "B2"},
    {Rule::unreadable, "credential", "K1"},
    {Rule::other_event, "event.other", "K2"},
    {Rule::unknown, "attendee.unknown", "K3"},
    {Rule::not_synced, "attendee.unsynced", "K5"},
    {Rule::test_badge, "event.test", "K6"},
    {Rule::replaced, "credential.replaced", "K4"},
    {Rule::blocked, "status.blocked", "S1"},
    {Rule::withdrawn, "status.withdrawn", "S2"},
    {Rule::substituted, "status.substituted", "S4"},
    {Rule::pending, "status.pending", "S3"},
    {Rule::not_yet_valid, "validity.early", "V1"},
    {Rule::no_longer_valid, "validity.late", "V2"},
    {Rule::wrong_category, "access.category", "Z2"},
    {Rule::wrong_zone, "access.zone", "Z1"},
    {Rule::tag_missing, "tag.missing", "G1"},
    {Rule::tag_barred, "tag.barred", "G2"},
    {Rule::too_early, "window.early", "T1"},
    {Rule::too_late, "window.closed", "T2"},
    {Rule::needs_escort, "escort.required", "E1"},
    {Rule::needs_principal, "companion.principal", "C1"},
    {Rule::companions_full, "companion.number", "C2"},
    {Rule::already_inside, "presence.inside", "P1"},
    {Rule::once_only, "presence.once", "P2"},
    {Rule::once_a_day, "presence.today", "P3"},
    {Rule::no_reentry, "presence.reentry", "P4"},
    {Rule::full, "capacity.full", "Q1"},
    {Rule::reserved, "capacity.reserved", "Q3"},
    {Rule::quota, "capacity.quota", "Q2"},
    {Rule::organisation_quota, "capacity.organisation", "Q4"},
    {Rule::badge_taken, "badge.taken", "B3"},
}};
static_assert([] {
  for (int i = 0; i < kRuleCount; ++i) {
    if (kRules[static_cast<std::size_t>(i)].rule != static_cast<Rule>(i)) return false;
  }
  return true;
}());

const RuleText& text_of(Rule rule) {
  return kRules[static_cast<std::size_t>(rule)];
}

}  // namespace

std::string_view to_name(Rule rule) {
  return text_of(rule).name;
}
std::string_view short_code(Rule rule) {
  return text_of(rule).code;
}
std::string_view shown_code(Rule rule) {
  return is_private(rule) ? "S" : short_code(rule);
}
bool is_private(Rule rule) {
  return rule == Rule::blocked || rule == Rule::withdrawn;
}

bool can_be_overridden(Rule rule) {
  return rule > Rule::withdrawn && rule != Rule::badge_taken;
}

bool matches(std::string_view pattern, Rule rule) {
  if (!can_be_overridden(rule)) return false;
  const std::string_view name = to_name(rule);
  if (!pattern.ends_with(".*") || pattern.size() < 3) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace lanyard::sync
