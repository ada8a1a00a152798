// A canvas as it is seen from afar and askew. PURE. Threads: a texture is read-only once made.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/e2e/arrivals/canvas.hpp"
#include "tests/e2e/arrivals/geometry.hpp"

namespace lanyard::arrivals {

// A part of a frame: what a thing gives to its pixels, before light and composition.
struct Patch {
  int x{0};  // of its left top, in the frame
  int y{0};
  int width{0};
  int height{0};
  std::vector<std::uint8_t> grey;   // premultiplied with alpha
  std::vector<std::uint8_t> alpha;  // 255 = nothing behind is seen
  [[nodiscard]] bool empty() const { return width <= 0 || height <= 0; }
};

// What is to be blurred anyway needs but one look a pixel; what is not, four.
enum class Look : std::uint8_t { brief, careful };

class Texture {
 public:
  Texture() = default;
  explicit Texture(const Canvas& canvas);

  [[nodiscard]] bool empty() const { return levels_.empty(); }
  [[nodiscard]] Size size() const { return {levels_.front().width, levels_.front().height}; }

  // `to_frame` leads from texels to pixels. The patch is as large as what is seen, and `margin_px` more on
  // each side, which is transparent; empty if nothing is seen.
  [[nodiscard]] Patch seen(const Homography& to_frame, Size frame, int margin_px, Look look) const;

 private:
  // Two sums in one word, so that one multiplication serves both: alpha in the upper half, and the grey
  // premultiplied with it in the lower.
  struct Level {
    int width{0};
    int height{0};
    std::vector<std::uint32_t> texels;
  };
  static void sample(const Level& level, const Homography& to_texels, Look look, Patch& patch);

  std::vector<Level> levels_;  // each half as large as the one before
};

}  // namespace lanyard::arrivals
