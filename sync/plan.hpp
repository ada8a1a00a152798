// What the sync daemon does next. PURE: time and randomness are arguments. Threads: reentrant.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>

namespace lanyard::sync {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Pace {
  std::chrono::milliseconds feed_every{1000};
  std::chrono::milliseconds roster_every{5000};
  std::chrono::milliseconds heartbeat_every{15000};
  std::chrono::milliseconds back_off_first{500};
  std::chrono::milliseconds back_off_most{30000};
};

struct SyncState {
  std::uint64_t unsent{0};  // rows waiting, but for rejected ones
  bool feed_more{false};    // the last page of the feed said that there is more
  bool roster_more{false};
  std::optional<SteadyTime> feed_at, roster_at, heartbeat_at;  // when each last succeeded
  int failures{0};                                             // in a row, of any request
  SteadyTime not_before{};                                     // set by `failed`
};

struct Push {};
struct PullFeed {};
struct PullRoster {};
struct Beat {};
struct Wait {
  SteadyTime until{};
};
using Action = std::variant<Push, PullFeed, PullRoster, Beat, Wait>;

// Own rows first, since they are nowhere else; then the roster if there has been none since the start, then
// the others' rows, then the rest.
[[nodiscard]] Action next(const SyncState&, const Pace&, SteadyTime now);

// After a failure: full jitter, random(0, min(most, first * 2^failures)); `retry_after` is a floor to which
// the jitter is added. `random01` is in [0, 1).
[[nodiscard]] SyncState failed(SyncState, const Pace&, SteadyTime now, double random01,
                               std::optional<std::chrono::seconds> retry_after);

}  // namespace lanyard::sync
