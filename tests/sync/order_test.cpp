#include "sync/order.hpp"

#include <algorithm>

#include "tests/sync/store_fixture.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;

// A kiosk whose wall clock is wrong, and who may or may not know by how much.
class Door {
 public:
  explicit Door(std::string device, std::chrono::milliseconds ahead = 0ms)
      : writer_(std::move(device)), ahead_(ahead) {}

  bool knows{true};
  std::string boot{"boot-1"};

  JournalRow row(RowKind kind, std::chrono::milliseconds after) {
    JournalRow made = writer_.write(kind, "A0001", kMorning + after + ahead_);
    made.boot_id = boot;
    made.monotonic_ms = (after + 1h).count();
    made.offset_ms.reset();
    if (knows) made.offset_ms = -ahead_.count();
    made.id = uuid7(made.wall, {static_cast<std::uint8_t>(made.device.front()), ++count_});
    made.hash = chain_hash(made);
    return made;
  }

 private:
  hub::RowWriter writer_;
  std::chrono::milliseconds ahead_;
  std::uint8_t count_{0};
};

std::vector<RowKind> row_kinds_of(const std::vector<JournalRow>& rows) {
  std::vector<RowKind> kinds;
  for (const PlacedRow& placed : in_order(rows, {})) kinds.push_back(placed.row.kind);
  return kinds;
}

const std::vector kInThenOut{RowKind::admitted, RowKind::exited};

// The same on every kiosk, whatever came first.
std::vector<Presence> presences_of(std::vector<JournalRow> rows) {
  std::vector<Presence> all;
  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  do {
    Kept kept;
    for (const std::size_t i : order) REQUIRE(kept.store().apply(feed_of({rows[i]})).has_value());
    all.push_back(kept.store().presence("A0001", "site").value());
  } while (std::next_permutation(order.begin(), order.end()));
  return all;
}

TEST_CASE("an exit after an entry at a kiosk whose clock is fast leaves nobody inside") {
  Door ahead("east-1", 30min);
  Door right("south-1");
  const std::vector rows{ahead.row(RowKind::admitted, 0ms), right.row(RowKind::exited, 2s)};
  CHECK(row_kinds_of(rows) == kInThenOut);
  for (const Presence& presence : presences_of(rows)) {
    CHECK_FALSE(presence.inside);
    CHECK(presence.last_entry == kMorning);
    CHECK(presence.last_exit == kMorning + 2s);
  }
}

TEST_CASE("a row that did not know the time is placed by a later row of the same boot that did") {
  Door ahead("east-1", 30min);
  Door right("south-1");
  ahead.knows = false;
  const JournalRow entry = ahead.row(RowKind::admitted, 0ms);
  const JournalRow exit = right.row(RowKind::exited, 2s);
  CHECK(row_kinds_of({entry, exit}) != kInThenOut);  // as far as anybody can know
  ahead.knows = true;
  JournalRow later = ahead.row(RowKind::refused, 10min);  // of whomever
  later.attendee = "A0002";
  const auto placed = in_order({entry, exit}, std::vector{later});
  CHECK(placed.at(0) == PlacedRow{kMorning, entry});
  CHECK(placed.at(1) == PlacedRow{kMorning + 2s, exit});
  for (const Presence& presence : presences_of({entry, exit, later})) {
    CHECK_FALSE(presence.inside);
    CHECK(presence.last_entry == kMorning);
  }
}

TEST_CASE("of another boot nothing is inferred but that it was earlier") {
  Door ahead("east-1", 72h);
  ahead.knows = false;
  const JournalRow entry = ahead.row(RowKind::admitted, 0ms);
  ahead.boot = "boot-2";
  ahead.knows = true;
  const JournalRow exit = ahead.row(RowKind::exited, 1h);
  Door right("south-1");
  const JournalRow again = right.row(RowKind::admitted, 2h);
  CHECK(row_kinds_of({again, exit, entry}) ==
        std::vector{RowKind::admitted, RowKind::exited, RowKind::admitted});
  for (const Presence& presence : presences_of({entry, exit, again})) {
    CHECK(presence.inside);
    CHECK(presence.entries == 2);
    CHECK(presence.last_entry == kMorning + 2h);
  }
}

TEST_CASE("rows of one device keep their order, however its clock was corrected between them") {
  Door door("east-1");
  const JournalRow entry = door.row(RowKind::admitted, 0ms);
  JournalRow exit = door.row(RowKind::exited, 5ms);
  *exit.offset_ms -= 40;  // the hub's clock was measured anew
  CHECK(row_kinds_of({exit, entry}) == kInThenOut);
}

TEST_CASE("a kiosk that lost its clock still stands behind what it had heard of") {
  Door right("south-1");
  const JournalRow before = right.row(RowKind::exited, 0ms);
  JournalRow entry = Door("east-1", -8h).row(RowKind::admitted, 1min);
  entry.offset_ms.reset();
  entry.hlc = hlc_next(before.hlc, entry.wall);
  CHECK(row_kinds_of({entry, before}) == std::vector{RowKind::exited, RowKind::admitted});
}

TEST_CASE("a kiosk's own rows are in the order of the hub's time from the start") {
  Kept kept;
  REQUIRE(kept.store().note_contact(kMorning, measured(-30min)).has_value());
  const JournalRow row = kept.append(RowKind::admitted, "A0001", kMorning + 1h);
  CHECK(row.hlc.wall_ms == (kMorning + 30min).time_since_epoch().count());
  CHECK(row.offset_ms == -1'800'000);
}

TEST_CASE("a row by itself stands where it would as the only one in order") {
  Door door("east-1", 30min);
  const JournalRow first = door.row(RowKind::admitted, 0ms);
  door.knows = false;
  const JournalRow second = door.row(RowKind::exited, 1min);
  door.boot = "boot-2";
  const JournalRow other = door.row(RowKind::admitted, 2min);
  const std::vector<JournalRow> references{first};
  for (const JournalRow& row : {first, second, other}) {
    CHECK(placed_at(row, references) == in_order({row}, references).front().at);
    CHECK(placed_at(row, {}) == in_order({row}, {}).front().at);
  }
}

}  // namespace
}  // namespace lanyard::sync
