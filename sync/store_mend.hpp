// What mend.cpp needs of the store's own files.
#pragma once

#include <filesystem>

#include "sync/salvage.hpp"
#include "sync/store.hpp"

namespace lanyard::sync {

// A new store of what the pages still say: closed again, and in one file. `file` must not exist.
[[nodiscard]] Expected<Salvaged> write_salvaged(const std::filesystem::path& file, const SqlitePages& pages);

// As SQLite sees it: it opens, and its trees hold together.
[[nodiscard]] bool can_be_opened(const std::filesystem::path& file);

// Zeros, if there is none.
[[nodiscard]] FileId id_of_file(const std::filesystem::path& file);

}  // namespace lanyard::sync
