#include "sync/plan.hpp"

#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;
const SteadyTime kNow = SteadyTime(std::chrono::hours(1));

// All done a moment ago, nothing waiting.
SyncState settled() {
  SyncState state;
  state.feed_at = state.roster_at = state.heartbeat_at = kNow;
  return state;
}

template <class T>
bool is(const Action& action) {
  return std::holds_alternative<T>(action);
}

TEST_CASE("a kiosk that never had a roster asks for it before anything but its own rows are sent") {
  SyncState state;
  CHECK(is<PullRoster>(next(state, {}, kNow)));
  state.roster_more = true;
  state.unsent = 5;
  CHECK(is<Push>(next(state, {}, kNow)));
}

TEST_CASE("own rows go before the rows of others and those before the rest") {
  SyncState state = settled();
  state.feed_at = state.roster_at = state.heartbeat_at = kNow - 1h;
  state.unsent = 1;
  CHECK(is<Push>(next(state, {}, kNow)));
  state.unsent = 0;
  CHECK(is<PullFeed>(next(state, {}, kNow)));
  state.feed_at = kNow;
  CHECK(is<PullRoster>(next(state, {}, kNow)));
  state.roster_at = kNow;
  CHECK(is<Beat>(next(state, {}, kNow)));
  state.heartbeat_at = kNow;
  CHECK(is<Wait>(next(state, {}, kNow)));
}

TEST_CASE("a page that says there is more is followed at once") {
  SyncState state = settled();
  state.feed_more = true;
  CHECK(is<PullFeed>(next(state, {}, kNow)));
  state.feed_more = false;
  state.roster_more = true;
  CHECK(is<PullRoster>(next(state, {}, kNow)));
}

TEST_CASE("with nothing to do it waits until the first thing is due") {
  const Action action = next(settled(), {}, kNow);
  REQUIRE(is<Wait>(action));
  CHECK(std::get<Wait>(action).until == kNow + 1000ms);
  CHECK(is<PullFeed>(next(settled(), {}, kNow + 1000ms)));
}

TEST_CASE("after a failure it waits with full jitter that doubles up to a limit") {
  const Pace pace;
  SyncState state = settled();
  CHECK(failed(state, pace, kNow, 0.0, {}).not_before == kNow);
  CHECK(failed(state, pace, kNow, 0.5, {}).not_before == kNow + 250ms);
  state.failures = 3;
  CHECK(failed(state, pace, kNow, 0.5, {}).not_before == kNow + 2000ms);
  state.failures = 1'000'000;
  CHECK(failed(state, pace, kNow, 0.5, {}).not_before == kNow + 15000ms);
  CHECK(failed(state, pace, kNow, 0.5, {}).failures == 1'000'001);
  state.unsent = 9;
  const SyncState later = failed(state, pace, kNow, 0.5, {});
  CHECK(is<Wait>(next(later, pace, kNow + 14s)));
  CHECK_FALSE(is<Wait>(next(later, pace, kNow + 15s)));
}

TEST_CASE("a hub's Retry-After is a floor with jitter on top, and not without end") {
  const SyncState state = settled();
  CHECK(failed(state, {}, kNow, 0.5, 7s).not_before == kNow + 7250ms);
  CHECK(failed(state, {}, kNow, 0.0, 1'000'000s).not_before == kNow + 300s);
  CHECK(failed(state, {}, kNow, 0.0, -5s).not_before == kNow);
}

TEST_CASE("one thing that always fails does not keep the others from their turn") {
  SyncState state;  // no roster, and it cannot be read
  state.unsent = 1;
  CHECK(is<Push>(next(state, {}, kNow)));
  state = failed(state, {}, kNow, 0.0, {});
  CHECK(is<PullRoster>(next(state, {}, kNow)));
  state = failed(state, {}, kNow, 0.0, {});
  CHECK(is<PullFeed>(next(state, {}, kNow)));
}

}  // namespace
}  // namespace lanyard::sync
