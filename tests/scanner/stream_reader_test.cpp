#include "scanner/stream_reader.hpp"

#include <set>
#include <string>

#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
using std::chrono::milliseconds;

// A frame of a hall with a code in it, its left top at (x, y).
GrayFrame shown(const std::string& text, int x, int y, int module_pixels = 4) {
  GrayFrame frame = flat(1280, 720, 150);
  paste(frame, qr_of(text, module_pixels).view(), x, y);
  return frame;
}

// All the time there is, however slow the machine.
const StreamOptions kPatient{.budget = std::chrono::hours{1}};

TEST_CASE("a badge is read in its first frame, and in each while it is held") {
  StreamReader reader(kPatient);
  for (int frame = 0; frame < 20; ++frame) {
    CAPTURE(frame);
    const GrayFrame held = shown("held", 500 + 7 * frame, 250 - 3 * frame);
    const FrameReading reading = reader.read(held.view());
    REQUIRE(reading.symbols.size() == 1);
    CHECK(reading.symbols.front().text == "held");
    CHECK_FALSE(reading.pass.empty());
  }
}

TEST_CASE("a badge that jumps across the frame is found where it is") {
  StreamReader reader(kPatient);
  for (int frame = 0; frame < 12; ++frame) {
    const GrayFrame held = shown("jumps", frame % 2 == 0 ? 60 : 1000, frame % 3 == 0 ? 40 : 500);
    REQUIRE(reader.read(held.view()).symbols.size() == 1);
  }
}

TEST_CASE("a second badge beside the one that is followed is seen as well") {
  StreamReader reader(kPatient);
  for (int frame = 0; frame < 8; ++frame) {
    GrayFrame both = shown("followed", 560, 280);
    if (frame >= 3) paste(both, qr_of("beside").view(), 900, 300);
    CHECK(reader.read(both.view()).symbols.size() == (frame < 3 ? 1 : 2));
  }
}

TEST_CASE("a frame without a code is read by no pass") {
  StreamReader reader(kPatient);
  const GrayFrame frame = ramp(1280, 720);
  for (int i = 0; i < 30; ++i) {
    const FrameReading reading = reader.read(frame.view());
    CHECK(reading.symbols.empty());
    CHECK(reading.pass.empty());
  }
}

TEST_CASE("a frame that cannot be is no frame, and the next is read") {
  StreamReader reader(kPatient);
  CHECK(reader.read({}).symbols.empty());
  const GrayFrame held = shown("after", 500, 200);
  GrayView endless = held.view();
  endless.width = kMaxFrameSidePixels + 1;
  CHECK(reader.read(endless).symbols.empty());
  CHECK(reader.read(held.view()).symbols.size() == 1);
}

// A clock that goes on by a second whenever it is looked at.
std::chrono::steady_clock::time_point slow_clock() {
  static std::chrono::steady_clock::time_point now{};
  return now += std::chrono::seconds{1};
}

TEST_CASE("what does not fit into a frame's budget is given up") {
  StreamReader reader({.budget = milliseconds{1500}, .now = slow_clock});
  const GrayFrame empty = ramp(1280, 720);
  const FrameReading reading = reader.read(empty.view());
  CHECK(reading.given_up);
  CHECK(reading.took >= std::chrono::seconds{2});
  StreamReader patient(kPatient);
  CHECK_FALSE(patient.read(flat(300, 200, 90).view()).given_up);
}

}  // namespace
}  // namespace lanyard::scanner
