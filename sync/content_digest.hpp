// The digest of a body, as HTTP carries it (RFC 9530): "sha-256=:BASE64:". Plain HTTP has a checksum of 16
// bits under it, which broken memory along the way passes; and a row that was altered on its way would be set
// aside for good. PURE (libsodium inside). Threads: reentrant.
#pragma once

#include <string>
#include <string_view>

namespace lanyard::sync {

// 64 hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

[[nodiscard]] std::string content_digest(std::string_view body);

// Whether the header's digest is the body's. True too where the header says none, or only of an algorithm
// that is not known here: an earlier version wrote it.
[[nodiscard]] bool fits_digest(std::string_view body, std::string_view header);

}  // namespace lanyard::sync
