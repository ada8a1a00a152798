// The end of a kiosk that was ordered to forget all: its tokens, the file's traces, and what the hub hears.
#include <fstream>

#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/hub/erase.hpp"
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

using hub::all_bytes_in;

bool is_farewell(const HttpRequest& request) {
  return request.url.ends_with("/v1/heartbeat") && parse_heartbeat(request.body).value().forgotten;
}

// A kiosk at work, which the office then has forget all.
struct Leaving {
  Leaving() {
    kiosk.enrol();
    kiosk.settle();
  }
  void order() {
    Orders leave;
    leave.wipe = true;
    REQUIRE(hub.store().set_orders("north-1", leave));
    kiosk.pass(16s);
  }
  void steps(int count) {
    for (int i = 0; i < count; ++i) {
      REQUIRE(kiosk.carrier().step().has_value());
      kiosk.pass(1s);
    }
  }
  [[nodiscard]] std::string token() { return read_token(kiosk.config().tokens.enrolled).value(); }
  [[nodiscard]] hub::Device device() { return hub.store().device("north-1").value().value(); }
  [[nodiscard]] bool is_good(const std::string& token) {
    return hub.get("/v1/roster", {}, token).status == 200;
  }
  [[nodiscard]] bool is_withdrawn() { return kiosk.store().withdrawn().value().has_value(); }

  HubFixture hub;
  Kiosk kiosk{hub};
};

TEST_CASE("the office hears that a kiosk has forgotten all, and what it was told to do is done") {
  Leaving there;
  there.kiosk.write(RowKind::admitted, "A1");
  there.order();
  CHECK(there.device().orders.wipe);
  there.kiosk.settle_for_good();
  REQUIRE(there.kiosk.carrier().has_forgotten());
  CHECK(there.kiosk.store().withdrawn().value() == Withdrawal::ordered);
  const hub::Device device = there.device();
  CHECK_FALSE(device.token_hash.has_value());
  CHECK_FALSE(device.next_token_hash.has_value());
  CHECK(device.orders == Orders{});
  CHECK(device.last_contact.has_value());
  CHECK(device.beat.last_seq == 1);
}

TEST_CASE("root's token, which the daemon cannot remove, is dead before a kiosk forgets all as ordered") {
  Leaving there;
  const std::string enrolled = there.token();
  there.order();
  // Nothing comes through once all is forgotten.
  there.kiosk.lie = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!is_farewell(request)) return std::nullopt;
    return HttpAnswer{502, "text/html", "", {}, {}};
  };
  there.steps(20);
  CHECK(there.is_withdrawn());
  CHECK(there.token() == enrolled);
  CHECK_FALSE(there.is_good(enrolled));
}

TEST_CASE("the token by which a kiosk says farewell is on no disk, and dead behind it") {
  Leaving there;
  std::string last;
  there.kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/token")) return std::nullopt;
    const auto given = there.hub.post("/v1/token", request.bearer, "");
    last = parse_token_answer(given.body).value().token;
    return HttpAnswer{given.status, given.content_type, given.body, {}, {}};
  };
  there.order();
  there.kiosk.settle_for_good();
  REQUIRE(there.kiosk.carrier().has_forgotten());
  REQUIRE_FALSE(last.empty());
  CHECK(all_bytes_in(there.kiosk.folder()).find(last) == std::string::npos);
  CHECK_FALSE(there.is_good(last));
}

TEST_CASE("a farewell is said until the hub has heard it, or for ten minutes") {
  const bool comes_back = GENERATE(true, false);
  Leaving there;
  bool away = true;
  there.kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!away || !is_farewell(request)) return std::nullopt;
    return HttpAnswer{200, "text/html", "<html>Log in</html>", {}, {}};  // a portal, and not the hub
  };
  there.order();
  there.steps(60);
  CHECK(there.is_withdrawn());
  CHECK_FALSE(there.kiosk.carrier().has_forgotten());
  CHECK(there.device().orders.wipe);
  away = !comes_back;
  there.steps(11 * 60);
  CHECK(there.kiosk.carrier().has_forgotten());
  CHECK(there.device().orders.wipe != comes_back);
}

TEST_CASE("an answer to a farewell that is lost does not have a kiosk say it for ever") {
  Leaving there;
  int lost = 0;
  there.kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!is_farewell(request) || lost++ > 0) return std::nullopt;
    (void)there.hub.post("/v1/heartbeat", request.bearer, request.body);
    return HttpAnswer{502, "text/html", "", {}, {}};
  };
  there.order();
  there.kiosk.settle_for_good(60);
  CHECK(lost > 1);
  CHECK(there.kiosk.carrier().has_forgotten());
  CHECK_FALSE(there.device().orders.wipe);
}

TEST_CASE("a hub that gives no token does not keep a kiosk from forgetting all, ten minutes later") {
  Leaving there;
  there.order();
  there.kiosk.lie = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/token")) return std::nullopt;
    return HttpAnswer{503, "application/problem+json", "{}", {}, {}};
  };
  there.steps(9 * 60);
  CHECK_FALSE(there.is_withdrawn());
  there.kiosk.settle_for_good(5 * 60);
  CHECK(there.kiosk.carrier().has_forgotten());
  // By the token that it had, it still says so; and the hub ends that.
  CHECK_FALSE(there.device().token_hash.has_value());
}

TEST_CASE("an order that is taken back at the last moment leaves a kiosk with a token on its disk") {
  Leaving there;
  there.order();
  there.kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.url.ends_with("/v1/token")) REQUIRE(there.hub.store().set_orders("north-1", Orders{}));
    return std::nullopt;
  };
  there.steps(60);
  CHECK_FALSE(there.is_withdrawn());
  there.kiosk.lie = nullptr;
  there.kiosk.restart();
  there.kiosk.write(RowKind::admitted, "A1");
  there.kiosk.pass(16s);
  there.kiosk.settle();
  CHECK(there.kiosk.carrier().standing() == "online");
  CHECK(there.hub.store().rows_of_device("north-1", 0, 10).value().size() == 1);
  // And one that is given again is followed.
  there.order();
  there.kiosk.settle_for_good();
  CHECK(there.kiosk.carrier().has_forgotten());
  CHECK_FALSE(there.device().token_hash.has_value());
}

TEST_CASE("a token goes with all else, though another program still reads the file that is to be cleared") {
  Leaving there;
  for (int i = 0; i < 8; ++i) there.kiosk.pass(24h);
  there.kiosk.settle();
  REQUIRE(std::filesystem::exists(there.kiosk.renewed()));
  there.order();
  {
    SQLite::Database reader((there.kiosk.folder() / "store.db").string(), SQLite::OPEN_READONLY);
    reader.exec("BEGIN");
    (void)reader.execAndGet("SELECT count(*) FROM setting").getInt();
    there.steps(20);
    CHECK(there.is_withdrawn());
    CHECK_FALSE(there.kiosk.carrier().has_forgotten());
    CHECK_FALSE(std::filesystem::exists(there.kiosk.renewed()));
  }
  there.kiosk.settle_for_good();
  CHECK(there.kiosk.carrier().has_forgotten());
  CHECK_FALSE(there.device().token_hash.has_value());
}

TEST_CASE("a daemon that finds its store withdrawn ends what the one before it had begun") {
  Leaving there;
  REQUIRE(keep_token(there.kiosk.config().tokens, "north-1", "north-1.next", ""));
  std::ofstream(there.kiosk.folder() / "token-north-1.new") << "north-1.half\n";
  {
    // As if the power had gone during the last part.
    SQLite::Database reader((there.kiosk.folder() / "store.db").string(), SQLite::OPEN_READONLY);
    reader.exec("BEGIN");
    (void)reader.execAndGet("SELECT count(*) FROM setting").getInt();
    CHECK_FALSE(there.kiosk.store().wipe(Withdrawal::ordered).has_value());
    CHECK(there.is_withdrawn());
    CHECK(std::filesystem::exists(there.kiosk.renewed()));
    CHECK_FALSE(end_withdrawal(there.kiosk.store(), there.kiosk.config()).has_value());
    CHECK_FALSE(std::filesystem::exists(there.kiosk.renewed()));
  }
  CHECK(end_withdrawal(there.kiosk.store(), there.kiosk.config()).has_value());
  CHECK_FALSE(std::filesystem::exists(there.kiosk.folder() / "token-north-1.new"));
  CHECK(end_withdrawal(there.kiosk.store(), there.kiosk.config()).has_value());
}

TEST_CASE("whoever watches the daemon is told before the store's file is written anew") {
  Leaving there;
  REQUIRE(there.hub.store().put_attendee(hub::attendee_of("REG-771940")));
  there.kiosk.write(RowKind::admitted, "REG-771940");
  there.kiosk.settle();
  int told = 0;
  there.kiosk.carrier().before_long_work([&] { ++told; });
  SECTION("as all is to be forgotten") {
    there.order();
    there.kiosk.settle_for_good();
    CHECK(told == 1);
  }
  SECTION("at rest, behind an erasure") {
    for (int i = 0; i < 20; ++i) {
      there.kiosk.pass(1min);
      there.kiosk.settle();
    }
    CHECK(told == 0);
    REQUIRE(hub::erase_person(there.hub.store(), "REG-771940", there.hub.now, there.hub.random()));
    for (int i = 0; i < 20; ++i) {
      there.kiosk.pass(1min);
      there.kiosk.settle();
    }
    CHECK(told == 1);
    CHECK_FALSE(there.kiosk.store().has_traces().value());
  }
}

TEST_CASE("a venue's hub that says it has forgotten all keeps its token: it has kiosks to speak for") {
  HubFixture hub;
  const std::string code = hub.new_code_for("expo");
  REQUIRE(hub.store().mark_as_hub("expo"));
  EnrolRequest request{code, {}, "test", true};
  const std::string token =
      parse_enrol_answer(hub.post("/v1/enrol", "", to_body(request)).body).value().token;
  Heartbeat beat{"test", 0, 0, 0, 0, hub.now};
  beat.forgotten = true;
  CHECK(hub.post("/v1/heartbeat", token, to_body(beat)).status == 200);
  CHECK(hub.get("/v1/roster", {}, token).status == 200);
}

}  // namespace
}  // namespace lanyard::sync
