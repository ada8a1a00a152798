#include "kiosk/face/theme.hpp"

#include <cmath>
#include <span>

namespace lanyard::kiosk {
namespace {

std::array<double, 256> linear_bytes() {
  std::array<double, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double c = static_cast<double>(i) / 255.0;
    table[i] = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  }
  return table;
}

constexpr Rgb kInk = rgb(0x0C1524);
constexpr Rgb kWhite = rgb(0xFFFFFF);

}  // namespace

double luminance(Rgb c) {
  // A background has millions of pixels.
  static const std::array<double, 256> linear = linear_bytes();
  return 0.2126 * linear[c.r] + 0.7152 * linear[c.g] + 0.0722 * linear[c.b];
}

double contrast(Rgb one, Rgb other) {
  const double a = luminance(one);
  const double b = luminance(other);
  return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

Rgb ink_on(Rgb ground) {
  return contrast(kInk, ground) >= contrast(kWhite, ground) ? kInk : kWhite;
}

Rgb blend(Rgb from, Rgb to, float share) {
  const auto channel = [share](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(
        std::lround(static_cast<float>(a) + (static_cast<float>(b) - static_cast<float>(a)) * share));
  };
  return {channel(from.r, to.r), channel(from.g, to.g), channel(from.b, to.b)};
}

Rgb legible_ground(Rgb colour) {
  const Rgb ink = ink_on(colour);
  const Rgb away = ink == kWhite ? rgb(0x000000) : kWhite;
  constexpr int kSteps = 50;
  for (int i = 0; i < kSteps; ++i) {
    const Rgb ground = blend(colour, away, static_cast<float>(i) / kSteps);
    if (contrast(ink, ground) >= kTextContrast) return ground;
  }
  return away;
}

Shades shading_of(Rgb ground) {
  return {blend(ground, rgb(0xFFFFFF), kLighterAbove), blend(ground, rgb(0x000000), kDarkerBelow)};
}

std::array<Rgb, 3> shades_of(Rgb ground) {
  const Shades ends = shading_of(ground);
  return {ground, ends.top, ends.bottom};
}

const Theme& theme_of(Scheme scheme) {
  static const Theme dark{
      .night = {rgb(0x0C1A2E), rgb(0xFAF6EC), rgb(0xB9C4D4), rgb(0xDDB868), rgb(0x2A3B55)},
      .paper = {rgb(0xFAF7F0), rgb(0x101B2D), rgb(0x46505F), rgb(0x8A6A1F), rgb(0xDDD6C6)},
      .welcome = {rgb(0x0B4535), rgb(0xFBF8EF), rgb(0xC6DFD3), rgb(0xE9C877), rgb(0x2B6652)},
      .pause = {rgb(0xF2BE5C), rgb(0x1C1503), rgb(0x3A2C07), rgb(0x5A4208), rgb(0xD59F3C)},
      .accept = rgb(0x0B5A43),
      .decline = rgb(0x8C1F1A),
  };
  // For a bright hall: waiting is paper too. An answer keeps its colour, which is seen from afar.
  static const Theme light{
      .night = {rgb(0xF4EFE4), rgb(0x0F1B2E), rgb(0x3E4857), rgb(0x5A3D00), rgb(0xDCD3BF)},
      .paper = {rgb(0xFFFFFF), rgb(0x101B2D), rgb(0x46505F), rgb(0x7A5C14), rgb(0xDDD6C6)},
      .welcome = dark.welcome,
      .pause = dark.pause,
      .accept = dark.accept,
      .decline = dark.decline,
  };
  static const Theme high_contrast{
      .night = {rgb(0x000000), rgb(0xFFFFFF), rgb(0xFFFFFF), rgb(0xFFD400), rgb(0x7A7A7A)},
      .paper = {rgb(0xFFFFFF), rgb(0x000000), rgb(0x000000), rgb(0x002B8A), rgb(0x6A6A6A)},
      .welcome = {rgb(0x000000), rgb(0xFFFFFF), rgb(0xFFFFFF), rgb(0x5CFFA0), rgb(0x7A7A7A)},
      .pause = {rgb(0x000000), rgb(0xFFFFFF), rgb(0xFFFFFF), rgb(0xFFD400), rgb(0x7A7A7A)},
      .accept = rgb(0x00401F),
      .decline = rgb(0x8B0000),
  };
  switch (scheme) {
    case Scheme::light:
      return light;
    case Scheme::high_contrast:
      return high_contrast;
    case Scheme::dark:
      break;
  }
  return dark;
}

std::optional<Scheme> scheme_named(std::string_view name) {
  if (name == "dark") return Scheme::dark;
  if (name == "light") return Scheme::light;
  return std::nullopt;
}

std::vector<Pair> pairs_of(const Theme& theme) {
  std::vector<Pair> pairs;
  const auto add = [&pairs](const char* name, const Field& field, std::span<const Rgb> grounds,
                            double accent) {
    for (const Rgb ground : grounds) {
      pairs.push_back({name, "text", field.ink, ground, kTextContrast});
      pairs.push_back({name, "quiet", field.quiet, ground, kTextContrast});
      pairs.push_back({name, "accent", field.accent, ground, accent});
    }
  };
  // What is asked for on the waiting screen is written in its accent.
  add("waiting", theme.night, shades_of(theme.night.ground), kTextContrast);
  add("welcome", theme.welcome, shades_of(theme.welcome.ground), kControlContrast);
  add("refusal", theme.pause, shades_of(theme.pause.ground), kControlContrast);
  // Paper is of one colour; but cards and fields on it are white.
  add("paper", theme.paper, std::array{theme.paper.ground, kWhite}, kControlContrast);
  pairs.push_back({"paper", "", theme.accept, theme.paper.ground, kTextContrast});
  pairs.push_back({"paper", "", theme.decline, theme.paper.ground, kTextContrast});
  return pairs;
}

}  // namespace lanyard::kiosk
