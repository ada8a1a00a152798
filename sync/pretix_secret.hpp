// Tickets that pretix signs ("pretix_sig1"): read and verified without asking pretix.
// PURE (libsodium inside). Threads: reentrant.
//
// text = base64( body ) read from its end to its start
//   body    = version(1)=1  payload length(2)  signature length(2)=64  payload  signature     big-endian
//   payload = protobuf: 1 seed (string)  2 item  3 variation  4 subevent  5 valid from  6 valid until
//             (int64; 0 or absent = none; times in seconds since 1970 UTC)
//   signature(64) = Ed25519 over the payload alone
// Source: pretix.base.secrets.Sig1TicketSecretGenerator and pretix_sig1.proto. About 112 to 120 characters.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "sync/public_key.hpp"
#include "sync/record.hpp"

namespace lanyard::sync {

inline constexpr std::size_t kMinPretixBytes = 80;  // of the text: below, there is no room for a signature
inline constexpr std::size_t kMaxPretixBytes = 256;
inline constexpr std::size_t kMaxPretixSeedBytes = 64;
inline constexpr std::size_t kMaxPretixKeys = 8;  // in a ring: each costs a verification of every such text

struct PretixSecret {
  std::string seed;                      // any bytes; it only makes the ticket one of its kind
  std::int64_t item{0};                  // of pretix's database
  std::int64_t variation{0};             // 0 = none
  std::int64_t subevent{0};              // 0 = none
  std::optional<Timestamp> valid_from;   // whole seconds
  std::optional<Timestamp> valid_until;  // whole seconds
  friend bool operator==(const PretixSecret&, const PretixSecret&) = default;
};

// Ordinary values: most texts are somebody else's.
enum class NotPretix : std::uint8_t {
  bad_length,
  bad_characters,  // not base64
  malformed,       // the body's version or lengths
  bad_payload,     // no protobuf, or not that of a ticket
  unverified,      // by none of the keys
};

// Cheap tests first; one verification a key, of the first kMaxPretixKeys. A text that is read is the only one
// of its payload and signature.
[[nodiscard]] tl::expected<PretixSecret, NotPretix> read_pretix_secret(std::string_view text,
                                                                       std::span<const PublicKey> keys);

// For the tests and the demo: as pretix writes it.
[[nodiscard]] std::string write_pretix_secret(const PretixSecret& fields, const SecretKey& key);

[[nodiscard]] std::string_view to_name(NotPretix);

}  // namespace lanyard::sync
