// One process at a time: a lock on a file of its own, which ends with the process, however that ends.
// Threads: none shared.
#pragma once

#include <filesystem>

#include "sync/error.hpp"

namespace lanyard::sync {

class FileLock {
 public:
  // Makes the file where there is none; it stays. Errors: unavailable, if another process has the lock;
  // storage.
  [[nodiscard]] static Expected<FileLock> take(const std::filesystem::path& file);
  FileLock(FileLock&&) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace lanyard::sync
