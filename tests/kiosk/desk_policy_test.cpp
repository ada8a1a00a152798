// By which policy a row was decided, and that it is explained by no other: over real stores.
#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/chain.hpp"
#include "tests/kiosk/desk_fixture.hpp"

namespace lanyard::kiosk {
namespace {

TEST_CASE("a row that was changed is told from one that was not", "[staff]") {
  Kiosk kiosk;
  const Decision refused = kiosk.show(issued("A0017"));  // blocked
  JournalRow row = kiosk.rows().back();
  const auto policy_of = [&](std::string_view id) { return kiosk.desk().store().policy(id).value(); };
  CHECK(explain(row, policy_of).finding == Explanation::Finding::same);
  JournalRow changed = row;
  changed.kind = RowKind::admitted;
  CHECK(explain(changed, policy_of).finding == Explanation::Finding::altered);
  changed.hash = sync::chain_hash(changed);  // by somebody who knows how
  const Explanation found = explain(changed, policy_of);
  CHECK(found.finding == Explanation::Finding::altered);
  CHECK(found.why.find("the row says admitted, the rules say refused") != std::string::npos);
  JournalRow other_rule = row;
  other_rule.rule = "window.early";
  other_rule.hash = sync::chain_hash(other_rule);
  CHECK(explain(other_rule, policy_of).finding == Explanation::Finding::altered);
  JournalRow garbled = row;
  garbled.basis = "{";
  garbled.hash = sync::chain_hash(garbled);
  CHECK(explain(garbled, policy_of).finding == Explanation::Finding::altered);
  CHECK(explain(row, [](std::string_view) { return std::nullopt; }).finding ==
        Explanation::Finding::policy_unknown);
  CHECK(explain(JournalRow{}, policy_of).finding == Explanation::Finding::altered);
}

TEST_CASE("a row is explained by the policy of its own time", "[staff]") {
  Kiosk kiosk;
  const std::string row = kiosk.show(issued("A0004")).row;
  sync::RosterPage stricter;
  stricter.epoch = demo_roster().epoch;
  stricter.next = 2;
  stricter.checkpoints = demo_roster().checkpoints;
  for (sync::Checkpoint& one : stricter.checkpoints) one.access = {};
  REQUIRE(kiosk.desk().store().apply(stricter, kOpening).has_value());
  CHECK(kiosk.show(issued("A0005")).rule == Rule::wrong_category);
  const Explanation then = kiosk.desk().explain(row).value();
  CHECK(then.finding == Explanation::Finding::same);
  CHECK(then.decision.verdict == Verdict::admitted);
}

TEST_CASE("the kiosk's own policy file serves until the hub has one for its place", "[staff]") {
  const TemporaryFolder folder;
  sync::EventFile own{*demo_roster().event, demo_roster().checkpoints};
  own.checkpoints[0].id = "side-door";
  own.checkpoints[0].mode = sync::Mode::unlimited;
  Desk desk(sync::Store::open(folder.path() / "store.db").value(), own);
  furnish(desk.store(), "north-1", "side-door");
  CHECK(desk.admit(issued("A0004"), stamp_at(kOpening))->verdict == Verdict::admitted);
  const auto rows = desk.store().own_rows(0, 9).value();
  CHECK(rows.back().checkpoint == "side-door");
  CHECK(desk.explain(rows.back().id)->finding == Explanation::Finding::same);
  sync::RosterPage page;
  page.epoch = demo_roster().epoch;
  page.next = 2;
  page.checkpoints = demo_roster().checkpoints;
  page.checkpoints[0].id = "side-door";
  page.checkpoints[0].access = {};
  REQUIRE(desk.store().apply(page, kOpening).has_value());
  CHECK(desk.admit(issued("A0005"), stamp_at(kOpening))->rule == Rule::wrong_category);  // the hub wins
}

TEST_CASE("a policy of the kiosk's own is kept with the first row by it, whatever failed before", "[staff]") {
  sync::RosterPage roster = demo_roster();
  const sync::EventFile own{*roster.event, roster.checkpoints};
  std::erase_if(roster.checkpoints, [](const sync::Checkpoint& one) { return one.id == "main"; });
  const TemporaryFolder folder;
  const auto file = folder.path() / "store.db";
  Desk desk(sync::Store::open(file).value(), own);
  furnish(desk.store(), "north-1", "main", roster);
  SQLite::Database direct(file.string(), SQLite::OPEN_READWRITE);
  direct.exec("CREATE TRIGGER full BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'full'); END");
  REQUIRE_FALSE(desk.admit(issued("A0004"), stamp_at(kOpening)).has_value());
  direct.exec("DROP TRIGGER full");
  const Decision in = desk.admit(issued("A0004"), stamp_at(kOpening)).value();
  REQUIRE(in.verdict == Verdict::admitted);
  CHECK(desk.explain(in.row)->finding == Explanation::Finding::same);
}

}  // namespace
}  // namespace lanyard::kiosk
