// The follower's lane against a hub in the same process: what the others did is heard of, once.
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

TEST_CASE("rows of one kiosk reach the other, and contradictions reach both") {
  HubFixture hub;
  Kiosk north(hub, "north-1");
  Kiosk south(hub, "south-2");
  north.enrol();
  south.enrol();
  north.write(RowKind::admitted, "A1");
  south.write(RowKind::admitted, "A1");
  for (int i = 0; i < 3; ++i) {
    north.settle();
    south.settle();
    north.steady += 2s;
    south.steady += 2s;
  }
  CHECK(north.store().history("A1", 10).value().size() == 3);  // own, the other's, the alert
  CHECK(south.store().history("A1", 10).value().size() == 3);
  CHECK(hub.alerts().size() == 1);
}

TEST_CASE("what the others did while a restored hub caught up is not passed over") {
  HubFixture hub;
  Kiosk north(hub, "north-1");
  Kiosk south(hub, "south-2");
  north.enrol();
  south.enrol();
  for (int i = 0; i < 4; ++i) north.write(RowKind::admitted, "N" + std::to_string(i));
  north.settle();
  south.settle();
  REQUIRE(south.store().row_count().value() == 4);
  hub.place().forget_rows_after(1);
  // Others write as many rows as were lost, before the south hears of anything: its number is a number again.
  const std::string west = hub.enrol("west-3");
  hub::RowWriter at_west("west-3");
  for (int i = 0; i < 5; ++i)
    hub.upload(west, {at_west.write(RowKind::admitted, "W" + std::to_string(i), hub.now)});
  south.pass(2s);
  south.settle();
  CHECK(south.store().row_count().value() == 4 + 5);
  north.pass(20s);
  north.settle();
  south.pass(2s);
  south.settle();
  CHECK(rows_at_hub(hub, "north-1") == 4);
  CHECK(south.store().row_count().value() == 4 + 5);
}

TEST_CASE("a roster that changes is asked for as soon as the follower hears of it") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.pass(1s);
  REQUIRE(hub.store().put_attendee(hub::attendee_of("A1")));
  kiosk.settle();
  CHECK(kiosk.store().attendee("A1").value().has_value());
}

TEST_CASE("a hub that does not keep the follower's question is not asked without a pause") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.requests = 0;
  for (int i = 0; i < 100; ++i) {
    kiosk.pass(100ms);
    kiosk.settle();
  }
  CHECK(kiosk.requests <= 12);  // in ten seconds
}

TEST_CASE("a hub of the version before, which keeps no question, is not asked without a pause either") {
  HubFixture hub;
  REQUIRE(hub.store().put_attendee(hub::attendee_of("A1")));
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.lie = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.method != "GET" || request.url.find("/v1/journal") == std::string::npos) return std::nullopt;
    return HttpAnswer{200, "application/json", R"({"rows":[],"next":0,"more":false})", {}, {}};
  };
  kiosk.pass(2s);
  kiosk.requests = 0;
  kiosk.settle();
  CHECK(kiosk.requests < 5);
}

TEST_CASE("the follower asks for what a hub may keep, and says what it knows") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  std::string asked;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.url.find("/v1/journal?") != std::string::npos) asked = request.url;
    return std::nullopt;
  };
  const std::string token = hub.enrol("south-2");
  hub::RowWriter at_south("south-2");
  const JournalRow row = at_south.write(RowKind::admitted, "A1", hub.now);
  hub.upload(token, {row});
  kiosk.pass(2s);
  kiosk.settle();
  kiosk.pass(2s);
  kiosk.settle();
  CHECK(asked == "https://hub/v1/journal?after=1&mark=" + mark_of(row.hash) +
                     "&limit=500&wait=25&roster=" + std::to_string(hub.store().roster_version().value()));
}

TEST_CASE("a page that was asked for before the feed began anew does not move it on") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  FeedPage page;
  page.rows = {{5, hub::RowWriter("south-2").write(RowKind::admitted, "A1", hub.now)}};
  page.next = {5, ""};
  REQUIRE(kiosk.store().apply(page, FeedCursor{3, ""}).has_value());
  CHECK(kiosk.store().standing().value().feed == FeedCursor{});
  CHECK(kiosk.store().row_count().value() == 1);
  REQUIRE(kiosk.store().apply(page, FeedCursor{}).has_value());
  CHECK(kiosk.store().standing().value().feed == FeedCursor{5, ""});
}

}  // namespace
}  // namespace lanyard::sync
