#include "sync/hub/sqlite_tables.hpp"

#include "sync/hub/postgres_link.hpp"
#include "sync/sqlite_file.hpp"

namespace lanyard::sync::hub {

namespace {

std::optional<std::string> text_of(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  if (!column.isBlob()) return column.getString();
  return bytea_text(static_cast<const std::uint8_t*>(column.getBlob()),
                    static_cast<std::size_t>(column.getBytes()));
}

int number(SQLite::Database& db, const char* sql) {
  return db.execAndGet(sql).getInt();
}

}  // namespace

struct SqliteTables::Inside {
  explicit Inside(const std::string& file)
      : db(file, SQLite::OPEN_READONLY), watch(file, SQLite::OPEN_READONLY) {}
  SQLite::Database db;     // within one transaction, so that it shows one moment
  SQLite::Database watch;  // outside of any: it hears of what others commit
  int version_at_first{0};
};

SqliteTables::SqliteTables(std::unique_ptr<Inside> in) : in_(std::move(in)) {}
SqliteTables::~SqliteTables() = default;

Expected<std::unique_ptr<SqliteTables>> SqliteTables::open(const std::filesystem::path& data) {
  const std::string file = (data / "hub.db").string();
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return fail(Error::Kind::invalid, "there is no hub in " + data.string());
  }
  const std::string doing = "reading " + file;
  return guarded(doing.c_str(), [&]() -> Expected<std::unique_ptr<SqliteTables>> {
    auto in = std::make_unique<Inside>(file);
    const int version = number(in->db, "PRAGMA user_version");
    const int wanted = hub_migrations().back().number;
    if (version != wanted) {
      return fail(Error::Kind::invalid, file + " has the schema " + std::to_string(version) +
                                            ", and this program's is " + std::to_string(wanted) +
                                            ": let any other command of the newer of the two open it first");
    }
    in->version_at_first = number(in->watch, "PRAGMA data_version");
    in->db.exec("BEGIN");
    (void)number(in->db, "SELECT count(*) FROM hub");  // a transaction begins with its first read
    return std::unique_ptr<SqliteTables>(new SqliteTables(std::move(in)));
  });
}

Expected<std::uint64_t> SqliteTables::count(const std::string& table) {
  return guarded("counting rows", [&]() -> Expected<std::uint64_t> {
    const std::string sql = "SELECT count(*) FROM " + table;
    return static_cast<std::uint64_t>(in_->db.execAndGet(sql).getInt64());
  });
}

Expected<void> SqliteTables::each_row(const std::string& table, const std::string& columns,
                                      const std::string& key, const TableVisit& visit) {
  const std::string doing = "reading the table " + table;
  return guarded(doing.c_str(), [&]() -> Expected<void> {
    SQLite::Statement get(in_->db, "SELECT " + columns + " FROM " + table + " ORDER BY " + key);
    TableRow row(static_cast<std::size_t>(get.getColumnCount()));
    while (get.executeStep()) {
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = text_of(get.getColumn(static_cast<int>(i)));
      if (auto visited = visit(row); !visited) return visited;
    }
    return {};
  });
}

Expected<bool> SqliteTables::has_changed() {
  return guarded("looking for changes", [&]() -> Expected<bool> {
    return number(in_->watch, "PRAGMA data_version") != in_->version_at_first;
  });
}

}  // namespace lanyard::sync::hub
