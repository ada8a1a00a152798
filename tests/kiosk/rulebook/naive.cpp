#include "tests/kiosk/rulebook/naive.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace lanyard::kiosk::rulebook {

namespace {

using namespace std::string_literals;
using sync::Attendee;
using sync::Checkpoint;
using Names = std::set<std::string>;

// The design's order, by the names that stand in the journal.
const std::vector<std::string> kAccessOrder{"access.zone",  "tag.missing",   "tag.barred",
                                            "window.early", "window.closed", "escort.required"};
const std::vector<std::string> kBeforeAccess{"attendee.unsynced",  "status.blocked", "status.withdrawn",
                                             "status.substituted", "status.pending", "validity.early",
                                             "validity.late"};
const std::vector<std::string> kAfterAccess{"companion.principal", "companion.number"};
const std::vector<std::string> kPresence{"presence.inside", "presence.once", "presence.today",
                                         "presence.reentry"};
const std::vector<std::string> kRoom{"capacity.full", "capacity.reserved", "capacity.quota",
                                     "capacity.organisation"};

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::count(list.begin(), list.end(), item) > 0;
}

bool set_aside(const std::string& rule, std::span<const std::string> waived) {
  // Neither what is held up nor a block can be set aside.
  if (rule == "attendee.unsynced" || rule == "status.blocked" || rule == "status.withdrawn") return false;
  for (const std::string& pattern : waived) {
    if (pattern == rule) return true;
    const std::string family = rule.substr(0, rule.find('.') + 1) + "*";
    if (pattern == family) return true;
  }
  return false;
}

struct Walk {
  std::string stopped_by;  // "" if nothing did
  std::vector<std::string> aside;
};

Walk walk(const std::vector<std::string>& order, const Names& objections,
          std::span<const std::string> waived) {
  Walk result;
  for (const std::string& rule : order) {
    if (!objections.contains(rule)) continue;
    if (!set_aside(rule, waived)) {
      result.stopped_by = rule;
      return result;
    }
    result.aside.push_back(rule);
  }
  return result;
}

bool same_day(Timestamp a, Timestamp b, const sync::Calendar& calendar) {
  return sync::venue_day_start(a, calendar) == sync::venue_day_start(b, calendar);
}

// In whose name the rules look.
Attendee effective(const Facts& facts) {
  Attendee who = *facts.attendee;
  if (facts.stands_in_for) {
    const Attendee& place = *facts.stands_in_for;
    who.category = place.category;
    who.other_categories = place.other_categories;
    who.zones = place.zones;
    who.delegation = place.delegation;
    who.valid_from = place.valid_from;
    who.valid_until = place.valid_until;
    who.companion_of = place.companion_of;
    if (who.status == sync::Status::pending) who.status = sync::Status::approved;
  }
  return who;
}

struct Case {
  const Presented& presented;
  const Facts& facts;
  const Policy& policy;
  Timestamp now;
  Attendee who;

  [[nodiscard]] const Checkpoint& at() const { return policy.checkpoint; }
  [[nodiscard]] bool inside_now() const {
    return facts.presence.inside && facts.presence.last_entry &&
           same_day(*facts.presence.last_entry, now, policy.calendar);
  }
  [[nodiscard]] bool is_card() const { return has(policy.transferable, who.category); }
};

// Every span of time within which the badge and its owner are valid.
std::vector<std::pair<std::optional<Timestamp>, std::optional<Timestamp>>> validities(const Case& c) {
  std::vector<std::pair<std::optional<Timestamp>, std::optional<Timestamp>>> spans;
  if (const auto* card = std::get_if<sync::SignedCredential>(&*c.presented))
    spans.emplace_back(card->valid_from, card->valid_until);
  if (const auto* ticket = std::get_if<sync::PretixCredential>(&*c.presented))
    spans.emplace_back(ticket->secret.valid_from, ticket->secret.valid_until);
  spans.emplace_back(c.who.valid_from, c.who.valid_until);
  return spans;
}

Names objections_of_standing(const Case& c) {
  Names found;
  if (c.facts.provisional && !(c.facts.provisional_here < c.at().provisional))
    found.insert("attendee.unsynced");
  if (c.who.status == sync::Status::blocked) found.insert("status.blocked");
  if (c.who.status == sync::Status::withdrawn) found.insert("status.withdrawn");
  if (c.who.status == sync::Status::pending) found.insert("status.pending");
  if (c.facts.replaced_by != "") found.insert("status.substituted");
  return found;
}

Names objections_of_access(const Case& c, const sync::AccessRule& rule, std::optional<Timestamp>& opens) {
  Names found;
  if (!has(c.who.zones, c.at().zone)) found.insert("access.zone");
  for (const std::string& tag : rule.needs_tags) {
    if (!has(c.who.tags, tag)) found.insert("tag.missing");
  }
  for (const std::string& tag : rule.bars_tags) {
    if (has(c.who.tags, tag)) found.insert("tag.barred");
  }
  bool open = rule.windows.empty();
  std::set<Timestamp> later;
  for (const sync::Interval& window : rule.windows) {
    const Timestamp from = window.from - c.at().grace;
    const Timestamp until = window.until + c.at().grace;
    if (!(c.now < from) && c.now < until) open = true;
    if (c.now < from) later.insert(window.from);
  }
  if (!open && later.empty()) found.insert("window.closed");
  if (!open && !later.empty()) {
    found.insert("window.early");
    opens = *later.begin();
  }
  if (!rule.escorts.empty()) {
    bool escorted = false;
    for (const Facts::Escort& escort : c.facts.escorts) {
      const auto ago = c.now - escort.seen;
      const bool just_now = ago >= std::chrono::seconds(0) && ago <= std::chrono::minutes(2);
      const bool of_theirs = escort.delegation == c.who.delegation && escort.delegation != "";
      if (just_now && has(rule.escorts, escort.category) && (!rule.escort_of_delegation || of_theirs))
        escorted = true;
    }
    if (!escorted) found.insert("escort.required");
  }
  return found;
}

Names objections_of_company(const Case& c) {
  Names found;
  if (c.who.companion_of == "") return found;
  const auto wanted = c.at().companion;
  if (wanted == sync::CompanionPolicy::with_principal && !c.facts.principal_inside)
    found.insert("companion.principal");
  if (wanted == sync::CompanionPolicy::after_principal && !c.facts.principal_entered)
    found.insert("companion.principal");
  if (c.at().companions_each && !c.inside_now() && c.facts.companions_inside >= *c.at().companions_each)
    found.insert("companion.number");
  return found;
}

Names objections_of_presence(const Case& c) {
  Names found;
  const bool came = c.facts.presence.entries != 0;
  const bool today =
      c.facts.presence.last_entry && same_day(*c.facts.presence.last_entry, c.now, c.policy.calendar);
  switch (c.at().mode) {
    case sync::Mode::unlimited:
      break;
    case sync::Mode::once:
      if (came && !c.is_card()) found.insert("presence.once");
      if (c.is_card() && c.inside_now()) found.insert("presence.inside");
      break;
    case sync::Mode::once_a_day:
      if (came && today && !c.is_card()) found.insert("presence.today");
      if (c.is_card() && c.inside_now()) found.insert("presence.inside");
      break;
    case sync::Mode::entry_and_exit:
      if (c.inside_now()) found.insert("presence.inside");
      if (came && !c.is_card() && !c.at().reentry) found.insert("presence.reentry");
      break;
  }
  return found;
}

Names objections_of_room(const Case& c, const sync::AccessRule* rule) {
  Names found;
  if (c.inside_now()) return found;
  const auto inside = static_cast<std::int64_t>(c.facts.inside);
  if (c.at().capacity) {
    const auto places = static_cast<std::int64_t>(*c.at().capacity);
    const auto for_all = places - static_cast<std::int64_t>(c.at().reserve);
    const bool may_take_reserve = rule != nullptr && rule->reserve;
    if (inside >= places)
      found.insert("capacity.full");
    else if (inside >= for_all && !may_take_reserve)
      found.insert("capacity.reserved");
  }
  if (c.who.delegation != "") {
    std::optional<std::uint32_t> quota = c.at().delegation_quota;
    const auto own = c.at().delegation_quotas.find(c.who.delegation);
    if (own != c.at().delegation_quotas.end()) quota = own->second;
    if (quota && c.facts.delegation_inside >= *quota) found.insert("capacity.quota");
  }
  if (c.at().organisation_quota && c.who.organisation != "" &&
      c.facts.organisation_inside >= *c.at().organisation_quota)
    found.insert("capacity.organisation");
  return found;
}

Opinion refused(const std::string& rule) {
  return {Verdict::refused, rule, false, std::nullopt};
}

// The rule that governs a category at the checkpoint, or none.
const sync::AccessRule* rule_for(const Checkpoint& at, const std::string& category) {
  for (const sync::AccessRule& rule : at.access) {
    if (has(rule.categories, category) || has(rule.categories, "*")) return &rule;
  }
  return nullptr;
}

struct Entrance {
  std::string stopped_by;
  std::optional<Timestamp> opens;
  const sync::AccessRule* rule{nullptr};
  std::vector<std::string> aside;
};

Entrance find_entrance(const Case& c, std::span<const std::string> waived) {
  if (c.facts.provisional && c.who.category == "") {
    // Somebody of whom no more is known: as good as the widest door.
    std::set<Timestamp> later;
    for (const sync::AccessRule& rule : c.at().access) {
      if (!rule.needs_tags.empty() || !rule.escorts.empty()) continue;
      std::optional<Timestamp> opens;
      const Names all = objections_of_access(c, rule, opens);
      Names of_time;
      for (const char* name : {"window.early", "window.closed"}) {
        if (all.contains(name)) of_time.insert(name);
      }
      const Walk walked = walk(kAccessOrder, of_time, waived);
      if (walked.stopped_by.empty()) return {"", std::nullopt, nullptr, walked.aside};
      if (opens) later.insert(*opens);
    }
    if (later.empty()) return {"attendee.unsynced", std::nullopt, nullptr, {}};
    return {"window.early", *later.begin(), nullptr, {}};
  }
  std::vector<std::string> categories = c.who.other_categories;
  categories.insert(categories.begin(), c.who.category);
  std::vector<Entrance> refusals;
  for (const std::string& category : categories) {
    const sync::AccessRule* rule = rule_for(c.at(), category);
    if (rule == nullptr) continue;
    std::optional<Timestamp> opens;
    const Walk walked = walk(kAccessOrder, objections_of_access(c, *rule, opens), waived);
    if (walked.stopped_by.empty()) return {"", std::nullopt, rule, walked.aside};
    refusals.push_back(
        {walked.stopped_by, walked.stopped_by == "window.early" ? opens : std::nullopt, rule, {}});
  }
  if (!refusals.empty()) {
    // Of several doors that are still shut, the hour of the first to open.
    Entrance& named = refusals.front();
    for (const Entrance& other : refusals) {
      const bool both_early = named.stopped_by == "window.early" && other.stopped_by == "window.early";
      if (both_early && *other.opens < *named.opens) named.opens = other.opens;
    }
    return named;
  }
  if (set_aside("access.category", waived)) return {"", std::nullopt, nullptr, {"access.category"}};
  return {"access.category", std::nullopt, nullptr, {}};
}

// The validity is asked span by span: the badge's before its owner's.
Walk walk_validity(const Case& c, std::span<const std::string> waived, std::optional<Timestamp>& opens) {
  Walk total;
  for (const auto& [from, until] : validities(c)) {
    Names found;
    if (from && c.now < *from)
      found.insert("validity.early");
    else if (until && !(c.now < *until))
      found.insert("validity.late");
    const Walk walked = walk(kBeforeAccess, found, waived);
    total.aside.insert(total.aside.end(), walked.aside.begin(), walked.aside.end());
    if (walked.stopped_by.empty()) continue;
    total.stopped_by = walked.stopped_by;
    if (walked.stopped_by == "validity.early") opens = from;
    return total;
  }
  return total;
}

}  // namespace

Opinion naive_opinion(const Presented& presented, const Facts& facts, const Policy& policy, Timestamp now,
                      std::span<const std::string> waived) {
  if (!presented) {
    if (presented.error() == sync::Unreadable::other_event) return refused("event.other");
    return refused("credential." + std::string(sync::to_name(presented.error())));
  }
  if (const auto* card = std::get_if<sync::SignedCredential>(&*presented)) {
    if (card->event != sync::event_tag(facts.event)) return refused("event.other");
  }
  if (!facts.attendee) return refused("attendee.unknown");
  const Case c{presented, facts, policy, now, effective(facts)};
  if (has(c.who.tags, "test") && !policy.test) return refused("event.test");
  if (facts.living_generation > facts.credential_generation) return refused("credential.replaced");
  if (policy.checkpoint.direction == sync::Direction::exit)
    return {Verdict::exited, facts.presence.inside ? "exit" : "exit.unseen", false, std::nullopt};

  std::vector<std::string> aside;
  const auto note = [&](const std::vector<std::string>& more) {
    aside.insert(aside.end(), more.begin(), more.end());
  };
  const Walk standing = walk(kBeforeAccess, objections_of_standing(c), waived);
  if (!standing.stopped_by.empty()) return refused(standing.stopped_by);
  note(standing.aside);
  Opinion opinion;
  const Walk valid = walk_validity(c, waived, opinion.opens_at);
  if (!valid.stopped_by.empty()) {
    opinion.rule_id = valid.stopped_by;
    return opinion;
  }
  note(valid.aside);
  const Entrance entrance = find_entrance(c, waived);
  if (!entrance.stopped_by.empty()) return {Verdict::refused, entrance.stopped_by, false, entrance.opens};
  note(entrance.aside);
  if (policy.checkpoint.badge == sync::BadgePolicy::station) {
    if (facts.provisional) return refused("attendee.unsynced");
    if (c.is_card()) return refused("access.category");
    if (facts.presence.badges_taken + 1 > policy.checkpoint.badge_prints) return refused("badge.taken");
    return {Verdict::badge, "badge.station", true, std::nullopt};
  }
  const Walk company = walk(kAfterAccess, objections_of_company(c), waived);
  if (!company.stopped_by.empty()) return refused(company.stopped_by);
  note(company.aside);

  const bool owed = policy.checkpoint.badge == sync::BadgePolicy::on_first_entry &&
                    !facts.presence.badge_printed && !facts.provisional && !c.is_card();
  const Walk presence = walk(kPresence, objections_of_presence(c), waived);
  if (!presence.stopped_by.empty()) {
    if (owed && facts.presence.inside) return {Verdict::badge, "badge.owed", true, std::nullopt};
    return refused(presence.stopped_by);
  }
  note(presence.aside);
  const Walk room = walk(kRoom, objections_of_room(c, entrance.rule), waived);
  if (!room.stopped_by.empty()) return refused(room.stopped_by);
  note(room.aside);

  opinion = {Verdict::admitted, "", owed, std::nullopt};
  if (!aside.empty())
    opinion.rule_id = "override." + aside.front();
  else if (facts.provisional)
    opinion.rule_id = "admit.provisional";
  else
    opinion.rule_id = "admit." + entrance.rule->id;
  return opinion;
}

}  // namespace lanyard::kiosk::rulebook
