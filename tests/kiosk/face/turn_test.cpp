#include "kiosk/face/turn.hpp"

#include <cmath>

#include "tests/catch.hpp"

namespace lanyard::kiosk {
namespace {

// A window of 1080 by 1920 on a panel of 1920 by 1080, whose top left corner has the corners' names.
constexpr float kWidth = 1080;
constexpr float kHeight = 1920;

bool is_at(Point found, float x, float y) {
  return std::abs(found.x - x) < 0.01F && std::abs(found.y - y) < 0.01F;
}

TEST_CASE("a finger on a panel that hangs straight is where it is told to be") {
  CHECK(is_at(turned({12, 34}, Turn::none, kWidth, kHeight), 12, 34));
}

TEST_CASE("on a panel turned clockwise, its own top is at the right, and its own left is on top") {
  CHECK(is_at(turned({0, 0}, Turn::quarter, kWidth, kHeight), kWidth, 0));
  CHECK(is_at(turned({kWidth, 0}, Turn::quarter, kWidth, kHeight), kWidth, kHeight));
  CHECK(is_at(turned({0, kHeight}, Turn::quarter, kWidth, kHeight), 0, 0));
  CHECK(is_at(turned({270, 480}, Turn::quarter, kWidth, kHeight), 810, 480));
}

TEST_CASE("on a panel that hangs upside down, each corner is the opposite one") {
  CHECK(is_at(turned({0, 0}, Turn::half, kWidth, kHeight), kWidth, kHeight));
  CHECK(is_at(turned({100, 200}, Turn::half, kWidth, kHeight), 980, 1720));
}

TEST_CASE("on a panel turned the other way, its own top is at the left") {
  CHECK(is_at(turned({0, 0}, Turn::three_quarters, kWidth, kHeight), 0, kHeight));
  CHECK(is_at(turned({kWidth, 0}, Turn::three_quarters, kWidth, kHeight), 0, 0));
  CHECK(is_at(turned({0, kHeight}, Turn::three_quarters, kWidth, kHeight), kWidth, kHeight));
}

TEST_CASE("whoever turns a panel four times is where they began") {
  Point at{123, 456};
  for (int i = 0; i < 4; ++i) at = turned(at, Turn::quarter, 1000, 1000);
  CHECK(is_at(at, 123, 456));
}

TEST_CASE("a window without a size turns nothing") {
  CHECK(is_at(turned({5, 6}, Turn::quarter, 0, 0), 5, 6));
}

TEST_CASE("a panel hangs by quarters of a turn, and no other way") {
  CHECK(turn_of_degrees(0) == Turn::none);
  CHECK(turn_of_degrees(90) == Turn::quarter);
  CHECK(turn_of_degrees(180) == Turn::half);
  CHECK(turn_of_degrees(270) == Turn::three_quarters);
  for (const int wrong : {-90, 1, 45, 360}) CHECK_FALSE(turn_of_degrees(wrong));
}

TEST_CASE("the names of screens are found in what is said of them, and nothing else is taken for one") {
  CHECK(
      outputs_named_in("HDMI-A-1 \"Iiyama North America T2254 (HDMI-A-1)\"\n  Make: Iiyama\n  Enabled: yes\n"
                       "  Modes:\n    1920x1080 px, 60.000000 Hz (preferred, current)\nDP-2 \"(null)\"\n  "
                       "Enabled: no\n") == std::vector<std::string>{"HDMI-A-1", "DP-2"});
  CHECK(outputs_named_in("").empty());
  CHECK(outputs_named_in("--help me\n; rm -rf\n\n$(x) \"y\"").empty());
}

}  // namespace
}  // namespace lanyard::kiosk
