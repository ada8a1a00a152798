#include "sync/credential.hpp"

#include <algorithm>
#include <cstdlib>
#include <span>

#include <sodium.h>

#include "sync/chain.hpp"

namespace lanyard::sync {

namespace {

constexpr std::string_view kPrefix = "L1:";
constexpr int kSubjectAlphabet = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::string_view kContext =
    "lanyard-L1";  // a signature made for anything else verifies nothing here
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kSignatureBytes = crypto_sign_BYTES;
constexpr std::size_t kFixedBytes = 1 + 4 + 4 + 2 + 4 + 4 + 1;

template <std::size_t N>
std::array<std::uint8_t, N> blake2b(std::string_view text, std::span<const std::uint8_t> key = {}) {
  std::array<std::uint8_t, 32> whole{};
  crypto_generichash(whole.data(), std::max<std::size_t>(N, crypto_generichash_BYTES_MIN),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     key.empty() ? nullptr : key.data(), key.size());
  std::array<std::uint8_t, N> out{};
  std::copy_n(whole.begin(), N, out.begin());
  return out;
}

void put_number(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(static_cast<unsigned char>(value >> (8 * i)));
}

std::uint64_t get_number(std::string_view& in, std::size_t bytes) {
  std::uint64_t value = 0;
  for (const char c : in.substr(0, bytes)) value = value * 256 + static_cast<unsigned char>(c);
  in.remove_prefix(bytes);
  return value;
}

template <std::size_t N>
std::array<std::uint8_t, N> get_bytes(std::string_view& in) {
  std::array<std::uint8_t, N> out{};
  std::transform(in.begin(), in.begin() + N, out.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  in.remove_prefix(N);
  return out;
}

std::uint64_t minutes_of(const std::optional<Timestamp>& when) {
  if (!when) return 0;
  // Never 0, which would be "open", and never past the four bytes: the year 10136.
  const auto minutes = std::chrono::floor<std::chrono::minutes>(*when).time_since_epoch().count();
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(minutes, 1, 0xffff'ffff));
}

std::optional<Timestamp> when_of(std::uint64_t minutes) {
  if (minutes == 0) return std::nullopt;
  return Timestamp(std::chrono::minutes(minutes));
}

// Printable UTF-8: no control character (C0, DEL, C1), no overlong form, no surrogate, nothing past U+10FFFF.
bool is_printable_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    std::uint32_t point = length == 1 ? lead : lead & (0xffU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3fU);
    }
    const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
    if (overlong || (point >= 0xd800 && point < 0xe000) || point > 0x10ffff) return false;
    if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return false;
    i += length;
  }
  return true;
}

bool verifies(std::string_view body, std::string_view signature, const PublicKey& key) {
  std::string message(kContext);
  message += body;
  return crypto_sign_verify_detached(reinterpret_cast<const unsigned char*>(signature.data()),
                                     reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                                     key.data()) == 0;
}

tl::expected<Credential, Unreadable> read_signed(std::string_view text, const KeyRing& keys,
                                                 const EventTag& event) {
  const std::optional<std::string> bytes = base45_decode(text);
  if (!bytes || bytes->empty()) return tl::make_unexpected(Unreadable::malformed);
  if (static_cast<std::uint8_t>(bytes->front()) != kVersion) {
    return tl::make_unexpected(Unreadable::unknown_version);
  }
  if (bytes->size() < kFixedBytes + 1 + kSignatureBytes) return tl::make_unexpected(Unreadable::malformed);
  const std::string_view body = std::string_view(*bytes).substr(0, bytes->size() - kSignatureBytes);
  const std::string_view signature = std::string_view(*bytes).substr(body.size());

  std::string_view rest = body.substr(1);
  const auto signer = get_bytes<4>(rest);
  SignedCredential fields;
  fields.event = get_bytes<4>(rest);
  fields.generation = static_cast<std::uint16_t>(get_number(rest, 2));
  fields.valid_from = when_of(get_number(rest, 4));
  fields.valid_until = when_of(get_number(rest, 4));
  const std::uint64_t length = get_number(rest, 1);
  if (length != rest.size() || !is_id(rest)) return tl::make_unexpected(Unreadable::malformed);
  fields.attendee = rest;

  // Key ids may collide, so every key of that id is tried.
  bool known_signer = false;
  for (const IssuerKey& candidate : keys) {
    if (candidate.kind != KeyKind::lanyard || key_id(candidate.key) != signer) continue;
    known_signer = true;
    if (verifies(body, signature, candidate.key)) return Credential(fields);
  }
  if (known_signer) return tl::make_unexpected(Unreadable::bad_signature);
  return tl::make_unexpected(fields.event == event ? Unreadable::unknown_key : Unreadable::other_event);
}

// Only what has the shape is tried, and only where there are keys for it.
std::optional<PretixSecret> read_pretix(std::string_view text, const KeyRing& ring) {
  if (text.size() < kMinPretixBytes || text.size() > kMaxPretixBytes) return std::nullopt;
  std::vector<PublicKey> keys;
  for (const IssuerKey& key : ring) {
    if (key.kind == KeyKind::pretix_sig1 && keys.size() < kMaxPretixKeys) keys.push_back(key.key);
  }
  if (keys.empty()) return std::nullopt;
  auto secret = read_pretix_secret(text, keys);
  if (!secret) return std::nullopt;
  return std::move(*secret);
}

}  // namespace

tl::expected<Credential, Unreadable> read_credential(std::string_view symbol, const KeyRing& keys,
                                                     const EventTag& event) {
  // Hand scanners and some generators add blanks and line ends.
  const auto blank = [](char c) { return c == ' ' || c == '\r' || c == '\n' || c == '\t'; };
  if (symbol.size() > kMaxCredentialBytes) return tl::make_unexpected(Unreadable::too_long);
  while (!symbol.empty() && blank(symbol.front())) symbol.remove_prefix(1);
  // A blank is a letter of base45, but never its last: the last of a group is at most 65535 / 45² = 32, a
  // 'W'.
  while (!symbol.empty() && blank(symbol.back())) symbol.remove_suffix(1);
  if (symbol.empty()) return tl::make_unexpected(Unreadable::empty);
  if (!is_printable_utf8(symbol)) return tl::make_unexpected(Unreadable::bad_characters);
  if (symbol.starts_with(kPrefix)) return read_signed(symbol.substr(kPrefix.size()), keys, event);
  if (auto secret = read_pretix(symbol, keys)) {
    return Credential(PretixCredential{std::string(symbol), std::move(*secret)});
  }
  return Credential(OpaqueCredential{std::string(symbol)});
}

std::string mint_specimen(const EventInfo& event, const std::string& attendee) {
  PublicKey nobodys{};
  SecretKey key{};
  // Of no key ring, and always the same, so that a picture of it is.
  const std::array<std::uint8_t, crypto_sign_SEEDBYTES> seed{};
  crypto_sign_seed_keypair(nobodys.data(), key.data(), seed.data());
  SignedCredential fields;
  fields.event = event_tag(event.id);
  fields.attendee = attendee;
  fields.valid_from = event.runs.from;
  fields.valid_until = event.runs.until;
  return mint(fields, key);
}

std::string mint(const SignedCredential& fields, const SecretKey& key) {
  if (!is_id(fields.attendee)) std::abort();  // a caller's bug: such a credential could never be read
  std::string body;
  body += static_cast<char>(kVersion);
  for (const std::uint8_t b : key_id(public_half(key))) body += static_cast<char>(b);
  for (const std::uint8_t b : fields.event) body += static_cast<char>(b);
  put_number(body, fields.generation, 2);
  put_number(body, minutes_of(fields.valid_from), 4);
  put_number(body, minutes_of(fields.valid_until), 4);
  put_number(body, fields.attendee.size(), 1);
  body += fields.attendee;

  std::string message(kContext);
  message += body;
  std::array<unsigned char, kSignatureBytes> signature{};
  crypto_sign_detached(signature.data(), nullptr, reinterpret_cast<const unsigned char*>(message.data()),
                       message.size(), key.data());
  body.append(reinterpret_cast<const char*>(signature.data()), signature.size());
  return std::string(kPrefix) + base45_encode(body);
}

Fingerprint fingerprint(std::string_view text, const FingerprintKey& key) {
  return blake2b<16>(text, key);
}
EventTag event_tag(std::string_view event_id) {
  return blake2b<4>(event_id);
}

KeyId key_id(const PublicKey& key) {
  return blake2b<4>({reinterpret_cast<const char*>(key.data()), key.size()});
}

std::string ticket_subject(const Fingerprint& print) {
  std::array<char, sodium_base64_ENCODED_LEN(sizeof(Fingerprint), kSubjectAlphabet)> text{};
  return std::string(kTicketPrefix) +
         sodium_bin2base64(text.data(), text.size(), print.data(), print.size(), kSubjectAlphabet);
}

std::optional<Fingerprint> ticket_of(std::string_view subject) {
  if (!subject.starts_with(kTicketPrefix)) return std::nullopt;
  subject.remove_prefix(kTicketPrefix.size());
  Fingerprint print{};
  std::size_t length = 0;
  if (sodium_base642bin(print.data(), print.size(), subject.data(), subject.size(), nullptr, &length, nullptr,
                        kSubjectAlphabet) != 0 ||
      length != print.size()) {
    return std::nullopt;
  }
  return print;
}

KeyPair key_pair(const std::array<std::uint8_t, 32>& seed) {
  KeyPair pair;
  crypto_sign_seed_keypair(pair.public_key.data(), pair.secret_key.data(), seed.data());
  return pair;
}

std::string_view to_name(Unreadable why) {
  switch (why) {
    case Unreadable::empty:
      return "empty";
    case Unreadable::too_long:
      return "too_long";
    case Unreadable::bad_characters:
      return "bad_characters";
    case Unreadable::malformed:
      return "malformed";
    case Unreadable::unknown_version:
      return "unknown_version";
    case Unreadable::unknown_key:
      return "unknown_key";
    case Unreadable::other_event:
      return "other_event";
    case Unreadable::bad_signature:
      return "bad_signature";
  }
  return "?";
}

std::optional<Unreadable> unreadable_named(std::string_view name) {
  for (int i = 0; i < kUnreadableCount; ++i) {
    if (to_name(static_cast<Unreadable>(i)) == name) return static_cast<Unreadable>(i);
  }
  return std::nullopt;
}

std::string_view to_name(KeyKind kind) {
  switch (kind) {
    case KeyKind::lanyard:
      return "lanyard";
    case KeyKind::pretix_sig1:
      return "pretix_sig1";
  }
  return "?";
}

std::optional<KeyKind> key_kind_named(std::string_view name) {
  for (const KeyKind kind : {KeyKind::lanyard, KeyKind::pretix_sig1}) {
    if (to_name(kind) == name) return kind;
  }
  return std::nullopt;
}

}  // namespace lanyard::sync
