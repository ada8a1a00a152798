// What staff do at the desk: over real stores.
#include <algorithm>
#include <set>

#include "tests/kiosk/desk_fixture.hpp"

namespace lanyard::kiosk {
namespace {

TEST_CASE("an admission by hand sets aside what the role may, and is a row with operator and reason",
          "[staff]") {
  Kiosk kiosk;
  kiosk.show(issued("A0004"));
  const auto steward =
      kiosk.desk()
          .admit_by_hand("A0004", of_role("steward"), AdmitReason::code_unreadable, stamp_at(kOpening + 1min))
          .value();
  REQUIRE(steward.has_value());
  CHECK(steward->rule_id == "override.presence.inside");
  const JournalRow row = kiosk.rows().back();
  CHECK(row.kind == RowKind::admitted);
  CHECK(row.operator_id == "staff-steward");
  CHECK(row.detail == "code_unreadable");
  CHECK(kiosk.desk().explain(row.id)->finding == Explanation::Finding::same);
}

TEST_CASE("what the role may not set aside still refuses, as a row", "[staff]") {
  Kiosk kiosk;
  const Timestamp night = kOpening - 5h;
  const auto steward =
      kiosk.desk().admit_by_hand("A0004", of_role("steward"), AdmitReason::protocol, stamp_at(night)).value();
  REQUIRE(steward.has_value());
  CHECK(steward->rule == Rule::too_early);
  CHECK(kiosk.rows().back().kind == RowKind::refused);
  const auto protocol =
      kiosk.desk()
          .admit_by_hand("A0004", of_role("protocol"), AdmitReason::protocol, stamp_at(night))
          .value();
  CHECK(protocol->verdict == Verdict::admitted);
}

TEST_CASE("nobody admits a blocked person by hand, whatever their role", "[staff]") {
  Kiosk kiosk;  // A0017 of the demo is blocked
  for (const Operator& who : {of_role("protocol"), of_role("accreditation"), operator_named("owner")}) {
    const auto decision =
        kiosk.desk().admit_by_hand("A0017", who, AdmitReason::protocol, stamp_at(kOpening)).value();
    CHECK(decision->rule == Rule::blocked);
  }
}

TEST_CASE("an action beyond the role is not done, and leaves an alert with the name", "[staff]") {
  Kiosk kiosk;
  CHECK(kiosk.desk().stop("A0004", of_role("steward"), StopReason::lost, stamp_at(kOpening)).value() ==
        Outcome::not_allowed);
  REQUIRE(kiosk.rows().size() == 1);
  CHECK(kiosk.rows()[0].kind == RowKind::alert);
  CHECK(kiosk.rows()[0].rule == "staff.not_allowed");
  CHECK(kiosk.rows()[0].operator_id == "staff-steward");
  CHECK(kiosk.show(issued("A0004")).verdict == Verdict::admitted);
}

TEST_CASE("an entry is taken back within its time, once, and by its own row", "[staff]") {
  Kiosk kiosk;
  const std::string row = kiosk.show(issued("A0004")).row;
  const auto undo = [&](std::chrono::minutes after) {
    return kiosk.desk().undo(row, of_role("steward"), stamp_at(kOpening + after)).value();
  };
  CHECK(undo(11min) == Outcome::too_late);
  CHECK(kiosk.desk().undo("no such row", of_role("steward"), stamp_at(kOpening)).value() == Outcome::unknown);
  CHECK(undo(10min) == Outcome::done);
  CHECK(undo(10min) == Outcome::done_before);
  CHECK(kiosk.rows().back().kind == RowKind::annulled);
  CHECK(kiosk.rows().back().target == row);
  const sync::Presence presence = kiosk.desk().store().presence("A0004", "site").value();
  CHECK_FALSE(presence.inside);
  CHECK(presence.entries == 0);
  CHECK(kiosk.show(issued("A0004"), kOpening + 12min).verdict == Verdict::admitted);
}

TEST_CASE("an entry that was taken back elsewhere counts nowhere, in whatever order it is heard", "[staff]") {
  Kiosk north("north-1");
  Kiosk south("south-1");
  const std::string row = north.show(issued("A0004")).row;
  south.hear(north);
  CHECK(south.show(issued("A0004"), kOpening + 1min).verdict == Verdict::badge);
  REQUIRE(north.desk().undo(row, of_role("steward"), stamp_at(kOpening + 2min)).value() == Outcome::done);
  south.hear(north);
  CHECK_FALSE(south.desk().store().presence("A0004", "site").value().inside);
}

TEST_CASE("stopped badges die at once and everywhere, and a new one is not affected", "[staff]") {
  Kiosk north("north-1");
  Kiosk south("south-1");
  REQUIRE(north.desk()
              .stop("A0004", of_role("accreditation"), StopReason::other_hands, stamp_at(kOpening))
              .value() == Outcome::done);
  CHECK(north.rows().back().rule == "stop.other_hands");
  south.hear(north);
  for (Kiosk* kiosk : {&north, &south}) CHECK(kiosk->show(issued("A0004")).rule == Rule::replaced);
  const auto badge = north.desk()
                         .reissue("A0004", of_role("accreditation"), ReprintReason::lost, stamp_at(kOpening))
                         .value()
                         .badges.at(0);
  CHECK(badge.generation == 3);
  CHECK(north.show(badge.credential).verdict == Verdict::admitted);
}

TEST_CASE("a day badge is good until the venue's day ends, and the badge at the hotel stays alive",
          "[staff]") {
  Kiosk kiosk;
  const auto result = kiosk.desk().day_badge("A0004", of_role("accreditation"), stamp_at(kOpening)).value();
  REQUIRE(result.badges.size() == 1);
  CHECK(result.badges[0].for_today);
  const std::string& card = result.badges[0].credential;
  CHECK(kiosk.show(card).verdict == Verdict::admitted);
  CHECK(kiosk.show(card, kOpening + 24h).rule == Rule::no_longer_valid);
  CHECK(kiosk.show(issued("A0004"), kOpening + 24h).verdict != Verdict::refused);
}

TEST_CASE("a liaison collects twenty badges on one receipt, all or none", "[staff]") {
  Kiosk kiosk;
  std::vector<std::string> ids;
  for (const sync::Attendee& one : demo_roster().attendees) {
    if (one.status == sync::Status::approved && ids.size() < 20) ids.push_back(one.id);
  }
  const auto collect = [&](const std::vector<std::string>& whose) {
    return kiosk.desk()
        .hand_over(whose, "A0013", HandOver::bulk, of_role("accreditation"), stamp_at(kOpening))
        .value();
  };
  std::vector<std::string> with_a_stranger = ids;
  with_a_stranger.emplace_back("A9999");
  CHECK(collect(with_a_stranger).outcome == Outcome::unknown);
  with_a_stranger.back() = "A0017";  // blocked
  CHECK(collect(with_a_stranger).outcome == Outcome::unfit);
  CHECK(kiosk.rows().empty());
  const StaffResult result = collect(ids);
  CHECK(result.outcome == Outcome::done);
  CHECK(result.receipt.number == "R-north-1-1");
  CHECK(result.receipt.badges == ids);
  CHECK(result.badges.size() == 20);
  REQUIRE(kiosk.rows().size() == 40);
  std::set<std::string> row_ids;
  for (const JournalRow& row : kiosk.rows()) {
    if (row.kind == RowKind::badge_requested) continue;  // one beside each
    CHECK(row.kind == RowKind::handed_over);
    CHECK(row.related == "A0013");
    CHECK(row.detail == "R-north-1-1");
    row_ids.insert(row.id);
  }
  CHECK(row_ids.size() == 20);
  CHECK_FALSE(kiosk.show(result.badges[0].credential).badge_owed);
}

TEST_CASE("a badge that was handed over and did not come out is owed still, and is among the uncollected",
          "[staff]") {
  Kiosk kiosk;
  const std::vector<std::string> two{"A0003", "A0004"};
  const std::string delegation = kiosk.desk().store().attendee("A0003").value()->delegation;
  const auto listed = [&] {
    const auto people = kiosk.desk().uncollected(delegation).value();
    return std::ranges::find(people, "A0003", &sync::Attendee::id) != people.end();
  };
  REQUIRE(listed());
  const StaffResult result =
      kiosk.desk()
          .hand_over(two, "A0013", HandOver::bulk, of_role("accreditation"), stamp_at(kOpening))
          .value();
  CHECK_FALSE(listed());  // at the printer
  REQUIRE(kiosk.desk().badge_done(result.badges.at(0), false, "jam", stamp_at(kOpening)).has_value());
  REQUIRE(kiosk.desk().badge_done(result.badges.at(1), true, "", stamp_at(kOpening)).has_value());
  CHECK(listed());
  CHECK(kiosk.show(issued("A0003")).badge_owed);
  CHECK_FALSE(kiosk.show(issued("A0004")).badge_owed);
}

TEST_CASE("a day badge is no badge: whoever has one is among the uncollected", "[staff]") {
  Kiosk kiosk;
  const auto order =
      kiosk.desk().day_badge("A0003", of_role("accreditation"), stamp_at(kOpening)).value().badges.at(0);
  REQUIRE(kiosk.desk().badge_done(order, true, "", stamp_at(kOpening)).has_value());
  const auto people =
      kiosk.desk().uncollected(kiosk.desk().store().attendee("A0003").value()->delegation).value();
  CHECK(std::ranges::find(people, "A0003", &sync::Attendee::id) != people.end());
  CHECK(kiosk.show(order.credential).badge_owed);
}

TEST_CASE("those of a delegation who have no badge yet are listed, and no others", "[staff]") {
  Kiosk kiosk;
  const auto before = kiosk.desk().uncollected("wto").value();
  REQUIRE(before.size() > 2);
  for (const sync::Attendee& one : before) CHECK(one.delegation == "wto");
  const std::vector<std::string> first{before[0].id};
  REQUIRE(kiosk.desk()
              .hand_over(first, "", HandOver::proxy, of_role("accreditation"), stamp_at(kOpening))
              ->outcome == Outcome::done);
  const auto after = kiosk.desk().uncollected("wto").value();
  CHECK(after.size() == before.size() - 1);
  CHECK(after[0].id != before[0].id);
  CHECK(kiosk.desk().uncollected("").value().empty());
}

TEST_CASE("whoever takes another's place has their rights, and the other has none", "[staff]") {
  Kiosk kiosk;
  // A0023 waits for approval; A0016 of the same ministry does not come.
  CHECK(kiosk.show(issued("A0023")).rule == Rule::pending);
  const auto substitute = [&](const char* arrived, const char* absent) {
    return kiosk.desk().substitute(arrived, absent, of_role("accreditation"), stamp_at(kOpening)).value();
  };
  CHECK(substitute("A0023", "A0023") == Outcome::unknown);
  CHECK(substitute("A0017", "A0016") == Outcome::unfit);  // a blocked person takes nobody's place
  CHECK(substitute("A0016", "A0024") == Outcome::unfit);  // and nobody takes one that was withdrawn
  CHECK(substitute("A0023", "A0016") == Outcome::done);
  CHECK(substitute("A0005", "A0016") == Outcome::done_before);
  const Decision in = kiosk.show(issued("A0023"));
  CHECK(in.verdict == Verdict::admitted);
  CHECK(in.attendee->category == "delegate");
  CHECK(kiosk.show(issued("A0016")).rule == Rule::substituted);
  CHECK(kiosk.desk().explain(in.row)->finding == Explanation::Finding::same);
}

TEST_CASE("of two kiosks that gave one place away, the later has it", "[staff]") {
  Kiosk north("north-1");
  Kiosk south("south-1");
  const auto substitute = [](Kiosk& kiosk, const char* comes, Timestamp when) {
    return kiosk.desk().substitute(comes, "A0016", of_role("protocol"), stamp_at(when)).value();
  };
  REQUIRE(substitute(north, "A0023", kOpening) == Outcome::done);
  REQUIRE(substitute(south, "A0074", kOpening + 1min) == Outcome::done);
  south.hear(north);
  north.hear(south);
  for (Kiosk* kiosk : {&north, &south}) {
    CHECK(kiosk->show(issued("A0023"), kOpening + 2min).rule == Rule::pending);  // as they were before
    CHECK(kiosk->desk().judge("A0074", stamp_at(kOpening + 2min)).value()->verdict == Verdict::admitted);
  }
}

TEST_CASE("an escort is remembered for two minutes at a busy door", "[staff]") {
  sync::RosterPage roster = demo_roster();
  for (sync::Checkpoint& one : roster.checkpoints) {
    for (sync::AccessRule& rule : one.access) {
      if (one.id == "main") rule.escorts = {"protocol"};
    }
  }
  Kiosk kiosk("north-1", "main", roster);
  const auto protocol = *std::ranges::find(roster.attendees, "A0013", &sync::Attendee::id);
  REQUIRE(protocol.category == "protocol");
  REQUIRE(kiosk.desk()
              .admit_by_hand("A0013", of_role("protocol"), AdmitReason::protocol, stamp_at(kOpening))
              .value()
              ->verdict == Verdict::admitted);
  int let_in = 0;
  for (const sync::Attendee& one : roster.attendees) {
    if (one.category != "delegate" || one.status != sync::Status::approved || let_in >= 40) continue;
    if (kiosk.show(issued(one.id), kOpening + let_in * 2500ms).verdict == Verdict::admitted) ++let_in;
  }
  CHECK(let_in == 40);
}

TEST_CASE("the evacuation list has everybody on the site, by name, without the hub", "[staff]") {
  Kiosk kiosk;
  for (const char* id : {"A0004", "A0005", "A0006"}) kiosk.show(issued(id));
  REQUIRE(kiosk.desk().store().set_checkpoint("plenary").has_value());
  kiosk.show(issued("A0005"), kOpening + 1min);
  const auto list = kiosk.desk().evacuation(stamp_at(kOpening + 2min)).value();
  REQUIRE(list.size() == 3);
  std::vector<std::string> names;
  for (const Evacuee& one : list) {
    REQUIRE(one.attendee.has_value());
    names.push_back(one.attendee->name_sort);
    if (one.where.attendee == "A0005") CHECK(one.where.zone == "plenary");
  }
  CHECK(std::ranges::is_sorted(names));
  CHECK(kiosk.desk().evacuation(stamp_at(kOpening + 24h)).value().empty());
}

}  // namespace
}  // namespace lanyard::kiosk
