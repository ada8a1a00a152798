// A picture as a PNG file. The only door to libpng. Threads: reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/error.hpp"

namespace lanyard::kiosk {

struct RgbPicture {
  int width{0};
  int height{0};
  std::vector<std::uint8_t> rgb;  // 3 bytes a pixel, the top row first, no gaps
};

[[nodiscard]] sync::Expected<void> write_png(const RgbPicture& picture, const std::string& path);

}  // namespace lanyard::kiosk
