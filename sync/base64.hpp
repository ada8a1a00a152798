// Base64 as of RFC 4648 §4, with padding. PURE (libsodium inside). Threads: reentrant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lanyard::sync {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
// nullopt on anything that base64_encode cannot have written: blanks, missing padding, bits left over.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);

}  // namespace lanyard::sync
