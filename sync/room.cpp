#include "sync/room.hpp"

namespace lanyard::sync {

std::optional<std::uint64_t> free_beside(const std::filesystem::path& file) {
  std::error_code error;
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const auto space = std::filesystem::space(folder, error);
  if (error) return std::nullopt;
  return space.available;
}

bool is_short_of_room(std::optional<std::uint64_t> free, std::uint64_t least, bool was_short) {
  return free && *free < (was_short ? 2 * least : least);
}

}  // namespace lanyard::sync
