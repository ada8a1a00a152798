#include "tests/kiosk/rulebook/generated.hpp"

#include <cstdlib>
#include <iostream>

namespace lanyard::kiosk::rulebook {

namespace {

using namespace std::chrono_literals;

const Timestamp kNoon = Timestamp(std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h);

}  // namespace

std::string Generator::pick(std::initializer_list<const char*> from) {
  return *(from.begin() + below(from.size()));
}

std::vector<std::string> Generator::some(std::initializer_list<const char*> from, std::uint64_t one_of) {
  std::vector<std::string> picked;
  for (const char* one : from) {
    if (one_in(one_of)) picked.emplace_back(one);
  }
  return picked;
}

Timestamp Generator::moment() {
  static constexpr std::chrono::milliseconds kSteps[] = {0ms, 1ms, -1ms, 2min, -2min, 1h,  -1h,
                                                         5h,  -5h, 13h,  -13h, 26h,   -26h};
  return kNoon + kSteps[below(std::size(kSteps))];
}

std::optional<Timestamp> Generator::perhaps_moment(std::uint64_t one_of) {
  if (!one_in(one_of)) return std::nullopt;
  return moment();
}

sync::Attendee Generator::attendee(const std::string& id) {
  sync::Attendee who;
  who.id = id;
  who.name = "Generated";
  who.category = pick({"delegate", "delegate", "media", "floater", "guest"});
  who.other_categories = some({"media", "speaker"}, 6);
  if (!one_in(8)) who.zones.emplace_back("hall");
  if (one_in(2)) who.zones.emplace_back("site");
  who.tags = some({"letter", "minor"}, 3);
  if (one_in(16)) who.tags.emplace_back("test");
  who.delegation = pick({"", "kenya", "kenya", "china"});
  who.organisation = pick({"", "Acme"});
  who.companion_of = one_in(4) ? "P" : "";
  static constexpr sync::Status kStatus[] = {
      sync::Status::approved, sync::Status::approved, sync::Status::approved, sync::Status::approved,
      sync::Status::approved, sync::Status::pending,  sync::Status::blocked,  sync::Status::withdrawn};
  who.status = kStatus[below(std::size(kStatus))];
  who.valid_from = perhaps_moment(6);
  who.valid_until = perhaps_moment(6);
  return who;
}

Policy Generator::policy() {
  Policy policy;
  sync::Checkpoint& at = policy.checkpoint;
  at.id = "door";
  at.zone = "hall";
  at.direction = one_in(10) ? sync::Direction::exit : sync::Direction::entry;
  at.mode = static_cast<sync::Mode>(below(4));
  at.reentry = one_in(2);
  at.grace = one_in(4) ? 2min : 0min;
  if (one_in(2)) at.capacity = static_cast<std::uint32_t>(below(5));
  at.reserve = at.capacity ? static_cast<std::uint32_t>(below(*at.capacity + 1)) : 0;
  if (one_in(3)) at.delegation_quota = static_cast<std::uint32_t>(below(4));
  if (one_in(4)) at.delegation_quotas["china"] = static_cast<std::uint32_t>(below(4));
  if (one_in(4)) at.organisation_quota = static_cast<std::uint32_t>(below(4));
  if (one_in(4)) at.companions_each = static_cast<std::uint32_t>(below(3));
  at.badge = one_in(2) ? sync::BadgePolicy::on_first_entry : sync::BadgePolicy::none;
  if (one_in(8)) {
    at.badge = sync::BadgePolicy::station;
    at.badge_prints = static_cast<std::uint32_t>(1 + below(2));
  }
  at.companion = static_cast<sync::CompanionPolicy>(below(3));
  at.provisional = static_cast<std::uint32_t>(below(3));
  for (std::uint64_t i = 0, rules = below(4); i < rules; ++i) {
    sync::AccessRule rule;
    rule.id = "r" + std::to_string(i);
    rule.categories = some({"delegate", "media", "speaker", "floater"}, 2);
    if (i + 1 == rules && one_in(2)) rule.categories = {"*"};
    for (std::uint64_t n = below(3); n > 0; --n) {
      const Timestamp from = moment();
      rule.windows.push_back({from, from + (one_in(2) ? 1h : 6h)});
    }
    rule.needs_tags = some({"letter"}, 6);
    rule.bars_tags = some({"minor"}, 6);
    rule.escorts = some({"secretariat", "floater"}, 8);
    rule.escort_of_delegation = one_in(2);
    rule.reserve = one_in(3);
    at.access.push_back(std::move(rule));
  }
  policy.calendar.utc_offset = one_in(2) ? 8h : 0h;
  policy.calendar.day_begins = one_in(2) ? 4h : 0h;
  policy.test = one_in(4);
  if (one_in(2)) policy.transferable = {"floater"};
  return policy;
}

Presented Generator::presented() {
  if (one_in(12)) return tl::make_unexpected(static_cast<sync::Unreadable>(below(sync::kUnreadableCount)));
  if (one_in(3)) return sync::Credential(sync::OpaqueCredential{"ABCDEFGH"});
  if (one_in(3)) {
    sync::PretixCredential ticket;
    ticket.secret.valid_from = perhaps_moment(5);
    ticket.secret.valid_until = perhaps_moment(5);
    return sync::Credential(ticket);
  }
  static const sync::EventTag kOurs = sync::event_tag("forum");
  static const sync::EventTag kOther = sync::event_tag("other");
  sync::SignedCredential card;
  card.event = one_in(12) ? kOther : kOurs;
  card.attendee = "A";
  card.valid_from = perhaps_moment(6);
  card.valid_until = perhaps_moment(6);
  return sync::Credential(card);
}

Facts Generator::facts() {
  Facts facts;
  facts.event = "forum";
  facts.roster_version = 3;
  if (!one_in(16)) facts.attendee = attendee("A");
  facts.provisional = facts.attendee && one_in(8);
  if (facts.provisional && one_in(2)) {
    facts.attendee->category.clear();
    facts.attendee->other_categories.clear();
  }
  facts.provisional_here = static_cast<std::uint32_t>(below(3));
  if (one_in(10)) facts.stands_in_for = attendee("B");
  if (one_in(16)) facts.replaced_by = "C";
  facts.credential_generation = static_cast<std::uint32_t>(1 + below(2));
  facts.living_generation = one_in(8) ? 2 : 1;
  facts.presence.inside = one_in(3);
  facts.presence.entries = static_cast<std::uint32_t>(below(3));
  facts.presence.last_entry = perhaps_moment(2);
  facts.presence.badge_printed = one_in(2);
  facts.presence.badges_taken = static_cast<std::uint32_t>(below(3));
  facts.principal_inside = one_in(2);
  facts.principal_entered = one_in(2);
  facts.companions_inside = static_cast<std::uint32_t>(below(3));
  facts.inside = static_cast<std::uint32_t>(below(5));
  facts.delegation_inside = static_cast<std::uint32_t>(below(4));
  facts.organisation_inside = static_cast<std::uint32_t>(below(4));
  for (std::uint64_t n = below(3); n > 0; --n)
    facts.escorts.push_back({pick({"secretariat", "floater"}), pick({"", "kenya", "china"}), moment()});
  return facts;
}

GeneratedCase Generator::next() {
  GeneratedCase made;
  made.presented = presented();
  made.facts = facts();
  made.policy = policy();
  made.now = moment();
  if (one_in(3)) {
    made.waived = some({"presence.*", "window.*", "capacity.full", "status.*", "validity.late", "access.*",
                        "companion.*", "escort.required", "tag.missing", "status.blocked", "*", ".*"},
                       3);
  }
  return made;
}

std::uint64_t seed_for(const char* what) {
  const char* given = std::getenv("LANYARD_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20261123;
  std::cout << what << ": LANYARD_SEED=" << seed << "\n";
  return seed;
}

std::uint64_t cases_or(std::uint64_t usual) {
  const char* given = std::getenv("LANYARD_CASES");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : usual;
}

std::string in_words(const GeneratedCase& made) {
  std::string text = sync::to_json(made.policy) + "\n" +
                     sync::to_basis_json({"", made.presented, made.facts, made.waived, made.now}, "hall");
  return text;
}

}  // namespace lanyard::kiosk::rulebook
