// The kiosk's store on a real disk: what is kept, what is undone, and where it stands with the hub.
#include "sync/store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/chain.hpp"
#include "tests/sync/store_fixture.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;
using hub::TemporaryFolder;

// --- the journal

TEST_CASE("rows are there again after the file was closed, chained and in order") {
  Kept kept;
  std::vector<JournalRow> written;
  for (int i = 0; i < 5; ++i) written.push_back(kept.append(RowKind::admitted, "A000" + std::to_string(i)));
  kept.reopen();
  CHECK(kept.store().own_rows(0, 100).value() == written);
  CHECK(kept.store().own_rows(3, 100).value().front() == written[3]);
  CHECK_FALSE(find_break(written, {}).has_value());
  CHECK(written.front().seq == 1);
  CHECK(written.front().device == "north-1");
  const JournalRow next = kept.append(RowKind::exited, "A0001");
  CHECK(next.seq == 6);
  CHECK(next.prev_hash == written.back().hash);
}

TEST_CASE("a row says when, where, and on what ground it was written") {
  Kept kept;
  REQUIRE(kept.store().apply(whole("e1", 42, {"A0001"}), kMorning).has_value());
  REQUIRE(kept.store().note_contact(kMorning, measured(-1500ms)).has_value());
  const JournalRow row = kept.append(RowKind::admitted, "A0001");
  CHECK(row.roster_version == 42);
  CHECK(row.offset_ms == -1500);
  CHECK(row.wall == kMorning);
  CHECK(row.boot_id == "boot-1");
  CHECK(row.hash == chain_hash(row));
}

TEST_CASE("what was not committed leaves nothing") {
  Kept kept;
  {
    auto transaction = kept.store().begin();
    REQUIRE(transaction.has_value());
    kept.append(RowKind::admitted, "A0001");
    CHECK(kept.store().row_count().value() == 1);
  }
  CHECK(kept.store().row_count().value() == 0);
  CHECK_FALSE(kept.store().presence("A0001", "site").value().inside);
  auto transaction = kept.store().begin();
  REQUIRE(transaction.has_value());
  CHECK(kept.append(RowKind::admitted, "A0001").seq == 1);
  REQUIRE(transaction->commit().has_value());
  kept.reopen();
  CHECK(kept.store().row_count().value() == 1);
}

TEST_CASE("a row is refused before the kiosk is enrolled") {
  const TemporaryFolder folder;
  auto store = Store::open(folder.path() / "store.db").value();
  const auto row = store.append(moving(RowKind::admitted, "A1"), stamp_at(kMorning));
  REQUIRE_FALSE(row.has_value());
  CHECK(row.error().kind == Error::Kind::invalid);
  CHECK_FALSE(store.identity().value().has_value());
}

TEST_CASE("the journal is append-only for everyone, raw SQL included") {
  Kept kept;
  kept.append(RowKind::admitted, "A0001");
  SQLite::Database raw(kept.file().string(), SQLite::OPEN_READWRITE, 1000);
  for (const char* sql :
       {"DELETE FROM journal", "UPDATE journal SET attendee = 'A9'", "UPDATE journal SET hash = x'00'",
        "UPDATE journal SET kind = 'refused', standing = 1", "UPDATE journal SET seq = seq + 1",
        "INSERT OR REPLACE INTO journal SELECT device, seq, id, hlc_wall, hlc_counter, boot_id, monotonic, "
        "wall,"
        " clock_offset, kind, 'A9', checkpoint, zone, operator, roster_version, rule, generation, detail,"
        " prev_hash, hash, hub_seq, standing, why FROM journal"}) {
    INFO(sql);
    CHECK_THROWS_AS(raw.exec(sql), SQLite::Exception);
  }
  raw.exec("UPDATE journal SET standing = 1, hub_seq = 7");
  CHECK(kept.store().own_rows(0, 9).value().at(0).attendee == "A0001");
}

TEST_CASE("a detail that no wire could carry becomes one that it can") {
  Kept kept;
  JournalRow row = moving(RowKind::badge_failed, "A0001");
  row.detail = "out of \xff paper\x1b[2J";
  CHECK(kept.store().append(row, stamp_at(kMorning)).value().detail == "out of ? paper?[2J");
  row.detail.assign(kMaxDetailBytes - 1, 'x');
  row.detail += "纸";
  const JournalRow cut = kept.store().append(row, stamp_at(kMorning)).value();
  CHECK(cut.detail == std::string(kMaxDetailBytes - 1, 'x'));
  const auto unsent = kept.store().unsent().value();
  CHECK(parse_upload_request(to_body(UploadRequest{unsent})).value().rows == unsent);
}

TEST_CASE("a kiosk that is enrolled anew writes under its new name at once, and sends only what is its own") {
  Kept kept;
  kept.append(RowKind::admitted, "A0001");
  auto daemon = Store::open(kept.file()).value();
  REQUIRE(daemon.set_identity(identity_of("south-9")).has_value());
  const JournalRow row = kept.append(RowKind::admitted, "A0002");
  CHECK(row.device == "south-9");
  CHECK(row.seq == 1);
  CHECK(daemon.unsent().value() == std::vector{row});
  CHECK(daemon.unsent_count().value().unsent == 1);
  CHECK(kept.store().row_count().value() == 2);
}

// --- clocks

TEST_CASE("the hybrid clock of a kiosk never goes back, however far its wall clock is set") {
  Kept kept;
  Hlc last;
  for (const Timestamp now : {kMorning, kMorning - 1h, kMorning - std::chrono::days(3), Timestamp{},
                              kMorning + 1ms, kMorning + std::chrono::years(2), kMorning, kMorning + 1h}) {
    const JournalRow row = kept.append(RowKind::admitted, "A0001", now);
    CHECK(last < row.hlc);
    CHECK(row.wall == now);
    last = row.hlc;
  }
}

TEST_CASE("the others' clocks carry ours forward, but one a year ahead does not") {
  Kept kept;
  hub::RowWriter south("south-1");
  const JournalRow ahead = south.write(RowKind::admitted, "A0001", kMorning + 1h);
  REQUIRE(kept.store().apply(feed_of({ahead})).has_value());
  CHECK(ahead.hlc < kept.append(RowKind::admitted, "A0002").hlc);
  const JournalRow mad = south.write(RowKind::admitted, "A0003", kMorning + std::chrono::years(1));
  REQUIRE(kept.store().apply(feed_of({mad}, 2)).has_value());
  const JournalRow ours = kept.append(RowKind::admitted, "A0004");
  CHECK(ours.hlc < mad.hlc);
  CHECK(ours.hlc.wall_ms < (kMorning + 2h).time_since_epoch().count());
}

// --- the feed and presence

TEST_CASE("a feed row that comes twice is kept once, and our own do not come back") {
  Kept kept;
  const JournalRow own = kept.append(RowKind::admitted, "A0001");
  hub::RowWriter south("south-1");
  const JournalRow other = south.write(RowKind::admitted, "A0002", kMorning);
  const FeedPage page = feed_of({own, other, other}, 7);
  REQUIRE(kept.store().apply(page).has_value());
  REQUIRE(kept.store().apply(page).has_value());
  CHECK(kept.store().row_count().value() == 2);
  CHECK(kept.store().standing().value().feed == FeedCursor{9, mark_of(other.hash)});
  CHECK(kept.store().presence("A0002", "site").value().entries == 1);
  CHECK(kept.store().unsent().value() == std::vector{own});
  CHECK(kept.store().history("A0002", 10).value() == std::vector{other});
}

TEST_CASE("a hub that has its rows in another order than it had is read anew") {
  Kept kept;
  const JournalRow own = kept.append(RowKind::admitted, "A0001");
  hub::RowWriter south("south-1");
  hub::RowWriter east("east-1");
  hub::RowWriter west("west-1");
  const JournalRow b = south.write(RowKind::admitted, "A0002", kMorning);
  const JournalRow c = east.write(RowKind::admitted, "A0003", kMorning + 1min);
  const JournalRow d = west.write(RowKind::admitted, "A0004", kMorning + 2min);
  const auto place = [&] { return kept.store().standing().value().feed; };
  const auto answer = [&](std::int64_t hub_seq) {
    const RowAnswer one{own.seq, RowAnswerKind::accepted, hub_seq, ""};
    REQUIRE(kept.store().apply(std::span(&one, 1)).has_value());
  };
  // It was restored from a backup of before these, and has got them again: d, of which we had not heard,
  // where b or our own row was, and c, by which our place is known, where it stood already.
  SECTION("as a row of another tells") {
    REQUIRE(kept.store().apply(feed_of({b, c}, 2)).has_value());
    REQUIRE(kept.store().apply(feed_of({b}, 4)).has_value());
    CHECK(place() == FeedCursor{});
    REQUIRE(kept.store().apply(feed_of({d, c, b}, 2)).has_value());
    CHECK(place() == FeedCursor{4, mark_of(b.hash)});
  }
  SECTION("as the answer to our own row tells") {
    answer(2);
    REQUIRE(kept.store().apply(feed_of({c}, 3)).has_value());
    answer(4);
    CHECK(place() == FeedCursor{});
    REQUIRE(kept.store().apply(feed_of({d, c}, 2)).has_value());
    CHECK(place() == FeedCursor{3, mark_of(c.hash)});
  }
  CHECK(kept.store().presence("A0004", "site").value().entries == 1);
}

TEST_CASE("presence is that of the newest row, in whatever order the rows come") {
  hub::RowWriter south("south-1");
  hub::RowWriter east("east-1");
  // In, out, in again; and a late word from another gate that is older than all of them.
  const JournalRow earliest = east.write(RowKind::admitted, "A0001", kMorning - 1h);
  std::vector<JournalRow> rows{earliest, south.write(RowKind::admitted, "A0001", kMorning),
                               south.write(RowKind::exited, "A0001", kMorning + 1h),
                               south.write(RowKind::admitted, "A0001", kMorning + 2h)};
  std::vector<std::size_t> order{0, 1, 2, 3};
  do {
    Kept kept;
    for (const std::size_t i : order) REQUIRE(kept.store().apply(feed_of({rows[i]})).has_value());
    const Presence presence = kept.store().presence("A0001", "site").value();
    CHECK(presence.inside);
    CHECK(presence.entries == 3);
    CHECK(presence.last_entry == kMorning + 2h);
    CHECK(presence.last_exit == kMorning + 1h);
    CHECK(presence.entry_device == "south-1");
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("an entry that comes to be known after the exit still says when it was") {
  Kept kept;
  hub::RowWriter south("south-1");
  const JournalRow entry = south.write(RowKind::admitted, "A0001", kMorning);
  const JournalRow exit = south.write(RowKind::exited, "A0001", kMorning + 1h);
  REQUIRE(kept.store().apply(feed_of({exit, entry})).has_value());
  const Presence presence = kept.store().presence("A0001", "site").value();
  CHECK_FALSE(presence.inside);
  CHECK(presence.entries == 1);
  REQUIRE(presence.last_entry.has_value());
  CHECK(*presence.last_entry == kMorning);
}

TEST_CASE("an annulment takes the entry back, with its time") {
  hub::RowWriter south("south-1");
  const JournalRow monday = south.write(RowKind::admitted, "A0001", kMorning);
  const JournalRow exit = south.write(RowKind::exited, "A0001", kMorning + 1h);
  const JournalRow tuesday = south.write(RowKind::admitted, "A0001", kMorning + 24h);
  JournalRow annulled = south.write(RowKind::annulled, "A0001", kMorning + 25h);
  annulled.target = tuesday.id;
  for (const std::vector<JournalRow>& order :
       {std::vector{monday, exit, tuesday, annulled}, std::vector{annulled, tuesday, exit, monday},
        std::vector{monday, annulled, exit, tuesday}}) {
    Kept kept;
    for (const JournalRow& row : order) REQUIRE(kept.store().apply(feed_of({row})).has_value());
    const Presence presence = kept.store().presence("A0001", "site").value();
    CHECK_FALSE(presence.inside);
    CHECK(presence.entries == 1);
    CHECK(presence.last_entry == kMorning);
    CHECK(presence.last_exit == kMorning + 1h);
  }
}

TEST_CASE("rows of one hybrid moment are taken in the same order everywhere") {
  hub::RowWriter a("a-1");
  hub::RowWriter b("b-1");
  const JournalRow in = a.write(RowKind::admitted, "A0001", kMorning);
  JournalRow out = b.write(RowKind::exited, "A0001", kMorning);
  out.id.back() = 'f';  // their writers know of no randomness
  REQUIRE(in.hlc == out.hlc);
  Kept one;
  Kept two;
  REQUIRE(one.store().apply(feed_of({in, out})).has_value());
  REQUIRE(two.store().apply(feed_of({out, in})).has_value());
  CHECK_FALSE(one.store().presence("A0001", "site").value().inside);
  CHECK_FALSE(two.store().presence("A0001", "site").value().inside);
}

TEST_CASE("those inside are counted by zone, delegation and day, over the rows of all devices") {
  Kept kept;
  RosterPage roster = whole("e1", 1, {"A1", "A2", "A3"});
  roster.attendees[0].delegation = "wto";
  roster.attendees[1].delegation = "wto";
  REQUIRE(kept.store().apply(roster, kMorning).has_value());
  kept.append(RowKind::admitted, "A1");
  hub::RowWriter south("south-1");
  REQUIRE(kept.store()
              .apply(feed_of({south.write(RowKind::admitted, "A2", kMorning),
                              south.write(RowKind::admitted, "A3", kMorning - 24h),
                              south.write(RowKind::admitted, "A1", kMorning, "lounge")}))
              .has_value());
  const std::int64_t today = venue_day(kMorning, Calendar{});
  const auto of_wto = [&] {
    return kept.store().inside_count("site", today, Group::delegation, "wto").value();
  };
  CHECK(kept.store().inside_count("site", today).value() == 2);
  CHECK(kept.store().inside_count("site", today - 1).value() == 1);
  CHECK(of_wto() == 2);
  CHECK(kept.store().inside_count("lounge", today).value() == 1);
  kept.append(RowKind::exited, "A1", kMorning + 1min);
  CHECK(of_wto() == 1);
  // Whoever changes the delegation takes their place along.
  roster.attendees[1].delegation = "unops";
  roster.next = 2;
  REQUIRE(kept.store().apply(roster, kMorning).has_value());
  CHECK(of_wto() == 0);
  CHECK(kept.store().inside_count("site", today, Group::delegation, "unops").value() == 1);
}

TEST_CASE(
    "whoever took several places counts for the last, and a place given twice counts for the last in it") {
  Kept kept;
  RosterPage roster = whole("e1", 1, {"A1", "A2", "B", "C"});
  roster.attendees[0].delegation = roster.attendees[1].delegation = "guests";
  roster.attendees[2].delegation = "benin";
  roster.attendees[3].delegation = "chile";
  REQUIRE(kept.store().apply(roster, kMorning));
  const auto takes = [&](const std::string& attendee, const std::string& place, int minute) {
    JournalRow row = moving(RowKind::substituted, attendee, "");
    row.related = place;
    REQUIRE(kept.store().append(row, stamp_at(kMorning + std::chrono::minutes(minute))).has_value());
  };
  const auto counts = [&] {
    std::vector<std::uint32_t> people;
    for (const char* who : {"guests", "benin", "chile"}) {
      people.push_back(
          kept.store().inside_count("site", venue_day(kMorning, {}), Group::delegation, who).value());
    }
    return people;
  };
  kept.append(RowKind::admitted, "A1");
  kept.append(RowKind::admitted, "A2");
  CHECK(counts() == std::vector<std::uint32_t>{2, 0, 0});
  // As two kiosks may write that had not heard of each other.
  takes("A1", "B", 1);
  CHECK(counts() == std::vector<std::uint32_t>{1, 1, 0});
  takes("A1", "C", 2);
  CHECK(counts() == std::vector<std::uint32_t>{1, 0, 1});
  takes("A2", "C", 3);
  CHECK(counts() == std::vector<std::uint32_t>{1, 0, 1});
}

TEST_CASE("a time in presence is the hub's where the device knew how far off it was") {
  Kept kept;
  REQUIRE(kept.store().note_contact(kMorning, measured(90s)).has_value());
  kept.append(RowKind::admitted, "A1");
  CHECK(kept.store().presence("A1", "site").value().last_entry == kMorning + 90s);
}

// --- standing with the hub

TEST_CASE("a row is unsent until the hub has it, and a rejected one is counted and not sent again") {
  Kept kept;
  for (int i = 0; i < 4; ++i) kept.append(RowKind::admitted, "A1");
  const std::vector<RowAnswer> answers{{1, RowAnswerKind::accepted, 11, ""},
                                       {2, RowAnswerKind::known, 12, ""},
                                       {3, RowAnswerKind::rejected, 0, "no"},
                                       {99, RowAnswerKind::accepted, 13, ""}};
  REQUIRE(kept.store().apply(answers).has_value());
  const UnsentCount count = kept.store().unsent_count().value();
  CHECK(count.unsent == 1);
  CHECK(count.rejected == 1);
  CHECK(count.last_seq == 4);
  REQUIRE(kept.store().unsent().value().size() == 1);
  CHECK(kept.store().unsent().value().at(0).seq == 4);
  // What the hub once had it is not said to lack by a late answer; what it rejected it may take after all.
  const std::vector<RowAnswer> later{{1, RowAnswerKind::rejected, 0, "late"},
                                     {3, RowAnswerKind::accepted, 14, ""}};
  REQUIRE(kept.store().apply(later).has_value());
  CHECK(kept.store().unsent_count().value().rejected == 0);
  CHECK(kept.store().unsent_count().value().unsent == 1);
}

TEST_CASE("no more rows are handed out at once than a body may hold") {
  Kept kept;
  auto transaction = kept.store().begin();
  REQUIRE(transaction.has_value());
  for (std::size_t i = 0; i < kMaxBatchRows + 5; ++i) kept.append(RowKind::refused, "");
  REQUIRE(transaction->commit().has_value());
  CHECK(kept.store().unsent(1'000'000).value().size() == kMaxBatchRows);
  CHECK(kept.store().unsent(3).value().size() == 3);
}

}  // namespace
}  // namespace lanyard::sync
