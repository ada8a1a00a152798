// From the folder to the database. Without LANYARD_POSTGRES there is no database to go to (ctest:
// sync.postgres).
#include "sync/hub/migration.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "sync/hub/erase.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

const auto kSilent = [](const std::string& /*line*/) {};

// A hub in a folder, with something of everything.
class OldHub {
 public:
  OldHub() {
    const auto store = open();
    const EventFile event = small_event();
    REQUIRE(store->transact([&]() -> Expected<void> {
      if (auto founded = store->found(founding, now); !founded) return founded;
      return store->set_event(event.event, event.checkpoints);
    }));
    for (int i = 0; i < 600; ++i) REQUIRE(store->put_attendee(attendee_of("A" + std::to_string(i))));
    REQUIRE(store->put_credential({Fingerprint{1, 2, 255}, "A1", 1}));
    REQUIRE(store->remove_attendee("A2"));
    REQUIRE(store->put_device("north-1", "North \"gate\" é", "main"));
    REQUIRE(store->put_device("south-2", "South", "main"));
    REQUIRE(store->set_code("south-2", Digest{5}, now + 1h));
    REQUIRE(store->enrol("north-1", hash_token("token"), PublicKey{9}, now));
    REQUIRE(store->note_heartbeat("north-1", {"syncd 1", 9, 8, 7, 6, now + 5s}, now));
    REQUIRE(store->note_wrong_code("c0000201", now));
    REQUIRE(store->add_tls_identity({"certificate", "key"}));
    REQUIRE(store->mark_as_hub("south-2"));
    Uplink uplink;
    uplink.hub = "https://centre.example";
    uplink.pin = "sha256//pin";
    uplink.device = "expo";
    uplink.token = "secret";
    REQUIRE(store->set_uplink(uplink));
    REQUIRE(store->note_uplink_roster("epoch", 7, 8, 9));
    REQUIRE(store->note_uplink_feed({9, "0011223344556677"}));
    REQUIRE(store->note_uplink_standing({"online", now, 3}));
    REQUIRE(store->note_uplink_traces(true));
    for (RowWriter* writer : {&north, &south}) {
      ParsedUpload upload;
      for (int i = 0; i < 20; ++i) {
        upload.rows.push_back(writer->write(RowKind::admitted, "A" + std::to_string(i), now));
      }
      upload.rows[5].hash[0] ^= 1U;  // is set aside, and the chain behind it is broken
      Device device;
      device.id = upload.rows[0].device;
      REQUIRE(take_rows(checked(upload), device, *store, now, counting_random()).has_value());
    }
    REQUIRE(erase_person(*store, "A3", now, counting_random()).has_value());
  }
  [[nodiscard]] std::unique_ptr<HubStore> open() const { return open_sqlite_store(folder.path()).value(); }

  TemporaryFolder folder;
  Founding founding{new_founding(counting_random())};
  Timestamp now{parse_rfc3339("2026-11-23T01:00:00Z").value()};
  RowWriter north{"north-1"};
  RowWriter south{"south-2"};
};

// What a store says of everything, as far as it can be asked.
std::string all_of(HubStore& store) {
  std::string text;
  const auto add = [&](const auto& value) { text.append(to_body(value)).append("\n"); };
  add(store.roster_page(0, "", 1000).value());
  add(store.feed({}, "", 1000).value());
  const auto devices = store.devices().value();
  for (const Device& device : devices) {
    text += device.id + device.name + std::to_string(device.beat.unsent) + std::to_string(device.revoked);
    text += device.token_hash ? hex(*device.token_hash) : "-";
    const auto aside = store.rows_set_aside(device.id).value();
    for (const SetAside& row : aside) text += row.why + row.record;
  }
  const Ring ring = store.ring().value();
  for (const RingKey& key : ring.keys) text += hex(key.key.key) + (key.is_current ? "!" : "");
  text += std::to_string(ring.version) + std::to_string(store.roster_version().value());
  return text + store.founding().value()->epoch;
}

TEST_CASE("a hub in the database says all that it said in the folder, which is as it was") {
  if (postgres_url().empty()) return;
  const OldHub old;
  const StorePlace place;
  const std::string before = bytes_of(old.folder.path() / "hub.db");
  std::vector<std::string> said;
  const auto report = migrate_to_postgres(old.folder.path(), place.url(),
                                          [&](const std::string& line) { said.push_back(line); });
  INFO((report ? std::string() : report.error().message));
  REQUIRE(report.has_value());
  CHECK(report->event == "forum-2026");
  CHECK(report->tables.size() == 22);
  CHECK(std::ranges::all_of(report->tables, &MigratedPart::same));
  CHECK(std::ranges::find(said, "attendee: 599 of 599 rows") != said.end());
  CHECK(bytes_of(old.folder.path() / "hub.db") == before);

  const auto store = place.open(kSmallEventId).value();
  CHECK(all_of(*store) == all_of(*old.open()));
  REQUIRE(report->chains.size() == 3);  // the hub's own among them
  for (const MigratedPart& chain : report->chains) {
    CHECK(chain.same);
    const auto end = store->rows_of_device(chain.name, 0, 1000).value();
    CHECK(chain.from == end.size());
    CHECK(chain.hash == hex(end.back().hash));
  }
  CHECK(store->device_of_code(Digest{5}, old.now).value()->id == "south-2");
  // Who was erased stays so.
  const auto erasures = store->erasures().value();
  REQUIRE(erasures.size() == 1);
  const auto erased = store->rows_erased_by(erasures[0]).value();
  CHECK(erased.size() >= 2);
  CHECK(is_vouched_for(*store, erasures[0], erased).value());
  CHECK(store->pseudonym(fingerprint("A3", old.founding.fingerprint_key)).value() == erased[0].attendee);
  CHECK(store->wrong_codes("c0000201", old.now, old.now).value().of_peer == 1);
  CHECK(store->device("south-2").value()->is_hub);
  CHECK(store->tls_identity().value().value().key ==
        "key");  // or no kiosk that has pinned it would come back
  const Uplink uplink = store->uplink().value().value();
  CHECK(uplink.token == "secret");
  CHECK(uplink.device == "expo");
  CHECK(uplink.roster_version == 7);
  CHECK(uplink.keys_version == 8);
  CHECK(uplink.feed == FeedCursor{9, "0011223344556677"});
  CHECK(uplink.standing.contact == old.now);
  CHECK(uplink.standing.waiting == 3);
  CHECK(uplink.has_traces);
}

TEST_CASE("a move is not ended for resting while it reads the folder") {
  if (postgres_url().empty()) return;
  const OldHub old;
  const StorePlace place;
  REQUIRE(place.open(kSmallEventId).has_value());  // which makes the tables
  place.alter("CREATE TABLE seen (patience text)");
  place.alter(
      "CREATE FUNCTION note_patience() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " INSERT INTO seen VALUES (current_setting('idle_in_transaction_session_timeout')); RETURN NULL; END "
      "$$");
  place.alter(
      "CREATE TRIGGER notes AFTER INSERT ON device FOR EACH STATEMENT EXECUTE FUNCTION note_patience()");
  REQUIRE(migrate_to_postgres(old.folder.path(), place.url(), kSilent));
  CHECK(place.count("SELECT count(*) FROM seen WHERE patience = '0'") == 1);
  CHECK(place.count("SELECT count(*) FROM seen") == 1);
}

TEST_CASE("after the move PostgreSQL knows what is in its tables") {
  if (postgres_url().empty()) return;
  const OldHub old;
  const StorePlace place;
  REQUIRE(migrate_to_postgres(old.folder.path(), place.url(), kSilent));
  for (const char* table : {"journal", "journal_1", "attendee", "credential", "device"}) {
    INFO(table);
    CHECK(place.count(std::string("SELECT count(*) FROM pg_stats WHERE schemaname = current_schema()"
                                  " AND tablename = '") +
                      table + "'") > 0);
  }
  CHECK(place.count("SELECT reltuples::bigint FROM pg_class WHERE oid = 'journal_1'::regclass") ==
        place.count("SELECT count(*) FROM journal"));
}

TEST_CASE("after the move a kiosk's token, its cursors and its chain go on") {
  if (postgres_url().empty()) return;
  OldHub old;
  const StorePlace place;
  FeedPage seen;
  RosterPage roster;
  {
    const auto store = old.open();
    seen = store->feed({}, "", 1000).value();
    roster = store->roster_page(0, "", 1000).value();
  }
  REQUIRE(migrate_to_postgres(old.folder.path(), place.url(), kSilent));
  const auto store = place.open(kSmallEventId).value();
  CHECK(store->feed(seen.next, "", 10).value().rows.empty());
  CHECK_FALSE(store->roster_page(roster.next, roster.epoch, 10).value().from_start);
  CHECK(store->device("north-1").value()->token_hash == hash_token("token"));
  Device south;
  south.id = "south-2";
  ParsedUpload upload{{old.south.write(RowKind::refused, "", old.now)}, {}};
  const auto taken = take_rows(checked(upload), south, *store, old.now, counting_random()).value();
  REQUIRE(taken.answers.size() == 1);
  CHECK(taken.answers[0] == RowAnswer{21, RowAnswerKind::accepted, seen.next.seq + 1, ""});
  const FeedPage next = store->feed(seen.next, "", 10).value();
  REQUIRE(next.rows.size() == 1);
  CHECK(next.rows[0].row == upload.rows[0]);
}

TEST_CASE("an event that the database has already is not written over, and half a move leaves nothing") {
  if (postgres_url().empty()) return;
  const OldHub old;
  const StorePlace place;
  SECTION("it is there") {
    REQUIRE(migrate_to_postgres(old.folder.path(), place.url(), kSilent));
    const auto again = migrate_to_postgres(old.folder.path(), place.url(), kSilent);
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().kind == Error::Kind::invalid);
  }
  SECTION("somebody writes to the folder meanwhile") {
    const auto serving = old.open();
    bool wrote = false;
    const auto moved = migrate_to_postgres(old.folder.path(), place.url(), [&](const std::string& /*line*/) {
      if (!wrote) wrote = serving->note_wrong_code("", old.now).has_value();
    });
    REQUIRE_FALSE(moved.has_value());
    CHECK(moved.error().message.find("stop the hub") != std::string::npos);
    CHECK(place.count("SELECT count(*) FROM hub") == 0);
    CHECK(place.count("SELECT count(*) FROM journal") == 0);
  }
  SECTION("there is nothing to move") {
    const TemporaryFolder empty;
    CHECK(migrate_to_postgres(empty.path(), place.url(), kSilent).error().kind == Error::Kind::invalid);
  }
}

}  // namespace
}  // namespace lanyard::sync::hub
