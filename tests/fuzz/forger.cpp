// Damage to credentials, as somebody does it who knows their format and lacks the key.
#include <algorithm>
#include <array>

#include "tests/fuzz/record_seeds.hpp"

namespace lanyard::sync::fuzz {
namespace {

constexpr std::string_view kPrefix = "L1:";
// Where a body has what (sync/credential.hpp).
constexpr std::size_t kKeyId = 1;
constexpr std::size_t kLength = 19;
constexpr std::size_t kAttendee = 20;
constexpr std::size_t kSignature = 64;
constexpr std::size_t kScalar = 32;  // the second half of a signature
// The order of Ed25519's group (RFC 8032 §5.1), little-endian: a scalar and it are another scalar of the same
// effect, and a careless verifier's second text of one badge.
constexpr std::array<std::uint8_t, 32> kOrder{
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

std::string_view text_of(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes payload_of(std::string_view text) {
  if (!text.starts_with(kPrefix)) return {};
  const auto bytes = base45_decode(text.substr(kPrefix.size()));
  return bytes ? Bytes(bytes->begin(), bytes->end()) : Bytes{};
}

Bytes written(const Bytes& payload) {
  const std::string text = std::string(kPrefix) + base45_encode(text_of(payload));
  return {text.begin(), text.end()};
}

// Any body becomes a well-formed one of a known key.
void mend(Bytes& body, std::uint32_t chance) {
  body.resize(std::clamp(body.size(), kAttendee + 1, kAttendee + kMaxIdBytes), 'A');
  body[0] = 1;
  const KeyRing& keys = minted().keys;
  std::ranges::copy(key_id(keys[chance % keys.size()].key), body.begin() + kKeyId);
  body[kLength] = static_cast<std::uint8_t>(body.size() - kAttendee);
  for (std::size_t i = kAttendee; i < body.size(); ++i) {
    const char letter = static_cast<char>(body[i]);
    if (!is_id({&letter, 1})) body[i] = static_cast<std::uint8_t>('A' + body[i] % 26);
  }
}

void add_order(Bytes& signature) {
  unsigned carry = 0;
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    carry += unsigned{signature[kScalar + i]} + kOrder[i];
    signature[kScalar + i] = static_cast<std::uint8_t>(carry);
    carry >>= 8U;
  }
}

Bytes another_signature(std::uint32_t chance) {
  const auto& genuine = minted().genuine;
  const auto chosen = std::next(genuine.begin(), static_cast<std::ptrdiff_t>(chance % genuine.size()));
  const Bytes payload = payload_of(chosen->first);
  return {payload.end() - kSignature, payload.end()};
}

}  // namespace

Bytes forged(const Bytes& text, std::size_t most, std::uint32_t chance, const Change& change) {
  const Bytes payload = payload_of(text_of(text));
  const std::uint32_t way = chance % 8;
  chance /= 8;
  if (payload.size() < kAttendee + 1 + kSignature || way == 0) return change(text, most);
  Bytes made;
  if (way == 1) {
    made = change(payload, most * 2 / 3);
  } else {
    Bytes body(payload.begin(), payload.end() - kSignature);
    Bytes signature(payload.end() - kSignature, payload.end());
    if (way <= 4) body = change(body, kAttendee + kMaxIdBytes);
    if (way == 4 || way == 5) signature = another_signature(chance);
    if (way == 6) signature = change(signature, kSignature);
    if (way == 7) add_order(signature);
    signature.resize(kSignature);
    mend(body, chance / 64);
    made = body;
    made.insert(made.end(), signature.begin(), signature.end());
  }
  Bytes out = written(made);
  // A text cut short is one more to be refused.
  out.resize(std::min(out.size(), most));
  return out;
}

}  // namespace lanyard::sync::fuzz
