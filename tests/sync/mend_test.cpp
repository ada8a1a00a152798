// A store that is damaged in many ways mends itself, and no row is lost that can still be read.
#include "sync/mend.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <random>

#include <SQLiteCpp/SQLiteCpp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sync/chain.hpp"
#include "tests/sync/kiosk_fixture.hpp"
#include "tests/sync/store_fixture.hpp"

namespace lanyard::sync {
namespace {

namespace fs = std::filesystem;

std::string bytes_in(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void put_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}
fs::path log_of(const fs::path& file) {
  return file.string() + "-wal";
}

using Rows = std::map<std::string, JournalRow>;  // by id

// A kiosk's store with all that one has: people, a policy, rows of its own and of others, short ones and such
// as fill pages of their own; some at the hub, some not. Kept as bytes, so that each test damages it anew.
struct Sample {
  static constexpr std::uint64_t kOwn = 60;
  static constexpr std::uint64_t kAtHub = 40;

  Sample() {
    Kept kept;
    RosterPage page = whole("e", 1, {"A1", "A2", "A3"});
    for (int i = 0; i < 60; ++i) page.attendees.push_back(hub::attendee_of("P" + std::to_string(i)));
    REQUIRE(kept.store().apply(page, kMorning));
    std::vector<JournalRow> others;
    Digest before{};
    for (std::uint64_t seq = 1; seq <= 30; ++seq) {
      JournalRow row = moving(RowKind::admitted, "B" + std::to_string(seq));
      row.device = "south-1";
      row.seq = seq;
      row.id = uuid7(kMorning, stamp_at(kMorning).random);
      row.wall = kMorning;
      row.prev_hash = before;
      row.hash = before = chain_hash(row);
      others.push_back(row);
    }
    REQUIRE(kept.store().apply(feed_of(others)));
    for (std::uint64_t seq = 1; seq <= kOwn; ++seq) {
      JournalRow row = moving(seq % 9 == 0 ? RowKind::refused : RowKind::admitted, "A" + std::to_string(seq));
      row.basis = std::string(seq % 5 == 0 ? 9000 : 300, static_cast<char>('a' + seq % 26));
      row = kept.store().append(row, stamp_at(kMorning + std::chrono::seconds(seq))).value();
      rows[row.id] = row;
      const RowAnswer at_hub{seq, RowAnswerKind::accepted, static_cast<std::int64_t>(1000 + seq), ""};
      if (seq <= kAtHub) REQUIRE(kept.store().apply(std::span(&at_hub, 1)));
    }
    for (const JournalRow& row : others) rows[row.id] = row;
    // While it is open, as the last to close it would empty the log.
    log = bytes_in(log_of(kept.file()));
    database = bytes_in(kept.file());
    kept.reopen();
    whole_database = bytes_in(kept.file());
  }

  Rows rows;
  std::string database;  // and `log`: as a machine leaves them that is switched off
  std::string log;
  std::string whole_database;  // all of it, without a log
};
const Sample& sample() {
  static const Sample made;
  return made;
}

constexpr std::size_t kPage = 4096;

// A folder with a store that is damaged; mended as a program would, which has found it so at work.
struct Damaged {
  explicit Damaged(const std::string& database, const std::string& log = "") {
    put_bytes(file, database);
    if (!log.empty()) put_bytes(log_of(file), log);
  }
  Mended mend() { return mend_store(file, kMorning + std::chrono::hours(++mends), id()).value(); }
  [[nodiscard]] FileId id() const {
    struct stat found {};
    REQUIRE(::stat(file.c_str(), &found) == 0);
    return {found.st_dev, found.st_ino};
  }
  Store store() { return Store::open(file).value(); }
  Rows rows() {
    Rows found;
    SQLite::Database db(file.string());
    SQLite::Statement ids(db, "SELECT id FROM journal");
    auto store = this->store();
    while (ids.executeStep()) {
      const std::string id = ids.getColumn(0).getString();
      found[id] = store.row(id).value().value();
    }
    return found;
  }

  hub::TemporaryFolder folder;
  fs::path file{folder.path() / "store.db"};
  int mends{0};
};

// None is another than it was.
void check_as_written(const Rows& found) {
  for (const auto& [id, row] : found) {
    INFO(row.device << " " << row.seq);
    const auto known = sample().rows.find(id);
    REQUIRE(known != sample().rows.end());
    CHECK(row == known->second);
  }
}

// What the hub would see: own rows in one chain behind those that it has, and the report as the last.
void check_places(Store& store, std::uint64_t known_to) {
  JournalRow report;
  report.kind = RowKind::alert;
  report.rule = kStoreMended;
  REQUIRE(store.place_rows(known_to, report, stamp_at(kMorning)));
  const auto rows = store.own_rows(known_to, 1000).value();
  REQUIRE_FALSE(rows.empty());
  CHECK(rows.front().seq == known_to + 1);
  const auto broken = find_break(rows, rows.front().prev_hash);
  INFO((broken ? broken->why : ""));
  CHECK_FALSE(broken);
  CHECK(rows.back().rule == kStoreMended);
  CHECK_FALSE(store.mend_note().value());
  CHECK(store.append(moving(RowKind::admitted, "Z"), stamp_at(kMorning)).value().seq == rows.back().seq + 1);
}

TEST_CASE("a sound store is read from its pages as SQLite reads it, with its log and without") {
  for (const bool has_log : {true, false}) {
    Damaged there(has_log ? sample().database : sample().whole_database, has_log ? sample().log : "");
    const Mended mended = there.mend();
    CHECK(mended.was_damaged);
    CHECK(mended.knows_itself);
    CHECK(mended.note == MendNote{Sample::kOwn, sample().rows.size(), 0});
    CHECK(there.rows() == sample().rows);
    auto store = there.store();
    CHECK(store.identity().value() == identity_of("north-1"));
    CHECK(store.check_integrity());
    // What the hub has is asked for from the beginning.
    CHECK(store.standing().value().roster_version == 0);
    CHECK(store.standing().value().feed == FeedCursor{});
    check_places(store, Sample::kAtHub);
  }
}

TEST_CASE("a page of zeros costs the rows that stood in it, and no others") {
  // What stands where, as SQLite says.
  struct Content {
    std::string of;
    std::string kind;
    int cells;
  };
  std::map<std::size_t, Content> pages;
  {
    Damaged sound(sample().whole_database);
    SQLite::Database db(sound.file.string());
    SQLite::Statement get(db, "SELECT pageno, name, pagetype, ncell FROM dbstat");
    while (get.executeStep()) {
      pages[static_cast<std::size_t>(get.getColumn(0).getInt64())] = {
          get.getColumn(1).getString(), get.getColumn(2).getString(), get.getColumn(3).getInt()};
    }
  }
  std::size_t costly = 0;
  for (std::size_t page = 1; page * kPage <= sample().whole_database.size(); ++page) {
    std::string bytes = sample().whole_database;
    bytes.replace((page - 1) * kPage, kPage, kPage, '\0');
    Damaged there(bytes);
    const Mended mended = there.mend();
    const Content& content = pages[page];
    INFO("page " << page << " " << content.of << " " << content.kind);
    if (content.of == "setting" && content.kind != "overflow") {
      // Nobody knows who it was.
      CHECK_FALSE(mended.knows_itself);
      CHECK_FALSE(there.store().identity().value());
      continue;
    }
    CHECK(mended.knows_itself);
    const bool of_rows = content.of == "journal" && content.kind != "internal";
    const std::size_t most_lost = !of_rows                     ? 0
                                  : content.kind == "overflow" ? 1
                                                               : static_cast<std::size_t>(content.cells);
    costly += of_rows ? 1 : 0;
    const Rows found = there.rows();
    CHECK(found.size() + most_lost >= sample().rows.size());
    check_as_written(found);
    auto store = there.store();
    check_places(store, Sample::kAtHub);
  }
  CHECK(costly > 5);
}

TEST_CASE("bytes that were changed at random invent no row, and leave a chain that holds") {
  const char* seed = std::getenv("LANYARD_SEED");
  std::mt19937 dice(seed == nullptr ? 4711U : static_cast<unsigned>(std::strtoul(seed, nullptr, 10)));
  std::size_t lost = 0;
  for (int round = 0; round < 24; ++round) {
    std::string bytes = sample().whole_database;
    std::string log = round % 2 == 0 ? "" : sample().log;
    if (!log.empty()) bytes = sample().database;
    for (auto n = 1 + dice() % 40; n > 0; --n) {
      std::string& into = !log.empty() && dice() % 2 == 0 ? log : bytes;
      into[dice() % into.size()] = static_cast<char>(dice());
    }
    Damaged there(bytes, log);
    INFO("round " << round);
    const Mended mended = there.mend();
    if (!mended.knows_itself) continue;
    const Rows found = there.rows();
    check_as_written(found);
    lost += sample().rows.size() - found.size();
    auto store = there.store();
    CHECK(store.identity().value() == identity_of("north-1"));
    check_places(store, Sample::kAtHub);
  }
  CHECK(lost > 0);
  CHECK(lost < 24 * sample().rows.size() / 3);
}

TEST_CASE("a file that was cut off at any page gives what stands before the cut") {
  std::size_t had = 0;
  for (std::size_t pages = 1; pages * kPage < sample().whole_database.size(); pages += 3) {
    Damaged there(sample().whole_database.substr(0, pages * kPage + 100));
    const Mended mended = there.mend();
    INFO("after page " << pages);
    const Rows found = there.rows();
    check_as_written(found);
    CHECK(found.size() >= had);
    had = found.size();
    auto store = there.store();
    if (mended.knows_itself) check_places(store, Sample::kAtHub);
  }
  CHECK(had > sample().rows.size() / 2);
}

TEST_CASE("a head of zeros, a text and an empty file are noticed when the store is opened") {
  std::string headless = sample().whole_database;
  headless.replace(0, 100, 100, '\0');
  for (const std::string& bytes : {headless, std::string(8192, 'x'), std::string("No database at all.\n")}) {
    Damaged there(bytes);
    REQUIRE(Store::open(there.file).error().kind == Error::Kind::corrupt);
    const auto opened = open_or_mend(there.file, kMorning);
    REQUIRE(opened);
    REQUIRE(opened->mended);
    CHECK(opened->mended->knows_itself == (bytes == headless));
    // As it was, whatever it was.
    CHECK(bytes_in(opened->mended->aside / "store.db") == bytes);
  }
  SECTION("but a file that is empty, and has no log, is a new one") {
    Damaged there("");
    const auto opened = open_or_mend(there.file, kMorning);
    REQUIRE(opened);
    CHECK_FALSE(opened->mended);
  }
  SECTION("beside a log, of which SQLite would make an end") {
    Damaged there("", sample().log);
    const auto opened = open_or_mend(there.file, kMorning);
    REQUIRE(opened);
    REQUIRE(opened->mended);
    CHECK(opened->mended->knows_itself);
    CHECK(bytes_in(opened->mended->aside / "store.db-wal") == sample().log);
    CHECK(there.rows().size() > 10);
  }
}

TEST_CASE("rows behind a damaged frame of the log are read, where SQLite would stop") {
  const std::size_t frame = kPage + 24;
  const std::size_t frames = (sample().log.size() - 32) / frame;
  REQUIRE(frames > 20);
  std::size_t hidden = 0;
  for (std::size_t at = 0; at < frames; at += 1 + frames / 12) {
    std::string log = sample().log;
    log[32 + at * frame + 2000] ^= 0x55;
    Damaged there(sample().database, log);
    const auto opened = open_or_mend(there.file, kMorning);
    REQUIRE(opened);
    if (opened->mended) ++hidden;
    const Rows found = there.rows();
    INFO("frame " << at);
    check_as_written(found);
    // A row stands in all frames that were written of its page since.
    CHECK(found.size() + 1 >= sample().rows.size());
  }
  CHECK(hidden > 6);
}

TEST_CASE("a log whose head is damaged still gives its rows") {
  std::string log = sample().log;
  log[10] ^= 0x55;
  Damaged there(sample().database, log);
  const auto opened = open_or_mend(there.file, kMorning);
  REQUIRE(opened);
  REQUIRE(opened->mended);  // SQLite would begin another log
  CHECK(opened->mended->knows_itself);
  CHECK(there.rows().size() == sample().rows.size());
}

TEST_CASE("power that is cut at any step of mending costs nothing") {
  std::string headless = sample().database;
  headless.replace(0, kPage, kPage, '\0');
  const auto mend_and_be_cut_off = [&](Damaged& there, const std::string& at) {
    const pid_t child = ::fork();
    if (child == 0) {
      MendHooks hooks;
      hooks.step = [&](const char* step) {
        if (step == at) ::_exit(7);
      };
      (void)mend_store(there.file, kMorning, there.id(), hooks);
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    REQUIRE(WEXITSTATUS(status) == 7);
  };
  for (const std::string step : {"keep", "read", "part", "replace", "aside", "unmark"}) {
    Damaged there(headless, sample().log);
    INFO("cut off before: " << step);
    mend_and_be_cut_off(there, step);
    mend_and_be_cut_off(there, step == "unmark" ? "keep" : step);  // and once more
    CHECK(waits_for_mending(there.file));
    CHECK(Store::open(there.file).error().kind == Error::Kind::corrupt);
    auto opened = open_or_mend(there.file, kMorning + std::chrono::seconds(5));
    REQUIRE(opened);
    CHECK(there.rows() == sample().rows);
    CHECK_FALSE(waits_for_mending(there.file));
    CHECK(opened->store.identity().value() == identity_of("north-1"));
    const auto aside = set_aside(there.file);
    REQUIRE_FALSE(aside.empty());
    CHECK(bytes_in(aside.front() / "store.db") == headless);
    CHECK(bytes_in(aside.front() / "store.db-wal") == sample().log);
  }
}

TEST_CASE("nobody mends a store that somebody has open, and whoever has it is told") {
  Damaged there(sample().whole_database);
  auto other = std::optional(there.store());
  const auto refused = mend_store(there.file, kMorning, there.id());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == Error::Kind::unavailable);
  CHECK(waits_for_mending(there.file));
  CHECK(Store::open(there.file).error().kind == Error::Kind::corrupt);
  // It may still write what it was about to.
  const JournalRow late = other->append(moving(RowKind::admitted, "late"), stamp_at(kMorning)).value();
  const FileId had = other->file_id();
  other.reset();
  CHECK(mend_store(there.file, kMorning, had).value().was_damaged);
  CHECK(there.rows().contains(late.id));
  // Who had found the same damage comes too late, and touches nothing.
  CHECK_FALSE(mend_store(there.file, kMorning, had).value().was_damaged);
  REQUIRE(ask_for_mending(there.file, had));
  CHECK_FALSE(waits_for_mending(there.file));
  CHECK(set_aside(there.file).size() == 1);
}

TEST_CASE("a store with nothing wrong is not touched") {
  Damaged there(sample().whole_database);
  { auto store = there.store(); }
  const std::string before = bytes_in(there.file);
  const auto files = [&] {
    return std::distance(fs::directory_iterator(there.folder.path()), fs::directory_iterator());
  };
  const auto had = files();
  {
    const auto sound = open_or_mend(there.file, kMorning);
    REQUIRE(sound);
    CHECK_FALSE(sound->mended);
  }
  CHECK(files() == had);
  CHECK(bytes_in(there.file) == before);
  const auto opened = open_or_mend(there.file, kMorning);
  REQUIRE(opened);
  CHECK_FALSE(opened->mended);
  CHECK_FALSE(mend_store(there.file, kMorning).has_value());  // it is open
  REQUIRE(waits_for_mending(there.file));
}

TEST_CASE("a mark on a store that opens and is sound goes, and the store stays as it is") {
  Damaged there(sample().whole_database);
  { auto store = there.store(); }
  const std::string before = bytes_in(there.file);
  CHECK_FALSE(mend_store(there.file, kMorning).value().was_damaged);
  CHECK_FALSE(waits_for_mending(there.file));
  CHECK(set_aside(there.file).empty());
  CHECK(bytes_in(there.file) == before);
}

TEST_CASE("a disk that damages the store again and again is not mended any more") {
  Damaged there(sample().whole_database);
  const auto mend = [&](std::chrono::minutes after) {
    return mend_store(there.file, kMorning + after, there.id());
  };
  for (int i = 0; i < 3; ++i) REQUIRE(mend(std::chrono::minutes(i)));
  CHECK(mend(std::chrono::minutes(10)).error().kind == Error::Kind::corrupt);
  CHECK(mend(std::chrono::minutes(61)));
  CHECK(set_aside(there.file).size() == 4);
  REQUIRE(forget_set_aside(there.file, 1));
  CHECK(set_aside(there.file).size() == 1);
}

TEST_CASE("an identity that is not what was written is none") {
  std::string bytes = sample().whole_database;
  const std::string key = hex(identity_of("north-1").fingerprint_key);
  const auto at = bytes.find(key);
  REQUIRE(at != std::string::npos);
  bytes[at] = bytes[at] == '1' ? '2' : '1';
  Damaged there(bytes);
  CHECK_FALSE(there.mend().knows_itself);
}

// A kiosk and its hub.
struct Mending {
  explicit Mending(const std::string& hub_url = "https://hub") {
    REQUIRE(hub.store().put_attendee(hub::attendee_of("A1")));
    kiosk.config().hub = hub_url;
    kiosk.enrol();
    kiosk.settle();
  }
  void write(const std::string& prefix, int count) {
    for (int i = 0; i < count; ++i)
      kiosk.write(RowKind::admitted, prefix + std::to_string(i), std::string(1500, 'b'));
  }
  // Nobody has it open meanwhile, and it is one file.
  template <class Damage>
  Mended damage(Damage&& what) {
    const FileId id = kiosk.store().file_id();
    kiosk.store() = Store::open(kiosk.folder() / "elsewhere.db").value();
    what(file);
    Mended mended = mend_store(file, hub.now, id).value();
    kiosk.store() = Store::open(file).value();
    kiosk.restart();
    return mended;
  }
  // The rows from this seq on are gone from the file, and nothing tells of them.
  static auto without_rows(std::uint64_t from, std::uint64_t to) {
    return [from, to](const fs::path& at) {
      SQLite::Database db(at.string(), SQLite::OPEN_READWRITE);
      db.exec("PRAGMA secure_delete = ON; DROP TRIGGER journal_keeps_rows");
      db.exec("DELETE FROM journal WHERE device = 'north-1' AND seq BETWEEN " + std::to_string(from) +
              " AND " + std::to_string(to));
      db.exec("VACUUM");
      db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    };
  }
  void pass(int times = 3) {
    for (int i = 0; i < times; ++i) {
      kiosk.pass(16s);
      kiosk.settle();
    }
  }
  [[nodiscard]] std::vector<JournalRow> rows() {
    return hub.store().rows_of_device("north-1", 0, 1000).value();
  }
  [[nodiscard]] int rows_about(const std::string& prefix) {
    const auto all = rows();
    return static_cast<int>(
        std::ranges::count_if(all, [&](const JournalRow& row) { return row.attendee.starts_with(prefix); }));
  }
  [[nodiscard]] std::string report() {
    for (const JournalRow& row : rows()) {
      if (row.rule == kStoreMended) return row.detail;
    }
    return "";
  }
  [[nodiscard]] std::size_t set_aside_at_hub() {
    return hub.store().rows_set_aside("north-1").value().size();
  }

  HubFixture hub;
  Kiosk kiosk{hub};
  fs::path file{kiosk.folder() / "store.db"};
};

TEST_CASE("rows that a damaged store had not sent yet are at the hub afterwards, with a report") {
  Mending there;
  there.write("A", 10);
  there.pass();
  there.kiosk.cut = true;
  there.write("B", 5);
  const Mended mended = there.damage([](const fs::path& at) {
    std::string bytes = bytes_in(at);
    bytes.replace(0, kPage, kPage, '\0');
    put_bytes(at, bytes);
  });
  CHECK(mended.note == MendNote{15, 15, 0});
  there.write("C", 5);  // before the hub is heard of
  CHECK(there.kiosk.store().own_rows(15, 1).value().front().seq == kUnplacedSeq);
  there.kiosk.cut = false;
  there.pass();
  CHECK(there.rows_about("A") == 10);
  CHECK(there.rows_about("B") == 5);
  CHECK(there.rows_about("C") == 5);
  CHECK(there.report() == "the store was damaged: 15 rows were read, 0 are at the hub alone, 0 are lost");
  CHECK(there.set_aside_at_hub() == 0);
  CHECK_FALSE(find_break(there.rows(), Digest{}));
  CHECK(there.kiosk.store().unsent_count().value().unsent == 0);
  CHECK(there.kiosk.store().attendee_count().value() == 1);
}

TEST_CASE(
    "a store that has lost its newest rows lets people in before the hub tells of them, and loses none") {
  Mending there;
  there.write("A", 10);
  there.pass();
  there.kiosk.cut = true;
  const Mended mended = there.damage(Mending::without_rows(7, 10));
  CHECK(mended.note.highest == 6);
  there.write("C", 6);
  there.kiosk.cut = false;
  there.pass();
  CHECK(there.rows_about("A") == 10);
  CHECK(there.rows_about("C") == 6);
  CHECK(there.report() == "the store was damaged: 6 rows were read, 4 are at the hub alone, 0 are lost");
  // One row of the kiosk's own cannot follow those that it has lost.
  CHECK(there.set_aside_at_hub() == 1);
  CHECK(there.kiosk.store().unsent_count().value().unsent == 0);
  there.write("D", 2);
  there.pass();
  CHECK(there.rows_about("D") == 2);
  CHECK(there.set_aside_at_hub() == 1);
}

TEST_CASE("rows behind others that are lost for good reach the hub, and how many are lost is told") {
  Mending there;
  there.write("A", 4);
  there.pass();
  there.kiosk.cut = true;
  there.write("B", 9);
  (void)there.damage(Mending::without_rows(6, 8));
  there.write("C", 2);
  there.kiosk.cut = false;
  there.pass();
  CHECK(there.rows_about("B") == 6);
  CHECK(there.rows_about("C") == 2);
  CHECK(there.report() == "the store was damaged: 10 rows were read, 0 are at the hub alone, 3 are lost");
  CHECK(there.set_aside_at_hub() == 0);
  CHECK_FALSE(find_break(there.rows(), Digest{}));
}

TEST_CASE("a store that is damaged once more before the hub has heard of the first time loses nothing") {
  Mending there;
  there.write("A", 4);
  there.pass();
  there.kiosk.cut = true;
  const auto behead = [](const fs::path& at) {
    std::string bytes = bytes_in(at);
    bytes.replace(0, kPage, kPage, '\0');
    put_bytes(at, bytes);
  };
  (void)there.damage(behead);
  there.write("B", 3);
  there.hub.now += 1min;
  (void)there.damage(behead);
  there.write("C", 3);
  there.kiosk.cut = false;
  there.pass();
  CHECK(there.rows_about("A") == 4);
  CHECK(there.rows_about("B") == 3);
  CHECK(there.rows_about("C") == 3);
  CHECK_FALSE(find_break(there.rows(), Digest{}));
}

TEST_CASE("a mended kiosk promises the hub nothing of which it does not know that the hub has it") {
  Mending there;
  there.write("A", 4);
  there.pass();
  (void)there.damage([](const fs::path& at) {
    std::string bytes = bytes_in(at);
    bytes.replace(0, kPage, kPage, '\0');
    put_bytes(at, bytes);
  });
  there.write("C", 1);
  int beats = 0;
  there.kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/heartbeat")) return std::nullopt;
    if (beats++ == 0) {
      const auto said = parse_heartbeat(request.body);
      REQUIRE(said);
      CHECK(said->last_seq == said->unsent);
    }
    return std::nullopt;
  };
  there.pass();
  CHECK(beats > 0);
}

TEST_CASE("nobody on the way of a line in the clear has a mended kiosk leave places free") {
  Mending there("http://hub.example:8080");
  there.write("A", 4);
  there.pass();
  (void)there.damage([](const fs::path& at) {
    std::string bytes = bytes_in(at);
    bytes.replace(0, kPage, kPage, '\0');
    put_bytes(at, bytes);
  });
  there.kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/heartbeat")) return std::nullopt;
    const HeartbeatAnswer answer{there.hub.now, "main", 0, 1'000'000};
    return HttpAnswer{200, "application/json", to_body(answer), {}, {}};
  };
  there.pass();
  CHECK(there.kiosk.store().mend_note().value());
  there.kiosk.lie = {};
  there.write("C", 2);
  there.pass(8);
  CHECK_FALSE(there.kiosk.store().mend_note().value());
  CHECK(there.rows_about("C") == 2);
}

}  // namespace
}  // namespace lanyard::sync
