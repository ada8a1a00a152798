#include "sync/public_key.hpp"

#include <algorithm>
#include <string>

#include <sodium.h>

#include "sync/base64.hpp"

namespace lanyard::sync {

namespace {

constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";
// SEQUENCE { SEQUENCE { OID 1.3.101.112 } BIT STRING of 32 bytes }: DER leaves no other way to write it.
constexpr std::string_view kDerPrefix{"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<PublicKey> read_der(std::string_view der) {
  PublicKey key{};
  if (der.size() != kDerPrefix.size() + key.size() || !der.starts_with(kDerPrefix)) return std::nullopt;
  std::ranges::transform(der.substr(kDerPrefix.size()), key.begin(),
                         [](char c) { return static_cast<std::uint8_t>(c); });
  if (crypto_core_ed25519_is_valid_point(key.data()) != 1) return std::nullopt;
  return key;
}

std::optional<PublicKey> read_pem(std::string_view text) {
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd)) return std::nullopt;
  if (text.size() < kBegin.size() + kEnd.size()) return std::nullopt;
  text = text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size());
  std::string base64;
  std::ranges::copy_if(text, std::back_inserter(base64), [](char c) { return !is_blank(c); });
  const auto der = base64_decode(base64);
  return der ? read_der(*der) : std::nullopt;
}

}  // namespace

PublicKey public_half(const SecretKey& key) {
  PublicKey half{};
  std::copy_n(key.begin() + 32, half.size(), half.begin());
  return half;
}

std::optional<PublicKey> read_public_key(std::string_view text) {
  if (text.size() > kMaxKeyTextBytes) return std::nullopt;
  text = trimmed(text);
  if (text.starts_with(kBegin)) return read_pem(text);
  const auto inner = base64_decode(text);
  if (!inner) return std::nullopt;
  return inner->starts_with(kBegin) ? read_pem(trimmed(*inner)) : read_der(*inner);
}

tl::expected<std::vector<PublicKey>, std::string> read_public_keys(std::string_view text) {
  std::vector<PublicKey> keys;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    std::size_t length = std::min(text.find_first_of("\r\n"), text.size());
    if (text.starts_with(kBegin)) {
      const auto end = text.find(kEnd);
      if (end == std::string_view::npos) return tl::make_unexpected("a key is cut off");
      length = end + kEnd.size();
    }
    const auto key = read_public_key(text.substr(0, length));
    if (!key) {
      return tl::make_unexpected("key " + std::to_string(keys.size() + 1) +
                                 " is no public key of Ed25519, as PEM or base64");
    }
    if (keys.size() == kMaxKeysInText) {
      return tl::make_unexpected("there are more than " + std::to_string(kMaxKeysInText) + " keys");
    }
    keys.push_back(*key);
    text.remove_prefix(length);
  }
  if (keys.empty()) return tl::make_unexpected("there is no key in it");
  return keys;
}

}  // namespace lanyard::sync
