// What the hub is held against: the same rows, put into tables of the same shape on the same disk by one
// writer who has nothing else to do, with the settings that the hub has. Both answer rows a second.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sync/record.hpp"

namespace lanyard::bench {

// Rows with their JSON, of several devices, in batches of `size` of one device each.
struct BareRows {
  std::vector<sync::JournalRow> rows;
  std::vector<std::string> records;
  std::size_t size{1};
};

// A transaction a batch, an INSERT a row, prepared once.
[[nodiscard]] double by_bare_sqlite(const BareRows& batches);

enum class BareInsert {
  each_row,   // as pgbench does it: an INSERT a row, prepared once, in a transaction a batch
  each_batch  // the fewest words with the database: one INSERT a batch, prepared once, of arrays
};
// By one connection, as a hub has one, to a fresh `database` (a URL) with the hub's schema.
[[nodiscard]] double by_bare_postgres(const BareRows& batches, const std::string& database, BareInsert how);

}  // namespace lanyard::bench
