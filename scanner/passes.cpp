#include "scanner/passes.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace lanyard::scanner {
namespace {

// Regions are sought in a copy of about this size: a module of a code in reach is then about a pixel, so that
// the code is a field of edges, while print and clothes are mostly flat.
constexpr int kSearchSidePixels = 400;
constexpr int kCellPixels = 4;
// Where faint edges are to count as well, an edge of so many grey levels counts in full.
constexpr int kFullEdgeLevels = 24;
// A cell belongs to the region of a peak from this share of the peak on.
constexpr int kEdgeSharePercent = 40;

// How much edge each cell has in the direction that has less of it: text has much in one, a code in both.
struct Cells {
  int columns{0};
  int rows{0};
  std::vector<int>& weight;
  [[nodiscard]] int& at(int column, int row) const {
    return weight[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                  static_cast<std::size_t>(column)];
  }
};

Cells weigh_cells(GrayView view, int most_levels, std::vector<int>& memory) {
  const Cells cells{(view.width - 1) / kCellPixels, (view.height - 1) / kCellPixels, memory};
  cells.weight.resize(static_cast<std::size_t>(cells.columns) * static_cast<std::size_t>(cells.rows));
  for (int row = 0; row < cells.rows; ++row) {
    for (int column = 0; column < cells.columns; ++column) {
      int across = 0;
      int down = 0;
      for (int y = row * kCellPixels; y < (row + 1) * kCellPixels; ++y) {
        const std::uint8_t* here = view.row(y);
        const std::uint8_t* below = view.row(y + 1);
        for (int x = column * kCellPixels; x < (column + 1) * kCellPixels; ++x) {
          across += std::min(most_levels, std::abs(here[x + 1] - here[x]));
          down += std::min(most_levels, std::abs(below[x] - here[x]));
        }
      }
      cells.at(column, row) = std::min(across, down);
    }
  }
  return cells;
}

// The sum over each cell and its neighbours; cells beyond the border count as empty.
Cells gather(const Cells& from, std::vector<int>& memory) {
  memory.resize(from.weight.size());
  const Cells sums{from.columns, from.rows, memory};
  for (int row = 0; row < from.rows; ++row) {
    for (int column = 0; column < from.columns; ++column) {
      int sum = 0;
      for (int y = std::max(0, row - 1); y <= std::min(from.rows - 1, row + 1); ++y) {
        for (int x = std::max(0, column - 1); x <= std::min(from.columns - 1, column + 1); ++x) {
          sum += from.at(x, y);
        }
      }
      sums.at(column, row) = sum;
    }
  }
  return sums;
}

// Takes the cells connected with the peak that are at least `least` out of `cells`; returns their box, in
// cells.
Region take_around(const Cells& cells, std::pair<int, int> peak, int least,
                   std::vector<std::pair<int, int>>& open) {
  int left = peak.first;
  int right = peak.first;
  int top = peak.second;
  int bottom = peak.second;
  open.assign(1, peak);
  cells.at(peak.first, peak.second) = 0;
  while (!open.empty()) {
    const auto [column, row] = open.back();
    open.pop_back();
    left = std::min(left, column);
    right = std::max(right, column);
    top = std::min(top, row);
    bottom = std::max(bottom, row);
    for (const auto& [x, y] : {std::pair{column - 1, row}, std::pair{column + 1, row},
                               std::pair{column, row - 1}, std::pair{column, row + 1}}) {
      if (x < 0 || y < 0 || x >= cells.columns || y >= cells.rows || cells.at(x, y) < least) continue;
      cells.at(x, y) = 0;
      open.emplace_back(x, y);
    }
  }
  return {left, top, right - left + 1, bottom - top + 1};
}

// 1 2 1 over 3x3, the border repeated.
void smooth(GrayView view, Sheet& into) {
  into.shape(view.width, view.height);
  auto& column = into.sums();
  column.resize(static_cast<std::size_t>(view.width) + 2);
  for (int y = 0; y < view.height; ++y) {
    const std::uint8_t* above = view.row(std::max(0, y - 1));
    const std::uint8_t* here = view.row(y);
    const std::uint8_t* below = view.row(std::min(view.height - 1, y + 1));
    std::uint16_t* middle = column.data() + 1;
    for (int x = 0; x < view.width; ++x) {
      middle[x] = static_cast<std::uint16_t>(above[x] + 2 * here[x] + below[x]);
    }
    middle[-1] = middle[0];
    middle[view.width] = middle[view.width - 1];
    std::uint8_t* to = into.row(y);
    for (int x = 0; x < view.width; ++x) {
      const auto sum = static_cast<std::uint16_t>(middle[x - 1] + 2 * middle[x] + middle[x + 1] + 8);
      to[x] = static_cast<std::uint8_t>(sum >> 4U);
    }
  }
}

// Of `factor` sums of `factor` pixels each. Dividing by multiplying: 2^24 over the area, rounded up, is exact
// for sums of up to 16 x 16 pixels.
void mean_across(const std::uint16_t* from, std::uint8_t* to, int width, int factor) {
  const auto area = static_cast<std::uint32_t>(factor * factor);
  const std::uint32_t over_area = ((1U << 24U) + area - 1) / area;
  for (int x = 0; x < width; ++x) {
    std::uint32_t sum = area / 2;
    for (int dx = 0; dx < factor; ++dx) sum += *from++;
    to[x] = static_cast<std::uint8_t>((std::uint64_t{sum} * over_area) >> 24U);
  }
}

template <int kFactor>
void mean_across(const std::uint16_t* from, std::uint8_t* to, int width) {
  constexpr int kArea = kFactor * kFactor;
  for (int x = 0; x < width; ++x) {
    int sum = kArea / 2;
    for (int dx = 0; dx < kFactor; ++dx) sum += from[x * kFactor + dx];
    to[x] = static_cast<std::uint8_t>(sum / kArea);
  }
}

}  // namespace

void Sheet::shape(int width, int height) {
  if (!fits_frame(width, height)) std::abort();
  width_ = width;
  height_ = height;
  const std::size_t size = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  // Grows only: to shrink and grow again would fill what was kept with zeros.
  if (pixels_.size() < size) pixels_.resize(size);
}

GrayView shrink(GrayView view, int factor, Sheet& into) {
  into.shape(view.width / factor, view.height / factor);
  auto& sums = into.sums();
  sums.resize(static_cast<std::size_t>(into.width()) * static_cast<std::size_t>(factor));
  for (int y = 0; y < into.height(); ++y) {
    const std::uint8_t* first = view.row(y * factor);
    for (std::size_t x = 0; x < sums.size(); ++x) sums[x] = first[x];
    for (int dy = 1; dy < factor; ++dy) {
      const std::uint8_t* from = view.row(y * factor + dy);
      for (std::size_t x = 0; x < sums.size(); ++x) sums[x] = static_cast<std::uint16_t>(sums[x] + from[x]);
    }
    std::uint8_t* to = into.row(y);
    switch (factor) {  // a number known beforehand makes a vector of the loop
      case 1:
        mean_across<1>(sums.data(), to, into.width());
        break;
      case 2:
        mean_across<2>(sums.data(), to, into.width());
        break;
      case 3:
        mean_across<3>(sums.data(), to, into.width());
        break;
      case 4:
        mean_across<4>(sums.data(), to, into.width());
        break;
      default:
        mean_across(sums.data(), to, into.width(), factor);
    }
  }
  return into.view();
}

GrayView enlarge(GrayView view, Sheet& into) {
  into.shape(view.width * 2, view.height * 2);
  for (int y = 0; y < into.height(); ++y) {
    // A new row lies a quarter of a pixel off the old one, towards the neighbour it is nearer to.
    const std::uint8_t* near = view.row(y / 2);
    const std::uint8_t* far = view.row(std::clamp(y % 2 == 0 ? y / 2 - 1 : y / 2 + 1, 0, view.height - 1));
    std::uint8_t* to = into.row(y);
    for (int x = 0; x < view.width; ++x) {
      const int left = std::max(0, x - 1);
      const int right = std::min(view.width - 1, x + 1);
      const int here = 3 * near[x] + far[x];
      *to++ = static_cast<std::uint8_t>((3 * here + 3 * near[left] + far[left] + 8) / 16);
      *to++ = static_cast<std::uint8_t>((3 * here + 3 * near[right] + far[right] + 8) / 16);
    }
  }
  return into.view();
}

Region grown(const Region& region, int margin, GrayView frame) {
  const int left = std::clamp(region.x - margin, 0, frame.width);
  const int top = std::clamp(region.y - margin, 0, frame.height);
  const int right = std::clamp(region.x + region.width + margin, left, frame.width);
  const int bottom = std::clamp(region.y + region.height + margin, top, frame.height);
  return {left, top, right - left, bottom - top};
}

int RegionFinder::factor_for(GrayView frame) {
  if (frame.empty()) return 0;
  const int factor = std::clamp(std::max(frame.width, frame.height) / kSearchSidePixels, 1, 16);
  return std::min(frame.width, frame.height) / factor <= 2 * kCellPixels ? 0 : factor;
}

const std::vector<Region>& RegionFinder::find(GrayView frame, GrayView small, int most, Edges edges) {
  regions_.clear();
  peaks_.clear();
  const int scale = factor_for(frame);
  if (scale == 0) return regions_;
  const Cells weights = weigh_cells(small, edges == Edges::any ? kFullEdgeLevels : 255, weights_);
  const Cells cells = gather(weights, sums_);
  for (int found = 0; found < std::min(most, kMaxRegions); ++found) {
    const auto peak = std::max_element(cells.weight.begin(), cells.weight.end());
    if (*peak == 0) break;
    const int index = static_cast<int>(peak - cells.weight.begin());
    const int least = std::max(1, *peak * kEdgeSharePercent / 100);
    const int cell = kCellPixels * scale;
    peaks_.push_back(
        {(index % cells.columns - 1) * cell, (index / cells.columns - 1) * cell, 3 * cell, 3 * cell});
    const Region box = take_around(cells, {index % cells.columns, index / cells.columns}, least, open_);
    const int margin = std::max(box.width, box.height) * cell * kRegionMarginPercent / 100;
    regions_.push_back(
        grown({box.x * cell, box.y * cell, box.width * cell, box.height * cell}, margin, frame));
  }
  return regions_;
}

GrayView sharpen(GrayView view, Sheet& soft, Sheet& into) {
  smooth(view, soft);
  into.shape(view.width, view.height);
  // A mean of 5x5 as sums of columns, which move down a row at a time.
  auto& column = into.sums();
  column.assign(static_cast<std::size_t>(view.width) + 4, 0);
  std::uint16_t* middle = column.data() + 2;
  const auto row_of = [&](int y) { return soft.view().row(std::clamp(y, 0, view.height - 1)); };
  for (int dy = -3; dy < 2; ++dy) {
    const std::uint8_t* from = row_of(dy);
    for (int x = 0; x < view.width; ++x) middle[x] = static_cast<std::uint16_t>(middle[x] + from[x]);
  }
  for (int y = 0; y < view.height; ++y) {
    const std::uint8_t* leaves = row_of(y - 3);
    const std::uint8_t* enters = row_of(y + 2);
    for (int x = 0; x < view.width; ++x) {
      middle[x] = static_cast<std::uint16_t>(middle[x] + enters[x] - leaves[x]);
    }
    middle[-1] = middle[-2] = middle[0];
    middle[view.width] = middle[view.width + 1] = middle[view.width - 1];
    const std::uint8_t* here = row_of(y);
    std::uint8_t* to = into.row(y);
    for (int x = 0; x < view.width; ++x) {
      const int around = middle[x - 2] + middle[x - 1] + middle[x] + middle[x + 1] + middle[x + 2];
      // Three times the pixel less twice the mean of 25 around it; 2621 / 2^15 is 2 / 25.
      const int lifted = (3 * (1 << 15U) * here[x] - 2621 * around + (1 << 14U)) >> 15U;
      to[x] = static_cast<std::uint8_t>(std::clamp(lifted, 0, 255));
    }
  }
  return into.view();
}

GrayView invert(GrayView view, Sheet& into) {
  into.shape(view.width, view.height);
  for (int y = 0; y < view.height; ++y) {
    const std::uint8_t* from = view.row(y);
    std::uint8_t* to = into.row(y);
    for (int x = 0; x < view.width; ++x) to[x] = static_cast<std::uint8_t>(255 - from[x]);
  }
  return into.view();
}

}  // namespace lanyard::scanner
