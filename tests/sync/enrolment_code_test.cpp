#include "sync/enrolment_code.hpp"

#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

constexpr const char* kPin = "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

TEST_CASE("an enrolment code says where the hub is, which key it has, and the code") {
  const EnrolmentCode whole{"https://192.0.2.7:8443", "K7QF-2M9D", kPin};
  CHECK(to_text(whole) == std::string("lanyard-enrol:K7QF-2M9D@https://192.0.2.7:8443#") + kPin);
  CHECK(parse_enrolment_code(to_text(whole)).value() == whole);
  const EnrolmentCode bare{"http://[::1]:8080/lanyard", "K7QF-2M9D", ""};
  CHECK(parse_enrolment_code(to_text(bare)).value() == bare);
  CHECK(parse_enrolment_code("lanyard-enrol:k7qf2m9d@https://hub/").value().hub == "https://hub");
}

TEST_CASE("what is no enrolment code is refused in words, whatever it is") {
  const std::string good = to_text({"https://hub", "K7QF-2M9D", kPin});
  for (const std::string& text :
       {std::string(), std::string("L1:ABC"), std::string("https://hub"), std::string("lanyard-enrol:"),
        std::string("lanyard-enrol:K7QF-2M9D"), std::string("lanyard-enrol:@https://hub"),
        std::string("lanyard-enrol:K7 QF@https://hub"), std::string("lanyard-enrol:K7QF@ftp://hub"),
        std::string("lanyard-enrol:K7QF@https://user:word@hub"), std::string("lanyard-enrol:K7QF@https://"),
        std::string("lanyard-enrol:K7QF@http://hub#") + kPin, std::string("lanyard-enrol:K7QF@https://hub#"),
        std::string("lanyard-enrol:K7QF@https://hub#sha256//AAAA"),
        std::string("lanyard-enrol:K7QF@https://hub#md5//AAAA"), good + "x", good + "\n",
        std::string(10'000, 'a'), "lanyard-enrol:" + std::string(100, 'A') + "@https://hub"}) {
    INFO(text);
    const auto parsed = parse_enrolment_code(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().kind == Error::Kind::invalid);
  }
}

}  // namespace
}  // namespace lanyard::sync
