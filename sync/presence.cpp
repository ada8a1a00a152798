#include "sync/presence.hpp"

#include <algorithm>
#include <set>

namespace lanyard::sync {

namespace {

void enter(PresenceByZone& held, const PlacedRow& placed, const std::vector<Zone>& zones) {
  const auto zone = std::ranges::find(zones, placed.row.zone, &Zone::id);
  if (zone != zones.end()) {
    for (const std::string& left : zone->leaves) {
      const auto found = held.find(left);
      if (found != held.end()) found->second.inside = false;
    }
  }
  Presence& here = held[placed.row.zone];
  here.inside = true;
  ++here.entries;
  here.last_entry = placed.at;
  here.entry_checkpoint = placed.row.checkpoint;
  here.entry_device = placed.row.device;
}

void leave(PresenceByZone& held, const PlacedRow& placed, const std::vector<Zone>& zones) {
  for (const std::string& left : zones_within(placed.row.zone, zones)) {
    const auto found = held.find(left);
    if (found != held.end()) found->second.inside = false;
  }
  Presence& here = held[placed.row.zone];
  here.inside = false;
  here.last_exit = placed.at;
}

}  // namespace

bool moves_people(RowKind kind) {
  return kind == RowKind::admitted || kind == RowKind::exited || kind == RowKind::annulled;
}

PresenceByZone presence_of(std::vector<JournalRow> rows, std::span<const JournalRow> references,
                           const std::vector<Zone>& zones) {
  std::set<std::string, std::less<>> annulled;
  for (const JournalRow& row : rows) {
    if (row.kind == RowKind::annulled) annulled.insert(row.target);
  }
  PresenceByZone held;
  for (const PlacedRow& placed : in_order(std::move(rows), references)) {
    if (placed.row.zone.empty() || annulled.contains(placed.row.id)) continue;
    if (placed.row.kind == RowKind::admitted) enter(held, placed, zones);
    if (placed.row.kind == RowKind::exited) leave(held, placed, zones);
  }
  return held;
}

std::vector<std::string> zones_within(std::string_view zone, const std::vector<Zone>& zones) {
  std::vector<std::string> found{std::string(zone)};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const Zone& inner : zones) {
      if (inner.within == found[i] && std::ranges::find(found, inner.id) == found.end())
        found.push_back(inner.id);
    }
  }
  return found;
}

}  // namespace lanyard::sync
