// When a row was, at the hub: by the time that its device came to know, be it with a later row.
#include <algorithm>
#include <random>

#include "sync/presence.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

// A kiosk whose clock is off and that does not know by how much, until it refuses somebody.
class LateKnower {
 public:
  LateKnower(HubFixture& hub, std::chrono::milliseconds fast) : hub_(hub), fast_(fast) {}

  JournalRow write(RowKind kind, const std::string& attendee, std::chrono::milliseconds after) {
    return of(kind, attendee, after, std::nullopt);
  }
  JournalRow learn(std::chrono::milliseconds after) {
    return of(RowKind::refused, "", after, -fast_.count());
  }

 private:
  JournalRow of(RowKind kind, const std::string& attendee, std::chrono::milliseconds after,
                std::optional<std::int64_t> offset_ms) {
    JournalRow row = writer_.write(kind, attendee, hub_.now + after + fast_);
    row.monotonic_ms = after.count();
    row.offset_ms = offset_ms;
    return writer_.seal(row);
  }

  HubFixture& hub_;
  std::chrono::milliseconds fast_;
  RowWriter writer_{"north-1"};
};

bool is_inside(HubFixture& hub) {
  const auto rows = hub.store().moves_since(hub.now - 1h).value();
  return presence_of(rows, {}, hub.store().event().value()->zones).at("site").inside;
}

TEST_CASE("who is inside goes by the time that a kiosk came to know with a row about nobody") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  LateKnower at_north(hub, 5h);
  RowWriter at_south("south-2");
  const JournalRow entry = at_north.write(RowKind::admitted, "A1", 1min);
  hub.upload(north, {entry, at_north.learn(2min)});
  hub.upload(south, {at_south.write(RowKind::exited, "A1", hub.now + 3min)});
  CHECK_FALSE(is_inside(hub));
  // Not so in the journal itself: the row is there as it was signed off by its kiosk.
  CHECK(hub.store().rows_of_device("north-1", 0, 1).value().at(0) == entry);
  hub.upload(south, {at_south.write(RowKind::admitted, "A1", hub.now + 4min)});
  CHECK(is_inside(hub));
  CHECK(hub.alerts().empty());  // no second entry: the first was before the exit
}

TEST_CASE("a second entry is seen by the time that a kiosk came to know with a row about nobody") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  LateKnower at_north(hub, -48h);  // by that clock alone it was another day
  RowWriter at_south("south-2");
  hub.upload(north, {at_north.write(RowKind::admitted, "A1", 1min), at_north.learn(2min)});
  hub.upload(south, {at_south.write(RowKind::admitted, "A1", hub.now + 3min)});
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "double_entry");
}

TEST_CASE("a kiosk that learns the time late corrects all of its boot, past rows that were set aside") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  LateKnower at_north(hub, 5h);
  constexpr int kRows = 1200;  // a day cut off
  std::vector<JournalRow> batch;
  for (int i = 0; i < kRows; ++i) {
    batch.push_back(at_north.write(RowKind::admitted, "A" + std::to_string(i), i * 1s));
    if (batch.size() == kMaxBatchRows) {
      hub.upload(north, batch);
      batch.clear();
    }
  }
  JournalRow forged = at_north.write(RowKind::admitted, "A1", kRows * 1s);
  forged.attendee = "A2";
  batch.push_back(forged);
  batch.push_back(at_north.learn((kRows + 1) * 1s));
  hub.upload(north, batch);
  const auto rows = hub.store().moves_since(hub.now).value();
  REQUIRE(rows.size() == kRows);
  for (const JournalRow& row : rows) {
    REQUIRE(row.offset_ms == -std::chrono::milliseconds(5h).count());
    REQUIRE(corrected_time(hub.store(), row.id) == row.wall - 5h);
  }
}

TEST_CASE("a row that tells when those before it were has what they contradict looked at again") {
  HubFixture hub;
  RowWriter north("north-1");
  RowWriter south("south-2");
  const std::string north_token = hub.enrol("north-1");
  // A clock that was two days slow, and nobody who told it the time.
  JournalRow guessed = north.write(RowKind::admitted, "A1", hub.now - std::chrono::hours(48));
  guessed.offset_ms.reset();
  hub.upload(north_token, {north.seal(guessed)});
  hub.upload(hub.enrol("south-2"), {south.write(RowKind::admitted, "A1", hub.now)});
  CHECK(hub.alerts().empty());
  JournalRow told = north.write(RowKind::admitted, "B1", hub.now - std::chrono::hours(48));
  told.offset_ms = std::chrono::milliseconds(std::chrono::hours(48)).count();
  hub.upload(north_token, {north.seal(told)});
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts().front().row.attendee == "A1");
}

// Rows of boots that know the hub's time from the start, later, or never.
std::vector<JournalRow> rows_of_boots(unsigned seed, int count) {
  std::minstd_rand dice(seed);
  RowWriter writer("north-1");
  std::vector<JournalRow> rows;
  bool knows = false;
  std::string boot = "boot-0";
  const auto start = parse_rfc3339("2026-11-23T01:00:00Z").value();
  for (int i = 0; i < count; ++i) {
    if (dice() % 6 == 0) {
      boot = "boot-" + std::to_string(i);
      knows = false;
    }
    if (dice() % 4 == 0) knows = !knows;
    JournalRow row = writer.write(RowKind::admitted, "A" + std::to_string(dice() % 9),
                                  start + std::chrono::seconds(dice() % 3600));
    row.boot_id = dice() % 10 == 0 ? "" : boot;
    row.monotonic_ms = i * 1000 + static_cast<std::int64_t>(dice() % 500);
    row.offset_ms.reset();
    if (knows) row.offset_ms = static_cast<std::int64_t>(dice() % 100'000);
    rows.push_back(writer.seal(row));
  }
  return rows;
}

TEST_CASE("rows that are appended together stand where they stand when they come one by one") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U, 5U, 6U);
  CAPTURE(seed);
  const std::vector<JournalRow> rows = rows_of_boots(seed, 60);
  HubFixture one_by_one;
  HubFixture in_batches;
  std::vector<std::string> records;
  for (const JournalRow& row : rows) records.push_back(to_json(row));
  for (const JournalRow& row : rows) {
    REQUIRE(one_by_one.store().transact([&]() -> Expected<void> {
      return one_by_one.store().append(row, one_by_one.now).map([](std::int64_t) {});
    }));
  }
  std::minstd_rand dice(seed);
  for (std::size_t from = 0; from < rows.size();) {
    const std::size_t end = std::min(rows.size(), from + 1 + dice() % 20);
    std::vector<NewRow> some;
    for (std::size_t i = from; i < end; ++i) some.push_back({&rows[i], records[i]});
    REQUIRE(in_batches.store().transact([&]() -> Expected<void> {
      const auto places = in_batches.store().append_all(some, in_batches.now);
      if (!places) return tl::make_unexpected(places.error());
      CHECK(places->size() == some.size());
      for (std::size_t i = 0; i < places->size(); ++i)
        CHECK((*places)[i] == static_cast<std::int64_t>(from + i + 1));
      return {};
    }));
    from = end;
  }
  CHECK(in_batches.store().rows_of_device("north-1", 0, 100).value() == rows);
  for (const JournalRow& row : rows) {
    CHECK(corrected_time(in_batches.store(), row.id) == corrected_time(one_by_one.store(), row.id));
  }
  const auto head = in_batches.store().feed_head().value();
  CHECK(head.seq == static_cast<std::int64_t>(rows.size()));
}

}  // namespace
}  // namespace lanyard::sync::hub
