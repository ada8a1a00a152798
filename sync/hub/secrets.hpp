// Tokens and one-time codes: made, hashed, compared. The store only ever sees the hashes.
// Threads: reentrant.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "sync/hub/hub_store.hpp"

namespace lanyard::sync::hub {

// Fills the span with random bytes: an argument, so that a test can say what comes.
using Random = std::function<void(std::span<std::uint8_t>)>;
[[nodiscard]] Random system_random();

// Eight characters without look-alikes, 40 bits: "K7QF-2M9D".
[[nodiscard]] std::string new_code(const Random& random);
// As people type it: lower case, O for 0, I and L for 1, without the dash; "" if it cannot be a code.
[[nodiscard]] std::string normal_code(std::string_view typed);

// "DEVICE.64 hexadecimal digits": the device's row is found by its id, and the hash decides.
[[nodiscard]] std::string new_token(std::string_view device, const Random& random);
[[nodiscard]] std::string_view device_of_token(std::string_view token);

// BLAKE2b-256; a token and a code of the same text have different hashes.
[[nodiscard]] Digest hash_token(std::string_view token);
[[nodiscard]] Digest hash_code(std::string_view normal);
// In constant time.
[[nodiscard]] bool same(const Digest& a, const Digest& b);

[[nodiscard]] Founding new_founding(const Random& random);

}  // namespace lanyard::sync::hub
