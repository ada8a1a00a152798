#include "tests/e2e/arrivals/causes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::arrivals {
namespace {

const std::vector<PropKind> kAnything{PropKind::card, PropKind::phone, PropKind::phone_dark};
const std::vector<PropKind> kDarkOnLight{PropKind::card, PropKind::phone};
const std::vector<double> kModules{6, 5, 4, 3.5, 3, 2.8, 2.5, 2.2, 2, 1.8, 1.6, 1.4, 1.2};

Conditions with_module(double px) {
  return {.module_px = px};
}

Conditions with_contrast(double levels) {
  return {.dark = 115 - levels / 2, .light = 115 + levels / 2};
}

// What little light there is: black is the sensor's, and a sixth of it is stray.
Conditions in_the_dark(double light) {
  return {.dark = 2 + light / 6, .light = light, .room_light = std::min(1.0, light / 160)};
}

std::vector<Cause> make_causes() {
  return {
      {"module px", kModules, with_module, kDarkOnLight},
      {"module px, inverted", kModules, with_module, {PropKind::phone_dark}},
      {"defocus px",
       {0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.6, 3},
       [](double level) { return Conditions{.defocus_px = level}; },
       kAnything},
      {"motion px",
       {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12},
       [](double level) { return Conditions{.motion_px = level}; },
       kAnything},
      {"tilt degrees",
       {10, 20, 30, 40, 45, 50, 55, 60, 65, 70},
       [](double level) { return Conditions{.tilt_degrees = level}; },
       kAnything},
      {"rotation degrees",
       {0, 15, 30, 45, 60, 75, 90, 120, 150, 180, 225, 270, 315},
       [](double level) { return Conditions{.roll_degrees = level}; },
       kAnything},
      {"contrast levels", {120, 80, 60, 50, 40, 30, 24, 20, 16, 12, 8}, with_contrast, kAnything},
      {"white level in the dark", {80, 60, 40, 30, 24, 18, 14, 10, 7}, in_the_dark, kDarkOnLight},
      {"noise levels",
       {5, 10, 15, 20, 30, 40, 50, 60, 75, 90},
       [](double level) { return Conditions{.noise = level}; },
       kAnything},
      {"glare % of the code",
       {1, 2, 3, 5, 8, 10, 12, 15, 20},
       [](double level) { return Conditions{.glare_share = level / 100}; },
       kAnything},
      {"finger % of the code",
       {2, 4, 6, 8, 10, 12, 15, 20},
       [](double level) { return Conditions{.finger_share = level / 100}; },
       kAnything},
      {"moire %",
       {5, 10, 15, 20, 25, 30, 40, 50, 60},
       [](double level) { return Conditions{.moire = level / 100}; },
       {PropKind::phone, PropKind::phone_dark}},
      {"gradient %",
       {40, 80, 120, 160, 180, 190},
       [](double level) { return Conditions{.gradient = level / 100}; },
       kAnything},
  };
}

// A parameter of the working range: from its easy end, by what is moderate, to its limit.
struct Range {
  std::string_view name;
  double easy;
  double moderate;
  double limit;
  bool of_pixels;  // a code's modules, a blur and a smear are made of the same
};
constexpr std::array kRanges{
    Range{"module", 6, 4, 2.5, true},       Range{"defocus", 0.4, 0.8, 1.4, true},
    Range{"motion", 0, 2, 5, true},         Range{"tilt", 0, 20, 45, false},
    Range{"contrast", 200, 100, 40, false}, Range{"noise", 2, 8, 20, false},
    Range{"glare", 0, 0.02, 0.05, false},
};
using Values = std::array<double, kRanges.size()>;

Conditions conditions_of(const Values& values, Random& random) {
  Conditions conditions;
  conditions.module_px = values[0];
  conditions.defocus_px = values[1];
  conditions.motion_px = values[2];
  conditions.tilt_degrees = values[3];
  conditions.noise = values[5];
  conditions.glare_share = values[6];
  conditions.roll_degrees = random.between(-25, 25);
  conditions.gradient = random.between(0, 0.3);
  conditions.vignette = random.between(0.05, 0.2);
  // Where the light is weakest, the contrast is what was asked for; between black and white, anywhere.
  const double contrast = values[4] / (1 - 0.2 * conditions.gradient - 0.1 * conditions.vignette);
  conditions.dark = random.between(10, 235 - contrast);
  conditions.light = conditions.dark + contrast;
  conditions.room_light = random.between(0.6, 1.1);
  return conditions;
}

bool may_meet(std::size_t a, std::size_t b, Draw draw) {
  if (a == b) return false;
  return draw == Draw::pair_near || !(kRanges[a].of_pixels && kRanges[b].of_pixels);
}

}  // namespace

std::span<const Cause> causes() {
  static const std::vector<Cause> made = make_causes();
  return made;
}

const Prop& PropBox::of(PropKind kind) {
  made_.reserve(kPropKinds);
  const auto there = std::ranges::find(made_, kind, &Prop::kind);
  if (there != made_.end()) return *there;
  made_.push_back(any_prop(kind, seed_));
  return made_.back();
}

const Prop& PropBox::for_cause(const Cause& cause) {
  return of(cause.kinds[static_cast<std::size_t>(seed_ % cause.kinds.size())]);
}

Scene trial(const Cause& cause, double level, const Prop& prop, const Hall& hall, std::uint64_t seed) {
  Conditions conditions = cause.at(level);
  conditions.roll_degrees += Random(seed_of(seed, "roll")).between(-12, 12);
  return staged(prop.thing, hall, conditions, seed);
}

std::string_view to_name(Draw draw) {
  constexpr std::array<std::string_view, kDraws> names{"one near its limit", "two near, apart",
                                                       "any two near", "all uniform"};
  return names[static_cast<std::size_t>(draw)];
}

Drawn draw_working(Draw draw, Surface surface, std::uint64_t seed) {
  Random random(seed_of(seed, "working range"));
  Values values{};
  for (std::size_t i = 0; i < kRanges.size(); ++i) {
    const Range& range = kRanges[i];
    values[i] = random.between(range.easy, draw == Draw::uniform ? range.limit : range.moderate);
  }
  // Paper mirrors no lamps, and most are not mirrored at all.
  const bool mirrors = surface != Surface::paper;
  if (draw != Draw::uniform && !random.chance(0.3)) values.back() = 0;
  Drawn drawn;
  const auto bring_near = [&](std::size_t i) {
    const Range& range = kRanges[i];
    values[i] = random.between(mix(range.easy, range.limit, 0.9), range.limit);
    drawn.near += (drawn.near.empty() ? "" : " + ") + std::string(range.name);
  };
  if (draw != Draw::uniform) {
    const auto any = [&random] {
      return static_cast<std::size_t>(random.below(static_cast<int>(kRanges.size())));
    };
    const std::size_t first = any();
    std::size_t second = any();
    while (!may_meet(first, second, draw)) second = any();
    bring_near(draw == Draw::one_near ? first : std::min(first, second));
    if (draw != Draw::one_near) bring_near(std::max(first, second));
  }
  if (!mirrors) values.back() = 0;
  drawn.conditions = conditions_of(values, random);
  return drawn;
}

}  // namespace lanyard::arrivals
