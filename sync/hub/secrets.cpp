#include "sync/hub/secrets.hpp"

#include <algorithm>
#include <cstdlib>

#include <sodium.h>

#include "sync/chain.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::string_view kCodeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base 32
constexpr std::size_t kCodeCharacters = 8;

Digest keyed_hash(std::string_view use, std::string_view text) {
  crypto_generichash_state state;
  Digest out{};
  crypto_generichash_init(&state, nullptr, 0, out.size());
  const auto add = [&](std::string_view part) {
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
  };
  add(use);
  add(text);
  crypto_generichash_final(&state, out.data(), out.size());
  return out;
}

}  // namespace

Random system_random() {
  if (sodium_init() < 0) std::abort();  // no randomness, no hub
  return [](std::span<std::uint8_t> out) { randombytes_buf(out.data(), out.size()); };
}

std::string new_code(const Random& random) {
  std::array<std::uint8_t, kCodeCharacters> bytes{};
  random(bytes);
  std::string code;
  for (const std::uint8_t byte : bytes) {
    if (code.size() == 4) code += '-';
    code += kCodeAlphabet[byte % kCodeAlphabet.size()];
  }
  return code;
}

std::string normal_code(std::string_view typed) {
  std::string normal;
  for (char c : typed) {
    if (c == '-' || c == ' ') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == 'O') c = '0';
    if (c == 'I' || c == 'L') c = '1';
    if (kCodeAlphabet.find(c) == std::string_view::npos || normal.size() == kCodeCharacters) return {};
    normal += c;
  }
  return normal.size() == kCodeCharacters ? normal : std::string();
}

std::string new_token(std::string_view device, const Random& random) {
  std::array<std::uint8_t, 32> bytes{};
  random(bytes);
  return std::string(device) + "." + hex(bytes);
}

std::string_view device_of_token(std::string_view token) {
  const auto dot = token.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : token.substr(0, dot);
}

Digest hash_token(std::string_view token) {
  return keyed_hash("lanyard-token:", token);
}
Digest hash_code(std::string_view normal) {
  return keyed_hash("lanyard-code:", normal);
}

bool same(const Digest& a, const Digest& b) {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

Founding new_founding(const Random& random) {
  std::array<std::uint8_t, 16> epoch{};
  std::array<std::uint8_t, 32> seed{};
  Founding founding;
  random(epoch);
  random(seed);
  random(founding.fingerprint_key);
  founding.epoch = hex(epoch);
  founding.signing_key = key_pair(seed).secret_key;
  return founding;
}

}  // namespace lanyard::sync::hub
