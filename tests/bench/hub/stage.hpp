// What the hub's benchmarks stand on: a hub as a process of its own, kiosks that speak to it over loopback,
// and the rows that they send.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "sync/hub/hub_store.hpp"
#include "sync/record.hpp"

namespace lanyard::bench {

[[noreturn]] void give_up(const std::string& what);

// Removed with all that is in it.
class Folder {
 public:
  Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// A program that is ended with this.
class Process {
 public:
  // The first line that it prints, if it prints one; the rest goes nowhere.
  Process(const std::vector<std::string>& command, std::string& first_line, bool prints = true);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  struct Use {
    double cpu_s{0};
    double memory_mb{0};       // resident
    double peak_memory_mb{0};  // so far
  };
  [[nodiscard]] Use use() const;

 private:
  pid_t pid_{-1};
};

// Makes the benchmarks' event in a database of PostgreSQL's, with all tables.
void found_bench_event(const std::string& database);

// A hub with devices that are enrolled, without the ceremony, and served by lanyard-hub of the same build.
class Hub {
 public:
  // In a folder of its own, or in `database`, the URL of an empty one of PostgreSQL's.
  explicit Hub(std::size_t devices, std::string database = "");
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] const std::string& token(std::size_t device) const { return tokens_.at(device); }
  [[nodiscard]] static std::string device(std::size_t n) { return "gate-" + std::to_string(n); }
  [[nodiscard]] Process::Use use() const { return process_->use(); }
  [[nodiscard]] std::uint64_t rows() const;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  [[nodiscard]] std::unique_ptr<sync::hub::HubStore> open() const;

  Folder folder_;
  std::string database_;
  std::vector<std::string> tokens_;
  std::optional<Process> process_;
  std::uint16_t port_{0};
};

// One kiosk's connection, blocking.
class Line {
 public:
  // Of thousands, no one address holds too many.
  Line(std::uint16_t port, std::size_t number);
  Line(Line&& other) noexcept;
  Line& operator=(Line&&) = delete;
  ~Line();
  void send(std::string_view request) const;
  // The body of an answer of 200; anything else ends the benchmark.
  std::string receive();
  [[nodiscard]] int descriptor() const { return fd_; }

 private:
  int fd_{-1};
  std::string rest_;
};

[[nodiscard]] std::string get(std::string_view target, std::string_view token);
[[nodiscard]] std::string post(std::string_view target, std::string_view token, std::string_view body);

// Rows as kiosks write them, chained, of people who come once.
class Rows {
 public:
  explicit Rows(std::size_t device);
  [[nodiscard]] sync::JournalRow next();
  [[nodiscard]] std::vector<sync::JournalRow> next(std::size_t count);

 private:
  std::string device_;
  sync::JournalRow last_;
};

[[nodiscard]] double seconds_since(std::chrono::steady_clock::time_point began);
// Of values, which are put in order: the share'th of them, as 0.95.
[[nodiscard]] double quantile(std::vector<double>& values, double share);

// The parts; each prints its lines and answers whether they hold.
bool measure_rows();
bool measure_waiting(std::size_t kiosks);
bool measure_hearing();
bool measure_backlog();
bool measure_return();

}  // namespace lanyard::bench
