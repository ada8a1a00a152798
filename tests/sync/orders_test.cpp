// What the office wants of a kiosk: told, obeyed, and taken back.
#include "sync/orders.hpp"

#include <algorithm>

#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

Orders out_of_service() {
  Orders orders;
  orders.out_of_service = true;
  return orders;
}

TEST_CASE("orders are told with the next heartbeat, and once") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  CHECK(kiosk.store().orders().value().orders == Orders{});
  REQUIRE(hub.store().set_orders("north-1", out_of_service()));
  kiosk.beat();
  CHECK(kiosk.store().orders().value().orders == out_of_service());
  std::string said;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.url.ends_with("/v1/heartbeat")) said = request.body;
    return std::nullopt;
  };
  kiosk.beat();
  CHECK(said.find(version_of(out_of_service())) != std::string::npos);
  const auto answer = parse_heartbeat_answer(
      hub.post("/v1/heartbeat", read_token(kiosk.config().tokens.enrolled).value(), said).body);
  CHECK_FALSE(answer.value().orders.has_value());
  // And taken back.
  REQUIRE(hub.store().set_orders("north-1", Orders{}));
  kiosk.beat();
  CHECK(kiosk.store().orders().value().orders == Orders{});
}

TEST_CASE("a hub that was restored says again what it knows, and that counts") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  REQUIRE(hub.store().set_orders("north-1", out_of_service()));
  kiosk.beat();
  hub.place().alter("UPDATE device SET orders = ''");
  kiosk.beat();
  CHECK_FALSE(kiosk.store().orders().value().orders.out_of_service);
}

TEST_CASE("a notice is for the checkpoints that it names, until it is over") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  REQUIRE(hub.store().put_notice({"b-lunch", {{"en", "Lunch at 12"}, {"zh", "12点午餐"}}, hub.now + 1h}));
  REQUIRE(hub.store().put_notice({"a-lounge", {{"en", "Lounge closed"}}, {}, {"lounge"}}));
  REQUIRE(hub.store().put_notice({"c-main", {{"en", "Use the other door"}}, {}, {"lounge", "main"}}));
  kiosk.beat();
  auto notices = kiosk.store().orders().value().orders.notices;
  REQUIRE(notices.size() == 2);
  CHECK(notices[0].text.at("zh") == "12点午餐");
  CHECK(notices[1].id == "c-main");
  CHECK(notices[1].checkpoints.empty());
  kiosk.pass(1h);
  kiosk.settle();
  notices = kiosk.store().orders().value().orders.notices;
  REQUIRE(notices.size() == 1);
  REQUIRE(hub.store().remove_notice("c-main"));
  kiosk.beat();
  CHECK(kiosk.store().orders().value().orders.notices.empty());
}

TEST_CASE("there are no more notices than a kiosk's screen can turn through, nor than the hub keeps") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  for (std::size_t i = 0; i < kMaxNoticeRecords; ++i) {
    REQUIRE(hub.store().put_notice({"n" + std::to_string(100 + i), {{"en", "x"}}, {}}));
  }
  CHECK(hub.store().put_notice({"one-more", {{"en", "x"}}, {}}).error().kind == Error::Kind::invalid);
  CHECK(hub.store().put_notice({"n100", {{"en", "changed"}}, {}}).has_value());
  const Heartbeat beat{"test", 0, 0, 0, 0, hub.now};
  const auto answer = parse_heartbeat_answer(hub.post("/v1/heartbeat", token, to_body(beat)).body).value();
  REQUIRE(answer.orders.has_value());
  CHECK(answer.orders->notices.size() == kMaxNotices);
}

TEST_CASE("a kiosk that enrols anew has another key and another token, and goes on with its chain") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.write(RowKind::admitted, "A1");
  kiosk.settle();
  const Identity before = kiosk.store().identity().value().value();
  const std::string old_token = read_tokens(kiosk.config().tokens, "north-1").value().front();
  Orders anew;
  anew.enrol_code = hub.new_code_for("north-1");
  REQUIRE(hub.store().set_orders("north-1", anew));
  kiosk.beat();
  const Identity after = kiosk.store().identity().value().value();
  CHECK(after.device == before.device);
  CHECK(after.signing_key != before.signing_key);
  CHECK(hub.get("/v1/roster", {}, old_token).status == 401);
  kiosk.write(RowKind::exited, "A1");
  kiosk.settle();
  CHECK(rows_at_hub(hub, "north-1") == 2);
  CHECK(hub.store().device("north-1").value()->orders == Orders{});
  kiosk.beat();
  CHECK(kiosk.store().orders().value().orders == Orders{});
  CHECK(kiosk.store().identity().value().value() == after);
}

TEST_CASE("enrolling anew survives an answer that is lost, at any point of the way") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  const std::string old_token = read_tokens(kiosk.config().tokens, "north-1").value().front();
  Orders anew;
  anew.enrol_code = hub.new_code_for("north-1");
  REQUIRE(hub.store().set_orders("north-1", anew));
  int lost = 0;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/enrol") || ++lost > 3) return std::nullopt;
    (void)hub.post("/v1/enrol", "", request.body);
    return HttpAnswer{502, "text/html", "", {}, {}};
  };
  for (int i = 0; i < 6; ++i) {
    kiosk.beat();
    if (i == 1) kiosk.restart();  // and the daemon dies in between
  }
  CHECK(lost == 4);
  const Identity after = kiosk.store().identity().value().value();
  const auto ring = hub.store().ring().value().keys;
  CHECK(std::ranges::any_of(
      ring, [&](const hub::RingKey& one) { return one.key.key == public_half(after.signing_key); }));
  CHECK(std::ranges::count_if(ring, [](const hub::RingKey& one) { return one.key.issuer == "north-1"; }) ==
        1);
  CHECK(hub.get("/v1/roster", {}, old_token).status == 401);
  kiosk.write(RowKind::admitted, "A1");
  kiosk.beat();
  CHECK(rows_at_hub(hub, "north-1") == 1);
  CHECK(hub.store().device("north-1").value()->orders == Orders{});
  CHECK(hub.enrol_with(anew.enrol_code, 99).status == 403);  // spent, once the new token was used
}

TEST_CASE("a code that is no good any more leaves a kiosk as it is") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  const Identity before = kiosk.store().identity().value().value();
  Orders anew;
  anew.enrol_code = "AAAA-AAAA";
  REQUIRE(hub.store().set_orders("north-1", anew));
  kiosk.beat();
  kiosk.write(RowKind::admitted, "A1");
  kiosk.beat();
  CHECK(kiosk.store().identity().value().value() == before);
  CHECK(rows_at_hub(hub, "north-1") == 1);
}

TEST_CASE("orders say what they are in a log, and not the code") {
  Orders orders;
  orders.enrol_code = "K7QF-2M9D";
  orders.out_of_service = true;
  CHECK(summary_of(orders) == "out of service, enrol anew");
  CHECK(parse_orders(to_json(orders)).value() == orders);
  CHECK(version_of(Orders{}).empty());
  CHECK(version_of(orders) != version_of(out_of_service()));
}

}  // namespace
}  // namespace lanyard::sync
