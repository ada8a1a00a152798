// What is done to a frame before it is looked at, so that more codes are read at less cost: make it smaller,
// find the places that look like a code, sharpen, invert. PURE. Threads: reentrant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
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

// With so many pixels more on each side, as far as they lie in the frame.
[[nodiscard]] Region grown(const Region& region, int margin, GrayView frame);

inline constexpr int kMaxRegions = 4;
inline constexpr int kRegionMarginPercent = 18;  // on each side of what was found, of its longer side

// Pixels whose memory is kept for the next picture, so that a stream that runs asks for none.
// Threads: a sheet belongs to one.
class Sheet {
 public:
  // A picture of these measures, its pixels unset; what was here before is gone. Aborts unless they fit a
  // frame.
  void shape(int width, int height);
  [[nodiscard]] std::uint8_t* row(int y) { return pixels_.data() + std::ptrdiff_t{y} * width_; }
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] GrayView view() const { return {pixels_.data(), width_, height_, width_}; }
  // Memory for the sums of a few rows, for whoever fills the sheet.
  [[nodiscard]] std::vector<std::uint16_t>& sums() { return sums_; }

 private:
  std::vector<std::uint8_t> pixels_;
  std::vector<std::uint16_t> sums_;
  int width_{0};
  int height_{0};
};

// Each of these fills `into`, which must not hold `view`, and returns its view.

// Each pixel the mean of factor x factor; a remainder at the right and the bottom is left out.
// `factor` 1..16, and no larger than a side of the view.
GrayView shrink(GrayView view, int factor, Sheet& into);

// Twice the size, linear between the pixels. Sides up to kMaxFrameSidePixels / 2.
GrayView enlarge(GrayView view, Sheet& into);

// Noise smoothed away over 3x3 pixels (into `soft`), then edges lifted against a mean of 5x5.
GrayView sharpen(GrayView view, Sheet& soft, Sheet& into);

GrayView invert(GrayView view, Sheet& into);

enum class Edges : std::uint8_t {
  strong,  // the more levels the more they count: what is held up stands out of a noisy picture
  any,     // faint ones count as much as strong ones: a dim code beside bold print is not passed over
};

// Finds places dense with edges in both directions. Keeps its memory.
class RegionFinder {
 public:
  // How much smaller the copy of a frame is that is looked at, as shrink()'s factor; 0 if the frame is too
  // small for any region.
  [[nodiscard]] static int factor_for(GrayView frame);
  // The strongest first, each with a margin, in pixels of the frame that `small` is the copy of. Empty for a
  // frame without any. `most` up to kMaxRegions. Valid until the next call.
  const std::vector<Region>& find(GrayView frame, GrayView small, int most, Edges edges = Edges::strong);
  // Of each of these regions, where its edges are densest. A small code in much print is there.
  [[nodiscard]] const std::vector<Region>& peaks() const { return peaks_; }

 private:
  std::vector<int> weights_;
  std::vector<int> sums_;
  std::vector<std::pair<int, int>> open_;
  std::vector<Region> regions_;
  std::vector<Region> peaks_;
};

}  // namespace lanyard::scanner
