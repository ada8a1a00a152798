#include "sync/plan.hpp"

#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;
const SteadyTime kNow = SteadyTime(std::chrono::hours(1));

// All done a moment ago, nothing waiting.
CarrierState settled() {
  CarrierState state;
  state.roster_at = state.heartbeat_at = kNow;
  return state;
}

template <class T, class Action>
bool is(const Action& action) {
  return std::holds_alternative<T>(action);
}

TEST_CASE("a kiosk that never had a roster asks for it before anything but its own rows are sent") {
  CarrierState state;
  CHECK(is<PullRoster>(next(state, {}, {}, kNow)));
  state.roster_more = true;
  state.unsent = 5;
  CHECK(is<Push>(next(state, {}, {}, kNow)));
}

TEST_CASE("own rows go before the roster and that before the rest") {
  CarrierState state = settled();
  state.roster_at = state.heartbeat_at = kNow - 1h;
  state.unsent = 1;
  CHECK(is<Push>(next(state, {}, {}, kNow)));
  state.unsent = 0;
  CHECK(is<PullRoster>(next(state, {}, {}, kNow)));
  state.roster_at = kNow;
  CHECK(is<Beat>(next(state, {}, {}, kNow)));
  state.heartbeat_at = kNow;
  CHECK(is<Wait>(next(state, {}, {}, kNow)));
}

TEST_CASE("a roster of which there is more, or a newer one, is asked for at once") {
  CarrierState state = settled();
  state.roster_more = true;
  CHECK(is<PullRoster>(next(state, {}, {}, kNow)));
  state.roster_more = false;
  state.roster_stale = true;
  CHECK(is<PullRoster>(next(state, {}, {}, kNow)));
}

TEST_CASE("with nothing to do it waits until the first thing is due") {
  const CarrierAction action = next(settled(), {}, {}, kNow);
  REQUIRE(is<Wait>(action));
  CHECK(std::get<Wait>(action).until == kNow + 15s);
  CHECK(is<Beat>(next(settled(), {}, {}, kNow + 15s)));
}

TEST_CASE("the others' rows are asked for again at once, unless the hub does not wait for any") {
  FollowerState state;
  const FollowerAction first = next(state, {}, {}, kNow);
  REQUIRE(is<Listen>(first));
  CHECK(std::get<Listen>(first).wait == 25s);
  state.asked_at = kNow;
  CHECK(is<Listen>(next(state, {}, {}, kNow)));
  state.empty_at_once = true;
  const FollowerAction later = next(state, {}, {}, kNow);
  REQUIRE(is<Wait>(later));
  CHECK(std::get<Wait>(later).until == kNow + 1000ms);
  CHECK(is<Listen>(next(state, {}, {}, kNow + 1000ms)));
}

TEST_CASE("after a failure it waits with full jitter that doubles up to a limit") {
  const Pace pace;
  CHECK(failed({}, pace, kNow, 0.0, {}).not_before == kNow);
  CHECK(failed({}, pace, kNow, 0.5, {}).not_before == kNow + 250ms);
  CHECK(failed({3, {}}, pace, kNow, 0.5, {}).not_before == kNow + 2000ms);
  const BackOff long_gone = failed({1'000'000, {}}, pace, kNow, 0.5, {});
  CHECK(long_gone.not_before == kNow + 15000ms);
  CHECK(long_gone.failures == 1'000'001);
  CarrierState state = settled();
  state.unsent = 9;
  CHECK(is<Wait>(next(state, long_gone, pace, kNow + 14s)));
  CHECK_FALSE(is<Wait>(next(state, long_gone, pace, kNow + 15s)));
  CHECK(is<Wait>(next(FollowerState{}, long_gone, pace, kNow + 14s)));
  CHECK(is<Listen>(next(FollowerState{}, long_gone, pace, kNow + 15s)));
}

TEST_CASE("a hub's Retry-After is a floor with jitter on top, and not without end") {
  CHECK(failed({}, {}, kNow, 0.5, 7s).not_before == kNow + 7250ms);
  CHECK(failed({}, {}, kNow, 0.0, 1'000'000s).not_before == kNow + 300s);
  CHECK(failed({}, {}, kNow, 0.0, -5s).not_before == kNow);
}

TEST_CASE("one thing that always fails does not keep the others from their turn") {
  CarrierState state;  // no roster, and it cannot be read
  state.unsent = 1;
  BackOff back_off;
  CHECK(is<Push>(next(state, back_off, {}, kNow)));
  back_off = failed(back_off, {}, kNow, 0.0, {});
  CHECK(is<PullRoster>(next(state, back_off, {}, kNow)));
  back_off = failed(back_off, {}, kNow, 0.0, {});
  CHECK(is<Beat>(next(state, back_off, {}, kNow)));
}

TEST_CASE("a hub that begins its roster anew before the end of the last is not asked on at once") {
  CarrierState state = settled();
  state.roster_stale = true;
  CHECK(note_roster_page(state, true, true, kNow));  // a whole roster, of several pages
  CHECK(note_roster_page(state, false, true, kNow));
  CHECK_FALSE(note_roster_page(state, true, true, kNow));
  CHECK(is<PullRoster>(next(state, {}, {}, kNow)));
  CHECK_FALSE(state.photo_due);
  CHECK(note_roster_page(state, true, false, kNow + 1s));  // however it came, it is whole
  CHECK(state.roster_at == kNow + 1s);
  CHECK_FALSE(state.roster_stale);
  CHECK(is<PullPhoto>(next(state, {}, {}, kNow)));
}

TEST_CASE("photos come behind everything else, with a pause as long as the last took") {
  Pace pace;
  CarrierState state = settled();
  REQUIRE(note_roster_page(state, false, false, kNow));
  CHECK(is<PullPhoto>(next(state, {}, pace, kNow)));
  state.unsent = 1;
  CHECK(is<Push>(next(state, {}, pace, kNow)));
  state.unsent = 0;
  note_photo(state, "a", false, pace, kNow, 5s);
  CHECK(is<PullPhoto>(next(state, {}, pace, kNow)));  // where no pace is said, at once

  pace.photo_every = 100ms;
  const auto waits_until = [&](std::optional<std::chrono::milliseconds> took) {
    note_photo(state, "b", false, pace, kNow, took);
    const CarrierAction action = next(state, {}, pace, kNow);
    REQUIRE(is<Wait>(action));
    CHECK(is<PullPhoto>(next(state, {}, pace, std::get<Wait>(action).until)));
    return std::get<Wait>(action).until;
  };
  CHECK(waits_until(20ms) == kNow + 100ms);
  CHECK(waits_until(3s) == kNow + 3s);
  CHECK(waits_until(std::nullopt) == kNow + 100ms);
  note_no_photo_missing(state);
  CHECK(std::get<Wait>(next(state, {}, pace, kNow)).until == kNow + 15s);
  CHECK(state.photo_asked.empty());
}

TEST_CASE("of photos that the hub lacks a few are asked for in one look, and others in the next") {
  CarrierState state = settled();
  REQUIRE(note_roster_page(state, false, false, kNow));
  for (int i = 0; i < kMaxPhotosLacked; ++i) {
    CHECK(is<PullPhoto>(next(state, {}, {}, kNow)));
    note_photo(state, "n" + std::to_string(i), true, {}, kNow, 1ms);
    if (i % 2 == 0) note_photo(state, "n" + std::to_string(i) + "x", false, {}, kNow, 1ms);
  }
  CHECK(is<Wait>(next(state, {}, {}, kNow)));
  REQUIRE(note_roster_page(state, false, false, kNow));
  CHECK(is<PullPhoto>(next(state, {}, {}, kNow)));
  CHECK(state.photo_asked == "n19");
}

TEST_CASE("what does not come through is halved, and what was quick is doubled") {
  CHECK(next_size(500, 500, 500, std::nullopt) == 250);
  CHECK(next_size(500, 7, 500, std::nullopt) == 3);
  CHECK(next_size(1, 1, 500, std::nullopt) == 1);
  CHECK(next_size(64, 64, 500, 12s) == 32);
  CHECK(next_size(64, 64, 500, 5s) == 64);
  CHECK(next_size(64, 64, 500, 1s) == 128);
  CHECK(next_size(400, 2, 500, 1s) == 500);
}

}  // namespace
}  // namespace lanyard::sync
