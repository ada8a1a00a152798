#include "tests/e2e/arrivals/hall.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::arrivals {
namespace {

// The lens is set to a badge's distance: what is far away has edges this wide, in pixels of the canvas at
// 640 across.
constexpr double kFarBlur = 6.5;

struct Room {
  Canvas& canvas;
  double width;
  double height;
  double blur;
  double horizon;  // where wall and floor meet
};

// No wall is even: stains, reflections and shadows, large and faint.
void mottle(Canvas& canvas, Random& random) {
  for (int i = 0; i < 70; ++i) {
    const double size = canvas.width * random.between(0.015, 0.09);
    const Vec2 at{canvas.width * random.between(0, 1), canvas.height * random.between(0, 1)};
    const double grey = random.chance(0.5) ? 30 : 215;
    paint_ellipse(canvas, at, size * random.between(0.6, 2), size,
                  {grey, size * 1.6, random.between(0.03, 0.13)});
  }
}

// Posters, screens and plants along the wall.
void paint_clutter(const Room& room, Random& random) {
  for (int i = 0; i < 7; ++i) {
    const double across = room.width * random.between(0.025, 0.08);
    const Vec2 at{room.width * random.between(0, 1), room.horizon * random.between(0.45, 0.75)};
    const double down = across * random.between(0.6, 1.5);
    paint_box(room.canvas, {at.x, at.y, across, down}, 0, {random.between(40, 235), room.blur * 0.8, 0.9});
    paint_box(room.canvas, {at.x + across * 0.15, at.y + down * 0.2, across * 0.6, down * 0.3}, 0,
              {random.between(40, 235), room.blur * 0.8, 0.8});
  }
  for (int i = 0; i < 2; ++i) {
    const Vec2 pot{room.width * random.between(0, 1), room.horizon + room.height * 0.03};
    paint_box(room.canvas, {pot.x - 9, pot.y - 18, 18, 22}, 3, {50, room.blur, 1});
    for (int leaf = 0; leaf < 16; ++leaf) {
      const Vec2 tip = pot + Vec2{random.between(-26, 26), -random.between(24, 70)};
      paint_pin(room.canvas, pot + Vec2{0, -18}, 1.5, tip, 3.5,
                {random.between(35, 100), room.blur * 0.7, 0.9});
    }
  }
}

void paint_shell(const Room& room, Random& random) {
  const double wall = random.between(120, 175);
  const double floor = random.between(80, 140);
  const double ceiling = random.between(75, 130);
  const double cornice = room.horizon * random.between(0.28, 0.4);
  Canvas& canvas = room.canvas;
  for (int y = 0; y < canvas.height; ++y) {
    double grey = wall - 12 * (y - cornice) / (room.horizon - cornice);
    if (y < cornice) grey = mix(ceiling, ceiling + 40, y / cornice);
    if (y > room.horizon) grey = mix(floor, floor + 35, (y - room.horizon) / (room.height - room.horizon));
    for (int x = 0; x < canvas.width; ++x) {
      // Daylight from one side.
      const double side = 14 * (x / room.width - 0.5);
      canvas.grey[canvas.at(x, y)] = static_cast<std::uint8_t>(std::clamp(grey + side, 0.0, 255.0));
    }
  }
  std::fill(canvas.alpha.begin(), canvas.alpha.end(), std::uint8_t{255});
  mottle(canvas, random);
  for (double y = room.horizon + 6, step = 8; y < room.height; y += step, step *= 1.5) {
    paint_box(canvas, {0, y, room.width, 1 + step / 16}, 0, {floor - 14, room.blur, 0.5});
  }
  for (int i = -6; i <= 6; ++i) {
    const double foot = room.width * (0.5 + 0.22 * i);
    paint_pin(canvas, {mix(room.width / 2, foot, 0.3), room.horizon}, 0.6, {foot, room.height}, 1.5,
              {floor - 14, room.blur, 0.5});
  }
}

void paint_lamps(const Room& room, Random& random) {
  const int rows = 2 + random.below(2);
  for (int row = 0; row < rows; ++row) {
    const double y = room.horizon * (0.05 + 0.11 * row);
    const double reach = room.width * (0.62 - 0.13 * row);
    const int count = 3 + random.below(3);
    for (int i = 0; i < count; ++i) {
      const double x = room.width / 2 + reach * (2.0 * i / (count - 1) - 1);
      const double size = room.width * (0.045 - 0.01 * row);
      paint_ellipse(room.canvas, {x, y}, size, size * 0.3, {255, room.blur * 1.4, 1});
      add_light(room.canvas, {x, y}, size * 1.6, 45);
    }
  }
}

void paint_doors(const Room& room, Random& random) {
  const double left = room.width * random.between(0.03, 0.6);
  const double across = room.width * random.between(0.22, 0.36);
  const double top = room.horizon * random.between(0.42, 0.52);
  const double light = random.between(215, 255);
  paint_box(room.canvas, {left, top, across, room.horizon - top}, 0, {light, room.blur, 1});
  add_light(room.canvas, {left + across / 2, (top + room.horizon) / 2}, across * 0.6, 35);
  const int panes = 3 + random.below(3);
  for (int i = 0; i <= panes; ++i) {
    const double x = left + across * i / panes;
    paint_box(room.canvas, {x - 1.5, top, 3, room.horizon - top}, 0, {62, room.blur * 0.8, 1});
  }
  for (const double share : {0.0, 0.34}) {
    paint_box(room.canvas, {left, top + share * (room.horizon - top) - 1.5, across, 3}, 0,
              {62, room.blur * 0.8, 1});
  }
  for (int i = 0; i < 2; ++i) {
    const double x = room.width * random.between(0, 1);
    paint_box(room.canvas, {x, 0, room.width * 0.035, room.horizon + 8}, 0,
              {random.between(120, 175), room.blur, 1});
  }
}

void paint_banner(const Room& room, Random& random) {
  const double left =
      room.width * (random.chance(0.5) ? random.between(0.02, 0.2) : random.between(0.7, 0.85));
  const double across = room.width * random.between(0.1, 0.14);
  const double top = room.horizon * random.between(0.45, 0.6);
  const double bottom = room.horizon + room.height * 0.08;
  const double ground = random.between(25, 70);
  const Paint white{235, room.blur * 0.6, 1};
  paint_box(room.canvas, {left, top, across, bottom - top}, 0, {ground, room.blur * 0.7, 1});
  paint_ellipse(room.canvas, {left + across / 2, top + across * 0.4}, across * 0.24, across * 0.24, white);
  paint_ellipse(room.canvas, {left + across / 2, top + across * 0.4}, across * 0.13, across * 0.13,
                {ground, room.blur * 0.6, 1});
  for (double y = top + across * 0.85; y < bottom - 14; y += across * 0.16) {
    paint_words(room.canvas, {left + across * 0.12, y}, across * random.between(0.4, 0.78), across * 0.08,
                225, random);
  }
}

}  // namespace

Visitor any_visitor(std::uint64_t seed) {
  Random random(seed);
  Visitor visitor;
  visitor.at = random.between(0.3, 0.7);
  visitor.near = random.between(0.85, 1.1);
  visitor.skin = random.between(70, 190);
  visitor.hair = random.chance(0.2) ? random.between(130, 200) : random.between(15, 80);
  visitor.coat = random.chance(0.25) ? random.between(120, 200) : random.between(18, 80);
  visitor.shirt = random.between(170, 240);
  visitor.tie = random.chance(0.45);
  return visitor;
}

Hall::Hall(Size frame, std::uint64_t seed)
    : frame_(frame), still_((frame.width + 1) / 2, (frame.height + 1) / 2) {
  Random random(seed);
  const Room room{still_, double(still_.width), double(still_.height), kFarBlur * still_.width / 640,
                  still_.height * random.between(0.6, 0.7)};
  paint_shell(room, random);
  paint_lamps(room, random);
  paint_doors(room, random);
  paint_clutter(room, random);
  paint_banner(room, random);
  const int count = 5 + random.below(5);
  for (int i = 0; i < count; ++i) {
    Walker walker;
    walker.begin = random.between(-0.2, 1.2);
    // Most stand and talk; some walk by.
    walker.widths_per_second =
        random.chance(0.5) ? random.between(-0.006, 0.006) : random.between(-0.09, 0.09);
    walker.height = random.between(0.26, 0.5);
    walker.feet = room.horizon / still_.height + (walker.height - 0.2) * 0.75;
    walker.coat = random.chance(0.3) ? random.between(110, 190) : random.between(22, 85);
    walker.skin = random.between(80, 185);
    walker.hair = random.between(15, 110);
    walker.pace = random.between(4.5, 6.5);
    walker.phase = random.between(0, 6.28);
    walkers_.push_back(walker);
  }
  // The nearer ones stand before the others.
  std::sort(walkers_.begin(), walkers_.end(),
            [](const Walker& a, const Walker& b) { return a.height < b.height; });
}

void Hall::paint_walker(Canvas& canvas, const Walker& walker, double seconds) const {
  const double blur = kFarBlur * canvas.width / 640 * (1.2 - walker.height);
  double at = walker.begin + 0.2 + walker.widths_per_second * seconds;
  at -= std::floor(at / 1.4) * 1.4 + 0.2;  // whoever leaves comes in at the other side
  const bool walks = std::abs(walker.widths_per_second) > 0.01;
  const double swing = std::sin(walker.phase + seconds * (walks ? walker.pace : 0.6));
  const double tall = walker.height * canvas.height;
  const Vec2 feet{at * canvas.width + (walks ? 0 : swing * 0.01 * tall),
                  walker.feet * canvas.height - (walks ? std::abs(swing) * 0.012 * tall : 0)};
  const auto up = [&](double share, double aside) { return feet + Vec2{aside * tall, -share * tall}; };
  const double stride = walks ? swing * 0.11 : 0.04;
  const Paint dark{walker.coat * 0.7, blur, 1};
  paint_ellipse(canvas, feet, 0.16 * tall, 0.025 * tall, {30, blur * 3, 0.5});
  for (const double side : {-1.0, 1.0}) {
    paint_pin(canvas, up(0.48, 0.03 * side), 0.065 * tall, up(0.02, stride * side), 0.035 * tall, dark);
  }
  const Paint coat{walker.coat, blur, 1};
  for (const double side : {-1.0, 1.0}) {
    paint_pin(canvas, up(0.78, 0.1 * side), 0.04 * tall, up(0.5, 0.12 * side - 0.5 * stride * side),
              0.032 * tall, {walker.coat * 0.85, blur, 1});
  }
  paint_pin(canvas, up(0.75, 0), 0.1 * tall, up(0.5, 0), 0.085 * tall, coat);
  paint_pin(canvas, up(0.76, 0.02), 0.05 * tall, up(0.55, 0.02), 0.04 * tall,
            {std::min(255.0, walker.coat * 1.25 + 8), blur * 3, 0.7});
  paint_pin(canvas, up(0.84, 0), 0.03 * tall, up(0.88, 0), 0.03 * tall, {walker.skin * 0.85, blur, 1});
  paint_ellipse(canvas, up(0.925, 0), 0.058 * tall, 0.075 * tall, {walker.hair, blur, 1});
  paint_ellipse(canvas, up(0.91, 0.008 * (walker.widths_per_second > 0 ? 1 : -1)), 0.046 * tall, 0.058 * tall,
                {walker.skin, blur, 1});
}

Canvas Hall::at(double seconds) const {
  Canvas canvas = still_;
  for (const Walker& walker : walkers_) paint_walker(canvas, walker, seconds);
  return canvas;
}

void paint_visitor(Canvas& half, const Visitor& visitor) {
  const double unit = half.height * visitor.near / 4.2;  // a head's height, about
  const double blur = kFarBlur * half.width / 640 * 0.6;
  const Vec2 chin{visitor.at * half.width, half.height * 0.44};
  const auto from_chin = [&](double right, double down) { return chin + Vec2{right * unit, down * unit}; };
  const Paint coat{visitor.coat, blur, 1};
  // Shoulders, trunk, and the light on one side of it.
  paint_pin(half, from_chin(-0.95, 0.95), 0.5 * unit, from_chin(0.95, 0.95), 0.5 * unit, coat);
  paint_box(half, {chin.x - 1.42 * unit, chin.y + 0.8 * unit, 2.84 * unit, 5 * unit}, 0.5 * unit, coat);
  paint_pin(half, from_chin(0.7, 1.2), 0.3 * unit, from_chin(0.75, 4), 0.3 * unit,
            {std::min(255.0, visitor.coat * 1.3 + 6), unit * 0.7, 0.7});
  // Collar and what is under the coat.
  paint_pin(half, from_chin(0, 0.45), 0.3 * unit, from_chin(0, 2.4), 0.03 * unit, {visitor.shirt, blur, 1});
  if (visitor.tie) {
    paint_pin(half, from_chin(0, 0.6), 0.07 * unit, from_chin(0, 2.2), 0.1 * unit,
              {visitor.coat * 0.5 + 40, blur, 1});
  }
  for (const double side : {-1.0, 1.0}) {
    paint_pin(half, from_chin(0.33 * side, 0.4), 0.1 * unit, from_chin(0.1 * side, 2.3), 0.12 * unit,
              {visitor.coat * 0.8, blur, 1});
  }
  paint_pin(half, from_chin(0, -0.2), 0.23 * unit, from_chin(0, 0.42), 0.25 * unit,
            {visitor.skin * 0.72, blur, 1});
  // The head: hair behind, face, and the shadows that make it one.
  paint_ellipse(half, from_chin(0, -0.56), 0.44 * unit, 0.6 * unit, {visitor.hair, blur, 1});
  paint_ellipse(half, from_chin(0, -0.42), 0.37 * unit, 0.47 * unit, {visitor.skin, blur * 1.3, 1});
  paint_ellipse(half, from_chin(0.16, -0.4), 0.15 * unit, 0.3 * unit,
                {std::min(255.0, visitor.skin * 1.15), unit * 0.22, 0.8});
  for (const double side : {-1.0, 1.0}) {
    paint_ellipse(half, from_chin(0.15 * side, -0.5), 0.075 * unit, 0.03 * unit,
                  {visitor.skin * 0.4, blur * 1.2, 0.9});
    paint_ellipse(half, from_chin(0.15 * side, -0.6), 0.1 * unit, 0.022 * unit,
                  {visitor.hair * 0.8, blur, 0.8});
  }
  paint_ellipse(half, from_chin(0, -0.33), 0.05 * unit, 0.08 * unit, {visitor.skin * 0.8, unit * 0.1, 0.8});
  paint_ellipse(half, from_chin(0, -0.15), 0.12 * unit, 0.026 * unit, {visitor.skin * 0.55, blur, 0.9});
  if (!visitor.reaches) return;
  const Vec2 hand = visitor.hand_px * 0.5;
  const double side = hand.x < chin.x ? -1 : 1;
  // The elbow hangs below the frame's lower edge.
  const Vec2 elbow{mix(from_chin(1.4 * side, 0).x, hand.x, 0.55), std::max(half.height * 1.2, hand.y + unit)};
  paint_pin(half, from_chin(1.15 * side, 1.2), 0.36 * unit, elbow, 0.34 * unit,
            {visitor.coat * 0.9, blur, 1});
  paint_pin(half, elbow, 0.34 * unit, hand, 0.24 * unit, {visitor.coat * 1.08, blur * 0.8, 1});
}

scanner::GrayFrame full_size(const Canvas& half, Size frame, double light) {
  scanner::GrayFrame full(frame.width, frame.height);
  const auto factor = static_cast<std::uint32_t>(std::lround(light * 64));
  std::vector<std::uint16_t> column(static_cast<std::size_t>(half.width) + 2);
  for (int y = 0; y < frame.height; ++y) {
    // A pixel lies a quarter of the way from its own half-size one to the next.
    const int own = y / 2;
    const int other = std::clamp(own + (y % 2 == 0 ? -1 : 1), 0, half.height - 1);
    const std::uint8_t* near = half.grey.data() + half.at(0, own);
    const std::uint8_t* far = half.grey.data() + half.at(0, other);
    for (int x = 0; x < half.width; ++x) {
      column[static_cast<std::size_t>(x) + 1] = static_cast<std::uint16_t>(3 * near[x] + far[x]);
    }
    column.front() = column[1];
    column.back() = column[static_cast<std::size_t>(half.width)];
    std::uint8_t* to = full.row(y);
    for (int x = 0; x < frame.width; ++x) {
      const auto at = static_cast<std::size_t>(x / 2) + 1;
      const std::uint32_t neighbour = x % 2 == 0 ? column[at - 1] : column[at + 1];
      const std::uint32_t level = ((3U * column[at] + neighbour) * factor) >> 10U;
      to[x] = static_cast<std::uint8_t>(std::min<std::uint32_t>(level, 255));
    }
  }
  return full;
}

}  // namespace lanyard::arrivals
