// What comes between a kiosk and an order to enrol anew: it is followed late, and not lost.
#include <algorithm>

#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/hub/orders_told.hpp"
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

// A kiosk at work, which the office then has enrol anew.
struct Ordered {
  Ordered() {
    kiosk.enrol();
    kiosk.settle();
    before = identity().signing_key;
  }
  void order() {
    Orders anew;
    anew.enrol_code = code = hub.new_code_for("north-1");
    REQUIRE(hub.store().set_orders("north-1", anew));
  }
  void beat(int times = 1) {
    for (int i = 0; i < times; ++i) {
      kiosk.pass(16s);
      kiosk.settle();
    }
  }
  [[nodiscard]] Identity identity() { return kiosk.store().identity().value().value(); }
  [[nodiscard]] Orders orders() { return hub.store().device("north-1").value()->orders; }
  // By the hub's word: it signs by the key that the hub has in its ring, and what was ordered is done.
  [[nodiscard]] bool has_enrolled() {
    std::vector<PublicKey> keys;
    const auto ring = hub.store().ring().value();
    for (const hub::RingKey& one : ring.keys) {
      if (one.key.issuer == "north-1") keys.push_back(one.key.key);
    }
    return keys == std::vector<PublicKey>{public_half(identity().signing_key)} &&
           identity().signing_key != before && orders() == Orders{};
  }
  // The first answer to an enrolment is this one; the hub hears nothing of it.
  void lie_once(HttpAnswer answer) {
    kiosk.lie = [lied = false, answer = std::move(answer)](
                    const HttpRequest& request) mutable -> std::optional<HttpAnswer> {
      if (lied || !request.url.ends_with("/v1/enrol")) return std::nullopt;
      lied = true;
      return answer;
    };
  }

  HubFixture hub;
  Kiosk kiosk{hub};
  SecretKey before{};
  std::string code;
};

TEST_CASE("what a portal, a proxy or a firewall answers in the hub's place ends no order to enrol anew") {
  const HttpAnswer answer = GENERATE(HttpAnswer{200, "text/html", "<html>Log in</html>", {}, {}},
                                     HttpAnswer{200, "application/json", "{}", {}, {}},
                                     HttpAnswer{403, "text/html", "<html>Blocked</html>", {}, {}},
                                     HttpAnswer{413, "text/html", "", {}, {}});
  INFO(answer.status << " " << answer.body);
  Ordered there;
  there.order();
  there.lie_once(answer);
  there.beat(10);
  CHECK(there.has_enrolled());
}

TEST_CASE("a store that takes no seed for a while ends no order to enrol anew") {
  Ordered there;
  there.order();
  {
    SQLite::Database other((there.kiosk.folder() / "store.db").string(), SQLite::OPEN_READWRITE);
    there.kiosk.pass(16s);
    // The heartbeat brings the order; then somebody else writes for longer than the daemon waits.
    for (int i = 0; i < 4 && there.kiosk.store().orders().value().orders == Orders{}; ++i)
      REQUIRE(there.kiosk.carrier().step().has_value());
    REQUIRE_FALSE(there.has_enrolled());
    other.exec("BEGIN IMMEDIATE");
    REQUIRE(there.kiosk.carrier().step().has_value());
    CHECK_FALSE(there.has_enrolled());
  }
  there.beat(10);
  CHECK(there.has_enrolled());
}

TEST_CASE("a folder that takes no token is found before a code is bound, and the order is tried again") {
  Ordered there;
  there.order();
  std::filesystem::create_directory(there.kiosk.renewed());  // no plain file
  there.beat();
  CHECK(there.identity().signing_key == there.before);
  std::filesystem::remove(there.kiosk.renewed());
  there.beat(10);
  CHECK(there.has_enrolled());
}

TEST_CASE("a token that could not be written after the hub had given it is given again, for the same key") {
  Ordered there;
  there.order();
  // The folder turns bad while the hub is asked.
  there.kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.url.ends_with("/v1/enrol")) std::filesystem::create_directory(there.kiosk.renewed());
    return std::nullopt;
  };
  there.beat();
  there.kiosk.lie = nullptr;
  const SecretKey key = there.identity().signing_key;
  CHECK(key != there.before);
  CHECK_FALSE(there.has_enrolled());
  std::filesystem::remove(there.kiosk.renewed());
  there.kiosk.restart();
  there.beat(10);
  CHECK(there.has_enrolled());
  CHECK(there.identity().signing_key == key);
}

TEST_CASE("a second order to enrol anew brings a second key") {
  Ordered there;
  there.order();
  there.beat(2);  // the second uses the new token
  REQUIRE(there.has_enrolled());
  const SecretKey first = there.identity().signing_key;
  there.order();
  there.beat(2);
  CHECK(there.has_enrolled());
  CHECK(there.identity().signing_key != first);
}

TEST_CASE("a kiosk that was off for longer than a code is good enrols anew when it is back") {
  Ordered there;
  there.order();
  there.kiosk.pass(60h);
  there.beat(2);
  CHECK(there.has_enrolled());
  CHECK(there.hub.store().wrong_codes("", Timestamp{}, there.hub.now).value().of_all == 0);
}

TEST_CASE("a code that grew too old after a kiosk had heard of it is told once more") {
  Ordered there;
  there.order();
  there.kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/enrol")) return std::nullopt;
    return HttpAnswer{502, "text/html", "", {}, {}};
  };
  there.beat();
  REQUIRE(there.kiosk.store().orders().value().orders.enrol_code == there.code);
  there.kiosk.lie = nullptr;
  there.kiosk.pass(60h);
  there.kiosk.restart();
  there.beat(10);
  CHECK(there.has_enrolled());
  CHECK(there.hub.store().wrong_codes("", Timestamp{}, there.hub.now).value().of_all <= 1);
}

TEST_CASE("a code that was bound and then grew too old is good again for the same key alone") {
  Ordered there;
  there.order();
  there.kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/enrol")) return std::nullopt;
    (void)there.hub.post("/v1/enrol", "", request.body);
    return HttpAnswer{502, "text/html", "", {}, {}};
  };
  there.beat();
  REQUIRE_FALSE(there.has_enrolled());
  there.kiosk.pass(60h);
  there.beat();
  CHECK(there.hub.enrol_with(there.code, 99).status == 403);
  there.kiosk.lie = nullptr;
  there.kiosk.restart();
  there.beat(10);
  CHECK(there.has_enrolled());
}

TEST_CASE("a code whose kiosk does not come back is dead after its time, and one that is taken back too") {
  Ordered there;
  there.order();
  there.hub.now += 60h;
  CHECK(there.hub.enrol_with(there.code, 99).status == 403);
  REQUIRE(there.hub.store().set_orders("north-1", Orders{}));
  there.beat();
  CHECK(there.hub.enrol_with(there.code, 99).status == 403);
  CHECK(there.identity().signing_key == there.before);
}

TEST_CASE("a code that was renewed for a kiosk is good for an hour, and no longer") {
  Ordered there;
  there.order();
  there.kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/enrol")) return std::nullopt;
    return HttpAnswer{502, "text/html", "", {}, {}};
  };
  there.kiosk.pass(60h);
  there.beat();
  there.hub.now += hub::kToldCodeLife + 1s;
  CHECK(there.hub.enrol_with(there.code, 99).status == 403);
}

// Of a kiosk that has been given the week's new token and is to enrol anew, and has done neither yet.
struct RenewedAndOrdered {
  RenewedAndOrdered() {
    const auto answer = hub.post("/v1/token", token, "");
    REQUIRE(answer.status == 200);
    renewed = parse_token_answer(answer.body).value().token;
    anew.enrol_code = hub.new_code_for("north-1");
    REQUIRE(hub.store().set_orders("north-1", anew));
  }

  HubFixture hub;
  const std::string token{hub.enrol("north-1")};
  std::string renewed;
  Orders anew;
};

TEST_CASE_METHOD(RenewedAndOrdered,
                 "an order to enrol anew is not taken for done when the week's new token is used") {
  CHECK(hub.get("/v1/roster", {}, renewed).status == 200);
  CHECK(hub.get("/v1/roster", {}, token).status == 401);
  CHECK(hub.store().device("north-1").value()->orders == anew);
}

TEST_CASE_METHOD(RenewedAndOrdered,
                 "a week's new token that is first used after a code grew too old does not end the order") {
  hub.now += 60h;
  CHECK(hub.get("/v1/roster", {}, renewed).status == 200);
  CHECK(hub.store().device("north-1").value()->orders == anew);
}

TEST_CASE("a token that is due waits until the kiosk has enrolled anew, which brings one too") {
  CarrierState state;
  state.roster_at = state.heartbeat_at = SteadyTime(1h);
  state.token_due = state.enrol_due = true;
  for (int failures = 0; failures < 6; ++failures) {
    const BackOff back_off{failures, {}};
    CHECK_FALSE(std::holds_alternative<RenewToken>(next(state, back_off, Pace{}, SteadyTime(1h))));
  }
  state.enrol_due = false;
  CHECK(std::holds_alternative<RenewToken>(next(state, {}, Pace{}, SteadyTime(1h))));
}

}  // namespace
}  // namespace lanyard::sync
