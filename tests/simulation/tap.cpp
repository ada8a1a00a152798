#include "tests/simulation/tap.hpp"

#include <stdexcept>

#include <sqlite3.h>

namespace lanyard::simulation {

namespace {

Tap* g_opening = nullptr;

[[noreturn]] void give_up(sqlite3* db, const std::string& doing) {
  throw std::runtime_error(doing + ": " + (db != nullptr ? sqlite3_errmsg(db) : "no database"));
}

}  // namespace

void Tap::opening(Tap* tap) {
  static const int registered =
      sqlite3_auto_extension(reinterpret_cast<void (*)()>(&Tap::on_open));  // as SQLite's manual writes it
  if (registered != SQLITE_OK) throw std::runtime_error("SQLite does not let itself be watched");
  if (tap != nullptr) tap->forget();
  g_opening = tap;
}

int Tap::on_open(sqlite3* db, const char**, const void*) {
  if (g_opening != nullptr) {
    g_opening->db_ = db;
    sqlite3_commit_hook(db, &Tap::on_commit, g_opening);
    // No process ends in peace here: none tidies up.
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }
  return SQLITE_OK;
}

// Anything but 0 turns the commit into a rollback.
int Tap::on_commit(void* self) {
  auto* tap = static_cast<Tap*>(self);
  if (tap->doomed_) return 1;
  if (tap->point_ == Point::none) return 0;
  tap->doomed_ = true;
  return tap->point_ == Point::before_commit ? 1 : 0;
}

void Tap::seed_randomness(std::uint64_t seed) {
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, static_cast<int>(seed & 0x3fffffffU) + 1, nullptr);
}

void Tap::forget() {
  db_ = nullptr;
  point_ = Point::none;
  doomed_ = false;
}

void Tap::fill_disk(bool full) {
  if (db_ == nullptr) return;
  const std::string most = full ? read("PRAGMA page_count").at(0).at(0) : "1073741823";
  (void)read("PRAGMA max_page_count = " + most);
}

std::vector<std::vector<std::string>> Tap::read(const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (db_ == nullptr || sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    give_up(db_, sql);
  std::vector<std::vector<std::string>> rows;
  int step = 0;
  while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
    auto& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, i));
      const int bytes = sqlite3_column_bytes(statement, i);
      row.emplace_back(data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(bytes)));
    }
  }
  sqlite3_finalize(statement);
  if (step != SQLITE_DONE) give_up(db_, sql);
  return rows;
}

void Tap::copy_to(const std::filesystem::path& file) {
  sqlite3* copy = nullptr;
  if (sqlite3_open(file.c_str(), &copy) != SQLITE_OK) give_up(copy, "opening a copy");
  sqlite3_backup* backup = sqlite3_backup_init(copy, "main", db_, "main");
  if (backup == nullptr || sqlite3_backup_step(backup, -1) != SQLITE_DONE) give_up(copy, "copying");
  sqlite3_backup_finish(backup);
  sqlite3_close(copy);
}

}  // namespace lanyard::simulation
