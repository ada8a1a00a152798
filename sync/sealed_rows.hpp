// Rows that a kiosk has to part with before the hub has them: sealed, so that the hub's key alone opens them.
// Whoever holds the kiosk's disk reads nothing, and no check-in is lost.
//
// The format: 8 bytes "LYSEAL1\n", then libsodium's sealed box (X25519 of the hub's Ed25519 key,
// XSalsa20-Poly1305; https://doc.libsodium.org/public-key_cryptography/sealed_boxes) of a text: the device's
// id, a newline, and the rows as their export has them, one JSON object a line.
// Threads: reentrant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/credential.hpp"
#include "sync/error.hpp"
#include "sync/record.hpp"

namespace lanyard::sync {

inline constexpr std::size_t kMaxSealedBytes = 1024UL * 1024 * 1024;

struct SealedRows {
  std::string device;
  std::vector<JournalRow> rows;  // in order of seq
};

// Error::Kind::invalid for a key that is none to seal for.
[[nodiscard]] Expected<std::string> seal(const SealedRows& rows, const PublicKey& hub_key);
// Errors: refused, if this key does not open it; invalid for what is no such file, or was damaged.
[[nodiscard]] Expected<SealedRows> unseal(std::string_view sealed, const SecretKey& hub_key);

}  // namespace lanyard::sync
