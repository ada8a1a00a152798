#include "kiosk/face/raster.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "tests/catch.hpp"

namespace lanyard::kiosk {
namespace {

using Rgba = std::array<std::uint8_t, 4>;
constexpr Rgba kWhite{255, 255, 255, 255};
constexpr Rgba kHalf{255, 255, 255, 128};

// A sheet of paper in the dark, and shapes to draw on it.
class Sheet {
 public:
  Sheet(int width, int height) : width_(width), height_(height) {
    pixels_.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 0);
  }

  [[nodiscard]] PixelRect all() const { return {0, 0, width_, height_}; }
  [[nodiscard]] std::uint32_t at(int x, int y) const {
    return pixels_[static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
                   static_cast<std::size_t>(x)];
  }
  [[nodiscard]] const std::vector<std::uint32_t>& pixels() const { return pixels_; }

  void add(const std::vector<Corner>& corners, const std::vector<std::uint32_t>& order,
           TextureId texture = 0) {
    Shape shape;
    shape.texture = texture;
    shape.clip = shape.box = all();
    shape.first = static_cast<std::uint32_t>(shapes_.order.size());
    shape.count = static_cast<std::uint32_t>(order.size());
    const auto base = static_cast<std::uint32_t>(shapes_.corners.size());
    for (const std::uint32_t index : order) shapes_.order.push_back(base + index);
    shapes_.corners.insert(shapes_.corners.end(), corners.begin(), corners.end());
    shapes_.list.push_back(shape);
  }
  void rectangle(float x, float y, float w, float h, Rgba colour, TextureId texture = 0, float u0 = 0,
                 float u1 = 1) {
    add({{x, y, u0, 0, colour},
         {x + w, y, u1, 0, colour},
         {x + w, y + h, u1, 1, colour},
         {x, y + h, u0, 1, colour}},
        {0, 1, 2, 0, 2, 3}, texture);
  }
  void paint(const PixelRect& area) {
    kiosk::paint(shapes_, textures, {pixels_.data(), width_, height_, width_}, area);
  }
  void paint() { paint(all()); }

  MemoryTextures textures;

 private:
  int width_;
  int height_;
  std::vector<std::uint32_t> pixels_;
  Shapes shapes_;
};

std::uint32_t blended(std::uint32_t under, std::uint32_t over, std::uint32_t alpha) {
  return (over * alpha + under * (255 - alpha) + 127) / 255;
}
std::uint32_t red(std::uint32_t pixel) {
  return (pixel >> 16U) & 0xFFU;
}

TEST_CASE("a rectangle on whole pixels has them, and no others") {
  Sheet sheet(8, 8);
  sheet.rectangle(2, 3, 4, 2, {10, 20, 30, 255});
  sheet.paint();
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x)
      CHECK(sheet.at(x, y) == (x >= 2 && x < 6 && y >= 3 && y < 5 ? 0x0A141EU : 0U));
  }
}

TEST_CASE("what can be seen through is blended to the nearest of 256 steps") {
  for (std::uint32_t alpha = 0; alpha < 256; ++alpha) {
    Sheet sheet(3, 1);
    sheet.rectangle(0, 0, 3, 1, {200, 77, 13, 255});
    sheet.rectangle(0, 0, 3, 1, {31, 160, 255, static_cast<std::uint8_t>(alpha)});
    sheet.paint();
    const std::uint32_t expected =
        blended(200, 31, alpha) << 16U | blended(77, 160, alpha) << 8U | blended(13, 255, alpha);
    CHECK(sheet.at(1, 0) == expected);
  }
}

TEST_CASE("a pixel where areas meet belongs to one of them, wherever they meet") {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> place(1, 39);
  for (int i = 0; i < 300; ++i) {
    const Corner middle{place(random), place(random), 0, 0, kHalf};
    Sheet sheet(40, 40);
    const std::vector<Corner> corners{
        middle, {0, 0, 0, 0, kHalf}, {40, 0, 0, 0, kHalf}, {40, 40, 0, 0, kHalf}, {0, 40, 0, 0, kHalf}};
    // Not as a fan, which would be one area.
    for (const auto& order : {std::vector<std::uint32_t>{0, 1, 2}, {3, 2, 0}, {3, 0, 4}, {4, 0, 1}}) {
      sheet.add(corners, order);
    }
    sheet.paint();
    const bool all_once = std::ranges::all_of(sheet.pixels(), [](std::uint32_t p) { return p == 0x808080; });
    INFO("they meet at " << middle.x << ", " << middle.y);
    CHECK(all_once);
  }
}

TEST_CASE("a convex area is drawn as its triangles would be one by one") {
  std::mt19937 random(11);
  std::uniform_real_distribution<float> radius(4, 28);
  for (int i = 0; i < 100; ++i) {
    const float rx = radius(random);
    const float ry = radius(random);
    const bool to_the_left = i % 2 == 1;
    std::vector<Corner> corners;
    for (int k = 0; k < 17; ++k) {
      const float turn = static_cast<float>(to_the_left ? -k : k) * 6.2831853F / 17;
      corners.push_back(
          {30.3F + rx * std::cos(turn), 29.8F + ry * std::sin(turn), 0, 0, {200, 100, 50, 140}});
    }
    std::vector<std::uint32_t> fan;
    Sheet one_by_one(60, 60);
    for (std::uint32_t k = 2; k < 17; ++k) {
      fan.insert(fan.end(), {0, k - 1, k});
      one_by_one.add(corners, {k - 1, k, 0});
    }
    Sheet whole(60, 60);
    whole.add(corners, fan);
    whole.paint();
    one_by_one.paint();
    CHECK(whole.pixels() == one_by_one.pixels());
  }
}

TEST_CASE("a fan that is not convex is drawn as its triangles, wherever its notch is") {
  // An arrow's head. Where the fan begins across the notch, it covers some of it twice.
  const std::vector<Corner> corners{
      {5, 20, 0, 0, kHalf}, {35, 4, 0, 0, kHalf}, {25, 20, 0, 0, kHalf}, {35, 36, 0, 0, kHalf}};
  for (const std::uint32_t first : {0U, 1U, 2U, 3U}) {
    for (const std::uint32_t way : {1U, 3U}) {
      const std::array<std::uint32_t, 4> c{first, (first + way) % 4, (first + 2 * way) % 4,
                                           (first + 3 * way) % 4};
      Sheet fan(40, 40);
      fan.add(corners, {c[0], c[1], c[2], c[0], c[2], c[3]});
      Sheet apart(40, 40);
      apart.add(corners, {c[1], c[2], c[0]});
      apart.add(corners, {c[2], c[3], c[0]});
      fan.paint();
      apart.paint();
      INFO("from corner " << first << " by " << way);
      CHECK(fan.pixels() == apart.pixels());
    }
  }
}

TEST_CASE("a fan all the way round its middle is drawn as its triangles") {
  std::vector<Corner> corners{{20, 20, 0, 0, kHalf}};
  for (int k = 0; k < 9; ++k) {
    const float turn = static_cast<float>(k) * 6.2831853F / 9;
    corners.push_back({20 + 15 * std::cos(turn), 20 + 15 * std::sin(turn), 0, 0, kHalf});
  }
  Sheet fan(40, 40);
  Sheet apart(40, 40);
  std::vector<std::uint32_t> order;
  for (std::uint32_t k = 1; k <= 9; ++k) {
    order.insert(order.end(), {0, k, k % 9 + 1});
    apart.add(corners, {k, k % 9 + 1, 0});
  }
  fan.add(corners, order);
  fan.paint();
  apart.paint();
  CHECK(fan.pixels() == apart.pixels());
}

TEST_CASE("letters on whole pixels are drawn as they were laid out") {
  const std::vector<std::uint8_t> covered{0, 255, 128, 7, 64, 200};
  Sheet sheet(7, 5);
  const TextureId words = sheet.textures.make(Channel::coverage, {covered.data(), 3, 2, 3});
  sheet.rectangle(0, 0, 7, 5, {240, 240, 240, 255});
  sheet.rectangle(2, 1, 3, 2, {20, 30, 40, 255}, words);
  sheet.paint();
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 3; ++x) {
      CHECK(red(sheet.at(2 + x, 1 + y)) == blended(240, 20, covered[static_cast<std::size_t>(y * 3 + x)]));
    }
  }
  CHECK(sheet.at(1, 1) == 0xF0F0F0);
  CHECK(sheet.at(5, 1) == 0xF0F0F0);
}

TEST_CASE("a stretched picture runs from one of its pixels to the next, and may be mirrored") {
  const std::vector<std::uint8_t> grey{0, 200};
  for (const bool mirrored : {false, true}) {
    Sheet sheet(40, 3);
    const TextureId picture = sheet.textures.make(Channel::grey, {grey.data(), 2, 1, 2});
    sheet.rectangle(0, 0, 40, 3, kWhite, picture, mirrored ? 1.0F : 0.0F, mirrored ? 0.0F : 1.0F);
    sheet.paint();
    for (int x = 0; x < 40; ++x) {
      const int from_start = mirrored ? 39 - x : x;
      // Its pixels' middles lie at 10 and 30.
      const double share = std::clamp((from_start + 0.5 - 10) / 20, 0.0, 1.0);
      CHECK(std::abs(static_cast<double>(red(sheet.at(x, 1))) - 200 * share) <= 1.0);
    }
  }
}

TEST_CASE("a picture in a tint is as one in white, tinted") {
  const std::vector<std::uint8_t> grey{0, 50, 100, 255};
  Sheet sheet(16, 16);
  const TextureId picture = sheet.textures.make(Channel::grey, {grey.data(), 4, 1, 4});
  sheet.rectangle(0, 0, 16, 16, {255, 128, 0, 255}, picture);
  sheet.paint();
  CHECK(sheet.at(15, 8) == 0xFF8000);
  CHECK(sheet.at(0, 8) == 0);
}

TEST_CASE("of a picture in colours, what it leaves free shows what is below") {
  const std::vector<std::uint8_t> rgba{255, 0, 0, 255, 0, 255, 0, 0};
  Sheet sheet(2, 1);
  const TextureId picture = sheet.textures.make(Channel::colour, {rgba.data(), 2, 1, 8});
  sheet.rectangle(0, 0, 2, 1, {0, 0, 9, 255});
  sheet.rectangle(0, 0, 2, 1, kWhite, picture);
  sheet.paint();
  CHECK(sheet.at(0, 0) == 0xFF0000);
  CHECK(sheet.at(1, 0) == 0x000009);
}

TEST_CASE("an area that is longer than any screen is drawn as far as the screen goes") {
  Sheet sheet(8, 8);
  // Nearly level: its sides cross the rows above and below far away.
  sheet.add({{-30000, 3.4F, 0, 0, kWhite}, {30000, 3.504F, 0, 0, kWhite}, {30000, 4.6F, 0, 0, kWhite}},
            {0, 1, 2});
  sheet.paint();
  CHECK(sheet.at(0, 0) == 0);
  CHECK(sheet.at(4, 3) == 0xFFFFFF);
  CHECK(sheet.at(7, 7) == 0);
}

// Anything: triangles, areas, fading colours, letters and pictures.
void scribble(Sheet& sheet, std::mt19937& random) {
  std::uniform_real_distribution<float> place(-10, 74);
  std::uniform_int_distribution<int> byte(0, 255);
  std::vector<std::uint8_t> noise(24 * 18 * 4);
  for (std::uint8_t& b : noise) b = static_cast<std::uint8_t>(byte(random));
  const auto colour = [&] {
    Rgba c{};
    for (std::uint8_t& b : c) b = static_cast<std::uint8_t>(byte(random));
    if (byte(random) < 90) c[3] = 255;
    return c;
  };
  const std::array<TextureId, 3> textures{sheet.textures.make(Channel::coverage, {noise.data(), 24, 18, 24}),
                                          sheet.textures.make(Channel::grey, {noise.data(), 24, 18, 24}),
                                          sheet.textures.make(Channel::colour, {noise.data(), 24, 18, 96})};
  for (int i = 0; i < 14; ++i) {
    const Rgba flat = colour();
    const auto corner = [&](bool fades) {
      return Corner{place(random), place(random), 0, 0, fades ? colour() : flat};
    };
    sheet.add({corner(i % 2 == 0), corner(i % 2 == 0), corner(i % 2 == 0)}, {0, 1, 2});
    sheet.rectangle(place(random), place(random), place(random) + 12, place(random) + 12, flat,
                    textures[static_cast<std::size_t>(i % 3)], i % 4 == 0 ? 1.0F : 0.0F,
                    i % 4 == 0 ? 0.0F : 1.0F);
    if (i % 5 == 0)
      sheet.rectangle(std::round(place(random)), std::round(place(random)), 24, 18, flat, textures[0]);
    if (i % 5 == 1) sheet.rectangle(std::round(place(random)), std::round(place(random)), 30, 20, flat);
  }
}

TEST_CASE("a part drawn anew meets the rest without a seam") {
  std::mt19937 random(2026);
  std::uniform_int_distribution<int> side(0, 64);
  for (int i = 0; i < 60; ++i) {
    Sheet sheet(64, 64);
    scribble(sheet, random);
    sheet.paint();
    const std::vector<std::uint32_t> whole = sheet.pixels();
    for (int k = 0; k < 10; ++k) {
      const auto [left, right] = std::minmax({side(random), side(random)});
      const auto [top, bottom] = std::minmax({side(random), side(random)});
      sheet.paint({left, top, right, bottom});
      INFO("scribble " << i << ", part " << left << " " << top << " " << right << " " << bottom);
      const auto differs = std::ranges::mismatch(sheet.pixels(), whole).in1 - sheet.pixels().begin();
      INFO("first at " << differs % 64 << ", " << differs / 64);
      const bool same = sheet.pixels() == whole;
      REQUIRE(same);
    }
  }
}

}  // namespace
}  // namespace lanyard::kiosk
