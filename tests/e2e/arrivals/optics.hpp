// What a lens, a shutter, lamps and a sensor do to a picture. PURE. Threads: reentrant.
#pragma once

#include <cstdint>

#include "scanner/frame.hpp"
#include "tests/e2e/arrivals/geometry.hpp"
#include "tests/e2e/arrivals/texture.hpp"

namespace lanyard::arrivals {

// Longer ones are shortened to it: such a smear shows nothing but that something moves.
inline constexpr double kMaxSmearPx = 60;
inline constexpr double kMaxDefocusPx = 6;

// The Gaussian of this deviation. The patch's transparent margin has to be three of them wide.
void defocus(Patch& patch, double sigma_px);

// A shutter open while the thing goes this way. The margin has to be half as wide.
void smear(Patch& patch, Vec2 way_px);

struct Gradient {
  double change{0};     // of the light, from one edge of the frame to the other; 0.4 = from 0.8 to 1.2
  double angle_rad{0};  // where it grows: 0 to the right, a quarter turn downwards
};

// A lamp's reflection.
struct Glare {
  Vec2 at_px;
  double radius_px{0};  // within it everything is bright; none if 0
  double levels{0};     // in its middle
  double stretch{1};    // its width over its height
};

// A patch over a picture, in this light: its black and white become these grey levels.
struct Exposure {
  double black{20};
  double white{220};
  Gradient gradient;
};
void lay_over(scanner::GrayFrame& picture, const Patch& patch, const Exposure& exposure);

// Something round, laid over what is held: a finger. In pixels of the frame; nothing if the radius is 0.
struct Rod {
  Vec2 root_px;
  Vec2 tip_px;
  double radius_px{0};
  double grey{140};  // of the patch, before its light
};
void lay_rod(Patch& patch, const Rod& rod);

// What a screen's grid of dots and a sensor's make together: bands of two directions over the light of a
// screen.
struct Moire {
  double strength{0};  // 0.2: the light goes up and down by a fifth at most; none if 0
  double period_px{8};
  double angle_rad{0};
  double bend{0};  // in periods, over the width of the picture: bands are straight on straight glass alone
};
// On the picture where the patch covers it. `black`: the level that is no light.
void add_moire(scanner::GrayFrame& picture, const Patch& screen, double black, const Moire& moire);

// On the picture where the patch covers it: what is behind a sleeve or a screen mirrors no lamp.
void add_glare(scanner::GrayFrame& picture, const Patch& mirror, const Glare& glare);

// The corners of a cheap lens's picture are darker by this share.
void darken_corners(scanner::GrayFrame& picture, double share);

// Gaussian, of this deviation at middle grey: less in the dark, more in the light, and alike in neighbouring
// pixels, as a webcam's own processing leaves it.
void add_noise(scanner::GrayFrame& picture, double sigma, std::uint64_t seed);

}  // namespace lanyard::arrivals
