#include "scanner/pixels.hpp"

#include <cstring>
#include <string>

namespace lanyard::scanner {
namespace {

tl::unexpected<PictureError> unusable(const RawPicture& picture, const std::string& why) {
  return tl::make_unexpected(PictureError{std::string(name_of(picture.format)) + " " +
                                          std::to_string(picture.width) + "x" +
                                          std::to_string(picture.height) + ": " + why});
}

// The last row need not be padded to the full length of a line: some drivers end the buffer with its last
// pixel.
std::int64_t plane_bytes(std::int64_t rows, std::int64_t line, std::int64_t row_bytes) {
  return (rows - 1) * line + row_bytes;
}

std::int64_t bytes_needed(const RawPicture& picture, std::int64_t line, std::int64_t row_bytes) {
  const std::int64_t luma = plane_bytes(picture.height, line, row_bytes);
  if (picture.format != PixelFormat::nv12) return luma;
  return picture.height * line + plane_bytes((picture.height + 1) / 2, line, row_bytes);
}

}  // namespace

const char* name_of(PixelFormat format) {
  switch (format) {
    case PixelFormat::grey:
      return "GREY";
    case PixelFormat::yuyv:
      return "YUYV";
    case PixelFormat::nv12:
      return "NV12";
    case PixelFormat::mjpeg:
      return "MJPEG";
  }
  return "?";
}

PictureResult gray_from_raw(const RawPicture& picture) {
  if (!fits_frame(picture.width, picture.height)) return unusable(picture, "measures out of bounds");
  if (picture.format == PixelFormat::mjpeg) {
    PictureResult frame = gray_from_jpeg(picture.bytes);
    if (frame && (frame->width() != picture.width || frame->height() != picture.height)) {
      return unusable(picture, "the JPEG has other measures, " + std::to_string(frame->width()) + "x" +
                                   std::to_string(frame->height()));
    }
    return frame;
  }
  const int bytes_per_pixel = picture.format == PixelFormat::yuyv ? 2 : 1;
  // Colours of YUYV come in pairs of pixels, so a row of odd width holds a pixel more.
  const int row_bytes = bytes_per_pixel == 2 ? (picture.width + 1) / 2 * 4 : picture.width;
  const std::int64_t line = picture.bytes_per_line == 0 ? row_bytes : picture.bytes_per_line;
  if (line < row_bytes) return unusable(picture, "a line of " + std::to_string(line) + " bytes is too short");
  const std::int64_t needed = bytes_needed(picture, line, row_bytes);
  if (static_cast<std::int64_t>(picture.bytes.size()) < needed) {
    return unusable(picture, std::to_string(picture.bytes.size()) + " bytes of " + std::to_string(needed));
  }
  GrayFrame frame(picture.width, picture.height);
  for (int y = 0; y < picture.height; ++y) {
    const std::uint8_t* from = picture.bytes.data() + y * line;
    std::uint8_t* to = frame.row(y);
    if (bytes_per_pixel == 1) {
      std::memcpy(to, from, static_cast<std::size_t>(picture.width));
    } else {
      for (int x = 0; x < picture.width; ++x, from += 2) to[x] = *from;
    }
  }
  return frame;
}

}  // namespace lanyard::scanner
