// Delegates and what they hold up: from a line of the plan to a thing before the camera. Threads: reentrant.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "kiosk/badge/badge.hpp"
#include "sync/error.hpp"
#include "sync/record.hpp"
#include "tests/e2e/arrivals/plan.hpp"
#include "tests/e2e/arrivals/things.hpp"

namespace lanyard::arrivals {

struct Delegates {
  sync::EventInfo event;
  std::map<std::string, sync::Attendee, std::less<>> roster;
  Credentials credentials;
  kiosk::BadgeTemplate badge;
};

// Errors: invalid, with what is wrong with event (TOML) or roster (CSV), a line each.
[[nodiscard]] sync::Expected<sync::EventInfo> read_event(std::string_view toml, const std::string& file);
[[nodiscard]] sync::Expected<std::map<std::string, sync::Attendee, std::less<>>> read_roster(
    std::string_view csv, const sync::EventInfo& event);

struct Holding {
  Thing thing;
  std::string text;  // what a reader of its code has to say
};

// Errors: invalid, naming the attendee: not on the roster, without a credential, a text that no code holds,
// or a badge whose code cannot be read even off the page itself.
[[nodiscard]] sync::Expected<Holding> holding_of(const Arrival& arrival, const Delegates& delegates,
                                                 std::uint64_t seed);

}  // namespace lanyard::arrivals
