#include "tests/e2e/arrivals/texture.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lanyard::arrivals {
namespace {

// Each pixel is looked at in a grid of so many points a side.
constexpr int kGrid = 2;
constexpr std::uint32_t kBothHalves = 0x00FF00FFU;

struct Bounds {
  double left{1e9};
  double top{1e9};
  double right{-1e9};
  double bottom{-1e9};
  bool whole{true};  // every corner is before the camera
};

Bounds bounds_of(const Homography& to_frame, Size texture) {
  Bounds bounds;
  for (const Vec2 corner : {Vec2{0, 0}, Vec2{double(texture.width), 0}, Vec2{0, double(texture.height)},
                            Vec2{double(texture.width), double(texture.height)}}) {
    const auto seen = to_frame.at(corner);
    if (!seen) {
      bounds.whole = false;
      continue;
    }
    bounds.left = std::min(bounds.left, seen->x);
    bounds.right = std::max(bounds.right, seen->x);
    bounds.top = std::min(bounds.top, seen->y);
    bounds.bottom = std::max(bounds.bottom, seen->y);
  }
  return bounds;
}

// How many texels of the finest level a pixel spans, in the middle of the patch.
double texels_per_pixel(const Homography& to_texels, const Patch& patch) {
  const Vec2 middle{patch.x + patch.width / 2.0, patch.y + patch.height / 2.0};
  const auto here = to_texels.at(middle);
  const auto right = to_texels.at(middle + Vec2{1, 0});
  const auto below = to_texels.at(middle + Vec2{0, 1});
  if (!here || !right || !below) return 1;
  return std::min(length(*right - *here), length(*below - *here));
}

}  // namespace

Texture::Texture(const Canvas& canvas) {
  Level finest{canvas.width, canvas.height, {}};
  finest.texels.resize(canvas.grey.size());
  for (std::size_t i = 0; i < canvas.grey.size(); ++i) {
    const std::uint32_t alpha = canvas.alpha[i];
    finest.texels[i] = (alpha << 16U) | ((canvas.grey[i] * alpha + 127U) / 255U);
  }
  levels_.push_back(std::move(finest));
  while (levels_.back().width > 32 && levels_.back().height > 32 && levels_.size() < 6) {
    const Level& fine = levels_.back();
    Level half{fine.width / 2, fine.height / 2, {}};
    half.texels.reserve(static_cast<std::size_t>(half.width) * static_cast<std::size_t>(half.height));
    for (int y = 0; y < half.height; ++y) {
      const std::uint32_t* upper = fine.texels.data() + std::ptrdiff_t{2} * y * fine.width;
      const std::uint32_t* lower = upper + fine.width;
      for (int x = 0; x < half.width; ++x) {
        const std::uint32_t sum = upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1];
        half.texels.push_back(((sum + 0x00020002U) >> 2U) & kBothHalves);
      }
    }
    levels_.push_back(std::move(half));
  }
}

Patch Texture::seen(const Homography& to_frame, Size frame, int margin_px) const {
  const Bounds bounds = bounds_of(to_frame, size());
  Patch patch;
  if (!bounds.whole) return patch;
  // What is seen beyond the frame's edge by no more than the margin still blurs into it.
  const int left =
      std::max(static_cast<int>(std::floor(std::max(bounds.left, -1e6))) - margin_px, -margin_px);
  const int top = std::max(static_cast<int>(std::floor(std::max(bounds.top, -1e6))) - margin_px, -margin_px);
  const int right =
      std::min(static_cast<int>(std::ceil(std::min(bounds.right, 1e6))) + margin_px, frame.width + margin_px);
  const int bottom = std::min(static_cast<int>(std::ceil(std::min(bounds.bottom, 1e6))) + margin_px,
                              frame.height + margin_px);
  if (left >= right || top >= bottom) return patch;
  patch = {left, top, right - left, bottom - top, {}, {}};
  const auto pixels = static_cast<std::size_t>(patch.width) * static_cast<std::size_t>(patch.height);
  patch.grey.resize(pixels);
  patch.alpha.resize(pixels);

  std::array<double, 9> rows = to_frame.inverse().rows();
  std::size_t level = 0;
  for (double span = texels_per_pixel(Homography(rows), patch); span >= 2 && level + 1 < levels_.size();
       span /= 2) {
    ++level;
    for (std::size_t i = 0; i < 6; ++i) rows[i] /= 2;
  }
  sample(levels_[level], Homography(rows), patch);
  return patch;
}

void Texture::sample(const Level& level, const Homography& to_texels, Patch& patch) const {
  constexpr int kShare = 16;  // a texel is told apart in so many steps
  std::array<float, 9> h{};
  for (std::size_t i = 0; i < 9; ++i) h[i] = static_cast<float>(to_texels.rows()[i]);
  const auto last_x = static_cast<float>(level.width - 1);
  const auto last_y = static_cast<float>(level.height - 1);
  const auto point = [&](float x, float y) -> std::uint32_t {
    const float w = h[6] * x + h[7] * y + h[8];
    if (!(w > 0)) return 0;
    const float u = (h[0] * x + h[1] * y + h[2]) / w - 0.5F;
    const float v = (h[3] * x + h[4] * y + h[5]) / w - 0.5F;
    if (!(u >= 0 && v >= 0 && u < last_x && v < last_y)) return 0;
    const auto fine_u = static_cast<unsigned>(u * kShare);
    const auto fine_v = static_cast<unsigned>(v * kShare);
    const unsigned share_u = fine_u % kShare;
    const unsigned share_v = fine_v % kShare;
    const std::uint32_t* upper =
        level.texels.data() +
        static_cast<std::size_t>(fine_v / kShare) * static_cast<std::size_t>(level.width) + fine_u / kShare;
    const std::uint32_t* lower = upper + level.width;
    const std::uint32_t sum = upper[0] * ((kShare - share_u) * (kShare - share_v)) +
                              upper[1] * (share_u * (kShare - share_v)) +
                              lower[0] * ((kShare - share_u) * share_v) + lower[1] * (share_u * share_v);
    return (sum >> 8U) & kBothHalves;
  };
  std::size_t at = 0;
  for (int y = 0; y < patch.height; ++y) {
    for (int x = 0; x < patch.width; ++x, ++at) {
      std::uint32_t sum = 0;
      for (int part = 0; part < kGrid * kGrid; ++part) {
        const float right = (static_cast<float>(part % kGrid) + 0.5F) / kGrid;
        const float down = (static_cast<float>(part / kGrid) + 0.5F) / kGrid;
        sum += point(static_cast<float>(patch.x + x) + right, static_cast<float>(patch.y + y) + down);
      }
      patch.grey[at] = static_cast<std::uint8_t>((sum & 0xFFFFU) / (kGrid * kGrid));
      patch.alpha[at] = static_cast<std::uint8_t>((sum >> 16U) / (kGrid * kGrid));
    }
  }
}

}  // namespace lanyard::arrivals
