// What becomes of those whom the roster did not know when they came: over real stores.
#include <algorithm>

#include "tests/kiosk/desk_fixture.hpp"

namespace lanyard::kiosk {
namespace {

TEST_CASE("somebody signed whom the roster lacks is let in, up to the limit, and reconciled once it knows",
          "[staff]") {
  sync::RosterPage small = demo_roster();
  for (sync::Checkpoint& one : small.checkpoints) one.provisional = 1;
  sync::Attendee late = small.attendees.back();
  late.id = "L1";
  late.category = "delegate";
  late.zones = {"site"};
  late.status = sync::Status::approved;
  Kiosk kiosk("north-1", "main", small);
  const Decision in = kiosk.show(issued("L1"));
  CHECK(in.rule == Rule::admit_unknown);
  CHECK(kiosk.show(issued("L2")).rule == Rule::not_synced);
  CHECK(kiosk.desk().reconcile(stamp_at(kOpening)).value() == 0);

  sync::RosterPage news;
  news.epoch = small.epoch;
  news.next = 2;
  news.attendees = {late};
  REQUIRE(kiosk.desk().store().apply(news, kOpening).has_value());
  CHECK(kiosk.desk().reconcile(stamp_at(kOpening + 1min)).value() == 1);
  const JournalRow row = kiosk.rows().back();
  CHECK(row.kind == RowKind::reconciled);
  CHECK(row.target == in.row);
  CHECK(row.rule == "admit.main.everyone");
  CHECK(kiosk.desk().reconcile(stamp_at(kOpening + 2min)).value() == 0);
  CHECK(kiosk.show(issued("L2"), kOpening + 3min).rule == Rule::admit_unknown);  // there is room again
}

TEST_CASE("whoever was taken off the roster is not let in as somebody whom it has yet to name", "[staff]") {
  const auto issuer = sync::key_pair({9});
  const std::string ticket = sync::write_pretix_secret({"zz", 101, 0, 0, {}, {}}, issuer.secret_key);
  sync::RosterPage roster = demo_roster();
  roster.keys->push_back({issuer.public_key, "pretix", sync::KeyKind::pretix_sig1});
  roster.credentials.push_back({sync::fingerprint(ticket, fingerprint_key()), "A0004", 1});
  Kiosk kiosk("north-1", "main", roster);
  CHECK(kiosk.show(issued("A0017")).rule == Rule::blocked);
  sync::RosterPage news;
  news.epoch = roster.epoch;
  news.next = 2;
  news.removed = {"A0004", "A0017"};
  REQUIRE(kiosk.desk().store().apply(news, kOpening).has_value());
  for (const std::string& symbol : {issued("A0004"), issued("A0017"), ticket}) {
    CHECK(kiosk.show(symbol).rule == Rule::withdrawn);
  }
  CHECK(kiosk.show(issued("L1")).rule == Rule::admit_unknown);  // who was never named is late
}

TEST_CASE("those let in unknown are counted as people, and whoever is counted may come back", "[staff]") {
  sync::RosterPage small = demo_roster();
  for (sync::Checkpoint& one : small.checkpoints) {
    one.provisional = 1;
    one.mode = sync::Mode::unlimited;
  }
  Kiosk kiosk("north-1", "main", small);
  for (int i = 0; i < 3; ++i)
    CHECK(kiosk.show(issued("L1"), kOpening + i * 1min).rule == Rule::admit_unknown);
  CHECK(kiosk.show(issued("L2"), kOpening + 4min).rule == Rule::not_synced);
}

TEST_CASE("what is reconciled is judged by the facts and the rules of its time", "[staff]") {
  sync::RosterPage roster = demo_roster();
  for (sync::Checkpoint& one : roster.checkpoints) {
    one.provisional = 9;
    if (one.id == "main") one.companion = sync::CompanionPolicy::after_principal;
  }
  Kiosk kiosk("north-1", "main", roster);
  REQUIRE(kiosk.show(issued("A0004")).verdict == Verdict::admitted);  // the principal
  REQUIRE(kiosk.show(issued("L1")).rule == Rule::admit_unknown);
  sync::RosterPage news;
  news.epoch = roster.epoch;
  news.next = 2;
  sync::Attendee late = *std::ranges::find(roster.attendees, "A0004", &sync::Attendee::id);
  late.id = "L1";
  late.companion_of = "A0004";
  news.attendees = {late};
  news.checkpoints = roster.checkpoints;
  for (sync::Checkpoint& one : news.checkpoints) one.access.clear();  // nobody may come any more
  REQUIRE(kiosk.desk().store().apply(news, kOpening + 5min).has_value());
  REQUIRE(kiosk.desk()
              .reissue("L1", of_role("accreditation"), ReprintReason::lost, stamp_at(kOpening + 5min))
              ->outcome == Outcome::done);
  CHECK(kiosk.desk().reconcile(stamp_at(kOpening + 6min)).value() == 1);
  CHECK(kiosk.rows().back().kind == RowKind::reconciled);
  CHECK(kiosk.rows().back().rule == "admit.main.everyone");
}

TEST_CASE("a ticket that was let in is its attendee's once the order comes, at every kiosk that heard of it",
          "[staff]") {
  const auto issuer = sync::key_pair({9});
  const std::string ticket = sync::write_pretix_secret({"zz", 101, 0, 0, {}, {}}, issuer.secret_key);
  sync::RosterPage roster = demo_roster();
  roster.keys->push_back({issuer.public_key, "pretix", sync::KeyKind::pretix_sig1});
  for (sync::Checkpoint& one : roster.checkpoints) one.provisional = 1;
  Kiosk north("north-1", "main", roster);
  Kiosk south("south-1", "main", roster);
  const Decision in = north.show(ticket);
  REQUIRE(in.rule == Rule::admit_unknown);
  south.hear(north);

  sync::RosterPage order;
  order.epoch = roster.epoch;
  order.next = 2;
  order.attendees = {*std::ranges::find(roster.attendees, "A0004", &sync::Attendee::id)};
  order.credentials = {{sync::fingerprint(ticket, fingerprint_key()), "A0004", 1}};
  for (Kiosk* kiosk : {&north, &south}) {
    REQUIRE(kiosk->desk().store().apply(order, kOpening).has_value());
    CHECK(kiosk->desk().store().presence("A0004", "site")->inside);
    CHECK_FALSE(kiosk->desk().store().presence(in.attendee->id, "site")->inside);
    CHECK(kiosk->desk().record("A0004").value()->history.size() == 1);
  }
  CHECK(north.desk().reconcile(stamp_at(kOpening + 1min)).value() == 1);
  const JournalRow row = north.rows().back();
  CHECK(row.kind == RowKind::reconciled);
  CHECK(row.attendee == "A0004");
  CHECK(row.target == in.row);
  const Decision again = south.show(ticket, kOpening + 2min);
  CHECK(again.attendee->id == "A0004");
  CHECK(again.rule != Rule::admit);  // in already, whatever of a badge is owed
  CHECK(south.desk().store().presence("A0004", "site")->entries == 1);
}

TEST_CASE("whoever was let in unknown and should not have been becomes an alert", "[staff]") {
  Kiosk kiosk;
  REQUIRE(kiosk.show(issued("L1")).rule == Rule::admit_unknown);
  sync::RosterPage news;
  news.epoch = demo_roster().epoch;
  news.next = 2;
  sync::Attendee late = demo_roster().attendees.back();
  late.id = "L1";
  late.status = sync::Status::blocked;
  news.attendees = {late};
  REQUIRE(kiosk.desk().store().apply(news, kOpening).has_value());
  CHECK(kiosk.desk().reconcile(stamp_at(kOpening + 1min)).value() == 1);
  const JournalRow alert = kiosk.rows().back();
  CHECK(alert.kind == RowKind::alert);
  CHECK(alert.rule == "provisional.refused");
  CHECK(alert.detail.find("status.blocked") != std::string::npos);
}

}  // namespace
}  // namespace lanyard::kiosk
