// The language of scripts: what is a step, and what is wrong with a line.
#include "kiosk/script.hpp"

#include "tests/catch.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;
using namespace std::chrono_literals;
using Kind = ScriptStep::Kind;

namespace {

std::string trouble(std::string_view text) {
  const auto steps = parse_script(text, "s");
  return steps ? std::string() : steps.error().message;
}

SemanticItem item(Role role, std::string id, std::string label, bool enabled = true) {
  SemanticItem one;
  one.role = role;
  one.id = std::move(id);
  one.label = std::move(label);
  one.language = "en";
  one.enabled = enabled;
  return one;
}

}  // namespace

TEST_CASE("a script is a step a line, with remarks between", "[script]") {
  const auto steps = parse_script("# a visit\n\n  show  L1:AB  C\r\nwait 2.5\ntouch language.fr\n", "s");
  REQUIRE(steps.has_value());
  REQUIRE(steps->size() == 3);
  CHECK((*steps)[0].kind == Kind::show);
  CHECK((*steps)[0].text == "L1:AB  C");
  CHECK((*steps)[0].line == 3);
  CHECK((*steps)[1].by == 2500ms);
  CHECK((*steps)[2].kind == Kind::touch);
  CHECK((*steps)[2].text == "language.fr");
}

TEST_CASE("each line that is no step is named", "[script]") {
  CHECK(trouble("dance\ntouch\nwait x\n") ==
        "s:1: 'dance': expected show, touch, hold, type, key, wait, until, expect or shot\n"
        "s:2: touch: what?\ns:3: wait: expected seconds, as 2.5, of a day at most");
  CHECK(trouble("wait -1") == trouble("wait 1e9"));
  CHECK(trouble("wait nan") == trouble("wait 5s"));
  CHECK(trouble("key escape") == "s:1: key: there is no 'escape'");
  CHECK_FALSE(trouble("shot ../../etc/passwd").empty());
  CHECK_FALSE(trouble("shot .hidden").empty());
  CHECK(trouble("# nothing\n") == "s: there is no step in it");
  CHECK(trouble("") == "s: there is no step in it");
}

TEST_CASE("what is touched is a control that can be touched now", "[script]") {
  const SemanticList list{
      item(Role::text, "search.hit.A1", "a text"), item(Role::button, "search.hit.A2", "off", false),
      item(Role::button, "search.hit.A3", "Ana"), item(Role::corner, "staff.corner", "Staff")};
  CHECK(control_named(list, "search.hit.A1") == nullptr);
  CHECK(control_named(list, "search.hit.A2") == nullptr);
  CHECK(control_named(list, "search.hit.*")->id == "search.hit.A3");
  CHECK(control_named(list, "staff.corner")->role == Role::corner);
  CHECK(control_named(list, "nothing") == nullptr);
}

TEST_CASE("the list of a screen is JSON, an object a line", "[script]") {
  SemanticItem odd = item(Role::button, "b", "say \"so\"\n\xff", false);
  odd.chosen = true;
  const std::string lines = to_json_lines({item(Role::heading, "title", "欢迎"), odd});
  CHECK(lines ==
        "{\"role\":\"heading\",\"id\":\"title\",\"label\":\"欢迎\",\"language\":\"en\",\"at\":[0,0,0,0]}\n"
        "{\"role\":\"button\",\"id\":\"b\",\"label\":\"say "
        "\\\"so\\\"\\n\uFFFD\",\"language\":\"en\",\"at\":[0,0,0,0],"
        "\"chosen\":true,\"enabled\":false}\n");
}
