#include "scanner/qr/finder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace lanyard::scanner::qr {
namespace {

// Below this many grey levels between its darkest and lightest pixels a block is flat, and so is a code.
constexpr int kFlatLevels = 9;
// Every second row is enough: the middle of a finder pattern is three modules high.
constexpr int kRowStep = 2;
constexpr float kLeastFinderPixels = 8;

using Widths = std::array<int, 5>;

// How far a stripe's width may be off: half a module, and what whole pixels blur.
bool is_finder(const Widths& widths) {
  const int total = widths[0] + widths[1] + widths[2] + widths[3] + widths[4];
  if (static_cast<float>(total) < kLeastFinderPixels) return false;
  const float module = static_cast<float>(total) / 7.0F;
  const float off = 0.5F * module + 0.5F;
  for (const int at : {0, 1, 3, 4}) {
    if (std::abs(static_cast<float>(widths[static_cast<std::size_t>(at)]) - module) > off) return false;
  }
  return std::abs(static_cast<float>(widths[2]) - 3 * module) <= 1.5F * module + 0.5F;
}

struct Crossing {
  float middle{0};
  float length{0};
};

// The outer stripes no wider than the inner ones let expect, and what is beyond them left out.
void cut(Widths& widths) {
  const int module = std::max(1, (widths[1] + widths[2] + widths[3] + 2) / 5);
  widths[0] = std::min(widths[0], module);
  widths[4] = std::min(widths[4], module);
}

// The stripes on both sides of (x, y) along a line of pixels `step` apart in memory, if they are a finder
// pattern's; `at` is the place in the line, which has `length` pixels.
std::optional<Crossing> cross(const std::uint8_t* line, std::ptrdiff_t step, int at, int length, int longest,
                              Surroundings surroundings) {
  const auto value = [&](int i) { return line[step * i]; };
  const std::uint8_t colour = value(at);
  Widths widths{};
  int low = at;
  int high = at + 1;
  const auto count = [&](int& place, int direction, int end, std::uint8_t wanted, int most) {
    const int from = place;
    while (place != end && value(direction < 0 ? place - 1 : place) == wanted &&
           std::abs(place - from) <= most) {
      place += direction;
    }
    return std::abs(place - from);
  };
  const auto other = static_cast<std::uint8_t>(1 - colour);
  const int before = count(low, -1, 0, colour, longest);
  const int after = count(high, 1, length, colour, longest);
  widths[2] = before + after + 1;
  const float middle = static_cast<float>(low + high) / 2;
  if (widths[2] > longest) return std::nullopt;
  widths[1] = count(low, -1, 0, other, widths[2]);
  widths[3] = count(high, 1, length, other, widths[2]);
  widths[0] = count(low, -1, 0, colour, widths[2]);
  widths[4] = count(high, 1, length, colour, widths[2]);
  if (surroundings == Surroundings::any) cut(widths);
  if (!is_finder(widths)) return std::nullopt;
  return Crossing{middle, static_cast<float>(widths[0] + widths[1] + widths[2] + widths[3] + widths[4])};
}

// Where the colour changes along a row, from its first pixel to its end.
int find_runs(const std::uint8_t* row, int width, std::vector<int>& runs) {
  int count = 0;
  runs[static_cast<std::size_t>(count++)] = 0;
  int x = 1;
  while (x < width) {
    // Eight pixels at once, while nothing changes.
    while (x + 8 <= width) {
      std::uint64_t here = 0;
      std::uint64_t before = 0;
      std::memcpy(&here, row + x, 8);
      std::memcpy(&before, row + x - 1, 8);
      if (here != before) break;
      x += 8;
    }
    const int end = std::min(width, x + 8);
    for (; x < end; ++x) {
      if (row[x] != row[x - 1]) runs[static_cast<std::size_t>(count++)] = x;
    }
  }
  runs[static_cast<std::size_t>(count++)] = width;
  return count;
}

void add(std::vector<Finder>& found, const Finder& finder) {
  for (Finder& known : found) {
    const float near = (known.across + known.down) / 5;
    if (known.light_on_dark != finder.light_on_dark || std::abs(known.x - finder.x) > near ||
        std::abs(known.y - finder.y) > near) {
      continue;
    }
    const auto weight = static_cast<float>(known.seen);
    const auto more = static_cast<float>(finder.seen);
    const auto mixed = [weight, more](float old, float fresh) {
      return (old * weight + fresh * more) / (weight + more);
    };
    known = {mixed(known.x, finder.x),       mixed(known.y, finder.y), mixed(known.across, finder.across),
             mixed(known.down, finder.down), known.seen + finder.seen, known.light_on_dark};
    return;
  }
  if (found.size() < kMaxFinders) found.push_back(finder);
}

// From a row's five stripes: looked at along the column, and along the row again at the middle found there.
void check(const Contrast& picture, Surroundings surroundings, int y, int middle_left, int middle_right,
           std::vector<Finder>& found) {
  const int x = (middle_left + middle_right) / 2;
  const int longest = 3 * (middle_right - middle_left) + 2;
  const auto down =
      cross(picture.dark_row(0) + x, picture.width(), y, picture.height(), longest, surroundings);
  if (!down) return;
  const int middle_y = std::clamp(static_cast<int>(down->middle), 0, picture.height() - 1);
  const auto across = cross(picture.dark_row(middle_y), 1, x, picture.width(), longest, surroundings);
  if (!across) return;
  // Any line through the middle shows the same stripes; of chance hits few do in four directions.
  int diagonals = 0;
  const int middle_x = std::clamp(static_cast<int>(across->middle), 0, picture.width() - 1);
  for (const int slope : {1, -1}) {
    const int before = std::min(middle_y, slope > 0 ? middle_x : picture.width() - 1 - middle_x);
    const int after =
        std::min(picture.height() - 1 - middle_y, slope > 0 ? picture.width() - 1 - middle_x : middle_x);
    const std::uint8_t* first =
        picture.dark_row(middle_y - before) + middle_x - std::ptrdiff_t{slope} * before;
    diagonals +=
        cross(first, picture.width() + slope, before, before + after + 1, longest, surroundings) ? 1 : 0;
  }
  // Seen at 60 degrees from its front, a finder pattern is half as wide as it is high.
  if (across->length > 3 * down->length || down->length > 3 * across->length) return;
  add(found, {across->middle, down->middle, across->length, down->length, 1 + 2 * diagonals,
              !picture.is_dark(x, y)});
}

void search(const Contrast& picture, Surroundings surroundings, std::vector<int>& runs,
            std::vector<Finder>& found) {
  runs.resize(static_cast<std::size_t>(picture.width()) + 2);
  for (int y = 0; y < picture.height(); y += kRowStep) {
    const int count = find_runs(picture.dark_row(y), picture.width(), runs);
    for (int i = 0; i + 5 < count; ++i) {
      const int* at = runs.data() + i;
      Widths widths{at[1] - at[0], at[2] - at[1], at[3] - at[2], at[4] - at[3], at[5] - at[4]};
      // Most stripes fail here already: the middle one is the widest by far.
      if (widths[2] < 2 || widths[2] < widths[1] || widths[2] < widths[3]) continue;
      if (surroundings == Surroundings::any) cut(widths);
      if (is_finder(widths)) check(picture, surroundings, y, at[2], at[3], found);
    }
  }
}

}  // namespace

void Contrast::look_at(GrayView view) {
  view_ = view;
  last_column_ = static_cast<float>(view.width - 1) - 0.001F;
  last_row_ = static_cast<float>(view.height - 1) - 0.001F;
  columns_ = (view.width + kBlockPixels - 1) / kBlockPixels;
  rows_ = (view.height + kBlockPixels - 1) / kBlockPixels;
  const auto blocks = static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_);
  blocks_.resize(blocks);
  thresholds_.resize(blocks);
  middles_.resize(blocks);
  dark_.resize(static_cast<std::size_t>(view.width) * static_cast<std::size_t>(view.height));
  weigh_blocks();
  spread_thresholds();
  row_.resize(static_cast<std::size_t>(columns_) * kBlockPixels);
  for (int row = 0; row < rows_; ++row) {
    for (int column = 0; column < columns_; ++column) {
      std::memset(row_.data() + static_cast<std::ptrdiff_t>(column) * kBlockPixels,
                  thresholds_[static_cast<std::size_t>(row * columns_ + column)], kBlockPixels);
    }
    for (int y = row * kBlockPixels; y < std::min(view.height, (row + 1) * kBlockPixels); ++y) {
      const std::uint8_t* from = view.row(y);
      const std::uint8_t* least = row_.data();
      std::uint8_t* to = dark_.data() + static_cast<std::ptrdiff_t>(y) * view.width;
      for (int x = 0; x < view.width; ++x) to[x] = from[x] < least[x] ? 1 : 0;
    }
  }
}

void Contrast::weigh_blocks() {
  const auto width = static_cast<std::size_t>(view_.width);
  const std::size_t padded = static_cast<std::size_t>(columns_) * kBlockPixels;
  sums_.resize(padded);
  lows_.resize(padded);
  highs_.resize(padded);
  for (int row = 0; row < rows_; ++row) {
    std::fill(sums_.begin(), sums_.end(), std::uint16_t{0});
    std::fill(lows_.begin(), lows_.end(), std::uint8_t{255});
    std::fill(highs_.begin(), highs_.end(), std::uint8_t{0});
    const int top = row * kBlockPixels;
    const int bottom = std::min(view_.height, top + kBlockPixels);
    for (int y = top; y < bottom; ++y) {
      const std::uint8_t* from = view_.row(y);
      std::uint16_t* sum = sums_.data();
      std::uint8_t* low = lows_.data();
      std::uint8_t* high = highs_.data();
      for (std::size_t x = 0; x < width; ++x) {
        sum[x] = static_cast<std::uint16_t>(sum[x] + from[x]);
        low[x] = std::min(low[x], from[x]);
        high[x] = std::max(high[x], from[x]);
      }
    }
    for (int column = 0; column < columns_; ++column) {
      const int left = column * kBlockPixels;
      const int right = std::min(view_.width, left + kBlockPixels);
      int sum = 0;
      std::uint8_t low = 255;
      std::uint8_t high = 0;
      for (int x = left; x < right; ++x) {
        sum += sums_[static_cast<std::size_t>(x)];
        low = std::min(low, lows_[static_cast<std::size_t>(x)]);
        high = std::max(high, highs_[static_cast<std::size_t>(x)]);
      }
      const int mean = sum / ((right - left) * (bottom - top));
      blocks_[static_cast<std::size_t>(row * columns_ + column)] = {static_cast<std::uint8_t>(mean), low,
                                                                    high};
    }
  }
}

void Contrast::spread_thresholds() {
  constexpr int kReach = 2;
  for (int row = 0; row < rows_; ++row) {
    for (int column = 0; column < columns_; ++column) {
      int sum = 0;
      int count = 0;
      std::uint8_t darkest = 255;
      std::uint8_t lightest = 0;
      for (int y = std::max(0, row - kReach); y <= std::min(rows_ - 1, row + kReach); ++y) {
        for (int x = std::max(0, column - kReach); x <= std::min(columns_ - 1, column + kReach); ++x) {
          const Block& block = blocks_[static_cast<std::size_t>(y * columns_ + x)];
          sum += block.mean;
          darkest = std::min(darkest, block.darkest);
          lightest = std::max(lightest, block.lightest);
          ++count;
        }
      }
      const auto at = static_cast<std::size_t>(row * columns_ + column);
      middles_[at] = static_cast<std::uint8_t>(sum / count);
      thresholds_[at] = lightest - darkest < kFlatLevels ? std::uint8_t{0} : middles_[at];
    }
  }
}

void find_finders(const Contrast& picture, Surroundings surroundings, std::vector<int>& runs,
                  std::vector<Finder>& found) {
  found.clear();
  const auto more_rows = [](const Finder& a, const Finder& b) { return a.seen > b.seen; };
  search(picture, Surroundings::quiet, runs, found);
  std::sort(found.begin(), found.end(), more_rows);
  if (surroundings == Surroundings::quiet) return;
  const auto quiet = static_cast<std::ptrdiff_t>(found.size());
  search(picture, Surroundings::any, runs, found);
  std::sort(found.begin() + quiet, found.end(), more_rows);
}

}  // namespace lanyard::scanner::qr
