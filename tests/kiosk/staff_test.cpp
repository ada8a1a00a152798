#include "kiosk/desk/staff.hpp"

#include "tests/catch.hpp"

namespace lanyard::kiosk {
namespace {

TEST_CASE("a PIN opens for its owner, and a wrong one for nobody", "[staff]") {
  const std::vector<StaffMember> staff{{"desk-1", hash_pin("2468")}, {"desk-2", hash_pin("13579")}};
  CHECK(whose_pin("2468", staff) == "desk-1");
  CHECK(whose_pin("13579", staff) == "desk-2");
  for (const char* wrong : {"", "2469", "24680", "246", "02468"}) {
    INFO(wrong);
    CHECK_FALSE(whose_pin(wrong, staff).has_value());
  }
  CHECK_FALSE(whose_pin("2468", {}).has_value());
}

TEST_CASE("two hashes of one PIN differ, and both hold", "[staff]") {
  const std::string one = hash_pin("2468");
  const std::string two = hash_pin("2468");
  CHECK(one != two);
  CHECK(one.find("2468") == std::string::npos);
  CHECK(is_pin_hash(one));
  CHECK(whose_pin("2468", {{"a", one}}) == "a");
  CHECK(whose_pin("2468", {{"b", two}}) == "b");
}

TEST_CASE("what only looks like a hash is none, and opens for nobody", "[staff]") {
  const std::string good = hash_pin("2468");
  for (const std::string& text :
       {std::string(), std::string("2468"), std::string("$argon2id$"), std::string("$argon2id$nonsense"),
        std::string("$argon2i$v=19$m=32768,t=3,p=1$AAAA$AAAA"), good.substr(0, 40), good + good,
        "$argon2id$" + std::string(500, 'A')}) {
    INFO(text);
    CHECK_FALSE(is_pin_hash(text));
    CHECK_FALSE(whose_pin("2468", {{"x", text}}).has_value());
  }
}

}  // namespace
}  // namespace lanyard::kiosk
