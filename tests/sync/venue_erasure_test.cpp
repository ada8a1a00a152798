// A person erased at the centre: what becomes of them at the venues.
#include <algorithm>
#include <map>

#include "sync/erasure.hpp"
#include "sync/hub/erase.hpp"
#include "tests/sync/venue_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

constexpr const char* kId = "REG-771940";
constexpr const char* kName = "Wilhelmina Quastenflosser";

std::map<std::string, std::string> rows_in(HubStore& store) {
  std::map<std::string, std::string> rows;
  const FeedPage page = store.feed({}, "", 500).value();
  for (const FeedRow& row : page.rows)
    rows.emplace(row.row.device + ":" + std::to_string(row.row.seq), to_json(row.row));
  return rows;
}

// Every chain holds, and rows of the store's own hub vouch for all that is erased.
void check_chains(HubStore& store) {
  std::set<std::pair<std::string, std::uint64_t>> vouched;
  const auto erasures = store.erasures().value();
  for (const std::uint64_t erasure : erasures) {
    const auto rows = store.rows_erased_by(erasure).value();
    CHECK(is_vouched_for(store, erasure, rows).value());
    for (const JournalRow& row : rows) vouched.emplace(row.device, row.seq);
  }
  for (const char* device : {"hub", "expo", "fair", "expo.desk-1", "fair.desk-1", "north-1"}) {
    INFO(device);
    const auto rows = store.rows_of_device(device, 0, 500).value();
    CHECK_FALSE(find_break(rows, {}).has_value());
    for (const JournalRow& row : rows) CHECK(row.erased == vouched.contains({device, row.seq}));
  }
}

// A centre with two venues, who all know her.
class Venues {
 public:
  Venues() {
    Attendee her = attendee_of(kId);
    her.name = kName;
    REQUIRE(centre.store().put_attendee(her));
    REQUIRE(centre.store().put_attendee(attendee_of("B2")));
    settle();
  }
  void settle() {
    for (int i = 0; i < 3; ++i) {
      expo.settle();
      fair.settle();
    }
  }
  std::string erase() {
    return erase_person(centre.store(), kId, centre.now, centre.random()).value().pseudonym;
  }
  // All three have the same rows, of which none says anything of her.
  void check_alike() {
    CHECK(rows_in(expo.store()) == rows_in(centre.store()));
    CHECK(rows_in(fair.store()) == rows_in(centre.store()));
    for (Venue* venue : {&expo, &fair}) {
      check_chains(venue->store());
      CHECK_FALSE(venue->store().attendee(kId).value().has_value());
      const std::string bytes = venue->place().all_bytes();
      CHECK(bytes.find(kId) == std::string::npos);
      CHECK(bytes.find(kName) == std::string::npos);
    }
    check_chains(centre.store());
  }

  HubFixture centre;
  Venue expo{centre, "expo"};
  Venue fair{centre, "fair"};
  std::string at_expo{expo.enrol("desk-1")}, at_fair{fair.enrol("desk-1")},
      at_centre{centre.enrol("north-1")};
  RowWriter expo_desk{"expo.desk-1"}, fair_desk{"fair.desk-1"}, north{"north-1"};
};

TEST_CASE("an erasure at the centre reaches the venues, and all have the same rows") {
  Venues venues;
  (void)venues.expo.upload(venues.at_expo,
                           {venues.expo_desk.write(RowKind::admitted, kId, venues.centre.now)});
  venues.centre.upload(venues.at_centre,
                       {venues.north.write(RowKind::exited, kId, venues.centre.now + 1min)});
  venues.settle();
  const std::string pseudonym = venues.erase();
  venues.settle();
  venues.check_alike();
  CHECK(venues.expo.store().rows_of_device("expo.desk-1", 0, 9)->at(0).attendee == pseudonym);
  CHECK(venues.fair.store().rows_of_device("north-1", 0, 9)->at(0).attendee == pseudonym);
  // And the venue tells its kiosks.
  const Response answer = venues.expo.ask({"GET", "/v1/roster", {}, venues.at_expo, ""});
  CHECK(parse_roster_page(answer.body).value().erased.at(0).pseudonym == pseudonym);
}

TEST_CASE("rows that the centre has erased before a venue heard of them are not left out there") {
  Venues venues;
  venues.fair.cut = true;
  venues.centre.upload(venues.at_centre, {venues.north.write(RowKind::admitted, kId, venues.centre.now),
                                          venues.north.write(RowKind::admitted, "B2", venues.centre.now)});
  venues.erase();
  venues.fair.cut = false;
  venues.settle();
  venues.check_alike();
  CHECK(venues.fair.store().rows_of_device("north-1", 0, 9)->size() == 2);
}

TEST_CASE("a venue whose line was down brings what it has, whichever of both erased it first") {
  Venues venues;
  venues.expo.cut = true;
  (void)venues.expo.upload(venues.at_expo,
                           {venues.expo_desk.write(RowKind::admitted, kId, venues.centre.now),
                            venues.expo_desk.write(RowKind::admitted, "B2", venues.centre.now)});
  const std::string pseudonym = venues.erase();
  SECTION("the centre, as the rows come") {}
  SECTION("the venue, which heard of it before it sent them") {
    const FingerprintKey key = venues.centre.store().founding().value()->fingerprint_key;
    REQUIRE(take_erasures(venues.expo.store(), {{fingerprint(kId, key), pseudonym}}, venues.centre.now,
                          venues.expo.random()));
    CHECK(venues.expo.store().rows_of_device("expo.desk-1", 0, 9)->at(0).erased);
    REQUIRE(venues.expo.store().overwrite_deleted(false));
  }
  venues.expo.cut = false;
  venues.settle();
  venues.check_alike();
  CHECK(venues.centre.store().rows_of_device("expo.desk-1", 0, 9)->size() == 2);
  CHECK(venues.centre.store().rows_set_aside("expo.desk-1")->empty());
}

// What a page says of the erasure of each of these, the first under pseudonym 1.
std::vector<ErasedId> erased_ids(HubStore& store, const std::vector<std::string>& ids) {
  const FingerprintKey key = store.founding().value()->fingerprint_key;
  std::vector<ErasedId> erased;
  for (const std::string& id : ids)
    erased.push_back({fingerprint(id, key), pseudonym_of({static_cast<std::uint8_t>(erased.size() + 1)})});
  return erased;
}

TEST_CASE("of several people erased at the centre, each is erased at a venue in a transaction of its own") {
  Venues venues;
  HubStore& expo = venues.expo.store();
  REQUIRE(expo.put_attendee(attendee_of("C3")));
  (void)venues.expo.upload(venues.at_expo,
                           {venues.expo_desk.write(RowKind::admitted, kId, venues.centre.now),
                            venues.expo_desk.write(RowKind::admitted, "B2", venues.centre.now),
                            venues.expo_desk.write(RowKind::admitted, "C3", venues.centre.now)});
  const auto erased = erased_ids(expo, {kId, "B2", "C3", "nobody-here"});
  const auto take = [&] {
    return take_erasures(expo, erased, venues.centre.now, venues.expo.random()).has_value();
  };
  const auto is_erased = [&](std::uint64_t seq) {
    return expo.rows_of_device("expo.desk-1", seq - 1, 1)->at(0).erased;
  };
  venues.expo.place().refuse_rows(expo.chain_end("expo")->seq + 2);  // which vouches for the second
  CHECK_FALSE(take());
  CHECK(is_erased(1));
  CHECK_FALSE(expo.attendee(kId).value().has_value());
  for (const std::uint64_t seq : {2U, 3U}) CHECK_FALSE(is_erased(seq));
  CHECK(expo.attendee("B2").value().has_value());
  CHECK(expo.pseudonyms().value().size() == 1);  // nobody's is noted whose rows are not rewritten
  venues.expo.place().refuse_no_rows();
  // The page comes again.
  REQUIRE(take());
  for (const std::uint64_t seq : {1U, 2U, 3U}) CHECK(is_erased(seq));
  CHECK(expo.pseudonyms().value().size() == 4);
  const std::int64_t version = expo.roster_version().value();
  REQUIRE(take());
  CHECK(expo.roster_version().value() == version);
  check_chains(expo);
}

TEST_CASE("what comes to a venue while it erases others is erased too") {
  Venues venues;
  HubStore& expo = venues.expo.store();
  const Timestamp now = venues.centre.now;
  const auto upload = [&](const std::vector<JournalRow>& rows) {
    const UploadAnswer answer = venues.expo.upload(venues.at_expo, rows);
    for (const RowAnswer& one : answer.answers) CHECK(one.kind == RowAnswerKind::accepted);
  };
  RowWriter& desk = venues.expo_desk;
  upload({desk.write(RowKind::admitted, kId, now), desk.write(RowKind::admitted, "B2", now)});
  JournalRow named = desk.write(RowKind::admitted, "D4", now);
  named.detail = "let in by Benedikta Zwischenruf";
  upload({desk.seal(named)});
  const std::vector<std::string> ids{kId, "B2", "late-1", "late-2", "late-3", "late-4"};
  const auto erased = erased_ids(expo, ids);
  auto erasures = ErasuresOfCentre::look(expo, erased).value();
  // Behind the look: another row of hers; people of whom nothing was known, as attendee, as another, on the
  // roster; and a name by which one of them stands in an earlier row.
  JournalRow other = desk.write(RowKind::substituted, "D4", now);
  other.related = "late-2";
  other = desk.seal(other);
  upload({other, desk.write(RowKind::exited, kId, now), desk.write(RowKind::admitted, "late-1", now)});
  REQUIRE(expo.put_attendee(attendee_of("late-3")));
  Attendee renamed = attendee_of("B2");
  renamed.name = "Benedikta Zwischenruf";
  REQUIRE(expo.put_attendee(renamed));
  int parts = 0;
  for (; !erasures.is_done(); ++parts) {
    REQUIRE(erasures.take_some(now, venues.expo.random()));
    // Between two of them, of one whose turn was or comes.
    upload({desk.write(RowKind::admitted, "late-4", now), desk.write(RowKind::exited, "B2", now)});
  }
  CHECK(parts == 3);  // hers, B2's, and those who were not known
  const auto rows = expo.rows_of_device("expo.desk-1", 0, 100).value();
  REQUIRE(rows.size() == 12);
  for (const JournalRow& row : rows) {
    INFO(row.seq);
    CHECK(row.erased);
    CHECK(row.detail.empty());
    for (const std::string& id : people_in(row)) CHECK(std::ranges::find(ids, id) == ids.end());
  }
  for (const std::string& id : ids) CHECK_FALSE(expo.attendee(id).value().has_value());
  check_chains(expo);
}

// A companion's: the erased person stands in what it hung on, and in none of its names.
JournalRow companion_row(RowWriter& writer, Timestamp at) {
  JournalRow row = writer.write(RowKind::admitted, "B2", at);
  row.basis = std::string(R"({"facts":{"attendee":{"companion_of":")") + kId + R"(","id":"B2"}}})";
  return writer.seal(row);
}

TEST_CASE("what an erasure at a venue has left of a companion's row reaches the centre") {
  Venues venues;
  const std::string pseudonym = venues.erase();
  venues.settle();
  // The venue knows already: a kiosk that was away tells late.
  (void)venues.expo.upload(venues.at_expo, {companion_row(venues.expo_desk, venues.centre.now)});
  CHECK(venues.expo.store().rows_of_device("expo.desk-1", 0, 9)->at(0).erased);
  venues.settle();
  venues.check_alike();
  const auto rows = venues.centre.store().rows_of_device("expo.desk-1", 0, 9).value();
  REQUIRE(rows.size() == 1);
  CHECK(rows.at(0).attendee == "B2");
  CHECK(venues.centre.store().rows_set_aside("expo.desk-1")->empty());
}

bool has_traces(Venue& venue) {
  return venue.store().uplink().value()->has_traces;
}

TEST_CASE(
    "what an erasure leaves in a venue's file is written over once no row comes, also after a restart") {
  Venues venues;
  (void)venues.expo.upload(venues.at_expo,
                           {venues.expo_desk.write(RowKind::admitted, kId, venues.centre.now)});
  venues.settle();
  CHECK_FALSE(has_traces(venues.expo));
  venues.erase();
  venues.expo.settle();
  CHECK(has_traces(venues.expo));
  venues.expo.restart();
  // A row each time: the kiosks' uploads would wait.
  (void)venues.expo.upload(venues.at_expo,
                           {venues.expo_desk.write(RowKind::admitted, "B2", venues.centre.now)});
  venues.expo.settle();
  CHECK(has_traces(venues.expo));
  venues.settle();
  CHECK_FALSE(has_traces(venues.expo));
  venues.check_alike();
}

TEST_CASE("where rows come all day long, what an erasure leaves at a venue is written over within the hour") {
  Venues venues;
  venues.erase();
  venues.expo.settle();
  const SteadyTime heard = venues.expo.steady;
  while (has_traces(venues.expo)) {
    REQUIRE(venues.expo.steady - heard < 2h);
    (void)venues.expo.upload(venues.at_expo,
                             {venues.expo_desk.write(RowKind::admitted, "B2", venues.centre.now)});
    venues.expo.settle();
  }
  CHECK(venues.expo.steady - heard > 50min);
  CHECK(venues.expo.steady - heard < 70min);
  CHECK(venues.expo.place().all_bytes().find(kName) == std::string::npos);
}

TEST_CASE("what could not be written over at a venue is tried again in an hour, and not before") {
  Venues venues;
  venues.erase();
  venues.expo.settle();
  const bool in_file = postgres_url().empty();
  venues.expo.place().alter(
      in_file ? "CREATE TRIGGER traces_stay BEFORE UPDATE OF traces ON uplink WHEN new.traces = 0"
                " BEGIN SELECT RAISE(ABORT, 'x'); END"
              : "CREATE TRIGGER traces_stay BEFORE UPDATE OF traces ON uplink FOR EACH ROW"
                " WHEN (new.traces = 0) EXECUTE FUNCTION journal_keeps()");
  venues.expo.settle();
  CHECK(has_traces(venues.expo));
  CHECK(venues.expo.carrier().standing() == "online");
  venues.expo.place().alter(in_file ? "DROP TRIGGER traces_stay" : "DROP TRIGGER traces_stay ON uplink");
  const SteadyTime tried = venues.expo.steady;
  while (has_traces(venues.expo)) {
    REQUIRE(venues.expo.steady - tried < 2h);
    venues.expo.settle();
  }
  CHECK(venues.expo.steady - tried >= 1h);
}

TEST_CASE("a venue from a backup takes what is left of a row before it hears of the erasure again") {
  Venues venues;
  RowWriter& desk = venues.expo_desk;
  const JournalRow row = desk.write(RowKind::admitted, kId, venues.centre.now);
  const JournalRow companion = companion_row(desk, venues.centre.now);
  const JournalRow next = desk.write(RowKind::admitted, "B2", venues.centre.now + 1min);
  const Forgotten who{{kId}, {}, "erased-AAECAwQFBgcICQoLDA0ODw"};
  venues.expo.cut = true;
  const auto answer =
      venues.expo.upload(venues.at_expo, {without(row, who).value(), without(companion, who).value(), next});
  for (const RowAnswer& one : answer.answers) CHECK(one.kind == RowAnswerKind::accepted);
  check_chains(venues.expo.store());
}

TEST_CASE("a venue hears of erasures from a whole roster, and from one that broke off, and once") {
  Venues venues;
  (void)venues.expo.upload(venues.at_expo,
                           {venues.expo_desk.write(RowKind::admitted, kId, venues.centre.now)});
  venues.settle();
  venues.erase();
  for (int i = 0; i < 400; ++i)
    REQUIRE(venues.centre.store().put_attendee(attendee_of("p" + std::to_string(i))));
  venues.centre.place().alter("UPDATE hub SET epoch = 'another'");
  venues.expo.steady += 2min;
  for (int i = 0; i < 3; ++i) (void)venues.expo.carrier().step();
  venues.expo.restart();
  venues.settle();
  venues.check_alike();
  const std::int64_t before = venues.expo.store().roster_version().value();
  venues.centre.place().alter("UPDATE hub SET epoch = 'a third'");
  venues.settle();
  CHECK(venues.expo.store().roster_version().value() == before);
}

TEST_CASE("a centre restored from a backup brings nobody back at a venue who was erased since") {
  Venues venues;
  (void)venues.expo.upload(venues.at_expo,
                           {venues.expo_desk.write(RowKind::admitted, kId, venues.centre.now)});
  venues.settle();
  venues.erase();
  venues.settle();
  REQUIRE(venues.centre.store().put_attendee(attendee_of(kId)));
  venues.centre.place().alter("UPDATE hub SET epoch = 'restored'");
  venues.settle();
  CHECK(venues.centre.store().attendee(kId).value().has_value());
  CHECK_FALSE(venues.expo.store().attendee(kId).value().has_value());
  CHECK(venues.expo.place().all_bytes().find(kId) == std::string::npos);
}

}  // namespace
}  // namespace lanyard::sync::hub
