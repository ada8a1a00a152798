// A grey picture as a JPEG, in memory and on disk. Threads: reentrant.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "scanner/frame.hpp"
#include "sync/error.hpp"

namespace lanyard::arrivals {

// PURE. Aborts on an empty view, which is a bug.
[[nodiscard]] std::vector<std::uint8_t> jpeg_of(scanner::GrayView view, int quality);

// Under a name with a dot in front first, and renamed when it is whole, so that who follows the folder never
// sees a part of it. Errors: storage, naming the path.
[[nodiscard]] sync::Expected<void> write_whole(const std::filesystem::path& path,
                                               std::span<const std::uint8_t> bytes);

}  // namespace lanyard::arrivals
