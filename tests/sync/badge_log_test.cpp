// A receipt for every badge: with either store.
#include "sync/hub/badge_log.hpp"

#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

// A kiosk that prints, and what its hub hears of it.
class PrintingKiosk {
 public:
  PrintingKiosk() {
    Attendee one = attendee_of("A1");
    one.name = "Amina Otieno";
    REQUIRE(hub.store().put_attendee(one));
    token = hub.enrol("north-1");
  }
  JournalRow say(RowKind kind, const std::string& rule, std::uint32_t generation,
                 const std::string& target = "", const std::string& detail = "") {
    hub.now += 1s;
    JournalRow row = north.write(kind, "A1", hub.now);
    row.rule = rule;
    row.generation = generation;
    row.target = target;
    row.detail = detail;
    row.operator_id = rule == "badge.first" ? "" : "desk-1";
    row = north.seal(row);
    hub.upload(token, {row});
    return row;
  }
  HubFixture hub;
  RowWriter north{"north-1"};
  std::string token;
};

TEST_CASE("each reprint has a line with its reason, its operator and what came of it") {
  PrintingKiosk kiosk;
  const auto first = kiosk.say(RowKind::badge_requested, "badge.first", 1);
  (void)kiosk.say(RowKind::badge_printed, "badge.first", 1, first.id);
  (void)kiosk.say(RowKind::reissued, "reprint.lost", 2);
  const auto lost = kiosk.say(RowKind::badge_requested, "badge.reprint", 2);
  (void)kiosk.say(RowKind::badge_sent, "badge", 2, lost.id, "ipp://printer, job 7");
  (void)kiosk.say(RowKind::badge_failed, "badge.reprint", 2, lost.id, "the printer is out of paper");
  const auto spoilt = kiosk.say(RowKind::badge_requested, "badge.again", 2);
  const auto log = badge_log(kiosk.hub.store()).value();
  REQUIRE(log.size() == 3);
  CHECK(log[0].kind == "first");
  CHECK_FALSE(log[0].is_reprint());
  CHECK(log[0].outcome == "printed");
  CHECK(log[0].name == "Amina Otieno");
  CHECK(log[1].is_reprint());
  CHECK(log[1].reason == "lost");
  CHECK(log[1].generation == 2);
  CHECK(log[1].operator_id == "desk-1");
  CHECK(log[1].device == "north-1");
  CHECK(log[1].outcome == "failed");
  CHECK(log[1].detail == "the printer is out of paper");
  CHECK(log[2].is_reprint());
  CHECK(log[2].reason == "misprint");
  CHECK(log[2].outcome.empty());
  CHECK(log[2].row == spoilt.id);
}

}  // namespace
}  // namespace lanyard::sync::hub
