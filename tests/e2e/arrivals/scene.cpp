#include "tests/e2e/arrivals/scene.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::arrivals {
namespace {

constexpr double kQuiet = kiosk::kQuietModules;
// What the figures of this file in pixels were chosen for.
constexpr double kUsualWidth = 1280;

// Nobody holds anything nearer without need; it would be all perspective.
constexpr double kNearestMm = 165;

std::array<Vec2, 4> corners_mm(const Thing& thing, double beyond_modules) {
  const double half = thing.code_mm / 2 + beyond_modules * thing.code_mm / thing.modules;
  return {Vec2{-half, -half}, Vec2{half, -half}, Vec2{half, half}, Vec2{-half, half}};
}

// Nearer or further, until the code's finest modules have this many pixels.
void set_distance(const Thing& thing, Size frame, double wanted_px, Pose& pose) {
  for (int i = 0; i < 4; ++i) {
    const double now = module_pixels(thing, pose, frame);
    if (now <= 0) return;
    pose.distance_mm *= now / wanted_px;
  }
}

struct Reach {
  Vec2 least{1e9, 1e9};
  Vec2 most{-1e9, -1e9};
};

Reach reach_of(const Thing& thing, const Pose& pose, Size frame) {
  const Homography plane = plane_to_frame(pose, frame);
  Reach reach;
  for (const Vec2 corner : corners_mm(thing, kQuiet)) {
    const Vec2 seen = plane.at(corner).value_or(Vec2{});
    reach.least = {std::min(reach.least.x, seen.x), std::min(reach.least.y, seen.y)};
    reach.most = {std::max(reach.most.x, seen.x), std::max(reach.most.y, seen.y)};
  }
  return reach;
}

Exposure exposure_of(Surface surface, Random& random) {
  Exposure exposure;
  if (surface == Surface::screen) {
    exposure.black = random.between(18, 46);
    exposure.white = random.between(226, 275);  // a bright screen is beyond what the sensor can tell
    return exposure;
  }
  exposure.black = random.between(14, 40);
  exposure.white = random.between(150, 242);
  exposure.gradient = {random.between(0, 0.55), random.between(0, 2 * std::numbers::pi)};
  return exposure;
}

// A lamp is mirrored somewhere about the thing; now and then in a part of its code.
Glare glare_of(const Thing& thing, const Pose& pose, Size frame, Random& random) {
  const double side = module_pixels(thing, pose, frame) * thing.modules;
  const bool on_code = random.chance(0.3);
  // Not on a corner: without its finder patterns no reader knows a code for one.
  const double angle =
      on_code ? pose.roll_rad + random.below(4) * std::numbers::pi / 2 + random.between(-0.25, 0.25)
              : random.between(0, 2 * std::numbers::pi);
  const double off = side * (on_code ? random.between(0.42, 0.6) : random.between(1.05, 1.6));
  Glare glare;
  glare.at_px = pose.at_px + Vec2{std::cos(angle) * off, std::sin(angle) * off};
  glare.radius_px = side * (on_code ? random.between(0.04, 0.08) : random.between(0.08, 0.24));
  glare.levels = random.between(110, 260);
  glare.stretch = on_code ? random.between(0.7, 1.3) : random.between(0.6, 2);
  return glare;
}

// Who wants a code of very many modules read holds it flat and near, and waits for the focus: 1 for usual
// codes, and less for those.
double care_for(const Thing& thing) {
  return std::min(1.0, 55.0 / thing.modules);
}

double wanted_pixels(const Thing& thing, Size frame, Random& random) {
  // A badge's fine code is brought near; people stop sooner with a large one.
  const double fine = std::clamp(thing.code_mm / thing.modules / 0.5, 1.0, 1.7);
  const double pixels =
      random.between(3.15, 3.9) * mix(1, fine, random.between(0.2, 0.8)) / std::max(0.7, care_for(thing));
  return std::max(kMinModulePixels, pixels * frame.width / kUsualWidth);
}

// As broad as it is at its tip: it is seen so little askew that this is near enough.
Rod rod_of(const Finger& finger, const Homography& plane) {
  const auto root = plane.at(finger.root_mm);
  const auto tip = plane.at(finger.tip_mm);
  const auto side = plane.at(finger.tip_mm + Vec2{finger.radius_mm, 0});
  const auto below = plane.at(finger.tip_mm + Vec2{0, finger.radius_mm});
  if (finger.radius_mm <= 0 || !root || !tip || !side || !below) return {};
  return {*root, *tip, (length(*side - *tip) + length(*below - *tip)) / 2, finger.grey};
}

}  // namespace

void fit_into_frame(const Thing& thing, Size frame, Pose& pose) {
  const double edge = frame.height * 0.015;
  for (int i = 0; i < 3; ++i) {
    const Reach reach = reach_of(thing, pose, frame);
    const double too_wide = (reach.most.x - reach.least.x) / (frame.width - 2 * edge);
    const double too_high = (reach.most.y - reach.least.y) / (frame.height - 2 * edge);
    const double too_large = std::max(too_wide, too_high);
    if (too_large > 1) {
      pose.distance_mm *= too_large * 1.01;
      continue;
    }
    pose.at_px.x += std::max(0.0, edge - reach.least.x) - std::max(0.0, reach.most.x - frame.width + edge);
    pose.at_px.y += std::max(0.0, edge - reach.least.y) - std::max(0.0, reach.most.y - frame.height + edge);
  }
}

double module_pixels(const Thing& thing, const Pose& pose, Size frame) {
  const Homography plane = plane_to_frame(pose, frame);
  const double module = thing.code_mm / thing.modules;
  double least = 1e9;
  for (const Vec2 corner : corners_mm(thing, 0)) {
    const auto here = plane.at(corner);
    // Towards the middle of the code, along either side.
    const auto aside = plane.at(corner + Vec2{corner.x > 0 ? -module : module, 0});
    const auto above = plane.at(corner + Vec2{0, corner.y > 0 ? -module : module});
    if (!here || !aside || !above) return 0;
    least = std::min({least, length(*aside - *here), length(*above - *here)});
  }
  return least;
}

Scene held_up(const Thing& thing, const Hall& hall, const HeldUp& how) {
  Random random(how.seed);
  Scene scene;
  scene.frame = hall.frame();
  scene.hall = &hall;
  scene.seconds = random.between(0, 600);
  scene.visitor = any_visitor(random.bits());
  scene.thing = &thing;
  const Vec2 middle{scene.frame.width / 2.0, scene.frame.height / 2.0};
  scene.pose.at_px = middle;
  double wanted = kMinModulePixels * 1.3 * std::max(1.0, scene.frame.width / kUsualWidth);
  if (!how.clean) {
    scene.pose.at_px = {middle.x * random.between(0.7, 1.3), middle.y * random.between(0.75, 1.25)};
    const double tilt = random.between(0, 24) * kDegree * care_for(thing) * care_for(thing);
    const double towards = random.between(0, 2 * std::numbers::pi);
    scene.pose.yaw_rad = tilt * std::cos(towards);
    scene.pose.pitch_rad = tilt * std::sin(towards);
    scene.pose.roll_rad = random.between(-11, 11) * kDegree;
    wanted = wanted_pixels(thing, scene.frame, random);
  }
  set_distance(thing, scene.frame, wanted, scene.pose);
  if (scene.pose.distance_mm < kNearestMm) {
    scene.pose.distance_mm = kNearestMm;
    if (module_pixels(thing, scene.pose, scene.frame) < kMinModulePixels) {
      set_distance(thing, scene.frame, kMinModulePixels, scene.pose);
    }
  }
  fit_into_frame(thing, scene.frame, scene.pose);
  if (how.clean) {
    scene.exposure = {0, 255, {}};
    return scene;
  }
  scene.exposure = exposure_of(thing.surface, random);
  scene.room_light = thing.surface == Surface::screen ? random.between(0.65, 0.9) : random.between(0.85, 1.2);
  // A finer code gets a better focus, or nobody could read it.
  const double pixels = module_pixels(thing, scene.pose, scene.frame);
  scene.defocus_px = std::min(random.between(0.45, 1.2) * std::max(1.0, scene.frame.width / kUsualWidth),
                              0.27 * pixels * care_for(thing));
  scene.noise_sigma = random.between(2, 6);
  scene.vignette = random.between(0.05, 0.3);
  if (thing.surface != Surface::paper && random.chance(0.45)) {
    scene.glare = glare_of(thing, scene.pose, scene.frame, random);
  }
  return scene;
}

Picture compose(const Scene& scene, std::uint64_t noise_seed) {
  const bool shows = scene.thing != nullptr && !scene.thing->texture.empty();
  const Homography plane = plane_to_frame(scene.pose, scene.frame);
  Canvas half;
  if (scene.hall != nullptr) {
    half = scene.hall->at(scene.seconds);
  } else {
    half = Canvas((scene.frame.width + 1) / 2, (scene.frame.height + 1) / 2);
    fill(half, 110);
  }
  if (scene.visitor) {
    Visitor visitor = *scene.visitor;
    if (shows) {
      const auto hand = texels_to_frame(*scene.thing, plane).at(scene.thing->hand);
      visitor.reaches = hand.has_value();
      visitor.hand_px = hand.value_or(Vec2{});
    }
    paint_visitor(half, visitor);
  }
  if (shows && scene.thing->surface == Surface::screen) {
    // A screen's own light spreads in the lens.
    const double side = module_pixels(*scene.thing, scene.pose, scene.frame) * scene.thing->modules;
    add_light(half, scene.pose.at_px * 0.5, std::max(side, 8.0) * 0.55, 26);
  }
  Picture picture = full_size(half, scene.frame, scene.room_light);
  if (shows) {
    const double smeared = std::min(length(scene.motion_px), kMaxSmearPx);
    const int margin = static_cast<int>(std::ceil(3 * scene.defocus_px + smeared / 2)) + 1;
    const Look look = smeared > 3 || scene.defocus_px > 1.5 ? Look::brief : Look::careful;
    Patch patch = scene.thing->texture.seen(texels_to_frame(*scene.thing, plane), scene.frame, margin, look);
    lay_rod(patch, rod_of(scene.finger, plane));
    smear(patch, scene.motion_px);
    defocus(patch, scene.defocus_px);
    lay_over(picture, patch, scene.exposure);
    add_moire(picture, patch, scene.exposure.black, scene.moire);
    add_glare(picture, patch, scene.glare);
  }
  darken_corners(picture, scene.vignette);
  add_noise(picture, scene.noise_sigma, noise_seed);
  return picture;
}

}  // namespace lanyard::arrivals
