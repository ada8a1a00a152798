#include "sync/hub/http_text.hpp"

#include "tests/catch.hpp"

namespace lanyard::sync::hub {
namespace {

TEST_CASE("an address is taken apart into its path and its decoded query") {
  Request request;
  REQUIRE(read_target("/v1/roster?after=7&epoch=a%26b&empty=&alone", request));
  CHECK(request.path == "/v1/roster");
  CHECK(request.query ==
        decltype(request.query){{"after", "7"}, {"epoch", "a&b"}, {"empty", ""}, {"alone", ""}});
  for (const char* wrong : {"/?a=%", "/?a=%4", "/?a=%zz", "/?%=1"}) {
    INFO(wrong);
    CHECK_FALSE(read_target(wrong, request));
  }
  std::string many = "/?";
  for (int i = 0; i < 17; ++i) many += "a" + std::to_string(i) + "=1&";
  Request fresh;
  CHECK_FALSE(read_target(many, fresh));
}

TEST_CASE("a bearer token is known in any case of its scheme and by no other scheme") {
  CHECK(bearer_of("Bearer north-1.00ff") == "north-1.00ff");
  CHECK(bearer_of("bEARER T0k.en") == "T0k.en");
  for (const char* none : {"", "Bearer", "Bearer ", "Basic dTpw", "Bearer\tx", "[earer x"}) {
    INFO(none);
    CHECK(bearer_of(none).empty());
  }
}

TEST_CASE("a date of HTTP has English names whatever the locale") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");  // the example of RFC 9110
}

}  // namespace
}  // namespace lanyard::sync::hub
