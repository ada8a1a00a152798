// One frame of a kiosk's camera: the hall, who stands before it, what is held up, and all that lens, light
// and sensor do to it. No file is touched. For demo, tests and benchmarks.
//
//   const auto code = kiosk::encode_qr("L1:...");
//   const Thing phone = phone_thing(*code, false, 1);
//   const Hall hall({1920, 1080}, 2);
//   const Picture frame = compose(held_up(phone, hall, {.seed = 3}), 4);
//
// PURE: the same arguments give the same picture. Threads: reentrant.
#pragma once

#include <cstdint>
#include <optional>

#include "scanner/frame.hpp"
#include "tests/e2e/arrivals/geometry.hpp"
#include "tests/e2e/arrivals/hall.hpp"
#include "tests/e2e/arrivals/optics.hpp"
#include "tests/e2e/arrivals/things.hpp"

namespace lanyard::arrivals {

using Picture = scanner::GrayFrame;  // 8 bits of grey, with its width and height

// Over what is held, from a hand beside it. In millimetres of the thing's plane, from its code's middle.
struct Finger {
  Vec2 root_mm;
  Vec2 tip_mm;
  double radius_mm{0};  // none if 0
  double grey{140};
};

struct Scene {
  Size frame{1280, 720};
  const Hall* hall{nullptr};  // of the frame's size, and outlives the scene; none: an even grey
  double seconds{0};          // of the hall's clock
  double room_light{1};       // of the hall, as the camera exposes it
  std::optional<Visitor> visitor;

  const Thing* thing{nullptr};  // outlives the scene; none: nobody holds anything
  Pose pose;                    // of the thing's code
  double defocus_px{0};         // deviation of the thing's blur; kMaxDefocusPx at most
  Vec2 motion_px;               // of the thing, while the shutter is open
  Exposure exposure;

  Finger finger;  // over the thing
  Moire moire;    // of the thing's screen
  Glare glare;
  double vignette{0};     // how much darker the corners are
  double noise_sigma{0};  // grey levels
};

[[nodiscard]] Picture compose(const Scene& scene, std::uint64_t noise_seed);

// The pixels from one module of the thing's code to the next, where they are fewest; 0 if it is not seen.
[[nodiscard]] double module_pixels(const Thing& thing, const Pose& pose, Size frame);

// The code with its quiet zone inside the frame: moved first, and where it is too large, put further off.
void fit_into_frame(const Thing& thing, Size frame, Pose& pose);

struct HeldUp {
  bool clean{false};  // upright, sharp, evenly lit, without noise
  std::uint64_t seed{1};
};
// As somebody holds it still, or nearly so: whole in the frame, with modules of at least kMinModulePixels,
// unless the code has so many that the frame cannot hold them.
inline constexpr double kMinModulePixels = 3.05;
[[nodiscard]] Scene held_up(const Thing& thing, const Hall& hall, const HeldUp& how);

}  // namespace lanyard::arrivals
