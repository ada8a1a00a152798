// Bodies by zstd (RFC 8878): rows and rosters say the same names again and again, and a line at a venue may
// carry a few kilobytes a second. Threads: reentrant.
//
// Who sends a request cannot know whether the other end takes it coded: it says so in an answer's
// Accept-Encoding (RFC 9110 §12.5.3), and whoever has seen that may.
#pragma once

#include <string>
#include <string_view>

#include "sync/error.hpp"

namespace lanyard::sync {

inline constexpr std::string_view kZstd = "zstd";
// A smaller body fits into a packet as it is.
inline constexpr std::size_t kLeastCodedBytes = 1024;
// What a decoder keeps of what it has written: senders that want more are refused (RFC 8878 §3.1.1.1.2).
inline constexpr int kMaxWindowLog = 23;

[[nodiscard]] std::string zstd_encode(std::string_view body);
// Errors: invalid for what is no zstd or is cut off, refused for what would be larger than `most_bytes`.
[[nodiscard]] Expected<std::string> zstd_decode(std::string_view coded, std::size_t most_bytes);
// What decoding it may take at most, as far as it is known before: what it says of itself, or `most_bytes`.
[[nodiscard]] std::size_t zstd_decoded_bytes(std::string_view coded, std::size_t most_bytes);

// Whether an Accept-Encoding takes zstd: it names it, and not with a weight of 0.
[[nodiscard]] bool takes_zstd(std::string_view accept_encoding);

}  // namespace lanyard::sync
