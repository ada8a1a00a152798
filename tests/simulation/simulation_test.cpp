// The simulation itself: what a seed promises.
#include "tests/simulation/simulation.hpp"

#include <algorithm>

#include <unistd.h>

#include "sync/log.hpp"
#include "sync/sqlite_file.hpp"
#include "tests/catch.hpp"
#include "tests/simulation/disk.hpp"
#include "tests/simulation/tap.hpp"

namespace lanyard::simulation {
namespace {

Outcome play(std::uint64_t seed, bool with_faults = true) {
  log::set_level(log::Level::off);
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

// How many of 20 rows are there after a loss of power.
int rows_that_stay(const std::string& synchronous, std::uint64_t seed) {
  const std::filesystem::path file = "/a disk/store.db";
  disk::mount();
  disk::clear();
  Tap tap;
  const auto open = [&] {
    return tap.watch([&] { return sync::open_sqlite(file, {}, std::chrono::milliseconds(0)); });
  };
  {
    const auto db = open();
    REQUIRE(db.has_value());
    (void)tap.read("CREATE TABLE row (number)");
    (void)tap.read("PRAGMA synchronous = " + synchronous);
    for (int i = 0; i < 20; ++i) (void)tap.read("INSERT INTO row VALUES (1)");
  }
  Dice dice(seed);
  disk::lose_power(file.parent_path(), dice);
  const auto db = open();
  REQUIRE(db.has_value());
  return std::stoi(tap.read("SELECT CAST(count(*) AS TEXT) FROM row").at(0).at(0));
}

TEST_CASE("a loss of power takes of a simulated disk what nobody has waited for, and no more") {
  int least = 20;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CHECK(rows_that_stay("FULL", seed) == 20);
    const int left = rows_that_stay("OFF", seed);
    CHECK(left >= 0);
    least = std::min(least, left);
  }
  CHECK(least < 20);
  disk::clear();
}

}  // namespace
}  // namespace lanyard::simulation
