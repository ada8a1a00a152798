// Rectangles of the screen, in pixels, y downwards. Threads: values.
#pragma once

#include <algorithm>
#include <cstdint>

namespace lanyard::kiosk {

// Which way a language is read. Layout speaks of start and end, never of left and right.
enum class Reading : std::uint8_t { left_to_right, right_to_left };

struct Point {
  float x{0};
  float y{0};
};

struct Rect {
  float x{0};
  float y{0};
  float w{0};
  float h{0};

  [[nodiscard]] float right() const { return x + w; }
  [[nodiscard]] float bottom() const { return y + h; }
  [[nodiscard]] Point centre() const { return {x + w / 2, y + h / 2}; }
  [[nodiscard]] bool empty() const { return w <= 0 || h <= 0; }
  [[nodiscard]] Rect inset(float dx, float dy) const {
    return {x + dx, y + dy, std::max(0.0F, w - 2 * dx), std::max(0.0F, h - 2 * dy)};
  }
  [[nodiscard]] Rect inset(float by) const { return inset(by, by); }
  [[nodiscard]] Rect moved(float dx, float dy) const { return {x + dx, y + dy, w, h}; }
  [[nodiscard]] bool contains(const Rect& other, float slack) const {
    return other.x >= x - slack && other.y >= y - slack && other.right() <= right() + slack &&
           other.bottom() <= bottom() + slack;
  }
  // The largest rectangle of that size in the middle of this one.
  [[nodiscard]] Rect middle(float width, float height) const {
    return {x + (w - width) / 2, y + (h - height) / 2, width, height};
  }
};

// Cut a piece off and leave the rest behind. Never more than there is.
[[nodiscard]] inline Rect take_top(Rect& rest, float height) {
  const float h = std::clamp(height, 0.0F, rest.h);
  const Rect piece{rest.x, rest.y, rest.w, h};
  rest.y += h;
  rest.h -= h;
  return piece;
}
[[nodiscard]] inline Rect take_bottom(Rect& rest, float height) {
  const float h = std::clamp(height, 0.0F, rest.h);
  rest.h -= h;
  return {rest.x, rest.bottom(), rest.w, h};
}
[[nodiscard]] inline Rect take_left(Rect& rest, float width) {
  const float w = std::clamp(width, 0.0F, rest.w);
  const Rect piece{rest.x, rest.y, w, rest.h};
  rest.x += w;
  rest.w -= w;
  return piece;
}
[[nodiscard]] inline Rect take_right(Rect& rest, float width) {
  const float w = std::clamp(width, 0.0F, rest.w);
  rest.w -= w;
  return {rest.right(), rest.y, w, rest.h};
}
// The side where reading begins, and where it ends.
[[nodiscard]] inline Rect take_start(Rect& rest, float width, Reading reading) {
  return reading == Reading::left_to_right ? take_left(rest, width) : take_right(rest, width);
}
[[nodiscard]] inline Rect take_end(Rect& rest, float width, Reading reading) {
  return reading == Reading::left_to_right ? take_right(rest, width) : take_left(rest, width);
}

}  // namespace lanyard::kiosk
