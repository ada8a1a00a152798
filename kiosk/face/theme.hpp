// Colours, and sizes in millimetres: what people read and touch is measured in their world, not in pixels.
// PURE. Threads: values.
//
// Sources: EN 301 549 5.1.4 (capitals of 0.7 degrees: 7.3 mm at 600 mm), WCAG 2.2 (contrast 7:1 for text, 3:1
// for controls).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace lanyard::kiosk {

struct Rgb {
  std::uint8_t r{0};
  std::uint8_t g{0};
  std::uint8_t b{0};
  friend bool operator==(const Rgb&, const Rgb&) = default;
};
[[nodiscard]] constexpr Rgb rgb(std::uint32_t hex) {
  return {static_cast<std::uint8_t>(hex >> 16U), static_cast<std::uint8_t>(hex >> 8U),
          static_cast<std::uint8_t>(hex)};
}
// WCAG 2, relative: 0 black to 1 white.
[[nodiscard]] double luminance(Rgb colour);
// WCAG 2: 1 (the same) to 21 (black on white).
[[nodiscard]] double contrast(Rgb one, Rgb other);
// Black-blue or white, whichever reads better on it.
[[nodiscard]] Rgb ink_on(Rgb ground);
// The colour as a ground for that ink: as it is, or so much further from the ink that text can be read on it.
[[nodiscard]] Rgb legible_ground(Rgb colour);
[[nodiscard]] Rgb blend(Rgb from, Rgb to, float share);

inline constexpr double kTextContrast = 7.0;
inline constexpr double kControlContrast = 3.0;

// Of a delegate's screen: a little lighter above, and darker below.
inline constexpr float kLighterAbove = 0.02F;
inline constexpr float kDarkerBelow = 0.05F;
struct Shades {
  Rgb top;
  Rgb bottom;
};
[[nodiscard]] Shades shading_of(Rgb ground);
// All that has to be read upon: the ground itself, and its two ends.
[[nodiscard]] std::array<Rgb, 3> shades_of(Rgb ground);

// A ground and what may stand on it.
struct Field {
  Rgb ground;
  Rgb ink;       // text
  Rgb quiet;     // text of less weight: still 7:1
  Rgb accent;    // drawn marks, edges of controls, rules that mean something: 3:1
  Rgb hairline;  // ornament: means nothing, and needs no contrast
};

struct Theme {
  Field night;    // the house: waiting, checking, out of order, a private word
  Field paper;    // cards, staff
  Field welcome;  // admitted
  Field pause;    // refused, with a way on
  Rgb accept;     // on paper: done
  Rgb decline;    // on paper: failed
};
// Which of them the screens wear: the event's own choice of two, and the delegate's, who sees little.
enum class Scheme : std::uint8_t { dark, light, high_contrast };
[[nodiscard]] const Theme& theme_of(Scheme scheme);
// "dark", "light".
[[nodiscard]] std::optional<Scheme> scheme_named(std::string_view name);

// Sizes of type are of the em, in millimetres.
struct TypeScale {
  float name{27};   // of a delegate
  float title{19};  // the sentence of a screen
  float clock{17};
  float heading{14};
  float body{10.4F};  // the smallest that a delegate needs: capitals of 7.4 mm
  float staff_title{8};
  float staff{5.4F};  // staff stand closer, and see more at once
  float staff_least{4.2F};
  float quiet{5.4F};  // for staff, on a delegate's screen
};
inline constexpr TypeScale kType{};
inline constexpr float kDelegateCapMm = 7.3F;
inline constexpr float kDelegateTargetMm = 20;
inline constexpr float kStaffTargetMm = 12;

// The panel: what a millimetre is.
struct Metrics {
  int width_px{1080};
  int height_px{1920};
  float px_per_mm{3.61F};  // 24 inch, 1080 by 1920
  float lower_edge_mm{0};  // above the floor; 0: nobody said

  [[nodiscard]] float px(float mm) const { return mm * px_per_mm; }
  [[nodiscard]] float width_mm() const { return static_cast<float>(width_px) / px_per_mm; }
  [[nodiscard]] float height_mm() const { return static_cast<float>(height_px) / px_per_mm; }
  [[nodiscard]] bool portrait() const { return height_px > width_px; }
};

// Every pair of colours that a theme relies on: what a theme is refused by, and what the tests ask of ours.
// Named as in a theme's file (livery.hpp); `colour` is "" where it is no key of it.
struct Pair {
  const char* field;
  const char* colour;
  Rgb one;
  Rgb other;
  double least;
};
[[nodiscard]] std::vector<Pair> pairs_of(const Theme& theme);

}  // namespace lanyard::kiosk
