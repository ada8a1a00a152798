#include "tests/e2e/arrivals/canvas.hpp"

#include <algorithm>
#include <cmath>

namespace lanyard::arrivals {
namespace {

std::uint8_t to_level(double value) {
  return static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0) + 0.5);
}

void lay_over(Canvas& canvas, std::size_t at, double grey, double cover) {
  if (canvas.alpha[at] == 255) {
    canvas.grey[at] = to_level(mix(canvas.grey[at], grey, cover));
    return;
  }
  const double below = canvas.alpha[at] / 255.0 * (1.0 - cover);
  const double there = cover + below;
  if (there <= 0) return;
  canvas.grey[at] = to_level((grey * cover + canvas.grey[at] * below) / there);
  canvas.alpha[at] = to_level(there * 255.0);
}

// `distance(x, y)`: how far outside the shape a pixel's middle is; negative inside.
template <class Distance>
void paint_shape(Canvas& canvas, const Box& around, const Paint& paint, Distance distance) {
  const double edge = std::max(paint.edge, 0.1);
  const int left = std::max(0, static_cast<int>(std::floor(around.x - edge)));
  const int top = std::max(0, static_cast<int>(std::floor(around.y - edge)));
  const int right = std::min(canvas.width, static_cast<int>(std::ceil(around.x + around.width + edge)) + 1);
  const int bottom =
      std::min(canvas.height, static_cast<int>(std::ceil(around.y + around.height + edge)) + 1);
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const double inside = 0.5 - distance(x + 0.5, y + 0.5) / edge;
      if (inside <= 0) continue;
      const double share = std::min(inside, 1.0);
      lay_over(canvas, canvas.at(x, y), paint.grey, share * share * (3 - 2 * share) * paint.opacity);
    }
  }
}

}  // namespace

Canvas::Canvas(int across, int down)
    : width(across),
      height(down),
      grey(static_cast<std::size_t>(across) * static_cast<std::size_t>(down)),
      alpha(grey.size()) {}

void fill(Canvas& canvas, double grey) {
  std::fill(canvas.grey.begin(), canvas.grey.end(), to_level(grey));
  std::fill(canvas.alpha.begin(), canvas.alpha.end(), std::uint8_t{255});
}

void paint_box(Canvas& canvas, const Box& box, double corner_radius, const Paint& paint) {
  const double radius = std::min(corner_radius, std::min(box.width, box.height) / 2);
  const double half_x = box.width / 2 - radius;
  const double half_y = box.height / 2 - radius;
  const double middle_x = box.x + box.width / 2;
  const double middle_y = box.y + box.height / 2;
  paint_shape(canvas, box, paint, [=](double x, double y) {
    const double dx = std::abs(x - middle_x) - half_x;
    const double dy = std::abs(y - middle_y) - half_y;
    if (dx > 0 && dy > 0) return std::sqrt(dx * dx + dy * dy) - radius;
    return std::max(dx, dy) - radius;
  });
}

void paint_pin(Canvas& canvas, Vec2 from, double from_radius, Vec2 to, double to_radius, const Paint& paint) {
  const double most = std::max(from_radius, to_radius);
  const Box around{std::min(from.x, to.x) - most, std::min(from.y, to.y) - most,
                   std::abs(to.x - from.x) + 2 * most, std::abs(to.y - from.y) + 2 * most};
  const Vec2 along = to - from;
  const double square = std::max(along.x * along.x + along.y * along.y, 1e-9);
  paint_shape(canvas, around, paint, [=](double x, double y) {
    const double share = std::clamp(((x - from.x) * along.x + (y - from.y) * along.y) / square, 0.0, 1.0);
    const double dx = x - from.x - along.x * share;
    const double dy = y - from.y - along.y * share;
    return std::sqrt(dx * dx + dy * dy) - mix(from_radius, to_radius, share);
  });
}

void paint_ellipse(Canvas& canvas, Vec2 centre, double radius_x, double radius_y, const Paint& paint) {
  const Box around{centre.x - radius_x, centre.y - radius_y, 2 * radius_x, 2 * radius_y};
  const double least = std::min(radius_x, radius_y);
  paint_shape(canvas, around, paint, [=](double x, double y) {
    const double dx = (x - centre.x) / radius_x;
    const double dy = (y - centre.y) / radius_y;
    return (std::sqrt(dx * dx + dy * dy) - 1) * least;
  });
}

void add_light(Canvas& canvas, Vec2 centre, double deviation, double levels) {
  const double reach = 3 * deviation;
  const int left = std::max(0, static_cast<int>(centre.x - reach));
  const int top = std::max(0, static_cast<int>(centre.y - reach));
  const int right = std::min(canvas.width, static_cast<int>(centre.x + reach));
  const int bottom = std::min(canvas.height, static_cast<int>(centre.y + reach));
  const auto bell = [deviation](double d) { return std::exp(-d * d / (2 * deviation * deviation)); };
  std::vector<double> across;
  for (int x = left; x < right; ++x) across.push_back(bell(x + 0.5 - centre.x));
  for (int y = top; y < bottom; ++y) {
    const double row = bell(y + 0.5 - centre.y) * levels;
    for (int x = left; x < right; ++x) {
      std::uint8_t& grey = canvas.grey[canvas.at(x, y)];
      grey = to_level(grey + row * across[static_cast<std::size_t>(x - left)]);
    }
  }
}

void paint_words(Canvas& canvas, Vec2 left_top, double width, double letter_height, double grey,
                 Random& random) {
  const double stroke = letter_height * 0.16;
  const double letter = letter_height * 0.52;
  const double right = left_top.x + width;
  const Paint ink{grey, 1.0, 1};
  for (double x = left_top.x; x + letter < right;) {
    const int letters = 2 + random.below(8);
    for (int i = 0; i < letters && x + letter < right; ++i, x += letter * 1.25) {
      const double top = left_top.y + (random.chance(0.35) ? 0 : letter_height * 0.3);
      const double bottom = left_top.y + letter_height;
      paint_box(canvas, {x, top, stroke, bottom - top}, 0, ink);
      if (random.chance(0.6)) paint_box(canvas, {x + letter - stroke, top, stroke, bottom - top}, 0, ink);
      if (random.chance(0.6)) paint_box(canvas, {x, bottom - stroke, letter, stroke}, 0, ink);
      if (random.chance(0.6)) paint_box(canvas, {x, top, letter, stroke}, 0, ink);
    }
    x += letter;
  }
}

void paste(Canvas& canvas, scanner::GrayView picture, int x, int y) {
  for (int row = std::max(0, -y); row < picture.height && row + y < canvas.height; ++row) {
    const int first = std::max(0, -x);
    const int last = std::min(picture.width, canvas.width - x);
    if (first >= last) return;
    const std::size_t to = canvas.at(x + first, y + row);
    std::copy(picture.row(row) + first, picture.row(row) + last,
              canvas.grey.begin() + static_cast<std::ptrdiff_t>(to));
    std::fill_n(canvas.alpha.begin() + static_cast<std::ptrdiff_t>(to), last - first, std::uint8_t{255});
  }
}

}  // namespace lanyard::arrivals
