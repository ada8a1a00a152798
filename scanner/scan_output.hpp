// Text from outside on one line of a terminal or a log. PURE. Threads: reentrant.
#pragma once

#include <string>
#include <string_view>

namespace lanyard::scanner {

// Newline, tab and backslash as \n, \t and \\, other control bytes as \xNN: a code must neither forge a
// second line nor steer a terminal.
[[nodiscard]] std::string on_one_line(std::string_view text);

}  // namespace lanyard::scanner
