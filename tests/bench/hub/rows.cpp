// How many rows a second become durable at the hub, against the same rows put into a database of the same
// shape by nothing but SQLite, and by nothing but PostgreSQL (bare.hpp).
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>

#include "sync/hub/postgres_link.hpp"
#include "sync/wire.hpp"
#include "tests/bench/hub/bare.hpp"
#include "tests/bench/hub/stage.hpp"

namespace lanyard::bench {

namespace {

constexpr double kLineAtBatches = 0.7;  // of bare, where rows come in batches
constexpr std::size_t kKiosks = 16;
constexpr int kRounds = 5;  // bare and hub in turn: what else the machine does meets both

struct Batch {
  std::size_t size;
  std::size_t batches_each;
  bool has_line;
};
constexpr auto kBatches = std::to_array<Batch>({{1, 100, false}, {32, 60, true}, {500, 10, true}});

double by_hub(const Batch& batch, const std::string& database) {
  const Hub hub(kKiosks, database);
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

BareRows bare_rows(const Batch& batch) {
  BareRows bare{{}, {}, batch.size};
  for (std::size_t k = 0; k < kKiosks; ++k) {
    for (sync::JournalRow& row : Rows(k).next(batch.size * batch.batches_each)) {
      bare.records.push_back(sync::to_json(row));
      bare.rows.push_back(std::move(row));
    }
  }
  return bare;
}

// Databases of a server, each for one use.
class Databases {
 public:
  explicit Databases(std::string server) : server_(std::move(server)), link_(server_) {}

  double in_fresh_one(const std::function<double(const std::string&)>& measure) {
    (void)link_.run_once("CREATE DATABASE lanyard_bench TEMPLATE template0 ENCODING 'UTF8'");
    const double rate = measure(server_.substr(0, server_.rfind('/')) + "/lanyard_bench");
    (void)link_.run_once("DROP DATABASE lanyard_bench WITH (FORCE)");
    (void)link_.run_once("CHECKPOINT");  // of what is gone nothing is to be written while others are measured
    return rate;
  }

 private:
  std::string server_;
  sync::hub::PostgresLink link_;
};

using Measure = std::function<double(const Batch&, const BareRows&)>;

// A line of the table for each size: medians, and the lowest and highest ratio of a round.
bool compare(const char* bare_name, const Measure& bare, const Measure& hub, bool has_lines) {
  bool holds = true;
  for (const Batch& batch : kBatches) {
    const BareRows rows = bare_rows(batch);
    std::vector<double> of_bare;
    std::vector<double> of_hub;
    std::vector<double> ratios;
    for (int round = 0; round < kRounds; ++round) {
      of_bare.push_back(bare(batch, rows));
      of_hub.push_back(hub(batch, rows));
      ratios.push_back(of_hub.back() / of_bare.back());
    }
    const double ratio = quantile(ratios, 0.5);
    const bool good = !has_lines || !batch.has_line || ratio >= kLineAtBatches;
    (void)std::printf("%8zu %12.0f %12.0f %-24s %8.2f  (%.2f to %.2f)%s\n", batch.size, quantile(of_hub, 0.5),
                      quantile(of_bare, 0.5), bare_name, ratio, ratios.front(), ratios.back(),
                      good ? "" : "  (at least 0.70)");
    (void)std::fflush(stdout);
    holds = holds && good;
  }
  return holds;
}

bool compare_with_postgres(const std::string& server) {
  Databases databases(server);
  const Measure hub = [&](const Batch& batch, const BareRows&) {
    return databases.in_fresh_one([&](const std::string& url) { return by_hub(batch, url); });
  };
  const auto bare = [&](BareInsert how) -> Measure {
    return [&databases, how](const Batch&, const BareRows& rows) {
      return databases.in_fresh_one([&](const std::string& url) { return by_bare_postgres(rows, url, how); });
    };
  };
  const bool holds = compare("PostgreSQL, row by row", bare(BareInsert::each_row), hub, true);
  // For who wants to know what is left to gain: nobody's hub talks to its database as little as this.
  return compare("PostgreSQL, by arrays", bare(BareInsert::each_batch), hub, false) && holds;
}

}  // namespace

bool measure_rows() {
  (void)std::printf("durable rows a second, %zu kiosks at once; medians of %d rounds\n", kKiosks, kRounds);
  (void)std::printf("%8s %12s %12s %-24s %8s\n", "batch", "hub", "bare", "", "ratio");
  const Measure hub = [](const Batch& batch, const BareRows&) { return by_hub(batch, ""); };
  const Measure sqlite = [](const Batch&, const BareRows& rows) { return by_bare_sqlite(rows); };
  const bool holds = compare("SQLite", sqlite, hub, true);
  const char* server = std::getenv("LANYARD_POSTGRES");
  if (server == nullptr) {
    (void)std::puts(
        "PostgreSQL: left out, as LANYARD_POSTGRES names no server (tests/postgres_server.py makes one)");
    return holds;
  }
  return compare_with_postgres(server) && holds;
}

}  // namespace lanyard::bench
