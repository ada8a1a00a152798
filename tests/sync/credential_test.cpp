// What is held up is a stranger's text: only what a trusted key signed is a signed credential.
#include "sync/credential.hpp"

#include <cstdlib>
#include <numeric>
#include <random>
#include <set>

#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;

KeyPair keys_of(std::uint8_t seed_byte) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(seed_byte);
  return key_pair(seed);
}

const KeyPair kHub = keys_of(1);
const KeyRing kRing{{kHub.public_key, "hub"}};
const EventTag kEvent = event_tag("forum-2026");

SignedCredential fields_of(const std::string& attendee) {
  SignedCredential fields;
  fields.event = kEvent;
  fields.attendee = attendee;
  fields.generation = 7;
  fields.valid_from = Timestamp(std::chrono::minutes(29'000'000));
  fields.valid_until = Timestamp(std::chrono::minutes(29'004'320));
  return fields;
}

std::optional<Unreadable> why_not(std::string_view symbol, const KeyRing& keys = kRing) {
  const auto read = read_credential(symbol, keys, kEvent);
  if (read) return std::nullopt;
  return read.error();
}

bool is_signed(std::string_view symbol, const KeyRing& keys = kRing) {
  const auto read = read_credential(symbol, keys, kEvent);
  return read && std::holds_alternative<SignedCredential>(*read);
}

std::string base45_of(const std::string& bytes) {
  return "L1:" + base45_encode(bytes);
}
std::string bytes_of(const std::string& minted) {
  return base45_decode(std::string_view(minted).substr(3)).value();
}

TEST_CASE("base45 is that of RFC 9285") {
  const std::pair<std::string_view, std::string_view> examples[] = {
      {"AB", "BB8"}, {"Hello!!", "%69 VD92EX0"}, {"base-45", "UJCLQE7W581"}, {"ietf!", "QED8WEX0"}, {"", ""}};
  for (const auto& [bytes, text] : examples) {
    CHECK(base45_encode(bytes) == text);
    CHECK(base45_decode(text) == bytes);
  }
}

TEST_CASE("base45 takes back what it wrote and nothing that it cannot have written") {
  std::string bytes;
  for (int length = 0; length < 300; ++length) {
    CHECK(base45_decode(base45_encode(bytes)) == bytes);
    bytes += static_cast<char>(static_cast<unsigned char>(length * 37));
  }
  for (const std::string_view text : {"A", "ABCD", "GGW", "::::::", ":::", "U6", "::", "ab8", "B\xc3\xbc"}) {
    INFO(text);
    CHECK_FALSE(base45_decode(text).has_value());
  }
  CHECK(base45_decode("FGW") == "\xff\xff");  // the last group that there is
}

TEST_CASE("a minted credential is read as it was meant") {
  for (const std::string attendee : {"A", "A0042", "0123456789abcdefABCDEF._-1234567"}) {
    const SignedCredential fields = fields_of(attendee);
    const auto read = read_credential(mint(fields, kHub.secret_key), kRing, kEvent);
    REQUIRE(read.has_value());
    CHECK(std::get<SignedCredential>(*read) == fields);
  }
  SignedCredential open = fields_of("A1");
  open.valid_from.reset();
  open.valid_until.reset();
  open.generation = 65535;
  CHECK(std::get<SignedCredential>(read_credential(mint(open, kHub.secret_key), kRing, kEvent).value()) ==
        open);
}

TEST_CASE("an end in the distant past is still an end, and one in the distant future does not wrap") {
  SignedCredential fields = fields_of("A1");
  fields.valid_from = Timestamp(-std::chrono::years(70));
  fields.valid_until = Timestamp(30s);
  auto read =
      std::get<SignedCredential>(read_credential(mint(fields, kHub.secret_key), kRing, kEvent).value());
  REQUIRE(read.valid_until.has_value());
  CHECK(*read.valid_until < Timestamp(1h));
  REQUIRE(read.valid_from.has_value());
  CHECK(*read.valid_from < Timestamp(1h));
  fields.valid_until = Timestamp(std::chrono::years(9000));
  read = std::get<SignedCredential>(read_credential(mint(fields, kHub.secret_key), kRing, kEvent).value());
  CHECK(*read.valid_until > Timestamp(std::chrono::years(8000)));
}

TEST_CASE("no single bit of a minted credential can be changed") {
  const std::string bytes = bytes_of(mint(fields_of("A0042"), kHub.secret_key));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(static_cast<unsigned char>(changed[bit / 8]) ^ (1U << (bit % 8)));
    INFO(bit);
    CHECK(why_not(base45_of(changed)).has_value());
  }
}

TEST_CASE("no single bit of a minted text can be changed into another signed credential") {
  const std::string text = mint(fields_of("A0042"), kHub.secret_key);
  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    std::string changed = text;
    changed[bit / 8] = static_cast<char>(static_cast<unsigned char>(changed[bit / 8]) ^ (1U << (bit % 8)));
    INFO(bit);
    CHECK_FALSE(is_signed(changed));
  }
}

TEST_CASE("no part of a minted credential is enough, and nothing may follow it") {
  const std::string text = mint(fields_of("A0042"), kHub.secret_key);
  for (std::size_t length = 0; length < text.size(); ++length) {
    INFO(length);
    CHECK_FALSE(is_signed(std::string_view(text).substr(0, length)));
    CHECK_FALSE(is_signed(std::string_view(text).substr(length + 1)));
  }
  CHECK_FALSE(is_signed(text + "0"));
  CHECK_FALSE(is_signed(text + "00"));
  CHECK_FALSE(is_signed(text + "000"));
  const std::string bytes = bytes_of(text);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    CHECK_FALSE(is_signed(base45_of(bytes.substr(0, length))));
  }
}

TEST_CASE("blanks and line ends around a symbol are the scanner's and not the credential's") {
  const std::string text = mint(fields_of("A0042"), kHub.secret_key);
  CHECK(is_signed(text + "\r\n"));
  CHECK(is_signed(" \t" + text + " \n"));
  const auto opaque = read_credential("  CQ2WE2JN6KGQZ2IF\r\n", kRing, kEvent);
  REQUIRE(opaque.has_value());
  CHECK(std::get<OpaqueCredential>(*opaque).text == "CQ2WE2JN6KGQZ2IF");
  CHECK(why_not("") == Unreadable::empty);
  CHECK(why_not(" \r\n\t ") == Unreadable::empty);
}

TEST_CASE("a credential that ends in any letter is read with a blank behind it") {
  std::set<char> last;
  for (std::uint16_t generation = 1; generation < 60; ++generation) {
    SignedCredential fields = fields_of("A042");  // an even number of bytes: the last group is a whole one
    fields.generation = generation;
    const std::string text = mint(fields, kHub.secret_key);
    last.insert(text.back());
    CHECK(is_signed(text + " "));
  }
  CHECK(last.size() > 1);
}

TEST_CASE("a symbol longer than 256 bytes is none of ours") {
  CHECK_FALSE(why_not(std::string(256, 'x')).has_value());
  CHECK(why_not(std::string(257, 'x')) == Unreadable::too_long);
  CHECK(why_not(std::string(10'000'000, ' ')) == Unreadable::too_long);
}

TEST_CASE("control characters and what is not UTF-8 are refused") {
  using namespace std::string_literals;
  const std::string bad[] = {"a\0b"s,
                             "a\x01",
                             "a\nb",
                             "a\x1b[2J",
                             "a\x7f",
                             "a\xc2\x80"s,
                             "a\xc2\x9f"s,
                             "\xff",
                             "\xc0\xaf"s,
                             "\xc1\xbf"s,
                             "\xe0\x80\xaf"s,
                             "\xe0\x9f\xbf"s,
                             "\xf0\x80\x80\xaf"s,
                             "\xf0\x8f\xbf\xbf"s,
                             "\xed\xa0\x80"s,
                             "\xed\xbf\xbf"s,
                             "\xf4\x90\x80\x80"s,
                             "\xf5\x80\x80\x80"s,
                             "\x80",
                             "a\xe4\xbd"s,
                             "\xe4\xbd",
                             "\xf0\x9f\x98"s,
                             "\xc3(",
                             "\xe2\x28\xa1"s};
  for (const std::string& text : bad) {
    INFO(text);
    CHECK(why_not(text) == Unreadable::bad_characters);
  }
  for (const std::string& text :
       {"张伟"s, "\xf0\x9f\x98\x80"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s, "\xf4\x8f\xbf\xbd"s, "\xc2\xa0z"s}) {
    INFO(text);
    CHECK_FALSE(why_not(text).has_value());
  }
}

TEST_CASE("SQL, markup and paths are nothing but unknown texts") {
  for (const std::string text :
       {"'; DROP TABLE attendee; --", "<script>alert(1)</script>", "../../etc/passwd", "%s%s%n",
        "https://example.org/?q=1", "L2:ABC", "l1:BB8", "L1"}) {
    const auto read = read_credential(text, kRing, kEvent);
    REQUIRE(read.has_value());
    CHECK(std::get<OpaqueCredential>(*read).text == text);
  }
}

TEST_CASE("what begins as ours and is not says what is wrong with it") {
  const std::string bytes = bytes_of(mint(fields_of("A0042"), kHub.secret_key));
  CHECK(why_not("L1:") == Unreadable::malformed);
  CHECK(why_not("L1:abc") == Unreadable::malformed);
  CHECK(why_not("L1::::") == Unreadable::malformed);
  CHECK(why_not(base45_of(std::string(1, '\1'))) == Unreadable::malformed);
  CHECK(why_not(base45_of('\2' + bytes.substr(1))) == Unreadable::unknown_version);
  std::string length = bytes;
  length[19] = static_cast<char>(length[19] + 1);
  CHECK(why_not(base45_of(length)) == Unreadable::malformed);
  std::string id = bytes;
  id[20] = '/';
  CHECK(why_not(base45_of(id)) == Unreadable::malformed);
  std::string signature = bytes;
  signature.back() = static_cast<char>(signature.back() ^ 1);
  CHECK(why_not(base45_of(signature)) == Unreadable::bad_signature);
}

TEST_CASE("a stranger's key is unknown, and another event's says so") {
  const KeyPair stranger = keys_of(9);
  CHECK(why_not(mint(fields_of("A0042"), stranger.secret_key)) == Unreadable::unknown_key);
  SignedCredential other = fields_of("A0042");
  other.event = event_tag("forum-2027");
  CHECK(why_not(mint(other, stranger.secret_key)) == Unreadable::other_event);
  CHECK(why_not(mint(fields_of("A0042"), kHub.secret_key), {}) == Unreadable::unknown_key);
  // Signed by a key that we trust, for another event: read, and for the rulebook to judge.
  const auto read = read_credential(mint(other, kHub.secret_key), kRing, kEvent);
  REQUIRE(read.has_value());
  CHECK(std::get<SignedCredential>(*read).event == event_tag("forum-2027"));
}

TEST_CASE("a signature made for anything else than a credential verifies nothing here") {
  // Two keys of one ring do not answer for each other: a body re-labelled with the other's id fails.
  const KeyPair kiosk = keys_of(2);
  const KeyRing ring{{kHub.public_key, "hub"}, {kiosk.public_key, "north-1"}};
  std::string bytes = bytes_of(mint(fields_of("A0042"), kiosk.secret_key));
  CHECK(is_signed(base45_of(bytes), ring));
  const KeyId hub_id = key_id(kHub.public_key);
  for (std::size_t i = 0; i < hub_id.size(); ++i) bytes[1 + i] = static_cast<char>(hub_id[i]);
  CHECK(why_not(base45_of(bytes), ring) == Unreadable::bad_signature);
}

TEST_CASE("every key of a colliding id is tried") {
  // The id is 32 bits, so some 80,000 keys hold a pair that collides; the bytes need not be real keys.
  std::map<KeyId, PublicKey> seen;
  std::optional<std::pair<PublicKey, PublicKey>> pair;
  PublicKey key{};
  for (std::uint32_t n = 0; n < 1'000'000 && !pair; ++n) {
    for (std::size_t i = 0; i < 4; ++i) key[i] = static_cast<std::uint8_t>(n >> (8 * i));
    const auto [found, is_new] = seen.emplace(key_id(key), key);
    if (!is_new) pair.emplace(found->second, key);
  }
  REQUIRE(pair.has_value());
  REQUIRE(key_id(pair->first) == key_id(pair->second));
  // One that collides with nothing of ours, but stands before our key in the ring, changes nothing.
  const KeyRing ring{{pair->first, "a"}, {pair->second, "b"}, {kHub.public_key, "hub"}};
  CHECK(is_signed(mint(fields_of("A0042"), kHub.secret_key), ring));
  // A body that names the shared id is tried with both, and belongs to neither.
  std::string bytes = bytes_of(mint(fields_of("A0042"), kHub.secret_key));
  const KeyId shared = key_id(pair->first);
  for (std::size_t i = 0; i < shared.size(); ++i) bytes[1 + i] = static_cast<char>(shared[i]);
  CHECK(why_not(base45_of(bytes), ring) == Unreadable::bad_signature);
}

TEST_CASE("random and mutated texts never verify") {
  const char* asked = std::getenv("LANYARD_CREDENTIAL_TEXTS");
  const long count = asked == nullptr ? 12'000 : std::strtol(asked, nullptr, 10);
  std::mt19937 random(2026);
  const auto any = [&](std::size_t below) { return static_cast<std::size_t>(random() % below); };
  const std::string minted = mint(fields_of("A0042"), kHub.secret_key);
  const std::string bytes = bytes_of(minted);
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  long verified = 0;
  for (long i = 0; i < count; ++i) {
    std::string text;
    switch (i % 4) {
      case 0:  // some bytes of a good one are others
        text = bytes;
        for (std::size_t n = 1 + any(3); n > 0; --n) text[any(text.size())] = static_cast<char>(random());
        if (text == bytes) continue;
        text = base45_of(text);
        break;
      case 1:  // some letters of a good one are others
        text = minted;
        for (std::size_t n = 1 + any(3); n > 0; --n) text[3 + any(text.size() - 3)] = kAlphabet[any(45)];
        if (text == minted) continue;
        break;
      case 2:  // the alphabet's letters
        text = "L1:";
        for (std::size_t n = any(200); n > 0; --n) text += kAlphabet[any(45)];
        break;
      default:  // anything
        for (std::size_t n = any(260); n > 0; --n) text += static_cast<char>(random());
    }
    if (is_signed(text)) ++verified;
  }
  CHECK(verified == 0);
  CHECK(is_signed(minted));
}

TEST_CASE("a text's fingerprint is another under another key, and another text's is another") {
  FingerprintKey one{};
  FingerprintKey two{};
  two[31] = 1;
  CHECK(fingerprint("CQ2WE2JN6KGQZ2IF", one) == fingerprint("CQ2WE2JN6KGQZ2IF", one));
  CHECK(fingerprint("CQ2WE2JN6KGQZ2IF", one) != fingerprint("CQ2WE2JN6KGQZ2IF", two));
  CHECK(fingerprint("CQ2WE2JN6KGQZ2IF", one) != fingerprint("CQ2WE2JN6KGQZ2IG", one));
  CHECK(fingerprint("", one) != fingerprint(" ", one));
}

const KeyPair kBoxOffice = keys_of(3);
const KeyRing kBothKinds{{kHub.public_key, "hub"}, {kBoxOffice.public_key, "pretix", KeyKind::pretix_sig1}};
const PretixSecret kTicket{"k3v9xq2pt", 11, 0, 0, Timestamp(1'795'392'000s), std::nullopt};

TEST_CASE("a ticket that pretix signed is read where the ring has its key, and is opaque elsewhere") {
  const std::string text = write_pretix_secret(kTicket, kBoxOffice.secret_key);
  const auto read = read_credential("  " + text + "\r\n", kBothKinds, kEvent);
  REQUIRE(read.has_value());
  CHECK(std::get<PretixCredential>(*read) == PretixCredential{text, kTicket});
  CHECK(read_credential(text, kRing, kEvent).value() == Credential(OpaqueCredential{text}));
  CHECK(read_credential(text, {}, kEvent).value() == Credential(OpaqueCredential{text}));
}

TEST_CASE("what only looks like a ticket of pretix is opaque") {
  const std::string stranger = write_pretix_secret(kTicket, keys_of(9).secret_key);
  for (const std::string& text :
       {stranger, std::string(112, 'A'), std::string(256, '='), std::string(80, '+')}) {
    INFO(text);
    CHECK(read_credential(text, kBothKinds, kEvent).value() == Credential(OpaqueCredential{text}));
  }
}

TEST_CASE("a key of one kind never verifies what the other kind signs") {
  const KeyRing swapped{{kBoxOffice.public_key, "hub"}, {kHub.public_key, "pretix", KeyKind::pretix_sig1}};
  const std::string badge = mint(fields_of("A0042"), kHub.secret_key);
  const std::string ticket = write_pretix_secret(kTicket, kBoxOffice.secret_key);
  CHECK(is_signed(badge, kBothKinds));
  CHECK(why_not(badge, swapped) == Unreadable::unknown_key);
  CHECK(why_not(mint(fields_of("A0042"), kBoxOffice.secret_key), kBothKinds) == Unreadable::unknown_key);
  CHECK(read_credential(ticket, swapped, kEvent).value() == Credential(OpaqueCredential{ticket}));
  const std::string forged = write_pretix_secret(kTicket, kHub.secret_key);
  CHECK(read_credential(forged, kBothKinds, kEvent).value() == Credential(OpaqueCredential{forged}));
}

TEST_CASE("no more than eight keys of pretix are asked") {
  KeyRing ring;
  for (std::uint8_t i = 0; i < kMaxPretixKeys; ++i) {
    ring.push_back({keys_of(static_cast<std::uint8_t>(20 + i)).public_key, "pretix", KeyKind::pretix_sig1});
  }
  ring.push_back(kBothKinds.back());
  const std::string text = write_pretix_secret(kTicket, kBoxOffice.secret_key);
  CHECK(std::holds_alternative<OpaqueCredential>(read_credential(text, ring, kEvent).value()));
  std::swap(ring.front(), ring.back());
  CHECK(std::holds_alternative<PretixCredential>(read_credential(text, ring, kEvent).value()));
}

TEST_CASE("the holder of a ticket has a name that is an id, and that leads back to the ticket alone") {
  const std::string text =
      "==QDYHpECdJ7vKBceey8KlfUupylW9TA/sbQtLy1hYNuWIJMhKJb42Ne+9oc4gldTi9DQMbFn1M4P4PIg7af9+wJBARaodmZlR2Yi"
      "FWCKAEANAQA";
  FingerprintKey key{};
  std::iota(key.begin(), key.end(), std::uint8_t{0});
  const Fingerprint print = fingerprint(text, key);
  CHECK(ticket_subject(print) == "px-y8HmJ_Cr_t8t-hCkhQnsew");  // by Python's hashlib and base64
  CHECK(is_id(ticket_subject(print)));
  CHECK(ticket_of(ticket_subject(print)) == print);
  for (const char* other :
       {"", "A0001", "px-", "px-y8HmJ_Cr_t8t-hCkhQnse", "px-y8HmJ_Cr_t8t-hCkhQnsewA",
        "px-y8HmJ_Cr_t8t-hCkhQnsex", "px-y8HmJ/Cr+t8t-hCkhQnsew", "PX-y8HmJ_Cr_t8t-hCkhQnsew"}) {
    CHECK_FALSE(ticket_of(other).has_value());
  }
}

TEST_CASE("the kinds of keys have names that lead back to them") {
  for (const KeyKind kind : {KeyKind::lanyard, KeyKind::pretix_sig1}) {
    CHECK(key_kind_named(to_name(kind)) == kind);
  }
  CHECK_FALSE(key_kind_named("").has_value());
  CHECK_FALSE(key_kind_named("pretix_sig2").has_value());
}

TEST_CASE("each way of being unreadable has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Unreadable::bad_signature); ++i) {
    names.insert(to_name(static_cast<Unreadable>(i)));
  }
  CHECK(names.size() == static_cast<std::size_t>(Unreadable::bad_signature) + 1);
  CHECK_FALSE(names.contains("?"));
}

}  // namespace
}  // namespace lanyard::sync
