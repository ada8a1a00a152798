// The token by which a venue's hub speaks to its centre is renewed, and no crash loses the line.
#include "tests/sync/venue_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

int status_with(HubFixture& centre, const std::string& token) {
  return centre.get("/v1/roster", {}, token).status;
}

// With a row that has to go up: whether the line is there.
void check_line(HubFixture& centre, Venue& expo, const std::string& kiosk, RowWriter& writer) {
  const JournalRow row = writer.write(RowKind::refused, "", centre.now);
  (void)expo.upload(kiosk, {row});
  expo.settle();
  CHECK(expo.carrier().standing() == "online");
  CHECK(centre.store().chain_end(row.device).value().seq == row.seq);
  // And the follower's lane.
  CHECK(expo.store().uplink().value()->feed == centre.store().feed_head().value());
}

// The carrier's lane for some minutes, whatever comes of it.
void go_on(Venue& expo) {
  for (int i = 0; i < 300; ++i) {
    (void)expo.carrier().step();
    expo.steady += 1s;
  }
}

TEST_CASE("the uplink's token is renewed after a week, and the old one dies with the new one's first use") {
  HubFixture centre;
  Venue expo(centre, "expo");
  const std::string kiosk = expo.enrol("desk-1");
  RowWriter writer("expo.desk-1");
  check_line(centre, expo, kiosk, writer);
  const std::string first = expo.token();
  centre.now += kTokenLife;
  expo.settle();
  const std::string second = expo.token();
  CHECK(second != first);
  CHECK(expo.store().uplink().value()->token_before == first);
  check_line(centre, expo, kiosk, writer);
  CHECK(status_with(centre, first) == 401);
  CHECK(status_with(centre, second) == 200);
  expo.settle();
  CHECK(expo.token() == second);  // and no sooner than in another week
}

TEST_CASE("a venue's hub that dies at any point of a renewal keeps its line, as does one that lives on") {
  const bool dies = GENERATE(true, false);
  HubFixture centre;
  Venue expo(centre, "expo");
  const std::string kiosk = expo.enrol("desk-1");
  RowWriter writer("expo.desk-1");
  check_line(centre, expo, kiosk, writer);
  const std::string first = expo.token();
  centre.now += kTokenLife;

  SECTION("the question never arrives") {
    expo.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
      if (!request.url.ends_with("/v1/token")) return std::nullopt;
      return HttpAnswer{502, "text/html", "", {}, {}};
    };
    go_on(expo);
    CHECK(expo.token() == first);
  }
  SECTION("the centre has given another, several times, and it is dead before that is stored") {
    int given = 0;  // of the fixture's random bytes the ninth token would be the first again
    expo.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
      if (!request.url.ends_with("/v1/token")) return std::nullopt;
      if (++given <= 3) CHECK(centre.post("/v1/token", request.bearer, "").status == 200);
      return HttpAnswer{502, "text/html", "", {}, {}};
    };
    go_on(expo);
    CHECK(expo.token() == first);
  }
  SECTION("it is stored, and dead before it is used") {
    bool renewed = false;
    expo.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
      renewed = renewed || request.url.ends_with("/v1/token");
      return std::nullopt;
    };
    expo.steady += 2min;
    for (int i = 0; i < 50 && !renewed; ++i) (void)expo.carrier().step();
    REQUIRE(renewed);
    CHECK(expo.token() != first);
    CHECK(status_with(centre, first) == 200);
  }
  SECTION("it is used, and the answer to that is lost") {
    bool renewed = false;
    expo.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
      if (renewed) {
        CHECK(status_with(centre, request.bearer) == 200);
        return HttpAnswer{502, "text/html", "", {}, {}};
      }
      renewed = request.url.ends_with("/v1/token");
      return std::nullopt;
    };
    go_on(expo);
    REQUIRE(renewed);
    CHECK(expo.token() != first);
  }
  expo.lie = nullptr;
  if (dies) expo.restart();
  check_line(centre, expo, kiosk, writer);
  expo.settle();
  CHECK(expo.token() != first);
  CHECK(status_with(centre, first) == 401);
  check_line(centre, expo, kiosk, writer);
}

TEST_CASE("a token that cannot be stored, or is none, is not used") {
  HubFixture centre;
  Venue expo(centre, "expo");
  const std::string kiosk = expo.enrol("desk-1");
  RowWriter writer("expo.desk-1");
  check_line(centre, expo, kiosk, writer);
  const std::string first = expo.token();
  centre.now += kTokenLife;
  const bool is_none = GENERATE(true, false);
  bool asked = false;
  expo.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (asked || !request.url.ends_with("/v1/token")) return std::nullopt;
    asked = true;
    if (is_none) return HttpAnswer{200, "application/json", R"({"token":""})", {}, {}};
    expo.place().alter("ALTER TABLE uplink RENAME COLUMN token_before TO away");
    return std::nullopt;
  };
  expo.steady += 2min;
  for (int i = 0; i < 50 && !asked; ++i) (void)expo.carrier().step();
  REQUIRE(asked);
  CHECK(expo.carrier().standing() != "online");
  if (!is_none) expo.place().alter("ALTER TABLE uplink RENAME COLUMN away TO token_before");
  CHECK(expo.token() == first);
  expo.steady += 1min;
  check_line(centre, expo, kiosk, writer);
  CHECK(status_with(centre, expo.token()) == 200);
}

TEST_CASE("a centre restored from before a renewal knows the venue by the token before, and gives another") {
  HubFixture centre;
  Venue expo(centre, "expo");
  const std::string kiosk = expo.enrol("desk-1");
  RowWriter writer("expo.desk-1");
  const std::string first = expo.token();
  centre.now += kTokenLife;
  check_line(centre, expo, kiosk, writer);
  const std::string second = expo.token();
  REQUIRE(second != first);
  REQUIRE(centre.store().offer_token("expo", hash_token(first)));
  REQUIRE(centre.store().take_token("expo", hash_token(first), centre.now));
  if (GENERATE(true, false)) expo.restart();
  check_line(centre, expo, kiosk, writer);
  CHECK(status_with(centre, second) == 401);
  // The next renewal keeps the one that was good, and not the one that nobody knows.
  centre.now += kTokenLife;
  expo.settle();
  CHECK(expo.token() != second);
  CHECK(expo.store().uplink().value()->token_before == first);
  check_line(centre, expo, kiosk, writer);
}

TEST_CASE("a hub that joins anew keeps the token before, until the new one has been used") {
  HubFixture centre;
  Venue expo(centre, "expo");
  const std::string first = expo.token();
  const auto make = [&](const std::string& event) { return expo.place().open(event); };
  REQUIRE(join({"http://hub", expo.new_code_for_hub(), ""}, &expo.store(), make, expo.transport(),
               expo.random(), centre.now));
  CHECK(expo.token() != first);
  CHECK(expo.store().uplink().value()->token_before == first);
  CHECK(status_with(centre, first) == 200);
  expo.settle();
  CHECK(status_with(centre, first) == 401);
}

}  // namespace
}  // namespace lanyard::sync::hub
