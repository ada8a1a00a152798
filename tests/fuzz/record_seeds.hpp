// What the records' fuzzers begin with, and what they are measured by.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sync/credential.hpp"
#include "tests/fuzz/record_bodies.hpp"

namespace lanyard::sync::fuzz {

using Bytes = std::vector<std::uint8_t>;

// All that the event's issuers ever signed, and a few badges of a stranger, who signs as well as they do.
struct Minted {
  EventTag event{};
  KeyRing keys;
  std::map<std::string, SignedCredential, std::less<>> genuine;  // by text
  std::vector<std::string> strange;
};
[[nodiscard]] const Minted& minted();

// A journal of two rows, whose chain holds.
[[nodiscard]] const std::vector<JournalRow>& journal();

// What fuzz_wire's first byte chooses among, modulo their number.
enum class WireKind : std::uint8_t {
  enrol_request,
  enrol_answer,
  roster_page,
  upload_request,
  upload_answer,
  feed_page,
  heartbeat,
  heartbeat_answer,
  attendee,
  checkpoint,
  event,
  row,
  problem,
  time,
  policy,
  basis,
  devices_request,
  devices_answer,
};
inline constexpr std::size_t kWireKinds = 18;

// A file of the demo's: "event.toml", "roster.csv". Aborts if it is not there.
[[nodiscard]] std::string demo_file(const std::string& name);

[[nodiscard]] std::vector<Bytes> credential_seeds();
[[nodiscard]] std::vector<Bytes> policy_seeds();
[[nodiscard]] std::vector<Bytes> csv_seeds();
[[nodiscard]] std::vector<Bytes> list_seeds();
[[nodiscard]] std::vector<Bytes> wire_seeds();
[[nodiscard]] std::vector<Bytes> setup_seeds();

// Changes bytes at random, to as many as `most`.
using Change = std::function<Bytes(Bytes bytes, std::size_t most)>;

// A credential's text with what it carries changed, rather than its letters: damage to these is all but
// always refused before anything is verified. Most of what comes of it is well formed and names a known key,
// so that the signature alone stands between it and the door. Anything else is changed as it is.
[[nodiscard]] Bytes forged(const Bytes& text, std::size_t most, std::uint32_t chance, const Change& change);

// A text with a word or a line of it left out, changed, doubled or put in another's place: most of what
// libFuzzer makes of TOML and JSON is neither, and ends in their parsers.
[[nodiscard]] Bytes retold(const Bytes& text, std::size_t most, std::uint32_t chance, const Change& change);

}  // namespace lanyard::sync::fuzz
