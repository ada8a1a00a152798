// PINs of staff: what the roster and the kiosk's settings keep of them. Slow on purpose: some 100 ms each
// (Argon2id), so never on a thread that draws. Threads: reentrant.
#pragma once

#include <string>
#include <string_view>

namespace lanyard::sync {

inline constexpr std::size_t kPinDigitsLeast = 4;
inline constexpr std::size_t kPinDigitsMost = 8;

// Digits alone, as many as the pad takes.
[[nodiscard]] bool is_pin(std::string_view text);
// "$argon2id$...", salted anew each time. Empty if there is too little memory to compute it.
[[nodiscard]] std::string hash_pin(std::string_view digits);
// Whether a text has the shape of what hash_pin makes.
[[nodiscard]] bool is_pin_hash(std::string_view text);
[[nodiscard]] bool fits_pin(const std::string& hash, std::string_view digits);

}  // namespace lanyard::sync
