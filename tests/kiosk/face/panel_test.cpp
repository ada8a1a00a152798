#include "kiosk/face/panel.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "tests/catch.hpp"
#include "tests/kiosk/face/compositor.hpp"

namespace lanyard::kiosk {
namespace {

constexpr int kWidth = 40;
constexpr int kHeight = 30;

struct Stage {
  Stage() {
    compositor.make_surface();
    auto opened = wayland_panel(compositor.client, compositor.surface, kWidth, kHeight);
    REQUIRE(opened);
    panel = std::move(*opened);
  }
  Compositor compositor;
  std::unique_ptr<Panel> panel;

  // Draws there, and nowhere else.
  Shown draw(const PixelRect& area, std::uint32_t colour) {
    const PixelBuffer picture = panel->picture();
    for (int y = area.top; y < area.bottom; ++y) {
      std::fill(picture.row(y) + area.left, picture.row(y) + area.right, colour);
    }
    return panel->show(std::array{area});
  }
  // The fourth byte says that nothing is to be seen through it.
  [[nodiscard]] std::vector<std::uint32_t> expected() {
    const PixelBuffer picture = panel->picture();
    std::vector<std::uint32_t> pixels(picture.pixels, picture.pixels + std::ptrdiff_t{kWidth} * kHeight);
    for (std::uint32_t& pixel : pixels) pixel |= 0xFF000000;
    return pixels;
  }
};

PixelRect somewhere(std::mt19937& random) {
  const auto [left, right] = std::minmax(
      {std::uniform_int_distribution(0, kWidth)(random), std::uniform_int_distribution(0, kWidth)(random)});
  const auto [top, bottom] = std::minmax(
      {std::uniform_int_distribution(0, kHeight)(random), std::uniform_int_distribution(0, kHeight)(random)});
  return {left, top, right, bottom};
}

TEST_CASE("what is drawn part by part is seen whole, whichever buffer has its turn") {
  Stage s;
  std::mt19937 random(5);
  static_cast<void>(s.draw({0, 0, kWidth, kHeight}, 0x112233));
  for (std::uint32_t i = 0; i < 200; ++i) {
    s.compositor.act([] {});  // the frame's turn at the display
    static_cast<void>(s.draw(somewhere(random), 0x010101 * (i % 255)));
    if (i % 20 == 0) CHECK(s.compositor.seen() == s.expected());
  }
  while (s.panel->show({}) == Shown::held) s.compositor.act([] {});
  CHECK(s.compositor.seen() == s.expected());
}

TEST_CASE("a compositor that holds every buffer gets what it missed as soon as it lets go") {
  Stage s;
  CHECK(s.draw({0, 0, kWidth, kHeight}, 0x112233) == Shown::yes);
  s.compositor.hold(true);
  std::mt19937 random(6);
  Shown last = Shown::yes;
  for (std::uint32_t i = 0; i < 300; ++i) last = s.draw(somewhere(random), 0x000001 * (i % 255));
  CHECK(last == Shown::held);
  CHECK(s.compositor.seen() != s.expected());
  s.compositor.hold(false);
  // Taken in by the panel, though the window reads events: then it has to look for more.
  const Shown then = s.panel->show({});
  CHECK((then == Shown::yes || then == Shown::look_again));
  CHECK(s.compositor.seen() == s.expected());
}

TEST_CASE("nothing new is not shown again") {
  Stage s;
  CHECK(s.draw({0, 0, kWidth, kHeight}, 0x112233) == Shown::yes);
  const auto seen = s.compositor.seen();
  const int commits = s.compositor.commits;
  for (int i = 0; i < 5; ++i) CHECK(s.panel->show({}) == Shown::yes);
  CHECK(s.compositor.seen() == seen);
  CHECK(s.compositor.commits == commits);
}

}  // namespace
}  // namespace lanyard::kiosk
