// The hub's SQLite file as plain tables of texts, for whoever carries all of it elsewhere. Nothing is written
// to it. Threads: belongs to one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/error.hpp"

namespace lanyard::sync::hub {

// One row: numbers in decimal, bytes as "\x" and hexadecimal digits (as PostgreSQL writes them), nullopt for
// NULL.
using TableRow = std::vector<std::optional<std::string>>;
using TableVisit = std::function<Expected<void>(const TableRow&)>;

class SqliteTables {
 public:
  // Of hub.db in `data`, at this moment, whatever others write from now on. Errors: invalid if there is none,
  // or if it has another schema than this program's; as open_sqlite otherwise.
  [[nodiscard]] static Expected<std::unique_ptr<SqliteTables>> open(const std::filesystem::path& data);
  SqliteTables(const SqliteTables&) = delete;
  SqliteTables& operator=(const SqliteTables&) = delete;
  ~SqliteTables();

  [[nodiscard]] Expected<std::uint64_t> count(const std::string& table);
  // Each row in the order of `key`, which like `columns` is a list of names.
  [[nodiscard]] Expected<void> each_row(const std::string& table, const std::string& columns,
                                        const std::string& key, const TableVisit& visit);
  // Somebody has written to the file since it was opened: what was read is not all any more.
  [[nodiscard]] Expected<bool> has_changed();

 private:
  struct Inside;
  explicit SqliteTables(std::unique_ptr<Inside> in);
  std::unique_ptr<Inside> in_;
};

}  // namespace lanyard::sync::hub
