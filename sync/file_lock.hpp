// One process at a time, or many who share: a lock on a file of its own, which ends with the process, however
// that ends.
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
  // The same with others who share it; `unavailable`, if somebody has it alone.
  [[nodiscard]] static Expected<FileLock> share(const std::filesystem::path& file);
  // From now on others may share it. Of a lock that was taken.
  [[nodiscard]] Expected<void> let_others_share();
  FileLock(FileLock&&) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace lanyard::sync
