// The token by which a kiosk speaks to its hub is renewed, and no answer lost shuts it out.
#include <sys/stat.h>

#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

TEST_CASE(
    "a token that has served for a week is renewed, and the old one dies with the new one's first use") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  const std::string first = read_token(kiosk.config().tokens.enrolled).value();
  CHECK_FALSE(std::filesystem::exists(kiosk.renewed()));
  kiosk.pass(hub::kTokenLife);
  kiosk.settle();
  const std::string second = read_token(kiosk.renewed()).value();
  CHECK(second != first);
  kiosk.write(RowKind::admitted, "A1");
  kiosk.settle();
  CHECK(hub.get("/v1/roster", {}, second).status == 200);
  CHECK(hub.get("/v1/roster", {}, first).status == 401);
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
  struct stat status {};
  REQUIRE(::stat(kiosk.renewed().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
}

TEST_CASE("an answer with a new token that is lost shuts nobody out") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.pass(hub::kTokenLife);
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/token")) return std::nullopt;
    (void)hub.post("/v1/token", request.bearer, "");  // it arrives, and the answer does not
    return HttpAnswer{502, "text/html", "", {}, {}};
  };
  kiosk.settle();
  CHECK_FALSE(std::filesystem::exists(kiosk.renewed()));
  kiosk.lie = nullptr;
  kiosk.write(RowKind::admitted, "A1");
  kiosk.pass(60s);
  kiosk.settle();
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
  CHECK(std::filesystem::exists(kiosk.renewed()));
}

TEST_CASE("a hub restored from before a token's renewal knows the kiosk by the one before") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  for (int renewal = 0; renewal < 2; ++renewal) {
    kiosk.pass(hub::kTokenLife);
    kiosk.settle();
    kiosk.beat();  // with the new one
  }
  const auto tokens = read_tokens(kiosk.config().tokens, "north-1").value();
  REQUIRE(tokens.size() == 3);  // the third, the second, and the enrolled one
  REQUIRE(hub.store().offer_token("north-1", hub::hash_token(tokens[1])));
  REQUIRE(hub.store().take_token("north-1", hub::hash_token(tokens[1]), hub.now));
  kiosk.restart();
  kiosk.write(RowKind::admitted, "A1");
  kiosk.settle();
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
  CHECK(kiosk.carrier().standing() == "online");
}

TEST_CASE("the token of an earlier identity is never another kiosk's") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  const TokenFiles files = kiosk.config().tokens;
  REQUIRE(keep_token(files, "north-1", "north-1.new", ""));
  CHECK(read_tokens(files, "north-1").value().front() == "north-1.new");
  CHECK(read_tokens(files, "south-2").value().size() == 1);
  CHECK(read_tokens(files, "south-2").value().front() != "north-1.new");
}

}  // namespace
}  // namespace lanyard::sync
