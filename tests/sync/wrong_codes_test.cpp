// Who guesses enrolment codes is cut off, and nobody else with him.
#include <algorithm>

#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

const std::string kGuesser("\xC0\x00\x02\x01", 4);
const std::string kKiosk("\xC0\x00\x02\x02", 4);

Response enrol_from(HubFixture& hub, const std::string& peer, const std::string& code) {
  Request request{"POST", "/v1/enrol", {}, "", to_body(EnrolRequest{code, PublicKey{1}, "test"})};
  request.peer = peer;
  return handle(request, hub.store(), hub.now, hub.random());
}

void guess(HubFixture& hub, const std::string& peer, std::uint64_t times = kMaxWrongCodes) {
  for (std::uint64_t i = 0; i < times; ++i) REQUIRE(enrol_from(hub, peer, "AAAA-AAAA").status == 403);
}

TEST_CASE("guessing codes is cut off, and the right code works again a minute later") {
  HubFixture hub;
  const std::string code = hub.new_code_for("north-1");
  guess(hub, kGuesser);
  const Response busy = enrol_from(hub, kGuesser, code);
  CHECK(busy.status == 429);
  CHECK(std::ranges::find(busy.headers, "Retry-After", [](const auto& header) { return header.first; }) !=
        busy.headers.end());
  hub.now += kWrongCodeWindow + 1ms;
  CHECK(enrol_from(hub, kGuesser, code).status == 200);
}

TEST_CASE("who guesses codes shuts enrolment for nobody else") {
  HubFixture hub;
  const std::string code = hub.new_code_for("north-1");
  guess(hub, kGuesser);
  CHECK(enrol_from(hub, kGuesser, code).status == 429);
  CHECK(enrol_from(hub, kKiosk, code).status == 200);
}

TEST_CASE("so many callers that all guess codes are cut off together") {
  HubFixture hub;
  const std::string code = hub.new_code_for("north-1");
  REQUIRE(hub.store().transact([&]() -> Expected<void> {
    for (std::uint64_t i = 0; i < kMaxWrongCodesOfAll; ++i) {
      if (auto noted = hub.store().note_wrong_code(std::to_string(i), hub.now); !noted) return noted;
    }
    return {};
  }));
  CHECK(enrol_from(hub, kKiosk, code).status == 429);
  hub.now += kWrongCodeWindow + 1ms;
  CHECK(enrol_from(hub, kKiosk, code).status == 200);
}

TEST_CASE("codes that were guessed while the hub's clock was ahead shut nobody out once it is right") {
  HubFixture hub;
  const auto right = hub.now;
  hub.now += std::chrono::days(365);
  guess(hub, kGuesser);
  hub.now = right;
  const std::string code = hub.new_code_for("north-1");
  CHECK(enrol_from(hub, kGuesser, code).status == 200);
  // They are not there a year later either.
  guess(hub, kGuesser, 1);
  CHECK(hub.store().wrong_codes("c0000201", right, right + std::chrono::days(366)).value().of_all == 1);
}

}  // namespace
}  // namespace lanyard::sync::hub
