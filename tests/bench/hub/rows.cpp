// How many rows a second become durable at the hub, against the same rows put into a database of the same
// shape by nothing but SQLite.
#include <cstdio>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/hub/hub_store.hpp"
#include "sync/wire.hpp"
#include "tests/bench/hub/stage.hpp"

namespace lanyard::bench {

namespace {

constexpr double kLineAtBatches = 0.7;  // of bare, where rows come in batches
constexpr std::size_t kKiosks = 16;

struct Batch {
  std::size_t size;
  std::size_t batches_each;
  bool has_line;
};

double by_hub(const Batch& batch) {
  const Hub hub(kKiosks);
  std::vector<std::vector<std::string>> requests(kKiosks);
  for (std::size_t k = 0; k < kKiosks; ++k) {
    Rows rows(k);
    for (std::size_t n = 0; n < batch.batches_each; ++n) {
      requests[k].push_back(
          post("/v1/journal", hub.token(k), to_body(sync::UploadRequest{rows.next(batch.size)})));
    }
  }
  const auto began = std::chrono::steady_clock::now();
  std::vector<std::jthread> kiosks;
  for (std::size_t k = 0; k < kKiosks; ++k) {
    kiosks.emplace_back([&, k] {
      Line line(hub.port(), k);
      for (const std::string& request : requests[k]) {
        line.send(request);
        (void)line.receive();
      }
    });
  }
  kiosks.clear();
  const double took = seconds_since(began);
  const std::uint64_t wanted = kKiosks * batch.batches_each * batch.size;
  if (hub.rows() != wanted)
    give_up("the hub has " + std::to_string(hub.rows()) + " rows of " + std::to_string(wanted));
  return static_cast<double>(wanted) / took;
}

// The statement that the hub's store has, by one writer, a transaction a batch, on the same disk.
double by_sqlite(const Batch& batch) {
  const Folder folder;
  if (!sync::hub::open_sqlite_store(folder.path())) give_up("no store");
  SQLite::Database db((folder.path() / "hub.db").string(), SQLite::OPEN_READWRITE);
  db.exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 1000");
  std::vector<sync::JournalRow> rows;
  std::vector<std::string> records;
  for (std::size_t k = 0; k < kKiosks; ++k) {
    for (sync::JournalRow& row : Rows(k).next(batch.size * batch.batches_each)) {
      records.push_back(sync::to_json(row));
      rows.push_back(std::move(row));
    }
  }
  SQLite::Statement put(
      db,
      "INSERT INTO journal (device, seq, kind, attendee, generation, hash, received, record, id, corrected)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const auto began = std::chrono::steady_clock::now();
  for (std::size_t n = 0; n < rows.size();) {
    SQLite::Transaction transaction(db, SQLite::TransactionBehavior::IMMEDIATE);
    for (std::size_t i = 0; i < batch.size; ++i, ++n) {
      const sync::JournalRow& row = rows[n];
      const std::int64_t wall = row.wall.time_since_epoch().count();
      put.bind(1, row.device);
      put.bind(2, static_cast<std::int64_t>(row.seq));
      put.bind(3, std::string(sync::to_name(row.kind)));
      put.bind(4, row.attendee);
      put.bind(5, static_cast<std::int64_t>(row.generation));
      put.bind(6, row.hash.data(), static_cast<int>(row.hash.size()));
      put.bind(7, wall);
      put.bind(8, records[n]);
      put.bind(9, row.id);
      put.bind(10, wall);
      put.exec();
      put.reset();
    }
    transaction.commit();
  }
  return static_cast<double>(rows.size()) / seconds_since(began);
}

}  // namespace

bool measure_rows() {
  bool holds = true;
  (void)std::printf("durable rows a second, %zu kiosks at once\n", kKiosks);
  (void)std::printf("%8s %12s %12s %8s\n", "batch", "hub", "bare SQLite", "ratio");
  for (const Batch& batch : {Batch{1, 100, false}, Batch{32, 60, true}, Batch{500, 10, true}}) {
    const double bare = by_sqlite(batch);
    const double ours = by_hub(batch);
    const double ratio = ours / bare;
    const bool good = !batch.has_line || ratio >= kLineAtBatches;
    (void)std::printf("%8zu %12.0f %12.0f %8.2f%s\n", batch.size, ours, bare, ratio,
                      good ? "" : "  (at least 0.70)");
    holds = holds && good;
  }
  return holds;
}

}  // namespace lanyard::bench
