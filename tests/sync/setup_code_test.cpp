#include "sync/setup_code.hpp"

#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

constexpr const char* kSetUpPin = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
constexpr const char* kSetUpHash =
    "$argon2id$v=19$m=32768,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";

SetupCode whole_code() {
  SetupCode code;
  code.enrolment = {"https://192.0.2.7:8443", "K7QF-2M9D", kSetUpPin};
  code.language = "fr";
  code.panel_mm = 546;
  code.lower_edge_mm = 760;
  code.turned = 270;
  code.printer = "ipp://192.0.2.8/ipp/print";
  code.staff = "front-desk";
  code.pin_hash = kSetUpHash;
  code.network = {"Forum Guest 100%",           "a \"word\" of 8", "192.0.2.20/24", "192.0.2.1",
                  {"192.0.2.1", "2001:db8::1"}, "ntp.example"};
  code.gate = {"label:mcp2221_gpio", 0, 1, 2, 3, true, 3000};
  return code;
}

TEST_CASE("a set-up code says all that a new kiosk has to be told, in one line") {
  const std::string text = to_text(whole_code());
  CHECK(text.find('\n') == std::string::npos);
  CHECK(text.find("wifi=Forum%20Guest%20100%25") != std::string::npos);
  CHECK(is_setup_code(text));
  CHECK(parse_setup_code(text).value() == whole_code());
}

TEST_CASE("an enrolment code alone is a set-up code, and so is one on several lines of a file") {
  SetupCode bare;
  bare.enrolment = {"https://hub", "K7QF", ""};
  CHECK(parse_setup_code("lanyard-enrol:K7QF@https://hub").value() == bare);
  bare.language = "ar";
  CHECK(parse_setup_code("  lanyard-enrol:K7QF@https://hub\r\nlanguage=ar\r\n").value() == bare);
}

TEST_CASE("a set-up code that cannot be followed in full is refused by the word that is wrong") {
  const std::string good = "lanyard-enrol:K7QF@https://hub ";
  for (const char* words : {"language=",
                            "language=../../etc",
                            "panel-mm=12",
                            "panel-mm=many",
                            "panel-mm=546x",
                            "lower-edge-mm=9999",
                            "turned=45",
                            "turned=360",
                            "printer=ipp://x\"%0Astore=1",
                            "printer=%22",
                            "printer=a%5C",
                            "wifi=",
                            "wifi=123456789012345678901234567890123",
                            "wifi=a%0Ab",
                            "wifi=a wifi-password=short",
                            "wifi-password=longenough",
                            "address=192.0.2.20",
                            "address=192.0.2.20/33",
                            "address=x/24",
                            "gateway=192.0.2.1",
                            "dns=192.0.2.1,",
                            "dns=1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1",
                            "time=a%20b",
                            "time=",
                            "gate=label:a",
                            "gate=a gate-stop=1",
                            "gate=label: gate-stop=1",
                            "gate=/dev/gpiochip0%22 gate-stop=1",
                            "gate-stop=1",
                            "gate-active-low=yes",
                            "gate=label:a gate-stop=1 gate-active-low=no",
                            "gate=label:a gate-stop=1024",
                            "gate=label:a gate-stop=-1",
                            "gate=label:a gate-stop=1 gate-ready=1",
                            "gate=label:a gate-stop=1 gate-pulse-ms=500",
                            "gate=label:a gate-turnstile=1 gate-pulse-ms=10001",
                            "staff=front-desk",
                            "pin-hash=1234",
                            "staff=a pin-hash=1234",
                            "language=fr language=ar",
                            "unheard-of=1",
                            "language",
                            "language=%4",
                            "language=%GG",
                            "=",
                            "language=f%00r"}) {
    INFO(words);
    const auto parsed = parse_setup_code(good + words);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().kind == Error::Kind::invalid);
  }
  CHECK_FALSE(parse_setup_code("L1:ABC"));
  CHECK_FALSE(parse_setup_code(""));
  CHECK_FALSE(parse_setup_code(good + std::string(3000, ' ')));
}

TEST_CASE("a gate is a chip and at least one of its lines, the first of which is 0") {
  const auto parsed = parse_setup_code("lanyard-enrol:K7QF@https://hub gate=/dev/gpiochip0 gate-turnstile=0");
  REQUIRE(parsed.has_value());
  SetupCode::Gate gate;
  gate.chip = "/dev/gpiochip0";
  gate.turnstile = 0;
  CHECK(parsed->gate == gate);
}

TEST_CASE("what is said of a set-up code that is refused holds nothing of a password") {
  const auto parsed = parse_setup_code("lanyard-enrol:K7QF@https://hub wifi=a wifi-password=s3cret%0A");
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().message.find("s3cret") == std::string::npos);
  CHECK(parsed.error().message.find("wifi-password") != std::string::npos);
}

}  // namespace
}  // namespace lanyard::sync
