// A whole file of text that people write: settings, a theme, a drawing. Threads: reentrant.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "sync/error.hpp"

namespace lanyard::kiosk {

// Its bytes, of which it may have `most`. Errors: invalid, with its name: it cannot be opened or read, or is
// larger.
[[nodiscard]] sync::Expected<std::string> read_text_file(const std::filesystem::path& file, std::size_t most);

// Takes the place of the file that was there, as a whole, for those to read whom `mode` names. Errors:
// storage.
[[nodiscard]] sync::Expected<void> write_text_file(const std::filesystem::path& file, std::string_view text,
                                                   unsigned mode);

}  // namespace lanyard::kiosk
