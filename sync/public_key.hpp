// Ed25519 keys, and a public one as other programs write it. PURE (libsodium inside). Threads: reentrant.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace lanyard::sync {

using PublicKey = std::array<std::uint8_t, 32>;
using SecretKey = std::array<std::uint8_t, 64>;  // libsodium's form: seed and public key

// A longer text is none of a key; its PEM is some 113 bytes, and that in base64 some 152.
inline constexpr std::size_t kMaxKeyTextBytes = 1024;
inline constexpr std::size_t kMaxKeysInText = 64;

[[nodiscard]] PublicKey public_half(const SecretKey& key);

// A SubjectPublicKeyInfo of Ed25519 (RFC 8410 §4) as PEM, as base64 of that PEM (which is how pretix hands
// its own out), or as plain base64. nullopt for any other key, and for a point that can verify nothing.
[[nodiscard]] std::optional<PublicKey> read_public_key(std::string_view text);

// All keys of a file: blocks of PEM, or one line of base64 a key. The error says what is wrong, in words.
[[nodiscard]] tl::expected<std::vector<PublicKey>, std::string> read_public_keys(std::string_view text);

}  // namespace lanyard::sync
