// An SVG drawing as pixels. The face's door to librsvg. Threads: reentrant.
//
// A drawing that names other files is drawn without them: nothing is ever fetched, from the disk or the
// network.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sync/error.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxSvgBytes = 4UL * 1024 * 1024;

struct RgbaPicture {
  int width{0};
  int height{0};
  std::vector<std::uint8_t> rgba;  // 4 bytes a pixel, not premultiplied, the top row first, no gaps
};

struct SvgShape {
  double width{0};  // in units of its own: what matters is how they stand to each other
  double height{0};
};

// A side of it is at most so many times the other.
inline constexpr double kMaxSvgRatio = 100;
inline constexpr int kMaxSvgSidePixels = 8192;

// Errors: invalid: not an SVG, without a size, or of none that could be drawn.
[[nodiscard]] sync::Expected<SvgShape> svg_shape(std::string_view svg);
// Fills the picture; what does not have its shape is cut off at two sides, evenly.
[[nodiscard]] sync::Expected<RgbaPicture> draw_svg(std::string_view svg, int width_px, int height_px);

}  // namespace lanyard::kiosk
