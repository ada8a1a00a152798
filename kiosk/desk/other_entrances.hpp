// Where somebody may go in whom the entrance here is not for. PURE. Threads: reentrant.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sync/record.hpp"
#include "sync/rule.hpp"

namespace lanyard::kiosk {

// Whether another entrance would help: the badge is in order, and this one is not for it.
[[nodiscard]] bool is_wrong_entrance(sync::Rule rule);

// The entrances that the rulebook lets this attendee pass, now or later the same day: those to the zone of
// this one first, then those that are open now, in the order of the policy. Not the one here, nor one into a
// zone that this one stands in. What only their past decides (in already, full) is left for there to say.
[[nodiscard]] std::vector<const sync::Checkpoint*> entrances_for(const sync::Attendee& attendee,
                                                                 const sync::EventInfo& event,
                                                                 std::span<const sync::Checkpoint> all,
                                                                 const sync::Checkpoint& here,
                                                                 sync::Timestamp now);

}  // namespace lanyard::kiosk
