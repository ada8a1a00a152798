// How a day goes, counted from the journal of a real store; what a person should look at; what waits.
#include "sync/tally.hpp"

#include <algorithm>

#include "sync/credential.hpp"
#include "sync/erasure.hpp"
#include "sync/order.hpp"
#include "tests/sync/store_fixture.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;

// The venue's day, eight hours ahead of UTC: kMorning is nine o'clock of it.
const Timestamp kMidnight = kMorning - 9h;

class Day {
 public:
  Day() { REQUIRE(kept.store().note_contact(kMorning, measured(0s)).has_value()); }

  JournalRow here(RowKind kind, const std::string& who, Timestamp at = kMorning) {
    return kept.append(kind, who, at);
  }
  void hear(const std::vector<JournalRow>& rows) {
    REQUIRE(kept.store().apply(feed_of(rows, heard_)).has_value());
    heard_ += static_cast<std::int64_t>(rows.size());
  }
  [[nodiscard]] DayTally count() { return kept.store().tally("main", kMidnight, kMidnight + 24h).value(); }

  Kept kept;

 private:
  std::int64_t heard_{1};
};

JournalRow annulment(const JournalRow& target) {
  JournalRow row = moving(RowKind::annulled, target.attendee);
  row.target = target.id;
  return row;
}

TEST_CASE("people let in are counted once, and each time that they come in by half an hour") {
  Day day;
  day.here(RowKind::admitted, "A1", kMorning);
  day.here(RowKind::exited, "A1", kMorning + 5min);
  day.here(RowKind::admitted, "A1", kMorning + 29min);
  day.here(RowKind::admitted, "A2", kMorning + 30min);
  day.here(RowKind::refused, "A3", kMorning + 31min);
  const DayTally tally = day.count();
  CHECK(tally.here.people == 2);
  CHECK(tally.here.admissions == 3);
  CHECK(tally.here.refused == 1);
  CHECK(tally.everywhere == tally.here);
  REQUIRE(tally.slots.size() == 48);
  CHECK(tally.slots[18] == SlotCount{2, 2});
  CHECK(tally.slots[19] == SlotCount{1, 1});
}

TEST_CASE("other entrances count in the whole, and not here") {
  Day day;
  day.here(RowKind::admitted, "A1");
  hub::RowWriter lounge("south-1");
  day.hear({lounge.write(RowKind::admitted, "A1", kMorning, "lounge"),
            lounge.write(RowKind::admitted, "A2", kMorning, "lounge"),
            lounge.write(RowKind::refused, "A3", kMorning, "lounge"),
            lounge.write(RowKind::badge_printed, "A2", kMorning, "lounge")});
  // Another kiosk of this entrance is here too.
  hub::RowWriter beside("north-2");
  day.hear({beside.write(RowKind::admitted, "A4", kMorning + 1min)});
  const DayTally tally = day.count();
  CHECK(tally.here == DayCounts{2, 2, 0, 0});
  CHECK(tally.everywhere == DayCounts{3, 4, 1, 1});
  CHECK(tally.slots[18] == SlotCount{2, 4});
}

TEST_CASE("an entry that was taken back does not count, whoever tells of it first") {
  Day day;
  const JournalRow mistake = day.here(RowKind::admitted, "A1");
  day.here(RowKind::admitted, "A2");
  REQUIRE(day.kept.store().append(annulment(mistake), stamp_at(kMorning + 1min)).has_value());
  CHECK(day.count().here == DayCounts{1, 1, 0, 0});
  day.here(RowKind::admitted, "A1", kMorning + 2min);
  CHECK(day.count().here == DayCounts{2, 2, 0, 0});
  hub::RowWriter gate("south-1");
  const JournalRow entered = gate.write(RowKind::admitted, "A5", kMorning, "lounge");
  JournalRow undone = gate.write(RowKind::annulled, "A5", kMorning, "lounge");
  undone.target = entered.id;
  day.hear({undone});
  day.hear({entered});
  CHECK(day.count().everywhere.people == 2);
}

TEST_CASE("what was before the venue's day began is of another day") {
  Day day;
  day.here(RowKind::admitted, "A1", kMidnight - 1ms);
  day.here(RowKind::admitted, "A2", kMidnight);
  day.here(RowKind::admitted, "A3", kMidnight + 24h - 1ms);
  day.here(RowKind::admitted, "A4", kMidnight + 24h);
  const DayTally tally = day.count();
  CHECK(tally.here.people == 2);
  CHECK(tally.slots.front().here == 1);
  CHECK(tally.slots.back().here == 1);
  // A gala's night is of the day before it.
  const DayTally late = day.kept.store().tally("main", kMidnight + 4h, kMidnight + 28h).value();
  CHECK(late.here.people == 2);
  CHECK(late.slots.size() == 48);
}

TEST_CASE("a day on which the clocks change has a slot for each half hour that passes") {
  Day day;
  CHECK(day.kept.store().tally("main", kMidnight, kMidnight + 25h).value().slots.size() == 50);
  CHECK(day.kept.store().tally("main", kMidnight, kMidnight + 23h).value().slots.size() == 46);
  CHECK(day.kept.store().tally("main", kMidnight, kMidnight).value().slots.empty());
}

TEST_CASE("a row that did not know the hub's time stands where its boot leads to") {
  Day day;
  hub::RowWriter gate("south-1");
  JournalRow guessed = gate.write(RowKind::admitted, "A1", kMidnight - 5h, "lounge");  // a clock far behind
  guessed.offset_ms.reset();
  guessed = gate.seal(guessed);
  day.hear({guessed});
  CHECK(day.count().everywhere.people == 0);
  JournalRow known = gate.write(RowKind::refused, "A2", kMorning, "lounge");
  known.monotonic_ms = guessed.monotonic_ms + 60'000;
  known = gate.seal(known);
  day.hear({known});
  const DayTally tally = day.count();
  CHECK(tally.everywhere.people == 1);
  CHECK(tally.slots[17].everywhere == 1);
  CHECK(placed_at(guessed, std::span(&known, 1)) == kMorning - 1min);
}

TEST_CASE("a ticket's rows are its holder's as soon as the roster knows them") {
  Day day;
  Fingerprint print{};
  print.fill(7);
  day.here(RowKind::admitted, "A1");
  day.here(RowKind::admitted, ticket_subject(print), kMorning + 1min);
  CHECK(day.count().here.people == 2);
  RosterPage page = whole("e", 1, {"A1"});
  page.credentials = {{print, "A1", 1}};
  REQUIRE(day.kept.store().apply(page, kMorning).has_value());
  CHECK(day.count().here.people == 1);
  CHECK(day.count().here.admissions == 2);
}

TEST_CASE("somebody who was erased still came in, and once, though one row of theirs waits for the hub") {
  Day day;
  REQUIRE(day.kept.store().apply(whole("e", 1, {"A1", "A2"}), kMorning).has_value());
  day.here(RowKind::admitted, "A1");
  REQUIRE(day.kept.store().apply(std::vector<RowAnswer>{{1, RowAnswerKind::accepted, 9, {}}}).has_value());
  day.here(RowKind::admitted, "A1", kMorning + 1min);
  RosterPage page;
  page.epoch = "e";
  page.next = 2;
  page.erased = {ErasedId{fingerprint("A1", identity_of("north-1").fingerprint_key),
                          pseudonym_of(std::array<std::uint8_t, 16>{1, 2, 3})}};
  REQUIRE(day.kept.store().apply(page, kMorning).has_value());
  const auto rows = day.kept.store().own_rows(0, 10).value();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].erased);
  CHECK(rows[0].attendee != rows[1].attendee);
  CHECK(day.count().here == DayCounts{1, 2, 0, 0});
}

TEST_CASE("a badge that this device failed to print is owed until one comes out of any printer") {
  Day day;
  day.here(RowKind::badge_failed, "A1");
  day.here(RowKind::badge_failed, "A1", kMorning + 1min);
  day.here(RowKind::badge_failed, "A2", kMorning + 2min);
  CHECK(day.count().badges_owed == 2);
  day.here(RowKind::badge_printed, "A1", kMorning + 3min);
  CHECK(day.count().badges_owed == 1);
  hub::RowWriter lounge("south-1");
  // Owed elsewhere is no matter of this printer.
  day.hear({lounge.write(RowKind::badge_failed, "A7", kMorning, "lounge"),
            lounge.write(RowKind::badge_printed, "A2", kMorning + 9min, "lounge")});
  CHECK(day.count().badges_owed == 0);
  CHECK(day.count().everywhere.badges == 2);
}

TEST_CASE("alerts come the newest first, those of others among them, and no more than asked for") {
  Day day;
  const auto alert = [](RowKind kind, const char* rule, const char* who) {
    JournalRow row = moving(kind, who);
    row.rule = rule;
    return row;
  };
  Store& store = day.kept.store();
  REQUIRE(store.append(alert(RowKind::alert, "staff.wrong_pin", ""), stamp_at(kMorning)).has_value());
  day.here(RowKind::admitted, "A1", kMorning + 1min);
  hub::RowWriter gate("hub");
  JournalRow double_entry = gate.write(RowKind::alert, "A1", kMorning + 2min);
  double_entry.rule = "double_entry";
  day.hear({gate.seal(double_entry)});
  REQUIRE(
      store.append(alert(RowKind::alert, "scan.unknown_codes", ""), stamp_at(kMorning + 3min)).has_value());
  const auto alerts = store.newest_alerts(10).value();
  REQUIRE(alerts.size() == 3);
  CHECK(alerts[0].rule == "scan.unknown_codes");
  CHECK(alerts[1].rule == "double_entry");
  CHECK(alerts[2].rule == "staff.wrong_pin");
  CHECK(store.newest_alerts(1).value().size() == 1);
}

TEST_CASE("the oldest row that the hub has not heard of says since when it waits") {
  Day day;
  Store& store = day.kept.store();
  CHECK_FALSE(store.oldest_unsent().value());
  day.here(RowKind::admitted, "A1", kMorning);
  day.here(RowKind::admitted, "A2", kMorning + 7min);
  CHECK(store.oldest_unsent().value() == kMorning);
  const std::vector<RowAnswer> answers{{1, RowAnswerKind::rejected, 0, "differs"}};
  REQUIRE(store.apply(answers).has_value());
  CHECK(store.oldest_unsent().value() == kMorning + 7min);
}

TEST_CASE("a store without rows, and one that nobody has enrolled, counts nothing") {
  hub::TemporaryFolder folder;
  Store store = Store::open(folder.path() / "store.db").value();
  const DayTally tally = store.tally("main", kMidnight, kMidnight + 24h).value();
  CHECK(tally.everywhere == DayCounts{});
  CHECK(tally.slots.size() == 48);
  CHECK(store.newest_alerts(10).value().empty());
  CHECK_FALSE(store.oldest_unsent().value());
}

}  // namespace
}  // namespace lanyard::sync
