#include "scanner/passes.hpp"

#include <array>

#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;

std::vector<Region> regions_of(const GrayFrame& frame, int most) {
  Sheet sheet;
  const int factor = RegionFinder::factor_for(frame.view());
  const GrayView small = factor == 0 ? GrayView{} : shrink(frame.view(), factor, sheet);
  return RegionFinder().find(frame.view(), small, most);
}

TEST_CASE("a smaller picture has the mean of the pixels that it stands for") {
  GrayFrame made = flat(5, 4, 100);
  made.row(0)[0] = 200;
  made.row(3)[3] = 0;
  Sheet sheet;
  const GrayView half = shrink(made.view(), 2, sheet);
  REQUIRE(half.width == 2);
  REQUIRE(half.height == 2);
  CHECK(half.row(0)[0] == 125);
  CHECK(half.row(0)[1] == 100);
  CHECK(half.row(1)[1] == 75);
}

TEST_CASE("a flat picture stays what it is, smaller, larger or sharpened") {
  const GrayFrame made = flat(40, 30, 173);
  std::array<Sheet, 4> sheets;
  const GrayView small = shrink(made.view(), 3, sheets[0]);
  const GrayView large = enlarge(made.view(), sheets[1]);
  const GrayView sharp = sharpen(made.view(), sheets[2], sheets[3]);
  REQUIRE(large.width == 80);
  REQUIRE(large.height == 60);
  for (const GrayView& view : {small, large, sharp}) {
    for (int y = 0; y < view.height; ++y) {
      for (int x = 0; x < view.width; ++x) REQUIRE(view.row(y)[x] == 173);
    }
  }
}

TEST_CASE("the smallest pictures can be sharpened, enlarged and inverted") {
  const GrayFrame dot = flat(1, 1, 9);
  Sheet soft;
  Sheet sheet;
  CHECK(sharpen(dot.view(), soft, sheet).row(0)[0] == 9);
  CHECK(enlarge(dot.view(), sheet).row(1)[1] == 9);
  CHECK(invert(dot.view(), sheet).row(0)[0] == 246);
  CHECK(regions_of(dot, kMaxRegions).empty());
}

TEST_CASE("what a sheet held before does not show in what it holds now") {
  Sheet soft;
  Sheet sheet;
  const GrayFrame large = ramp(60, 50);
  const GrayFrame small = ramp(31, 23);
  sharpen(large.view(), soft, sheet);
  const GrayView again = sharpen(small.view(), soft, sheet);
  Sheet fresh_soft;
  Sheet fresh;
  const GrayView once = sharpen(small.view(), fresh_soft, fresh);
  for (int y = 0; y < 23; ++y) {
    for (int x = 0; x < 31; ++x) REQUIRE(again.row(y)[x] == once.row(y)[x]);
  }
}

TEST_CASE("sharpening widens the step of an edge") {
  GrayFrame made = flat(20, 20, 100);
  for (int y = 0; y < 20; ++y) std::fill_n(made.row(y) + 10, 10, std::uint8_t{150});
  Sheet soft;
  Sheet sheet;
  const GrayView sharp = sharpen(made.view(), soft, sheet);
  CHECK(sharp.row(10)[8] < 100);
  CHECK(sharp.row(10)[11] > 150);
}

TEST_CASE("the region of a code is found, whole, in a large frame") {
  GrayFrame made = flat(1280, 720, 120);
  const GrayFrame code = qr_of("where am I");
  paste(made, code.view(), 700, 400);
  const auto regions = regions_of(made, 2);
  REQUIRE_FALSE(regions.empty());
  const Region& found = regions.front();
  // The quiet zone is no part of the code, and need not be within.
  CHECK(found.x <= 700 + 16);
  CHECK(found.y <= 400 + 16);
  CHECK(found.x + found.width >= 700 + code.width() - 16);
  CHECK(found.y + found.height >= 400 + code.height() - 16);
  CHECK(found.width < 3 * code.width());
}

TEST_CASE("regions lie within the frame, also where the code touches its border") {
  GrayFrame made = flat(1000, 600, 120);
  const GrayFrame code = qr_of("at the edge");
  paste(made, code.view(), 0, 0);
  paste(made, code.view(), 1000 - code.width(), 600 - code.height());
  const auto regions = regions_of(made, kMaxRegions);
  REQUIRE(regions.size() >= 2);
  for (const Region& region : regions) {
    CHECK(region.x >= 0);
    CHECK(region.y >= 0);
    CHECK(region.x + region.width <= 1000);
    CHECK(region.y + region.height <= 600);
  }
}

TEST_CASE("a flat frame has no regions") {
  CHECK(regions_of(flat(1280, 720, 90), 2).empty());
}

}  // namespace
}  // namespace lanyard::scanner
