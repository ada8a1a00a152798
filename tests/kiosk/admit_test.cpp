// The desk over a real store and the demo's roster: what is decided is on the disk.
#include "kiosk/desk/admit.hpp"

#include <iostream>

#include "tests/kiosk/desk_fixture.hpp"
#include "tests/sync/small_disk.hpp"

namespace lanyard::kiosk {
namespace {

constexpr const char* kOpaque = "CQ2WE2JN6KGQZ2IF";  // of A0004, on the demo's roster

sync::RosterPage roster_with(const std::string& checkpoint,
                             const std::function<void(sync::Checkpoint&)>& change) {
  sync::RosterPage page = demo_roster();
  for (sync::Checkpoint& one : page.checkpoints) {
    if (one.id == checkpoint) change(one);
  }
  return page;
}

// Approved people of one delegation who may go everywhere, made for the purpose.
sync::RosterPage roster_of_crowd(const std::function<void(sync::Checkpoint&)>& change) {
  sync::RosterPage page = roster_with("plenary", change);
  for (int i = 0; i < 6; ++i) {
    sync::Attendee one;
    one.id = "T" + std::to_string(i);
    one.name = "Test " + std::to_string(i);
    one.category = "delegate";
    one.delegation = i < 4 ? "atlantis" : "lemuria";
    one.zones = {"site", "plenary"};
    one.status = sync::Status::approved;
    page.attendees.push_back(one);
  }
  return page;
}

TEST_CASE("a ticket of pretix is looked up by its text, whether or not its key is known") {
  const std::string text =
      sync::write_pretix_secret({"k3v9xq2pt", 11, 0, 0, {}, {}}, keys_of("pretix").secret_key);
  sync::RosterPage roster = demo_roster();
  roster.credentials.push_back({sync::fingerprint(text, fingerprint_key()), "A0004", 1});
  CHECK(Kiosk("north-1", "main", roster).show(text).attendee->id == "A0004");
  roster.keys->push_back({keys_of("pretix").public_key, "pretix", sync::KeyKind::pretix_sig1});
  Kiosk kiosk("north-1", "main", roster);
  CHECK(kiosk.show(text).attendee->id == "A0004");
}

TEST_CASE("a ticket of pretix whose order has not come is worth what the event says of its item") {
  const auto ticket = [](std::int64_t item) {
    return sync::write_pretix_secret({"zz", item, 0, 0, {}, {}}, keys_of("pretix").secret_key);
  };
  sync::RosterPage roster = demo_roster();
  roster.keys->push_back({keys_of("pretix").public_key, "pretix", sync::KeyKind::pretix_sig1});
  Kiosk kiosk("north-1", "main", roster);
  const Decision delegate = kiosk.show(ticket(101));
  CHECK(delegate.rule == Rule::admit_unknown);
  CHECK(delegate.attendee->id == sync::ticket_subject(sync::fingerprint(ticket(101), fingerprint_key())));
  CHECK(delegate.attendee->category == "delegate");
  CHECK_FALSE(delegate.badge_owed);                      // nobody knows the name yet
  CHECK(kiosk.show(ticket(7)).rule == Rule::too_early);  // a day visitor's, and the visitors come later
  CHECK(kiosk.show(ticket(101), kOpening + 1min).rule == Rule::already_inside);
  Kiosk without("south-1", "main", demo_roster());
  CHECK(without.show(ticket(101)).rule == Rule::unknown);  // no key says that it is a ticket at all
}

TEST_CASE("a green is a row, on the disk before it is said", "[admit]") {
  Kiosk kiosk;
  const Decision decision = kiosk.show(issued("A0004"));
  CHECK(decision.verdict == Verdict::admitted);
  CHECK(decision.rule_id == "admit.main.everyone");
  CHECK(decision.badge_owed);
  const auto rows = sync::Store::open(kiosk.file()).value().own_rows(0, 9).value();  // another handle
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].kind == RowKind::admitted);
  CHECK(rows[0].attendee == "A0004");
  CHECK(rows[0].checkpoint == "main");
  CHECK(rows[0].zone == "site");
  CHECK(rows[0].rule == decision.rule_id);
  CHECK(rows[0].generation == 1);
  CHECK(rows[0].roster_version == decision.roster_version);
}

TEST_CASE("a refusal is a row too, with its rule", "[admit]") {
  Kiosk kiosk;
  kiosk.show(issued("A0004"));
  CHECK(kiosk.desk().order_badge("A0004", stamp_at(kOpening)).has_value());
  const Decision again = kiosk.show(issued("A0004"), kOpening + 1min);
  CHECK(again.verdict == Verdict::refused);
  CHECK(again.rule == Rule::already_inside);
  CHECK(again.entered_at == kOpening);
  CHECK(again.entered_where == "main");
  REQUIRE(kiosk.rows().size() == 3);
  CHECK(kiosk.rows()[1].kind == RowKind::badge_requested);
  CHECK(kiosk.rows()[2].kind == RowKind::refused);
  CHECK(kiosk.rows()[2].rule == "presence.inside");
}

TEST_CASE("no row says what was held up, who it was by name, or why in private", "[admit]") {
  Kiosk kiosk;
  const std::string strangers[] = {kOpaque, "a stranger's secret", issued("A0004"), "L1:NONSENSE",
                                   "'; DELETE FROM journal; --"};
  for (const std::string& symbol : strangers) kiosk.show(symbol);
  CHECK(kiosk.rows().size() == 5 - 1);  // one is the badge that is still owed: no row of its own
  for (const JournalRow& row : kiosk.rows()) {
    const std::string json = sync::to_json(row);
    INFO(json);
    for (const std::string& symbol : strangers) CHECK(json.find(symbol) == std::string::npos);
    CHECK(json.find("stergaard") == std::string::npos);
    CHECK(row.detail.empty());
  }
}

TEST_CASE("an unknown code is refused with a row that names nobody", "[admit]") {
  Kiosk kiosk;
  CHECK(kiosk.show("no such thing").rule == Rule::unknown);
  CHECK(kiosk.show("").rule == Rule::unreadable);
  for (const JournalRow& row : kiosk.rows()) CHECK(row.attendee.empty());
  CHECK(kiosk.rows()[1].rule == "credential.empty");
}

TEST_CASE("the text of the registration and the signed badge are one person", "[admit]") {
  Kiosk kiosk;
  CHECK(kiosk.show(kOpaque).attendee->id == "A0004");
  const Decision badge = kiosk.show(issued("A0004"), kOpening + 1min);
  CHECK(badge.verdict == Verdict::badge);  // in already; the badge is still owed
  CHECK(badge.entered_at == kOpening);
}

TEST_CASE("a badge is owed until it is printed, and not offered twice while it is printing", "[admit]") {
  Kiosk kiosk;
  CHECK(kiosk.show(issued("A0004")).badge_owed);
  const BadgeOrder order = kiosk.desk().order_badge("A0004", stamp_at(kOpening)).value();
  CHECK(order.generation == 1);
  CHECK(kiosk.show(issued("A0004")).rule == Rule::already_inside);
  REQUIRE(kiosk.desk().badge_done(order, false, "out of paper", stamp_at(kOpening)).has_value());
  CHECK(kiosk.rows().back().kind == RowKind::badge_failed);
  CHECK(kiosk.rows().back().detail == "out of paper");
  CHECK(kiosk.show(issued("A0004")).verdict == Verdict::badge);
  const BadgeOrder second = kiosk.desk().order_badge("A0004", stamp_at(kOpening)).value();
  REQUIRE(kiosk.desk().badge_done(second, true, "", stamp_at(kOpening)).has_value());
  CHECK(kiosk.rows().back().kind == RowKind::badge_printed);
  CHECK(kiosk.show(issued("A0004")).rule == Rule::already_inside);
}

TEST_CASE("a badge that is owed can be finished at any other kiosk", "[admit]") {
  Kiosk north("north-1");
  Kiosk south("south-1");
  north.show(issued("A0004"));
  south.hear(north);
  CHECK(south.show(issued("A0004")).verdict == Verdict::badge);
  const BadgeOrder order = south.desk().order_badge("A0004", stamp_at(kOpening)).value();
  REQUIRE(south.desk().badge_done(order, true, "", stamp_at(kOpening)).has_value());
  north.hear(south);
  CHECK(north.show(issued("A0004")).rule == Rule::already_inside);
  // What it prints is a credential of its own key, which the other one verifies.
  CHECK(north.show(order.credential).attendee->id == "A0004");
}

TEST_CASE("a reissue kills the older credentials here at once, and elsewhere as its row arrives", "[admit]") {
  Kiosk north("north-1");
  Kiosk south("south-1");
  const BadgeOrder order =
      north.desk()
          .reissue("A0004", operator_named("desk-1"), ReprintReason::lost, stamp_at(kOpening))
          .value()
          .badges.at(0);
  CHECK(order.generation == 2);
  CHECK(order.reprint);
  REQUIRE(north.rows().size() == 2);
  CHECK(north.rows()[0].kind == RowKind::reissued);
  CHECK(north.rows()[1].kind == RowKind::badge_requested);
  CHECK(north.rows()[1].id == order.id);
  CHECK(north.rows()[0].operator_id == "desk-1");
  CHECK(north.rows()[0].rule == "reprint.lost");
  for (const std::string& dead : {std::string(kOpaque), issued("A0004")}) {
    CHECK(north.show(dead).rule == Rule::replaced);
  }
  CHECK(south.show(issued("A0004")).verdict == Verdict::admitted);  // has not heard of it
  south.hear(north);
  for (const std::string& dead : {std::string(kOpaque), issued("A0004")}) {
    CHECK(south.show(dead).rule == Rule::replaced);
  }
  CHECK(south.show(order.credential).attendee->id == "A0004");
  CHECK(south.show(order.credential).rule != Rule::replaced);
  CHECK(north.show(order.credential).verdict == Verdict::admitted);
  CHECK(south.desk()
            .reissue("A0004", operator_named("desk-2"), ReprintReason::damaged, stamp_at(kOpening))
            ->badges.at(0)
            .generation == 3);
}

TEST_CASE("a companion comes in after the principal", "[admit]") {
  // A0001 of the demo accompanies A0208.
  Kiosk kiosk("north-1", "plenary");
  const Timestamp when = kOpening + 1h;
  CHECK(kiosk.show(issued("A0001"), when).rule == Rule::needs_principal);
  REQUIRE(kiosk.show(issued("A0208"), when).verdict == Verdict::admitted);
  CHECK(kiosk.show(issued("A0001"), when).verdict == Verdict::admitted);
}

TEST_CASE("capacity is counted over the rows of every kiosk", "[admit]") {
  const auto roster = roster_of_crowd([](sync::Checkpoint& plenary) {
    plenary.capacity = 3;
    plenary.reserve = 0;
    plenary.delegation_quota.reset();
  });
  Kiosk north("north-1", "plenary", roster);
  Kiosk south("south-1", "plenary", roster);
  CHECK(north.show(issued("T0")).verdict == Verdict::admitted);
  CHECK(south.show(issued("T1")).verdict == Verdict::admitted);
  CHECK(south.show(issued("T2")).verdict == Verdict::admitted);
  CHECK(north.show(issued("T4")).verdict == Verdict::admitted);  // apart, each sees what it knows
  north.hear(south);
  CHECK(north.show(issued("T5")).rule == Rule::full);
  CHECK(north.show(issued("T5"), kOpening + 24h).verdict == Verdict::admitted);  // a new day
}

TEST_CASE("a delegation's quota is counted over the rows of every kiosk", "[admit]") {
  const auto roster = roster_of_crowd([](sync::Checkpoint& plenary) { plenary.delegation_quota = 2; });
  Kiosk north("north-1", "plenary", roster);
  Kiosk south("south-1", "plenary", roster);
  CHECK(north.show(issued("T0")).verdict == Verdict::admitted);
  CHECK(south.show(issued("T1")).verdict == Verdict::admitted);
  north.hear(south);
  CHECK(north.show(issued("T2")).rule == Rule::quota);
  CHECK(north.show(issued("T4")).verdict == Verdict::admitted);  // another delegation
}

TEST_CASE("a kiosk that hears of no hub ever again goes on deciding", "[admit]") {
  Kiosk kiosk;
  const Timestamp later = kOpening + 49h;
  const Decision decision = kiosk.show(issued("A0004"), later);
  CHECK(decision.verdict == Verdict::admitted);
  CHECK(decision.as_of == kOpening);  // and says how old its ground is
  CHECK(kiosk.show("stranger", later).rule == Rule::unknown);
}

TEST_CASE("the time that counts is the hub's", "[admit]") {
  Kiosk kiosk;
  const Timestamp wrong = kOpening - 72h;
  CHECK(kiosk.show(issued("A0004"), wrong).rule == Rule::too_early);
  REQUIRE(kiosk.desk()
              .store()
              .note_contact(wrong, sync::ClockMeasure{std::chrono::milliseconds(72h).count(), "boot-0", 0})
              .has_value());
  CHECK(kiosk.show(issued("A0004"), wrong).verdict == Verdict::admitted);
  CHECK(kiosk.rows().back().wall == wrong);  // what its own clock said stays visible
}

TEST_CASE("a clock that is stepped while the hub is away changes no answer, nor does a start anew",
          "[admit]") {
  Kiosk kiosk;
  // Two hours ahead, when the hub last answered.
  const sync::ClockMeasure measure{-7'200'000, "boot-1", kOpening.time_since_epoch().count()};
  REQUIRE(kiosk.desk().store().note_contact(kOpening, measure).has_value());
  const auto show = [&](const char* who, std::chrono::minutes passed, std::chrono::hours ahead,
                        const char* boot, bool synchronised) {
    sync::RowStamp stamp =
        stamp_at(kOpening + passed);  // whose monotonic clock goes on, and begins at a start
    if (std::string_view(boot) != "boot-1") stamp.monotonic_ms = std::chrono::milliseconds(30s).count();
    stamp.now += ahead;
    stamp.boot_id = boot;
    stamp.clock_synchronised = synchronised;
    const Decision decision = kiosk.desk().admit(issued(who), stamp).value();
    CHECK(decision.verdict == Verdict::admitted);
    CHECK(kiosk.desk().store().presence(who, "site").value().last_entry == kOpening + passed);
  };
  show("A0004", 1min, 2h, "boot-1", false);
  show("A0005", 2min, 0h, "boot-1", false);
  show("A0006", 3min, -24h * 30, "boot-1", true);
  show("A0008", 4min, 2h, "boot-2", false);
  show("A0009", 5min, 0h, "boot-3", true);
  // Its battery is empty: it goes by the last time that was known, and the 30 s since it started.
  sync::RowStamp stamp = stamp_at(kOpening - 72h);
  stamp.boot_id = "boot-4";
  stamp.monotonic_ms = std::chrono::milliseconds(30s).count();
  stamp.clock_synchronised = false;
  CHECK(kiosk.desk().admit(issued("A0010"), stamp).value().verdict == Verdict::admitted);
  CHECK(kiosk.desk().admit(issued("A0004"), stamp).value().verdict == Verdict::badge);  // in, since today
}

TEST_CASE("before enrolment and before the first roster nobody is admitted", "[admit]") {
  const TemporaryFolder folder;
  Desk desk(sync::Store::open(folder.path() / "store.db").value());
  CHECK(desk.admit(issued("A0004"), stamp_at(kOpening)).error().kind == sync::Error::Kind::invalid);
  REQUIRE(desk.store().set_identity(identity_of("north-1", "main")).has_value());
  CHECK(desk.admit(issued("A0004"), stamp_at(kOpening)).error().kind == sync::Error::Kind::invalid);
  sync::RosterPage first = demo_roster();
  first.more = true;
  REQUIRE(desk.store().apply(first, kOpening).has_value());
  CHECK_FALSE(desk.admit(issued("A0004"), stamp_at(kOpening)).has_value());  // half a roster is none
  CHECK(desk.store().row_count().value() == 0);
}

TEST_CASE("keys and event of another epoch count at once, even under the same version", "[admit]") {
  Kiosk kiosk;
  CHECK(kiosk.show(issued("A0004")).verdict == Verdict::admitted);
  sync::RosterPage other = demo_roster();
  other.epoch = "restored";
  other.keys = sync::KeyRing{{keys_of("another hub").public_key, "hub"}};
  auto daemon = sync::Store::open(kiosk.file()).value();
  REQUIRE(daemon.apply(other, kOpening).has_value());
  CHECK(kiosk.show(issued("A0005")).rule == Rule::unreadable);
}

TEST_CASE("a kiosk enrolled anew signs with its new key", "[admit]") {
  Kiosk kiosk;
  const std::string before = kiosk.desk().order_badge("A0004", stamp_at(kOpening)).value().credential;
  sync::Identity identity = identity_of("north-1", "main");
  identity.signing_key = keys_of("south-1").secret_key;
  auto daemon = sync::Store::open(kiosk.file()).value();
  REQUIRE(daemon.set_identity(identity).has_value());
  const Timestamp later = kOpening + kBadgeUnderWayFor + 1s;
  CHECK(kiosk.desk().order_badge("A0004", stamp_at(later)).value().credential != before);
}

TEST_CASE("a kiosk that is moved decides for its new place", "[admit]") {
  Kiosk kiosk;
  kiosk.show(issued("A0004"));
  auto daemon = sync::Store::open(kiosk.file()).value();
  REQUIRE(daemon.set_checkpoint("plenary").has_value());
  kiosk.show(issued("A0004"));
  CHECK(kiosk.rows().back().checkpoint == "plenary");
}

TEST_CASE("somebody unknown gets no badge, by no way", "[admit]") {
  Kiosk kiosk;
  CHECK(kiosk.desk().order_badge("A9999", stamp_at(kOpening)).error().kind == sync::Error::Kind::invalid);
  CHECK(kiosk.desk()
            .reissue("A9999", operator_named("desk"), ReprintReason::lost, stamp_at(kOpening))
            ->outcome == Outcome::unknown);
  CHECK_FALSE(kiosk.desk().record("A9999").value().has_value());
  CHECK(kiosk.rows().empty());
}

TEST_CASE("staff see who it is, where they are, and what happened", "[admit]") {
  Kiosk kiosk;
  kiosk.show(issued("A0004"));
  REQUIRE(kiosk.desk().staff_entered("desk-1", stamp_at(kOpening)).has_value());
  REQUIRE(kiosk.desk().alert("staff.wrong_pin", "a wrong PIN was entered", stamp_at(kOpening)).has_value());
  const auto record = kiosk.desk().record("A0004").value();
  REQUIRE(record.has_value());
  CHECK(record->attendee.id == "A0004");
  CHECK(record->presence.inside);
  CHECK(record->history.size() == 1);
  CHECK(kiosk.rows()[1].kind == RowKind::staff_entered);
  CHECK(kiosk.rows()[1].operator_id == "desk-1");
  CHECK(kiosk.rows()[2].kind == RowKind::alert);
}

TEST_CASE("on a full disk nobody is admitted, and a printed badge stays printed", "[admit]") {
  const sync::SmallDisk disk(2);
  if (!disk.is_there()) {
    std::cerr << "SKIPPED: the desk on a full disk (only root can mount a small one)\n";
    return;
  }
  Kiosk kiosk("north-1", "main", demo_roster(), disk.path());
  kiosk.show(issued("A0004"));
  const BadgeOrder order = kiosk.desk().order_badge("A0004", stamp_at(kOpening)).value();
  disk.fill();
  std::optional<sync::Error> error;
  for (int i = 0; i < 1000 && !error; ++i) {
    if (auto shown = kiosk.desk().admit("stranger", stamp_at(kOpening)); !shown) error = shown.error();
  }
  REQUIRE(error.has_value());
  CHECK(error->kind == sync::Error::Kind::storage);
  const auto count = kiosk.desk().store().row_count().value();
  CHECK_FALSE(kiosk.desk().admit(issued("A0005"), stamp_at(kOpening)).has_value());
  CHECK_FALSE(kiosk.desk().store().presence("A0005", "site").value().inside);
  CHECK_FALSE(kiosk.desk().badge_done(order, true, "", stamp_at(kOpening)).has_value());
  CHECK(kiosk.desk().store().row_count().value() == count);

  disk.make_space();
  // It came out of the printer, though no row says so yet: no second one is offered.
  CHECK(kiosk.show(issued("A0004")).rule == Rule::already_inside);
  REQUIRE(kiosk.desk().badge_done(order, true, "", stamp_at(kOpening)).has_value());
  CHECK(kiosk.show(issued("A0005")).verdict != Verdict::badge);
}

}  // namespace
}  // namespace lanyard::kiosk
