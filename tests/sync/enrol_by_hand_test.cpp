// Enrolment by a person at the machine: the store knows its hub, whatever comes in between.
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

constexpr std::array<std::uint8_t, 32> kSeed{7};

EnrolmentCode code_at(const std::string& hub, const std::string& code) {
  return {hub, code, "sha256//pin-of-" + hub};
}

TEST_CASE("a kiosk knows its hub before that knows the kiosk, so that no kill in between leaves it without") {
  HubFixture hub;
  Kiosk kiosk(hub);
  std::string known_then;
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.url.ends_with("/v1/enrol")) known_then = kiosk.store().hub().value().url;
    return std::nullopt;
  };
  const auto code = code_at("https://hub", hub.new_code_for("north-1"));
  REQUIRE(enrol_by_hand(kiosk.store(), kiosk.config(), code, false, kSeed, kiosk.transport()).has_value());
  CHECK(known_then == "https://hub");
  CHECK(kiosk.store().hub().value().pin == code.pin);
}

TEST_CASE("a code that another hub does not know takes nobody's hub away") {
  HubFixture hub;
  Kiosk kiosk(hub);
  const auto right = code_at("https://hub", hub.new_code_for("north-1"));
  REQUIRE(enrol_by_hand(kiosk.store(), kiosk.config(), right, false, kSeed, kiosk.transport()).has_value());
  const bool anew = GENERATE(true, false);
  const auto wrong = code_at("https://elsewhere", "AAAA-AAAA");
  CHECK_FALSE(
      enrol_by_hand(kiosk.store(), kiosk.config(), wrong, anew, kSeed, kiosk.transport()).has_value());
  CHECK(kiosk.store().hub().value().url == "https://hub");
  CHECK(kiosk.store().hub().value().pin == right.pin);
}

TEST_CASE("a kiosk that was told a wrong hub first enrols at the right one") {
  HubFixture hub;
  Kiosk kiosk(hub);
  CHECK_FALSE(enrol_by_hand(kiosk.store(), kiosk.config(), code_at("https://elsewhere", "AAAA-AAAA"), false,
                            kSeed, kiosk.transport())
                  .has_value());
  const auto right = code_at("https://hub", hub.new_code_for("north-1"));
  REQUIRE(enrol_by_hand(kiosk.store(), kiosk.config(), right, false, kSeed, kiosk.transport()).has_value());
  CHECK(kiosk.store().hub().value().url == "https://hub");
}

}  // namespace
}  // namespace lanyard::sync
