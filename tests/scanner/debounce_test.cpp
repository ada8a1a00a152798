#include "scanner/debounce.hpp"

#include "tests/catch.hpp"

namespace lanyard::scanner {
namespace {

using std::chrono::milliseconds;

const Debounce::TimePoint kStart{std::chrono::hours{1}};
Debounce::TimePoint at(int ms) {
  return kStart + milliseconds{ms};
}

TEST_CASE("a symbol held up is one scan") {
  Debounce debounce{milliseconds{1500}};
  CHECK(debounce.offer("badge", at(0)));
  for (int ms = 33; ms < 60'000; ms += 33) REQUIRE_FALSE(debounce.offer("badge", at(ms)));
}

TEST_CASE("a symbol is a new scan once it was out of sight for the whole time") {
  Debounce debounce{milliseconds{1500}};
  CHECK(debounce.offer("badge", at(0)));
  CHECK_FALSE(debounce.offer("badge", at(1499)));
  CHECK_FALSE(debounce.offer("badge", at(2998)));
  CHECK(debounce.offer("badge", at(2998 + 1500)));
}

TEST_CASE("another symbol is another scan at once") {
  Debounce debounce;
  CHECK(debounce.offer("first", at(0)));
  CHECK(debounce.offer("second", at(0)));
}

TEST_CASE("two badges in turn are two scans, not a flood") {
  Debounce debounce;
  int scans = 0;
  for (int frame = 0; frame < 1000; ++frame) {
    scans += debounce.offer(frame % 2 == 0 ? "first" : "second", at(frame * 33)) ? 1 : 0;
  }
  CHECK(scans == 2);
}

TEST_CASE("a badge beside the one meant does not become a new scan while it never left") {
  Debounce debounce;
  CHECK(debounce.offer("first", at(0)));
  CHECK(debounce.offer("second", at(100)));
  for (int ms = 200; ms < 10'000; ms += 100) {
    debounce.note("first", at(ms));
    REQUIRE_FALSE(debounce.offer("second", at(ms)));
  }
  CHECK_FALSE(debounce.offer("first", at(10'000)));
}

TEST_CASE("what was only beside is a scan when its turn comes") {
  Debounce debounce;
  debounce.note("bystander", at(0));
  CHECK(debounce.offer("bystander", at(10)));
}

TEST_CASE("a clock that steps back changes nothing") {
  Debounce debounce;
  CHECK(debounce.offer("badge", at(5000)));
  CHECK_FALSE(debounce.offer("badge", at(0)));
  CHECK_FALSE(debounce.offer("badge", at(6000)));
}

TEST_CASE("what is remembered is bounded, and the longest unseen is forgotten first") {
  Debounce debounce;
  for (std::size_t i = 0; i <= kMaxRecentTexts; ++i) {
    REQUIRE(debounce.offer(std::to_string(i), at(static_cast<int>(i))));
  }
  const int now = static_cast<int>(kMaxRecentTexts) + 1;
  CHECK_FALSE(debounce.offer("1", at(now)));
  CHECK(debounce.offer("0", at(now)));
}

TEST_CASE("a text that is not sure is a scan when it is seen again, once") {
  Debounce debounce{milliseconds{1500}};
  CHECK_FALSE(debounce.offer("guessed", at(0), false));
  CHECK(debounce.offer("guessed", at(33), false));
  CHECK_FALSE(debounce.offer("guessed", at(66), false));
  CHECK_FALSE(debounce.offer("guessed", at(99), true));
}

TEST_CASE("a text that is not sure and is not seen again was chance") {
  Debounce debounce{milliseconds{1500}};
  CHECK_FALSE(debounce.offer("chance", at(0), false));
  CHECK_FALSE(debounce.offer("chance", at(2000), false));
}

}  // namespace
}  // namespace lanyard::scanner
