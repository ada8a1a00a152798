#include "sync/sqlite_file.hpp"

#include <mutex>
#include <string>
#include <thread>

#include <sqlite3.h>
#include <sys/stat.h>

namespace lanyard::sync {

namespace {

Expected<void> migrate(SQLite::Database& db, std::span<const Migration> migrations) {
  const int newest = migrations.empty() ? 0 : migrations.back().number;
  int version = db.execAndGet("PRAGMA user_version").getInt();
  if (version > newest) {
    return fail(Error::Kind::invalid, "a later version of Lanyard wrote it (schema " +
                                          std::to_string(version) + ", this program knows " +
                                          std::to_string(newest) + ")");
  }
  if (version == newest) return {};
  // IMMEDIATE, and looked at again inside: two programs may start on one new file at the same moment.
  SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
  version = db.execAndGet("PRAGMA user_version").getInt();
  for (const Migration& migration : migrations) {
    if (migration.number <= version) continue;
    db.exec(migration.sql);
    db.exec("PRAGMA user_version = " + std::to_string(migration.number));
  }
  transaction.commit();
  return {};
}

// A file becomes a WAL once, under a lock for which SQLite does not wait: of two programs that start on a new
// file at the same moment, one would be turned away.
void use_wal(SQLite::Database& db, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    try {
      db.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (const SQLite::Exception& thrown) {
      const bool busy = thrown.getErrorCode() == SQLITE_BUSY || thrown.getErrorCode() == SQLITE_LOCKED;
      if (!busy || std::chrono::steady_clock::now() >= deadline) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

// Before SQLite is used for the first time, as it hears of it later no more: nobody asks how much memory it
// has, and counting that takes a lock at each allocation.
void count_no_memory() {
  static std::once_flag once;
  std::call_once(once, [] { (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace

bool in_transaction(const SQLite::Database& db) {
  return sqlite3_get_autocommit(db.getHandle()) == 0;
}

Error sqlite_error(const SQLite::Exception& thrown) {
  const int extended = thrown.getExtendedErrorCode();
  // The disk has blocks that it cannot read, or that are not what was written: what stood there is gone.
  if (extended == SQLITE_IOERR_READ || extended == SQLITE_IOERR_CORRUPTFS)
    return {Error::Kind::corrupt, std::string("the database cannot be read: ") + thrown.what()};
  switch (thrown.getErrorCode()) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Error::Kind::corrupt, std::string("the database is damaged: ") + thrown.what()};
    case SQLITE_FULL:
      return {Error::Kind::storage, "the disk is full"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Error::Kind::storage, "the database stayed locked by another program"};
    case SQLITE_READONLY:
      return {Error::Kind::storage, "the database cannot be written to (read-only)"};
    case SQLITE_CANTOPEN:
      return {Error::Kind::storage, "the database file cannot be opened"};
    case SQLITE_IOERR:
      return {Error::Kind::storage, std::string("the disk reports an error: ") + thrown.what()};
    default:
      return {Error::Kind::storage, thrown.what()};
  }
}

Expected<std::unique_ptr<SQLite::Database>> open_sqlite(const std::filesystem::path& file,
                                                        std::span<const Migration> migrations,
                                                        std::chrono::milliseconds busy_patience) {
  const std::string doing = "opening " + file.string();
  return guarded(doing.c_str(), [&]() -> Expected<std::unique_ptr<SQLite::Database>> {
    count_no_memory();
    // Made before SQLite would: it gives the -wal and -shm files the mode of the database, so that the group
    // reaches all three. Not by umask, which belongs to all threads; nor by open, whose close would drop the
    // locks that this process holds on the file through another handle.
    (void)::mknod(file.c_str(), S_IFREG | 0660, 0);
    (void)::chmod(file.c_str(), 0660);  // failing is harmless: another user's file
    // Without a lock around each call, which is a seventh of the work: the handle belongs to one thread.
    auto db = std::make_unique<SQLite::Database>(
        file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX,
        static_cast<int>(busy_patience.count()));
    use_wal(*db, busy_patience);
    db->exec(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
        "PRAGMA cell_size_check = ON; PRAGMA wal_autocheckpoint = 1000; PRAGMA secure_delete = ON;");
    if (auto migrated = migrate(*db, migrations); !migrated) {
      return tl::make_unexpected(migrated.error().within(doing));
    }
    return db;
  });
}

}  // namespace lanyard::sync
