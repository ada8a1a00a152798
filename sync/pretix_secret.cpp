#include "sync/pretix_secret.hpp"

#include <algorithm>
#include <array>

#include <sodium.h>

#include "sync/base64.hpp"

namespace lanyard::sync {

namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHeadBytes = 5;
constexpr std::size_t kSignatureBytes = crypto_sign_BYTES;

// Fields and wire types of protobuf (protobuf.dev/programming-guides/encoding).
enum Field : std::uint64_t { seed = 1, item, variation, subevent, valid_from, valid_until };
enum WireType : std::uint64_t { varint = 0, eight_bytes = 1, counted = 2, four_bytes = 5 };
constexpr std::uint64_t kMaxFieldNumber = (1U << 29U) - 1;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool is_base64(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '=';
}

// pretix counts in int64; what RFC 3339 cannot write is as good as its ends.
std::optional<Timestamp> when_of(std::int64_t seconds) {
  if (seconds == 0) return std::nullopt;
  constexpr auto kFirst = std::chrono::floor<std::chrono::seconds>(kFirstTime).time_since_epoch().count();
  constexpr auto kLast = std::chrono::floor<std::chrono::seconds>(kLastTime).time_since_epoch().count();
  return Timestamp(std::chrono::seconds(std::clamp<std::int64_t>(seconds, kFirst, kLast)));
}

class Payload {
 public:
  explicit Payload(std::string_view bytes) : rest_(bytes) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }

  // At most ten bytes and 64 bits.
  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) return std::nullopt;
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }

  std::optional<std::string_view> bytes(std::uint64_t count) {
    if (count > rest_.size()) return std::nullopt;
    const std::string_view part = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return part;
  }

  // Past a field that nobody here knows; false for a type that is none, groups included.
  bool skip(std::uint64_t type) {
    switch (type) {
      case varint:
        return number().has_value();
      case eight_bytes:
        return bytes(8).has_value();
      case four_bytes:
        return bytes(4).has_value();
      case counted: {
        const auto length = number();
        return length && bytes(*length);
      }
      default:
        return false;
    }
  }

 private:
  std::string_view rest_;
};

bool take_seed(Payload& from, PretixSecret& into) {
  const auto length = from.number();
  if (!length || *length > kMaxPretixSeedBytes) return false;
  const auto text = from.bytes(*length);
  if (text) into.seed = *text;
  return text.has_value();
}

bool take_number(Payload& from, std::uint64_t field, PretixSecret& into) {
  const auto given = from.number();
  if (!given) return false;
  const auto value = static_cast<std::int64_t>(*given);
  if (field == item) into.item = value;
  if (field == variation) into.variation = value;
  if (field == subevent) into.subevent = value;
  if (field == valid_from) into.valid_from = when_of(value);
  if (field == valid_until) into.valid_until = when_of(value);
  return true;
}

// A field that comes twice counts as it comes last, as protobuf has it.
std::optional<PretixSecret> read_payload(std::string_view bytes) {
  PretixSecret secret;
  Payload rest(bytes);
  while (!rest.done()) {
    const auto tag = rest.number();
    if (!tag) return std::nullopt;
    const std::uint64_t field = *tag >> 3U;
    const std::uint64_t type = *tag & 7U;
    if (field == 0 || field > kMaxFieldNumber) return std::nullopt;
    const bool known = field <= valid_until;
    if (known && type != (field == seed ? counted : varint)) return std::nullopt;
    const bool taken = !known          ? rest.skip(type)
                       : field == seed ? take_seed(rest, secret)
                                       : take_number(rest, field, secret);
    if (!taken) return std::nullopt;
  }
  return secret;
}

void put_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out += static_cast<char>(static_cast<unsigned char>(value | 0x80U));
  out += static_cast<char>(static_cast<unsigned char>(value));
}

void put_field(std::string& out, std::uint64_t field, std::int64_t value) {
  if (value == 0) return;
  put_number(out, field << 3U | varint);
  put_number(out, static_cast<std::uint64_t>(value));
}

std::int64_t seconds_of(const std::optional<Timestamp>& when) {
  return when ? std::chrono::floor<std::chrono::seconds>(*when).time_since_epoch().count() : 0;
}

void put_length(std::string& out, std::size_t length) {
  out += static_cast<char>(static_cast<unsigned char>(length >> 8U));
  out += static_cast<char>(static_cast<unsigned char>(length));
}

std::size_t length_at(std::string_view body, std::size_t at) {
  return std::size_t{static_cast<unsigned char>(body[at])} * 256 + static_cast<unsigned char>(body[at + 1]);
}

}  // namespace

tl::expected<PretixSecret, NotPretix> read_pretix_secret(std::string_view text,
                                                         std::span<const PublicKey> keys) {
  if (text.size() < kMinPretixBytes || text.size() > kMaxPretixBytes) {
    return tl::make_unexpected(NotPretix::bad_length);
  }
  if (!std::ranges::all_of(text, is_base64)) return tl::make_unexpected(NotPretix::bad_characters);
  const auto body = base64_decode(std::string(text.rbegin(), text.rend()));
  if (!body) return tl::make_unexpected(NotPretix::bad_characters);
  if (body->size() < kHeadBytes || body->front() != kVersion) {
    return tl::make_unexpected(NotPretix::malformed);
  }
  const std::size_t length = length_at(*body, 1);
  if (length_at(*body, 3) != kSignatureBytes || body->size() != kHeadBytes + length + kSignatureBytes) {
    return tl::make_unexpected(NotPretix::malformed);
  }
  const std::string_view payload = std::string_view(*body).substr(kHeadBytes, length);
  const std::string_view signature = std::string_view(*body).substr(kHeadBytes + length);
  auto secret = read_payload(payload);
  if (!secret) return tl::make_unexpected(NotPretix::bad_payload);
  for (const PublicKey& key : keys.first(std::min(keys.size(), kMaxPretixKeys))) {
    if (crypto_sign_verify_detached(bytes_of(signature), bytes_of(payload), payload.size(), key.data()) ==
        0) {
      return std::move(*secret);
    }
  }
  return tl::make_unexpected(NotPretix::unverified);
}

std::string write_pretix_secret(const PretixSecret& fields, const SecretKey& key) {
  std::string payload;
  put_number(payload, seed << 3U | counted);
  put_number(payload, fields.seed.size());
  payload += fields.seed;
  put_field(payload, item, fields.item);
  put_field(payload, variation, fields.variation);
  put_field(payload, subevent, fields.subevent);
  put_field(payload, valid_from, seconds_of(fields.valid_from));
  put_field(payload, valid_until, seconds_of(fields.valid_until));
  std::array<unsigned char, kSignatureBytes> signature{};
  crypto_sign_detached(signature.data(), nullptr, bytes_of(payload), payload.size(), key.data());
  std::string body(1, kVersion);
  put_length(body, payload.size());
  put_length(body, signature.size());
  body += payload;
  body.append(reinterpret_cast<const char*>(signature.data()), signature.size());
  const std::string text = base64_encode(body);
  return {text.rbegin(), text.rend()};
}

std::string_view to_name(NotPretix why) {
  switch (why) {
    case NotPretix::bad_length:
      return "bad_length";
    case NotPretix::bad_characters:
      return "bad_characters";
    case NotPretix::malformed:
      return "malformed";
    case NotPretix::bad_payload:
      return "bad_payload";
    case NotPretix::unverified:
      return "unverified";
  }
  return "?";
}

}  // namespace lanyard::sync
