// The numbered migrations of each database, compiled in from sync/schema/. Migration N brings a database of
// version N - 1 to version N; one that has been released is never edited. The hub's two kinds of database
// have the same numbers, and a number means the same in both; PostgreSQL's begins with 4, which makes all of
// 1 to 4.
#pragma once

#include <span>

namespace lanyard::sync {

struct Migration {
  int number;
  const char* name;
  const char* sql;
};

[[nodiscard]] std::span<const Migration> kiosk_migrations();
[[nodiscard]] std::span<const Migration> hub_migrations();
[[nodiscard]] std::span<const Migration> hub_postgres_migrations();

}  // namespace lanyard::sync
