// The sync daemon's settings, and how it enrols.
#include "sync/syncd.hpp"

#include <sys/stat.h>

#include "sync/enrolment_code.hpp"
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

TEST_CASE("enrolment keeps the token for its owner alone and the identity in the store") {
  HubFixture hub;
  Kiosk kiosk(hub);
  const auto identity = kiosk.enrol_with(hub.new_code_for("north-1"));
  REQUIRE(identity.has_value());
  struct stat status {};
  REQUIRE(::stat(kiosk.config().tokens.enrolled.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600U);
  const std::string token = read_token(kiosk.config().tokens.enrolled).value();
  CHECK(hub.get("/v1/roster", {}, token).status == 200);
  const Identity kept = kiosk.store().identity().value().value();
  CHECK(kept.device == "north-1");
  CHECK(kept.signing_key == identity->signing_key);
  CHECK(kiosk.enrol_with(hub.new_code_for("south-2")).error().kind == Error::Kind::invalid);
}

TEST_CASE("an enrolment that fails leaves neither token nor identity, and does not spend the code in vain") {
  HubFixture hub;
  Kiosk kiosk(hub);
  CHECK(kiosk.enrol_with("AAAA-AAAA").error().kind == Error::Kind::refused);
  CHECK_FALSE(std::filesystem::exists(kiosk.config().tokens.enrolled));
  CHECK(std::filesystem::directory_iterator(kiosk.folder()) != std::filesystem::directory_iterator());

  const std::string code = hub.new_code_for("north-1");
  const auto token_file = kiosk.config().tokens.enrolled;
  kiosk.config().tokens.enrolled = kiosk.folder() / "missing" / "token";
  CHECK(kiosk.enrol_with(code).error().kind == Error::Kind::storage);  // before the hub was asked
  kiosk.config().tokens.enrolled = token_file;
  CHECK_FALSE(kiosk.store().identity().value().has_value());
  CHECK(kiosk.enrol_with(code).has_value());
}

TEST_CASE("settings are read strictly, and what is wrong is named with file and line") {
  const auto parse = [](std::string_view text, const std::string& credentials = "") {
    return parse_syncd_config(text, "syncd.toml", {credentials, ""});
  };
  const std::string good = "store = \"/s.db\"\nhub = \"http://127.0.0.1:8080/\"\n";
  const auto config = parse(good + "token_file = \"/t\"\n[pace]\nfeed_every_ms = 250\n");
  REQUIRE(config.has_value());
  CHECK(config->hub == "http://127.0.0.1:8080");
  CHECK(config->pace.feed_every == 250ms);
  CHECK(config->tokens.enrolled == "/t");
  CHECK(parse(good).value().tokens.enrolled == "/etc/lanyard/token");
  // A service reads systemd's copy, whatever the settings say for whoever enrols.
  for (const std::string& named : {std::string(), std::string("token_file = \"/t\"\n")}) {
    CHECK(parse(good + named, "/run/credentials/x").value().tokens.enrolled == "/run/credentials/x/token");
  }
  const auto why = [&](const std::string& text) { return parse(text).error().message; };
  CHECK(why(good + "token_file = 5\n") == "syncd.toml:3: token_file: must be a text");
  CHECK(why(good + "token_file = \"/t\"\ntokenfile = \"/t\"\n") == "syncd.toml:4: tokenfile: unknown key");
  CHECK(why(good + "token_file = \"/t\"\n[pace]\nfeed_every_ms = 0\n")
            .rfind("syncd.toml:5: pace.feed_every_ms", 0) == 0);
  CHECK(why("store = \"x\"\nstore = \"y\"\n").rfind("syncd.toml:2", 0) == 0);
  for (const char* url : {"", "hub", "ftp://hub", "http://", "http://user:pw@hub", "http://hub?x=1",
                          "http://hub#x", "http://hub /", "http:///x", "http://:80"}) {
    INFO(url);
    CHECK_FALSE(normal_hub_url(url).has_value());
  }
}

}  // namespace
}  // namespace lanyard::sync
