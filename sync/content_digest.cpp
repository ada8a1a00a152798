#include "sync/content_digest.hpp"

#include <array>

#include <sodium.h>

#include "sync/base64.hpp"
#include "sync/chain.hpp"

namespace lanyard::sync {

namespace {

constexpr std::string_view kAlgorithm = "sha-256=:";

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  Digest hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hex(hash);
}

std::string content_digest(std::string_view body) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(body.data()), body.size());
  const std::string_view bytes(reinterpret_cast<const char*>(hash.data()), hash.size());
  return std::string(kAlgorithm) + base64_encode(bytes) + ":";
}

bool fits_digest(std::string_view body, std::string_view header) {
  const auto begin = header.find(kAlgorithm);
  if (begin == std::string_view::npos) return true;
  const std::string_view said = header.substr(begin);
  return said.starts_with(content_digest(body));
}

}  // namespace lanyard::sync
