#include "kiosk/desk/other_entrances.hpp"

#include <algorithm>

#include "kiosk/desk/decide.hpp"
#include "sync/calendar.hpp"

namespace lanyard::kiosk {
namespace {

struct Found {
  const sync::Checkpoint* checkpoint{nullptr};
  bool same_zone{false};
  bool open{false};
};

// Who stands before a door is in the zones around it already.
bool stands_in(const sync::EventInfo& event, const sync::Checkpoint& here, std::string_view zone) {
  const sync::Zone* around = sync::find_zone(event, here.zone);
  for (std::size_t i = 0; around != nullptr && !around->within.empty() && i < event.zones.size(); ++i) {
    if (around->within == zone) return true;
    around = sync::find_zone(event, around->within);
  }
  return false;
}

}  // namespace

bool is_wrong_entrance(Rule rule) {
  return rule == Rule::wrong_category || rule == Rule::wrong_zone || rule == Rule::tag_barred;
}

std::vector<const sync::Checkpoint*> entrances_for(const sync::Attendee& attendee,
                                                   const sync::EventInfo& event,
                                                   std::span<const sync::Checkpoint> all,
                                                   const sync::Checkpoint& here, Timestamp now) {
  Facts facts;
  facts.event = event.id;
  facts.attendee = attendee;
  // Whoever is sent on with their company may bring it along.
  facts.principal_inside = facts.principal_entered = true;
  std::vector<Found> found;
  for (const sync::Checkpoint& other : all) {
    if (other.id == here.id || other.direction != sync::Direction::entry) continue;
    if (other.badge == sync::BadgePolicy::station) continue;  // nobody comes in there
    if (stands_in(event, here, other.zone)) continue;
    const Decision decision = decide(by_hand(), facts, sync::policy_of(event, other), now);
    const bool open = decision.verdict == Verdict::admitted;
    const bool later =
        decision.rule == Rule::too_early && decision.opens_at &&
        sync::venue_day(*decision.opens_at, event.calendar) == sync::venue_day(now, event.calendar);
    if (open || later) found.push_back({&other, other.zone == here.zone, open});
  }
  std::ranges::stable_sort(found, [](const Found& a, const Found& b) {
    return a.same_zone != b.same_zone ? a.same_zone : a.open && !b.open;
  });
  std::vector<const sync::Checkpoint*> out;
  out.reserve(found.size());
  for (const Found& one : found) out.push_back(one.checkpoint);
  return out;
}

}  // namespace lanyard::kiosk
