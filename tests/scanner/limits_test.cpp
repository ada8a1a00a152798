// How much of each cause for which a code is not read the reader can bear: limits below which it may not
// fall. They hold on the engine of Debian 12; newer ones read more. `lanyard-scan-bench limits` shows how far
// it gets in truth, and is where a better reader's limits are found.
#include <algorithm>
#include <array>
#include <iostream>
#include <string>
#include <string_view>

#include "scanner/decode.hpp"
#include "tests/catch.hpp"
#include "tests/e2e/arrivals/causes.hpp"
#include "tests/e2e/arrivals/clutter.hpp"
#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::scanner {
namespace {

using namespace arrivals;

constexpr Size kFrame{1280, 720};
constexpr int kSeeds = 8;
constexpr std::uint64_t kSeed = 2026;

struct Limit {
  std::string_view cause;
  double level;
  int least;  // frames of kSeeds that have to be read, each on its own
};
// To be raised with the reader. The first of a cause is what no reader may lose; the second is where this one
// stands, less a frame.
constexpr std::array kLimits{
    Limit{"module px", 2, 8},
    Limit{"module px", 1.6, 7},
    Limit{"module px, inverted", 2, 8},
    Limit{"module px, inverted", 1.6, 7},
    Limit{"defocus px", 1.4, 8},
    Limit{"defocus px", 1.8, 6},
    Limit{"motion px", 5, 8},
    Limit{"motion px", 6, 7},
    Limit{"tilt degrees", 45, 8},
    Limit{"tilt degrees", 60, 5},
    Limit{"rotation degrees", 45, 8},
    Limit{"rotation degrees", 180, 8},
    Limit{"contrast levels", 80, 8},
    Limit{"contrast levels", 60, 7},
    Limit{"white level in the dark", 40, 8},
    Limit{"white level in the dark", 24, 6},
    Limit{"noise levels", 20, 8},
    Limit{"noise levels", 40, 7},
    Limit{"glare % of the code", 5, 8},
    Limit{"glare % of the code", 8, 5},
    Limit{"finger % of the code", 8, 8},
    Limit{"finger % of the code", 12, 7},
    Limit{"moire %", 20, 8},
    Limit{"moire %", 30, 6},
    Limit{"gradient %", 190, 8},
};

Picture picture_of(const Cause& cause, double level, const Prop& prop, std::uint64_t seed) {
  const Hall hall(kFrame, seed_of(seed, "hall"));
  return compose(trial(cause, level, prop, hall, seed), seed);
}

TEST_CASE("what keeps a code from being read is borne up to its limit") {
  for (const Limit& limit : kLimits) {
    const auto cause = std::ranges::find(causes(), limit.cause, &Cause::name);
    REQUIRE(cause != causes().end());
    int read = 0;
    for (std::uint64_t i = 0; i < kSeeds; ++i) {
      const std::uint64_t seed = kSeed + i;
      PropBox props(seed);
      const Prop& prop = props.for_cause(*cause);
      const auto symbols = decode(picture_of(*cause, limit.level, prop, seed).view());
      if (std::ranges::find(symbols, prop.text, &Symbol::text) != symbols.end()) ++read;
    }
    std::cout << limit.cause << " " << limit.level << ": " << read << " of " << kSeeds << " read\n";
    CAPTURE(limit.cause);
    CAPTURE(limit.level);
    CHECK(read >= limit.least);
  }
}

}  // namespace
}  // namespace lanyard::scanner
