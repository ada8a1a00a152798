// An arrival as the camera sees it: nobody, something comes into view, is held, and is taken away. PURE.
// Threads: reentrant.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/e2e/arrivals/scene.hpp"

namespace lanyard::arrivals {

enum class Moment : std::uint8_t { empty, coming, held, going };

struct Shot {
  Moment moment{Moment::empty};
  Scene scene;
  std::uint64_t noise_seed{0};
};

// How long the moments last, in seconds: drawn between the two.
struct Span {
  double least{0};
  double most{0};
};

struct Take {
  double frames_per_second{15};
  double begins{0};  // seconds of the hall's clock
  bool clean{false};
  std::uint64_t seed{1};
  Span coming{0.2, 0.36};
  Span held{0.32, 0.5};
  double settling{2};  // how much slower it comes near its place: the power of the way that is left
  double shutter_seconds{1.0 / 80};
};

// One to two seconds; two of the shots or more are of the moment `held`. They refer to thing and hall, which
// have to outlive them.
[[nodiscard]] std::vector<Shot> arrival(const Thing& thing, const Hall& hall, const Take& take);
// Likewise, of what is held as in this scene: its light, noise, glare and finger are those of all shots, its
// blur comes on top of that of the movement. It has to have a thing and a visitor.
[[nodiscard]] std::vector<Shot> arrival(const Scene& held, const Take& take);

struct Hold {
  double frames_per_second{30};
  int frames{30};
  double tremor_px{1};  // of a hand, at 1280 across
  std::uint64_t seed{1};
};
// Held from the first shot on, by a hand that is never quite still; the blur is the scene's own.
[[nodiscard]] std::vector<Shot> hold(const Scene& held, const Hold& how);

}  // namespace lanyard::arrivals
