// The carrier's lane against a hub in the same process: what is carried, and what happens when nothing goes
// right.
#include <algorithm>

#include "sync/hub/keys.hpp"
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

TEST_CASE("a fresh kiosk gets the roster, sends its rows and beats, then rests") {
  HubFixture hub;
  for (int i = 0; i < 30; ++i) REQUIRE(hub.store().put_attendee(hub::attendee_of("A" + std::to_string(i))));
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.write(RowKind::admitted, "A1");
  kiosk.settle();
  CHECK(kiosk.store().attendee_count().value() == 30);
  CHECK(kiosk.store().event().value().value().id == "forum-2026");
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
  CHECK(rows_at_hub(hub, "north-1") == 1);
  CHECK(hub.store().device("north-1").value()->last_contact.has_value());
  CHECK(kiosk.carrier().standing() == "online");
}

TEST_CASE("a new row is news, and goes before anything is due") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  CHECK_FALSE(kiosk.carrier().has_news());
  kiosk.write(RowKind::admitted, "A1");
  CHECK(kiosk.carrier().has_news());
  kiosk.settle();
  CHECK(rows_at_hub(hub, "north-1") == 1);
}

TEST_CASE("a hub that is away costs nothing but time") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.cut = true;
  for (int i = 0; i < 1200; ++i) kiosk.write(RowKind::admitted, "A" + std::to_string(i));
  kiosk.requests = 0;
  for (int i = 0; i < 600; ++i) {
    kiosk.settle();
    kiosk.pass(100ms);
  }
  CHECK(kiosk.requests < 30);  // a minute of back-off, not a hammer
  CHECK(kiosk.carrier().standing().find("cannot be reached") != std::string::npos);
  CHECK(kiosk.store().unsent_count().value().unsent == 1200);
  kiosk.cut = false;
  kiosk.pass(1min);
  kiosk.settle();
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
  CHECK(rows_at_hub(hub, "north-1") == 1200);
}

TEST_CASE("rows too large for one body go in several, and none of them is more than the hub takes") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  const std::string largest(kMaxBasisBytes, '"');  // written with a backslash each
  std::size_t rows = 0;
  for (std::size_t bytes = 0; bytes <= kMaxBodyBytes; bytes += 2 * kMaxBasisBytes, ++rows)
    kiosk.write(RowKind::refused, "", largest);
  REQUIRE(rows < kMaxBatchRows);
  std::size_t most = 0;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    most = std::max(most, request.body.size());
    return std::nullopt;
  };
  kiosk.settle();
  CHECK(most <= kMaxBodyBytes);
  CHECK(rows_at_hub(hub, "north-1") == rows);
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
  CHECK(kiosk.store().unsent_count().value().rejected == 0);
}

TEST_CASE("a line that is too slow for a large body carries all rows and the roster in small ones") {
  HubFixture hub;
  constexpr std::size_t kPeople = 400;
  REQUIRE(hub.store().transact([&]() -> Expected<void> {
    for (std::size_t i = 0; i < kPeople; ++i) {
      if (auto put = hub.store().put_attendee(hub::attendee_of("A" + std::to_string(i))); !put) return put;
    }
    return {};
  }));
  Kiosk north(hub);
  Kiosk south(hub, "south-2");
  for (Kiosk* kiosk : {&north, &south}) {
    kiosk->enrol();
    kiosk->bytes_per_ms = 2;
  }
  constexpr std::size_t kRows = 1200;
  for (std::size_t i = 0; i < kRows; ++i) north.write(RowKind::admitted, "A" + std::to_string(i));
  for (int i = 0; i < 40; ++i) {
    for (Kiosk* kiosk : {&north, &south}) kiosk->settle();
    north.pass(10s);
    south.steady += 10s;
  }
  CHECK(rows_at_hub(hub, "north-1") == kRows);
  CHECK(south.store().row_count().value() == kRows);
  for (Kiosk* kiosk : {&north, &south}) CHECK(kiosk->store().attendee_count().value() == kPeople);
  // And in large ones again, when it has become better.
  for (Kiosk* kiosk : {&north, &south}) kiosk->bytes_per_ms = 1'000'000;
  for (std::size_t i = 0; i < kRows; ++i) north.write(RowKind::admitted, "B" + std::to_string(i));
  for (Kiosk* kiosk : {&north, &south}) {
    kiosk->requests = 0;
    kiosk->settle();
    CHECK(kiosk->requests < 20);
  }
  CHECK(south.store().row_count().value() == 2 * kRows);
}

TEST_CASE("an answer that is lost makes no row twice") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.write(RowKind::admitted, "A1");
  kiosk.lose_answer = true;
  for (int i = 0; i < 5; ++i) {
    kiosk.settle();
    kiosk.pass(30s);
  }
  CHECK(kiosk.store().unsent_count().value().unsent == 1);
  kiosk.lose_answer = false;
  kiosk.pass(30s);
  kiosk.settle();
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
  CHECK(rows_at_hub(hub, "north-1") == 1);
  CHECK(hub.alerts().empty());
}

TEST_CASE("a kiosk whose token nobody knows keeps its rows and asks slowly") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.write(RowKind::admitted, "A1");
  kiosk.lie = [](const HttpRequest&) {
    return HttpAnswer{
        401, "application/problem+json", R"({"status":401,"detail":"this token is not valid"})", {}, {}};
  };
  kiosk.requests = 0;
  for (int i = 0; i < 100; ++i) {
    kiosk.settle();
    kiosk.pass(1s);
  }
  CHECK(kiosk.requests <= 2 * 2);  // of each lane
  CHECK(kiosk.carrier().standing().find("does not accept our token") != std::string::npos);
  CHECK(kiosk.store().unsent_count().value().unsent == 1);
  CHECK(kiosk.store().unsent_count().value().rejected == 0);
  CHECK(kiosk.store().identity().value().has_value());
}

TEST_CASE("answers that are no answers are backed off from, and change nothing") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.write(RowKind::admitted, "A1");
  for (const char* body :
       {"", "{", "[]", "{\"answers\":[]}", "{\"answers\":[],\"known_to\":0}",
        "{\"answers\":[{\"seq\":1,\"kind\":\"maybe\"}],\"known_to\":1}",
        "{\"answers\":[{\"seq\":1,\"kind\":\"rejected\",\"why\":\"gap after 0\"}],\"known_to\":0}",
        "<html>captive portal</html>"}) {
    INFO(body);
    kiosk.lie = [&](const HttpRequest&) { return HttpAnswer{200, "application/json", body, {}, {}}; };
    kiosk.pass(31s);
    kiosk.settle();
    CHECK(kiosk.carrier().back_off().failures > 0);
    CHECK(kiosk.store().unsent_count().value().unsent == 1);
  }
  // A proxy that refuses everything is not the hub's verdict on a row.
  for (const int status : {301, 400, 403, 404, 413, 500, 503}) {
    INFO(status);
    kiosk.lie = [&](const HttpRequest&) { return HttpAnswer{status, "text/html", "no", {}, {}}; };
    kiosk.pass(31s);
    kiosk.settle();
    CHECK(kiosk.store().unsent_count().value().unsent == 1);
  }
  kiosk.lie = nullptr;
  kiosk.pass(31s);
  kiosk.settle();
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
}

TEST_CASE("one row that the hub cannot read is found, kept and counted, and the roster goes on") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  for (int i = 0; i < 40; ++i) kiosk.write(RowKind::admitted, "A" + std::to_string(i));
  // The last row makes every body that holds it unreadable.
  kiosk.lie = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.body.find("\"A39\"") == std::string::npos) return std::nullopt;
    return HttpAnswer{
        400, "application/problem+json", to_body(Problem{400, "Bad Request", "unreadable"}), {}, {}};
  };
  for (int i = 0; i < 40; ++i) {
    kiosk.settle();
    kiosk.pass(5s);
  }
  CHECK(rows_at_hub(hub, "north-1") == 39);
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
  CHECK(kiosk.store().unsent_count().value().rejected == 1);
  REQUIRE(hub.store().put_attendee(hub::attendee_of("A77")));
  kiosk.pass(30s);
  kiosk.settle();
  CHECK(kiosk.store().attendee("A77").value().has_value());
}

TEST_CASE("a hub restored from a backup gets again what it had acknowledged") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  for (int i = 0; i < 5; ++i) kiosk.write(RowKind::admitted, "A" + std::to_string(i));
  kiosk.settle();
  REQUIRE(rows_at_hub(hub, "north-1") == 5);
  hub.place().forget_rows_after(2);
  SECTION("noticed by a new row") {
    kiosk.write(RowKind::admitted, "A9");
  }
  SECTION("noticed by the heartbeat") {}
  kiosk.pass(20s);
  kiosk.settle();
  CHECK(rows_at_hub(hub, "north-1") == kiosk.store().row_count().value());
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
  CHECK(kiosk.store().unsent_count().value().rejected == 0);
}

TEST_CASE("a hub restored from a backup brings no revoked key back, and passes with its next change") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  const KeyRing before = kiosk.store().keys().value();
  // As if the backup were older than a revocation.
  REQUIRE(hub.store().change_ring({{}, {{PublicKey{}, "stolen", KeyKind::lanyard}}, {}}, hub.now));
  hub.place().alter("UPDATE hub SET epoch = 'restored', keys_version = keys_version - 100");
  kiosk.pass(40s);
  kiosk.settle();
  CHECK(kiosk.store().standing().value().epoch == "restored");
  CHECK(kiosk.store().keys().value() == before);
  REQUIRE(hub.store().revoke("stolen", true, hub.now));
  const auto next = hub::add_next_key(hub.store(), hub.random(), hub.now);
  REQUIRE(next.has_value());
  kiosk.pass(40s);
  kiosk.settle();
  const KeyRing after = kiosk.store().keys().value();
  CHECK(after.size() == before.size() + 1);
  CHECK(std::ranges::count(after, *next, &IssuerKey::key) == 1);
}

TEST_CASE("the difference of the clocks is known after a heartbeat") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.skew = -5min;
  kiosk.enrol();
  kiosk.settle();
  CHECK(kiosk.store().standing().value().clock.value().offset_ms == 300'000);
}

TEST_CASE("a clock that is stepped while the hub is away changes neither the time of a row nor its place") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.skew = 2h;
  kiosk.enrol();
  kiosk.settle();
  kiosk.cut = true;
  kiosk.skew = 0h;
  kiosk.pass(10min);
  const JournalRow row = kiosk.write(RowKind::admitted, "A1");
  CHECK(row.wall + std::chrono::milliseconds(row.offset_ms.value()) == hub.now);
  CHECK(row.hlc.wall_ms == hub.now.time_since_epoch().count());
}

TEST_CASE(
    "a credential that the hub took away opens no door, even if its attendee came back between two pulls") {
  HubFixture hub;
  REQUIRE(hub.store().put_attendee(hub::attendee_of("A1")));
  REQUIRE(hub.store().put_credential({Fingerprint{1}, "A1", 1}));
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  REQUIRE(kiosk.store().credential({1}).value().has_value());
  REQUIRE(hub.store().remove_attendee("A1"));
  REQUIRE(hub.store().put_attendee(hub::attendee_of("A1")));
  kiosk.pass(10s);
  kiosk.settle();
  CHECK(kiosk.store().attendee("A1").value().has_value());
  CHECK_FALSE(kiosk.store().credential({1}).value().has_value());
}

TEST_CASE("a roster is taken over in small pages, since badges wait meanwhile") {
  HubFixture hub;
  constexpr std::size_t kPeople = 3 * kRosterPageAsked - 1;
  REQUIRE(hub.store().transact([&]() -> Expected<void> {
    for (std::size_t i = 0; i < kPeople; ++i) {
      if (auto put = hub.store().put_attendee(hub::attendee_of("A" + std::to_string(i))); !put) return put;
    }
    return {};
  }));
  Kiosk kiosk(hub);
  kiosk.enrol();
  int pages = 0;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.url.find("/v1/roster") != std::string::npos) ++pages;
    return std::nullopt;
  };
  kiosk.settle();
  CHECK(pages == 3);
  CHECK(kiosk.store().attendee_count().value() == kPeople);
}

TEST_CASE("a roster that never comes to an end is backed off from, and holds up no rows") {
  int asked = 0;
  const std::string one = R"(,"attendees":[{"id":"A1","name":"Ann","category":"x","status":"approved"}]})";
  const auto begins = [](const std::string& epoch, int next) {
    return R"({"epoch":")" + epoch + R"(","from_start":true,"more":true,"next":)" + std::to_string(next);
  };
  const std::vector<std::function<std::string()>> hubs{
      [&] { return begins("e", 0) + one; }, [&] { return begins("e", 7) + one; },
      [&] { return begins("e", asked) + one; }, [&] { return begins("e" + std::to_string(asked), 7) + one; },
      [&] { return R"({"epoch":"e","from_start":false,"more":true,"next":)" + std::to_string(asked) + "}"; }};
  for (const auto& body : hubs) {
    HubFixture hub;
    Kiosk kiosk(hub);
    kiosk.enrol();
    asked = 0;
    kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
      if (request.url.find("/v1/roster") == std::string::npos) return std::nullopt;
      ++asked;
      return HttpAnswer{200, "application/json", body(), {}, {}};
    };
    kiosk.write(RowKind::refused, "");
    kiosk.settle();
    kiosk.pass(10s);
    kiosk.settle();
    CHECK(kiosk.store().unsent_count().value().unsent == 0);
    CHECK(asked < 20);
  }
}

TEST_CASE("a kiosk that was moved hears of it") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  REQUIRE(hub.store().put_device("north-1", "North", "lounge"));
  kiosk.pass(20s);
  kiosk.settle();
  CHECK(kiosk.store().identity().value()->checkpoint == "lounge");
}

TEST_CASE("a kiosk in the midst of the pages of a hub that is then restored misses nobody out") {
  HubFixture hub;
  Kiosk kiosk(hub);
  for (int i = 0; i < 400; ++i) REQUIRE(hub.store().put_attendee(hub::attendee_of("A" + std::to_string(i))));
  const std::int64_t kept = hub.store().roster_version().value();
  REQUIRE(hub.store().put_attendee(hub::attendee_of("A0")));  // behind all others, and not in the backup
  kiosk.enrol();
  int pages = 0;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.url.find("/v1/roster") == std::string::npos || ++pages == 1) return std::nullopt;
    return HttpAnswer{502, "text/html", "", {}, {}};
  };
  kiosk.settle();
  REQUIRE(kiosk.store().attendee_count().value() > 0);
  REQUIRE(kiosk.store().standing().value().roster_version < kept);
  REQUIRE_FALSE(kiosk.store().attendee("A0").value().has_value());
  hub.place().alter("UPDATE attendee SET version = " + std::to_string(kept - 399) + " WHERE id = 'A0'");
  hub.place().alter("UPDATE hub SET version = " + std::to_string(kept));
  kiosk.lie = nullptr;
  for (int i = 0; i < 2;
       ++i) {  // a roster that begins anew in the midst of another is gone on with after a pause
    kiosk.pass(10min);
    kiosk.settle();
  }
  CHECK(kiosk.store().attendee("A0").value().has_value());
  CHECK(kiosk.store().attendee_count().value() == 400);
}

}  // namespace
}  // namespace lanyard::sync
