// How much room a disk has left, and whether that is too little.
// Threads: reentrant.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace lanyard::sync {

// Bytes on the file system of this file; nullopt: it cannot be asked.
[[nodiscard]] std::optional<std::uint64_t> free_beside(const std::filesystem::path& file);

// PURE. `free` as free_beside says it; `was_short`: what this said before. It takes twice as much to go on,
// so that whoever asks does not go to and fro by the minute.
[[nodiscard]] bool is_short_of_room(std::optional<std::uint64_t> free, std::uint64_t least, bool was_short);

}  // namespace lanyard::sync
