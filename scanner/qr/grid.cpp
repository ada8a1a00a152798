#include "scanner/qr/grid.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>

namespace lanyard::scanner::qr {
namespace {

constexpr float kMiddle = 3.5F;  // of a finder pattern, in modules from its edges

Spot operator+(Spot a, Spot b) {
  return {a.x + b.x, a.y + b.y};
}
Spot operator-(Spot a, Spot b) {
  return {a.x - b.x, a.y - b.y};
}
Spot operator*(Spot a, float k) {
  return {a.x * k, a.y * k};
}
float length(Spot a) {
  return std::sqrt(a.x * a.x + a.y * a.y);
}
Spot middle_of(const Finder& finder) {
  return {finder.x, finder.y};
}
float size_of(const Finder& finder) {
  return std::sqrt(finder.across * finder.down);
}

// A finder pattern's width from its middle into a direction: 3.5 modules, of which 1.5 are of the middle's
// colour, one of the other, and one of the first again. Nullopt if the stripes are not there.
std::optional<float> reach(const Contrast& picture, const Finder& finder, Spot direction) {
  const float sign = finder.light_on_dark ? -1.0F : 1.0F;
  const float longest = std::max(finder.across, finder.down) * 1.5F;
  constexpr float kStep = 0.5F;
  int changes = 0;
  float before = sign * picture.light_at(finder.x, finder.y);
  for (float t = kStep; t < longest; t += kStep) {
    const Spot at = middle_of(finder) + direction * t;
    if (at.x < 0 || at.y < 0 || at.x >= static_cast<float>(picture.width()) ||
        at.y >= static_cast<float>(picture.height())) {
      return std::nullopt;
    }
    const float here = sign * picture.light_at(at.x, at.y);
    const bool wants_light = changes % 2 == 0;
    if (wants_light ? here >= 0 : here < 0) {
      ++changes;
      if (changes == 3) return t - kStep * std::abs(here) / std::max(1.0F, std::abs(here - before));
    }
    before = here;
  }
  return std::nullopt;
}

// The side of the modules at a finder pattern, along a direction.
float module_along(const Contrast& picture, const Finder& finder, Spot direction) {
  const auto there = reach(picture, finder, direction);
  const auto back = reach(picture, finder, direction * -1);
  if (there && back) return (*there + *back) / 7;
  if (there || back) return there.value_or(0) / kMiddle + back.value_or(0) / kMiddle;
  // Along a row through a square that is turned by 45 degrees it is wider by 1.4.
  const float turned = std::max(std::abs(direction.x), std::abs(direction.y));
  return size_of(finder) * std::max(0.71F, turned) / 7;
}

// What a finder triple says of its symbol's grid, by the perspective that the patterns' sizes show.
struct Estimate {
  float modules{0};  // between the middles of two finder patterns
  Grid::Middles middles{};
};

Estimate estimate(const Contrast& picture, const Triple& triple) {
  const Spot a = middle_of(triple.corner);
  const Spot b = middle_of(triple.right);
  const Spot c = middle_of(triple.below);
  const float across = length(b - a);
  const float down = length(c - a);
  const Spot along_row = (b - a) * (1 / across);
  const Spot along_column = (c - a) * (1 / down);
  const float a_row = module_along(picture, triple.corner, along_row);
  const float b_row = module_along(picture, triple.right, along_row);
  const float a_column = module_along(picture, triple.corner, along_column);
  const float c_column = module_along(picture, triple.below, along_column);
  const float modules = (across / std::sqrt(a_row * b_row) + down / std::sqrt(a_column * c_column)) / 2;
  // Along a line in perspective the size of a module goes with the inverse square of the depth.
  const float b_depth = std::clamp(std::sqrt(a_row / b_row), 0.6F, 1.6F);
  const float c_depth = std::clamp(std::sqrt(a_column / c_column), 0.6F, 1.6F);
  const float depth = std::max(0.4F, b_depth + c_depth - 1);
  const Spot far = (b * b_depth + c * c_depth - a) * (1 / depth);
  return {modules, {a, b, c, far}};
}

// Modules of a version, as a list that is quick to go through.
struct Point {
  float x, y;
  float sign;  // 1 light, -1 dark, 0 not known beforehand: either will do, but clearly
};
using Pattern = std::vector<Point>;

Point point_at(int x, int y, float sign) {
  return {static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F, sign};
}

// What is known beforehand; of many modules only some.
Pattern known_pattern(int dimension) {
  constexpr std::size_t kMost = 420;
  const auto& known = Layout::of(version_of(dimension)).known();
  const std::size_t step = (known.size() + kMost - 1) / kMost;
  Pattern pattern;
  pattern.reserve(known.size() / step + 1);
  for (std::size_t i = 0; i < known.size(); ++i) {
    // Seven shares no factor with most steps, so that no row of a pattern is left out whole.
    if (step > 1 && (i * 7) % step != 0) continue;
    pattern.push_back(point_at(known[i].at.x, known[i].at.y, known[i].dark ? -1.0F : 1.0F));
  }
  return pattern;
}

Pattern whole_pattern(int dimension) {
  constexpr int kMost = 700;
  Pattern pattern = known_pattern(dimension);
  const auto& data = Layout::of(version_of(dimension)).data();
  const std::size_t step = data.size() / kMost + 1;
  for (std::size_t i = 0; i < data.size(); i += step) pattern.push_back(point_at(data[i].x, data[i].y, 0));
  return pattern;
}

// Of the three finder patterns every second module, and none of what surrounds them.
Pattern finder_pattern(int dimension) {
  Pattern pattern;
  for (const auto& [left, top] :
       {std::pair{0, 0}, std::pair{dimension - 7, 0}, std::pair{0, dimension - 7}}) {
    for (int y = 0; y < kFinderModules; ++y) {
      for (int x = y % 2; x < kFinderModules; x += 2) {
        const int ring = std::max(std::abs(x - 3), std::abs(y - 3));
        pattern.push_back(point_at(left + x, top + y, ring == 2 ? 1.0F : -1.0F));
      }
    }
  }
  return pattern;
}

struct Patterns {
  Pattern finders;
  Pattern known;
  Pattern whole;
};
const Patterns& patterns_of(int dimension) {
  static PerVersion<Patterns> patterns;
  return patterns.of(version_of(dimension), [dimension] {
    return std::make_unique<const Patterns>(
        Patterns{finder_pattern(dimension), known_pattern(dimension), whole_pattern(dimension)});
  });
}

// 1: all as it should be, and clearly so; 0: as in noise.
float agreement(const Contrast& picture, const Grid& grid, const Pattern& pattern, float sign, float most) {
  float sum = 0;
  for (const Point& point : pattern) {
    const Spot at = grid.at(point.x, point.y);
    const float light = std::clamp(sign * picture.light_at(at.x, at.y), -most, most);
    sum += point.sign == 0 ? std::abs(light) : point.sign * light;
  }
  return sum / (most * static_cast<float>(pattern.size()));
}

// Levels beyond which a module counts as fully light or dark: half of what the finder patterns show, so that
// a lamp's reflection weighs no more than a module.
float full_levels(const Contrast& picture, const Grid& grid) {
  float sum = 0;
  int count = 0;
  const auto d = static_cast<float>(grid.dimension());
  for (const Spot finder : {Spot{0, 0}, Spot{d - 7, 0}, Spot{0, d - 7}}) {
    for (const float offset : {0.5F, 2.5F, 3.5F, 4.5F, 6.5F}) {
      for (const Spot place : {Spot{offset, 3.5F}, Spot{3.5F, offset}}) {
        const Spot at = grid.at(finder.x + place.x, finder.y + place.y);
        sum += std::abs(picture.light_at(at.x, at.y));
        ++count;
      }
    }
  }
  return std::max(4.0F, sum / static_cast<float>(count) * 0.6F);
}

// The lower right alignment pattern is looked for some modules around where it should be.
std::optional<Spot> find_alignment(const Contrast& picture, const Grid& grid, float sign, float most) {
  const auto place = static_cast<float>(grid.dimension()) - 6.5F;
  constexpr float kReach = 4;
  constexpr float kStep = 1.0F;
  constexpr float kLeast = 0.3F;  // at worst half a module off on both axes
  float best = kLeast * 25;
  std::optional<Spot> found;
  const auto look = [&](float dx, float dy) {
    float sum = 0;
    for (int y = -2; y <= 2; ++y) {
      for (int x = -2; x <= 2; ++x) {
        const Spot at = grid.at(place + dx + static_cast<float>(x), place + dy + static_cast<float>(y));
        const float light = std::max(std::abs(x), std::abs(y)) == 1 ? 1.0F : -1.0F;
        sum += light * std::clamp(sign * picture.light_at(at.x, at.y) / most, -1.0F, 1.0F);
      }
    }
    if (sum <= best) return;
    best = sum;
    found = Spot{dx, dy};
  };
  for (float dy = -kReach; dy <= kReach; dy += kStep) {
    for (float dx = -kReach; dx <= kReach; dx += kStep) look(dx, dy);
  }
  if (!found) return found;
  const Spot rough = *found;
  for (const float dy : {-kStep / 2, 0.0F, kStep / 2}) {
    for (const float dx : {-kStep / 2, 0.0F, kStep / 2}) look(rough.x + dx, rough.y + dy);
  }
  return found;
}

// Moves one middle after the other, by less and less, as long as the patterns fit better.
Grid settle(const Contrast& picture, Grid grid, const Pattern& pattern, float sign, float most, float& best) {
  best = agreement(picture, grid, pattern, sign, most);
  const float module = grid.module_pixels();
  for (const float step : {1.0F, 0.5F, 0.25F, 0.12F}) {
    for (int round = 0; round < 2; ++round) {
      bool moved = false;
      for (const std::size_t corner : {std::size_t{3}, std::size_t{1}, std::size_t{2}, std::size_t{0}}) {
        // What is seen lies within half a module of where it was found; the fourth is a guess.
        if (corner != 3 && step > 0.5F) continue;
        for (const Spot way : {Spot{1, 0}, Spot{-1, 0}, Spot{0, 1}, Spot{0, -1}}) {
          Grid::Middles middles = grid.middles();
          middles[corner] = middles[corner] + way * (step * module);
          const Grid other(middles, grid.dimension());
          const float fits = agreement(picture, other, pattern, sign, most);
          if (fits <= best) continue;
          best = fits;
          grid = other;
          moved = true;
        }
      }
      if (!moved) break;
    }
  }
  return grid;
}

}  // namespace

void find_triples(const std::vector<Finder>& finders, std::vector<Triple>& triples) {
  constexpr std::size_t kMostConsidered = 24;
  constexpr float kMostUnlike = 2.6F;
  triples.clear();
  const std::size_t count = std::min(kMostConsidered, finders.size());
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      for (std::size_t k = j + 1; k < count; ++k) {
        if (i == j || i == k) continue;
        const Finder& corner = finders[i];
        const Finder* right = &finders[j];
        const Finder* below = &finders[k];
        if (corner.light_on_dark != right->light_on_dark || corner.light_on_dark != below->light_on_dark)
          continue;
        const auto [least, most] = std::minmax({size_of(corner), size_of(*right), size_of(*below)});
        if (most > least * kMostUnlike) continue;
        Spot across = middle_of(*right) - middle_of(corner);
        Spot down = middle_of(*below) - middle_of(corner);
        const float product = across.x * down.y - across.y * down.x;
        if (product < 0) {
          std::swap(across, down);
          std::swap(right, below);
        }
        const float legs = length(across) * length(down);
        const float sine = std::abs(product) / legs;
        const float cosine = (across.x * down.x + across.y * down.y) / legs;
        const float longer = std::max(length(across) / length(down), length(down) / length(across));
        const float module = (size_of(corner) + size_of(*right) + size_of(*below)) / 21;
        const float modules = std::sqrt(legs) / module;
        if (!(sine >= 0.4F) || std::abs(cosine) > 0.8F || longer > kMostUnlike) continue;
        if (modules < 9 || modules > 230) continue;
        const float cost = (most / least - 1) + 1.5F * std::abs(cosine) + 0.7F * (longer - 1) +
                           1.5F / static_cast<float>(std::min({corner.seen, right->seen, below->seen}));
        triples.push_back({corner, *right, *below, cost});
      }
    }
  }
  std::sort(triples.begin(), triples.end(), [](const Triple& a, const Triple& b) { return a.cost < b.cost; });
  if (triples.size() > kMaxTriples) triples.resize(kMaxTriples);
}

Grid::Grid(const Middles& middles, int dimension) : middles_(middles), dimension_(dimension) {
  // From the unit square to four points.
  const auto& [p, q, s, r] = middles;  // top left, top right, bottom left, bottom right
  const Spot right = q - r;
  const Spot below = s - r;
  const Spot skew = p - q + r - s;
  const float area = right.x * below.y - below.x * right.y;
  const float safe = std::abs(area) < 1e-6F ? 1e-6F : area;
  const float g = (skew.x * below.y - skew.y * below.x) / safe;
  const float h = (right.x * skew.y - right.y * skew.x) / safe;
  h_ = {q.x - p.x + g * q.x, s.x - p.x + h * s.x, p.x, q.y - p.y + g * q.y, s.y - p.y + h * s.y, p.y, g, h};
  // ... and from modules to the unit square.
  const float scale = 1 / static_cast<float>(dimension - kFinderModules);
  const std::array<float, 9> m{h_[0], h_[1], h_[2], h_[3], h_[4], h_[5], h_[6], h_[7], 1};
  std::array<float, 9> out{};
  for (std::size_t row = 0; row < 3; ++row) {
    out[row * 3] = m[row * 3] * scale;
    out[row * 3 + 1] = m[row * 3 + 1] * scale;
    out[row * 3 + 2] = m[row * 3 + 2] - (m[row * 3] + m[row * 3 + 1]) * scale * kMiddle;
  }
  const float one = std::abs(out[8]) < 1e-6F ? 1e-6F : out[8];
  for (std::size_t i = 0; i < 8; ++i) h_[i] = out[i] / one;
}

Spot Grid::at(float x, float y) const {
  const float depth = std::max(1e-3F, h_[6] * x + h_[7] * y + 1);
  return {(h_[0] * x + h_[1] * y + h_[2]) / depth, (h_[3] * x + h_[4] * y + h_[5]) / depth};
}

float Grid::module_pixels() const {
  const float across = length(middles_[1] - middles_[0]) + length(middles_[3] - middles_[2]);
  const float down = length(middles_[2] - middles_[0]) + length(middles_[3] - middles_[1]);
  return (across + down) / 4 / static_cast<float>(dimension_ - kFinderModules);
}

std::optional<Fitted> fit(const Contrast& picture, const Triple& triple) {
  const Estimate guess = estimate(picture, triple);
  if (!(guess.modules > 8) || guess.modules > 200) return std::nullopt;
  const float sign = triple.corner.light_on_dark ? -1.0F : 1.0F;
  const float exact = (guess.modules + kFinderModules - 17) / 4;
  const int nearest = static_cast<int>(std::lround(exact));
  const int second = exact > static_cast<float>(nearest) ? nearest + 1 : nearest - 1;
  const int third = 2 * nearest - second;
  constexpr float kGoodEnough = 0.75F;
  constexpr float kLeastOfFinders = 0.4F;
  std::optional<Fitted> best;
  for (const int version : {nearest, second, third}) {
    if (version < kMinVersion || version > kMaxVersion) continue;
    Grid grid(guess.middles, dimension_of(version));
    const float most = full_levels(picture, grid);
    if (agreement(picture, grid, patterns_of(grid.dimension()).finders, sign, most) < kLeastOfFinders)
      continue;
    if (version >= 2) {
      if (const auto off = find_alignment(picture, grid, sign, most)) {
        const auto place = static_cast<float>(grid.dimension()) - 6.5F;
        Grid::Middles middles = grid.middles();
        const float scale =
            static_cast<float>(grid.dimension() - 7) / static_cast<float>(grid.dimension() - 10);
        middles[3] = middles[3] + (grid.at(place + off->x, place + off->y) - grid.at(place, place)) * scale;
        grid = Grid(middles, grid.dimension());
      }
    }
    const Pattern& pattern = patterns_of(grid.dimension()).known;
    float fits = 0;
    grid = settle(picture, grid, pattern, sign, most, fits);
    if (!best || fits > best->likeness) best = Fitted{grid, fits};
    if (fits > kGoodEnough) break;
  }
  return best;
}

Grid fit_all(const Contrast& picture, const Grid& grid, bool light_on_dark) {
  float fits = 0;
  return settle(picture, grid, patterns_of(grid.dimension()).whole, light_on_dark ? -1.0F : 1.0F,
                full_levels(picture, grid), fits);
}

}  // namespace lanyard::scanner::qr
