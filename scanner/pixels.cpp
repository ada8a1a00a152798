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

struct Rows {
  std::int64_t line;  // bytes from one to the next
};

// The rows of the picture's light, once it is known that all of them are there.
tl::expected<Rows, PictureError> checked_rows(const RawPicture& picture) {
  if (!fits_frame(picture.width, picture.height)) return unusable(picture, "measures out of bounds");
  const bool yuyv = picture.format == PixelFormat::yuyv;
  // Colours of YUYV come in pairs of pixels, so a row of odd width holds a pixel more.
  const int row_bytes = yuyv ? (picture.width + 1) / 2 * 4 : picture.width;
  const std::int64_t line = picture.bytes_per_line == 0 ? row_bytes : picture.bytes_per_line;
  if (line < row_bytes) return unusable(picture, "a line of " + std::to_string(line) + " bytes is too short");
  std::int64_t needed = plane_bytes(picture.height, line, row_bytes);
  if (picture.format == PixelFormat::nv12) {
    needed = picture.height * line + plane_bytes((picture.height + 1) / 2, line, row_bytes);
  }
  if (static_cast<std::int64_t>(picture.bytes.size()) < needed) {
    return unusable(picture, "a short frame, " + std::to_string(picture.bytes.size()) + " bytes of " +
                                 std::to_string(needed));
  }
  return Rows{line};
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

tl::expected<GrayView, PictureError> light_of(const RawPicture& picture) {
  if (picture.format != PixelFormat::grey && picture.format != PixelFormat::nv12) {
    return unusable(picture, "its light does not lie by itself");
  }
  return checked_rows(picture).map([&](const Rows& rows) {
    return GrayView{picture.bytes.data(), picture.width, picture.height, static_cast<int>(rows.line)};
  });
}

tl::expected<void, PictureError> copy_light(const RawPicture& picture, GrayFrame& into) {
  if (picture.format == PixelFormat::mjpeg) return unusable(picture, "is compressed");
  const auto rows = checked_rows(picture);
  if (!rows) return tl::make_unexpected(rows.error());
  into.reshape(picture.width, picture.height);
  for (int y = 0; y < picture.height; ++y) {
    const std::uint8_t* from = picture.bytes.data() + y * rows->line;
    std::uint8_t* to = into.row(y);
    if (picture.format != PixelFormat::yuyv) {
      std::memcpy(to, from, static_cast<std::size_t>(picture.width));
    } else {
      for (int x = 0; x < picture.width; ++x, from += 2) to[x] = *from;
    }
  }
  return {};
}

tl::expected<JpegReader::Measures, PictureError> begin_jpeg(JpegReader& reader, const RawPicture& picture,
                                                            JpegScale scale) {
  if (!fits_frame(picture.width, picture.height)) return unusable(picture, "measures out of bounds");
  auto read = reader.begin(picture.bytes, scale);
  if (read && (read->full_width != picture.width || read->full_height != picture.height)) {
    return unusable(picture, "the JPEG has other measures, " + std::to_string(read->full_width) + "x" +
                                 std::to_string(read->full_height));
  }
  return read;
}

PictureResult gray_from_raw(const RawPicture& picture, JpegScale scale) {
  GrayFrame frame;
  if (picture.format != PixelFormat::mjpeg) {
    if (auto copied = copy_light(picture, frame); !copied) return tl::make_unexpected(copied.error());
    return frame;
  }
  JpegReader reader;
  const auto read = begin_jpeg(reader, picture, scale);
  if (!read) return tl::make_unexpected(read.error());
  frame.reshape(read->width, read->height);
  if (auto finished = reader.finish(frame); !finished) return tl::make_unexpected(finished.error());
  return frame;
}

}  // namespace lanyard::scanner
