// A venue's hub and its centre: how it joins, and the two lanes by which it stays in touch.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "sync/enrolment_code.hpp"
#include "sync/follower.hpp"
#include "sync/hub/secrets.hpp"
#include "sync/hub/uplink_carrier.hpp"

namespace lanyard::sync::hub {

// Of a hub that is to be made: its store, for the event of this id.
using StoreMaker = std::function<Expected<std::unique_ptr<HubStore>>(const std::string& event)>;

// Makes a hub that is a venue's of the one that gave the code, with the event and the roster as it has them;
// or, with a `known` store of one that has joined already, gives it this code's address, pin and token.
// Returns its name there. Errors: refused (the code), unavailable, storage; invalid, for a known store that
// has not joined or has other names. The code is spent once the store is asked for.
[[nodiscard]] Expected<std::string> join(const EnrolmentCode& code, HubStore* known, const StoreMaker& make,
                                         const Transport& transport, const Random& random, Timestamp now);

inline constexpr std::chrono::milliseconds kPhotoEvery{100};  // Pace::photo_every, at the least

// The lanes of a hub that has joined, each in a thread of its own with a store and connections of its own, so
// that neither holds up the hub's own thread. Ended by the destructor.
class UplinkLanes {
 public:
  // Error::Kind::invalid if one of the stores has not joined.
  [[nodiscard]] static Expected<std::unique_ptr<UplinkLanes>> start(std::unique_ptr<HubStore> carrying,
                                                                    std::unique_ptr<HubStore> following,
                                                                    const Pace& pace = {});
  UplinkLanes(const UplinkLanes&) = delete;
  UplinkLanes& operator=(const UplinkLanes&) = delete;
  ~UplinkLanes();

 private:
  UplinkLanes(std::unique_ptr<HubStore> carrying, std::unique_ptr<HubStore> following, const Uplink& uplink,
              const Pace& pace);
  void carry();
  void follow();
  void rest_until(SteadyTime until, const std::function<bool()>& has_news);

  std::unique_ptr<HubStore> carrying_;
  std::unique_ptr<HubStore> following_;
  Uplink uplink_;
  SyncdConfig config_;
  std::atomic<bool> stop_{false};
  std::atomic<std::int64_t> roster_told_{0};
  std::thread carrier_;  // last: they use the others
  std::thread follower_;
};

// What the Follower of a hub needs: its place in the centre's feed, and take_feed.
[[nodiscard]] FeedReader feed_from_centre(HubStore& store, const Clock& clock);

}  // namespace lanyard::sync::hub
