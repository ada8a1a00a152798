// A file of secrets: nobody else reads it, and it is there as a whole or not at all.
// Threads: none shared. Errors: Error::Kind::storage, with the file's name.
#pragma once

#include <filesystem>
#include <string_view>

#include "sync/error.hpp"

namespace lanyard::sync {

// Written beside its name, and renamed once it is on the disk. What was not kept goes with the value.
class PrivateFile {
 public:
  explicit PrivateFile(std::filesystem::path file);
  PrivateFile(const PrivateFile&) = delete;
  PrivateFile& operator=(const PrivateFile&) = delete;
  ~PrivateFile();

  // Before anything that cannot be undone: a folder that is not there or not writable shows now.
  [[nodiscard]] Expected<void> open();
  [[nodiscard]] Expected<void> write(std::string_view bytes);
  // All that was written is on the disk, still beside its name.
  [[nodiscard]] Expected<void> flush();
  // Flushes, and takes the place of the file that was there.
  [[nodiscard]] Expected<void> keep();

 private:
  [[nodiscard]] tl::unexpected<Error> error(const char* doing) const;

  std::filesystem::path file_;
  std::filesystem::path beside_;
  int fd_{-1};
  bool open_{false};  // and beside_ is ours to take away
};

}  // namespace lanyard::sync
