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

struct Take {
  double frames_per_second{15};
  double begins{0};  // seconds of the hall's clock
  bool clean{false};
  std::uint64_t seed{1};
};

// One to two seconds; two of the shots or more are of the moment `held`. They refer to thing and hall, which
// have to outlive them.
[[nodiscard]] std::vector<Shot> arrival(const Thing& thing, const Hall& hall, const Take& take);

}  // namespace lanyard::arrivals
