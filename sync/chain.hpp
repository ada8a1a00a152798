// The hash chain of a device's journal: a row that is changed, removed or slipped in shows.
// PURE. Threads: reentrant.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "sync/record.hpp"

namespace lanyard::sync {

// BLAKE2b-256 over every field of the row but `hash`, each as its length (8 bytes, little-endian) and its
// bytes, integers as 8 bytes little-endian; `prev_hash` is among them, which makes the chain. Then `related`,
// `target` and `basis`, each after its name, where they are not empty.
[[nodiscard]] Digest chain_hash(const JournalRow& row);

// Where a chain breaks, or nullopt if it holds. `rows` are of one device, in order of seq; `before` is the
// hash of the row before the first (zero for seq 1). Of an erased row only its place is looked at: what
// vouches for that it was to be erased, and for what is left of it, is a row of the hub's (hub/erase.hpp).
struct ChainBreak {
  std::uint64_t seq{0};
  std::string why;
};
[[nodiscard]] std::optional<ChainBreak> find_break(std::span<const JournalRow> rows, const Digest& before);

[[nodiscard]] std::string hex(std::span<const std::uint8_t> bytes);
// Lower-case or upper-case hexadecimal of exactly out.size() bytes; false on anything else.
[[nodiscard]] bool unhex(std::string_view text, std::span<std::uint8_t> out);

}  // namespace lanyard::sync
