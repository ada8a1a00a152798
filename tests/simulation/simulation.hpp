// One seed, from its first arrival to the last check. Threads: one run at a time in a process.
#pragma once

#include <filesystem>

#include "tests/simulation/world.hpp"

namespace lanyard::simulation {

struct Outcome {
  std::uint64_t rows{0};  // of all kiosks
  std::uint64_t arrivals{0};
  std::array<std::uint64_t, kFaultCount> faults{};
  std::vector<World::Violation> violations;
  std::vector<std::string> trace;  // a line each, if it was asked for
};

// `folder` is for the run's databases: it is made, and removed again.
[[nodiscard]] Outcome simulate(const Options& options, const std::filesystem::path& folder);

}  // namespace lanyard::simulation
