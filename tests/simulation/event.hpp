// The event of a seed: zones within each other, doors of every mode, limits that are reached, and its people.
#pragma once

#include <string>
#include <vector>

#include "sync/credential.hpp"
#include "sync/record.hpp"
#include "tests/simulation/dice.hpp"

namespace lanyard::simulation {

struct Plan {
  sync::EventInfo event;
  std::vector<sync::Checkpoint> checkpoints;
};
[[nodiscard]] Plan plan_of(Dice dice);

// Whoever comes: as the office has them, and what they hold in their hands.
struct Person {
  sync::Attendee attendee;
  std::string code;                        // that the registration sent them, or ""
  std::vector<std::string> badges;         // the newest last
  std::vector<std::uint32_t> generations;  // of the badges
  bool listed{true};                       // on the roster
};
// Some of them are to be on the roster later.
[[nodiscard]] std::vector<Person> people_of(Dice dice, std::size_t count);

// Where the kiosks of a seed stand, in turn.
[[nodiscard]] std::vector<std::string> places_of(Dice dice, std::size_t kiosks);

}  // namespace lanyard::simulation
