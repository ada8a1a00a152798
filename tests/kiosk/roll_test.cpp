// How many badges a printer has been sent since its roll was new, as the journal has it.
#include "tests/kiosk/desk_fixture.hpp"

namespace lanyard::kiosk {
namespace {

using SentBy = sync::Store::SentBy;

void send(Kiosk& kiosk, const char* attendee, const std::string& where) {
  const BadgeOrder order = kiosk.desk().order_badge(attendee, stamp_at(kOpening + 1min)).value();
  REQUIRE(kiosk.desk().badge_sent(order, {"badge", where, true}, stamp_at(kOpening + 1min)));
}

TEST_CASE("a printer on the network has pages of other kiosks too, and a device file has none", "[roll]") {
  Kiosk north;
  Kiosk south("south-1");
  REQUIRE(north.desk().alert(sync::kNewRoll, "250 badges are in", stamp_at(kOpening)));
  send(north, "A0004", "ipp://h/p, job 1");
  send(south, "A0005", "ipp://h/p, job 2");
  send(south, "A0006", "ipp://h/p2, job 3");
  north.hear(south);
  sync::Store& store = north.desk().store();
  CHECK(store.roll_use("ipp://h/p", SentBy::any).value()->sent == 2);
  CHECK(store.roll_use("ipp://h/p", SentBy::this_kiosk).value()->sent == 1);
  CHECK(store.roll_use("ipp://h/p2", SentBy::any).value()->sent == 1);
}

TEST_CASE("nothing is counted before somebody has said that a roll is new, at this kiosk", "[roll]") {
  Kiosk north;
  Kiosk south("south-1");
  REQUIRE(south.desk().alert(sync::kNewRoll, "250 badges are in", stamp_at(kOpening)));
  north.hear(south);
  send(north, "A0004", "ipp://h/p, job 1");
  CHECK_FALSE(north.desk().store().roll_use("ipp://h/p", SentBy::any).value());
}

TEST_CASE("a warning counts until the next roll", "[roll]") {
  Kiosk north;
  const auto use = [&] { return north.desk().store().roll_use("ipp://h/p", SentBy::any).value(); };
  REQUIRE(north.desk().alert(sync::kNewRoll, "", stamp_at(kOpening)));
  CHECK_FALSE(use()->warned);
  REQUIRE(north.desk().alert(sync::kRollLow, "", stamp_at(kOpening + 1min)));
  CHECK(use()->warned);
  REQUIRE(north.desk().alert(sync::kNewRoll, "", stamp_at(kOpening + 2min)));
  CHECK_FALSE(use()->warned);
}

}  // namespace
}  // namespace lanyard::kiosk
