#include "kiosk/desk/decide.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace lanyard::kiosk {

namespace {

using sync::AccessRule;
using sync::Attendee;
using sync::Checkpoint;
using sync::Mode;

struct RuleText {
  Rule rule;
  std::string_view name;
  std::string_view code;
  bool is_private;
};

constexpr std::array<RuleText, kRuleCount> kRules{{
    {Rule::admit, "admit", "A1", false},
    {Rule::exit, "exit", "X1", false},
    {Rule::exit_unseen, "exit.unseen", "X2", false},
    {Rule::badge_owed, "badge.owed", "B1", false},
    {Rule::unreadable, "credential", "K1", false},
    {Rule::other_event, "event.other", "K2", false},
    {Rule::unknown, "attendee.unknown", "K3", false},
    {Rule::replaced, "credential.replaced", "K4", false},
    {Rule::blocked, "status.blocked", "S1", true},
    {Rule::withdrawn, "status.withdrawn", "S2", true},
    {Rule::pending, "status.pending", "S3", false},
    {Rule::not_yet_valid, "validity.early", "V1", false},
    {Rule::no_longer_valid, "validity.late", "V2", false},
    {Rule::wrong_zone, "access.zone", "Z1", false},
    {Rule::wrong_category, "access.category", "Z2", false},
    {Rule::too_early, "window.early", "T1", false},
    {Rule::too_late, "window.closed", "T2", false},
    {Rule::needs_principal, "companion.principal", "C1", false},
    {Rule::already_inside, "presence.inside", "P1", false},
    {Rule::once_only, "presence.once", "P2", false},
    {Rule::once_a_day, "presence.today", "P3", false},
    {Rule::no_reentry, "presence.reentry", "P4", false},
    {Rule::full, "capacity.full", "Q1", false},
    {Rule::quota, "capacity.quota", "Q2", false},
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

bool lists(const std::vector<std::string>& items, std::string_view wanted) {
  return std::ranges::find(items, wanted) != items.end();
}

const AccessRule* governing(const Checkpoint& checkpoint, std::string_view category) {
  const auto found = std::ranges::find_if(checkpoint.access, [&](const AccessRule& rule) {
    return lists(rule.categories, category) || lists(rule.categories, "*");
  });
  return found == checkpoint.access.end() ? nullptr : &*found;
}

// One check: nothing, or the rule that it fails, with what would help written into the decision.
using Failed = std::optional<Rule>;

Failed check_status(const Attendee& attendee) {
  switch (attendee.status) {
    case sync::Status::blocked:
      return Rule::blocked;
    case sync::Status::withdrawn:
      return Rule::withdrawn;
    case sync::Status::pending:
      return Rule::pending;
    case sync::Status::approved:
      return std::nullopt;
  }
  return Rule::pending;
}

Failed check_validity(const std::optional<Timestamp>& from, const std::optional<Timestamp>& until,
                      Timestamp now, Decision& decision) {
  if (from && now < *from) {
    decision.opens_at = from;
    return Rule::not_yet_valid;
  }
  if (until && now >= *until) return Rule::no_longer_valid;
  return std::nullopt;
}

Failed check_window(const AccessRule& rule, Timestamp now, Decision& decision) {
  if (rule.windows.empty()) return std::nullopt;
  std::optional<Timestamp> opens;
  for (const sync::Interval& window : rule.windows) {
    if (now >= window.from && now < window.until) return std::nullopt;
    if (window.from > now && (!opens || window.from < *opens)) opens = window.from;
  }
  decision.opens_at = opens;
  return opens ? Rule::too_early : Rule::too_late;
}

// A missed exit does not outlast the venue's day: whoever came in yesterday is outside this morning.
bool inside_today(const sync::Presence& presence, const Policy& policy, Timestamp now) {
  return presence.inside && presence.last_entry &&
         sync::venue_day(*presence.last_entry, policy.utc_offset) == sync::venue_day(now, policy.utc_offset);
}

Failed check_presence(const Facts& facts, const Policy& policy, Timestamp now) {
  const sync::Presence& presence = facts.presence;
  switch (policy.checkpoint.mode) {
    case Mode::unlimited:
      return std::nullopt;
    case Mode::once:
      return presence.entries > 0 ? Failed(Rule::once_only) : std::nullopt;
    case Mode::once_a_day: {
      const bool today =
          presence.entries > 0 && presence.last_entry &&
          sync::venue_day(*presence.last_entry, policy.utc_offset) == sync::venue_day(now, policy.utc_offset);
      return today ? Failed(Rule::once_a_day) : std::nullopt;
    }
    case Mode::entry_and_exit:
      if (inside_today(presence, policy, now)) return Rule::already_inside;
      if (!policy.checkpoint.reentry && presence.entries > 0) return Rule::no_reentry;
      return std::nullopt;
  }
  return std::nullopt;
}

Failed check_room(const Facts& facts, const Policy& policy, Timestamp now) {
  // Whoever counts as inside already takes no further place.
  if (inside_today(facts.presence, policy, now)) return std::nullopt;
  const Checkpoint& checkpoint = policy.checkpoint;
  if (checkpoint.capacity && facts.inside >= *checkpoint.capacity) return Rule::full;
  if (checkpoint.delegation_quota && !facts.attendee->delegation.empty() &&
      facts.delegation_inside >= *checkpoint.delegation_quota) {
    return Rule::quota;
  }
  return std::nullopt;
}

// The credential itself: readable, signed by a key we trust, of this event, alive.
Failed check_credential(const Presented& presented, const Facts& facts, Decision& decision) {
  if (!presented) {
    decision.rule_id = "credential." + std::string(sync::to_name(presented.error()));
    return presented.error() == sync::Unreadable::other_event ? Rule::other_event : Rule::unreadable;
  }
  if (const auto* card = std::get_if<sync::SignedCredential>(&*presented)) {
    if (card->event != sync::event_tag(facts.event)) return Rule::other_event;
  }
  if (!facts.attendee) return Rule::unknown;
  decision.attendee = facts.attendee;
  decision.generation = facts.credential_generation;
  if (facts.credential_generation < facts.living_generation) return Rule::replaced;
  return std::nullopt;
}

Failed check_person(const Presented& presented, const Facts& facts, const Policy& policy, Timestamp now,
                    Decision& decision) {
  const Attendee& attendee = *facts.attendee;
  if (const Failed failed = check_status(attendee)) return failed;
  if (const auto* card = std::get_if<sync::SignedCredential>(&*presented)) {
    if (const Failed failed = check_validity(card->valid_from, card->valid_until, now, decision))
      return failed;
  }
  if (const auto* ticket = std::get_if<sync::PretixCredential>(&*presented)) {
    const sync::PretixSecret& secret = ticket->secret;
    if (const Failed failed = check_validity(secret.valid_from, secret.valid_until, now, decision))
      return failed;
  }
  if (const Failed failed = check_validity(attendee.valid_from, attendee.valid_until, now, decision))
    return failed;
  const AccessRule* rule = governing(policy.checkpoint, attendee.category);
  if (rule == nullptr) return Rule::wrong_category;
  if (!lists(attendee.zones, policy.checkpoint.zone)) return Rule::wrong_zone;
  if (const Failed failed = check_window(*rule, now, decision)) return failed;
  if (policy.checkpoint.companion == sync::CompanionPolicy::with_principal &&
      !attendee.companion_of.empty() && !facts.principal_inside) {
    return Rule::needs_principal;
  }
  decision.rule_id = "admit." + rule->id;
  return std::nullopt;
}

Decision refuse(Decision decision, Rule rule) {
  decision.verdict = Verdict::refused;
  decision.rule = rule;
  if (rule != Rule::unreadable) decision.rule_id = to_name(rule);
  return decision;
}

Decision with_rule(Decision decision, Verdict verdict, Rule rule) {
  decision.verdict = verdict;
  decision.rule = rule;
  if (rule != Rule::admit) decision.rule_id = to_name(rule);
  return decision;
}

}  // namespace

std::string_view to_name(Rule rule) {
  return text_of(rule).name;
}
std::string_view short_code(Rule rule) {
  return text_of(rule).code;
}
bool is_private(Rule rule) {
  return text_of(rule).is_private;
}

Decision decide(const Presented& presented, const Facts& facts, const Policy& policy, Timestamp now) {
  Decision decision;
  decision.roster_version = facts.roster_version;
  decision.as_of = facts.as_of;

  if (const Failed failed = check_credential(presented, facts, decision)) return refuse(decision, *failed);

  // The way out is open to everyone whom we know: a blocked person is not locked in.
  if (policy.checkpoint.direction == sync::Direction::exit) {
    return with_rule(decision, Verdict::exited, facts.presence.inside ? Rule::exit : Rule::exit_unseen);
  }

  if (const Failed failed = check_person(presented, facts, policy, now, decision))
    return refuse(decision, *failed);

  const bool prints = policy.checkpoint.badge == sync::BadgePolicy::on_first_entry;
  decision.badge_owed = prints && !facts.presence.badge_printed;
  decision.returning = facts.presence.entries > 0;

  if (const Failed failed = check_presence(facts, policy, now)) {
    decision.entered_at = facts.presence.last_entry;
    decision.entered_where = facts.presence.entry_checkpoint;
    // "Checked in, badge owed" is a state that any kiosk can finish.
    if (decision.badge_owed) return with_rule(decision, Verdict::badge, Rule::badge_owed);
    return refuse(decision, *failed);
  }
  if (const Failed failed = check_room(facts, policy, now)) {
    decision.badge_owed = false;
    return refuse(decision, *failed);
  }
  return with_rule(decision, Verdict::admitted, Rule::admit);
}

}  // namespace lanyard::kiosk
