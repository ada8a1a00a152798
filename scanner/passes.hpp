// What is done to a frame before it is looked at, so that more codes are read at less cost: make it smaller,
// find the places that look like a code, sharpen, invert. PURE. Threads: reentrant.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/frame.hpp"

namespace lanyard::scanner {

struct Region {
  int x{0};
  int y{0};
  int width{0};
  int height{0};
  friend bool operator==(const Region&, const Region&) = default;
};

inline constexpr int kMaxRegions = 4;

// Each pixel the mean of factor x factor; a remainder at the right and the bottom is left out.
// `factor` 1..16, and no larger than a side of the view.
[[nodiscard]] GrayFrame shrink(GrayView view, int factor);

// Twice the size, linear between the pixels. Sides up to kMaxFrameSidePixels / 2.
[[nodiscard]] GrayFrame enlarge(GrayView view);

// Places dense with edges in both directions, the strongest first, each with a margin. Empty for a frame
// without any, or too small for it. `most` up to kMaxRegions.
[[nodiscard]] std::vector<Region> find_regions(GrayView view, int most);

// Noise smoothed away over 3x3 pixels, then edges lifted against a mean of 5x5.
[[nodiscard]] GrayFrame sharpen(GrayView view);

[[nodiscard]] GrayFrame invert(GrayView view);

}  // namespace lanyard::scanner
