// What is on the disk once a function returns, and not only in the system's memory.
// Threads: reentrant. Errors: Error::Kind::storage, with the file's name.
#pragma once

#include <filesystem>
#include <string_view>

#include "sync/error.hpp"

namespace lanyard::sync {

// All of it, however many pieces the system takes it in; false, with errno, if it does not.
[[nodiscard]] bool write_all(int fd, std::string_view bytes);

// A file, or the names in a folder.
[[nodiscard]] Expected<void> to_disk(const std::filesystem::path& what);
// The folder that a file is in.
[[nodiscard]] Expected<void> folder_to_disk(const std::filesystem::path& file);
// Takes the place of what has that name.
[[nodiscard]] Expected<void> rename_durably(const std::filesystem::path& from,
                                            const std::filesystem::path& to);

}  // namespace lanyard::sync
