#include "scanner/stack.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

#include "scanner/decode.hpp"
#include "scanner/stream_reader.hpp"
#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;

// The same noise on every machine: the sum of twelve evenly spread numbers is nearly normal.
class Noise {
 public:
  explicit Noise(std::uint32_t seed) : engine_(seed) {}
  GrayFrame over(const GrayFrame& clean, double deviation) {
    GrayFrame noisy(clean.width(), clean.height());
    for (int y = 0; y < clean.height(); ++y) {
      for (int x = 0; x < clean.width(); ++x) {
        double sum = -6;
        for (int i = 0; i < 12; ++i) sum += static_cast<double>(engine_()) / 4294967296.0;
        const double level = std::round(clean.row(y)[x] + deviation * sum);
        noisy.row(y)[x] = static_cast<std::uint8_t>(std::clamp(level, 0.0, 255.0));
      }
    }
    return noisy;
  }

 private:
  std::mt19937 engine_;
};

// A code of little contrast on grey, with its left top at (x, y).
GrayFrame faint_code(int x, int y, int contrast = 40) {
  GrayFrame frame = flat(640, 480, 150);
  GrayFrame code = qr_of("L1:HARD TO SEE");
  for (int row = 0; row < code.height(); ++row) {
    for (int column = 0; column < code.width(); ++column) {
      code.row(row)[column] = static_cast<std::uint8_t>(code.row(row)[column] != 0 ? 150 : 150 - contrast);
    }
  }
  paste(frame, code.view(), x, y);
  return frame;
}

GrayView small_of(GrayView frame, Sheet& memory) {
  const int factor = RegionFinder::factor_for(frame);
  if (factor == 0) return {};
  return factor == 1 ? frame : shrink(frame, factor, memory);
}

void add(Stack& stack, const GrayFrame& frame, const Region& sighted = {}) {
  Sheet memory;
  stack.add(frame.view(), small_of(frame.view(), memory), sighted);
}

// How far the mean lies from the same part of what was filmed, in levels.
double off(const Stack::Mean& mean, const GrayFrame& clean) {
  double sum = 0;
  for (int y = 0; y < mean.view.height; ++y) {
    for (int x = 0; x < mean.view.width; ++x) {
      sum += std::abs(mean.view.row(y)[x] - clean.row(mean.y + y)[mean.x + x]);
    }
  }
  return sum / mean.view.width / mean.view.height;
}

TEST_CASE("the noise of a frame is measured, whatever is in it") {
  Noise noise(1);
  for (const double deviation : {2.0, 5.0, 12.0, 25.0}) {
    CAPTURE(deviation);
    const double measured = noise_of(noise.over(faint_code(100, 100), deviation).view());
    CHECK(measured > 0.85 * deviation);
    CHECK(measured < 1.15 * deviation);
  }
  CHECK(noise_of(faint_code(100, 100).view()) < 0.5);
  CHECK(noise_of({}) == 0);
  CHECK(noise_of(flat(1, 1, 9).view()) == 0);
}

TEST_CASE("the mean of several frames has less noise than each of them") {
  Noise noise(2);
  const GrayFrame clean = faint_code(200, 150);
  Stack stack;
  const Region code{200, 150, 116, 116};
  add(stack, noise.over(clean, 20), code);
  REQUIRE(stack.depth() == 1);
  const double one = off(stack.mean(), clean);
  for (int frame = 0; frame < 8; ++frame) add(stack, noise.over(clean, 20), code);
  CHECK(stack.depth() == 9);
  CHECK(off(stack.mean(), clean) < 0.4 * one);
}

TEST_CASE("what drifts is followed, and its mean is not smeared") {
  Noise noise(3);
  Stack stack;
  for (int frame = 0; frame < 8; ++frame) {
    const GrayFrame clean = faint_code(150 + 9 * frame, 200 - 5 * frame);
    const Region sighted = frame == 0 ? Region{150, 200, 116, 116} : Region{};
    add(stack, noise.over(clean, 16), sighted);
    CAPTURE(frame);
    REQUIRE(stack.depth() == frame + 1);
    const Stack::Mean mean = stack.mean();
    CHECK(mean.factor == 1);
    CHECK(std::abs(mean.x - (150 - 34 + 9 * frame)) <= 1);
    CHECK(std::abs(mean.y - (200 - 34 - 5 * frame)) <= 1);
    if (frame == 7) CHECK(off(mean, clean) < 8);
  }
}

TEST_CASE("what has gone is not laid upon what came, however faint it was") {
  Noise noise(4);
  for (const int contrast : {26, 40, 120}) {
    for (const std::uint8_t wall : Bytes{60, 150}) {
      CAPTURE(contrast);
      CAPTURE(wall);
      Stack stack;
      const Region code{200, 150, 116, 116};
      for (int frame = 0; frame < 5; ++frame) {
        add(stack, noise.over(faint_code(200, 150, contrast), 20), code);
      }
      REQUIRE(stack.depth() == 5);
      add(stack, noise.over(flat(640, 480, wall), 20));
      CHECK(stack.depth() <= 1);
    }
  }
}

TEST_CASE("what is followed is not left for a single sighting elsewhere, but for a second one") {
  Noise noise(8);
  const GrayFrame clean = faint_code(200, 150, 60);
  const Region elsewhere{450, 40, 90, 90};
  Stack stack;
  add(stack, noise.over(clean, 16), {200, 150, 116, 116});
  for (int frame = 1; frame < 9; ++frame) {
    add(stack, noise.over(clean, 16), frame % 3 == 0 ? elsewhere : Region{});
    CHECK(stack.depth() == frame + 1);
  }
  add(stack, noise.over(clean, 16), elsewhere);
  add(stack, noise.over(clean, 16), elsewhere);
  CHECK(stack.depth() == 1);
  CHECK(stack.mean().x > 400);
}

TEST_CASE("a sighting that is too small to be laid up is followed with what is around it") {
  Noise noise(9);
  Stack stack;
  for (int frame = 0; frame < 4; ++frame)
    add(stack, noise.over(faint_code(200, 150, 60), 16), {220, 170, 27, 27});
  CHECK(stack.depth() == 4);
}

TEST_CASE("frames without noise are not laid up: each says all it has to say") {
  Stack stack;
  for (int frame = 0; frame < 5; ++frame) add(stack, faint_code(200, 150), {200, 150, 116, 116});
  CHECK(stack.depth() == 0);
  CHECK(stack.mean().view.empty());
}

TEST_CASE("where nothing was sighted the parts that look like a code have their turn") {
  Noise noise(5);
  GrayFrame clean = faint_code(60, 60, 90);
  paste(clean, qr_of("another").view(), 420, 300);
  Stack stack;
  std::vector<Region> followed;
  for (int turn = 0; turn < 2; ++turn) {
    for (int frame = 0; frame < 4; ++frame) add(stack, noise.over(clean, 16));
    const Stack::Mean mean = stack.mean();
    REQUIRE_FALSE(mean.view.empty());
    followed.push_back({mean.x, mean.y, mean.view.width, mean.view.height});
    stack.give_up();
  }
  const auto covers = [&followed](int x, int y) {
    return std::ranges::count_if(followed, [&](const Region& region) {
      return region.x <= x && region.y <= y && x < region.x + region.width && y < region.y + region.height;
    });
  };
  CHECK(covers(110, 110) >= 1);
  CHECK(covers(470, 350) >= 1);
  CHECK((followed[0].x != followed[1].x || followed[0].width != followed[1].width));
}

TEST_CASE("frames of any size may follow each other") {
  Noise noise(6);
  Stack stack;
  for (const auto& [width, height] :
       {std::pair{1, 1}, {640, 480}, {64, 49}, {1300, 1290}, {3, 900}, {640, 480}}) {
    for (int frame = 0; frame < 3; ++frame) {
      add(stack, noise.over(flat(width, height, 100), 15), {width - 60, height - 60, 60, 60});
      const Stack::Mean mean = stack.mean();
      CHECK(mean.x + mean.view.width * mean.factor <= width);
      CHECK(mean.y + mean.view.height * mean.factor <= height);
    }
  }
}

TEST_CASE("a code that noise hides in each frame is read from several") {
  Noise noise(7);
  const GrayFrame clean = faint_code(260, 170, 26);
  StreamReader reader({.budget = std::chrono::hours{1}});
  std::string_view pass;
  int alone = 0;
  int frames = 0;
  for (; frames < 30 && pass.empty(); ++frames) {
    const GrayFrame noisy = noise.over(clean, 26);
    alone += decode(noisy.view(), {.effort = Effort::thorough}).empty() ? 0 : 1;
    const FrameReading reading = reader.read(noisy.view());
    if (reading.symbols.empty()) continue;
    pass = reading.pass;
    CHECK(reading.symbols[0].text == "L1:HARD TO SEE");
    CHECK(std::abs(reading.symbols[0].corners[0].x - 276) <= 3);
    CHECK(std::abs(reading.symbols[0].corners[0].y - 186) <= 3);
  }
  CAPTURE(frames);
  CHECK(alone == 0);
  CHECK(pass.find("stacked") != std::string_view::npos);
}

}  // namespace
}  // namespace lanyard::scanner
