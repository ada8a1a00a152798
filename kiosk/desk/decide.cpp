#include "kiosk/desk/decide.hpp"

#include <algorithm>

namespace lanyard::kiosk {

namespace {

using sync::AccessRule;
using sync::Attendee;
using sync::Checkpoint;
using sync::Mode;
using sync::Presence;
using sync::SignedCredential;

bool lists(const std::vector<std::string>& items, std::string_view wanted) {
  return std::ranges::find(items, wanted) != items.end();
}

const AccessRule* governing(const Checkpoint& checkpoint, std::string_view category) {
  const auto found = std::ranges::find_if(checkpoint.access, [&](const AccessRule& rule) {
    return lists(rule.categories, category) || lists(rule.categories, "*");
  });
  return found == checkpoint.access.end() ? nullptr : &*found;
}

// The attendee as the rules see them: in somebody's place, with that one's rights.
std::optional<Attendee> judged(const Facts& facts) {
  if (!facts.attendee || !facts.stands_in_for) return facts.attendee;
  Attendee attendee = *facts.attendee;
  const Attendee& place = *facts.stands_in_for;
  attendee.category = place.category;
  attendee.other_categories = place.other_categories;
  attendee.zones = place.zones;
  attendee.delegation = place.delegation;
  attendee.companion_of = place.companion_of;
  attendee.seats = place.seats;
  attendee.valid_from = place.valid_from;
  attendee.valid_until = place.valid_until;
  // Whoever was waiting for approval has it by taking the place, whatever becomes of the one who stayed away;
  // a block stays a block.
  if (attendee.status == sync::Status::pending) attendee.status = sync::Status::approved;
  return attendee;
}

// The checks of one decision, in their order. Each answers the rule that fails, or nothing.
class Checks {
 public:
  using Failed = std::optional<Rule>;

  Checks(const Presented& presented, const Facts& facts, const Policy& policy, Timestamp now,
         std::span<const std::string> waived)
      : presented_(presented), facts_(facts), policy_(policy), now_(now), waivers_(waived) {
    decision_.roster_version = facts.roster_version;
    decision_.as_of = facts.as_of;
  }

  Decision decide() {
    if (const Failed failed = credential()) return refuse(*failed);
    // The way out is open to everyone whom we know: a blocked person is not locked in.
    if (checkpoint().direction == sync::Direction::exit)
      return with(Verdict::exited, facts_.presence.inside ? Rule::exit : Rule::exit_unseen);
    if (const Failed failed = standing()) return refuse(*failed);
    if (const Failed failed = access()) return refuse(*failed);
    if (checkpoint().badge == sync::BadgePolicy::station) return at_station();
    if (const Failed failed = company()) return refuse(*failed);
    decision_.badge_owed = owes_badge();
    decision_.returning = facts_.presence.entries > 0;
    if (const Failed failed = presence()) return already_in(*failed);
    if (const Failed failed = room()) return refuse(*failed);
    if (!decision_.waived.empty()) return with(Verdict::admitted, Rule::overridden);
    return with(Verdict::admitted, facts_.provisional ? Rule::admit_unknown : Rule::admit);
  }

 private:
  [[nodiscard]] const Checkpoint& checkpoint() const { return policy_.checkpoint; }
  [[nodiscard]] const Attendee& person() const { return *decision_.attendee; }
  [[nodiscard]] bool was_today(const std::optional<Timestamp>& when) const {
    return when && sync::venue_day(*when, policy_.calendar) == sync::venue_day(now_, policy_.calendar);
  }
  // A missed exit does not outlast the venue's day: whoever came in yesterday is outside this morning.
  [[nodiscard]] bool inside_today() const {
    return facts_.presence.inside && was_today(facts_.presence.last_entry);
  }

  // Fails, unless staff set this rule aside.
  Failed fails(Rule rule) {
    const auto aside = [&](const std::string& pattern) { return sync::matches(pattern, rule); };
    if (!std::ranges::any_of(waivers_, aside)) return rule;
    decision_.waived.push_back(rule);
    decision_.opens_at.reset();  // of what no longer stands in the way
    return std::nullopt;
  }

  // The credential itself: readable, signed by a key we trust, of this event, of somebody we know, alive.
  Failed credential() {
    if (!presented_) {
      decision_.rule_id = "credential." + std::string(sync::to_name(presented_.error()));
      return presented_.error() == sync::Unreadable::other_event ? Rule::other_event : Rule::unreadable;
    }
    const auto* card = std::get_if<SignedCredential>(&*presented_);
    if (card != nullptr && card->event != sync::event_tag(facts_.event)) return Rule::other_event;
    if (!facts_.attendee) return Rule::unknown;
    decision_.attendee = judged(facts_);
    decision_.generation = facts_.credential_generation;
    if (!policy_.test && lists(person().tags, sync::kTestTag)) return Rule::test_badge;
    if (facts_.credential_generation < facts_.living_generation) return Rule::replaced;
    return std::nullopt;
  }

  Failed standing() {
    if (facts_.provisional && facts_.provisional_here >= checkpoint().provisional) return Rule::not_synced;
    if (const Failed failed = status()) return failed;
    if (const auto* card = std::get_if<SignedCredential>(&*presented_)) {
      if (const Failed failed = validity(card->valid_from, card->valid_until)) return failed;
    }
    if (const auto* ticket = std::get_if<sync::PretixCredential>(&*presented_)) {
      if (const Failed failed = validity(ticket->secret.valid_from, ticket->secret.valid_until))
        return failed;
    }
    return validity(person().valid_from, person().valid_until);
  }

  Failed status() {
    if (person().status == sync::Status::blocked) return fails(Rule::blocked);
    if (person().status == sync::Status::withdrawn) return fails(Rule::withdrawn);
    if (!facts_.replaced_by.empty()) return fails(Rule::substituted);
    if (person().status == sync::Status::pending) return fails(Rule::pending);
    return std::nullopt;
  }

  Failed validity(const std::optional<Timestamp>& from, const std::optional<Timestamp>& until) {
    if (from && now_ < *from) {
      decision_.opens_at = from;
      return fails(Rule::not_yet_valid);
    }
    if (until && now_ >= *until) return fails(Rule::no_longer_valid);
    return std::nullopt;
  }

  // The access rules of the person's categories, one after the other.
  Failed access() {
    if (facts_.provisional && person().category.empty()) return access_unknown();
    std::optional<Decision> refused;
    for (std::size_t i = 0; i <= person().other_categories.size(); ++i) {
      const std::string& category = i == 0 ? person().category : person().other_categories[i - 1];
      const AccessRule* rule = governing(checkpoint(), category);
      if (rule == nullptr) continue;
      const Decision before = decision_;
      const Failed failed = access_by(*rule);
      if (!failed) {
        rule_ = rule;
        decision_.rule_id = "admit." + rule->id;
        return std::nullopt;
      }
      decision_.rule = *failed;
      if (!refused) {
        refused = decision_;
      } else if (refused->rule == Rule::too_early && *failed == Rule::too_early) {
        refused->opens_at = std::min(refused->opens_at, decision_.opens_at);
      }
      decision_ = before;
    }
    if (!refused) return fails(Rule::wrong_category);
    decision_ = std::move(*refused);
    return decision_.rule;
  }

  Failed access_by(const AccessRule& rule) {
    if (!lists(person().zones, checkpoint().zone)) {
      if (const Failed failed = fails(Rule::wrong_zone)) return failed;
    }
    if (const Failed failed = tags(rule)) return failed;
    if (const Failed failed = window(rule)) return failed;
    return escort(rule);
  }

  Failed tags(const AccessRule& rule) {
    const auto has = [&](const std::string& tag) { return lists(person().tags, tag); };
    if (!std::ranges::all_of(rule.needs_tags, has)) {
      if (const Failed failed = fails(Rule::tag_missing)) return failed;
    }
    return std::ranges::any_of(rule.bars_tags, has) ? fails(Rule::tag_barred) : std::nullopt;
  }

  Failed window(const AccessRule& rule) {
    if (rule.windows.empty()) return std::nullopt;
    std::optional<Timestamp> opens;
    for (const sync::Interval& window : rule.windows) {
      const Timestamp from = window.from - checkpoint().grace;
      if (now_ >= from && now_ < window.until + checkpoint().grace) return std::nullopt;
      if (now_ < from && (!opens || window.from < *opens)) opens = window.from;
    }
    decision_.opens_at = opens;
    return fails(opens ? Rule::too_early : Rule::too_late);
  }

  // A badge of an escort, shown here a moment ago.
  Failed escort(const AccessRule& rule) {
    if (rule.escorts.empty()) return std::nullopt;
    const auto serves = [&](const Facts::Escort& shown) {
      const bool recent = shown.seen <= now_ && now_ - shown.seen <= sync::kEscortFor;
      const bool theirs = !rule.escort_of_delegation ||
                          (!shown.delegation.empty() && shown.delegation == person().delegation);
      return recent && theirs && lists(rule.escorts, shown.category);
    };
    return std::ranges::any_of(facts_.escorts, serves) ? std::nullopt : fails(Rule::needs_escort);
  }

  // All that is known of them is that they were signed: any door that is open to anybody now.
  Failed access_unknown() {
    std::optional<Timestamp> opens;
    for (const AccessRule& rule : checkpoint().access) {
      const bool plain = rule.needs_tags.empty() && rule.escorts.empty();
      if (!plain) continue;
      if (!window(rule)) {
        decision_.opens_at.reset();
        return std::nullopt;
      }
      if (decision_.opens_at && (!opens || *decision_.opens_at < *opens)) opens = decision_.opens_at;
    }
    decision_.opens_at = opens;
    return opens ? Rule::too_early : Rule::not_synced;
  }

  Failed company() {
    if (person().companion_of.empty()) return std::nullopt;
    const sync::CompanionPolicy wanted = checkpoint().companion;
    const bool alone = (wanted == sync::CompanionPolicy::with_principal && !facts_.principal_inside) ||
                       (wanted == sync::CompanionPolicy::after_principal && !facts_.principal_entered);
    if (alone) {
      if (const Failed failed = fails(Rule::needs_principal)) return failed;
    }
    const bool many = checkpoint().companions_each && !inside_today() &&
                      facts_.companions_inside >= *checkpoint().companions_each;
    return many ? fails(Rule::companions_full) : std::nullopt;
  }

  Failed presence() {
    const Presence& seen = facts_.presence;
    // A transferable card has another holder each time: inside it is once, but it comes and goes.
    const bool card = lists(policy_.transferable, person().category);
    switch (checkpoint().mode) {
      case Mode::unlimited:
        return std::nullopt;
      case Mode::once:
        return seen.entries > 0 && !card ? fails(Rule::once_only) : inside(card);
      case Mode::once_a_day:
        return seen.entries > 0 && !card && was_today(seen.last_entry) ? fails(Rule::once_a_day)
                                                                       : inside(card);
      case Mode::entry_and_exit:
        if (const Failed failed = inside(true)) return failed;
        return seen.entries > 0 && !card && !checkpoint().reentry ? fails(Rule::no_reentry) : std::nullopt;
    }
    return std::nullopt;
  }
  Failed inside(bool counts) { return counts && inside_today() ? fails(Rule::already_inside) : std::nullopt; }

  Failed room() {
    // Whoever counts as inside already takes no further place.
    if (inside_today()) return std::nullopt;
    if (const Failed failed = seats()) return failed;
    if (const Failed failed = delegation_seats()) return failed;
    const bool many = checkpoint().organisation_quota && !person().organisation.empty() &&
                      facts_.organisation_inside >= *checkpoint().organisation_quota;
    return many ? fails(Rule::organisation_quota) : std::nullopt;
  }

  Failed seats() {
    if (!checkpoint().capacity) return std::nullopt;
    if (facts_.inside >= *checkpoint().capacity) return fails(Rule::full);
    const bool from_reserve = rule_ != nullptr && rule_->reserve;
    const std::uint32_t left = *checkpoint().capacity - facts_.inside;
    return !from_reserve && left <= checkpoint().reserve ? fails(Rule::reserved) : std::nullopt;
  }

  Failed delegation_seats() {
    if (person().delegation.empty()) return std::nullopt;
    const auto own = checkpoint().delegation_quotas.find(person().delegation);
    const std::optional<std::uint32_t> quota = own != checkpoint().delegation_quotas.end()
                                                   ? std::optional(own->second)
                                                   : checkpoint().delegation_quota;
    return quota && facts_.delegation_inside >= *quota ? fails(Rule::quota) : std::nullopt;
  }

  // Nobody prints a badge for a card without a person, nor for somebody whose name has not come yet.
  [[nodiscard]] bool owes_badge() const {
    return checkpoint().badge == sync::BadgePolicy::on_first_entry && !facts_.presence.badge_printed &&
           !facts_.provisional && !lists(policy_.transferable, person().category);
  }

  // Badges alone, so many for each person. Whose name has not come yet, and whose card is nobody's, gets
  // none.
  Decision at_station() {
    if (facts_.provisional) return refuse(Rule::not_synced);
    if (lists(policy_.transferable, person().category)) return refuse(Rule::wrong_category);
    if (facts_.presence.badges_taken >= checkpoint().badge_prints) return refuse(Rule::badge_taken);
    decision_.badge_owed = true;
    return with(Verdict::badge, Rule::badge_station);
  }

  // "Checked in, badge owed" is a state that any kiosk can finish; whoever has left is not in it.
  Decision already_in(Rule failed) {
    decision_.entered_at = facts_.presence.last_entry;
    decision_.entered_where = facts_.presence.entry_checkpoint;
    if (decision_.badge_owed && facts_.presence.inside) return with(Verdict::badge, Rule::badge_owed);
    return refuse(failed);
  }

  Decision refuse(Rule rule) {
    decision_.badge_owed = false;
    return with(Verdict::refused, rule);
  }

  Decision with(Verdict verdict, Rule rule) {
    decision_.verdict = verdict;
    decision_.rule = rule;
    decision_.way_on = way_on_from(rule);
    if (rule == Rule::overridden) {
      decision_.rule_id = "override." + std::string(sync::to_name(decision_.waived.front()));
    } else if (rule != Rule::unreadable && rule != Rule::admit) {
      decision_.rule_id = sync::to_name(rule);
    }
    return std::move(decision_);
  }

  const Presented& presented_;
  const Facts& facts_;
  const Policy& policy_;
  const Timestamp now_;
  const std::span<const std::string> waivers_;
  const AccessRule* rule_{nullptr};  // that lets the person pass
  Decision decision_;
};

}  // namespace

Presented by_hand() {
  return sync::Credential(sync::OpaqueCredential{});
}

WayOn way_on_from(Rule rule) {
  switch (rule) {
    case Rule::admit:
    case Rule::admit_unknown:
    case Rule::overridden:
    case Rule::exit:
    case Rule::exit_unseen:
    case Rule::badge_owed:
    case Rule::badge_station:
      return WayOn::none;
    case Rule::blocked:
    case Rule::withdrawn:
      return WayOn::protocol_desk;
    case Rule::too_early:
    case Rule::not_yet_valid:
      return WayOn::wait;
    case Rule::substituted:
    case Rule::pending:
    case Rule::replaced:
    case Rule::tag_missing:
    case Rule::no_longer_valid:
    case Rule::badge_taken:
      return WayOn::accreditation;
    case Rule::needs_escort:
      return WayOn::bring_escort;
    case Rule::needs_principal:
      return WayOn::bring_principal;
    case Rule::already_inside:
      return WayOn::show_exit;
    case Rule::full:
    case Rule::reserved:
    case Rule::quota:
    case Rule::organisation_quota:
    case Rule::companions_full:
      return WayOn::room;
    default:
      return WayOn::help_desk;
  }
}

std::string_view to_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::admitted:
      return "admitted";
    case Verdict::exited:
      return "exited";
    case Verdict::badge:
      return "badge";
    case Verdict::refused:
      return "refused";
  }
  return "?";
}

std::string_view to_name(WayOn way) {
  switch (way) {
    case WayOn::none:
      return "";
    case WayOn::wait:
      return "wait";
    case WayOn::help_desk:
      return "help_desk";
    case WayOn::protocol_desk:
      return "protocol_desk";
    case WayOn::accreditation:
      return "accreditation";
    case WayOn::bring_principal:
      return "bring_principal";
    case WayOn::bring_escort:
      return "bring_escort";
    case WayOn::show_exit:
      return "show_exit";
    case WayOn::room:
      return "room";
  }
  return "?";
}

Decision decide(const Presented& presented, const Facts& facts, const Policy& policy, Timestamp now,
                std::span<const std::string> waived) {
  return Checks(presented, facts, policy, now, waived).decide();
}

}  // namespace lanyard::kiosk
