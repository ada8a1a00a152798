// That a picture has what was asked of it: limits per cause are no better than their generator.
#include "tests/e2e/arrivals/conditions.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "scanner/decode.hpp"
#include "tests/catch.hpp"
#include "tests/e2e/arrivals/causes.hpp"
#include "tests/e2e/arrivals/clutter.hpp"

namespace lanyard::arrivals {
namespace {

constexpr Size kShot{1280, 720};
constexpr int kSteps = 120;  // over a side of the code

const Hall& hall() {
  static const Hall made(kShot, 1);
  return made;
}

// The code's area, looked at in a grid.
std::vector<int> levels_of(const Scene& scene, const Picture& picture) {
  const Homography plane = plane_to_frame(scene.pose, scene.frame);
  std::vector<int> levels;
  for (int y = 0; y < kSteps; ++y) {
    for (int x = 0; x < kSteps; ++x) {
      const Vec2 of_code{(x + 0.5) / kSteps - 0.5, (y + 0.5) / kSteps - 0.5};
      const Vec2 at = plane.at(of_code * scene.thing->code_mm).value_or(Vec2{});
      levels.push_back(picture.row(static_cast<int>(at.y))[static_cast<int>(at.x)]);
    }
  }
  return levels;
}

int level_at(std::vector<int> levels, double share) {
  std::ranges::sort(levels);
  return levels[static_cast<std::size_t>(share * static_cast<double>(levels.size() - 1))];
}

// Shares of the code's area that differ between two pictures of it by more than a shade.
double changed_share(const Scene& a, const Scene& b) {
  const auto first = levels_of(a, compose(a, 1));
  const auto second = levels_of(b, compose(b, 1));
  int changed = 0;
  for (std::size_t i = 0; i < first.size(); ++i) changed += std::abs(first[i] - second[i]) > 12 ? 1 : 0;
  return static_cast<double>(changed) / static_cast<double>(first.size());
}

double mean_change(const Scene& a, const Scene& b) {
  const auto first = levels_of(a, compose(a, 1));
  const auto second = levels_of(b, compose(b, 1));
  double sum = 0;
  for (std::size_t i = 0; i < first.size(); ++i) sum += std::abs(first[i] - second[i]);
  return sum / static_cast<double>(first.size());
}

TEST_CASE("as they are by default, conditions let every code be read") {
  for (int kind = 0; kind < kPropKinds; ++kind) {
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const Prop prop = any_prop(static_cast<PropKind>(kind), seed);
      const auto symbols = scanner::decode(compose(staged(prop.thing, hall(), {}, seed), seed).view());
      CAPTURE(kind);
      REQUIRE(symbols.size() == 1);
      CHECK(symbols[0].text == prop.text);
    }
  }
}

TEST_CASE("a module has as many pixels as asked, whatever the code's size and distance") {
  for (const double px : {1.5, 2.5, 4.0, 6.0}) {
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
      const Prop prop = any_prop(PropKind::card, seed);
      const Scene scene = staged(prop.thing, hall(), {.module_px = px}, seed);
      CHECK(std::abs(module_pixels(prop.thing, scene.pose, kShot) - px) < 0.02 * px);
    }
  }
}

TEST_CASE("a code's black and white have the levels that were asked for") {
  for (const PropKind kind : {PropKind::card, PropKind::phone, PropKind::phone_dark}) {
    const Prop prop = any_prop(kind, 5);
    const Conditions conditions{
        .module_px = 6, .defocus_px = 0, .dark = 90, .light = 130, .vignette = 0, .noise = 0};
    const Scene scene = staged(prop.thing, hall(), conditions, 5);
    const auto levels = levels_of(scene, compose(scene, 1));
    CHECK(std::abs(level_at(levels, 0.1) - 90) <= 2);
    CHECK(std::abs(level_at(levels, 0.9) - 130) <= 2);
  }
}

TEST_CASE("a lamp blows out the share that was asked for, and no finder pattern") {
  const Prop prop = any_prop(PropKind::phone, 6);
  for (const double share : {0.02, 0.05, 0.1}) {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      const Conditions conditions{.module_px = 6, .vignette = 0, .noise = 0, .glare_share = share};
      const Scene scene = staged(prop.thing, hall(), conditions, seed);
      const auto levels = levels_of(scene, compose(scene, 1));
      const auto white = std::ranges::count_if(levels, [](int level) { return level >= 250; });
      const double blown = static_cast<double>(white) / static_cast<double>(levels.size());
      // White modules about it are blown out as well, for they need less.
      CHECK(blown > 0.8 * share);
      CHECK(blown < 2.2 * share);
      // The middles of the finder patterns are as dark as ever.
      const auto near = static_cast<std::size_t>(3.5 * kSteps / prop.thing.modules);
      const std::size_t far = kSteps - 1 - near;
      CHECK(levels[near * kSteps + near] < 80);
      CHECK(levels[near * kSteps + far] < 80);
      CHECK(levels[far * kSteps + near] < 80);
    }
  }
}

TEST_CASE("a finger covers the share that was asked for, from the corner that was named") {
  const Prop prop = any_prop(PropKind::card, 7);
  for (const double share : {0.02, 0.08, 0.15}) {
    for (int corner = 0; corner < 4; ++corner) {
      Conditions conditions{.module_px = 5, .noise = 0, .finger_corner = corner};
      const Scene bare = staged(prop.thing, hall(), conditions, 7);
      conditions.finger_share = share;
      const Scene covered = staged(prop.thing, hall(), conditions, 7);
      // Not all of what it covers differs from it; what does is no more than what is covered.
      CHECK(changed_share(bare, covered) > 0.6 * share);
      CHECK(changed_share(bare, covered) < 1.2 * share + 0.01);
    }
  }
}

TEST_CASE("what is asked of a condition comes by degrees: more of it changes the picture more") {
  const Prop prop = any_prop(PropKind::phone, 8);
  const Scene plain = staged(prop.thing, hall(), {.noise = 0}, 8);
  const auto changes = [&](const Conditions& little, const Conditions& much) {
    const double less = mean_change(plain, staged(prop.thing, hall(), little, 8));
    const double more = mean_change(plain, staged(prop.thing, hall(), much, 8));
    return less > 0 && more > less;
  };
  CHECK(changes({.noise = 0, .moire = 0.1}, {.noise = 0, .moire = 0.4}));
  CHECK(changes({.defocus_px = 1, .noise = 0}, {.defocus_px = 2, .noise = 0}));
  CHECK(changes({.motion_px = 2, .noise = 0}, {.motion_px = 6, .noise = 0}));
}

TEST_CASE("every cause goes from what is read to what is not, on the things that it names") {
  for (const Cause& cause : causes()) {
    CAPTURE(cause.name);
    CHECK(cause.levels.size() >= 5);
    REQUIRE_FALSE(cause.kinds.empty());
    PropBox props(9);
    const Prop& prop = props.for_cause(cause);
    CHECK(std::ranges::find(cause.kinds, prop.kind) != cause.kinds.end());
    const Scene easy = trial(cause, cause.levels.front(), prop, hall(), 9);
    const auto symbols = scanner::decode(compose(easy, 9).view());
    CHECK(symbols.size() == 1);
  }
}

TEST_CASE("what is drawn from the working range lies within it") {
  for (int draw = 0; draw < kDraws; ++draw) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const Conditions drawn = draw_working(static_cast<Draw>(draw), Surface::screen, seed).conditions;
      CHECK(drawn.module_px >= 2.5);
      CHECK(drawn.defocus_px <= 1.4);
      CHECK(drawn.motion_px <= 5);
      CHECK(drawn.tilt_degrees <= 45);
      CHECK(drawn.light - drawn.dark >= 40);
      CHECK(drawn.light <= 236);
      CHECK(drawn.noise <= 20);
      CHECK(drawn.glare_share <= 0.05);
    }
  }
}

TEST_CASE("clutter holds no code, whatever it looks like") {
  for (int kind = 0; kind < kClutterKinds; ++kind) {
    const auto clutter = static_cast<ClutterKind>(kind);
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const Thing thing = clutter_thing(clutter, seed);
      const Picture picture = compose(cluttered(clutter, thing, hall(), seed), seed);
      CAPTURE(to_name(clutter));
      CHECK(scanner::decode(picture.view(), {.effort = scanner::Effort::thorough}).empty());
    }
  }
}

}  // namespace
}  // namespace lanyard::arrivals
