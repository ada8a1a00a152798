// What can keep a code from being read, each cause on its own scale: for limits per cause, for benchmarks,
// and for advice to those who hold something up. Figures are the picture's: pixels are the frame's, levels
// are its grey levels, and shares are of the code's area without its quiet zone.
//
//   const Prop prop = any_prop(PropKind::phone, 7);
//   const Hall hall({1280, 720}, 1);
//   const Picture frame = compose(staged(prop.thing, hall, {.tilt_degrees = 40}, 7), 7);
//
// PURE: the same arguments give the same scene. Threads: reentrant; values.
#pragma once

#include <cstdint>
#include <string>

#include "tests/e2e/arrivals/scene.hpp"

namespace lanyard::arrivals {

// As they are by default, every code is read. Directions and places (where in the frame, which way it is
// tilted and moves, where a lamp is mirrored, how the light falls off) come from the seed.
struct Conditions {
  double module_px{4};     // from module to module in the middle of the code, before it is tilted
  double tilt_degrees{0};  // out of the picture's plane
  double roll_degrees{0};  // in it; clockwise
  double defocus_px{0.5};  // deviation of the blur; kMaxDefocusPx at most
  double motion_px{0};     // way while the shutter is open; kMaxSmearPx at most
  double dark{30};         // level of the code's dark parts, in even light
  double light{210};     // and of its light ones: above 255 it is blown out, their difference is the contrast
  double gradient{0};    // change of the light over the frame: 0.4 = from 0.8 to 1.2
  double vignette{0.1};  // how much darker the corners are
  double noise{2};       // deviation at middle grey
  double glare_share{0};      // of the code: blown out by a lamp; never one of its three finder patterns
  double finger_share{0};     // of the code: covered by a finger, from `finger_corner` on
  int finger_corner{2};       // 0 its left top, then clockwise; 2 is the one without a finder pattern
  double moire{0};            // how much a screen's light goes up and down: 0.2 = by a fifth at most
  double room_light{1};       // of all that is not held up
  bool in_the_middle{false};  // of the frame, instead of anywhere in it
};

// "module 2.4 px, tilt 31, ...": what is not as by default.
[[nodiscard]] std::string to_text(const Conditions& conditions);

// The thing whole in the frame, before hall and visitor. Both outlive the scene. What does not fit the frame
// at that size is put further off.
[[nodiscard]] Scene staged(const Thing& thing, const Hall& hall, const Conditions& conditions,
                           std::uint64_t seed);

// As a venue has them, of which most are within a reader's reach, and some at its edge.
[[nodiscard]] Conditions at_the_venue(Surface surface, Size frame, std::uint64_t seed);

}  // namespace lanyard::arrivals
