#include "tests/e2e/arrivals/optics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::arrivals {
namespace {

// Beyond it nothing is read anyway, and whole pixels do.
constexpr double kFineSmearPx = 16;

using Plane = std::vector<std::uint8_t>;

std::size_t index_of(const Patch& patch, int x, int y) {
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(patch.width) + static_cast<std::size_t>(x);
}

// The bell's weights, in parts of 256 that sum to 256 exactly, so that a flat area keeps its level.
std::vector<std::uint16_t> bell(double sigma) {
  const int reach = std::max(1, static_cast<int>(std::ceil(sigma * 2.8)));
  std::vector<double> exact;
  double sum = 0;
  for (int i = -reach; i <= reach; ++i) {
    exact.push_back(std::exp(-i * i / (2 * sigma * sigma)));
    sum += exact.back();
  }
  std::vector<std::uint16_t> weights;
  int left = 256;
  for (const double weight : exact) {
    weights.push_back(static_cast<std::uint16_t>(std::lround(weight / sum * 256)));
    left -= weights.back();
  }
  auto& middle = weights[static_cast<std::size_t>(reach)];
  middle = static_cast<std::uint16_t>(middle + left);
  return weights;
}

void blur_plane(Plane& plane, int width, int height, const std::vector<std::uint16_t>& weights) {
  const int reach = static_cast<int>(weights.size() / 2);
  const auto row_of = [width](Plane& of, int y) { return of.data() + std::ptrdiff_t{y} * width; };
  Plane across(plane.size());
  std::vector<std::uint16_t> sums(static_cast<std::size_t>(width));
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), std::uint16_t{128});
    const std::uint8_t* from = row_of(plane, y);
    for (int k = -reach; k <= reach; ++k) {
      const std::uint16_t weight = weights[static_cast<std::size_t>(k + reach)];
      const int first = std::max(0, -k);
      const int last = std::min(width, width - k);
      for (int x = first; x < last; ++x) {
        sums[static_cast<std::size_t>(x)] =
            static_cast<std::uint16_t>(sums[static_cast<std::size_t>(x)] + from[x + k] * weight);
      }
    }
    std::uint8_t* to = row_of(across, y);
    for (int x = 0; x < width; ++x)
      to[x] = static_cast<std::uint8_t>(sums[static_cast<std::size_t>(x)] >> 8U);
  }
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), std::uint16_t{128});
    for (int k = std::max(-reach, -y); k <= reach && y + k < height; ++k) {
      const std::uint16_t weight = weights[static_cast<std::size_t>(k + reach)];
      const std::uint8_t* from = row_of(across, y + k);
      for (int x = 0; x < width; ++x) {
        sums[static_cast<std::size_t>(x)] =
            static_cast<std::uint16_t>(sums[static_cast<std::size_t>(x)] + from[x] * weight);
      }
    }
    std::uint8_t* to = row_of(plane, y);
    for (int x = 0; x < width; ++x)
      to[x] = static_cast<std::uint8_t>(sums[static_cast<std::size_t>(x)] >> 8U);
  }
}

void smear_plane(Plane& plane, int width, int height, Vec2 way, int steps) {
  Plane out(plane.size());
  std::vector<std::uint16_t> sums(static_cast<std::size_t>(width));
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), std::uint16_t{0});
    for (int step = 0; step < steps; ++step) {
      const double share = (step + 0.5) / steps - 0.5;
      const int dx = static_cast<int>(std::lround(way.x * share));
      const int from_y = y + static_cast<int>(std::lround(way.y * share));
      if (from_y < 0 || from_y >= height) continue;
      const std::uint8_t* from = plane.data() + std::ptrdiff_t{from_y} * width;
      const int last = std::min(width, width - dx);
      for (int x = std::max(0, -dx); x < last; ++x) {
        sums[static_cast<std::size_t>(x)] =
            static_cast<std::uint16_t>(sums[static_cast<std::size_t>(x)] + from[x + dx]);
      }
    }
    // Division by a number that the compiler does not know, as a multiplication.
    const auto reciprocal = static_cast<std::uint32_t>(65536 / steps + 1);
    std::uint8_t* to = out.data() + std::ptrdiff_t{y} * width;
    for (int x = 0; x < width; ++x) {
      to[x] = static_cast<std::uint8_t>(
          std::min<std::uint32_t>(255, (sums[static_cast<std::size_t>(x)] * reciprocal) >> 16U));
    }
  }
  plane = std::move(out);
}

// Part of a short smear: how much of the pixel that lies so far away.
struct Tap {
  int dx{0};
  int dy{0};
  std::uint16_t weight{0};  // of 256
};

// Where a point goes while the shutter is open, shared out among the pixels on its way, to fractions of them:
// it is such a smear, of a module or two, that makes the difference between what is read and what is not.
std::vector<Tap> taps_of(Vec2 way) {
  constexpr int kPointsPerPixel = 8;
  const int points = std::max(2, static_cast<int>(std::ceil(length(way) * kPointsPerPixel)));
  const int reach = static_cast<int>(std::ceil(std::max(std::abs(way.x), std::abs(way.y)) / 2)) + 1;
  const int side = 2 * reach + 1;
  std::vector<double> shares(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  for (int i = 0; i < points; ++i) {
    const Vec2 at = way * ((i + 0.5) / points - 0.5) + Vec2{double(reach), double(reach)};
    const int x = static_cast<int>(at.x);
    const int y = static_cast<int>(at.y);
    const auto first =
        static_cast<std::size_t>(y) * static_cast<std::size_t>(side) + static_cast<std::size_t>(x);
    const auto below = first + static_cast<std::size_t>(side);
    shares[first] += (1 - (at.x - x)) * (1 - (at.y - y)) / points;
    shares[first + 1] += (at.x - x) * (1 - (at.y - y)) / points;
    shares[below] += (1 - (at.x - x)) * (at.y - y) / points;
    shares[below + 1] += (at.x - x) * (at.y - y) / points;
  }
  // What is rounded off one goes to the next, so that a flat area keeps its level.
  std::vector<Tap> taps;
  double owed = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    owed += shares[i] * 256;
    const auto weight = static_cast<int>(std::lround(owed));
    if (weight <= 0) continue;
    owed -= weight;
    taps.push_back({static_cast<int>(i) % side - reach, static_cast<int>(i) / side - reach,
                    static_cast<std::uint16_t>(weight)});
  }
  return taps;
}

void smear_finely(Plane& plane, int width, int height, const std::vector<Tap>& taps) {
  Plane out(plane.size());
  std::vector<std::uint16_t> sums(static_cast<std::size_t>(width));
  for (int y = 0; y < height; ++y) {
    std::fill(sums.begin(), sums.end(), std::uint16_t{128});
    for (const Tap& tap : taps) {
      const int from_y = y + tap.dy;
      if (from_y < 0 || from_y >= height) continue;
      const std::uint8_t* from = plane.data() + std::ptrdiff_t{from_y} * width;
      const int last = std::min(width, width - tap.dx);
      for (int x = std::max(0, -tap.dx); x < last; ++x) {
        sums[static_cast<std::size_t>(x)] =
            static_cast<std::uint16_t>(sums[static_cast<std::size_t>(x)] + from[x + tap.dx] * tap.weight);
      }
    }
    std::uint8_t* to = out.data() + std::ptrdiff_t{y} * width;
    for (int x = 0; x < width; ++x)
      to[x] = static_cast<std::uint8_t>(sums[static_cast<std::size_t>(x)] >> 8U);
  }
  plane = std::move(out);
}

}  // namespace

void defocus(Patch& patch, double sigma_px) {
  if (patch.empty() || sigma_px < 0.15) return;
  const auto weights = bell(std::min(sigma_px, kMaxDefocusPx));
  blur_plane(patch.grey, patch.width, patch.height, weights);
  blur_plane(patch.alpha, patch.width, patch.height, weights);
}

void smear(Patch& patch, Vec2 way_px) {
  const double far = length(way_px);
  if (patch.empty() || far < 0.7) return;
  if (far <= kFineSmearPx) {
    const auto taps = taps_of(way_px);
    smear_finely(patch.grey, patch.width, patch.height, taps);
    smear_finely(patch.alpha, patch.width, patch.height, taps);
    return;
  }
  if (far > kMaxSmearPx) way_px = way_px * (kMaxSmearPx / far);
  const int steps = std::max(2, static_cast<int>(std::ceil(std::min(far, kMaxSmearPx))));
  smear_plane(patch.grey, patch.width, patch.height, way_px, steps);
  smear_plane(patch.alpha, patch.width, patch.height, way_px, steps);
}

void lay_over(scanner::GrayFrame& picture, const Patch& patch, const Exposure& exposure) {
  const int left = std::max(0, patch.x);
  const int right = std::min(picture.width(), patch.x + patch.width);
  const int bottom = std::min(picture.height(), patch.y + patch.height);
  const double per_x = exposure.gradient.change * std::cos(exposure.gradient.angle_rad) / picture.width();
  const double per_y = exposure.gradient.change * std::sin(exposure.gradient.angle_rad) / picture.height();
  // Fixed point with eight bits behind the point.
  const int black = static_cast<int>(std::lround(exposure.black));
  const double span = exposure.white - exposure.black;
  for (int y = std::max(0, patch.y); y < bottom; ++y) {
    const double light_y = 1.0 + (y - picture.height() / 2.0) * per_y;
    std::uint8_t* to = picture.row(y);
    const std::size_t row = index_of(patch, 0, y - patch.y);
    for (int x = left; x < right; ++x) {
      const std::size_t at = row + static_cast<std::size_t>(x - patch.x);
      const int alpha = patch.alpha[at];
      if (alpha == 0) continue;
      const double light = light_y + (x - picture.width() / 2.0) * per_x;
      const int thing = black * alpha / 255 + static_cast<int>(patch.grey[at] * span * light / 255.0);
      to[x] = static_cast<std::uint8_t>(std::clamp(thing + to[x] * (255 - alpha) / 255, 0, 255));
    }
  }
}

void lay_rod(Patch& patch, const Rod& rod) {
  if (patch.empty() || rod.radius_px <= 0) return;
  const Vec2 root = rod.root_px - Vec2{double(patch.x), double(patch.y)};
  const Vec2 tip = rod.tip_px - Vec2{double(patch.x), double(patch.y)};
  const double reach = rod.radius_px + 1;
  const int left = std::max(0, static_cast<int>(std::min(root.x, tip.x) - reach));
  const int top = std::max(0, static_cast<int>(std::min(root.y, tip.y) - reach));
  const int right = std::min(patch.width, static_cast<int>(std::max(root.x, tip.x) + reach) + 1);
  const int bottom = std::min(patch.height, static_cast<int>(std::max(root.y, tip.y) + reach) + 1);
  const Vec2 along = tip - root;
  const double square = std::max(along.x * along.x + along.y * along.y, 1e-9);
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const Vec2 from_root = Vec2{x + 0.5, y + 0.5} - root;
      const double share = std::clamp((from_root.x * along.x + from_root.y * along.y) / square, 0.0, 1.0);
      const double off = length(from_root - along * share);
      const double cover = std::clamp(rod.radius_px - off + 0.5, 0.0, 1.0);
      if (cover <= 0) continue;
      // Rounded: darker towards its flanks.
      const double across = std::min(off / rod.radius_px, 1.0);
      const double grey = rod.grey * (1.06 - 0.45 * across * across * across);
      const std::size_t at = index_of(patch, x, y);
      patch.grey[at] = static_cast<std::uint8_t>(mix(patch.grey[at], std::min(grey, 255.0), cover) + 0.5);
      patch.alpha[at] = static_cast<std::uint8_t>(mix(patch.alpha[at], 255, cover) + 0.5);
    }
  }
}

void add_moire(scanner::GrayFrame& picture, const Patch& screen, double black, const Moire& moire) {
  if (moire.strength <= 0 || screen.empty()) return;
  // Turns of a wave in 1024ths, so that a table stands for the cosine; 256ths of the light.
  constexpr int kTurn = 1024;
  std::array<int, kTurn> wave{};
  for (std::size_t i = 0; i < wave.size(); ++i) {
    wave[i] = static_cast<int>(
        std::lround(128 * moire.strength * std::cos(2 * std::numbers::pi * static_cast<double>(i) / kTurn)));
  }
  const double step = kTurn / std::max(moire.period_px, 2.0);
  const double bend = moire.bend * kTurn / (static_cast<double>(picture.width()) * picture.width());
  const double cosine = std::cos(moire.angle_rad);
  const double sine = std::sin(moire.angle_rad);
  const int right = std::min(picture.width(), screen.x + screen.width);
  const int bottom = std::min(picture.height(), screen.y + screen.height);
  const int dark = static_cast<int>(black);
  for (int y = std::max(0, screen.y); y < bottom; ++y) {
    std::uint8_t* row = picture.row(y);
    for (int x = std::max(0, screen.x); x < right; ++x) {
      const int alpha = screen.alpha[index_of(screen, x - screen.x, y - screen.y)];
      if (alpha == 0) continue;
      // The second grid stands upright on the first, and is a little coarser.
      const double u = (x * cosine + y * sine) * step + bend * x * y;
      const double v = (y * cosine - x * sine) * step * 0.81 + bend * (double(x) * x - double(y) * y) / 2;
      const int swing = wave[static_cast<std::size_t>(static_cast<int>(u) & (kTurn - 1))] +
                        wave[static_cast<std::size_t>(static_cast<int>(v) & (kTurn - 1))];
      const int lit = row[x] + (row[x] - dark) * swing * alpha / (256 * 255);
      row[x] = static_cast<std::uint8_t>(std::clamp(lit, 0, 255));
    }
  }
}

void add_glare(scanner::GrayFrame& picture, const Patch& mirror, const Glare& glare) {
  if (glare.radius_px <= 0 || glare.levels <= 0) return;
  const double reach_x = glare.radius_px * 2.2 * glare.stretch;
  const double reach_y = glare.radius_px * 2.2;
  const int left = std::max({0, mirror.x, static_cast<int>(glare.at_px.x - reach_x)});
  const int right =
      std::min({picture.width(), mirror.x + mirror.width, static_cast<int>(glare.at_px.x + reach_x)});
  const int top = std::max({0, mirror.y, static_cast<int>(glare.at_px.y - reach_y)});
  const int bottom =
      std::min({picture.height(), mirror.y + mirror.height, static_cast<int>(glare.at_px.y + reach_y)});
  for (int y = top; y < bottom; ++y) {
    std::uint8_t* row = picture.row(y);
    const double dy = (y - glare.at_px.y) / glare.radius_px;
    for (int x = left; x < right; ++x) {
      const double dx = (x - glare.at_px.x) / (glare.radius_px * glare.stretch);
      const double square = dx * dx + dy * dy;
      // Flat in the middle and gone at its reach, where a bell would still leave an edge.
      const double share = std::max(0.0, 1.0 - square / (2.2 * 2.2));
      const double there = mirror.alpha[index_of(mirror, x - mirror.x, y - mirror.y)] / 255.0;
      const double light = glare.levels * share * share * share * there;
      row[x] = static_cast<std::uint8_t>(std::min(255.0, row[x] + light));
    }
  }
}

void darken_corners(scanner::GrayFrame& picture, double share) {
  if (share <= 0) return;
  std::vector<std::uint16_t> across(static_cast<std::size_t>(picture.width()));
  for (int x = 0; x < picture.width(); ++x) {
    const double from_middle = 2.0 * x / picture.width() - 1;
    across[static_cast<std::size_t>(x)] =
        static_cast<std::uint16_t>(256 * (1 - share / 2 * from_middle * from_middle));
  }
  for (int y = 0; y < picture.height(); ++y) {
    const double from_middle = 2.0 * y / picture.height() - 1;
    const auto down = static_cast<std::uint32_t>(256 * (1 - share / 2 * from_middle * from_middle));
    std::uint8_t* row = picture.row(y);
    for (int x = 0; x < picture.width(); ++x) {
      row[x] = static_cast<std::uint8_t>((row[x] * across[static_cast<std::size_t>(x)] * down) >> 16U);
    }
  }
}

void add_noise(scanner::GrayFrame& picture, double sigma, std::uint64_t seed) {
  if (sigma <= 0) return;
  // One table is drawn, and each row begins at a place of its own in it.
  constexpr std::size_t kTable = 1U << 15U;
  constexpr double kFine = 32;  // table values are in 32nds of a deviation
  static const std::vector<std::int16_t> table = [] {
    Random random(0x6E6F697365U);
    std::vector<double> raw(kTable);
    for (double& value : raw) value = random.normal();
    std::vector<std::int16_t> made(kTable);
    for (std::size_t i = 0; i < kTable; ++i) {
      const double blended = raw[i] + 0.35 * raw[(i + 1) % kTable];
      made[i] = static_cast<std::int16_t>(std::lround(kFine * blended / std::sqrt(1 + 0.35 * 0.35)));
    }
    return made;
  }();
  std::array<std::int32_t, 256> gain{};  // in 256ths of a 32nd
  for (std::size_t level = 0; level < gain.size(); ++level) {
    const double shot = std::sqrt(0.35 + 0.65 * static_cast<double>(level) / 128.0);
    gain[level] = static_cast<std::int32_t>(std::lround(sigma * shot * 256 / kFine));
  }
  Random random(seed);
  for (int y = 0; y < picture.height(); ++y) {
    std::uint8_t* row = picture.row(y);
    std::size_t from = static_cast<std::size_t>(random.bits() % kTable);
    for (int x = 0; x < picture.width();) {
      const int run = static_cast<int>(
          std::min<std::size_t>(kTable - from, static_cast<std::size_t>(picture.width() - x)));
      for (int i = 0; i < run; ++i) {
        const std::uint8_t level = row[x + i];
        const int noise = (table[from + static_cast<std::size_t>(i)] * gain[level] + 128) >> 8;
        row[x + i] = static_cast<std::uint8_t>(std::clamp(level + noise, 0, 255));
      }
      x += run;
      from = 0;
    }
  }
}

}  // namespace lanyard::arrivals
