// The token by which a venue's hub speaks to its centre is renewed, and no crash loses the line.
#include "tests/sync/venue_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

// What a proxy says that does not reach the centre.
const HttpAnswer kNoAnswer{502, "text/html", "", {}, {}};

class VenueToken : public VenueFixture {
 protected:
  int status_with(const std::string& token) { return centre.get("/v1/roster", {}, token).status; }

  // With a row that has to go up: whether the line is there.
  void check_line() {
    const JournalRow row = writer.write(RowKind::refused, "", centre.now);
    (void)expo.upload(kiosk, {row});
    expo.settle();
    CHECK(expo.carrier().standing() == "online");
    CHECK(centre.store().chain_end(row.device).value().seq == row.seq);
    // And the follower's lane.
    CHECK(expo.store().uplink().value()->feed == centre.store().feed_head().value());
  }

  // The carrier's lane for some minutes, whatever comes of it.
  void go_on() {
    for (int i = 0; i < 300; ++i) {
      (void)expo.carrier().step();
      expo.steady += 1s;
    }
  }
  // The same, no further than it takes for this to happen.
  void step_until(const bool& happened) {
    expo.steady += 2min;
    for (int i = 0; i < 50 && !happened; ++i) (void)expo.carrier().step();
    REQUIRE(happened);
  }
};

TEST_CASE_METHOD(
    VenueToken,
    "the uplink's token is renewed after a week, and the old one dies with the new one's first use") {
  check_line();
  const std::string first = expo.token();
  centre.now += kTokenLife;
  expo.settle();
  const std::string second = expo.token();
  CHECK(second != first);
  CHECK(expo.store().uplink().value()->token_before == first);
  check_line();
  CHECK(status_with(first) == 401);
  CHECK(status_with(second) == 200);
  expo.settle();
  CHECK(expo.token() == second);  // and no sooner than in another week
}

TEST_CASE_METHOD(
    VenueToken,
    "a venue's hub that dies at any point of a renewal keeps its line, as does one that lives on") {
  const bool dies = GENERATE(true, false);
  check_line();
  const std::string first = expo.token();
  centre.now += kTokenLife;

  SECTION("the question never arrives") {
    expo.lie_at("/v1/token", [](const HttpRequest&) { return kNoAnswer; });
    go_on();
    CHECK(expo.token() == first);
  }
  SECTION("the centre has given another, several times, and it is dead before that is stored") {
    int given = 0;  // of the fixture's random bytes the ninth token would be the first again
    expo.lie_at("/v1/token", [&](const HttpRequest& request) {
      if (++given <= 3) CHECK(centre.post("/v1/token", request.bearer, "").status == 200);
      return kNoAnswer;
    });
    go_on();
    CHECK(expo.token() == first);
  }
  SECTION("it is stored, and dead before it is used") {
    bool renewed = false;
    expo.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
      renewed = renewed || request.url.ends_with("/v1/token");
      return std::nullopt;
    };
    step_until(renewed);
    CHECK(expo.token() != first);
    CHECK(status_with(first) == 200);
  }
  SECTION("it is used, and the answer to that is lost") {
    bool renewed = false;
    expo.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
      if (renewed) {
        CHECK(status_with(request.bearer) == 200);
        return kNoAnswer;
      }
      renewed = request.url.ends_with("/v1/token");
      return std::nullopt;
    };
    go_on();
    REQUIRE(renewed);
    CHECK(expo.token() != first);
  }
  expo.lie = nullptr;
  if (dies) expo.restart();
  check_line();
  expo.settle();
  CHECK(expo.token() != first);
  CHECK(status_with(first) == 401);
  check_line();
}

TEST_CASE_METHOD(VenueToken, "a token that cannot be stored, or is none, is not used") {
  check_line();
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
  step_until(asked);
  CHECK(expo.carrier().standing() != "online");
  if (!is_none) expo.place().alter("ALTER TABLE uplink RENAME COLUMN away TO token_before");
  CHECK(expo.token() == first);
  expo.steady += 1min;
  check_line();
  CHECK(status_with(expo.token()) == 200);
}

TEST_CASE_METHOD(
    VenueToken,
    "a centre restored from before a renewal knows the venue by the token before, and gives another") {
  const std::string first = expo.token();
  centre.now += kTokenLife;
  check_line();
  const std::string second = expo.token();
  REQUIRE(second != first);
  REQUIRE(centre.store().offer_token("expo", hash_token(first)));
  REQUIRE(centre.store().take_token("expo", hash_token(first), centre.now));
  if (GENERATE(true, false)) expo.restart();
  check_line();
  CHECK(status_with(second) == 401);
  // The next renewal keeps the one that was good, and not the one that nobody knows.
  centre.now += kTokenLife;
  expo.settle();
  CHECK(expo.token() != second);
  CHECK(expo.store().uplink().value()->token_before == first);
  check_line();
}

TEST_CASE_METHOD(VenueToken,
                 "a hub that joins anew keeps the token before, until the new one has been used") {
  const std::string first = expo.token();
  REQUIRE(expo.join_by(expo.new_code_for_hub()));
  CHECK(expo.token() != first);
  CHECK(expo.store().uplink().value()->token_before == first);
  CHECK(status_with(first) == 200);
  expo.settle();
  CHECK(status_with(first) == 401);
}

}  // namespace
}  // namespace lanyard::sync::hub
