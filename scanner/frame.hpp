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

// A picture: its own pixels, rows without gaps; or someone else's memory, which whoever made the frame keeps
// until the frame is gone. Empty by default; movable, not copyable, because a copy of a frame is a cost that
// should be seen. Pixels of a new frame are unset: whoever makes it fills every row.
class GrayFrame {
 public:
  GrayFrame() = default;
  // Aborts unless fits_frame(width, height): measures from outside are checked where they come in.
  GrayFrame(int width, int height) { reshape(width, height); }
  // Of someone else's memory, to be read alone.
  explicit GrayFrame(GrayView outside) : view_(outside) {}
  GrayFrame(GrayFrame&& other) noexcept
      : pixels_(std::move(other.pixels_)),
        capacity_(std::exchange(other.capacity_, 0)),
        view_(std::exchange(other.view_, {})) {}
  GrayFrame& operator=(GrayFrame&& other) noexcept {
    pixels_ = std::move(other.pixels_);
    capacity_ = std::exchange(other.capacity_, 0);
    view_ = std::exchange(other.view_, {});
    return *this;
  }
  GrayFrame(const GrayFrame&) = delete;
  GrayFrame& operator=(const GrayFrame&) = delete;
  ~GrayFrame() = default;

  // As a new frame of these measures, in the memory that is there if it suffices.
  void reshape(int width, int height) {
    if (!fits_frame(width, height)) std::abort();
    const std::size_t bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    if (bytes > capacity_) {
      pixels_.reset();  // before the new memory is asked for: never both
      capacity_ = 0;
      pixels_ = std::make_unique_for_overwrite<Pixels>(bytes);
      capacity_ = bytes;
    }
    view_ = {pixels_.get(), width, height, width};
  }

  [[nodiscard]] bool empty() const { return view_.data == nullptr; }
  [[nodiscard]] int width() const { return view_.width; }
  [[nodiscard]] int height() const { return view_.height; }
  // To be written, which someone else's memory must not be.
  [[nodiscard]] std::uint8_t* row(int y) { return pixels_.get() + std::ptrdiff_t{y} * view_.width; }
  [[nodiscard]] const std::uint8_t* row(int y) const { return view_.row(y); }
  [[nodiscard]] GrayView view() const { return view_; }

 private:
  using Pixels = std::uint8_t[];  // NOLINT(modernize-avoid-c-arrays): a vector would first fill it with zeros

  std::unique_ptr<Pixels> pixels_;
  std::size_t capacity_{0};  // bytes
  GrayView view_;
};

}  // namespace lanyard::scanner
