// Opens a SQLite file the way both stores need it: WAL with synchronous=FULL, so that a commit is on the disk
// when it returns, and a schema brought up to date by numbered migrations. Threads: the handle belongs to one
// thread. Only the two stores include this; it is their door to SQLiteCpp.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <span>

#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/error.hpp"
#include "sync/schema.hpp"

namespace lanyard::sync {

// Errors: storage if the file cannot be opened or written; corrupt if it is not a database; invalid if a
// later version of Lanyard wrote it. The file is created with mode 0660: two users share it (see systemd/).
[[nodiscard]] Expected<std::unique_ptr<SQLite::Database>> open_sqlite(
    const std::filesystem::path& file, std::span<const Migration> migrations,
    std::chrono::milliseconds busy_patience);

// What an exception of SQLiteCpp means to us.
[[nodiscard]] Error sqlite_error(const SQLite::Exception& thrown);

// False also after an error for which SQLite has undone the transaction by itself.
[[nodiscard]] bool in_transaction(const SQLite::Database& db);

// Runs `work`, which returns an Expected, and turns SQLiteCpp's exceptions into its error: the stores' one
// door between the library's way and ours.
template <class Work>
auto guarded(const char* doing, Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const SQLite::Exception& thrown) {
    return tl::make_unexpected(sqlite_error(thrown).within(doing));
  }
}

}  // namespace lanyard::sync
