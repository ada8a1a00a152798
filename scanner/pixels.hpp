// What a camera's buffer holds, as a grey frame. PURE. Threads: reentrant.
//
// Formats: Linux media, "Image Formats" (V4L2_PIX_FMT_GREY, _YUYV, _NV12, _MJPEG).
#pragma once

#include <cstdint>
#include <span>

#include "scanner/frame.hpp"
#include "scanner/picture.hpp"

namespace lanyard::scanner {

enum class PixelFormat : std::uint8_t { grey, yuyv, nv12, mjpeg };
[[nodiscard]] const char* name_of(PixelFormat format);

// As the driver described it; nothing of it is believed before it is checked against the bytes that are
// there.
struct RawPicture {
  std::span<const std::uint8_t> bytes;
  PixelFormat format{PixelFormat::grey};
  int width{0};           // pixels
  int height{0};          // pixels
  int bytes_per_line{0};  // 0: rows without gaps
};

// A new frame with the light of the picture; colours are left out. Fewer bytes than the measures need,
// measures out of bounds, or a picture of other measures than announced are errors.
[[nodiscard]] PictureResult gray_from_raw(const RawPicture& picture);

}  // namespace lanyard::scanner
