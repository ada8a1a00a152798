#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "scanner/qr/grid.hpp"

namespace lanyard::scanner::qr {
namespace {

// Nodes of the bent grid lie this many modules apart: a badge on a string bends no sharper.
constexpr int kNodeModules = 6;
// How far a node may slip from where its neighbours let expect it, in modules, and the least step.
constexpr std::array<float, 3> kSlips{0.6F, 0.3F, 0.15F};
// What it costs to slip away from the neighbours, in the units of clearness, by the module squared.
constexpr float kStiffness = 0.15F;
constexpr float kKnownWeight = 2;
// Modules around one that say what is light and what is dark there.
constexpr int kSurroundings = 3;

}  // namespace

Sampler::Sampler(const Contrast& picture, const Grid& grid, bool light_on_dark)
    : picture_(&picture), grid_(grid), sign_(light_on_dark ? -1.0F : 1.0F) {
  measure();
}

Sampler::Node Sampler::bent_by(float x, float y) const {
  if (nodes_ == 0) return {};
  const auto last = static_cast<float>(nodes_ - 1) - 0.001F;
  const float column = std::clamp(x / kNodeModules, 0.0F, last);
  const float row = std::clamp(y / kNodeModules, 0.0F, last);
  const int left = static_cast<int>(column);
  const int top = static_cast<int>(row);
  const float u = column - static_cast<float>(left);
  const float v = row - static_cast<float>(top);
  const Node* upper = bend_.data() + std::ptrdiff_t{top} * nodes_ + left;
  const Node* lower = upper + nodes_;
  const auto mix = [u, v](float a, float b, float c, float d) {
    return (a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v;
  };
  return {mix(upper[0].dx, upper[1].dx, lower[0].dx, lower[1].dx),
          mix(upper[0].dy, upper[1].dy, lower[0].dy, lower[1].dy)};
}

Spot Sampler::at(float x, float y) const {
  const Node by = bent_by(x, y);
  const Spot flat = grid_.at(x + by.dx, y + by.dy);
  return flat;
}

// How far the modules around a node are from grey, those known beforehand in the right direction.
float Sampler::clearness(int column, int row) const {
  const int side = grid_.dimension();
  const int left = std::max(0, (column - 1) * kNodeModules);
  const int right = std::min(side, (column + 1) * kNodeModules);
  const int top = std::max(0, (row - 1) * kNodeModules);
  const int bottom = std::min(side, (row + 1) * kNodeModules);
  constexpr float kMost = 60;
  float sum = 0;
  float weight = 0;
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const Spot spot = at(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
      const float light = std::clamp(sign_ * picture_->light_at(spot.x, spot.y), -kMost, kMost);
      const auto known = static_cast<float>(known_[static_cast<std::size_t>(y * side + x)]);
      sum += known == 0 ? std::abs(light) : kKnownWeight * known * light;
      weight += known == 0 ? 1 : kKnownWeight;
    }
  }
  return weight == 0 ? 0 : sum / weight / kMost;
}

// Where a node should be by those before it, to the left and above: as paper goes on bending the way it
// bends.
Sampler::Node Sampler::expected(int column, int row) const {
  const auto node = [this](int x, int y) { return bend_[static_cast<std::size_t>(y * nodes_ + x)]; };
  Node sum{};
  float count = 0;
  const auto goes_on = [&](Node last, Node before) {
    sum = {sum.dx + 2 * last.dx - before.dx, sum.dy + 2 * last.dy - before.dy};
    ++count;
  };
  if (column >= 2) goes_on(node(column - 1, row), node(column - 2, row));
  if (row >= 2) goes_on(node(column, row - 1), node(column, row - 2));
  if (column == 1) goes_on(node(0, row), node(0, row));
  if (row == 1) goes_on(node(column, 0), node(column, 0));
  return count == 0 ? Node{} : Node{sum.dx / count, sum.dy / count};
}

void Sampler::settle(int column, int row, Node from) {
  Node& node = bend_[static_cast<std::size_t>(row * nodes_ + column)];
  node = from;
  const auto worth = [&] {
    const float dx = node.dx - from.dx;
    const float dy = node.dy - from.dy;
    return clearness(column, row) - kStiffness * (dx * dx + dy * dy);
  };
  float best = worth();
  for (const float slip : kSlips) {
    const Node start = node;
    Node to = start;
    for (const auto& [dx, dy] :
         {std::pair{1.0F, 0.0F}, std::pair{-1.0F, 0.0F}, std::pair{0.0F, 1.0F}, std::pair{0.0F, -1.0F},
          std::pair{0.7F, 0.7F}, std::pair{-0.7F, 0.7F}, std::pair{0.7F, -0.7F}, std::pair{-0.7F, -0.7F}}) {
      node = {start.dx + dx * slip, start.dy + dy * slip};
      const float fits = worth();
      if (fits <= best) continue;
      best = fits;
      to = node;
    }
    node = to;
  }
}

void Sampler::bend() {
  const int side = grid_.dimension();
  nodes_ = (side + kNodeModules - 1) / kNodeModules + 1;
  bend_.assign(static_cast<std::size_t>(nodes_) * static_cast<std::size_t>(nodes_), {});
  known_.assign(static_cast<std::size_t>(side) * static_cast<std::size_t>(side), 0);
  for (const auto& known : Layout::of(version_of(side)).known()) {
    known_[static_cast<std::size_t>(known.at.y) * static_cast<std::size_t>(side) + known.at.x] =
        known.dark ? std::int8_t{-1} : std::int8_t{1};
  }
  // From the corner that the grid is surest of, each node begun where those before it lead; then once more,
  // now that all have neighbours on all sides.
  for (const bool first : {true, false}) {
    for (int row = 0; row < nodes_; ++row) {
      for (int column = 0; column < nodes_; ++column) {
        const Node from =
            first ? expected(column, row) : bend_[static_cast<std::size_t>(row * nodes_ + column)];
        settle(column, row, from);
      }
    }
  }
  measure();
}

void Sampler::measure() {
  const int side = grid_.dimension();
  gray_.resize(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  const bool several = grid_.module_pixels() >= 3;
  constexpr float kAside = 0.2F;
  float* to = gray_.data();
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const float u = static_cast<float>(x) + 0.5F;
      const float v = static_cast<float>(y) + 0.5F;
      const Spot middle = at(u, v);
      float sum = picture_->gray_at(middle.x, middle.y);
      if (several) {
        for (const auto& [dx, dy] : {std::pair{kAside, kAside}, std::pair{-kAside, kAside},
                                     std::pair{kAside, -kAside}, std::pair{-kAside, -kAside}}) {
          const Spot aside = at(u + dx, v + dy);
          sum += picture_->gray_at(aside.x, aside.y);
        }
        sum /= 5;
      }
      *to++ = sum;
    }
  }
}

SeenModules Sampler::sample(Sampling sampling) const {
  const int side = grid_.dimension();
  const auto gray = [&](const std::vector<float>& from, int x, int y) {
    return from[static_cast<std::size_t>(std::clamp(y, 0, side - 1) * side + std::clamp(x, 0, side - 1))];
  };
  std::vector<float> levels = gray_;
  if (sampling == Sampling::sharp) {
    constexpr float kShare = 0.6F;
    for (int y = 0; y < side; ++y) {
      for (int x = 0; x < side; ++x) {
        const float here = gray(gray_, x, y);
        const float around =
            (gray(gray_, x - 1, y) + gray(gray_, x + 1, y) + gray(gray_, x, y - 1) + gray(gray_, x, y + 1)) /
            4;
        levels[static_cast<std::size_t>(y * side + x)] = here + kShare * (here - around);
      }
    }
  }
  SeenModules seen{side, std::vector<std::int8_t>(levels.size())};
  const auto [darkest, lightest] = std::minmax_element(levels.begin(), levels.end());
  const float least = std::max(4.0F, (*lightest - *darkest) * 0.15F);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      float sum = 0;
      float low = 1e9F;
      float high = -1e9F;
      int count = 0;
      for (int v = std::max(0, y - kSurroundings); v <= std::min(side - 1, y + kSurroundings); ++v) {
        for (int u = std::max(0, x - kSurroundings); u <= std::min(side - 1, x + kSurroundings); ++u) {
          const float level = levels[static_cast<std::size_t>(v * side + u)];
          sum += level;
          low = std::min(low, level);
          high = std::max(high, level);
          ++count;
        }
      }
      // Between the mean, which noise moves least, and the middle, which an uneven share of dark ones does
      // not.
      const float threshold = (sum / static_cast<float>(count) + (low + high) / 2) / 2;
      const float scale = 127 / std::max(least, (high - low) / 2);
      const float light = sign_ * (levels[static_cast<std::size_t>(y * side + x)] - threshold) * scale;
      seen.light[static_cast<std::size_t>(y * side + x)] =
          static_cast<std::int8_t>(std::clamp(light, -127.0F, 127.0F));
    }
  }
  return seen;
}

}  // namespace lanyard::scanner::qr
