// A person erased at the hub: what becomes of them at the kiosks.
#include <fstream>
#include <iterator>

#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/erasure.hpp"
#include "sync/hub/erase.hpp"
#include "tests/sync/kiosk_fixture.hpp"
#include "tests/sync/store_fixture.hpp"

namespace lanyard::sync {
namespace {

// So long that no random bytes spell them.
constexpr const char* kId = "REG-771940";
constexpr const char* kName = "Wilhelmina Quastenflosser";

std::string all_bytes(const std::filesystem::path& file) {
  std::string bytes;
  for (const char* part : {"", "-wal"}) {
    std::ifstream in(file.string() + part, std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(in), {});
  }
  return bytes;
}
bool says(const std::string& bytes, std::string_view word) {
  return bytes.find(word) != std::string::npos;
}

Attendee wilhelmina() {
  Attendee attendee = hub::attendee_of(kId);
  attendee.name = kName;
  attendee.badge_names = {"Minnie Lungfish", "Minnie"};
  attendee.organisation = "Institut";
  attendee.delegation = "institut";
  return attendee;
}

// --- the store alone

ErasedId erased_as(const std::string& id, std::uint8_t number) {
  return {fingerprint(id, identity_of("").fingerprint_key), pseudonym_of({number})};
}
RosterPage erasing(std::int64_t next, const std::vector<ErasedId>& erased) {
  RosterPage page;
  page.epoch = "e1";
  page.next = next;
  page.erased = erased;
  return page;
}
RowAnswer taken(const JournalRow& row) {
  return {row.seq, RowAnswerKind::accepted, static_cast<std::int64_t>(row.seq), ""};
}

// A kiosk's store of a roster with her and B2, the first of whose own rows the hub has.
class Knowing {
 public:
  Knowing() {
    RosterPage page = whole("e1", 3, {"B2"});
    page.event = hub::small_event().event;
    page.attendees.push_back(wilhelmina());
    page.credentials = {{Fingerprint{1, 9, 9}, kId, 1}};
    REQUIRE(store().apply(page, kMorning));
    JournalRow draft = moving(RowKind::admitted, kId);
    draft.basis = std::string(R"({"facts":{"attendee":{"id":")") + kId + "\"}}}";
    draft.detail = std::string("a wheelchair for ") + kName;
    own = store().append(draft, stamp_at(kMorning)).value();
    REQUIRE(store().apply(std::vector{taken(own)}));
  }
  Store& store() { return kept.store(); }
  void erase() { REQUIRE(store().apply(erasing(4, {erased_as(kId, 7)}), kMorning)); }

  Kept kept;
  JournalRow own;
  std::string pseudonym{pseudonym_of({7})};
};

TEST_CASE("of whom the hub has erased, the kiosk keeps what moved them, under the pseudonym") {
  Knowing knowing;
  hub::RowWriter south("south-2");
  JournalRow spoken = south.write(RowKind::admitted, "B2", kMorning + 1min);
  spoken.related = kId;
  spoken = south.seal(spoken);
  JournalRow named = south.write(RowKind::alert, "", kMorning + 2min);
  named.detail = std::string("somebody looks for ") + kName;
  named = south.seal(named);
  JournalRow badge = south.write(RowKind::badge_requested, kId, kMorning + 3min);
  badge.detail = "Minnie Lungfish";
  badge = south.seal(badge);
  JournalRow namesake = south.write(RowKind::badge_requested, "B2", kMorning + 4min);
  namesake.detail = "Minnie";
  namesake = south.seal(namesake);
  REQUIRE(knowing.store().apply(feed_of({spoken, named, badge, namesake})));
  knowing.erase();

  const auto rows = knowing.store().own_rows(0, 10).value();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].attendee == knowing.pseudonym);
  CHECK(rows[0].erased);
  CHECK(rows[0].detail.empty());
  CHECK(rows[0].basis.empty());
  CHECK(rows[0].hash == knowing.own.hash);
  CHECK_FALSE(find_break(rows, {}).has_value());
  CHECK(knowing.store().row(spoken.id).value()->related == knowing.pseudonym);
  CHECK(knowing.store().row(spoken.id).value()->attendee == "B2");
  CHECK(knowing.store().row(named.id).value()->detail.empty());
  CHECK(knowing.store().row(badge.id).value()->detail.empty());
  CHECK(knowing.store().row(namesake.id).value()->detail == "Minnie");
  CHECK(*without(knowing.own, {{kId}, {kName}, knowing.pseudonym}) == rows[0]);  // as the hub has it

  CHECK_FALSE(knowing.store().attendee(kId).value().has_value());
  CHECK_FALSE(knowing.store().credential(Fingerprint{1, 9, 9}).value().has_value());
  CHECK(knowing.store().search("Quastenflosser").value().empty());
  CHECK(knowing.store().attendee("B2").value().has_value());
  CHECK_FALSE(says(all_bytes(knowing.kept.file()), kName));
  CHECK_FALSE(says(all_bytes(knowing.kept.file()), "Lungfish"));
  CHECK_FALSE(says(all_bytes(knowing.kept.file()), kId));
  CHECK(says(all_bytes(knowing.kept.file()), "Name of B2"));
}

TEST_CASE("who is inside and was erased stays inside, once, and may leave, and comes in no second time") {
  Knowing knowing;
  const std::int64_t day = venue_day(kMorning, hub::small_event().event.calendar);
  CHECK(knowing.store().inside_count("site", day).value() == 1);
  CHECK(knowing.store().inside_count("site", day, Group::delegation, "institut").value() == 1);
  knowing.erase();
  CHECK(knowing.store().inside_count("site", day).value() == 1);
  CHECK(knowing.store().inside_count("site", day, Group::delegation, "institut").value() == 0);
  const auto inside = knowing.store().inside_now({"site"}, day).value();
  REQUIRE(inside.size() == 1);
  CHECK(inside[0].attendee == knowing.pseudonym);
  // As a badge asks that is still about her neck.
  CHECK(knowing.store().presence(kId, "site").value().inside);
  CHECK(knowing.store().taken_off(kId).value());
  knowing.kept.append(RowKind::exited, kId, kMorning + 1h);
  CHECK_FALSE(knowing.store().presence(kId, "site").value().inside);
  CHECK_FALSE(knowing.store().presence(knowing.pseudonym, "site").value().inside);
  CHECK(knowing.store().inside_count("site", day).value() == 0);
  knowing.kept.reopen();
  CHECK_FALSE(knowing.store().presence(kId, "site").value().inside);
}

TEST_CASE("a row that the hub has yet to answer for is sent whole, and is rewritten then") {
  Knowing knowing;
  const JournalRow unsent = knowing.kept.append(RowKind::exited, kId, kMorning + 1h);
  const JournalRow refused = knowing.kept.append(RowKind::refused, kId, kMorning + 2h);
  knowing.erase();
  const JournalRow later = knowing.kept.append(RowKind::refused, kId, kMorning + 3h);
  const auto waiting = knowing.store().unsent().value();
  CHECK(waiting == std::vector{unsent, refused, later});
  const std::int64_t day = venue_day(kMorning, hub::small_event().event.calendar);
  CHECK(knowing.store().inside_count("site", day).value() == 0);
  REQUIRE(knowing.store().apply(
      std::vector{taken(unsent), RowAnswer{refused.seq, RowAnswerKind::rejected, 0, "no"}, taken(later)}));
  const auto rows = knowing.store().own_rows(0, 10).value();
  CHECK_FALSE(find_break(rows, {}).has_value());
  for (const JournalRow& row : rows) {
    CHECK(row.erased);
    CHECK(row.attendee == knowing.pseudonym);
  }
  CHECK(knowing.store().inside_count("site", day).value() == 0);
  CHECK_FALSE(says(all_bytes(knowing.kept.file()), kId));
}

TEST_CASE("rows of the feed that were on their way, or come again, bring nobody back who was erased") {
  Knowing knowing;
  hub::RowWriter south("south-2");
  const JournalRow before = south.write(RowKind::exited, kId, kMorning + 1min);
  const JournalRow under_way = south.write(RowKind::admitted, kId, kMorning + 2min);
  REQUIRE(knowing.store().apply(feed_of({before})));
  knowing.erase();
  REQUIRE(knowing.store().apply(feed_of({before, under_way})));
  JournalRow as_passed_on = *without(before, {{kId}, {}, knowing.pseudonym});
  REQUIRE(knowing.store().apply(feed_of({as_passed_on, under_way})));
  for (const JournalRow& row : {before, under_way}) {
    const auto kept = knowing.store().row(row.id).value();
    CHECK(kept->attendee == knowing.pseudonym);
    CHECK(kept->erased);
  }
  CHECK(knowing.store().row_count().value() == 3);
  CHECK(knowing.store().presence(knowing.pseudonym, "site").value().entries == 2);
  CHECK_FALSE(says(all_bytes(knowing.kept.file()), kId));
}

TEST_CASE("no roster names an erased person again, nor does the list of those who are gone") {
  Knowing knowing;
  knowing.erase();
  RosterPage restored = whole("e2", 9, {"B2"});  // of a hub from a backup
  restored.attendees.push_back(wilhelmina());
  restored.credentials = {{Fingerprint{1, 9, 9}, kId, 1}};
  REQUIRE(knowing.store().apply(restored, kMorning));
  CHECK_FALSE(knowing.store().attendee(kId).value().has_value());
  CHECK_FALSE(knowing.store().credential(Fingerprint{1, 9, 9}).value().has_value());
  RosterPage gone = erasing(10, {});
  gone.epoch = "e2";
  gone.removed = {kId};
  REQUIRE(knowing.store().apply(gone, kMorning));
  CHECK(knowing.store().taken_off(kId).value());
  CHECK_FALSE(says(all_bytes(knowing.kept.file()), kId));
}

TEST_CASE("a ticket goes with its holder, and is not taken for one whose order has yet to come") {
  Knowing knowing;
  const std::string ticket = ticket_subject(Fingerprint{1, 9, 9});
  const JournalRow row = knowing.kept.append(RowKind::exited, ticket, kMorning + 1h);
  REQUIRE(knowing.store().apply(std::vector{taken(row)}));
  REQUIRE(knowing.store().apply(erasing(4, {erased_as(kId, 7), erased_as(ticket, 7)}), kMorning));
  CHECK(knowing.store().row(row.id).value()->attendee == knowing.pseudonym);
  CHECK(knowing.store().taken_off(ticket).value());
  CHECK_FALSE(knowing.store().presence(ticket, "site").value().inside);
  CHECK_FALSE(says(all_bytes(knowing.kept.file()), ticket));
}

TEST_CASE("the kiosk's journal gives up a row to an erasure alone, and of it the person alone") {
  Knowing knowing;
  (void)knowing.kept.append(RowKind::exited, kId, kMorning + 1h);
  SQLite::Database file(knowing.kept.file().string(), SQLite::OPEN_READWRITE);
  const auto refused = [&](const std::string& change, const std::string& where) {
    return file.tryExec("UPDATE journal SET " + change + " WHERE " + where) != SQLite::OK;
  };
  const std::string erased = "erased = 1, detail = '', basis = '', attendee = '" + knowing.pseudonym + "'";
  CHECK(refused(erased, "seq = 1"));  // of nobody who was erased
  file.exec("INSERT INTO erased_id VALUES (x'00', '" + knowing.pseudonym + "')");
  CHECK(refused(erased, "seq = 2"));  // the hub has not got it
  CHECK(refused("detail = 'x'", "seq = 1"));
  CHECK(refused(erased + ", kind = 'exited'", "seq = 1"));
  CHECK(refused("erased = 1, attendee = 'B2'", "seq = 1"));
  CHECK_FALSE(refused(erased, "seq = 1"));
}

TEST_CASE("what an erasure has left between the rows of a page goes when the file is written anew") {
  Kept kept;
  // So many people that pages are cut in two, and what moves to the other is left in the first.
  RosterPage page = whole("e1", 3, {});
  for (int i = 0; i < 1500; ++i) {
    Attendee one = hub::attendee_of("REG-" + std::to_string(100'000 + (i * 7919) % 900'000));
    one.name = "Name " + std::string(static_cast<std::size_t>(i % 300), 'y');
    page.attendees.push_back(one);
  }
  REQUIRE(kept.store().apply(page, kMorning));
  std::vector<ErasedId> erased;
  for (int i = 0; i < 1500; i += 5)
    erased.push_back(erased_as(page.attendees[static_cast<std::size_t>(i)].id, 7));
  REQUIRE(kept.store().apply(erasing(4, erased), kMorning));
  CHECK(kept.store().has_traces().value());
  REQUIRE(kept.store().clear_traces());
  CHECK_FALSE(kept.store().has_traces().value());
  const std::string bytes = all_bytes(kept.file());
  for (std::size_t i = 0; i < 1500; i += 5) {
    INFO(page.attendees[i].id);
    CHECK_FALSE(says(bytes, page.attendees[i].id));
  }
  CHECK(says(bytes, page.attendees[1].id));
}

// --- kiosk and hub

// A hub that knows her and B2, and a kiosk of it.
class AtTheDoor {
 public:
  AtTheDoor() {
    REQUIRE(hub.store().put_attendee(wilhelmina()));
    REQUIRE(hub.store().put_attendee(hub::attendee_of("B2")));
    REQUIRE(hub.store().put_credential({Fingerprint{1, 9, 9}, kId, 1}));
    kiosk.enrol();
    kiosk.settle();
  }
  std::string erase(const std::string& as = {}) {
    const auto erased = hub::erase_person(hub.store(), kId, hub.now, hub.random(), {}, as);
    INFO((erased ? std::string() : erased.error().message));
    REQUIRE(erased.has_value());
    return erased->pseudonym;
  }
  void settle() {
    kiosk.pass(1min);
    kiosk.settle();
  }
  // Every row of the kiosk's is at the hub as it is at the kiosk, and both say nothing of her.
  void check_alike() {
    const auto here = kiosk.store().own_rows(0, 500).value();
    CHECK(hub.store().rows_of_device("north-1", 0, 500).value() == here);
    CHECK(hub.store().rows_set_aside("north-1").value().empty());
    CHECK(kiosk.store().unsent_count().value().rejected == 0);
    CHECK_FALSE(says(all_bytes(kiosk.config().store), kId));
    CHECK_FALSE(says(all_bytes(kiosk.config().store), kName));
    const auto erasures = hub.store().erasures().value();
    for (const std::uint64_t erasure : erasures)
      CHECK(is_vouched_for(hub.store(), erasure, hub.store().rows_erased_by(erasure).value()).value());
    for (const FeedRow& alert : hub.alerts()) CHECK(alert.row.rule == hub::kErasedRule);
  }

  HubFixture hub;
  Kiosk kiosk{hub};
};

TEST_CASE("an erasure reaches a kiosk that was away, whatever it holds, and both then have the same rows") {
  AtTheDoor door;
  door.kiosk.write(RowKind::admitted, kId, std::string(R"({"of":")") + kId + "\"}");
  door.settle();
  door.kiosk.cut = true;
  door.kiosk.write(RowKind::exited, kId);
  const std::string pseudonym = door.erase();
  door.kiosk.write(RowKind::admitted, kId);
  CHECK(says(all_bytes(door.kiosk.config().store), kName));
  door.settle();
  door.kiosk.cut = false;
  door.settle();
  door.check_alike();
  CHECK(door.kiosk.store().own_rows(0, 500)->size() == 3);
  CHECK(door.kiosk.store().presence(pseudonym, "site").value().inside);

  door.kiosk.write(RowKind::refused, kId);  // by a badge that is still about
  door.settle();
  door.check_alike();
}

TEST_CASE("an erasure comes with a whole roster too, and to a kiosk that knew nothing of it") {
  AtTheDoor door;
  door.kiosk.write(RowKind::admitted, kId);
  door.settle();
  door.erase();
  door.hub.place().alter("UPDATE hub SET epoch = 'another'");
  door.settle();
  CHECK(door.kiosk.store().standing().value().epoch == "another");
  door.check_alike();
  Kiosk south(door.hub, "south-2");
  south.enrol();
  south.settle();
  CHECK(south.store().taken_off(kId).value());
  CHECK_FALSE(says(all_bytes(south.config().store), kId));
}

TEST_CASE("an erasure is not lost with an answer, and comes over many pages") {
  AtTheDoor door;
  door.kiosk.write(RowKind::admitted, kId);
  door.settle();
  for (int i = 0; i < 400; ++i) {
    const std::string id = "P" + std::to_string(i);
    REQUIRE(door.hub.store().put_attendee(hub::attendee_of(id)));
    if (i % 2 == 0) REQUIRE(hub::erase_person(door.hub.store(), id, door.hub.now, door.hub.random()));
  }
  door.erase();
  door.kiosk.lose_answer = true;
  door.kiosk.pass(1min);
  for (int i = 0; i < 5; ++i) (void)door.kiosk.carrier().step();
  CHECK(door.kiosk.store().attendee(kId).value().has_value());
  door.kiosk.lose_answer = false;
  door.kiosk.pass(1min);
  door.settle();
  CHECK(door.kiosk.store().attendee_count().value() == 201);
  door.check_alike();
}

TEST_CASE("a hub restored from a backup has its rows again from a kiosk that has erased them since") {
  AtTheDoor door;
  door.kiosk.write(RowKind::admitted, "B2");
  door.kiosk.write(RowKind::admitted, kId, "{}");
  door.kiosk.write(RowKind::exited, "B2");
  door.settle();
  const std::string pseudonym = door.erase();
  door.settle();
  SECTION("and the erasure with it") {
    door.hub.place().forget_rows_after(1);
  }
  SECTION("and the erasure is said again, under its pseudonym") {
    door.hub.place().forget_rows_after(0);
    door.hub.place().alter("DELETE FROM pseudonym");
    door.hub.place().alter("DELETE FROM erased_row");
    REQUIRE(door.hub.store().put_attendee(wilhelmina()));
    CHECK(door.erase(pseudonym) == pseudonym);
  }
  door.settle();
  door.settle();
  door.check_alike();
  CHECK(door.hub.store().rows_of_device("north-1", 0, 9)->size() == 3);
  // Sent once more, they are known.
  const auto rows = door.kiosk.store().own_rows(0, 9).value();
  hub::Device device;
  device.id = "north-1";
  const auto again =
      hub::take_rows(hub::checked({rows, {}}), device, door.hub.store(), door.hub.now, door.hub.random());
  for (const RowAnswer& one : again->answers) CHECK(one.kind == RowAnswerKind::known);
}

TEST_CASE("what is left between rows is written over once nobody has stood at the kiosk for some minutes") {
  AtTheDoor door;
  door.kiosk.write(RowKind::admitted, kId);
  door.settle();
  door.erase();
  door.settle();
  CHECK(door.kiosk.store().has_traces().value());
  door.kiosk.write(RowKind::admitted, "B2");
  door.settle();
  CHECK(door.kiosk.store().has_traces().value());
  for (int i = 0; i < 7; ++i) door.settle();
  CHECK_FALSE(door.kiosk.store().has_traces().value());
  door.check_alike();
}

}  // namespace
}  // namespace lanyard::sync
