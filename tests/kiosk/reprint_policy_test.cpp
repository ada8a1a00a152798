// Reprints: how many, by whom, and whether the code lives on; and badges that are given out apart from entry.
#include <algorithm>

#include "tests/kiosk/desk_fixture.hpp"

namespace lanyard::kiosk {
namespace {

sync::RosterPage limited(std::optional<std::uint32_t> reprints) {
  sync::RosterPage page = demo_roster();
  page.event->reprints = reprints;
  return page;
}

Operator clerk(bool may_do_more) {
  sync::Role role;
  role.id = "clerk";
  role.may = {sync::StaffAction::reprint};
  if (may_do_more) role.may.push_back(sync::StaffAction::reprint_more);
  return {"clerk-1", role};
}

class PrintingKiosk : public Kiosk {
 public:
  explicit PrintingKiosk(const sync::RosterPage& page) { REQUIRE(desk().store().apply(page, kOpening)); }
  Outcome reprint(const Operator& who, ReprintReason reason) {
    auto result = desk().reissue("A0004", who, reason, stamp_at(kOpening)).value();
    for (const BadgeOrder& order : result.badges) {
      last = order;
      REQUIRE(desk().badge_done(order, true, "", stamp_at(kOpening)));
    }
    return result.outcome;
  }
  BadgeOrder last;
};

TEST_CASE("a reprint beyond the event's number wants a role that may, and leaves an alert",
          "[staff][reprint]") {
  PrintingKiosk kiosk(limited(2));
  CHECK(kiosk.reprint(clerk(false), ReprintReason::lost) == Outcome::done);
  CHECK(kiosk.reprint(clerk(false), ReprintReason::misprint) == Outcome::done);
  CHECK(kiosk.reprint(clerk(false), ReprintReason::lost) == Outcome::no_more);
  CHECK(kiosk.rows().back().kind == RowKind::alert);
  CHECK(kiosk.rows().back().rule == "reprint.limit");
  CHECK(kiosk.reprint(clerk(true), ReprintReason::lost) == Outcome::done);
}

TEST_CASE("without a number, reprints are without end", "[staff][reprint]") {
  PrintingKiosk kiosk(limited(std::nullopt));
  for (int i = 0; i < 5; ++i) CHECK(kiosk.reprint(clerk(false), ReprintReason::damaged) == Outcome::done);
}

TEST_CASE("after a misprint the same code is printed again, and lives on", "[staff][reprint]") {
  PrintingKiosk kiosk(limited(std::nullopt));
  CHECK(kiosk.reprint(clerk(false), ReprintReason::misprint) == Outcome::done);
  CHECK(kiosk.last.generation == 1);
  CHECK(kiosk.show(issued("A0004")).verdict == Verdict::admitted);
  const auto rows = kiosk.rows();
  CHECK(std::ranges::none_of(rows, [](const JournalRow& row) { return row.kind == RowKind::reissued; }));
  const auto printed = std::ranges::find(rows, RowKind::badge_printed, &JournalRow::kind);
  REQUIRE(printed != rows.end());
  CHECK(printed->rule == "badge.again");
  CHECK(printed->operator_id == "clerk-1");
  for (const ReprintReason reason : {ReprintReason::lost, ReprintReason::damaged, ReprintReason::wrong_data})
    CHECK_FALSE(keeps_code(reason));
}

TEST_CASE("a station gives out as many badges as it is said to, whoever printed the first", "[reprint]") {
  sync::RosterPage page = limited(std::nullopt);
  for (sync::Checkpoint& one : page.checkpoints) {
    if (one.id != "main") continue;
    one.badge = sync::BadgePolicy::station;
    one.badge_prints = 2;
  }
  PrintingKiosk kiosk(page);
  for (int i = 0; i < 2; ++i) {
    const Decision decision = kiosk.show(issued("A0004"));
    CHECK(decision.verdict == Verdict::badge);
    CHECK(decision.rule == Rule::badge_station);
    const auto order = kiosk.desk().order_badge("A0004", stamp_at(kOpening));
    REQUIRE(order);
    // While it is printed, a second show gets nothing more.
    CHECK_FALSE(kiosk.desk().order_badge("A0004", stamp_at(kOpening)));
    REQUIRE(kiosk.desk().badge_done(*order, true, "", stamp_at(kOpening)));
  }
  CHECK(kiosk.show(issued("A0004")).rule == Rule::badge_taken);
  CHECK_FALSE(kiosk.desk().order_badge("A0004", stamp_at(kOpening)));
  const auto rows = kiosk.rows();
  CHECK(std::ranges::count(rows, RowKind::admitted, &JournalRow::kind) == 0);
  CHECK(rows.back().kind == RowKind::refused);
}

}  // namespace
}  // namespace lanyard::kiosk
