// What is of PostgreSQL alone. Without LANYARD_POSTGRES there is nothing to do (ctest: sync.postgres).
#include <algorithm>
#include <atomic>
#include <functional>
#include <random>
#include <set>
#include <thread>

#include "sync/hub/postgres_link.hpp"
#include "sync/hub/purge.hpp"
#include "sync/schema.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

bool without_postgres() {
  return postgres_url().empty();
}

// Ends all connections but the one that asks, as a restart does.
void end_all_connections() {
  PostgresLink(postgres_url())
      .run_once(
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
          " WHERE datname = current_database() AND pid <> pg_backend_pid()");
}

JournalRow a_row(RowWriter& writer, Timestamp when) {
  return writer.write(RowKind::refused, "", when);
}

TEST_CASE("a transaction under way holds up no other device's, and the feed waits for its numbers") {
  if (without_postgres()) return;
  HubFixture hub;
  const auto other = hub.place().open(kSmallEventId).value();
  RowWriter slow("slow");
  RowWriter quick("quick");
  REQUIRE(hub.store().append(a_row(quick, hub.now), hub.now).value() == 1);
  REQUIRE(hub.store().transact([&]() -> Expected<void> {
    CHECK(hub.store().append(a_row(slow, hub.now), hub.now).value() == 2);
    CHECK(other->append(a_row(quick, hub.now), hub.now).value() == 3);
    const FeedPage page = other->feed({}, "", 10).value();
    CHECK(page.rows.size() == 1);
    CHECK(page.next.seq == 1);
    return {};
  }));
  const FeedPage all = other->feed({1, ""}, "", 10).value();
  CHECK(all.rows.size() == 2);
  CHECK(all.next.seq == 3);
}

TEST_CASE("numbers of a transaction that is undone are passed over") {
  if (without_postgres()) return;
  HubFixture hub;
  RowWriter lost("lost");
  RowWriter kept("kept");
  CHECK_FALSE(hub.store().transact([&]() -> Expected<void> {
    CHECK(hub.store().append(a_row(lost, hub.now), hub.now).value() == 1);
    return fail(Error::Kind::invalid, "no");
  }));
  CHECK(hub.store().feed({}, "", 10).value().next.seq == 0);
  CHECK(hub.store().append(a_row(kept, hub.now), hub.now).value() == 2);
  CHECK(hub.store().feed({}, "", 10).value().next.seq == 2);
}

TEST_CASE("a connection that was ended is made anew by the next call") {
  if (without_postgres()) return;
  HubFixture hub;
  RowWriter writer("north-1");
  end_all_connections();
  CHECK(hub.store().roster_version().has_value());  // a read
  end_all_connections();
  CHECK(hub.store().append(a_row(writer, hub.now), hub.now).has_value());  // a write
  end_all_connections();
  CHECK(hub.store().transact([] { return Expected<void>(); }).has_value());
}

TEST_CASE("a connection that ends within a transaction takes its work along, once") {
  if (without_postgres()) return;
  HubFixture hub;
  RowWriter writer("north-1");
  int runs = 0;
  const auto done = hub.store().transact([&]() -> Expected<void> {
    ++runs;
    if (auto placed = hub.store().append(a_row(writer, hub.now), hub.now); !placed) {
      return tl::make_unexpected(placed.error());
    }
    end_all_connections();
    // What is said after it must not be taken on a new connection by itself.
    const auto late = hub.store().put_attendee(attendee_of("A1"));
    CHECK_FALSE(late.has_value());
    return {};  // as if nobody had looked
  });
  REQUIRE_FALSE(done.has_value());
  CHECK(done.error().kind == Error::Kind::storage);
  CHECK(runs == 1);
  CHECK(hub.store().rows_of_device("north-1", 0, 10).value().empty());
  CHECK_FALSE(hub.store().attendee("A1").value().has_value());
}

TEST_CASE("a statement that fails undoes its transaction though its error is overlooked") {
  if (without_postgres()) return;
  HubFixture hub;
  const auto done = hub.store().transact([&]() -> Expected<void> {
    REQUIRE(hub.store().put_attendee(attendee_of("A1")));
    RowWriter writer("north-1");
    const JournalRow row = a_row(writer, hub.now);
    REQUIRE(hub.store().append(row, hub.now).has_value());
    CHECK_FALSE(hub.store().append(row, hub.now).has_value());  // its key is taken
    return {};
  });
  CHECK_FALSE(done.has_value());
  CHECK_FALSE(hub.store().attendee("A1").value().has_value());
}

TEST_CASE("several events keep their rows apart in one database") {
  if (without_postgres()) return;
  HubFixture hub;
  const auto other = hub.place().open("another").value();
  CHECK_FALSE(other->founding().value().has_value());
  CHECK(other->feed({}, "", 10).value().next.seq == 0);
  REQUIRE(other->found(new_founding(hub.random()), hub.now));
  RowWriter here("north-1");
  RowWriter there("north-1");
  REQUIRE(hub.store().append(a_row(here, hub.now), hub.now).value() == 1);
  REQUIRE(other->append(a_row(there, hub.now), hub.now).value() == 1);
  REQUIRE(other->append(a_row(there, hub.now), hub.now).value() == 2);
  REQUIRE(other->put_attendee(attendee_of("A1")));
  CHECK(hub.store().feed({}, "", 10).value().rows.size() == 1);
  CHECK(other->feed({}, "", 10).value().rows.size() == 2);
  CHECK_FALSE(hub.store().attendee("A1").value().has_value());
  CHECK(hub.store().founding().value()->epoch != other->founding().value()->epoch);
  CHECK(hub.place().count("SELECT count(*) FROM journal_1") == 1);
  CHECK(hub.place().count("SELECT count(*) FROM journal_2") == 2);

  const auto unnamed = open_postgres_store(hub.place().url(), "");
  REQUIRE_FALSE(unnamed.has_value());
  CHECK(unnamed.error().message.find("another, forum-2026") != std::string::npos);
}

TEST_CASE("the sole event of a database need not be named") {
  if (without_postgres()) return;
  HubFixture hub;
  const auto store = open_postgres_store(hub.place().url(), "").value();
  CHECK(store->event().value()->id == "forum-2026");
}

TEST_CASE("the journal in PostgreSQL is append-only") {
  if (without_postgres()) return;
  HubFixture hub;
  RowWriter writer("north-1");
  REQUIRE(hub.store().append(a_row(writer, hub.now), hub.now));
  for (const char* sql : {"DELETE FROM journal", "UPDATE journal SET record = ''", "TRUNCATE journal",
                          "TRUNCATE journal_1", "UPDATE journal_1 SET hub_seq = 7"}) {
    CHECK_THROWS_AS(hub.place().alter(sql), PostgresError);
  }
  CHECK(hub.store().feed({}, "", 10).value().rows.size() == 1);
}

TEST_CASE("a database of a later version is refused, and an unfinished one is finished") {
  if (without_postgres()) return;
  HubFixture hub;
  hub.place().alter("INSERT INTO lanyard_schema VALUES (999, 'later')");
  const auto later = hub.place().open(kSmallEventId);
  REQUIRE_FALSE(later.has_value());
  CHECK(later.error().kind == Error::Kind::invalid);
  CHECK(later.error().message.find("a later version of Lanyard") != std::string::npos);
}

TEST_CASE("hubs that start on an empty database at once make its schema once") {
  if (without_postgres()) return;
  const StorePlace place;
  std::vector<std::thread> threads;
  std::array<std::string, 4> wrong;
  for (std::string& one : wrong) {
    threads.emplace_back([&] {
      const auto store = place.open(kSmallEventId);
      if (!store) one = store.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::array<std::string, 4>{});
  CHECK(place.count("SELECT count(*) FROM lanyard_schema") == std::ssize(hub_postgres_migrations()));
}

// How many rows of a table, or of its indexes, `work` has PostgreSQL read, by a store of its own. A
// connection's counts are in sight once it has ended.
std::int64_t rows_read_of(HubFixture& hub, const std::string& table,
                          const std::function<void(HubStore&)>& work) {
  const auto read = [&] {
    const std::string of = " WHERE schemaname = current_schema() AND relname = '" + table + "'";
    return hub.place().count("SELECT (SELECT seq_tup_read FROM pg_stat_user_tables" + of +
                             ") + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes" + of + ")");
  };
  // Since `began`, in microseconds: those of other tests may take a while to end, and read other tables.
  const auto connections = [&](std::int64_t began) {
    return hub.place().count(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND backend_start >= "
        "to_timestamp(" +
        std::to_string(began) + " / 1000000.0)");
  };
  const auto settled = [&](std::int64_t began, std::int64_t ours) {
    for (int i = 0; i < 1000 && connections(began) > ours; ++i) std::this_thread::sleep_for(10ms);
    return connections(began) <= ours;
  };
  (void)settled(0, 1);  // of what the fixture has done so far
  const std::int64_t before = read();
  const std::int64_t began =
      hub.place().count("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
  work(*hub.place().open(kSmallEventId).value());
  REQUIRE(settled(began, 0));
  return read() - before;
}

// On the roster and past the store, as it is quicker.
void add_people(HubFixture& hub, std::int64_t count) {
  hub.place().alter(
      "INSERT INTO attendee (event, id, version, record) SELECT event, 'A' || n, version + n,"
      " replace('" +
      to_json(attendee_of("A0")) + "', '\"A0\"', '\"A' || n || '\"') FROM hub, generate_series(1, " +
      std::to_string(count) + ") n");
  hub.place().alter("UPDATE hub SET version = version + " + std::to_string(count));
}

TEST_CASE("a page of the roster reads those whom it hands on, and not all behind the cursor") {
  if (without_postgres()) return;
  HubFixture hub;
  constexpr std::int64_t kPeople = 5000;
  constexpr std::int64_t kPages = 10;  // PostgreSQL settles on a plan for all values after five
  const std::int64_t first = hub.store().roster_version().value();
  add_people(hub, kPeople);
  hub.place().alter("ANALYZE attendee");
  const std::int64_t read = rows_read_of(hub, "attendee", [&](HubStore& store) {
    const std::string epoch = store.founding().value()->epoch;
    std::int64_t after = first + kPeople / 2;
    for (std::int64_t page = 0; page < kPages; ++page) {
      const RosterPage got = store.roster_page(after, epoch, 20).value();
      REQUIRE(got.attendees.size() == 20);
      CHECK(got.attendees.front().id == "A" + std::to_string(after - first + 1));
      after = got.next;
    }
  });
  CHECK(read <= kPages * 2 * 21);  // once for themselves, once for their credentials
}

TEST_CASE("whoever has one row is found by it, also where PostgreSQL has no statistics") {
  if (without_postgres()) return;
  HubFixture hub;
  hub.place().alter("ALTER TABLE journal_1 SET (autovacuum_enabled = false)");  // which would gather them
  hub.place().alter(
      "INSERT INTO journal (event, hub_seq, device, seq, kind, attendee, generation, hash, received, record,"
      " id, corrected) SELECT event, n, 'north-1', n, 'admitted', 'A' || n, 1, '', 0, repeat('x', 500), n, 0"
      " FROM hub, generate_series(1, 20000) n");
  const std::int64_t read = rows_read_of(hub, "journal_1", [&](HubStore& store) {
    for (int i = 0; i < 10; ++i) {
      CHECK(store.those_with_several_rows({"A7", "A19000"}).value().empty());
      CHECK(store.generation("A8").value() == 1);
    }
  });
  CHECK(read <= 10 * 3);
}

TEST_CASE("a row's time and who came and went are found without statistics as well") {
  if (without_postgres()) return;
  HubFixture hub;
  hub.place().alter("ALTER TABLE journal_1 SET (autovacuum_enabled = false)");
  hub.place().alter(
      "INSERT INTO journal (event, hub_seq, device, seq, kind, attendee, generation, hash, received, record,"
      " id, corrected) SELECT event, n, 'north-1', n, CASE WHEN n % 1000 = 0 THEN 'alert' ELSE 'admitted' "
      "END,"
      " 'A' || n, 1, '', 0, repeat('x', 500), n, n FROM hub, generate_series(1, 20000) n");
  const std::int64_t read = rows_read_of(hub, "journal_1", [&](HubStore& store) {
    for (int i = 0; i < 10; ++i) {
      const auto times = store.corrected_times({"7", "none", "19000"}).value();
      CHECK(times == std::vector{std::optional(Timestamp(7ms)), std::optional<Timestamp>(),
                                 std::optional(Timestamp(19s))});
    }
    CHECK_FALSE(store.moves_since(Timestamp(19'998ms)).has_value());  // they are no rows that can be read
    CHECK_FALSE(store.alerts(19'000, 10).has_value());
  });
  CHECK(read <= 10 * 2 + 3 + 1);
}

std::vector<std::string> many_people() {
  std::vector<std::string> ids;
  for (int i = 0; i < 11'000; ++i) ids.push_back("A" + std::to_string(100'000 + i));
  return ids;
}

TEST_CASE("however many people a transaction concerns, it takes no more locks than an upload has rows") {
  if (without_postgres()) return;
  HubFixture hub;
  const auto locks_for = [&](const std::vector<std::string>& people) {
    std::int64_t locks = 0;
    const auto done = hub.store().transact([&]() -> Expected<void> {
      if (auto some = hub.store().those_with_several_rows(people); !some)
        return tl::make_unexpected(some.error());
      const std::vector<std::string> first(people.begin(), people.begin() + 25);
      if (auto rows = hub.store().rows_of_attendees(first, 10); !rows)
        return tl::make_unexpected(rows.error());
      locks = hub.place().count("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'");
      return {};
    });
    INFO((done ? std::string() : done.error().message));
    REQUIRE(done.has_value());
    return locks;
  };
  const auto people = many_people();
  CHECK(locks_for({people.begin(), people.begin() + 25}) == 26);
  CHECK(locks_for({people.begin(), people.begin() + kMaxBatchRows}) == kMaxBatchRows + 1);
  CHECK(locks_for(people) == 1);
}

TEST_CASE("who concerns many people and who concerns one of them wait for each other") {
  if (without_postgres()) return;
  HubFixture hub;
  const auto other = hub.place().open(kSmallEventId).value();
  const auto people = many_people();
  const std::vector<std::string> one{people.back()};
  const auto [first, second] = GENERATE_COPY(std::pair(people, one), std::pair(one, people));
  std::atomic<bool> has_waited{false};
  std::thread late;
  REQUIRE(hub.store().transact([&]() -> Expected<void> {
    REQUIRE(hub.store().those_with_several_rows(first).has_value());
    late = std::thread([&] {
      const auto done = other->transact([&]() -> Expected<void> {
        const auto some = other->those_with_several_rows(second);
        return some ? Expected<void>() : tl::make_unexpected(some.error());
      });
      has_waited = done.has_value();
    });
    // The other ends once it holds what it asks for: it is seen to wait, or never was held up.
    std::int64_t waiting = 0;
    for (int i = 0; i < 500 && waiting == 0 && !has_waited; ++i) {
      std::this_thread::sleep_for(10ms);
      waiting = hub.place().count("SELECT count(*) FROM pg_locks WHERE NOT granted");
    }
    CHECK(waiting == 1);
    CHECK_FALSE(has_waited);
    return {};
  }));
  late.join();
  CHECK(has_waited);
}

// Bytes that no compression makes less of, so that they stand in the files as they are.
std::string noise(std::size_t size) {
  std::minstd_rand random(7);
  std::string bytes;
  while (bytes.size() < size) bytes += static_cast<char>(random() >> 8U);
  return bytes;
}

// Of the store's tables, with what PostgreSQL keeps of each elsewhere (TOAST), those whose files have these
// bytes.
std::size_t files_with(const std::string& url, const std::string& bytes) {
  PostgresLink link(url);
  (void)link.run_once("CHECKPOINT");
  const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
  return link
      .run_once(
          "SELECT 1 FROM pg_class c JOIN pg_class t ON t.oid IN (c.oid, c.reltoastrelid)"
          " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"
          " AND position($1::bytea IN pg_read_binary_file(pg_relation_filepath(t.oid))) > 0",
          {bytea_text(first, bytes.size())})
      .size();
}

// Each table with the file that it is in.
std::set<std::pair<std::string, std::string>> files_of_tables(const std::string& url) {
  const PostgresAnswer get = PostgresLink(url).run_once(
      "SELECT relname, relfilenode FROM pg_class"
      " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'");
  std::set<std::pair<std::string, std::string>> files;
  for (std::size_t i = 0; i < get.size(); ++i) files.emplace(get.text(i, 0), get.text(i, 1));
  return files;
}

TEST_CASE("a purge leaves no portrait in the database's files, and writes all anew that told of people") {
  if (without_postgres()) return;
  HubFixture hub;
  const std::string portrait = noise(20'000);
  Attendee attendee = attendee_of("A1");
  attendee.photo = std::string(64, 'a');
  REQUIRE(hub.store().put_attendee(attendee));
  REQUIRE(hub.store().put_photo(attendee.photo, portrait));
  const std::string some_of_it = portrait.substr(300, 60);
  REQUIRE(files_with(hub.place().url(), some_of_it) == 1);

  const auto before = files_of_tables(hub.place().url());
  REQUIRE(purge_event(hub.store(), hub.now, hub.random()));
  REQUIRE(hub.store().overwrite_deleted(true));
  CHECK(files_with(hub.place().url(), some_of_it) == 0);
  // A table that is new in the schema is written anew too, or joins those that tell of nobody.
  std::set<std::string> kept;
  for (const auto& [table, file] : files_of_tables(hub.place().url())) {
    if (before.contains({table, file})) kept.insert(table);
  }
  CHECK(kept == std::set<std::string>{"checkpoint", "frame", "lanyard_schema", "notice", "policy", "purge",
                                      "purged_chain", "stretch", "tls_identity", "uplink"});
}

TEST_CASE("a commit waits for the disk although the server's default is not to") {
  if (without_postgres()) return;
  const auto shown = [](const std::string& wanted) {
    PostgresLink link(postgres_url() + "?options=-csynchronous_commit%3D" + wanted);
    return link.run_once("SHOW synchronous_commit").text(0, 0);
  };
  CHECK(shown("off") == "on");
  CHECK(shown("local") == "on");
  CHECK(shown("remote_apply") == "remote_apply");
}

TEST_CASE("no error says the password of a URL") {
  for (const char* url :
       {"postgresql://user:geheim@127.0.0.1:1/x", "postgresql://user:gehe/im@127.0.0.1/x",
        "postgresql://user:geheim@geheim@127.0.0.1/x", "postgresql://user:geheim@nowhere.invalid/x",
        "postgresql://user@127.0.0.1:1/x?password=geheim&nonsense=geheim"}) {
    const auto store = open_postgres_store(url, "e");
    REQUIRE_FALSE(store.has_value());
    INFO(store.error().message);
    CHECK(store.error().kind == Error::Kind::storage);
    CHECK(store.error().message.find("gehe") == std::string::npos);
  }
}

TEST_CASE("bytes come back from PostgreSQL's text as they went") {
  const std::array<std::uint8_t, 4> bytes{0, 0x1f, 0xa0, 0xff};
  CHECK(bytea_text(bytes.data(), bytes.size()) == "\\x001fa0ff");
  std::array<std::uint8_t, 4> back{1, 1, 1, 1};
  CHECK(read_bytea("\\x001fa0ff", back.data(), back.size()));
  CHECK(back == bytes);
  for (const char* wrong : {"", "\\x", "\\x001fa0", "\\x001fa0ff00", "x001fa0ff"}) {
    CHECK_FALSE(read_bytea(wrong, back.data(), back.size()));
    CHECK(back == std::array<std::uint8_t, 4>{});
  }
}

}  // namespace
}  // namespace lanyard::sync::hub
