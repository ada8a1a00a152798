#include "sync/order.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace lanyard::sync {

namespace {

using Boot = std::pair<std::string, std::string>;  // device, boot id

std::int64_t ms_of(Timestamp when) {
  return when.time_since_epoch().count();
}

// A boot's first row that knew the hub's time.
struct Reference {
  std::uint64_t seq{0};
  std::int64_t hub_minus_monotonic_ms{0};
};

void note_references(std::map<Boot, Reference>& known, std::span<const JournalRow> rows) {
  for (const JournalRow& row : rows) {
    if (!row.offset_ms || row.boot_id.empty()) continue;
    const Reference found{row.seq, ms_of(row.wall) + *row.offset_ms - row.monotonic_ms};
    const auto [place, is_new] = known.emplace(Boot(row.device, row.boot_id), found);
    if (!is_new && found.seq < place->second.seq) place->second = found;
  }
}

Timestamp time_of(const JournalRow& row, const std::map<Boot, Reference>& known) {
  if (row.offset_ms) return row.wall + std::chrono::milliseconds(*row.offset_ms);
  const auto reference = known.find(Boot(row.device, row.boot_id));
  const std::int64_t ms = reference == known.end()
                              ? row.hlc.wall_ms
                              : reference->second.hub_minus_monotonic_ms + row.monotonic_ms;
  return Timestamp(std::chrono::milliseconds(ms));
}

}  // namespace

Timestamp placed_at(const JournalRow& row, std::span<const JournalRow> references) {
  std::map<Boot, Reference> known;
  if (!row.offset_ms) note_references(known, references);
  return time_of(row, known);
}

std::vector<PlacedRow> in_order(std::vector<JournalRow> rows, std::span<const JournalRow> references) {
  std::map<Boot, Reference> known;
  note_references(known, references);
  note_references(known, rows);
  std::ranges::sort(rows, [](const JournalRow& a, const JournalRow& b) {
    return std::tie(a.device, a.seq) < std::tie(b.device, b.seq);
  });
  std::vector<PlacedRow> placed;
  placed.reserve(rows.size());
  for (JournalRow& row : rows) {
    const Timestamp at = time_of(row, known);
    placed.push_back({at, std::move(row)});
  }
  for (std::size_t i = placed.size(); i-- > 1;) {
    if (placed[i - 1].row.device == placed[i].row.device) {
      placed[i - 1].at = std::min(placed[i - 1].at, placed[i].at);
    }
  }
  std::ranges::sort(placed, [](const PlacedRow& a, const PlacedRow& b) {
    return std::tie(a.at, a.row.hlc, a.row.device, a.row.seq) <
           std::tie(b.at, b.row.hlc, b.row.device, b.row.seq);
  });
  return placed;
}

}  // namespace lanyard::sync
