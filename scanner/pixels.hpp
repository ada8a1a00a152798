// What a camera's buffer holds, as a grey frame. PURE. Threads: reentrant.
//
// Formats: Linux media, "Image Formats" (V4L2_PIX_FMT_GREY, _YUYV, _NV12, _MJPEG).
#pragma once

#include <cstdint>
#include <span>

#include "scanner/frame.hpp"
#include "scanner/picture.hpp"
#include "scanner/picture_jpeg.hpp"

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

// Where the picture's light lies, if it lies there as a grey picture does (GREY, NV12): valid as long as the
// bytes. Fewer bytes than the measures need, or measures out of bounds, are errors; so is another format.
[[nodiscard]] tl::expected<GrayView, PictureError> light_of(const RawPicture& picture);

// The picture's light (GREY, YUYV, NV12) as a frame; colours are left out. Errors as above, and then the
// frame has any pixels.
[[nodiscard]] tl::expected<void, PictureError> copy_light(const RawPicture& picture, GrayFrame& into);

// The header of an MJPEG picture, for reader.finish(). A JPEG of other measures than announced is an error.
[[nodiscard]] tl::expected<JpegReader::Measures, PictureError> begin_jpeg(JpegReader& reader,
                                                                          const RawPicture& picture,
                                                                          JpegScale scale);

// A new frame with the light of the picture, whatever its format; of a JPEG, at this scale. A JPEG of other
// measures than announced is an error, too.
[[nodiscard]] PictureResult gray_from_raw(const RawPicture& picture, JpegScale scale = JpegScale::full);

}  // namespace lanyard::scanner
