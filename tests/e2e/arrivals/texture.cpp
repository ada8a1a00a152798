#include "tests/e2e/arrivals/texture.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lanyard::arrivals {
namespace {

// A texel is told apart in so many steps a side; their square is the sum of the weights below.
constexpr int kSteps = 16;
constexpr std::uint32_t kBothHalves = 0x00FF00FFU;

// The four texels about a place, which is in steps of a texel.
std::uint32_t mixed(const std::uint32_t* texels, int width, unsigned u, unsigned v) {
  const unsigned share_u = u % kSteps;
  const unsigned share_v = v % kSteps;
  const std::uint32_t* upper =
      texels + std::size_t{v / kSteps} * static_cast<std::size_t>(width) + u / kSteps;
  const std::uint32_t* lower = upper + width;
  const std::uint32_t sum = upper[0] * ((kSteps - share_u) * (kSteps - share_v)) +
                            upper[1] * (share_u * (kSteps - share_v)) +
                            lower[0] * ((kSteps - share_u) * share_v) + lower[1] * (share_u * share_v);
  return (sum >> 8U) & kBothHalves;
}

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

Patch Texture::seen(const Homography& to_frame, Size frame, int margin_px, Look look) const {
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
  sample(levels_[level], Homography(rows), look, patch);
  return patch;
}

void Texture::sample(const Level& level, const Homography& to_texels, Look look, Patch& patch) {
  std::array<float, 9> h{};
  for (std::size_t i = 0; i < 9; ++i) h[i] = static_cast<float>(to_texels.rows()[i]);
  // In steps of a texel: the last at which four texels are there to be mixed.
  const int last_u = (level.width - 1) * kSteps - 1;
  const int last_v = (level.height - 1) * kSteps - 1;
  const auto inside = [&](int u, int v) -> std::uint32_t {
    if (u < 0 || v < 0 || u > last_u || v > last_v) return 0;
    return mixed(level.texels.data(), level.width, static_cast<unsigned>(u), static_cast<unsigned>(v));
  };
  std::size_t at = 0;
  for (int row = 0; row < patch.height; ++row) {
    const float y = static_cast<float>(patch.y + row) + 0.5F;
    for (int column = 0; column < patch.width; ++column, ++at) {
      const float x = static_cast<float>(patch.x + column) + 0.5F;
      const float w = h[6] * x + h[7] * y + h[8];
      if (!(w > 0)) continue;
      const float inverse = kSteps / w;
      const float u = (h[0] * x + h[1] * y + h[2]) * inverse;
      const float v = (h[3] * x + h[4] * y + h[5]) * inverse;
      // Far outside, where whole numbers end, and where nothing can be seen.
      if (!(std::abs(u) < 1e6F && std::abs(v) < 1e6F)) continue;
      // A texel's middle is where its own grey is.
      const int middle_u = static_cast<int>(u) - kSteps / 2;
      const int middle_v = static_cast<int>(v) - kSteps / 2;
      if (look == Look::brief) {
        const std::uint32_t one = inside(middle_u, middle_v);
        patch.grey[at] = static_cast<std::uint8_t>(one & 0xFFFFU);
        patch.alpha[at] = static_cast<std::uint8_t>(one >> 16U);
        continue;
      }
      // From a quarter of a pixel left of the middle to a quarter right of it, and likewise down.
      const float quarter = 0.25F / w;
      const int across_u = static_cast<int>((kSteps * h[0] - u * h[6]) * quarter);
      const int across_v = static_cast<int>((kSteps * h[3] - v * h[6]) * quarter);
      const int down_u = static_cast<int>((kSteps * h[1] - u * h[7]) * quarter);
      const int down_v = static_cast<int>((kSteps * h[4] - v * h[7]) * quarter);
      std::uint32_t sum = 0;
      for (const int side : {-1, 1}) {
        for (const int end : {-1, 1}) {
          sum += inside(middle_u + side * across_u + end * down_u, middle_v + side * across_v + end * down_v);
        }
      }
      patch.grey[at] = static_cast<std::uint8_t>((sum & 0xFFFFU) / 4);
      patch.alpha[at] = static_cast<std::uint8_t>((sum >> 16U) / 4);
    }
  }
}

}  // namespace lanyard::arrivals
