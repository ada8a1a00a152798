// Bytes as %XX (RFC 3986 §2.1). PURE. Threads: reentrant.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lanyard::sync {

// White space, control characters and '%' itself; all else as it is.
[[nodiscard]] std::string percent_encoded(std::string_view text);
// nullopt for a '%' without two digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace lanyard::sync
