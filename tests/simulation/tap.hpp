// What the simulation does to a process's database behind the product's back: a commit that never comes, a
// disk that is full, a copy made aside. SQLite lets itself be watched at each opening, so that the stores
// need no seam of their own for it. Threads: one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

struct sqlite3;

namespace lanyard::simulation {

// The process ends here: thrown through the product's code by its clock or its transport.
struct Crash {};

// Of one process and its one database handle; it outlives the handle.
class Tap {
 public:
  Tap() = default;
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;
  ~Tap() { forget(); }

  // Opens a store through `work` and takes the handle that it opens.
  template <class Work>
  auto watch(Work&& work) {
    opening(this);
    auto opened = work();
    opening(nullptr);
    return opened;
  }
  void forget();

  // SQLite's own randomness, for the rest of the process.
  static void seed_randomness(std::uint64_t seed);

  enum class Point : std::uint8_t { none, before_commit, after_commit };
  // The process is to end at its next commit. From then on nothing that it does reaches the disk any more,
  // and whoever meets `doomed` lets it go.
  void crash_at(Point point) { point_ = point; }
  [[nodiscard]] bool doomed() const { return doomed_; }

  void fill_disk(bool full);
  // Of columns as text, a row each.
  std::vector<std::vector<std::string>> read(const std::string& sql);
  void copy_to(const std::filesystem::path& file);

 private:
  static void opening(Tap* tap);
  static int on_commit(void* self);
  static int on_open(sqlite3* db, const char** message, const void* api);

  sqlite3* db_{nullptr};
  Point point_{Point::none};
  bool doomed_{false};
};

}  // namespace lanyard::simulation
