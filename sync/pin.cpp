#include "sync/pin.hpp"

#include <algorithm>
#include <array>

#include <sodium.h>

namespace lanyard::sync {

namespace {

// A PIN is short: what protects it is the limit on attempts, and this cost should the file be stolen. 32 MiB
// and three passes take about 0.1 s on a kiosk PC.
constexpr unsigned long long kPasses = 3;
constexpr std::size_t kMemoryBytes = 32UL * 1024 * 1024;

}  // namespace

bool is_pin(std::string_view text) {
  return text.size() >= kPinDigitsLeast && text.size() <= kPinDigitsMost &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string hash_pin(std::string_view digits) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), digits.data(), digits.size(), kPasses, kMemoryBytes) != 0) return {};
  return hash.data();
}

bool is_pin_hash(std::string_view text) {
  // Minus one: not a hash at all. Any other cost than ours will do.
  return text.starts_with("$argon2id$") && text.size() < crypto_pwhash_STRBYTES &&
         crypto_pwhash_str_needs_rehash(std::string(text).c_str(), kPasses, kMemoryBytes) != -1;
}

bool fits_pin(const std::string& hash, std::string_view digits) {
  return crypto_pwhash_str_verify(hash.c_str(), digits.data(), digits.size()) == 0;
}

}  // namespace lanyard::sync
