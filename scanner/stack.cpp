#include "scanner/stack.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>

namespace lanyard::scanner {
namespace {

constexpr int kNoiseRows = 48;
constexpr int kNoiseColumns = 96;
// The median of |a - 2b + c| of three values of deviation 1.
constexpr double kMedianOfSecondDifferences = 1.652;

constexpr int kSettlingBits = 7;
constexpr int kSettlingShare = 4;  // of each new frame, one part in so many

constexpr int kMostSide = 640;  // of what is laid up
constexpr int kMostFactor = 2;  // smaller, a code in much noise has too few pixels left
constexpr int kLeastSide = 48;
constexpr int kMarginPercent = 30;  // around what was sighted
constexpr int kMostDepth = 16;      // so that it follows what changes; the sums hold 257

// What is followed is sought this far from where it was, in its pixels, at every place of the first of these
// copies, and near the best place of each in the next.
constexpr int kReach = 16;
struct Step {
  int factor;
  int reach;  // in pixels of the copy
  bool is_first;
};
constexpr std::array kSteps{Step{4, 2 * kReach, true}, Step{2, 3, false}, Step{1, 1, false}};
// It is lost where it differs by more than this and what its noise makes.
constexpr double kLostLevels = 9;

unsigned difference(const std::uint8_t* a, const std::uint8_t* b, int count) {
  unsigned sum = 0;
  for (int i = 0; i < count; ++i) sum += static_cast<unsigned>(std::abs(a[i] - b[i]));
  return sum;
}

struct Match {
  struct At {
    int x{0};
    int y{0};
  } at;
  double levels{0};  // of difference, a pixel
};

// Where `part` lies best in `around`, this far about the middle.
Match best_match(GrayView part, GrayView around, Match::At middle, int reach) {
  Match::At best = middle;
  unsigned least = std::numeric_limits<unsigned>::max();
  for (int y = std::max(0, middle.y - reach); y <= std::min(around.height - part.height, middle.y + reach);
       ++y) {
    for (int x = std::max(0, middle.x - reach); x <= std::min(around.width - part.width, middle.x + reach);
         ++x) {
      unsigned sum = 0;
      for (int row = 0; row < part.height && sum < least; ++row) {
        sum += difference(part.row(row), around.row(y + row) + x, part.width);
      }
      if (sum >= least) continue;
      least = sum;
      best = {x, y};
    }
  }
  return {best, static_cast<double>(least) / (static_cast<double>(part.width) * part.height)};
}

bool holds(const Region& outer, const Region& inner) {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width &&
         inner.y + inner.height <= outer.y + outer.height;
}

// They share more than half of what they cover.
bool is_same(const Region& a, const Region& b) {
  const int width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const int height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (width <= 0 || height <= 0) return false;
  const auto area = [](int w, int h) { return static_cast<double>(w) * h; };
  const double both = area(width, height);
  return both > (area(a.width, a.height) + area(b.width, b.height) - both) / 2;
}

Region grown_within(const Region& part, int margin, GrayView frame) {
  const int left = std::clamp(part.x - margin, 0, frame.width);
  const int top = std::clamp(part.y - margin, 0, frame.height);
  const int right = std::clamp(part.x + part.width + margin, left, frame.width);
  const int bottom = std::clamp(part.y + part.height + margin, top, frame.height);
  return {left, top, right - left, bottom - top};
}

}  // namespace

double noise_of(GrayView frame) {
  if (frame.width < 3 || frame.height < 1) return 0;
  std::array<int, 511> counts{};
  const int rows = std::min(kNoiseRows, frame.height);
  const int columns = std::min(kNoiseColumns, frame.width - 2);
  for (int j = 0; j < rows; ++j) {
    const std::uint8_t* row = frame.row((2 * j + 1) * frame.height / (2 * rows));
    for (int i = 0; i < columns; ++i) {
      const int x = 1 + (2 * i + 1) * (frame.width - 2) / (2 * columns);
      ++counts[static_cast<std::size_t>(std::abs(row[x - 1] - 2 * row[x] + row[x + 1]))];
    }
  }
  // Where between two levels the median is: noise of half a level counts as well.
  const double half = rows * columns / 2.0;
  int below = 0;
  std::size_t level = 0;
  while (below + counts[level] < half) below += counts[level++];
  const double median = static_cast<double>(level) - 0.5 + (half - below) / std::max(1, counts[level]);
  return std::max(0.0, median) / kMedianOfSecondDifferences;
}

void Stack::clear() {
  settling_.clear();
  before_ = {};
  depth_ = 0;
}

void Stack::give_up() {
  if (depth_ > 0) before_[next_before_++ % kRemembered] = place_;
  depth_ = 0;
}

Stack::Mean Stack::mean() const {
  if (depth_ == 0) return {};
  return {mean_.view(), place_.x, place_.y, factor_};
}

void Stack::settle(GrayView small) {
  const auto pixels = static_cast<std::size_t>(small.width) * static_cast<std::size_t>(small.height);
  const bool is_new = settling_.size() != pixels || settled_.width() != small.width;
  settled_.shape(small.width, small.height);
  settling_.resize(pixels);
  std::uint16_t* at = settling_.data();
  for (int y = 0; y < small.height; ++y, at += small.width) {
    const std::uint8_t* from = small.row(y);
    std::uint8_t* to = settled_.row(y);
    for (int x = 0; x < small.width; ++x) {
      const int now = from[x] << kSettlingBits;
      const int next = is_new ? now : at[x] + (now - at[x]) / kSettlingShare;
      at[x] = static_cast<std::uint16_t>(next);
      to[x] = static_cast<std::uint8_t>((next + (1 << (kSettlingBits - 1))) >> kSettlingBits);
    }
  }
}

// Those of strong edges and those of any take turns, the strongest first.
Region Stack::next_region(GrayView frame) {
  constexpr std::size_t kOfEach = 3;
  for (std::size_t tried = 0; tried < 2 * kOfEach; ++tried) {
    const std::size_t turn = next_region_++ % (2 * kOfEach);
    const auto& regions = finder_.find(frame, settled_.view(), static_cast<int>(turn / 2 + 1),
                                       turn % 2 == 0 ? Edges::strong : Edges::any);
    if (turn / 2 >= regions.size()) continue;
    const Region& region = regions[turn / 2];
    const int longer = std::max(region.width, region.height);
    const bool fits =
        longer <= kMostSide * kMostFactor && std::min(region.width, region.height) >= kLeastSide;
    const bool is_known =
        std::ranges::any_of(before_, [&](const Region& other) { return is_same(region, other); });
    if (fits && !is_known) return region;
  }
  // All over again.
  before_ = {};
  return {};
}

void Stack::choose(GrayView frame, const Region& sighted) {
  if (sighted.width > 0) {
    if (depth_ > 0 && holds(place_, grown_within(sighted, 0, frame))) return;
    const int margin = std::max(sighted.width, sighted.height) * kMarginPercent / 100;
    return follow(grown_within(sighted, margin, frame), frame);
  }
  if (depth_ == 0) follow(next_region(frame), frame);
}

// From this frame on.
void Stack::follow(const Region& part, GrayView frame) {
  depth_ = 0;
  const int longer = std::max(part.width, part.height);
  if (std::min(part.width, part.height) < kLeastSide || longer > kMostSide * kMostFactor) return;
  factor_ = (longer + kMostSide - 1) / kMostSide;
  place_ = {part.x, part.y, part.width / factor_ * factor_, part.height / factor_ * factor_};
  lay(part_at(frame, place_, around_));
}

GrayView Stack::part_at(GrayView frame, const Region& part, Sheet& memory) const {
  const GrayView view = frame.part(part.x, part.y, part.width, part.height);
  return factor_ == 1 ? view : shrink(view, factor_, memory);
}

void Stack::lay(GrayView part) {
  const auto pixels = static_cast<std::size_t>(part.width) * static_cast<std::size_t>(part.height);
  if (depth_ == 0) sums_.assign(pixels, 0);
  const bool is_full = depth_ == kMostDepth;
  depth_ = is_full ? depth_ / 2 + 1 : depth_ + 1;
  const unsigned share = (1U << 16U) / static_cast<unsigned>(depth_);
  mean_.shape(part.width, part.height);
  std::uint16_t* sums = sums_.data();
  for (int y = 0; y < part.height; ++y, sums += part.width) {
    const std::uint8_t* from = part.row(y);
    std::uint8_t* to = mean_.row(y);
    for (int x = 0; x < part.width; ++x) {
      const unsigned sum = (is_full ? sums[x] / 2U : sums[x]) + from[x];
      sums[x] = static_cast<std::uint16_t>(sum);
      to[x] = static_cast<std::uint8_t>((sum * share + (1U << 15U)) >> 16U);
    }
  }
}

// Where what is followed lies in this frame; false if it is lost. Sought in smaller copies first: they have
// less noise, as well as fewer places.
bool Stack::find(GrayView frame, double noise) {
  const Region reach = grown_within(place_, kReach * factor_, frame);
  const GrayView around = part_at(frame, reach, around_);
  const GrayView mean = mean_.view();
  Match best{{kReach, kReach}, 0};
  for (const Step& step : kSteps) {
    const GrayView small = step.factor == 1 ? mean : shrink(mean, step.factor, small_mean_);
    const GrayView small_around = step.factor == 1 ? around : shrink(around, step.factor, small_around_);
    best = best_match(small, small_around, {best.at.x / step.factor, best.at.y / step.factor}, step.reach);
    best.at = {best.at.x * step.factor, best.at.y * step.factor};
    if (step.is_first && best.levels > kLostLevels + noise / step.factor) return false;
  }
  place_.x = reach.x + best.at.x * factor_;
  place_.y = reach.y + best.at.y * factor_;
  lay(around.part(best.at.x, best.at.y, mean.width, mean.height));
  return true;
}

void Stack::add(GrayView frame, GrayView small, const Region& sighted) {
  const double noise = noise_of(frame);
  if (small.empty() || noise < kLeastNoise) return clear();
  settle(small);
  const bool was_there = depth_ > 0 && place_.x + place_.width <= frame.width &&
                         place_.y + place_.height <= frame.height && find(frame, noise);
  if (!was_there) depth_ = 0;
  choose(frame, sighted);
}

}  // namespace lanyard::scanner
