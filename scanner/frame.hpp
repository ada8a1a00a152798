// A grey picture: 8 bits a pixel, 0 black, 255 white, the top row first.
// Threads: values; a const frame may be read from several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>

namespace lanyard::scanner {

// Beyond this a picture is refused before its memory is asked for: 64 MB are more than any badge camera
// sends.
inline constexpr int kMaxFrameSidePixels = 8192;

// Whether a frame of these measures may exist.
[[nodiscard]] constexpr bool fits_frame(std::int64_t width, std::int64_t height) {
  return width > 0 && height > 0 && width <= kMaxFrameSidePixels && height <= kMaxFrameSidePixels;
}

// Someone else's pixels: valid only as long as their owner keeps them.
struct GrayView {
  const std::uint8_t* data{nullptr};
  int width{0};   // pixels
  int height{0};  // pixels
  int stride{0};  // bytes from one row to the next, at least `width`

  [[nodiscard]] bool empty() const { return data == nullptr || width <= 0 || height <= 0; }
  [[nodiscard]] const std::uint8_t* row(int y) const { return data + std::ptrdiff_t{y} * stride; }

  // The part from (x, y) on. The part must lie within the view; anything else is a bug and aborts.
  [[nodiscard]] GrayView part(int x, int y, int part_width, int part_height) const {
    if (x < 0 || y < 0 || part_width < 0 || part_height < 0 || part_width > width - x ||
        part_height > height - y) {
      std::abort();
    }
    return {row(y) + x, part_width, part_height, stride};
  }
};

// Its own pixels, rows without gaps. Empty by default; movable, not copyable, because a copy of a frame is a
// cost that should be seen. Pixels of a new frame are unset: whoever makes it fills every row.
class GrayFrame {
 public:
  GrayFrame() = default;
  // Aborts unless fits_frame(width, height): measures from outside are checked where they come in.
  GrayFrame(int width, int height) : width_(width), height_(height) {
    if (!fits_frame(width, height)) std::abort();
    pixels_ = std::make_unique_for_overwrite<Pixels>(static_cast<std::size_t>(width) *
                                                     static_cast<std::size_t>(height));
  }
  GrayFrame(GrayFrame&& other) noexcept
      : pixels_(std::move(other.pixels_)),
        width_(std::exchange(other.width_, 0)),
        height_(std::exchange(other.height_, 0)) {}
  GrayFrame& operator=(GrayFrame&& other) noexcept {
    pixels_ = std::move(other.pixels_);
    width_ = std::exchange(other.width_, 0);
    height_ = std::exchange(other.height_, 0);
    return *this;
  }
  GrayFrame(const GrayFrame&) = delete;
  GrayFrame& operator=(const GrayFrame&) = delete;
  ~GrayFrame() = default;

  [[nodiscard]] bool empty() const { return pixels_ == nullptr; }
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] std::uint8_t* row(int y) { return pixels_.get() + std::ptrdiff_t{y} * width_; }
  [[nodiscard]] const std::uint8_t* row(int y) const { return pixels_.get() + std::ptrdiff_t{y} * width_; }
  [[nodiscard]] GrayView view() const { return {pixels_.get(), width_, height_, width_}; }

 private:
  using Pixels = std::uint8_t[];  // NOLINT(modernize-avoid-c-arrays): a vector would first fill it with zeros

  std::unique_ptr<Pixels> pixels_;
  int width_{0};
  int height_{0};
};

}  // namespace lanyard::scanner
