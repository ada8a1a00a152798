// JSON that commands print, where bodies of the protocol are none. PURE. Threads: reentrant.
#pragma once

#include <string>
#include <string_view>

namespace lanyard::sync::hub {

// A string of JSON (RFC 8259 §7), in its quotes. What is not UTF-8 becomes '?'.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace lanyard::sync::hub
