// What the centre tells, taken over into a venue's own store: the roster, and the rows of everybody else.
// Each page in several transactions, so that no kiosk of the venue waits long for its turn.
//
// Threads: those of the store.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "sync/hub/hub_store.hpp"
#include "sync/hub/secrets.hpp"

namespace lanyard::sync::hub {

class RosterFromCentre {
 public:
  // The store must have joined a centre (HubStore::uplink). It is not owned.
  explicit RosterFromCentre(HubStore& store, Random random = system_random())
      : store_(store), random_(std::move(random)) {}

  // Which page is next.
  [[nodiscard]] Expected<RosterCursor> question();
  // Takes the answer over. Of a roster from its start, what is there already stays untouched, and what no
  // page has named goes with the last. Errors: invalid, for a page without progress and for another event's.
  [[nodiscard]] Expected<void> take(const RosterPage& page, Timestamp now);

 private:
  Expected<void> take_frame(const RosterPage& page, const Uplink& uplink, Timestamp now);
  Expected<void> take_ring(const KeyRing& keys, Timestamp now);
  Expected<void> take_people(const RosterPage& page);
  Expected<void> remove(const std::vector<std::string>& ids);
  Expected<void> remove_unnamed();

  // A roster from its start, until its last page: of half of one nothing is noted, as it is not known yet who
  // is gone. After a restart it is asked for again.
  struct Whole {
    RosterCursor next;
    std::set<std::string, std::less<>> named;
  };

  HubStore& store_;
  Random random_;
  std::optional<Whole> whole_;
};

// Rows that are here already, as those of the venue's own kiosks mostly are, are passed over. For those that
// the centre has erased before they came, a row of this hub's own chain vouches.
[[nodiscard]] Expected<void> take_feed(const FeedPage& page, HubStore& store, Timestamp now,
                                       const Random& random = system_random());

}  // namespace lanyard::sync::hub
