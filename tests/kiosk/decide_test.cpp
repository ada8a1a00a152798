// The rulebook, one sentence a case.
#include "kiosk/desk/decide.hpp"

#include "tests/catch.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;
using namespace std::chrono_literals;

namespace {

const sync::Timestamp kNoon =
    sync::Timestamp(std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 4h);  // +08:00

// A delegate who has every right, at an entrance that is open.
struct Case {
  Presented presented{sync::Credential(sync::OpaqueCredential{"ABCDEFGH12345678"})};
  Facts facts;
  Policy policy;
  sync::Timestamp now = kNoon;

  Case() {
    facts.event = "forum-2026";
    facts.roster_version = 7;
    facts.as_of = kNoon - 2min;
    sync::Attendee person;
    person.id = "A0001";
    person.name = "Amina Otieno";
    person.delegation = "min-kenya";
    person.category = "delegate";
    person.zones = {"site", "plenary"};
    person.status = sync::Status::approved;
    facts.attendee = person;
    policy.calendar.utc_offset = 8h;
    policy.checkpoint.id = "main";
    policy.checkpoint.zone = "site";
    policy.checkpoint.access = {
        {"main.everyone", {"*"}, {{kNoon - 4h, kNoon + 8h}, {kNoon + 20h, kNoon + 32h}}}};
  }
  sync::Attendee& person() { return *facts.attendee; }
  sync::Checkpoint& checkpoint() { return policy.checkpoint; }
  void entered(sync::Timestamp when) {
    facts.presence.inside = true;
    facts.presence.entries = 1;
    facts.presence.last_entry = when;
    facts.presence.entry_checkpoint = "main";
  }
  void left(sync::Timestamp when) {
    facts.presence.inside = false;
    facts.presence.last_exit = when;
  }
  [[nodiscard]] Decision decision() const { return decide(presented, facts, policy, now); }
  [[nodiscard]] std::string rule() const { return decision().rule_id; }
};

sync::SignedCredential card(std::string_view event = "forum-2026") {
  sync::SignedCredential fields;
  fields.event = sync::event_tag(event);
  fields.attendee = "A0001";
  return fields;
}

}  // namespace

TEST_CASE("an approved delegate is admitted, and the access rule is named", "[decide]") {
  const Decision decision = Case().decision();
  CHECK(decision.verdict == Verdict::admitted);
  CHECK(decision.rule == Rule::admit);
  CHECK(decision.rule_id == "admit.main.everyone");
  CHECK(decision.roster_version == 7);
  CHECK(decision.as_of == kNoon - 2min);
  CHECK_FALSE(decision.badge_owed);
  CHECK_FALSE(decision.returning);
}

TEST_CASE("a ticket of pretix counts from its first second to before its last", "[decide]") {
  Case c;
  sync::PretixSecret secret;
  secret.valid_from = kNoon;
  secret.valid_until = kNoon + 1h;
  c.presented = sync::Credential(sync::PretixCredential{"text", secret});
  CHECK(c.rule() == "admit.main.everyone");
  c.now = kNoon - 1ms;
  CHECK(c.rule() == "validity.early");
  CHECK(c.decision().opens_at == kNoon);
  c.now = kNoon + 1h;
  CHECK(c.rule() == "validity.late");
}

TEST_CASE("each unreadable code is refused under its own name", "[decide]") {
  for (const auto why :
       {sync::Unreadable::empty, sync::Unreadable::too_long, sync::Unreadable::bad_characters,
        sync::Unreadable::malformed, sync::Unreadable::unknown_version, sync::Unreadable::unknown_key,
        sync::Unreadable::bad_signature}) {
    Case c;
    c.presented = tl::make_unexpected(why);
    CHECK(c.decision().verdict == Verdict::refused);
    CHECK(c.rule() == "credential." + std::string(sync::to_name(why)));
    CHECK_FALSE(c.decision().attendee);
  }
}

TEST_CASE("a badge of another event is refused as such, signed by a known key or not", "[decide]") {
  Case c;
  c.presented = sync::Credential(card("other-event"));
  CHECK(c.rule() == "event.other");
  c.presented = tl::make_unexpected(sync::Unreadable::other_event);
  CHECK(c.rule() == "event.other");
}

TEST_CASE("a code that the roster does not know is refused", "[decide]") {
  Case c;
  c.facts.attendee.reset();
  CHECK(c.rule() == "attendee.unknown");
}

TEST_CASE("a badge that has been replaced is refused, its successor admitted", "[decide]") {
  Case c;
  c.facts.living_generation = 2;
  CHECK(c.rule() == "credential.replaced");
  c.facts.credential_generation = 2;
  CHECK(c.decision().verdict == Verdict::admitted);
}

TEST_CASE("a generation newer than what is known here is its own proof", "[decide]") {
  Case c;
  c.facts.credential_generation = 3;
  CHECK(c.decision().verdict == Verdict::admitted);
}

TEST_CASE("blocked and withdrawn people are refused, for reasons that are private", "[decide]") {
  Case c;
  c.person().status = sync::Status::blocked;
  CHECK(c.rule() == "status.blocked");
  CHECK(is_private(c.decision().rule));
  c.person().status = sync::Status::withdrawn;
  CHECK(c.rule() == "status.withdrawn");
  CHECK(is_private(c.decision().rule));
  c.person().status = sync::Status::pending;
  CHECK(c.rule() == "status.pending");
  CHECK_FALSE(is_private(c.decision().rule));
}

TEST_CASE("validity begins at its first moment and ends before its last", "[decide]") {
  Case c;
  c.person().valid_from = kNoon;
  c.person().valid_until = kNoon + 1h;
  CHECK(c.decision().verdict == Verdict::admitted);
  c.now = kNoon - 1ms;
  CHECK(c.rule() == "validity.early");
  CHECK(c.decision().opens_at == kNoon);
  c.now = kNoon + 1h;
  CHECK(c.rule() == "validity.late");
}

TEST_CASE("the validity of a signed badge counts as the attendee's does", "[decide]") {
  Case c;
  auto fields = card();
  fields.valid_from = kNoon + 1h;
  c.presented = sync::Credential(fields);
  CHECK(c.rule() == "validity.early");
  fields.valid_from.reset();
  fields.valid_until = kNoon;
  c.presented = sync::Credential(fields);
  CHECK(c.rule() == "validity.late");
}

TEST_CASE("a category that no access rule lists is refused", "[decide]") {
  Case c;
  c.checkpoint().access = {{"vip.heads", {"head-of-state", "minister"}, {}}};
  CHECK(c.rule() == "access.category");
  c.person().category = "minister";
  CHECK(c.rule() == "admit.vip.heads");
}

TEST_CASE("the first access rule that lists a category governs it", "[decide]") {
  Case c;
  c.checkpoint().access = {{"early", {"delegate"}, {{kNoon - 9h, kNoon - 8h}}}, {"everyone", {"*"}, {}}};
  CHECK(c.rule() == "window.closed");
  c.person().category = "media";
  CHECK(c.rule() == "admit.everyone");
}

TEST_CASE("a person without the zone is refused", "[decide]") {
  Case c;
  c.person().zones = {"plenary"};
  CHECK(c.rule() == "access.zone");
}

TEST_CASE("too early says when it opens, too late does not", "[decide]") {
  Case c;
  c.now = kNoon - 5h;
  CHECK(c.rule() == "window.early");
  CHECK(c.decision().opens_at == kNoon - 4h);
  c.now = kNoon + 10h;  // between the days: the next opening is named
  CHECK(c.rule() == "window.early");
  CHECK(c.decision().opens_at == kNoon + 20h);
  c.now = kNoon + 32h;  // the end itself is outside
  CHECK(c.rule() == "window.closed");
  CHECK_FALSE(c.decision().opens_at);
}

TEST_CASE("a companion enters with the principal inside, and not before", "[decide]") {
  Case c;
  c.person().companion_of = "A0002";
  CHECK(c.decision().verdict == Verdict::admitted);  // no such policy here
  c.checkpoint().companion = sync::CompanionPolicy::with_principal;
  CHECK(c.rule() == "companion.principal");
  c.facts.principal_inside = true;
  CHECK(c.decision().verdict == Verdict::admitted);
}

TEST_CASE("a second entry without an exit is refused, and says when and where the first was", "[decide]") {
  Case c;
  c.entered(kNoon - 1h);
  const Decision decision = c.decision();
  CHECK(decision.rule_id == "presence.inside");
  CHECK(decision.entered_at == kNoon - 1h);
  CHECK(decision.entered_where == "main");
}

TEST_CASE("entry after an exit is welcomed back when re-entry is on", "[decide]") {
  Case c;
  c.entered(kNoon - 2h);
  c.left(kNoon - 1h);
  CHECK(c.decision().verdict == Verdict::admitted);
  CHECK(c.decision().returning);
}

TEST_CASE("exit then entry is refused when re-entry is off", "[decide]") {
  Case c;
  c.checkpoint().reentry = false;
  c.entered(kNoon - 2h);
  c.left(kNoon - 1h);
  CHECK(c.rule() == "presence.reentry");
}

TEST_CASE("a missed exit does not keep anyone out the next morning", "[decide]") {
  Case c;
  c.entered(kNoon - 24h);
  CHECK(c.decision().verdict == Verdict::admitted);
  // The day turns at the venue's midnight (16:00 UTC), not at UTC's.
  c.entered(kNoon - 12h - 1ms);
  CHECK(c.decision().verdict == Verdict::admitted);
  c.entered(kNoon - 12h);
  CHECK(c.rule() == "presence.inside");
}

TEST_CASE("once means once, once a day means once a venue day, unlimited means neither", "[decide]") {
  Case c;
  c.entered(kNoon - 24h);
  c.checkpoint().mode = sync::Mode::once;
  CHECK(c.rule() == "presence.once");
  c.checkpoint().mode = sync::Mode::once_a_day;
  CHECK(c.decision().verdict == Verdict::admitted);
  c.entered(kNoon - 1h);
  c.left(kNoon - 30min);
  CHECK(c.rule() == "presence.today");
  c.checkpoint().mode = sync::Mode::unlimited;
  CHECK(c.decision().verdict == Verdict::admitted);
}

TEST_CASE("a full room refuses the next one, not the last one", "[decide]") {
  Case c;
  c.checkpoint().capacity = 240;
  c.facts.inside = 239;
  CHECK(c.decision().verdict == Verdict::admitted);
  c.facts.inside = 240;
  CHECK(c.rule() == "capacity.full");
}

TEST_CASE("a delegation's quota counts that delegation alone, and nobody without one", "[decide]") {
  Case c;
  c.checkpoint().delegation_quota = 4;
  c.facts.inside = 200;
  c.facts.delegation_inside = 3;
  CHECK(c.decision().verdict == Verdict::admitted);
  c.facts.delegation_inside = 4;
  CHECK(c.rule() == "capacity.quota");
  c.person().delegation.clear();
  CHECK(c.decision().verdict == Verdict::admitted);
}

TEST_CASE("the first check that fails names the refusal, in the order of the design", "[decide]") {
  // Everything is wrong at once; each cure uncovers the next rule.
  Case c;
  c.presented = tl::make_unexpected(sync::Unreadable::bad_signature);
  const auto person = c.facts.attendee;
  c.facts.attendee.reset();
  c.facts.living_generation = 2;
  c.checkpoint().access = {{"r", {"nobody"}, {{kNoon + 1h, kNoon + 2h}}}};
  c.checkpoint().companion = sync::CompanionPolicy::with_principal;
  c.checkpoint().mode = sync::Mode::once;
  c.checkpoint().capacity = 0;
  c.checkpoint().delegation_quota = 0;
  std::vector<std::string> seen;
  const auto look = [&] { seen.push_back(c.rule()); };

  look();
  c.presented = sync::Credential(card("other"));
  look();
  c.presented = sync::Credential(card());
  look();
  c.facts.attendee = person;
  c.person().status = sync::Status::blocked;
  c.person().companion_of = "A0002";
  c.person().zones.clear();
  c.person().valid_until = kNoon - 1h;
  c.entered(kNoon - 24h);
  look();
  c.facts.credential_generation = 2;
  look();
  c.person().status = sync::Status::pending;
  look();
  c.person().status = sync::Status::approved;
  look();
  c.person().valid_until.reset();
  look();
  c.checkpoint().access[0].categories = {"delegate"};
  look();
  c.person().zones = {"site"};
  look();
  c.checkpoint().access[0].windows.clear();
  look();
  c.facts.principal_inside = true;
  look();
  c.facts.presence = {};
  look();
  c.checkpoint().capacity.reset();
  look();
  c.checkpoint().delegation_quota.reset();
  look();
  CHECK(seen == std::vector<std::string>{"credential.bad_signature", "event.other", "attendee.unknown",
                                         "credential.replaced", "status.blocked", "status.pending",
                                         "validity.late", "access.category", "access.zone", "window.early",
                                         "companion.principal", "presence.once", "capacity.full",
                                         "capacity.quota", "admit.r"});
}

TEST_CASE("a badge is owed on first entry, and only where the checkpoint prints", "[decide]") {
  Case c;
  c.checkpoint().badge = sync::BadgePolicy::on_first_entry;
  CHECK(c.decision().badge_owed);
  c.facts.presence.badge_printed = true;
  CHECK_FALSE(c.decision().badge_owed);
}

TEST_CASE("whoever is in without a badge gets it anywhere, and no second entry", "[decide]") {
  Case c;
  c.checkpoint().badge = sync::BadgePolicy::on_first_entry;
  c.entered(kNoon - 1min);
  CHECK(c.decision().verdict == Verdict::badge);
  CHECK(c.rule() == "badge.owed");
  c.facts.presence.badge_printed = true;
  CHECK(c.decision().verdict == Verdict::refused);
}

TEST_CASE("a badge that is owed lets nobody in who has left and may not come again", "[decide]") {
  Case c;
  c.checkpoint().badge = sync::BadgePolicy::on_first_entry;
  c.entered(kNoon - 1h);
  c.left(kNoon - 30min);
  for (const auto mode : {sync::Mode::once, sync::Mode::once_a_day}) {
    c.checkpoint().mode = mode;
    CHECK(c.decision().verdict == Verdict::refused);
    CHECK_FALSE(c.decision().badge_owed);
  }
  c.checkpoint().mode = sync::Mode::entry_and_exit;
  c.checkpoint().reentry = false;
  CHECK(c.rule() == "presence.reentry");
}

TEST_CASE("a refused person is owed no badge", "[decide]") {
  Case c;
  c.checkpoint().badge = sync::BadgePolicy::on_first_entry;
  c.checkpoint().capacity = 0;
  CHECK_FALSE(c.decision().badge_owed);
  c.person().status = sync::Status::blocked;
  CHECK_FALSE(c.decision().badge_owed);
}

TEST_CASE("the way out is open to everyone we know, blocked or unseen", "[decide]") {
  Case c;
  c.checkpoint().direction = sync::Direction::exit;
  CHECK(c.decision().verdict == Verdict::exited);
  CHECK(c.rule() == "exit.unseen");
  c.entered(kNoon - 1h);
  c.person().status = sync::Status::blocked;
  CHECK(c.rule() == "exit");
  c.facts.attendee.reset();
  CHECK(c.decision().verdict == Verdict::refused);
}

TEST_CASE("the same facts always give the same answer", "[decide]") {
  Case c;
  c.entered(kNoon - 1h);
  for (int i = 0; i < 3; ++i) CHECK(c.rule() == "presence.inside");
}

TEST_CASE("the decision carries its way on, and none when it lets in", "[decide]") {
  Case c;
  CHECK(c.decision().way_on == WayOn::none);
  c.entered(kNoon - 1h);
  CHECK(c.decision().way_on == WayOn::show_exit);
}

TEST_CASE("a decision says whom it is about, which badge, and what it was based on", "[decide]") {
  Case c;
  c.facts.credential_generation = 3;
  c.facts.living_generation = 3;
  const Decision in = c.decision();
  REQUIRE(in.attendee.has_value());
  CHECK(in.attendee->id == "A0001");
  CHECK(in.generation == 3);
  c.facts.living_generation = 4;
  const Decision dead = c.decision();
  CHECK(dead.attendee->id == "A0001");
  CHECK(dead.generation == 3);
  CHECK(dead.roster_version == 7);
  CHECK(dead.as_of == kNoon - 2min);
}

TEST_CASE("whoever has been in before is welcomed back, and nobody else", "[decide]") {
  Case c;
  CHECK_FALSE(c.decision().returning);
  c.entered(kNoon - 24h);
  CHECK(c.decision().returning);
}

TEST_CASE("what staff set aside is listed, in order, and named in the rule", "[decide]") {
  Case c;
  c.person().status = sync::Status::pending;
  c.now = kNoon - 5h;
  c.entered(c.now - 1h);
  const std::vector<std::string> waived{"presence.inside", "status.pending", "window.*"};
  const Decision decision = decide(c.presented, c.facts, c.policy, c.now, waived);
  CHECK(decision.verdict == Verdict::admitted);
  CHECK(decision.rule == Rule::overridden);
  CHECK(decision.rule_id == "override.status.pending");
  CHECK(decision.waived == std::vector<Rule>{Rule::pending, Rule::too_early, Rule::already_inside});
}

TEST_CASE("an escort's badge holds the door for two minutes, and no longer", "[decide]") {
  Case c;
  c.checkpoint().access[0].escorts = {"protocol"};
  CHECK(c.rule() == "escort.required");
  c.facts.escorts = {{"protocol", "", kNoon - 2min}};
  CHECK(c.decision().verdict == Verdict::admitted);
  c.facts.escorts = {{"protocol", "", kNoon - 2min - 1ms}};
  CHECK(c.rule() == "escort.required");
  c.facts.escorts = {{"protocol", "", kNoon + 1ms}};  // of a clock that ran ahead
  CHECK(c.rule() == "escort.required");
}

TEST_CASE("a plus-one whom staff let come alone still counts among the principal's", "[decide]") {
  Case c;
  c.person().companion_of = "A0002";
  c.checkpoint().companion = sync::CompanionPolicy::with_principal;
  c.checkpoint().companions_each = 1;
  c.facts.companions_inside = 1;
  const std::vector<std::string> waived{"companion.principal"};
  CHECK(decide(c.presented, c.facts, c.policy, c.now, waived).rule_id == "companion.number");
}

TEST_CASE("staff admit by hand without a code", "[decide]") {
  Case c;
  c.presented = by_hand();
  CHECK(c.decision().verdict == Verdict::admitted);
}

TEST_CASE("a place that gives out badges gives one to each, and lets nobody in", "[decide]") {
  Case at;
  at.checkpoint().badge = sync::BadgePolicy::station;
  Decision decision = at.decision();
  CHECK(decision.verdict == Verdict::badge);
  CHECK(decision.rule_id == "badge.station");
  CHECK(decision.badge_owed);
  at.facts.presence.badges_taken = 1;
  decision = at.decision();
  CHECK(decision.verdict == Verdict::refused);
  CHECK(decision.rule_id == "badge.taken");
  CHECK_FALSE(decision.badge_owed);
  CHECK(decision.way_on == WayOn::accreditation);
  at.checkpoint().badge_prints = 2;
  CHECK(at.rule() == "badge.station");
}

TEST_CASE("where badges are given out, who is inside and how full it is are of no matter", "[decide]") {
  Case at;
  at.checkpoint().badge = sync::BadgePolicy::station;
  at.checkpoint().mode = sync::Mode::once;
  at.checkpoint().capacity = 1;
  at.facts.inside = 1;
  at.entered(kNoon - 1h);
  CHECK(at.rule() == "badge.station");
}

TEST_CASE(
    "a badge is given out to nobody whom the rules bar, whose name has not come, or whose card is nobody's",
    "[decide]") {
  Case at;
  at.checkpoint().badge = sync::BadgePolicy::station;
  at.person().status = sync::Status::pending;
  CHECK(at.rule() == "status.pending");
  at.person().status = sync::Status::approved;
  at.now = kNoon + 10h;
  CHECK(at.rule() == "window.early");
  at.now = kNoon;
  at.policy.transferable = {"delegate"};
  CHECK(at.rule() == "access.category");
  at.policy.transferable.clear();
  at.facts.provisional = true;
  at.checkpoint().provisional = 5;
  CHECK(at.rule() == "attendee.unsynced");
}

TEST_CASE("no role sets aside that somebody has had their badge", "[decide]") {
  CHECK_FALSE(sync::can_be_overridden(Rule::badge_taken));
  CHECK_FALSE(sync::matches("badge.*", Rule::badge_taken));
}
