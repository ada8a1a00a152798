// What a symbol says: an opaque text that the registration system issued, a ticket that pretix signed, or a
// Lanyard credential "L1:".
// PURE (libsodium inside). Threads: reentrant.
//
// L1 text  = "L1:" base45( body signature )                                       base45: RFC 9285
//   body   = version(1)=1  key id(4)  event tag(4)  generation(2)  valid from(4)  valid until(4)
//            attendee length(1)  attendee(1..32)                                  integers big-endian
//   times  = whole minutes since 1970 UTC, 0 = open
//   signature(64) = Ed25519 over "lanyard-L1" body
// Base45 fits the alphanumeric mode of QR codes: about 135 characters, version 6 at level M.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "sync/pretix_secret.hpp"
#include "sync/public_key.hpp"
#include "sync/record.hpp"

namespace lanyard::sync {

// A longer symbol is none of ours: refused before anything costly looks at it.
inline constexpr std::size_t kMaxCredentialBytes = 256;

using KeyId = std::array<std::uint8_t, 4>;     // first bytes of BLAKE2b-128 of the public key; may collide
using EventTag = std::array<std::uint8_t, 4>;  // first bytes of BLAKE2b-128 of the event's id
using FingerprintKey = std::array<std::uint8_t, 32>;  // one an event, from the hub
using Fingerprint = std::array<std::uint8_t, 16>;     // keyed BLAKE2b-128 of an opaque text

// What a key may sign. None verifies the other's.
enum class KeyKind : std::uint8_t { lanyard, pretix_sig1 };

// A key that may sign credentials of this event: the hub's own, a kiosk's (for the badges that it reprints),
// or that of the pretix which sold the tickets.
struct IssuerKey {
  PublicKey key{};
  std::string issuer;  // "hub", a device id, or "pretix"
  KeyKind kind{KeyKind::lanyard};
  friend bool operator==(const IssuerKey&, const IssuerKey&) = default;
};
inline constexpr std::string_view kHubIssuer = "hub";
using KeyRing = std::vector<IssuerKey>;
inline constexpr std::size_t kMaxKeys = 4096;

struct OpaqueCredential {
  std::string text;
  friend bool operator==(const OpaqueCredential&, const OpaqueCredential&) = default;
};

struct SignedCredential {
  EventTag event{};
  std::string attendee;
  std::uint16_t generation{1};
  std::optional<Timestamp> valid_from;   // whole minutes
  std::optional<Timestamp> valid_until;  // whole minutes
  friend bool operator==(const SignedCredential&, const SignedCredential&) = default;
};

// A ticket of pretix. The roster may know it, as it knows an opaque text, by the fingerprint of the whole.
struct PretixCredential {
  std::string text;
  PretixSecret secret;
  friend bool operator==(const PretixCredential&, const PretixCredential&) = default;
};

// Why a symbol is no credential. Ordinary values: strangers hold up anything.
enum class Unreadable : std::uint8_t {
  empty,
  too_long,
  bad_characters,   // control characters, invalid UTF-8
  malformed,        // begins as L1 and is not
  unknown_version,  // a later Lanyard's
  unknown_key,
  other_event,  // unknown key, and the event tag is another event's (not verified, but the kinder answer)
  bad_signature,
};
inline constexpr int kUnreadableCount = static_cast<int>(Unreadable::bad_signature) + 1;

using Credential = std::variant<OpaqueCredential, SignedCredential, PretixCredential>;

// Cheap tests first: length, alphabet, shape, key, and the signature last. A text that looks like pretix's
// and that no key of kind pretix_sig1 verifies is opaque: registration systems issue any text.
[[nodiscard]] tl::expected<Credential, Unreadable> read_credential(std::string_view symbol,
                                                                   const KeyRing& keys,
                                                                   const EventTag& event);

// The text of a signed credential. `fields.attendee` is an id (is_id), else this aborts.
[[nodiscard]] std::string mint(const SignedCredential& fields, const SecretKey& key);

// As large as a real one of that event, and refused everywhere: it is signed with a key that no ring has.
[[nodiscard]] std::string mint_specimen(const EventInfo& event, const std::string& attendee);

[[nodiscard]] Fingerprint fingerprint(std::string_view text, const FingerprintKey& key);
[[nodiscard]] EventTag event_tag(std::string_view event_id);
[[nodiscard]] KeyId key_id(const PublicKey& key);

inline constexpr std::string_view kTicketPrefix = "px-";
// An id (is_id) for the holder of a ticket of pretix whom the roster does not name yet: "px-" and the
// fingerprint, by base64url without padding (RFC 4648 §5). All devices of one hub arrive at the same, and the
// roster that comes to know the ticket by its fingerprint thereby knows whose rows these are.
[[nodiscard]] std::string ticket_subject(const Fingerprint& print);
// Of which ticket an id speaks; nullopt of any that ticket_subject cannot have written.
[[nodiscard]] std::optional<Fingerprint> ticket_of(std::string_view subject);

struct KeyPair {
  PublicKey public_key{};
  SecretKey secret_key{};
};
// Deterministic: the seed is the caller's randomness.
[[nodiscard]] KeyPair key_pair(const std::array<std::uint8_t, 32>& seed);

// RFC 9285. decode: nullopt on any character or group that base45 cannot have written.
[[nodiscard]] std::string base45_encode(std::string_view bytes);
[[nodiscard]] std::optional<std::string> base45_decode(std::string_view text);

[[nodiscard]] std::string_view to_name(Unreadable);
[[nodiscard]] std::optional<Unreadable> unreadable_named(std::string_view);
// As the wire and the stores write it; nullopt for an unknown name.
[[nodiscard]] std::string_view to_name(KeyKind);
[[nodiscard]] std::optional<KeyKind> key_kind_named(std::string_view);

}  // namespace lanyard::sync
