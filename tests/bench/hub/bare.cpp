#include "tests/bench/hub/bare.hpp"

#include <array>
#include <memory>

#include <SQLiteCpp/SQLiteCpp.h>
#include <libpq-fe.h>

#include "sync/chain.hpp"
#include "sync/hub/hub_store.hpp"
#include "sync/wire.hpp"
#include "tests/bench/hub/stage.hpp"

namespace lanyard::bench {

namespace {

std::int64_t ms_of(sync::Timestamp when) {
  return when.time_since_epoch().count();
}

class Postgres {
 public:
  explicit Postgres(const std::string& database) : connection_(PQconnectdb(database.c_str()), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) give_up(PQerrorMessage(connection_.get()));
  }
  void run(const char* sql) { must(PQexec(connection_.get(), sql)); }
  void prepare(const char* sql) { must(PQprepare(connection_.get(), "put", sql, 0, nullptr)); }
  void put(const std::vector<std::string>& values) {
    std::vector<const char*> texts;
    texts.reserve(values.size());
    for (const std::string& value : values) texts.push_back(value.c_str());
    must(PQexecPrepared(connection_.get(), "put", static_cast<int>(texts.size()), texts.data(), nullptr,
                        nullptr, 0));
  }

 private:
  void must(PGresult* result) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer(result, PQclear);
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) give_up(PQerrorMessage(connection_.get()));
  }
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

// The columns of a row but for the event's, the hub's number first.
constexpr std::size_t kColumns = 11;
std::array<std::string, kColumns> columns_of(const BareRows& batches, std::size_t n) {
  const sync::JournalRow& row = batches.rows[n];
  const std::string wall = std::to_string(ms_of(row.wall));
  return {std::to_string(n + 1),
          row.device,
          std::to_string(row.seq),
          std::string(sync::to_name(row.kind)),
          row.attendee,
          std::to_string(row.generation),
          "\\x" + sync::hex(row.hash),
          wall,
          batches.records[n],
          row.id,
          wall};
}

constexpr const char* kPutRow =
    "INSERT INTO journal (event, hub_seq, device, seq, kind, attendee, generation, hash, received, record, "
    "id,"
    " corrected) VALUES ('bench', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
constexpr const char* kPutBatch =
    "INSERT INTO journal (event, hub_seq, device, seq, kind, attendee, generation, hash, received, record, "
    "id,"
    " corrected) SELECT 'bench', * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[], "
    "$5::text[],"
    " $6::bigint[], $7::bytea[], $8::bigint[], $9::text[], $10::text[], $11::bigint[])";

void put_rows(Postgres& postgres, const BareRows& batches, std::size_t from) {
  postgres.run("BEGIN");
  for (std::size_t i = 0; i < batches.size; ++i) {
    const auto columns = columns_of(batches, from + i);
    postgres.put({columns.begin(), columns.end()});
  }
  postgres.run("COMMIT");
}

void put_batch(Postgres& postgres, const BareRows& batches, std::size_t from) {
  std::vector<std::string> arrays(kColumns, "{");
  for (std::size_t i = 0; i < batches.size; ++i) {
    const auto columns = columns_of(batches, from + i);
    for (std::size_t c = 0; c < kColumns; ++c) {
      arrays[c] += i == 0 ? "\"" : ",\"";
      for (const char letter : columns[c]) {
        if (letter == '"' || letter == '\\') arrays[c] += '\\';
        arrays[c] += letter;
      }
      arrays[c] += '"';
    }
  }
  for (std::string& array : arrays) array += '}';
  postgres.put(arrays);  // a transaction by itself
}

}  // namespace

double by_bare_sqlite(const BareRows& batches) {
  const Folder folder;
  if (!sync::hub::open_sqlite_store(folder.path())) give_up("no store");
  SQLite::Database db((folder.path() / "hub.db").string(), SQLite::OPEN_READWRITE);
  db.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 1000");
  SQLite::Statement put(
      db,
      "INSERT INTO journal (device, seq, kind, attendee, generation, hash, received, record, id, corrected)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const auto began = std::chrono::steady_clock::now();
  for (std::size_t n = 0; n < batches.rows.size();) {
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    for (std::size_t i = 0; i < batches.size; ++i, ++n) {
      const sync::JournalRow& row = batches.rows[n];
      put.bind(1, row.device);
      put.bind(2, static_cast<std::int64_t>(row.seq));
      put.bind(3, std::string(sync::to_name(row.kind)));
      put.bind(4, row.attendee);
      put.bind(5, static_cast<std::int64_t>(row.generation));
      put.bind(6, row.hash.data(), static_cast<int>(row.hash.size()));
      put.bind(7, ms_of(row.wall));
      put.bind(8, batches.records[n]);
      put.bind(9, row.id);
      put.bind(10, ms_of(row.wall));
      put.exec();
      put.reset();
    }
    transaction.commit();
  }
  return static_cast<double>(batches.rows.size()) / seconds_since(began);
}

double by_bare_postgres(const BareRows& batches, const std::string& database, BareInsert how) {
  found_bench_event(database);
  Postgres postgres(database);
  postgres.run("SET synchronous_commit = on");
  postgres.prepare(how == BareInsert::each_row ? kPutRow : kPutBatch);
  const auto began = std::chrono::steady_clock::now();
  for (std::size_t n = 0; n < batches.rows.size(); n += batches.size) {
    how == BareInsert::each_row ? put_rows(postgres, batches, n) : put_batch(postgres, batches, n);
  }
  return static_cast<double>(batches.rows.size()) / seconds_since(began);
}

}  // namespace lanyard::bench
