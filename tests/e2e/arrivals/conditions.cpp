#include "tests/e2e/arrivals/conditions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::arrivals {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kFinderModules = 8;  // with the separator

// From code to frame: half a code's side is 1.
Vec2 in_frame(const Thing& thing, const Homography& plane, Vec2 of_code) {
  return plane.at(of_code * (thing.code_mm / 2)).value_or(Vec2{});
}

// Levels of the picture for black and white of the texture, so that the code's own come out as asked.
Exposure exposure_for(const Thing& thing, const Conditions& conditions, double angle_rad) {
  Exposure exposure;
  const double per_level = (conditions.light - conditions.dark) / (thing.code_light - thing.code_dark);
  exposure.black = conditions.dark - thing.code_dark * per_level;
  exposure.white = exposure.black + 255 * per_level;
  exposure.gradient = {conditions.gradient, angle_rad};
  return exposure;
}

// A lamp whose middle lies on the code, as blown out as the share says. It is drawn until it meets none of
// the finder patterns; a large one lies towards the corner that has none.
Glare glare_on(const Thing& thing, const Homography& plane, const Conditions& conditions, Random& random) {
  const double radius = 2 * std::sqrt(conditions.glare_share / std::numbers::pi);  // half sides of the code
  const double finder = 1 - 2 * kFinderModules / thing.modules;
  const auto meets_finder = [&](Vec2 at) {
    for (const Vec2 corner : {Vec2{-1, -1}, Vec2{1, -1}, Vec2{-1, 1}}) {
      const Vec2 nearest{corner.x > 0 ? std::max(at.x, finder) : std::min(at.x, -finder),
                         corner.y > 0 ? std::max(at.y, finder) : std::min(at.y, -finder)};
      if (length(nearest - at) < radius) return true;
    }
    return false;
  };
  Vec2 at{0.25, 0.25};
  const double room = std::max(0.0, 1 - radius);
  for (int i = 0; i < 64; ++i) {
    const Vec2 here{random.between(-room, room), random.between(-room, room)};
    if (meets_finder(here)) continue;
    at = here;
    break;
  }
  const Vec2 middle = in_frame(thing, plane, at);
  const double side_x = length(in_frame(thing, plane, at + Vec2{0.1, 0}) - middle) * 10;
  const double side_y = length(in_frame(thing, plane, at + Vec2{0, 0.1}) - middle) * 10;
  Glare glare;
  glare.at_px = middle;
  glare.radius_px = radius * std::sqrt(side_x * side_y);
  // Twice what lifts black to white: then all within the radius is white (the fall-off is a half there), and
  // what lies about it is partly lit.
  glare.levels = 2 * (255 - conditions.dark);
  return glare;
}

double covered_share(const Finger& finger, double code_mm) {
  constexpr int kGrid = 40;
  int covered = 0;
  const Vec2 along = finger.tip_mm - finger.root_mm;
  const double square = std::max(along.x * along.x + along.y * along.y, 1e-9);
  for (int y = 0; y < kGrid; ++y) {
    for (int x = 0; x < kGrid; ++x) {
      const Vec2 at{((x + 0.5) / kGrid - 0.5) * code_mm, ((y + 0.5) / kGrid - 0.5) * code_mm};
      const Vec2 off = at - finger.root_mm;
      const double share = std::clamp((off.x * along.x + off.y * along.y) / square, 0.0, 1.0);
      if (length(off - along * share) < finger.radius_mm) ++covered;
    }
  }
  return static_cast<double>(covered) / (kGrid * kGrid);
}

// From beyond a corner towards the middle, as far as the share asks.
Finger finger_over(const Thing& thing, const Conditions& conditions, Random& random) {
  constexpr std::array<Vec2, 4> corners{Vec2{-1, -1}, Vec2{1, -1}, Vec2{1, 1}, Vec2{-1, 1}};
  const Vec2 corner =
      corners[static_cast<std::size_t>(std::clamp(conditions.finger_corner, 0, 3))] * (thing.code_mm / 2);
  const double angle = std::atan2(-corner.y, -corner.x) + random.between(-0.3, 0.3);
  const Vec2 inwards{std::cos(angle), std::sin(angle)};
  Finger finger;
  finger.grey = random.between(70, 200) * (thing.surface == Surface::screen ? 0.6 : 1);
  finger.radius_mm = random.between(7, 9);
  finger.root_mm = corner - inwards * 60;
  double near = -2 * finger.radius_mm;
  double far = thing.code_mm;
  for (int i = 0; i < 24; ++i) {
    const double middle = (near + far) / 2;
    finger.tip_mm = corner + inwards * middle;
    (covered_share(finger, thing.code_mm) < conditions.finger_share ? near : far) = middle;
  }
  return finger;
}

}  // namespace

std::string to_text(const Conditions& conditions) {
  struct Part {
    const char* name;
    double value;
    double usual;
    const char* unit;
    int digits;
  };
  const Conditions usual;
  std::string text;
  for (const Part& part : {Part{"module ", conditions.module_px, 0, " px", 1},
                           Part{"tilt ", conditions.tilt_degrees, usual.tilt_degrees, " deg", 0},
                           Part{"roll ", conditions.roll_degrees, usual.roll_degrees, " deg", 0},
                           Part{"defocus ", conditions.defocus_px, usual.defocus_px, " px", 1},
                           Part{"motion ", conditions.motion_px, usual.motion_px, " px", 1},
                           Part{"dark ", conditions.dark, usual.dark, "", 0},
                           Part{"light ", conditions.light, usual.light, "", 0},
                           Part{"gradient ", conditions.gradient, usual.gradient, "", 2},
                           Part{"noise ", conditions.noise, usual.noise, "", 0},
                           Part{"glare ", conditions.glare_share * 100, usual.glare_share * 100, " %", 1},
                           Part{"finger ", conditions.finger_share * 100, usual.finger_share * 100, " %", 1},
                           Part{"moire ", conditions.moire, usual.moire, "", 2}}) {
    if (part.value == part.usual) continue;
    std::array<char, 32> value{};
    std::snprintf(value.data(), value.size(), "%.*f", part.digits, part.value);  // NOLINT(cert-err33-c)
    text += std::string(text.empty() ? "" : ", ") + part.name + value.data() + part.unit;
  }
  return text;
}

Scene staged(const Thing& thing, const Hall& hall, const Conditions& conditions, std::uint64_t seed) {
  Random random(seed_of(seed, "staged"));
  Scene scene;
  scene.frame = hall.frame();
  scene.hall = &hall;
  scene.seconds = random.between(0, 600);
  scene.visitor = any_visitor(random.bits());
  scene.room_light = conditions.room_light;
  scene.thing = &thing;
  const Vec2 middle{scene.frame.width / 2.0, scene.frame.height / 2.0};
  const Vec2 off{random.between(-0.35, 0.35), random.between(-0.3, 0.3)};
  scene.pose.at_px = conditions.in_the_middle ? middle : middle + Vec2{middle.x * off.x, middle.y * off.y};
  const double module_mm = thing.code_mm / thing.modules;
  scene.pose.distance_mm = kFocalLengthInWidths * scene.frame.width * module_mm / conditions.module_px;
  const double towards = random.between(0, kTurn);
  scene.pose.yaw_rad = conditions.tilt_degrees * kDegree * std::cos(towards);
  scene.pose.pitch_rad = conditions.tilt_degrees * kDegree * std::sin(towards);
  scene.pose.roll_rad = conditions.roll_degrees * kDegree;
  fit_into_frame(thing, scene.frame, scene.pose);

  const double way = random.between(0, kTurn);
  scene.motion_px = Vec2{std::cos(way), std::sin(way)} * conditions.motion_px;
  scene.defocus_px = conditions.defocus_px;
  scene.exposure = exposure_for(thing, conditions, random.between(0, kTurn));
  scene.noise_sigma = conditions.noise;
  scene.vignette = conditions.vignette;
  const Homography plane = plane_to_frame(scene.pose, scene.frame);
  if (conditions.glare_share > 0) scene.glare = glare_on(thing, plane, conditions, random);
  if (conditions.finger_share > 0) scene.finger = finger_over(thing, conditions, random);
  scene.moire = {conditions.moire, random.between(3, 14), random.between(0, kTurn), random.between(-3, 3)};
  return scene;
}

Conditions at_the_venue(Surface surface, Size frame, std::uint64_t seed) {
  Random random(seed_of(seed, "venue"));
  const double scale = frame.width / 1280.0;
  Conditions venue;
  // Low values are usual, high ones seldom.
  const auto seldom = [&random](double most) {
    const double share = random.between(0, 1);
    return most * share * share;
  };
  venue.module_px = random.between(2.3, 4.6) * scale;
  venue.tilt_degrees = seldom(45);
  venue.roll_degrees = random.between(-25, 25);
  venue.defocus_px = (0.4 + seldom(1.1)) * scale;
  venue.motion_px = seldom(4) * scale;
  venue.noise = 2 + seldom(12);
  venue.gradient = random.between(0, 0.6);
  venue.vignette = random.between(0.05, 0.3);
  venue.dark = random.between(12, 55);
  if (surface == Surface::screen) {
    venue.light = std::min(venue.dark + random.between(70, 240), 270.0);
    venue.room_light = random.between(0.5, 0.9);
    if (random.chance(0.3)) venue.moire = seldom(0.25);
  } else {
    venue.light = std::min(venue.dark + random.between(60, 200), 245.0);
    venue.room_light = random.between(0.6, 1.2);
  }
  if (surface != Surface::paper && random.chance(0.35)) venue.glare_share = seldom(0.07);
  if (random.chance(0.05)) venue.finger_share = random.between(0.005, 0.04);
  return venue;
}

}  // namespace lanyard::arrivals
