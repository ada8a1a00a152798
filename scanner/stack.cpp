#include "scanner/stack.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

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
constexpr int kRest = 10;           // frames, once no region is worth it

// What is followed is sought this far from where it was, in its pixels, at every place of the first of these
// copies, and near the best place of each in the next.
constexpr int kReach = 16;
struct Step {
  int factor;
  int reach;  // in pixels of the copy
};
constexpr std::array kSteps{Step{4, 2 * kReach}, Step{2, 3}, Step{1, 1}};
// It is lost where the copy of this factor is hardly more like it than chance makes it: 1 is the same. A code
// of contrast 26 in noise of 26, with as much flat paper around it, is alike by 0.2.
constexpr int kJudgedFactor = 2;
double least_likeness(GrayView part) {
  return 0.1 + 1.5 / std::sqrt(static_cast<double>(part.width) * part.height);
}

unsigned difference(const std::uint8_t* a, const std::uint8_t* b, int count) {
  unsigned sum = 0;
  for (int i = 0; i < count; ++i) sum += static_cast<unsigned>(std::abs(a[i] - b[i]));
  return sum;
}

struct At {
  int x{0};
  int y{0};
};

// Where `part` lies best in `around`, this far about the middle.
At best_match(GrayView part, GrayView around, At middle, int reach) {
  At best = middle;
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
  return best;
}

// How alike two parts are, by what their pixels differ from those a little further on: neither the light's
// fall nor their contrast matters. What `part` is laid upon is at (x, y) of `around`.
double likeness_of(GrayView part, GrayView around, At at) {
  constexpr int kFurther = 4;
  double both = 0;
  double first = 0;
  double second = 0;
  for (int y = 0; y < part.height; ++y) {
    const std::uint8_t* a = part.row(y);
    const std::uint8_t* b = around.row(at.y + y) + at.x;
    int row_both = 0;
    int row_first = 0;
    int row_second = 0;
    for (int x = 0; x + kFurther < part.width; ++x) {
      const int of_a = a[x + kFurther] - a[x];
      const int of_b = b[x + kFurther] - b[x];
      row_both += of_a * of_b;
      row_first += of_a * of_a;
      row_second += of_b * of_b;
    }
    both += row_both;
    first += row_first;
    second += row_second;
  }
  return first <= 0 || second <= 0 ? 0 : both / std::sqrt(first * second);
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

bool can_be_followed(const Region& region) {
  return std::min(region.width, region.height) >= kLeastSide &&
         std::max(region.width, region.height) <= kMostSide * kMostFactor;
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
  aside_ = {};
  rests_ = 0;
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

// The strongest that was not followed lately.
void Stack::follow_next(GrayView frame) {
  if (rests_ > 0) {
    --rests_;
    return;
  }
  for (const bool again : {false, true}) {
    faint_next_ = !faint_next_;
    for (const Region& region :
         finder_.find(frame, settled_.view(), 3, faint_next_ ? Edges::any : Edges::strong)) {
      const bool is_known =
          std::ranges::any_of(before_, [&](const Region& other) { return is_same(region, other); });
      if (can_be_followed(region) && !is_known) return follow(region, frame);
    }
    if (again) before_ = {};  // all over again, after a rest
  }
  rests_ = kRest;
}

void Stack::choose(GrayView frame, const Region& sighted) {
  const Region before = std::exchange(aside_, Region{});
  if (sighted.width > 0 && sighted.height > 0) {
    const Region seen = grown(sighted, 0, frame);
    if (depth_ > 0 && holds(place_, seen)) return;
    const int longer = std::max(seen.width, seen.height);
    const Region part = grown(seen, std::max(longer * kMarginPercent / 100, (kLeastSide + 1) / 2), frame);
    // One sighting may be a mistake; what is followed is not left for it.
    aside_ = seen;
    if (can_be_followed(part) && (depth_ == 0 || is_same(before, seen))) return follow(part, frame);
  }
  if (depth_ == 0) follow_next(frame);
}

// From this frame on.
void Stack::follow(const Region& part, GrayView frame) {
  depth_ = 0;
  factor_ = (std::max(part.width, part.height) + kMostSide - 1) / kMostSide;
  place_ = {part.x, part.y, part.width / factor_ * factor_, part.height / factor_ * factor_};
  lay(part_at(frame, place_, around_));
}

GrayView Stack::part_at(GrayView frame, const Region& part, Sheet& memory) const {
  const GrayView view = frame.part(part.x, part.y, part.width, part.height);
  return factor_ == 1 ? view : shrink(view, factor_, memory);
}

void Stack::lay(GrayView part) {
  const auto pixels = static_cast<std::size_t>(part.width) * static_cast<std::size_t>(part.height);
  if (depth_ == kMostDepth) depth_ = 0;
  if (depth_ == 0) sums_.assign(pixels, 0);
  ++depth_;
  const unsigned share = (1U << 16U) / static_cast<unsigned>(depth_);
  mean_.shape(part.width, part.height);
  std::uint16_t* sums = sums_.data();
  for (int y = 0; y < part.height; ++y, sums += part.width) {
    const std::uint8_t* from = part.row(y);
    std::uint8_t* to = mean_.row(y);
    for (int x = 0; x < part.width; ++x) {
      const unsigned sum = sums[x] + unsigned{from[x]};
      sums[x] = static_cast<std::uint16_t>(sum);
      to[x] = static_cast<std::uint8_t>((sum * share + (1U << 15U)) >> 16U);
    }
  }
}

// Where what is followed lies in this frame; false if it is lost. Sought in smaller copies first: they have
// less noise, as well as fewer places.
bool Stack::find(GrayView frame) {
  const Region reach = grown(place_, kReach * factor_, frame);
  const GrayView around = part_at(frame, reach, around_);
  const GrayView mean = mean_.view();
  At best{kReach, kReach};
  for (const Step& step : kSteps) {
    const GrayView small = step.factor == 1 ? mean : shrink(mean, step.factor, small_mean_);
    const GrayView small_around = step.factor == 1 ? around : shrink(around, step.factor, small_around_);
    best = best_match(small, small_around, {best.x / step.factor, best.y / step.factor}, step.reach);
    if (step.factor == kJudgedFactor && likeness_of(small, small_around, best) < least_likeness(small))
      return false;
    best = {best.x * step.factor, best.y * step.factor};
  }
  place_.x = reach.x + best.x * factor_;
  place_.y = reach.y + best.y * factor_;
  lay(around.part(best.x, best.y, mean.width, mean.height));
  return true;
}

void Stack::add(GrayView frame, GrayView small, const Region& sighted) {
  const double least = sighted.width > 0 || depth_ > 0 ? kLeastNoise : kLeastNoiseUnsighted;
  if (small.empty() || noise_of(frame) < least) return clear();
  settle(small);
  const bool fits = place_.x + place_.width <= frame.width && place_.y + place_.height <= frame.height;
  if (depth_ > 0 && !(fits && find(frame))) {
    if (depth_ == 1) give_up();  // what is lost at once was nothing but noise
    depth_ = 0;
  }
  choose(frame, sighted);
}

}  // namespace lanyard::scanner
