// The order in which things happened, the same at every kiosk and at the hub, whatever order the rows came
// in. PURE. Threads: reentrant.
//
// A row stands at the time by the hub's clock. It is known where the device knew how far off its own clock
// was (offset_ms), and where another row of the same boot did: the monotonic clock leads from that one to
// this. Where neither is so, the row stands at its hybrid clock: not before anything that its device had
// heard of. Rows of one device keep the order of their seq: none stands after a later one. What is still
// equal goes by hybrid clock, device and seq. The hub's sequence is only the order in which the hub heard,
// and so decides nothing: a kiosk that was cut off tells late of what happened early.
#pragma once

#include <span>
#include <vector>

#include "sync/record.hpp"

namespace lanyard::sync {

struct PlacedRow {
  Timestamp at{};  // by the hub's clock, as far as that is known
  JournalRow row;
  friend bool operator==(const PlacedRow&, const PlacedRow&) = default;
};

// `references`: other rows of the same boots that know the offset. Of several of one boot, here or there, the
// one of the lowest seq counts, so that all readers who have it agree.
[[nodiscard]] std::vector<PlacedRow> in_order(std::vector<JournalRow> rows,
                                              std::span<const JournalRow> references);
// When a row by itself was: where in_order would put it if it were the only one.
[[nodiscard]] Timestamp placed_at(const JournalRow& row, std::span<const JournalRow> references);

}  // namespace lanyard::sync
