// Asking for a page of the roster: what a kiosk does and a venue's hub does alike.
#pragma once

#include <cstddef>
#include <optional>

#include "sync/hub_line.hpp"

namespace lanyard::sync {

// `records`: how many to ask for; fitted to how long they took. nullopt after noting why there is no answer.
// Errors: invalid, for one that cannot be read.
[[nodiscard]] Expected<std::optional<RosterPage>> ask_for_roster(HubLine& line, const RosterCursor& cursor,
                                                                 std::size_t& records);

}  // namespace lanyard::sync
