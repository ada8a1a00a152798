// Rectangles of whole pixels, and the pixels themselves, as a processor draws them. Threads: values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace lanyard::kiosk {

// Half-open: `right` and `bottom` are the first that no longer belong to it.
struct PixelRect {
  int left{0};
  int top{0};
  int right{0};
  int bottom{0};

  [[nodiscard]] int width() const { return right - left; }
  [[nodiscard]] int height() const { return bottom - top; }
  [[nodiscard]] bool empty() const { return right <= left || bottom <= top; }
  [[nodiscard]] std::int64_t area() const { return empty() ? 0 : std::int64_t{width()} * height(); }
  [[nodiscard]] PixelRect within(const PixelRect& other) const {
    return {std::max(left, other.left), std::max(top, other.top), std::min(right, other.right),
            std::min(bottom, other.bottom)};
  }
  // The least that holds both.
  [[nodiscard]] PixelRect with(const PixelRect& other) const {
    return {std::min(left, other.left), std::min(top, other.top), std::max(right, other.right),
            std::max(bottom, other.bottom)};
  }
  [[nodiscard]] bool holds(const PixelRect& other) const {
    return other.left >= left && other.top >= top && other.right <= right && other.bottom <= bottom;
  }
  [[nodiscard]] bool operator==(const PixelRect&) const = default;
};

// Someone else's memory: 32 bits a pixel, 0x00RRGGBB, which is what X11 and Wayland take.
struct PixelBuffer {
  std::uint32_t* pixels{nullptr};
  int width{0};   // pixels
  int height{0};  // pixels
  int stride{0};  // pixels from one row to the next

  [[nodiscard]] std::uint32_t* row(int y) const { return pixels + std::ptrdiff_t{y} * stride; }
  [[nodiscard]] PixelRect all() const { return {0, 0, width, height}; }
};

}  // namespace lanyard::kiosk
