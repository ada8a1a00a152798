// A grey picture with an alpha plane, and the few soft shapes that halls, people and things are painted
// with. PURE. Threads: a canvas belongs to one thread while it is painted.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/frame.hpp"
#include "tests/e2e/arrivals/geometry.hpp"
#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::arrivals {

struct Canvas {
  int width{0};
  int height{0};
  std::vector<std::uint8_t> grey;   // not premultiplied
  std::vector<std::uint8_t> alpha;  // 255 = there

  Canvas() = default;
  // All of it transparent.
  Canvas(int across, int down);
  [[nodiscard]] std::size_t at(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
  }
};

struct Box {
  double x{0};
  double y{0};
  double width{0};
  double height{0};
};

// How a shape is put on: its grey, how wide its edge is (a defocused edge is a wide one), and how much of it
// there is. All in pixels of the canvas and grey levels.
struct Paint {
  double grey{128};
  double edge{1.2};
  double opacity{1};
};

void fill(Canvas& canvas, double grey);
void paint_box(Canvas& canvas, const Box& box, double corner_radius, const Paint& paint);
// A pin whose ends have radii of their own: limbs, fingers, trunks.
void paint_pin(Canvas& canvas, Vec2 from, double from_radius, Vec2 to, double to_radius, const Paint& paint);
void paint_ellipse(Canvas& canvas, Vec2 centre, double radius_x, double radius_y, const Paint& paint);
// Light on top of what is there, of a bell's shape; `deviation` is the bell's.
void add_light(Canvas& canvas, Vec2 centre, double deviation, double levels);
// Something like a line of print, of letters of this height.
void paint_words(Canvas& canvas, Vec2 left_top, double width, double letter_height, double grey,
                 Random& random);
// An opaque picture, its left top at (x, y).
void paste(Canvas& canvas, scanner::GrayView picture, int x, int y);

}  // namespace lanyard::arrivals
