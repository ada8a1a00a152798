#include "kiosk/face/raster.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "kiosk/face/spans.hpp"

namespace lanyard::kiosk {
namespace {

constexpr std::int64_t kSubpixels = 256;
constexpr std::int64_t kHalf = kSubpixels / 2;

struct Place {
  std::int64_t x{0};
  std::int64_t y{0};  // 1/256 of a pixel
};

Place place_of(const Corner& corner) {
  return {std::llround(static_cast<double>(corner.x) * kSubpixels),
          std::llround(static_cast<double>(corner.y) * kSubpixels)};
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  const std::int64_t quotient = a / b;
  return quotient - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

// The first pixel of each row, from `row` on, whose centre is not left of a side. A step further is an
// addition.
class Side {
 public:
  Side(Place upper, Place lower, int row) : length_((lower.y - upper.y) * kSubpixels) {
    const std::int64_t dx = (lower.x - upper.x) * kSubpixels;
    // ceil of (x where the side crosses the row's centre, less half a pixel) in whole pixels.
    const std::int64_t centre = row * kSubpixels + kHalf;
    const std::int64_t sum =
        (upper.x - kHalf) * (lower.y - upper.y) + (lower.x - upper.x) * (centre - upper.y) + length_ - 1;
    pixel_ = floor_div(sum, length_);
    rest_ = sum - pixel_ * length_;
    // A row further, the sum grows by dx.
    step_ = floor_div(dx, length_);
    step_rest_ = dx - step_ * length_;
  }
  [[nodiscard]] std::int64_t pixel() const { return pixel_; }
  void next() {
    pixel_ += step_;
    rest_ += step_rest_;
    if (rest_ >= length_) {
      rest_ -= length_;
      ++pixel_;
    }
  }

 private:
  std::int64_t length_;
  std::int64_t pixel_{0};
  std::int64_t rest_{0};
  std::int64_t step_{0};
  std::int64_t step_rest_{0};
};

// A value that three corners say, at the centres of pixels.
class Plane {
 public:
  Plane() = default;
  Plane(const std::array<Place, 3>& at, const std::array<double, 3>& values, std::int64_t area) {
    const double b = values[1] - values[0];
    const double c = values[2] - values[0];
    const auto whole = static_cast<double>(area);
    const auto difference = [](std::int64_t x, std::int64_t y) { return static_cast<double>(x - y); };
    const double dx =
        (b * difference(at[2].y, at[0].y) - c * difference(at[1].y, at[0].y)) / whole * kSubpixels;
    const double dy =
        (c * difference(at[1].x, at[0].x) - b * difference(at[2].x, at[0].x)) / whole * kSubpixels;
    anchor_x_ = static_cast<int>(floor_div(at[0].x, kSubpixels));
    anchor_y_ = static_cast<int>(floor_div(at[0].y, kSubpixels));
    const double at_anchor = values[0] +
                             dx * difference(anchor_x_ * kSubpixels + kHalf, at[0].x) / kSubpixels +
                             dy * difference(anchor_y_ * kSubpixels + kHalf, at[0].y) / kSubpixels;
    base_ = fixed(at_anchor);
    step_ = fixed(dx);
    down_ = fixed(dy);
  }

  // 16.16
  [[nodiscard]] std::int64_t at(int x, int y) const {
    return base_ + step_ * (x - anchor_x_) + down_ * (y - anchor_y_);
  }
  [[nodiscard]] std::int64_t step() const { return step_; }

 private:
  // A sliver of a triangle has slopes beyond all measure, and next to no pixels.
  static std::int64_t fixed(double value) {
    constexpr double kMost = 1e9;
    return std::llround(std::clamp(value, -kMost, kMost) * 65536);
  }

  std::int64_t base_{0};
  std::int64_t step_{0};
  std::int64_t down_{0};
  int anchor_x_{0};
  int anchor_y_{0};
};

const Corner& corner_of(const Shapes& shapes, const Shape& shape, std::uint32_t index) {
  return shapes.corners[shapes.order[shape.first + index]];
}

// The triangle whose first corner is the shape's `index`th.
std::array<const Corner*, 3> triangle_of(const Shapes& shapes, const Shape& shape, std::uint32_t index) {
  return {&corner_of(shapes, shape, index), &corner_of(shapes, shape, index + 1),
          &corner_of(shapes, shape, index + 2)};
}

// Where a picture is read: it stands upright, as Canvas draws them all, so one line across and one down hold
// for all of its triangles.
class Upright {
 public:
  Upright(const Shapes& shapes, const Shape& shape, const MemoryTexture& texture) : texture_(&texture) {
    const Corner* least = nullptr;
    const Corner* most = nullptr;
    std::uint8_t alpha = 0;
    for (std::uint32_t i = 0; i < shape.count; ++i) {
      alpha = std::max(alpha, corner_of(shapes, shape, i).rgba[3]);
    }
    // The rim of a rounded picture, which fades, is not read in the same way.
    const auto widest = [&](float Corner::*along) {
      least = most = nullptr;
      for (std::uint32_t i = 0; i < shape.count; ++i) {
        const Corner& c = corner_of(shapes, shape, i);
        if (c.rgba[3] != alpha) continue;
        if (least == nullptr || c.*along < least->*along) least = &c;
        if (most == nullptr || c.*along > most->*along) most = &c;
      }
    };
    widest(&Corner::x);
    across_ = Line(least->x, most->x, least->u * static_cast<float>(texture.width),
                   most->u * static_cast<float>(texture.width));
    widest(&Corner::y);
    down_ = Line(least->y, most->y, least->v * static_cast<float>(texture.height),
                 most->v * static_cast<float>(texture.height));
    // Fully seen, a grey picture hides what is under it, and a table knows its colours.
    if (texture.channel == Channel::grey && alpha == 255) tints_.emplace(most->rgba);
  }

  [[nodiscard]] spans::Read at(int x, int y) const {
    return {texture_, {across_.at(x), across_.step}, down_.at(y), tints_ ? &*tints_ : nullptr};
  }

 private:
  struct Line {
    Line() = default;
    Line(float from, float to, float value_from, float value_to) {
      const double length = std::max(1.0 / kSubpixels, double{to} - double{from});
      const double slope = (double{value_to} - double{value_from}) / length;
      anchor = static_cast<int>(std::floor(from));
      base = std::llround((double{value_from} - 0.5 + slope * (anchor + 0.5 - double{from})) * 65536);
      step = std::llround(slope * 65536);
    }
    [[nodiscard]] std::int64_t at(int pixel) const { return base + step * (pixel - anchor); }
    int anchor{0};
    std::int64_t base{0};
    std::int64_t step{0};
  };

  const MemoryTexture* texture_;
  Line across_;
  Line down_;
  std::optional<spans::Tints> tints_;
};

std::int64_t cross(Place a, Place b, Place c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

// Triangles that make up one convex area, of one colour or each of its own.
class Area {
 public:
  explicit Area(const std::array<const Corner*, 3>& corners) : corners_(corners.begin(), corners.end()) {
    for (const Corner* corner : corners) places_.push_back(place_of(*corner));
    turns_right_ = cross(places_[0], places_[1], places_[2]) >= 0;
    flat_ = corners[0]->rgba == corners[1]->rgba && corners[0]->rgba == corners[2]->rgba;
  }

  // A further triangle, between the first corner, the last and this one; false: it is not of this area.
  [[nodiscard]] bool take(const std::array<const Corner*, 3>& next) {
    const std::size_t count = places_.size();
    if (!flat_ || next[0] != corners_.front() || next[1] != corners_.back()) return false;
    if (next[2]->rgba != corners_.front()->rgba) return false;
    const Place place = place_of(*next[2]);
    // At the last corner, at the new one, and at the first: all turn the same way, or it is not convex.
    const auto turns_on = [this](const Place& a, const Place& b, const Place& c) {
      return turns_right_ ? cross(a, b, c) >= 0 : cross(a, b, c) <= 0;
    };
    if (!turns_on(places_[count - 2], places_.back(), place) ||
        !turns_on(places_.back(), place, places_.front()) || !turns_on(place, places_.front(), places_[1])) {
      return false;
    }
    corners_.push_back(next[2]);
    places_.push_back(place);
    return true;
  }

  [[nodiscard]] bool is_flat() const { return flat_; }
  // A rectangle of pixels that are all within: as high as the area, between the corners that are cut off or
  // round.
  [[nodiscard]] PixelRect core() const {
    const auto [least, most] = std::ranges::minmax(places_, {}, &Place::y);
    std::int64_t left = std::numeric_limits<std::int64_t>::min();
    std::int64_t right = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t level : {least.y, most.y}) {
      std::int64_t first = std::numeric_limits<std::int64_t>::max();
      std::int64_t last = std::numeric_limits<std::int64_t>::min();
      for (const Place& place : places_) {
        if (place.y != level) continue;
        first = std::min(first, place.x);
        last = std::max(last, place.x);
      }
      left = std::max(left, first);
      right = std::min(right, last);
    }
    const auto up = [](std::int64_t value) { return static_cast<int>(-floor_div(-value, kSubpixels)); };
    const auto down = [](std::int64_t value) { return static_cast<int>(floor_div(value, kSubpixels)); };
    return {up(left), up(least.y), down(right), down(most.y)};
  }

  void paint(const PixelBuffer& out, const PixelRect& within, const Upright* picture) {
    if (flat_ && corners_[0]->rgba[3] == 0) return;
    const auto [least, most] = std::ranges::minmax(places_, {}, &Place::y);
    const int top = std::max(within.top, row_from(least.y));
    const int bottom = std::min(within.bottom, row_from(most.y));
    if (top >= bottom) return;
    rows_.assign(static_cast<std::size_t>(bottom - top), {within.left, within.left});
    for (std::size_t i = 0; i < places_.size(); ++i) {
      border(places_[i], places_[(i + 1) % places_.size()], top, bottom, within);
    }
    if (!flat_ && !prepare_colours()) return;
    for (int y = top; y < bottom; ++y) {
      const Row& r = rows_[static_cast<std::size_t>(y - top)];
      if (r.left < r.right) row(out.row(y) + r.left, r.left, r.right - r.left, y, picture);
    }
  }

 private:
  struct Row {
    int left{0};
    int right{0};
  };

  // The first row whose centre is not above it.
  static int row_from(std::int64_t y) { return static_cast<int>(-floor_div(kHalf - y, kSubpixels)); }

  void border(Place from, Place to, int top, int bottom, const PixelRect& within) {
    if (from.y == to.y) return;
    // The inner side is on the right of what goes up, if the corners turn to the right.
    const bool is_left = (to.y < from.y) == turns_right_;
    if (to.y < from.y) std::swap(from, to);
    const int first = std::max(top, row_from(from.y));
    const int last = std::min(bottom, row_from(to.y));
    if (first >= last) return;
    Side side(from, to, first);
    for (int y = first; y < last; ++y, side.next()) {
      Row& r = rows_[static_cast<std::size_t>(y - top)];
      const auto pixel = static_cast<int>(std::clamp<std::int64_t>(side.pixel(), within.left, within.right));
      (is_left ? r.left : r.right) = pixel;
    }
  }

  // False: it has no inside.
  [[nodiscard]] bool prepare_colours() {
    const std::int64_t area = cross(places_[0], places_[1], places_[2]);
    if (area == 0) return false;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto value = [&](std::size_t k) { return static_cast<double>(corners_[k]->rgba[i]); };
      colours_[i] = Plane({places_[0], places_[1], places_[2]}, {value(0), value(1), value(2)}, area);
    }
    return true;
  }

  void row(std::uint32_t* to, int x, int count, int y, const Upright* picture) const {
    spans::Ink ink;
    ink.rgba = corners_[0]->rgba;
    for (std::size_t i = 0; i < 4 && !flat_; ++i) {
      ink.planes[i] = {colours_[i].at(x, y), colours_[i].step()};
      ink.flat = ink.flat && ink.planes[i].step == 0;
      ink.rgba[i] = spans::byte_of(ink.planes[i].at);
    }
    if (picture == nullptr) return spans::plain(to, count, ink);
    spans::textured(to, count, ink, picture->at(x, y));
  }

  std::vector<const Corner*> corners_;
  std::vector<Place> places_;
  std::vector<Row> rows_;
  bool turns_right_{true};
  bool flat_{true};
  std::array<Plane, 4> colours_{};
};

// Whether the triangle has a pixel in the area at all: cheaper than to take it apart.
bool meets(const std::array<const Corner*, 3>& c, const PixelRect& area) {
  const auto [left, right] = std::minmax({c[0]->x, c[1]->x, c[2]->x});
  const auto [top, bottom] = std::minmax({c[0]->y, c[1]->y, c[2]->y});
  return right >= static_cast<float>(area.left) && left <= static_cast<float>(area.right) &&
         bottom >= static_cast<float>(area.top) && top <= static_cast<float>(area.bottom);
}

// A rectangle that hides the area: without a picture, and with nothing to be seen through it.
bool covers(const Shapes& shapes, const Shape& shape, const PixelRect& area) {
  if (shape.texture != 0 || shape.count != 6 || !shape.box.holds(area)) return false;
  std::array<const Corner*, 6> corners{};
  for (std::uint32_t i = 0; i < shape.count; ++i) corners[i] = &corner_of(shapes, shape, i);
  const auto across = std::ranges::minmax(corners, {}, &Corner::x);
  const auto down = std::ranges::minmax(corners, {}, &Corner::y);
  const auto is_outer = [&](const Corner* c) {
    return (c->x == across.min->x || c->x == across.max->x) && (c->y == down.min->y || c->y == down.max->y) &&
           c->rgba[3] == 255;
  };
  return across.min->x <= static_cast<float>(area.left) && across.max->x >= static_cast<float>(area.right) &&
         down.min->y <= static_cast<float>(area.top) && down.max->y >= static_cast<float>(area.bottom) &&
         std::ranges::all_of(corners, is_outer);
}

// The pixels of the camera's picture under which nothing can be seen; empty for any other shape.
PixelRect camera_core(const Shapes& shapes, const Shape& shape, const MemoryTextures& textures) {
  const MemoryTexture* texture = shape.texture == 0 ? nullptr : textures.find(shape.texture);
  if (texture == nullptr || texture->channel != Channel::grey) return {};
  std::optional<Area> area;
  for (std::uint32_t k = 0; k + 3 <= shape.count; k += 3) {
    const auto corners = triangle_of(shapes, shape, k);
    if (corners[0]->rgba[3] != 255) return {};
    if (!area) {
      area.emplace(corners);
    } else if (!area->take(corners)) {
      break;  // its rim
    }
  }
  return area && area->is_flat() ? area->core().within(shape.clip) : PixelRect{};
}

void paint_shape(const Shapes& shapes, const Shape& shape, const MemoryTexture* texture,
                 const PixelBuffer& out, const PixelRect& area) {
  std::optional<Upright> picture;
  if (texture != nullptr) picture.emplace(shapes, shape, *texture);
  std::optional<Area> under_way;
  for (std::uint32_t k = 0; k + 3 <= shape.count; k += 3) {
    const auto corners = triangle_of(shapes, shape, k);
    if (under_way && under_way->take(corners)) continue;
    if (under_way) under_way->paint(out, area, picture ? &*picture : nullptr);
    under_way.reset();
    if (meets(corners, area)) under_way.emplace(corners);
  }
  if (under_way) under_way->paint(out, area, picture ? &*picture : nullptr);
}

// One area, from the undermost shape on that can be seen there.
void paint_area(const Shapes& shapes, std::size_t first, const MemoryTextures& textures,
                const PixelBuffer& out, const PixelRect& area) {
  for (std::size_t i = first; i < shapes.list.size(); ++i) {
    const Shape& shape = shapes.list[i];
    const PixelRect part = shape.box.within(area);
    const MemoryTexture* texture = shape.texture == 0 ? nullptr : textures.find(shape.texture);
    if (part.empty() || (shape.texture != 0 && texture == nullptr)) continue;
    paint_shape(shapes, shape, texture, out, part);
  }
}

}  // namespace

void paint(const Shapes& shapes, const MemoryTextures& textures, const PixelBuffer& out,
           const PixelRect& area) {
  const PixelRect inside = area.within(out.all());
  if (inside.empty()) return;
  // What lies under something that hides it all need not be drawn.
  for (std::size_t i = shapes.list.size(); i > 0; --i) {
    const Shape& shape = shapes.list[i - 1];
    if (covers(shapes, shape, inside)) return paint_area(shapes, i - 1, textures, out, inside);
    const PixelRect core = camera_core(shapes, shape, textures).within(inside);
    if (core.area() * 2 < inside.area()) continue;
    paint_area(shapes, i - 1, textures, out, core);
    paint(shapes, textures, out, {inside.left, inside.top, inside.right, core.top});
    paint(shapes, textures, out, {inside.left, core.bottom, inside.right, inside.bottom});
    paint(shapes, textures, out, {inside.left, core.top, core.left, core.bottom});
    paint(shapes, textures, out, {core.right, core.top, inside.right, core.bottom});
    return;
  }
  for (int y = inside.top; y < inside.bottom; ++y) std::fill_n(out.row(y) + inside.left, inside.width(), 0U);
  paint_area(shapes, 0, textures, out, inside);
}

}  // namespace lanyard::kiosk
