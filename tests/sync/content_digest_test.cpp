#include "sync/content_digest.hpp"

#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

TEST_CASE("a body's digest is written as RFC 9530 does") {
  // Its appendix D: of {"hello": "world"} and a newline.
  CHECK(content_digest("{\"hello\": \"world\"}\n") ==
        "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:");
}

TEST_CASE("a body that was altered does not fit its digest, and one without a digest is taken as it is") {
  const std::string body = "{\"rows\":[]}";
  CHECK(fits_digest(body, content_digest(body)));
  CHECK(fits_digest(body, "sha-512=:AAAA:, " + content_digest(body)));
  CHECK(fits_digest(body, ""));
  CHECK(fits_digest(body, "sha-512=:AAAA:"));
  CHECK_FALSE(fits_digest(body.substr(1), content_digest(body)));
  CHECK_FALSE(fits_digest(body, "sha-256=:AAAA:"));
  CHECK_FALSE(fits_digest(body, "sha-256=:"));
}

}  // namespace
}  // namespace lanyard::sync
