#include "scanner/presence.hpp"

#include <algorithm>
#include <random>

#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
using std::chrono::milliseconds;

constexpr std::size_t kUsual = 200'000;
constexpr milliseconds kFrame{33};

Presence::TimePoint at(milliseconds since) {
  return Presence::TimePoint(std::chrono::hours{1} + since);
}

// A hall with the noise of a sensor; `badge` holds a code before it.
GrayFrame hall(std::mt19937& random, bool badge, int light = 0) {
  GrayFrame frame = ramp(1280, 720);
  if (badge) paste(frame, qr_of("held up").view(), 600, 300);
  std::normal_distribution<double> noise(0, 4);
  for (int y = 0; y < 720; ++y) {
    for (int x = 0; x < 1280; ++x) {
      const double value = 60 + frame.row(y)[x] / 2.0 + light + noise(random);
      frame.row(y)[x] = static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
    }
  }
  return frame;
}

// A presence that has looked at the empty hall until it rests. The time after that.
milliseconds rest(Presence& presence, std::mt19937& random) {
  milliseconds now{0};
  for (int frame = 0; frame < 120; ++frame, now += kFrame) {
    (void)presence.wants(kUsual + random() % 100, at(now));
    if (frame % 12 == 0) (void)presence.notices(hall(random, false).view(), at(now));
  }
  return now;
}

TEST_CASE("at rest only a few frames a second are decoded") {
  std::mt19937 random(1);
  Presence presence;
  milliseconds now = rest(presence, random);
  CHECK_FALSE(presence.attentive(at(now)));
  int decoded = 0;
  for (int frame = 0; frame < 300; ++frame, now += kFrame) {
    decoded += presence.wants(kUsual + random() % 200, at(now)) ? 1 : 0;
  }
  CHECK(decoded >= 18);
  CHECK(decoded <= 22);  // ten seconds, two a second
}

TEST_CASE("a camera whose sizes never rest is not decoded for that") {
  std::mt19937 random(8);
  Presence presence;
  milliseconds now = rest(presence, random);
  const auto unrest = [&random] { return kUsual + random() % (kUsual / 30); };  // 3.3 % up and down
  for (int frame = 0; frame < 100; ++frame, now += kFrame) (void)presence.wants(unrest(), at(now));
  int decoded = 0;
  for (int frame = 0; frame < 300; ++frame, now += kFrame)
    decoded += presence.wants(unrest(), at(now)) ? 1 : 0;
  CHECK(decoded <= 40);
  CHECK(presence.wants(kUsual * 110 / 100, at(now)));
}

TEST_CASE("a badge that changes a frame's size is looked at in that very frame, and read") {
  std::mt19937 random(2);
  Presence presence;
  const milliseconds now = rest(presence, random);
  CHECK(presence.wants(kUsual * 103 / 100, at(now)));
  CHECK(presence.notices(hall(random, true).view(), at(now)));
  CHECK(presence.attentive(at(now)));
  // From then on each frame, whatever its size.
  CHECK(presence.wants(kUsual, at(now + kFrame)));
  CHECK(presence.notices(hall(random, true).view(), at(now + kFrame)));
}

TEST_CASE("a badge in a frame that came without compression is noticed at once") {
  std::mt19937 random(3);
  Presence presence;
  milliseconds now{0};
  int read = 0;
  for (int frame = 0; frame < 150; ++frame, now += kFrame) {
    REQUIRE(presence.wants(0, at(now)));
    const bool rested = now > milliseconds{3500};
    read += presence.notices(hall(random, false).view(), at(now)) && rested ? 1 : 0;
  }
  CHECK(read <= 4);  // a second and a half, two a second
  CHECK(presence.wants(0, at(now)));
  CHECK(presence.notices(hall(random, true).view(), at(now)));
  CHECK(presence.attentive(at(now)));
}

TEST_CASE("a lamp that is switched on is no visitor") {
  std::mt19937 random(4);
  Presence presence;
  const milliseconds now = rest(presence, random);
  (void)presence.notices(hall(random, false, 25).view(), at(now));
  CHECK_FALSE(presence.attentive(at(now)));
}

TEST_CASE("after the last that happened attention lasts for three seconds") {
  std::mt19937 random(5);
  Presence presence;
  const milliseconds now = rest(presence, random);
  REQUIRE(presence.notices(hall(random, true).view(), at(now)));
  CHECK(presence.attentive(at(now + milliseconds{2900})));
  CHECK_FALSE(presence.attentive(at(now + milliseconds{3100})));
}

TEST_CASE("a code held still keeps attention for half a minute, and is read twice a second after that") {
  std::mt19937 random(6);
  Presence presence;
  milliseconds now = rest(presence, random);
  REQUIRE(presence.notices(hall(random, true).view(), at(now)));
  const milliseconds shown = now;
  int read = 0;
  for (; now < shown + milliseconds{60'000}; now += milliseconds{500}) {
    const bool reads = presence.notices(hall(random, true).view(), at(now));
    if (reads) presence.keep(at(now));
    read += reads ? 1 : 0;
    if (now == shown + milliseconds{29'000}) CHECK(presence.attentive(at(now)));
  }
  CHECK_FALSE(presence.attentive(at(now)));
  CHECK(read >= 119);
}

TEST_CASE("an empty frame is nothing to be noticed") {
  Presence presence;
  CHECK_FALSE(presence.notices({}, at(milliseconds{0})));
}

TEST_CASE("frames of any size can be watched, down to a single pixel") {
  Presence presence;
  for (int side = 1; side < 60; side += 3) {
    const GrayFrame frame = ramp(side, 60 - side);
    (void)presence.notices(frame.view(), at(milliseconds{side}));
  }
  SUCCEED();
}

}  // namespace
}  // namespace lanyard::scanner
