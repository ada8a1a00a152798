// How much of each cause for which a code is not read the reader can bear: limits below which it may not
// fall. They hold on the engine of Debian 12; newer ones read more. `lanyard-scan-bench limits` shows how far
// it gets in truth, and is where a better reader's limits are found.
#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <string>
#include <string_view>

#include "scanner/stream_reader.hpp"
#include "tests/catch.hpp"
#include "tests/e2e/arrivals/causes.hpp"
#include "tests/e2e/arrivals/random.hpp"
#include "tests/e2e/arrivals/sequence.hpp"

namespace lanyard::scanner {
namespace {

using namespace arrivals;

constexpr Size kFrame{1280, 720};
constexpr int kSeeds = 8;
constexpr std::uint64_t kSeed = 2026;
constexpr int kHalfASecond = 15;  // frames

struct Limit {
  std::string_view cause;
  double level;
  int least_at_once;  // of kSeeds that are held up: read on the first frame
  int least_soon;     // and within half a second
};
// To be raised with the reader. The first of a cause is what no reader may lose; the second is where this one
// stands, less one of those that were read.
constexpr std::array kLimits{
    Limit{"module px", 2, 8, 8},
    Limit{"module px", 1.6, 6, 7},
    Limit{"module px, inverted", 2, 8, 8},
    Limit{"module px, inverted", 1.8, 7, 7},
    Limit{"defocus px", 1.4, 8, 8},
    Limit{"defocus px", 1.8, 6, 7},
    Limit{"motion px", 5, 8, 8},
    Limit{"motion px", 6, 7, 7},
    Limit{"tilt degrees", 45, 8, 8},
    Limit{"tilt degrees", 60, 7, 7},
    Limit{"rotation degrees", 45, 8, 8},
    Limit{"rotation degrees", 180, 8, 8},
    Limit{"contrast levels", 80, 8, 8},
    Limit{"contrast levels", 60, 6, 7},
    Limit{"white level in the dark", 40, 8, 8},
    Limit{"white level in the dark", 18, 7, 7},
    Limit{"noise levels", 20, 8, 8},
    Limit{"noise levels", 40, 6, 7},
    Limit{"glare % of the code", 5, 8, 8},
    Limit{"glare % of the code", 10, 7, 7},
    Limit{"finger % of the code", 8, 7, 8},
    Limit{"finger % of the code", 15, 7, 7},
    Limit{"moire %", 20, 8, 8},
    Limit{"moire %", 30, 7, 7},
    Limit{"gradient %", 190, 8, 8},
};

// Time stands still: what is read does not hang on how busy the machine is.
std::chrono::steady_clock::time_point no_time() {
  return {};
}

// The frame on which it was read; kHalfASecond if on none.
int first_read(const Cause& cause, double level, std::uint64_t seed) {
  PropBox props(seed);
  const Prop& prop = props.for_cause(cause);
  const Hall hall(kFrame, seed_of(seed, "hall"));
  const auto shots = hold(trial(cause, level, prop, hall, seed), {.frames = kHalfASecond, .seed = seed});
  StreamOptions options;
  options.now = no_time;
  StreamReader reader(options);
  for (int i = 0; i < kHalfASecond; ++i) {
    const Shot& shot = shots[static_cast<std::size_t>(i)];
    const Picture picture = compose(shot.scene, shot.noise_seed);
    const auto symbols = reader.read(picture.view()).symbols;
    if (std::ranges::find(symbols, prop.text, &Symbol::text) != symbols.end()) return i;
  }
  return kHalfASecond;
}

TEST_CASE("what keeps a code from being read is borne up to its limit") {
  for (const Limit& limit : kLimits) {
    const auto cause = std::ranges::find(causes(), limit.cause, &Cause::name);
    REQUIRE(cause != causes().end());
    int at_once = 0;
    int soon = 0;
    for (std::uint64_t i = 0; i < kSeeds; ++i) {
      const int first = first_read(*cause, limit.level, kSeed + i);
      at_once += first == 0 ? 1 : 0;
      soon += first < kHalfASecond ? 1 : 0;
    }
    std::cout << limit.cause << ' ' << limit.level << ": of " << kSeeds << " read at once " << at_once
              << ", soon " << soon << '\n';
    CAPTURE(limit.cause);
    CAPTURE(limit.level);
    CHECK(at_once >= limit.least_at_once);
    CHECK(soon >= limit.least_soon);
  }
}

}  // namespace
}  // namespace lanyard::scanner
