#include "kiosk/face/livery_pictures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace lanyard::kiosk {
namespace {

using sync::Expected;

// A larger panel shows a background twice as large as it was drawn: 30 MB of it would be no sharper to see.
constexpr double kMostPixels = 2.1e6;
constexpr float kLogoWidest = 4.5F;  // times its height

// The ground's luminance has to stay between these, for all that stands on it to be read.
struct Bounds {
  double least{0};
  double most{1};
};

Bounds bounds_of(const Field& field) {
  const double ground = luminance(field.ground);
  Bounds bounds;
  const auto demand = [&](Rgb ink, double ratio) {
    const double is = luminance(ink);
    if (is > ground) {
      bounds.most = std::min(bounds.most, (is + 0.05) / ratio - 0.05);
    } else {
      bounds.least = std::max(bounds.least, (is + 0.05) * ratio - 0.05);
    }
  };
  demand(field.ink, kTextContrast);
  demand(field.quiet, kTextContrast);
  demand(field.accent, kTextContrast);
  return bounds;
}

// One pixel of the drawing upon the ground of its row.
std::array<std::uint8_t, 3> mixed(const std::uint8_t* drawn, Rgb ground, float strength) {
  const float share = static_cast<float>(drawn[3]) / 255.0F * strength;
  const auto channel = [share](std::uint8_t below, std::uint8_t above) {
    return static_cast<std::uint8_t>(std::lround(
        static_cast<float>(below) + (static_cast<float>(above) - static_cast<float>(below)) * share));
  };
  return {channel(ground.r, drawn[0]), channel(ground.g, drawn[1]), channel(ground.b, drawn[2])};
}

Rgb ground_of_row(const Shades& shades, int row, int height) {
  return blend(shades.top, shades.bottom,
               static_cast<float>(row) / static_cast<float>(std::max(1, height - 1)));
}

bool reads(const RgbaPicture& drawing, const Shades& shades, const Bounds& bounds, float strength) {
  const std::uint8_t* pixel = drawing.rgba.data();
  for (int y = 0; y < drawing.height; ++y) {
    const Rgb ground = ground_of_row(shades, y, drawing.height);
    for (int x = 0; x < drawing.width; ++x, pixel += 4) {
      if (pixel[3] == 0) continue;
      const auto c = mixed(pixel, ground, strength);
      const double is = luminance({c[0], c[1], c[2]});
      if (is < bounds.least || is > bounds.most) return false;
    }
  }
  return true;
}

Pixels pixels_of(const RgbaPicture& picture) {
  return {picture.rgba.data(), picture.width, picture.height, picture.width * 4};
}

}  // namespace

Backdrop laid_upon(const Field& field, RgbaPicture drawing, float strength) {
  constexpr float kWeaker = 0.85F;
  constexpr float kNothing = 0.02F;
  const Shades shades = shading_of(field.ground);
  const Bounds bounds = bounds_of(field);
  while (strength >= kNothing && !reads(drawing, shades, bounds, strength)) strength *= kWeaker;
  if (strength < kNothing) strength = 0;
  std::uint8_t* pixel = drawing.rgba.data();
  for (int y = 0; y < drawing.height; ++y) {
    const Rgb ground = ground_of_row(shades, y, drawing.height);
    for (int x = 0; x < drawing.width; ++x, pixel += 4) {
      const auto c = mixed(pixel, ground, strength);
      std::copy(c.begin(), c.end(), pixel);
      pixel[3] = 255;
    }
  }
  return {std::move(drawing), strength};
}

Expected<void> LiveryPictures::make(const Livery& livery, const Metrics& panel) {
  std::optional<RgbaPicture> logo;
  if (!livery.logo.empty()) {
    const auto shape = svg_shape(livery.logo);
    if (!shape) return tl::make_unexpected(shape.error().within("logo"));
    const auto ratio = static_cast<float>(shape->width / shape->height);
    const float lower = std::min(1.0F, kLogoWidest / ratio);
    const float height = std::max(1.0F, std::round(panel.px(livery.logo_height_mm) * lower));
    auto drawn = draw_svg(livery.logo, static_cast<int>(std::max(1.0F, std::round(height * ratio))),
                          static_cast<int>(height));
    if (!drawn) return tl::make_unexpected(drawn.error().within("logo"));
    logo = std::move(*drawn);
  }
  std::optional<RgbaPicture> background;
  if (!livery.background.empty()) {
    const double pixels = static_cast<double>(panel.width_px) * panel.height_px;
    const double scale = std::min(1.0, std::sqrt(kMostPixels / pixels));
    auto drawn = draw_svg(livery.background, static_cast<int>(panel.width_px * scale),
                          static_cast<int>(panel.height_px * scale));
    if (!drawn) return tl::make_unexpected(drawn.error().within("background"));
    background = laid_upon(livery.theme.night, std::move(*drawn), livery.background_strength).picture;
  }
  drop();
  if (logo) {
    logo_ = {textures_.make(Channel::colour, pixels_of(*logo)), static_cast<float>(logo->width),
             static_cast<float>(logo->height)};
  }
  if (background) background_ = textures_.make(Channel::colour, pixels_of(*background));
  return {};
}

void LiveryPictures::drop() {
  if (logo_.texture != 0) textures_.drop(logo_.texture);
  if (background_ != 0) textures_.drop(background_);
  logo_ = {};
  background_ = 0;
}

}  // namespace lanyard::kiosk
