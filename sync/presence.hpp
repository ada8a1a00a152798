// Who is inside which zone, from the journal alone. PURE. Threads: reentrant.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "sync/facts.hpp"
#include "sync/order.hpp"
#include "sync/record.hpp"

namespace lanyard::sync {

[[nodiscard]] bool moves_people(RowKind kind);

// Of ONE attendee, zone by zone, from all rows about them (others are ignored), in the order of order.hpp:
// the same rows give the same presence everywhere, in whatever order they came. An annulled row did not
// happen. Entering a zone leaves those that it `leaves`; an exit leaves the zone and all within it.
// `references`: see in_order.
using PresenceByZone = std::map<std::string, Presence, std::less<>>;
[[nodiscard]] PresenceByZone presence_of(std::vector<JournalRow> rows, std::span<const JournalRow> references,
                                         const std::vector<Zone>& zones);

// The zone and all zones within it, at any depth; a circle of zones is gone round once.
[[nodiscard]] std::vector<std::string> zones_within(std::string_view zone, const std::vector<Zone>& zones);

}  // namespace lanyard::sync
