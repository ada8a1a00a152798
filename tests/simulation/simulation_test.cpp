// The simulation itself: what a seed promises.
#include "tests/simulation/simulation.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "tests/catch.hpp"

namespace lanyard::simulation {
namespace {

Outcome play(std::uint64_t seed, bool with_faults = true) {
  spdlog::set_level(spdlog::level::off);
  Options options = usual_options();
  options.seed = seed;
  options.arrivals = 150;
  options.trace = true;
  options.faults.fill(with_faults);
  return simulate(options, std::filesystem::temp_directory_path() /
                               ("lanyard-simulation-test-" + std::to_string(::getpid())));
}

TEST_CASE("the same seed gives the same trace to the byte, and another seed another") {
  const Outcome first = play(7);
  CHECK(first.violations.empty());
  CHECK(first.trace.size() > 100);
  CHECK(play(7).trace == first.trace);
  CHECK(play(8).trace != first.trace);
}

TEST_CASE("faults that are turned off do not happen, and as many people come") {
  const Outcome calm = play(7, false);
  CHECK(calm.violations.empty());
  CHECK(calm.arrivals == 150);
  CHECK(std::ranges::all_of(calm.faults, [](std::uint64_t count) { return count == 0; }));
}

}  // namespace
}  // namespace lanyard::simulation
