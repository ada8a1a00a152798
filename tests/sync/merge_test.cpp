#include "sync/merge.hpp"

#include <algorithm>

#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;
using Kind = Conflict::Kind;

// 09:00 at the venue, which is eight hours ahead.
const Timestamp kDawn = parse_rfc3339("2026-11-23T01:00:00Z").value();
const Calendar kEightAhead{"", 8h, {}, 0min};
const EntryRules kRules{{"lounge"}, {"vault"}, kEightAhead, {}};

class Doors {
 public:
  JournalRow row(int device, RowKind kind, std::chrono::milliseconds after, const std::string& zone = "site",
                 std::uint32_t generation = 1) {
    JournalRow made = writers_[device].write(kind, "A0042", kDawn + after, zone);
    made.generation = generation;
    made.hash = chain_hash(made);
    return made;
  }

 private:
  hub::RowWriter writers_[2]{hub::RowWriter("north-1"), hub::RowWriter("south-1")};
};

std::vector<Kind> kinds_of(std::vector<JournalRow> rows) {
  const auto forward = find_conflicts(rows, kRules);
  std::ranges::reverse(rows);  // the order in which they came is not to matter
  const auto reversed = find_conflicts(rows, kRules);
  std::vector<Kind> kinds;
  for (const Conflict& conflict : forward) kinds.push_back(conflict.kind);
  REQUIRE(reversed.size() == forward.size());
  for (std::size_t i = 0; i < forward.size(); ++i) {
    CHECK(reversed[i].kind == forward[i].kind);
    CHECK(reversed[i].earlier == forward[i].earlier);
    CHECK(reversed[i].later == forward[i].later);
  }
  return kinds;
}

TEST_CASE("a merge holds every row of both once, in one order") {
  Doors doors;
  std::vector<JournalRow> a{doors.row(0, RowKind::admitted, 0ms), doors.row(0, RowKind::exited, 5s)};
  std::vector<JournalRow> b{doors.row(1, RowKind::admitted, 2s), a[1]};
  const auto rows = merge(a, b);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0] == a[0]);
  CHECK(rows[1] == b[0]);
  CHECK(rows[2] == a[1]);
  CHECK(merge(b, a) == rows);
  CHECK(merge(rows, rows) == rows);
  CHECK(merge(rows, {}) == rows);
  CHECK(merge({}, {}).empty());
}

TEST_CASE("where two journals differ in a row the first is believed") {
  Doors doors;
  const JournalRow one = doors.row(0, RowKind::admitted, 0ms);
  JournalRow other = one;
  other.attendee = "A9999";
  CHECK(merge(std::span(&one, 1), std::span(&other, 1)).at(0).attendee == "A0042");
  CHECK(merge(std::span(&other, 1), std::span(&one, 1)).at(0).attendee == "A9999");
}

TEST_CASE("rows of one moment stand in the order of their devices") {
  Doors doors;
  const std::vector<JournalRow> south{doors.row(1, RowKind::admitted, 0ms)};
  const std::vector<JournalRow> north{doors.row(0, RowKind::admitted, 0ms)};
  CHECK(merge(south, north).at(0).device == "north-1");
}

TEST_CASE("two kiosks that admit one badge are a conflict with both rows in it") {
  Doors doors;
  const std::vector<JournalRow> rows{doors.row(0, RowKind::admitted, 0ms),
                                     doors.row(1, RowKind::admitted, 29s)};
  REQUIRE(kinds_of(rows) == std::vector{Kind::double_entry});
  const Conflict conflict = find_conflicts(rows, kRules).at(0);
  CHECK(conflict.earlier.row == rows[0]);
  CHECK(conflict.later.row == rows[1]);
  CHECK(describe(conflict, kEightAhead) ==
        "A0042 was admitted twice to site: main (north-1) 09:00:00 and main (south-1) 09:00:29");
}

TEST_CASE("a time in an alert is the hub's, whatever the kiosk's clock said") {
  Doors doors;
  std::vector<JournalRow> rows{doors.row(0, RowKind::admitted, 0ms), doors.row(1, RowKind::admitted, 29s)};
  rows[0].wall -= 1h;
  rows[0].offset_ms = 3'600'000;
  CHECK(describe(find_conflicts(rows, kRules).at(0), kEightAhead).find("(north-1) 09:00:00") !=
        std::string::npos);
}

TEST_CASE("one kiosk that admits twice is no conflict between kiosks") {
  Doors doors;
  CHECK(kinds_of({doors.row(0, RowKind::admitted, 0ms), doors.row(0, RowKind::admitted, 9s)}).empty());
}

TEST_CASE("after an exit or an annulment the next entry is no conflict") {
  for (const RowKind between : {RowKind::exited, RowKind::annulled}) {
    Doors doors;
    const JournalRow entry = doors.row(0, RowKind::admitted, 0ms);
    JournalRow undone = doors.row(0, between, 5s);
    undone.target = entry.id;
    CHECK(kinds_of({entry, undone, doors.row(1, RowKind::admitted, 9s)}).empty());
  }
}

TEST_CASE("an exit from another zone does not count") {
  Doors doors;
  CHECK(kinds_of({doors.row(0, RowKind::admitted, 0ms), doors.row(0, RowKind::exited, 5s, "lounge"),
                  doors.row(1, RowKind::admitted, 9s)}) == std::vector{Kind::double_entry});
}

TEST_CASE("entering where one may enter again is no conflict") {
  Doors doors;
  CHECK(kinds_of(
            {doors.row(0, RowKind::admitted, 0ms, "lounge"), doors.row(1, RowKind::admitted, 9s, "lounge")})
            .empty());
}

TEST_CASE("a missed exit does not outlast the day, but once is once") {
  const auto until_midnight = 15h;
  Doors doors;
  CHECK(kinds_of({doors.row(0, RowKind::admitted, 0ms), doors.row(1, RowKind::admitted, until_midnight)})
            .empty());
  Doors same_day;
  CHECK(kinds_of({same_day.row(0, RowKind::admitted, 0ms),
                  same_day.row(1, RowKind::admitted, until_midnight - 1ms)}) ==
        std::vector{Kind::double_entry});
  Doors once;
  CHECK(kinds_of({once.row(0, RowKind::admitted, 0ms, "vault"),
                  once.row(1, RowKind::admitted, until_midnight, "vault")}) ==
        std::vector{Kind::double_entry});
}

TEST_CASE("of three entries each is held against the one before it") {
  Doors doors;
  const std::vector<JournalRow> rows{doors.row(0, RowKind::admitted, 0ms),
                                     doors.row(1, RowKind::admitted, 5s),
                                     doors.row(0, RowKind::admitted, 9s)};
  CHECK(kinds_of(rows) == std::vector{Kind::double_entry, Kind::double_entry});
  CHECK(find_conflicts(rows, kRules).at(1).earlier.row == rows[1]);
}

TEST_CASE("two kiosks that issue one generation are a conflict, and one that issues two is none") {
  Doors doors;
  const std::vector<JournalRow> rows{doors.row(0, RowKind::reissued, 0ms, "site", 2),
                                     doors.row(1, RowKind::reissued, 9s, "site", 2)};
  REQUIRE(kinds_of(rows) == std::vector{Kind::double_reissue});
  CHECK(describe(find_conflicts(rows, kRules).at(0), kEightAhead) ==
        "Two badges of generation 2 were issued for A0042: main (north-1) 09:00:00 and main (south-1) "
        "09:00:09");
  Doors others;
  CHECK(kinds_of({others.row(0, RowKind::reissued, 0ms, "site", 2),
                  others.row(0, RowKind::reissued, 1s, "site", 3),
                  others.row(1, RowKind::reissued, 9s, "site", 4)})
            .empty());
}

TEST_CASE("an admission on a badge that was replaced elsewhere is a conflict") {
  Doors doors;
  const std::vector<JournalRow> rows{doors.row(0, RowKind::reissued, 0ms, "site", 2),
                                     doors.row(1, RowKind::admitted, 9s, "site", 1)};
  REQUIRE(kinds_of(rows) == std::vector{Kind::stale_admission});
  CHECK(describe(find_conflicts(rows, kRules).at(0), kEightAhead) ==
        "A0042 was admitted on a badge that had been replaced: replaced main (north-1) 09:00:00 and main "
        "(south-1) 09:00:09");
  Doors before;
  CHECK(kinds_of({before.row(1, RowKind::admitted, 0ms, "site", 1),
                  before.row(0, RowKind::reissued, 9s, "site", 2)})
            .empty());
  Doors living;
  CHECK(kinds_of({living.row(0, RowKind::reissued, 0ms, "site", 2),
                  living.row(1, RowKind::admitted, 9s, "site", 2)})
            .empty());
}

TEST_CASE("an admission on a badge that was stopped elsewhere is a conflict, and two stops are none") {
  Doors doors;
  const std::vector<JournalRow> rows{doors.row(0, RowKind::stopped, 0ms, "site", 2),
                                     doors.row(1, RowKind::admitted, 9s, "site", 1)};
  REQUIRE(kinds_of(rows) == std::vector{Kind::stale_admission});
  CHECK(describe(find_conflicts(rows, kRules).at(0), kEightAhead) ==
        "A0042 was admitted on a badge that had been stopped: stopped main (north-1) 09:00:00 and main "
        "(south-1) 09:00:09");
  Doors twice;
  CHECK(kinds_of(
            {twice.row(0, RowKind::stopped, 0ms, "site", 2), twice.row(1, RowKind::stopped, 9s, "site", 2)})
            .empty());
  Doors anew;  // a badge made after the stop
  CHECK(
      kinds_of({anew.row(0, RowKind::stopped, 0ms, "site", 2), anew.row(0, RowKind::reissued, 1s, "site", 3),
                anew.row(1, RowKind::admitted, 9s, "site", 3)})
          .empty());
  Doors undone;
  const JournalRow stop = undone.row(0, RowKind::stopped, 0ms, "site", 2);
  JournalRow annulled = undone.row(0, RowKind::annulled, 1s);
  annulled.target = stop.id;
  CHECK(kinds_of({stop, annulled, undone.row(1, RowKind::admitted, 9s, "site", 1)}).empty());
}

TEST_CASE("a conflict without a checkpoint still says where and when") {
  Doors doors;
  std::vector<JournalRow> rows{doors.row(0, RowKind::admitted, 0ms), doors.row(1, RowKind::admitted, 9s)};
  rows[0].checkpoint.clear();
  CHECK(describe(find_conflicts(rows, kRules).at(0), Calendar{}).find("site: (north-1) 01:00:00 and main") !=
        std::string::npos);
}

}  // namespace
}  // namespace lanyard::sync
