// Tickets of pretix, against texts that another implementation signed.
#include "sync/pretix_secret.hpp"

#include <cstdlib>
#include <limits>
#include <random>
#include <set>

#include "sync/base64.hpp"
#include "sync/credential.hpp"
#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

using namespace std::string_literals;

// Made with Python's cryptography 48: the key's seed is the bytes 0 to 31, the payloads were put together by
// hand after the format's description. All six fields; and only what every ticket has.
constexpr std::string_view kFullTicket =
    "=8wJbjQzAHs/JsBK9DRHtPM1DeqdUGDXAOXH/stZ7tC1NR02n5qZgcXZLDa4emHvKw+AwFsisxNJK65lqNtjx8oBYPKkACjBY7IhAiCD"
    "gUAwijBJnDBdwJTc4ljdzsWCKAEAgAQA";
constexpr std::string_view kPlainTicket =
    "==QDYHpECdJ7vKBceey8KlfUupylW9TA/sbQtLy1hYNuWIJMhKJb42Ne+9oc4gldTi9DQMbFn1M4P4PIg7af9+wJBARaodmZlR2YiFWC"
    "KAEANAQA";
constexpr std::string_view kPem =
    "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view kPemInBase64 =
    "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUNvd0JRWURLMlZ3QXlFQUE2RUh2L1BPRUw0ZGNOMFk1MHZBbVdmazFqQ2JwUTFmSGR5"
    "R1pCSlZNYmc9Ci0tLS0tRU5EIFBVQkxJQyBLRVktLS0tLQo=";
constexpr std::string_view kDerInBase64 = "MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

KeyPair box_office() {
  std::array<std::uint8_t, 32> seed{};
  for (std::size_t i = 0; i < seed.size(); ++i) seed[i] = static_cast<std::uint8_t>(i);
  return key_pair(seed);
}
KeyPair stranger() {
  return key_pair({7});
}

PretixSecret full_ticket() {
  return {"k3v9xq2pt",
          4711,
          90210,
          12,
          Timestamp(std::chrono::seconds(1'795'392'000)),
          Timestamp(std::chrono::seconds(1'795'737'600))};
}

NotPretix why_not(std::string_view text) {
  const std::vector<PublicKey> keys{box_office().public_key};
  const auto read = read_pretix_secret(text, keys);
  REQUIRE_FALSE(read.has_value());
  return read.error();
}

std::string reversed(std::string_view text) {
  return {text.rbegin(), text.rend()};
}
std::string body_of(std::string_view text) {
  return base64_decode(reversed(text)).value();
}
std::string text_of(const std::string& body) {
  return reversed(base64_encode(body));
}

// A body whose lengths are right, of any payload; its signature is not.
std::string unsigned_text(const std::string& payload) {
  std::string body = "\x01\x00"s + static_cast<char>(payload.size()) + "\x00\x40"s + payload;
  return text_of(body + std::string(64, 'x'));
}

TEST_CASE("a ticket that another implementation signed is read in all its fields") {
  const std::vector<PublicKey> keys{read_public_key(kPem).value()};
  CHECK(read_pretix_secret(kFullTicket, keys).value() == full_ticket());
  const PretixSecret plain = read_pretix_secret(kPlainTicket, keys).value();
  CHECK(plain == PretixSecret{"abcdefghi", 1, 0, 0, std::nullopt, std::nullopt});
}

TEST_CASE("what is written for tests is what the other implementation writes") {
  CHECK(write_pretix_secret(full_ticket(), box_office().secret_key) == kFullTicket);
}

TEST_CASE("a key is read as PEM, as base64 of PEM, and as plain base64") {
  const PublicKey key = box_office().public_key;
  for (const std::string_view text : {kPem, kPemInBase64, kDerInBase64}) CHECK(read_public_key(text) == key);
  std::string with_carriage_returns(kPem);
  for (std::size_t at = 0; (at = with_carriage_returns.find('\n', at)) != std::string::npos; at += 2) {
    with_carriage_returns.insert(at, "\r");
  }
  CHECK(read_public_key(with_carriage_returns) == key);
}

TEST_CASE("what is no public key of Ed25519 is refused") {
  const std::string der = base64_decode(kDerInBase64).value();
  CHECK_FALSE(read_public_key("").has_value());
  CHECK_FALSE(read_public_key(kDerInBase64.substr(4)).has_value());
  CHECK_FALSE(read_public_key(base64_encode(der + '\0')).has_value());
  CHECK_FALSE(read_public_key(base64_encode("\x31"s + der.substr(1))).has_value());
  CHECK_FALSE(read_public_key(base64_encode(der.substr(0, 12) + std::string(32, '\0'))).has_value());
  CHECK_FALSE(read_public_key(kPem.substr(0, kPem.size() - 5)).has_value());
  CHECK_FALSE(read_public_key("-----BEGIN PUBLIC KEY-----").has_value());
  CHECK_FALSE(read_public_key(std::string(kMaxKeyTextBytes, '\n') + std::string(kPem)).has_value());
}

TEST_CASE("a file of keys is read whole, and what is wrong in it is said") {
  const std::string two = std::string(kPem) + "\n\n" + std::string(kDerInBase64) + "\r\n";
  CHECK(read_public_keys(two).value() == std::vector(2, box_office().public_key));
  CHECK(read_public_keys(kPemInBase64).value().size() == 1);
  CHECK(read_public_keys(" \n").error() == "there is no key in it");
  CHECK(read_public_keys(std::string(kPem) + "nonsense").error().starts_with("key 2 is no public key"));
  CHECK(read_public_keys(kPem.substr(0, 60)).error() == "a key is cut off");
  std::string many;
  for (std::size_t i = 0; i <= kMaxKeysInText; ++i) many += std::string(kDerInBase64) + "\n";
  CHECK(read_public_keys(many).error() == "there are more than 64 keys");
}

TEST_CASE("a ticket is one of the keys' that are asked, and of none beyond the eighth") {
  std::vector<PublicKey> keys(kMaxPretixKeys - 1, stranger().public_key);
  CHECK(read_pretix_secret(kFullTicket, keys).error() == NotPretix::unverified);
  CHECK(read_pretix_secret(kFullTicket, {}).error() == NotPretix::unverified);
  keys.push_back(box_office().public_key);
  CHECK(read_pretix_secret(kFullTicket, keys).has_value());
  keys.insert(keys.begin(), stranger().public_key);
  CHECK(read_pretix_secret(kFullTicket, keys).error() == NotPretix::unverified);
}

TEST_CASE("nothing may be missing from a ticket, nor follow it, nor stand before it") {
  const std::string text(kPlainTicket);
  const std::string body = body_of(text);
  CHECK(why_not(text.substr(1)) == NotPretix::bad_characters);  // the padding is part of it
  CHECK(why_not(' ' + text) == NotPretix::bad_characters);
  CHECK(why_not(reversed(text)) == NotPretix::bad_characters);
  CHECK(why_not(text_of(body + 'x')) == NotPretix::malformed);
  CHECK(why_not(text_of(body.substr(0, body.size() - 1))) == NotPretix::malformed);
  CHECK(why_not(text_of('\2' + body.substr(1))) == NotPretix::malformed);
  CHECK(why_not(text_of(std::string(70, '\1'))) == NotPretix::malformed);
  CHECK(why_not(std::string(79, 'A')) == NotPretix::bad_length);
  CHECK(why_not(std::string(257, 'A')) == NotPretix::bad_length);
  // Bits that the padding leaves over: another text of the same bytes, which the roster would not know.
  std::string left_over = text;
  left_over[2] = static_cast<char>(left_over[2] + 1);
  CHECK(why_not(left_over) == NotPretix::bad_characters);
}

TEST_CASE("a payload is read as protobuf, and its unknown fields are passed over") {
  const std::string seed = "\x0a\x03"s + "abc";
  const std::string known[] = {
      seed,
      seed + "\x3a\x02"s + "xx",                               // 7: counted
      seed + "\x38\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,  // 7: ten bytes of a number
      seed + "\x39"s + "12345678",                             // 7: eight bytes
      seed + "\x3d"s + "1234",                                 // 7: four bytes
      seed + "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,  // item -1
      ""s,
  };
  for (const std::string& payload : known) CHECK(why_not(unsigned_text(payload)) == NotPretix::unverified);
  const std::string bad[] = {
      "\x0a\x04"s + "abc",                                    // longer than there is
      "\x0a\x41"s + std::string(65, 'a'),                     // a seed over its limit
      "\x08\x03"s,                                            // a seed that is a number
      "\x12\x01"s + "a",                                      // an item that is a text
      "\x10"s,                                                // a number that is not there
      "\x10\x80"s,                                            // and one that does not end
      "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s,    // eleven bytes
      "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"s,        // more than 64 bits
      "\x3b\x3c"s,                                            // a group
      "\x3e"s,                                                // a type that there is not
      "\x02\x01"s + "a",                                      // field 0
      "\x80\x80\x80\x80\x10\x01"s,                            // a field's number over 29 bits
      "\x3d"s + "123",                                        // four bytes that are three
      "\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s + "a",  // a count that would run over
  };
  for (const std::string& payload : bad) {
    INFO(payload.size());
    CHECK(why_not(unsigned_text(payload)) == NotPretix::bad_payload);
  }
}

TEST_CASE("times at the ends of what 64 bits hold do not run over") {
  const std::vector<PublicKey> keys{box_office().public_key};
  PretixSecret fields = full_ticket();
  fields.item = std::numeric_limits<std::int64_t>::max();
  fields.variation = std::numeric_limits<std::int64_t>::min();
  fields.valid_from = kFirstTime;
  fields.valid_until = kLastTime;
  const auto read = read_pretix_secret(write_pretix_secret(fields, box_office().secret_key), keys);
  REQUIRE(read.has_value());
  CHECK(read->item == fields.item);
  CHECK(read->variation == fields.variation);
  CHECK(read->valid_from == kFirstTime);
  CHECK(read->valid_until == std::chrono::floor<std::chrono::seconds>(kLastTime));
}

TEST_CASE("no bit of a signed ticket can be changed") {
  const std::vector<PublicKey> keys{box_office().public_key};
  for (const std::string_view ticket : {kFullTicket, kPlainTicket}) {
    const std::string body = body_of(ticket);
    for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
      std::string changed = body;
      changed[bit / 8] = static_cast<char>(static_cast<unsigned char>(changed[bit / 8]) ^ (1U << (bit % 8)));
      INFO(bit);
      CHECK_FALSE(read_pretix_secret(text_of(changed), keys).has_value());
    }
  }
}

TEST_CASE("a ticket with anything changed at random never verifies") {
  const char* asked = std::getenv("LANYARD_SEED");
  const unsigned long seed = asked == nullptr ? std::random_device{}() : std::strtoul(asked, nullptr, 10);
  INFO("LANYARD_SEED=" << seed);
  std::mt19937 random(static_cast<std::uint32_t>(seed));
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
  const std::vector<PublicKey> keys{box_office().public_key, stranger().public_key};
  int verified = 0;
  for (int i = 0; i < 12'000; ++i) {
    const std::string original(i % 2 == 0 ? kFullTicket : kPlainTicket);
    std::string text = original;
    const auto wounds = 1 + any(3);
    if (i % 4 < 2) {
      std::string body = body_of(text);
      for (std::size_t n = 0; n < wounds; ++n) body[any(body.size())] = static_cast<char>(random());
      text = text_of(body);
    } else {
      for (std::size_t n = 0; n < wounds; ++n) text[any(text.size())] = kAlphabet[any(kAlphabet.size())];
    }
    if (text != original && read_pretix_secret(text, keys)) ++verified;
  }
  CHECK(verified == 0);
}

TEST_CASE("each way of being no ticket of pretix has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(NotPretix::unverified); ++i) {
    names.insert(to_name(static_cast<NotPretix>(i)));
  }
  CHECK(names.size() == static_cast<std::size_t>(NotPretix::unverified) + 1);
  CHECK_FALSE(names.contains("?"));
}

TEST_CASE("base64 takes back what it wrote and nothing else") {
  std::string bytes;
  for (int length = 0; length < 100; ++length) {
    CHECK(base64_decode(base64_encode(bytes)) == bytes);
    bytes += static_cast<char>(static_cast<unsigned char>(length * 41));
  }
  for (const std::string_view text :
       {"A", "AA", "AA=", "A===", "====", "AB==", "AAB=", "AA==AA==", "AA-_", "AA \n"}) {
    INFO(text);
    CHECK_FALSE(base64_decode(text).has_value());
  }
}

}  // namespace
}  // namespace lanyard::sync
