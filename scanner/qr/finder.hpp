// Finder patterns in a picture: dark ones on light and light ones on dark in one go, by the widths of the
// stripes along a line through the middle, 1 : 1 : 3 : 1 : 1 from whatever side it is seen.
// PURE. Threads: reentrant; a Contrast belongs to one thread. Source: ISO/IEC 18004:2015, 6.3.3.1, section 12
// a.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "scanner/frame.hpp"

namespace lanyard::scanner::qr {

// A picture against the light of its surroundings. Keeps its memory from picture to picture.
class Contrast {
 public:
  // `view` must live as long as this is asked about it, and have sides of at least kLeastSidePixels.
  static constexpr int kLeastSidePixels = 16;
  void look_at(GrayView view);

  [[nodiscard]] int width() const { return view_.width; }
  [[nodiscard]] int height() const { return view_.height; }
  [[nodiscard]] bool is_dark(int x, int y) const { return dark_row(y)[x] != 0; }
  // A row of pixels, 1 dark and 0 light.
  [[nodiscard]] const std::uint8_t* dark_row(int y) const {
    return dark_.data() + static_cast<std::ptrdiff_t>(y) * view_.width;
  }
  // The grey level between the pixels, whose middles lie at .5. Outside of the picture: as at its edge.
  [[nodiscard]] float gray_at(float x, float y) const {
    // In this order, what is not a number becomes 0.
    const float left = std::min(last_column_, std::max(0.0F, x - 0.5F));
    const float top = std::min(last_row_, std::max(0.0F, y - 0.5F));
    const int column = static_cast<int>(left);
    const int row = static_cast<int>(top);
    const float right_share = left - static_cast<float>(column);
    const float lower_share = top - static_cast<float>(row);
    const std::uint8_t* upper = view_.row(row) + column;
    const std::uint8_t* lower = upper + view_.stride;
    const float above = static_cast<float>(upper[0]) + right_share * static_cast<float>(upper[1] - upper[0]);
    const float below = static_cast<float>(lower[0]) + right_share * static_cast<float>(lower[1] - lower[0]);
    return above + lower_share * (below - above);
  }
  // The same, above (light) or below (dark) its surroundings.
  [[nodiscard]] float light_at(float x, float y) const {
    const int column = static_cast<int>(std::min(last_column_, std::max(0.0F, x))) / kBlockPixels;
    const int row = static_cast<int>(std::min(last_row_, std::max(0.0F, y))) / kBlockPixels;
    return gray_at(x, y) - static_cast<float>(middles_[static_cast<std::size_t>(row * columns_ + column)]);
  }

 private:
  static constexpr int kBlockPixels = 8;
  void weigh_blocks();
  void spread_thresholds();

  GrayView view_;
  float last_column_{0};  // the last place between two pixels
  float last_row_{0};
  int columns_{0};
  int rows_{0};
  std::vector<std::uint16_t> sums_;
  std::vector<std::uint8_t> lows_;
  std::vector<std::uint8_t> highs_;
  struct Block {
    std::uint8_t mean{0};
    std::uint8_t darkest{0};
    std::uint8_t lightest{0};
  };
  std::vector<Block> blocks_;
  std::vector<std::uint8_t> thresholds_;  // of each block; 0 where all is flat
  std::vector<std::uint8_t> middles_;     // the same, but never 0
  std::vector<std::uint8_t> row_;
  std::vector<std::uint8_t> dark_;
};

struct Finder {
  float x{0};  // its middle, in pixels; a pixel's middle lies at .5
  float y{0};
  float across{0};  // its width along a row and along a column, in pixels
  float down{0};
  int seen{0};  // how many rows show it
  bool light_on_dark{false};
};

inline constexpr int kMaxFinders = 64;

enum class Surroundings : std::uint8_t {
  quiet,  // light around a dark pattern, as the standard asks
  any,  // the pattern may run into something of its own colour, where a quiet zone was forgotten: more chance
        // hits
};

// Those seen in more rows first, those that nothing light surrounds last. `runs` is memory to be kept from
// picture to picture.
void find_finders(const Contrast& picture, Surroundings surroundings, std::vector<int>& runs,
                  std::vector<Finder>& found);

}  // namespace lanyard::scanner::qr
