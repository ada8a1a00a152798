// Pictures for the tests, made on the spot.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/frame.hpp"

namespace lanyard::scanner::testing {

using Bytes = std::vector<std::uint8_t>;

// A QR code of these bytes, as the smallest version that holds them, with its quiet zone. Level L.
GrayFrame qr_of(std::string_view bytes, int module_pixels = 4);
GrayFrame flat(int width, int height, std::uint8_t grey);
// `onto` with the view in it, its top left at (x, y).
void paste(GrayFrame& onto, GrayView view, int x, int y);
// A frame where each pixel differs from its neighbours, so that a shifted row or column shows.
GrayFrame ramp(int width, int height);

Bytes jpeg_of(GrayView view, int quality = 95, bool progressive = false);
Bytes png_of(GrayView view);
// A WebP without loss, see-through to this degree, or else one with loss.
Bytes webp_of(GrayView view, std::uint8_t alpha = 255);
Bytes lossy_webp_of(GrayView view);
// A PNG that says it has these measures, and breaks off where its data begin.
Bytes png_header(std::uint32_t width, std::uint32_t height);

void write_file(const std::filesystem::path& path, const Bytes& bytes);

// A folder of its own, removed with all that is in it.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace lanyard::scanner::testing
