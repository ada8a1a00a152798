// The bytes of a list as spreadsheets save it -> UTF-8. PURE. Threads: reentrant.
#pragma once

#include <string>
#include <string_view>

#include "sync/error.hpp"

namespace lanyard::sync::hub {

// UTF-8 with or without its byte order mark, or UTF-16 of either order with one (Excel's "Unicode text").
// Errors: invalid for anything else, in words that say how to save the file: a guess at an old code page
// would print wrong names on badges.
[[nodiscard]] Expected<std::string> utf8_of_table(std::string bytes);

}  // namespace lanyard::sync::hub
