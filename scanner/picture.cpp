#include "scanner/picture.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include <png.h>

namespace lanyard::scanner {
namespace {

tl::unexpected<PictureError> unreadable(std::string message) {
  return tl::make_unexpected(PictureError{std::move(message)});
}

// One read of a whole file, or why not.
tl::expected<std::vector<std::uint8_t>, PictureError> read_file(const std::filesystem::path& path) {
  // Asked first, because opening a pipe that nobody writes to would wait for ever.
  std::error_code unknown;
  const auto kind = std::filesystem::status(path, unknown).type();
  if (kind == std::filesystem::file_type::not_found) return unreadable("no such file");
  if (kind != std::filesystem::file_type::regular) return unreadable("is not a file");
  errno = 0;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return unreadable(errno != 0 ? std::strerror(errno) : "cannot be opened");
  const std::streamoff size = file.tellg();
  if (size < 0) return unreadable("has no length");
  if (static_cast<std::uintmax_t>(size) > kMaxPictureBytes) {
    return unreadable("has more than " + std::to_string(kMaxPictureBytes >> 20U) + " MiB");
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (file.gcount() != size) return unreadable("cannot be read to its end");
  return bytes;
}

}  // namespace

PictureResult refused_measures(std::int64_t width, std::int64_t height) {
  return unreadable("a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                    " pixels is refused, a side may have " + std::to_string(kMaxFrameSidePixels));
}

PictureResult gray_from_png(std::span<const std::uint8_t> bytes) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const auto give_up_with = [&png](const char* doing) {
    std::string message = std::string(doing) + ": " + png.message;
    png_image_free(&png);
    return unreadable(std::move(message));
  };
  if (bytes.empty()) return unreadable("an empty picture");
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) {
    return give_up_with("not a PNG that can be read");
  }
  if (!fits_frame(png.width, png.height)) {
    png_image_free(&png);
    return refused_measures(png.width, png.height);
  }
  png.format = PNG_FORMAT_GRAY;
  GrayFrame frame(static_cast<int>(png.width), static_cast<int>(png.height));
  const png_color paper{255, 255, 255};
  if (png_image_finish_read(&png, &paper, frame.row(0), frame.width(), nullptr) == 0) {
    return give_up_with("the PNG cannot be read to its end");
  }
  return frame;
}

PictureResult gray_from_picture(std::span<const std::uint8_t> bytes) {
  constexpr std::array<std::uint8_t, 4> kPng{0x89, 'P', 'N', 'G'};
  constexpr std::array<std::uint8_t, 3> kJpeg{0xFF, 0xD8, 0xFF};
  constexpr std::array<std::uint8_t, 4> kRiff{'R', 'I', 'F', 'F'};
  constexpr std::array<std::uint8_t, 4> kWebp{'W', 'E', 'B', 'P'};
  const auto begins = [bytes](std::span<const std::uint8_t> magic) {
    return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
  };
  if (bytes.empty()) return unreadable("an empty picture");
  if (begins(kPng)) return gray_from_png(bytes);
  if (begins(kJpeg)) return gray_from_jpeg(bytes);
  if (begins(kRiff) && bytes.size() >= 12 && std::equal(kWebp.begin(), kWebp.end(), bytes.begin() + 8)) {
    return gray_from_webp(bytes);
  }
  return unreadable("none of PNG, JPEG and WebP");
}

PictureResult read_picture(const std::filesystem::path& path) {
  const auto in_path = [&path](const PictureError& error) {
    return PictureError{path.string() + ": " + error.message};
  };
  auto bytes = read_file(path);
  if (!bytes) return tl::make_unexpected(in_path(bytes.error()));
  return gray_from_picture(*bytes).map_error(in_path);
}

}  // namespace lanyard::scanner
