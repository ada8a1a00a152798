// One person erased, and everybody: with either store.
#include "sync/hub/erase.hpp"

#include <algorithm>

#include "sync/erasure.hpp"
#include "sync/hub/attendance.hpp"
#include "sync/hub/feed_window.hpp"
#include "sync/hub/purge.hpp"
#include "sync/hub/roster_import.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

constexpr const char* kName = "Wilhelmina Quastenflosser";

// A hub of three people, of whom REG-771940 is to be forgotten, and two kiosks.
class Peopled {
 public:
  Peopled() {
    Attendee w1 = attendee_of("REG-771940");
    w1.name = kName;
    w1.name_sort = "Quastenflosser, Wilhelmina";
    w1.badge_names = {"Minnie Lungfish", "Minnie"};
    w1.organisation = "Institut für Quastenflosserkunde";
    Attendee companion = attendee_of("C1");
    companion.companion_of = "REG-771940";
    for (const Attendee& one : {w1, companion, attendee_of("B2")}) REQUIRE(store().put_attendee(one));
    REQUIRE(store().put_credential({Fingerprint{9, 8, 7}, "REG-771940", 1}));
    north_token = hub.enrol("north-1");
    south_token = hub.enrol("south-2");
  }
  HubStore& store() { return hub.store(); }
  Expected<Erasure> erase(const std::string& id,
                          const std::function<Expected<void>(const Erasure&)>& then = {}) {
    return erase_person(store(), id, hub.now, hub.random(), then);
  }
  // As `journal verify` looks at it.
  void check_chains() {
    std::set<std::pair<std::string, std::uint64_t>> vouched;
    const auto erasures = store().erasures().value();
    for (const std::uint64_t erasure : erasures) {
      const auto rows = store().rows_erased_by(erasure).value();
      CHECK(is_vouched_for(store(), erasure, rows).value());
      for (const JournalRow& row : rows) vouched.emplace(row.device, row.seq);
    }
    for (const std::string device : {"hub", "north-1", "south-2"}) {
      const auto rows = store().rows_of_device(device, 0, 1000).value();
      INFO(device);
      CHECK_FALSE(find_break(rows, {}).has_value());
      for (const JournalRow& row : rows) CHECK(row.erased == vouched.contains({device, row.seq}));
    }
  }

  static std::string ticket() { return ticket_subject(Fingerprint{9, 8, 7}); }
  // Whom a page says are erased, of those whom one might think of.
  std::map<std::string, std::string> erased_in(const RosterPage& page) {
    const FingerprintKey key = store().founding().value()->fingerprint_key;
    std::map<std::string, std::string> found;
    for (const std::string& id :
         {std::string("REG-771940"), std::string("B2"), std::string("C1"), ticket()}) {
      for (const ErasedId& one : page.erased) {
        if (one.subject == fingerprint(id, key)) found.emplace(id, one.pseudonym);
      }
    }
    CHECK(found.size() == page.erased.size());
    return found;
  }

  HubFixture hub;
  RowWriter north{"north-1"}, south{"south-2"};
  std::string north_token, south_token;
};

bool says(const std::string& bytes, std::string_view word) {
  return bytes.find(word) != std::string::npos;
}

TEST_CASE("an erased person is gone from roster, journal and file, and the chains hold") {
  Peopled people;
  JournalRow helped = people.south.write(RowKind::admitted, "B2", people.hub.now);
  helped.detail = std::string("came with ") + kName;
  helped.related = "REG-771940";
  people.hub.upload(people.south_token, {people.south.seal(helped)});
  JournalRow badge = people.south.write(RowKind::badge_requested, "REG-771940", people.hub.now);
  badge.detail = "Minnie Lungfish";
  people.hub.upload(people.south_token, {people.south.seal(badge)});
  // Of somebody who is called the same.
  JournalRow beside = people.south.write(RowKind::badge_requested, "B2", people.hub.now);
  beside.detail = "Minnie";
  people.hub.upload(people.south_token, {people.south.seal(beside)});
  JournalRow own = people.north.write(RowKind::admitted, "REG-771940", people.hub.now);
  own.basis = R"({"facts":{"attendee":{"id":"REG-771940"}}})";
  const JournalRow first = people.north.seal(own);
  people.hub.upload(
      people.north_token,
      {first,
       people.north.write(RowKind::badge_printed, ticket_subject(Fingerprint{9, 8, 7}), people.hub.now),
       people.north.write(RowKind::admitted, "B2", people.hub.now)});
  const auto erased = people.erase("REG-771940");
  INFO((erased ? std::string() : erased.error().message));
  REQUIRE(erased.has_value());
  CHECK(erased->on_roster);
  CHECK(erased->rows == 4);
  CHECK(erased->credentials == 1);
  CHECK(erased->companions == std::vector<std::string>{"C1"});
  people.check_chains();
  CHECK_FALSE(people.store().attendee("REG-771940").value().has_value());
  CHECK(people.store().attendee("C1").value()->companion_of == erased->pseudonym);
  CHECK(people.store().credential(Fingerprint{9, 8, 7}).value() == std::nullopt);
  const auto rows = people.store().rows_of_device("north-1", 0, 10).value();
  CHECK(rows[0].attendee == erased->pseudonym);
  CHECK(rows[1].attendee == erased->pseudonym);
  CHECK(rows[2].attendee == "B2");
  CHECK(people.store().rows_of_device("south-2", 0, 10).value().back().detail == "Minnie");
  CHECK(rows[0].hash == first.hash);
  CHECK(people.store().rows_of_attendee(erased->pseudonym, 10).value().size() >= 2);

  REQUIRE(people.store().overwrite_deleted(false));
  const std::string bytes = people.hub.place().all_bytes();
  CHECK_FALSE(says(bytes, "Quastenflosser"));
  CHECK_FALSE(says(bytes, "Lungfish"));
  CHECK_FALSE(says(bytes, "REG-771940\""));  // the tombstone alone has the id, and no record
  CHECK(says(bytes, "Name of B2"));
}

TEST_CASE("nothing of an erased person is left between the rows of a page either") {
  Peopled people;
  const auto id_of = [](int i) { return "REG-" + std::to_string(100'000 + (i * 7919) % 900'000); };
  // So many that pages are cut in two, and what moves to the other is left in the first.
  constexpr int kPeople = 1500;
  REQUIRE(people.store().transact([&]() -> Expected<void> {
    for (int i = 0; i < kPeople; ++i) {
      Attendee one = attendee_of(id_of(i));
      one.organisation = std::string(static_cast<std::size_t>(i % 300), 'y');
      if (auto put = people.store().put_attendee(one); !put) return put;
    }
    return {};
  }));
  for (int i = 0; i < kPeople; i += 10) REQUIRE(people.erase(id_of(i)));
  REQUIRE(people.store().overwrite_deleted(false));
  const std::string bytes = people.hub.place().all_bytes();
  for (int i = 0; i < kPeople; i += 10) {
    INFO(id_of(i));
    CHECK_FALSE(says(bytes, id_of(i)));
  }
  CHECK(says(bytes, id_of(1)));
}

TEST_CASE("kiosks hear of an erasure by its version and without the id, and a new one is told what is left") {
  Peopled people;
  const RosterPage before = people.hub.roster(people.north_token, 0, "");
  people.hub.upload(people.north_token,
                    {people.north.write(RowKind::admitted, "REG-771940", people.hub.now)});
  const std::string pseudonym = people.erase("REG-771940")->pseudonym;
  const RosterPage after = people.hub.roster(people.north_token, before.next, before.epoch);
  CHECK(after.removed.empty());
  CHECK(people.erased_in(after) ==
        std::map<std::string, std::string>{{"REG-771940", pseudonym}, {people.ticket(), pseudonym}});
  CHECK(people.hub.roster(people.north_token, after.next, after.epoch).erased.empty());
  CHECK(people.erased_in(people.hub.roster(people.north_token, 0, "")).size() == 2);
  const FeedPage feed = people.hub.feed(people.south_token, {});
  REQUIRE(feed.rows.size() == 2);  // and the hub's, which vouches
  CHECK(feed.rows[0].row.attendee == pseudonym);
  CHECK(feed.rows[0].row.erased);
  CHECK(feed.rows[1].row.rule == kErasedRule);
}

TEST_CASE("a kiosk that sends its rows again, or late ones, does not bring an erased person back") {
  Peopled people;
  const JournalRow sent = people.north.write(RowKind::admitted, "REG-771940", people.hub.now);
  people.hub.upload(people.north_token, {sent});
  const std::string pseudonym = people.erase("REG-771940")->pseudonym;
  JournalRow late = people.south.write(RowKind::exited, "REG-771940", people.hub.now + 1min);
  late.detail = "REG-771940 left";
  late = people.south.seal(late);
  JournalRow ticket =
      people.south.write(RowKind::refused, ticket_subject(Fingerprint{9, 8, 7}), people.hub.now + 2min);
  CHECK(people.hub.upload(people.north_token, {sent}).answers.at(0).kind == RowAnswerKind::known);
  const UploadAnswer answer = people.hub.upload(people.south_token, {late, ticket});
  CHECK(answer.answers.at(0).kind == RowAnswerKind::accepted);
  CHECK(answer.known_to == 2);
  CHECK(people.hub.upload(people.south_token, {late}).answers.at(0).kind == RowAnswerKind::known);
  people.check_chains();
  const auto rows = people.store().rows_of_device("south-2", 0, 10).value();
  CHECK(rows.at(0).attendee == pseudonym);
  CHECK(rows.at(0).detail.empty());
  CHECK(rows.at(1).attendee == pseudonym);
  // A row of theirs that cannot be taken is kept without them too.
  JournalRow broken = people.south.write(RowKind::exited, "REG-771940", people.hub.now + 3min);
  broken.hash[0] ^= 1U;
  CHECK(people.hub.upload(people.south_token, {broken}).answers.at(0).kind == RowAnswerKind::rejected);
  CHECK_FALSE(says(people.store().rows_set_aside("south-2").value().at(0).record, "REG-771940"));
}

TEST_CASE("a late row of somebody else says nothing of an erased person on whom its decision hung") {
  Peopled people;
  REQUIRE(people.erase("REG-771940"));
  std::vector<JournalRow> late;
  for (const char* basis :
       {R"({"facts":{"attendee":{"companion_of":"REG-771940","id":"C1"}}})",
        R"({"facts":{"stands_in_for":{"id":"REG-771940","status":"approved"}}})",
        R"({"facts":{"replaced_by":"REG-771940"}})", R"({"presented":{"attendee":"REG-771940"}})"}) {
    JournalRow row = people.north.write(RowKind::admitted, "C1", people.hub.now);
    row.basis = basis;
    late.push_back(people.north.seal(row));
  }
  JournalRow other = people.north.write(RowKind::admitted, "C1", people.hub.now);
  other.basis = R"({"facts":{"attendee":{"id":"REG-7719402"}}})";
  late.push_back(people.north.seal(other));
  for (const RowAnswer& one : people.hub.upload(people.north_token, late).answers)
    CHECK(one.kind == RowAnswerKind::accepted);
  const auto rows = people.store().rows_of_device("north-1", 0, 10).value();
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(rows.at(i).erased);
    CHECK(rows.at(i).basis.empty());
    CHECK(rows.at(i).attendee == "C1");
  }
  CHECK(rows.at(4) == late.at(4));
  people.check_chains();
}

TEST_CASE("a device that calls its row erased is not believed") {
  Peopled people;
  JournalRow row = people.north.write(RowKind::admitted, "B2", people.hub.now);
  row.erased = true;
  JournalRow empty = people.north.write(RowKind::admitted, "B2", people.hub.now);
  empty.erased = true;
  empty.attendee = pseudonym_of({1});
  const UploadAnswer answer = people.hub.upload(people.north_token, {row, empty});
  CHECK(answer.answers.at(0).kind == RowAnswerKind::accepted);
  CHECK(answer.answers.at(1).why == "its hash is not that of its contents");
  CHECK_FALSE(people.store().rows_of_device("north-1", 0, 10)->at(0).erased);
}

TEST_CASE("what an erasure has left of a row is taken from its kiosk by a hub that gave the pseudonym") {
  Peopled people;
  const JournalRow row = people.north.write(RowKind::admitted, "REG-771940", people.hub.now);
  const JournalRow next = people.north.write(RowKind::exited, "B2", people.hub.now);
  const std::string pseudonym = people.erase("REG-771940")->pseudonym;
  const JournalRow left = *without(row, {{"REG-771940"}, {}, pseudonym});
  JournalRow telling = left;
  telling.detail = "and more";
  CHECK(people.hub.upload(people.south_token, {left}).answers.at(0).why == "a row of another device");
  const UploadAnswer answer = people.hub.upload(people.north_token, {left, next});
  CHECK(answer.answers.at(0).kind == RowAnswerKind::accepted);
  CHECK(answer.answers.at(1).kind == RowAnswerKind::accepted);
  people.check_chains();
  CHECK(people.store().rows_of_device("north-1", 0, 10)->at(0) == left);
  CHECK(people.hub.upload(people.north_token, {left}).answers.at(0).kind == RowAnswerKind::known);
  CHECK(people.hub.upload(people.north_token, {row}).answers.at(0).kind == RowAnswerKind::known);
  CHECK(people.hub.upload(people.north_token, {telling}).answers.at(0).why == "differs from the row known");
}

TEST_CASE("no list brings an erased person back, and all such lines are named at once") {
  Peopled people;
  REQUIRE(people.store().put_attendee(attendee_of("W2")));
  REQUIRE(people.erase("REG-771940"));
  REQUIRE(people.erase("W2"));
  const RosterCsv roster = parse_roster_csv(
      "id,name,category,status\nB2,B,guest,approved\nREG-771940,X,guest,approved\nW2,Y,guest,approved\n",
      small_event().event, [](auto) { return false; });
  const auto again = import_roster(people.store(), roster, false);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().message.find("line 3: column id: 'REG-771940' was erased") == 0);
  CHECK(again.error().message.find("\nline 4: column id: 'W2' was erased") != std::string::npos);
  CHECK(people.store().attendee("B2").value()->category == "delegate");
}

TEST_CASE("a preview of an erasure changes nothing, and neither does one that fails halfway") {
  Peopled people;
  people.hub.upload(people.north_token,
                    {people.north.write(RowKind::admitted, "REG-771940", people.hub.now)});
  std::size_t rows = 0;
  const auto preview = people.erase("REG-771940", [&](const Erasure& erasure) -> Expected<void> {
    rows = erasure.rows;
    return fail(Error::Kind::invalid, "");
  });
  CHECK_FALSE(preview.has_value());
  CHECK(rows == 1);
  people.hub.place().refuse_rows(1);  // the hub's own, which comes last
  CHECK_FALSE(people.erase("REG-771940").has_value());
  people.hub.place().refuse_no_rows();
  CHECK(people.store().attendee("REG-771940").value()->name == kName);
  CHECK(people.store().rows_of_device("north-1", 0, 10).value().at(0).attendee == "REG-771940");
  CHECK(people.store().erasures().value().empty());
  CHECK_FALSE(people.store().forgetting().value().has_erased);
}

TEST_CASE("a row of two people may be erased for both, and what vouches for it is the later") {
  Peopled people;
  JournalRow both = people.north.write(RowKind::substituted, "REG-771940", people.hub.now);
  both.related = "B2";
  people.hub.upload(people.north_token, {people.north.seal(both),
                                         people.north.write(RowKind::exited, "REG-771940", people.hub.now)});
  const std::string one = people.erase("REG-771940")->pseudonym;
  const std::string other = people.erase("B2")->pseudonym;
  people.check_chains();
  const auto rows = people.store().rows_of_device("north-1", 0, 10).value();
  CHECK(rows.at(0).attendee == one);
  CHECK(rows.at(0).related == other);
  CHECK(people.store().erasures().value().size() == 1);
  CHECK(people.store().rows_erased_by(people.store().erasures().value().at(0)).value().size() == 2);
}

TEST_CASE("erasures and changes of the roster come in the order of their versions, page by page") {
  Peopled people;
  for (int i = 0; i < 6; ++i) {
    const std::string id = "P" + std::to_string(i);
    REQUIRE(people.store().put_attendee(attendee_of(id)));
    if (i % 2 == 1) REQUIRE(people.erase(id));
  }
  RosterPage page = people.hub.roster(people.north_token, 0, "", "2");
  std::size_t records = 0;
  std::set<std::string> attendees;
  for (int pages = 0;; ++pages) {
    REQUIRE(pages < 10);
    REQUIRE(check_progress(page, 0).has_value());
    records += page.erased.size() + page.attendees.size();
    CHECK(page.erased.size() + page.attendees.size() <= 2);
    for (const Attendee& one : page.attendees) attendees.insert(one.id);
    if (!page.more) break;
    page = people.hub.roster(people.north_token, page.next, page.epoch, "2");
  }
  CHECK(records == 9);
  CHECK(attendees == std::set<std::string>{"B2", "C1", "P0", "P2", "P4", "REG-771940"});
}

TEST_CASE("whoever was removed first and is erased then leaves no tombstone with an id") {
  Peopled people;
  people.hub.upload(people.north_token,
                    {people.north.write(RowKind::admitted, "REG-771940", people.hub.now)});
  REQUIRE(people.store().remove_attendee("REG-771940"));
  CHECK(people.hub.roster(people.north_token, 0, "").removed == std::vector<std::string>{"REG-771940"});
  REQUIRE(people.erase("REG-771940"));
  const RosterPage page = people.hub.roster(people.north_token, 0, "");
  CHECK(page.removed.empty());
  CHECK(page.erased.size() == 1);
  const auto ids = people.store().ids_of_people({}).value();
  CHECK(std::ranges::find(ids, "REG-771940") == ids.end());
}

TEST_CASE("a second erasure takes what has come since, under the same pseudonym; nobody is none") {
  Peopled people;
  const std::string first = people.erase("REG-771940")->pseudonym;
  const auto second = people.erase("REG-771940");
  REQUIRE(second.has_value());
  CHECK(second->pseudonym == first);
  CHECK(second->category == "delegate");
  CHECK(people.erase("nobody").error().kind == Error::Kind::invalid);
  CHECK(people.erase(first).error().kind == Error::Kind::invalid);
}

TEST_CASE("a pseudonym that is said with an erasure may be lost or the person's own, and not another's") {
  Peopled people;
  const auto erase_as = [&](const std::string& id, const std::string& pseudonym) {
    return erase_person(people.store(), id, people.hub.now, people.hub.random(), {}, pseudonym);
  };
  const std::string lost = pseudonym_of({7});
  REQUIRE(erase_as("REG-771940", lost));
  const auto taken = erase_as("B2", lost);
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().kind == Error::Kind::invalid);
  CHECK(taken.error().message == lost + " is the pseudonym of somebody else who was erased");
  CHECK(people.store().attendee("B2").value().has_value());
  CHECK_FALSE(people.store()
                  .pseudonym(fingerprint("B2", people.store().founding().value()->fingerprint_key))
                  .value()
                  .has_value());
  // Said again; and by who the person is beside their ticket.
  CHECK(erase_as("REG-771940", lost).value().pseudonym == lost);
  REQUIRE(people.store().put_credential({Fingerprint{5, 5, 5}, "B2", 1}));
  people.hub.upload(
      people.north_token,
      {people.north.write(RowKind::admitted, ticket_subject(Fingerprint{5, 5, 5}), people.hub.now)});
  const std::string other = people.erase(ticket_subject(Fingerprint{5, 5, 5})).value().pseudonym;
  CHECK(erase_as("B2", other).value().pseudonym == other);
}

TEST_CASE("a pseudonym's category is the one that is known, whichever of the person's ids has it") {
  HubFixture hub;
  const std::string first = pseudonym_of({1}), last = pseudonym_of({2}), none = pseudonym_of({3});
  REQUIRE(hub.store().put_pseudonym(Fingerprint{1}, first, "delegate"));
  REQUIRE(hub.store().put_pseudonym(Fingerprint{2}, first, ""));
  REQUIRE(hub.store().put_pseudonym(Fingerprint{3}, last, ""));
  REQUIRE(hub.store().put_pseudonym(Fingerprint{4}, last, "guest"));
  REQUIRE(hub.store().put_pseudonym(Fingerprint{5}, none, ""));
  CHECK(hub.store().pseudonyms().value() ==
        std::map<std::string, std::string>{{first, "delegate"}, {last, "guest"}, {none, ""}});
}

TEST_CASE("the journal gives up no row but to an erasure, and nothing of it but the person") {
  Peopled people;
  people.hub.upload(people.north_token,
                    {people.north.write(RowKind::admitted, "REG-771940", people.hub.now)});
  const StorePlace& place = people.hub.place();
  const auto refused = [&](const std::string& sql) {
    try {
      place.alter(sql);
    } catch (const std::exception& thrown) {
      return says(thrown.what(), "append-only");
    }
    return false;
  };
  CHECK(refused("UPDATE journal SET attendee = 'x'"));
  CHECK(refused("DELETE FROM journal"));
  REQUIRE(people.erase("REG-771940"));
  CHECK(refused("UPDATE journal SET kind = 'exited'"));
  CHECK(refused("UPDATE journal SET record = '{}'"));
  CHECK(refused("DELETE FROM journal"));
  // Whoever changes what is left, as an erasure might, is found by what vouches for it.
  place.alter(
      "UPDATE journal SET record = replace(record, 'main.all', 'lounge.all') WHERE device = 'north-1'");
  const std::uint64_t erasure = people.store().erasures().value().at(0);
  CHECK_FALSE(
      is_vouched_for(people.store(), erasure, people.store().rows_erased_by(erasure).value()).value());
}

TEST_CASE("a window of the feed hands out no row from before an erasure") {
  Peopled people;
  FeedWindow window;
  REQUIRE(window.look(people.store()));
  people.hub.upload(people.north_token, {people.north.write(RowKind::admitted, "B2", people.hub.now)});
  REQUIRE(window.look(people.store()));
  const FeedCursor here = people.store().feed_head().value();
  people.hub.upload(people.north_token,
                    {people.north.write(RowKind::admitted, "REG-771940", people.hub.now)});
  REQUIRE(window.look(people.store()));
  CHECK(says(window.page(here, "south-2", 100)->body, "REG-771940"));
  REQUIRE(people.erase("REG-771940"));
  CHECK(window.look(people.store()).value());
  CHECK_FALSE(window.page(here, "south-2", 100).has_value());  // the store is asked
}

// --- attendance

AttendanceCount count_of(const AttendanceTotals& totals, const std::string& by, const std::string& what,
                         std::optional<std::string_view> day = std::nullopt) {
  const auto found = totals.counts.find({day ? day_named(*day) : std::nullopt, by, what});
  return found == totals.counts.end() ? AttendanceCount{} : found->second;
}

void upload_two_days(Peopled& people) {
  const Timestamp now = people.hub.now;
  JournalRow mistake = people.north.write(RowKind::admitted, "B2", now);
  people.hub.upload(people.north_token,
                    {mistake, people.north.write(RowKind::admitted, "REG-771940", now + 1min),
                     people.north.write(RowKind::badge_printed, "REG-771940", now + 2min),
                     people.north.write(RowKind::exited, "REG-771940", now + 3h),
                     people.north.write(RowKind::admitted, "REG-771940", now + 24h)});
  JournalRow taken_back = people.south.write(RowKind::annulled, "B2", now + 5min);
  taken_back.target = mistake.id;
  people.hub.upload(people.south_token,
                    {people.south.seal(taken_back),
                     people.south.write(RowKind::admitted, "REG-771940", now + 25h, "lounge")});
}

TEST_CASE("attendance says of each when they came, how often, where, and who did not") {
  Peopled people;
  upload_two_days(people);
  const Attendance all = attendance(people.store(), {}).value();
  REQUIRE(all.lines.size() == 3);
  CHECK(all.totals.expected == 3);
  CHECK(all.totals.came == 1);
  const AttendanceLine& b2 = all.lines[0];
  CHECK(b2.attendee.id == "B2");
  CHECK(b2.entries == 0);  // it was taken back
  const AttendanceLine& w1 = all.lines[2];
  CHECK(w1.entries == 3);
  CHECK(w1.days.size() == 2);
  CHECK(w1.checkpoints == std::set<std::string>{"lounge", "main"});
  CHECK(w1.badge_printed);
  CHECK(w1.first_admitted == people.hub.now + 1min);
  CHECK(w1.last_seen == people.hub.now + 25h);
  CHECK(count_of(all.totals, "category", "delegate") == AttendanceCount{1, 3});
  CHECK(count_of(all.totals, "all", "", "2026-11-23") == AttendanceCount{1, 1});
  CHECK(count_of(all.totals, "checkpoint", "lounge", "2026-11-24") == AttendanceCount{1, 1});
  CHECK(venue_time(*w1.first_admitted, small_event().event.calendar) == "2026-11-23 09:01:00");
}

TEST_CASE("attendance of a day or a zone counts what happened there") {
  Peopled people;
  upload_two_days(people);
  AttendanceFilter filter;
  filter.day = day_named("2026-11-23");
  CHECK(attendance(people.store(), filter)->lines[2].entries == 1);
  filter.day.reset();
  filter.zone = "lounge";
  const Attendance lounge = attendance(people.store(), filter).value();
  CHECK(lounge.lines[2].entries == 1);
  CHECK_FALSE(lounge.lines[2].badge_printed);
  CHECK_FALSE(day_named("23.11.2026").has_value());
  CHECK_FALSE(day_named("2026-13-01").has_value());
}

TEST_CASE("counts by day and category are the same before an erasure and after it") {
  Peopled people;
  upload_two_days(people);
  auto before = attendance(people.store(), {})->totals;
  REQUIRE(people.erase("REG-771940"));
  auto after = attendance(people.store(), {})->totals;
  CHECK(after.came == before.came);
  for (AttendanceTotals* totals : {&before, &after})
    std::erase_if(totals->counts, [](const auto& count) { return count.first.by == "organisation"; });
  CHECK(after.counts == before.counts);
}

// --- the end of an event

TEST_CASE("a purge waits for the event's end and for what kiosks hold") {
  Peopled people;
  CHECK(reasons_to_wait(people.store(), people.hub.now)->front().find("the event runs until") == 0);
  const Timestamp after = people.hub.now + std::chrono::days(5);
  const auto silent = reasons_to_wait(people.store(), after).value();
  REQUIRE(silent.size() == 2);
  CHECK(silent[0] == "kiosk north-1 was never heard of");
  REQUIRE(people.store().note_heartbeat("north-1", {"t", 3, 3, 0, 1, after}, after));
  REQUIRE(people.store().note_heartbeat("south-2", {"t", 0, 0, 0, 1, people.hub.now}, people.hub.now));
  const auto waiting = reasons_to_wait(people.store(), after).value();
  REQUIRE(waiting.size() == 2);
  CHECK(waiting[0] == "kiosk north-1 holds 3 row(s) that are not here");
  CHECK(waiting[1].find("kiosk south-2 was last heard of at 2026-11-23") == 0);
  REQUIRE(people.store().note_heartbeat("south-2", {"t", 0, 0, 0, 1, after}, after));
  people.hub.upload(people.north_token, {people.north.write(RowKind::admitted, "B2", people.hub.now),
                                         people.north.write(RowKind::exited, "B2", people.hub.now),
                                         people.north.write(RowKind::admitted, "B2", people.hub.now)});
  CHECK(reasons_to_wait(people.store(), after)->empty());
}

TEST_CASE("a purge leaves nobody in the file, and a report of counts and of where the chains ended") {
  Peopled people;
  upload_two_days(people);
  REQUIRE(people.erase("B2"));
  const Founding before = people.store().founding().value().value();
  const Digest last = *people.store().chain_end("north-1")->hash;
  const auto report = purge_event(people.store(), people.hub.now, people.hub.random());
  REQUIRE(report.has_value());
  REQUIRE(people.store().overwrite_deleted(true));
  CHECK(report->attendees == 2);
  CHECK(report->totals.came == 1);
  const std::string json = to_json(*report);
  CHECK(says(json, R"("device":"north-1","rows":5,"hash":")" + hex(last)));
  CHECK(says(json, R"json({"day":"2026-11-23","by":"category","of":"(others)","people":1,"entries":1})json"));
  CHECK(people.store().purged().value()->report == json);

  const std::string bytes = people.hub.place().all_bytes();
  for (const char* word : {"Quastenflosser", "Name of B2", "REG-771940", "erased-"})
    CHECK_FALSE(says(bytes, word));
  CHECK(people.hub.place().count("SELECT count(*) FROM journal") == 0);
  const Founding after = people.store().founding().value().value();
  CHECK(after.fingerprint_key != before.fingerprint_key);
  CHECK(after.signing_key != before.signing_key);
  CHECK(people.store().ring()->keys.size() == 1);
  CHECK(people.store().event().value()->id == "forum-2026");
  CHECK(purge_event(people.store(), people.hub.now, people.hub.random()).error().kind ==
        Error::Kind::invalid);
}

TEST_CASE("after a purge kiosks begin a roster of nobody, and late rows are answered and not kept") {
  Peopled people;
  upload_two_days(people);
  const RosterPage known = people.hub.roster(people.north_token, 0, "");
  REQUIRE(purge_event(people.store(), people.hub.now, people.hub.random()));
  const RosterPage page = people.hub.roster(people.north_token, known.next, known.epoch);
  CHECK(page.from_start);
  CHECK(page.epoch != known.epoch);
  CHECK(page.attendees.empty());
  CHECK(page.removed.empty());
  CHECK(people.hub.feed(people.north_token, {}).rows.empty());
  const JournalRow late = people.north.write(RowKind::admitted, "REG-771940", people.hub.now + 30h);
  const UploadAnswer answer = people.hub.upload(people.north_token, {late});
  CHECK(answer.known_to == 6);
  CHECK(answer.answers.at(0) == RowAnswer{6, RowAnswerKind::rejected, 0, "the event was purged"});
  JournalRow old = late;
  old.seq = 2;
  CHECK(people.hub.upload(people.north_token, {old}).answers.at(0).kind == RowAnswerKind::rejected);
  REQUIRE(people.store().overwrite_deleted(true));
  CHECK_FALSE(says(people.hub.place().all_bytes(), "REG-771940"));
  const RosterCsv roster = parse_roster_csv("id,name,category,status\nB2,B,guest,approved\n",
                                            small_event().event, [](auto) { return false; });
  CHECK(import_roster(people.store(), roster, false).error().message.find("the event was purged") == 0);
}

TEST_CASE("a purge that fails halfway has removed nothing") {
  Peopled people;
  upload_two_days(people);
  const auto preview = purge_event(people.store(), people.hub.now, people.hub.random(),
                                   [](const PurgeReport&) { return fail(Error::Kind::invalid, ""); });
  CHECK_FALSE(preview.has_value());
  CHECK(people.store().attendee_count().value() == 3);
  CHECK(people.store().rows_of_device("north-1", 0, 100)->size() == 5);
  CHECK_FALSE(people.store().purged().value().has_value());
}

}  // namespace
}  // namespace lanyard::sync::hub
