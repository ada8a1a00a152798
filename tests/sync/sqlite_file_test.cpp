#include "sync/sqlite_file.hpp"

#include <barrier>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include "sync/store.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync {
namespace {

using hub::TemporaryFolder;
using namespace std::chrono_literals;

Expected<std::unique_ptr<SQLite::Database>> open_kiosk(const std::filesystem::path& file) {
  return open_sqlite(file, kiosk_migrations(), 500ms);
}

mode_t mode_of(const std::filesystem::path& file) {
  struct stat found {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  return found.st_mode & 0777U;
}

TEST_CASE("a file is opened so that a commit is on the disk when it returns") {
  const TemporaryFolder folder;
  auto db = open_kiosk(folder.path() / "store.db").value();
  CHECK(db->execAndGet("PRAGMA journal_mode").getString() == "wal");
  CHECK(db->execAndGet("PRAGMA synchronous").getInt() == 2);  // FULL
  CHECK(db->execAndGet("PRAGMA foreign_keys").getInt() == 1);
  CHECK(db->execAndGet("PRAGMA user_version").getInt() == kiosk_migrations().back().number);
  // Another handle, that knows nothing of us, finds the same mode in the file.
  SQLite::Database other((folder.path() / "store.db").string());
  CHECK(other.execAndGet("PRAGMA journal_mode").getString() == "wal");
}

TEST_CASE("the group may write all three files, whatever the umask, and the umask stays as it was") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "store.db";
  const mode_t before = ::umask(0077);
  auto db = open_kiosk(file).value();
  db->exec("CREATE TABLE t (x)");
  const mode_t after = ::umask(before);
  CHECK(after == 0077);
  CHECK(mode_of(file) == 0660);
  CHECK(mode_of(file.string() + "-wal") == 0660);
  CHECK(mode_of(file.string() + "-shm") == 0660);
}

TEST_CASE("opening a file again changes nothing in it") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "store.db";
  open_kiosk(file).value()->exec("INSERT INTO setting VALUES ('a', x'00')");
  CHECK(open_kiosk(file).value()->execAndGet("SELECT count(*) FROM setting").getInt() == 1);
}

TEST_CASE("a file of a later version is refused and left alone") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "store.db";
  const int later = kiosk_migrations().back().number + 1;
  open_kiosk(file).value()->exec("PRAGMA user_version = " + std::to_string(later));
  const auto opened = Store::open(file);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().kind == Error::Kind::invalid);
  CHECK(opened.error().message.find("later version") != std::string::npos);
  CHECK(opened.error().message.find(file.string()) != std::string::npos);
  CHECK(SQLite::Database(file.string()).execAndGet("PRAGMA user_version").getInt() == later);
}

TEST_CASE("a file that is no database is corrupt, and is not written over") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "store.db";
  const std::string text(5000, 'x');
  std::ofstream(file) << text;
  const auto opened = Store::open(file);
  REQUIRE_FALSE(opened.has_value());
  CHECK(opened.error().kind == Error::Kind::corrupt);
  std::ifstream in(file);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == text);
}

TEST_CASE("a folder, and a file in a folder that is not there, cannot be opened") {
  const TemporaryFolder folder;
  for (const auto& file : {folder.path(), folder.path() / "no" / "store.db"}) {
    const auto opened = Store::open(file);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().kind == Error::Kind::storage);
  }
}

// Root may write anywhere: be somebody else for a while.
class Nobody {
 public:
  Nobody() {
    if (::geteuid() == 0) REQUIRE(::seteuid(65534) == 0);
  }
  Nobody(const Nobody&) = delete;
  Nobody& operator=(const Nobody&) = delete;
  ~Nobody() {
    if (::seteuid(::getuid()) != 0) std::abort();  // or all that follow would run as nobody
  }
};

TEST_CASE("in a folder that is read-only nothing is opened, and it says so") {
  const TemporaryFolder folder;
  ::chmod(folder.path().c_str(), 0555);
  {
    const Nobody nobody;
    const auto opened = Store::open(folder.path() / "store.db");
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().kind == Error::Kind::storage);
  }
  ::chmod(folder.path().c_str(), 0755);
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("many that open a new file at once find one schema") {
  for (int round = 0; round < 10; ++round) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "store.db";
    std::barrier start(4);
    std::atomic<int> opened{0};
    std::array<std::string, 4> problems;
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
          start.arrive_and_wait();
          auto store = Store::open(file);
          if (store && store->row_count()) {
            ++opened;
          } else if (!store) {
            problems[i] = store.error().message;
          }
        });
      }
    }
    for (const std::string& problem : problems) CHECK(problem == "");
    CHECK(opened == 4);
  }
}

}  // namespace
}  // namespace lanyard::sync
