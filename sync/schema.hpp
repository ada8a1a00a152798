// The numbered migrations of each database, compiled in from sync/schema/. Migration N brings a file of
// version N - 1 to version N; one that has been released is never edited.
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

}  // namespace lanyard::sync
