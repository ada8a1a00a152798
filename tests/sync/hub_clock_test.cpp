#include "sync/hub_clock.hpp"

#include "tests/sync/store_fixture.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;

RowStamp stamp(std::chrono::milliseconds passed, std::chrono::milliseconds wall_ahead) {
  RowStamp made = stamp_at(kMorning + passed);
  made.now += wall_ahead;
  return made;
}

ClockMeasure measure_when_ahead_by(std::chrono::milliseconds ahead) {
  return {-ahead.count(), "boot-1", kMorning.time_since_epoch().count()};
}

TEST_CASE("a step of the wall clock changes nothing of the hub's time within a boot") {
  const auto measure = measure_when_ahead_by(2h);
  for (const auto ahead : {2h, 0h, -72h, 24h * 365}) {
    const HubTime time = hub_time(measure, stamp(10min, ahead));
    CHECK(time.now == kMorning + 10min);
    CHECK(time.offset_ms == -std::chrono::milliseconds(ahead).count());
  }
}

TEST_CASE("after a start anew the difference of before is a guess, and not one for a synchronised clock") {
  RowStamp after = stamp(10min, 2h);
  after.boot_id = "boot-2";
  const HubTime guess = hub_time(measure_when_ahead_by(2h), after);
  CHECK(guess.now == kMorning + 10min);
  CHECK_FALSE(guess.offset_ms.has_value());
  after.now -= 2h;
  after.clock_synchronised = true;
  const HubTime kept = hub_time(measure_when_ahead_by(2h), after);
  CHECK(kept.now == kMorning + 10min);
  CHECK_FALSE(kept.offset_ms.has_value());
}

TEST_CASE("a guess is never earlier than the last hub's time that was known, and the time since the start") {
  RowStamp after = stamp(10min, -72h);  // its battery is empty
  after.boot_id = "boot-2";
  after.monotonic_ms = std::chrono::milliseconds(2min).count();
  const Timestamp known = kMorning + 9min;
  CHECK(hub_time(measure_when_ahead_by(0h), after, known).now == known + 2min);
  after.now = kMorning + 20min;
  CHECK(hub_time(measure_when_ahead_by(0h), after, known).now == kMorning + 20min);
  // In the boot of the measure there is nothing to guess, and where boots have no ids nothing to go by.
  CHECK(hub_time(measure_when_ahead_by(0h), stamp(10min, 0h), kMorning + 5h).now == kMorning + 10min);
  ClockMeasure nameless = measure_when_ahead_by(0h);
  nameless.boot_id.clear();
  CHECK(hub_time(nameless, after, kMorning + 5h).now == kMorning + 20min);
}

TEST_CASE("the last time that was known is that of the hub's answer, and of each row after it") {
  Kept kept;
  REQUIRE(kept.store().note_contact(kMorning, measured(2h)).has_value());
  CHECK(kept.store().standing().value().known_time == kMorning + 2h);
  kept.append(RowKind::admitted, "A1", kMorning + 10min);
  CHECK(kept.store().standing().value().known_time == kMorning + 2h + 10min);
  kept.reopen();
  RowStamp after = stamp_at(kMorning + 11min);
  after.boot_id = "boot-2";
  REQUIRE(kept.store().append(moving(RowKind::admitted, "A2"), after).has_value());
  CHECK(kept.store().standing().value().known_time == kMorning + 2h + 10min);  // a guess is no knowledge
}

TEST_CASE("a machine that tells no boot id is never taken for the boot of the measure") {
  ClockMeasure measure = measure_when_ahead_by(2h);
  measure.boot_id.clear();
  RowStamp now = stamp(10min, 2h);
  now.boot_id.clear();
  CHECK_FALSE(hub_time(measure, now).offset_ms.has_value());
}

TEST_CASE("before the first measure the wall clock is all there is") {
  const HubTime time = hub_time({}, stamp(0ms, 3h));
  CHECK(time.now == kMorning + 3h);
  CHECK_FALSE(time.offset_ms.has_value());
}

TEST_CASE("what was measured is known again after a start of the program") {
  Kept kept;
  const ClockMeasure measure{-7'200'000, "boot-7", 1'795'000'000'123};
  REQUIRE(kept.store().note_contact(kMorning, measure).has_value());
  REQUIRE(kept.store().note_contact(kMorning + 1s, {}).has_value());  // too slow an answer to measure by
  kept.reopen();
  CHECK(kept.store().standing().value().clock == measure);
}

}  // namespace
}  // namespace lanyard::sync
