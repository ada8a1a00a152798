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

TEST_CASE("an address with a host before it is the address without") {
  const auto path_of = [](std::string_view target) {
    Request request;
    if (!read_target(target, request)) return std::string("unreadable");
    for (const auto& [name, value] : request.query) request.path += " " + name + "=" + value;
    return request.path;
  };
  CHECK(path_of("http://hub.example/healthz") == "/healthz");
  CHECK(path_of("HTTP://hub.example:8080/v1/roster?after=7") == "/v1/roster after=7");
  CHECK(path_of("https://[::1]:8443/healthz") == "/healthz");
  CHECK(path_of("http://hub.example") == "/");
  CHECK(path_of("http://hub.example?after=7") == "/ after=7");
  CHECK(path_of("http://hub.example//healthz") == "//healthz");
  CHECK(path_of("/http://hub.example/healthz") == "/http://hub.example/healthz");
  CHECK(path_of("ftp://hub.example/healthz") ==
        "ftp://hub.example/healthz");  // there is nothing of this name
  for (const char* wrong :
       {"http://", "http:///healthz", "http://:80/healthz", "http://ann@hub.example/healthz",
        "http://ann:secret@hub.example/healthz", "http://hub.example:80a/healthz", "http://[::1/healthz",
        "http://[]/healthz", "http://[::1]80/healthz", "http://hub\\example/healthz",
        "http://hub#example/healthz", "http://?a=1"}) {
    INFO(wrong);
    CHECK(path_of(wrong) == "unreadable");
  }
}

TEST_CASE("a host is a name or an address, and a port") {
  for (const char* sound : {"", "hub", "hub.example:8080", "hub.example:", "127.0.0.1:80", "[::1]",
                            "[::ffff:1.2.3.4]:1", "under_score", "xn--bcher-kva.example", "%C3%A9", ":80"}) {
    INFO(sound);
    CHECK(is_authority(sound));
  }
  for (const char* wrong : {"a b", "a,b@c", "http://hub", "hub/", "hub:80:80", "hub:x", "[", "[]", "[g]",
                            "hub\x7f", "h\xC3\xA9"}) {
    INFO(wrong);
    CHECK_FALSE(is_authority(wrong));
  }
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
