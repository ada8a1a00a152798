// What the sync daemon does next. PURE: time and randomness are arguments. Threads: reentrant.
//
// Two lanes, so that a question that the hub lets wait holds up no row of ours: the carrier's (own rows, the
// roster, heartbeats) and the follower's (the rows of the others, by long poll).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sync/calendar.hpp"

namespace lanyard::sync {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Pace {
  std::chrono::milliseconds listen_for{
      25000};  // so long the hub may keep a question for news, in whole seconds
  std::chrono::milliseconds feed_every{1000};     // between two, where it does not keep them
  std::chrono::milliseconds roster_every{30000};  // where nothing tells that there is a newer one
  std::chrono::milliseconds heartbeat_every{15000};
  std::chrono::milliseconds photo_every{0};  // at least, between two of those that are missing
  std::chrono::milliseconds back_off_first{500};
  std::chrono::milliseconds back_off_most{30000};
};

struct BackOff {
  int failures{0};          // in a row, of any request of the lane
  SteadyTime not_before{};  // set by `failed`
};

// After a failure: full jitter, random(0, min(most, first * 2^failures)); `retry_after` is a floor to which
// the jitter is added. `random01` is in [0, 1).
[[nodiscard]] BackOff failed(BackOff, const Pace&, SteadyTime now, double random01,
                             std::optional<std::chrono::seconds> retry_after);

struct Wait {
  SteadyTime until{};
};

// A body that was through within the one: the next may be larger. That took longer than the other: smaller.
inline constexpr std::chrono::seconds kQuickTrip{3};
inline constexpr std::chrono::seconds kLongTrip{10};

// How many rows or records the next body may have, after one that had `sent` and might have had `size`.
// `took`: until it was through and answered; nullopt: it was not. Both ends give a body half a minute: over a
// line of a few kilobytes a second a large one would never come through, however often it is tried.
[[nodiscard]] std::size_t next_size(std::size_t size, std::size_t sent, std::size_t most,
                                    std::optional<std::chrono::milliseconds> took);

// The carrier's lane.

struct CarrierState {
  std::uint64_t unsent{0};                            // rows waiting, but for rejected ones
  bool roster_more{false};                            // the last page of the roster said that there is more
  bool roster_stale{false};                           // the hub told of another version than ours
  std::optional<SteadyTime> roster_at, heartbeat_at;  // when each last succeeded
  bool photo_due{false};                              // some may be missing
  SteadyTime photo_not_before{};
  std::string photo_asked;   // of those that are missing, in their order; "" = begin
  int photos_lacked{0};      // by the hub, in this look through them
  bool token_due{false};     // the hub has another token for us
  bool enrol_due{false};     // ... or another identity
  bool leave_due{false};     // the office has us forget all, once our rows are with the hub
  bool forget_due{false};    // now: the hub has shut us out, or nobody has been there long past the event
  bool farewell_due{false};  // all is forgotten, as the office wanted, and the hub is to hear that it is
};

struct Push {};
struct PullRoster {};
struct Beat {};
struct PullPhoto {};
struct RenewToken {};
struct EnrolAnew {};
struct Forget {};
struct Farewell {};
using CarrierAction =
    std::variant<Push, PullRoster, PullPhoto, Beat, RenewToken, EnrolAnew, Forget, Farewell, Wait>;

// Own rows first, since they are nowhere else; then the roster, then the rest. After a failure the next in
// line has its turn. Who is to forget does nothing else, and says so afterwards.
[[nodiscard]] CarrierAction next(const CarrierState&, const BackOff&, const Pace&, SteadyTime now);

// That a page of the roster has been taken; photos are looked for behind the last. False where the hub began
// another roster before the end of the last: to ask on at once might have no end.
[[nodiscard]] bool note_roster_page(CarrierState&, bool from_start, bool more, SteadyTime now);

// Photos, one at a time. A look through those that are missing begins with each roster that is complete. Of
// those that the hub lacks itself it asks for a few, and the next look for others: a hub that is behind with
// them hears little of it.
inline constexpr int kMaxPhotosLacked = 20;
// That one has been asked for, and whether the hub has it. The next waits for Pace::photo_every or, where
// that is said, as long as this one took: half of a thin line is for others.
void note_photo(CarrierState&, std::string_view hash, bool lacked, const Pace&, SteadyTime now,
                std::optional<std::chrono::milliseconds> took);
void note_no_photo_missing(CarrierState&);

// Whether a kiosk has been alone for so long that nobody will come back for what it knows: `after` behind the
// event's end, and behind the hub's last answer. By the kiosk's own clock, which nobody sets right: that it
// has held for kForgetHolds without a break is for the caller to see.
[[nodiscard]] bool is_forsaken(Timestamp event_ends, std::optional<Timestamp> hub_contact,
                               std::chrono::hours after, Timestamp now);
inline constexpr std::chrono::hours kForgetHolds{24};
// For so long a kiosk that the office has forget all tries to end its tokens before, and to say so after it:
// without a hub, it forgets all the same.
inline constexpr std::chrono::minutes kFarewellTries{10};

// The follower's lane.

struct FollowerState {
  bool empty_at_once{false};           // the last answer had no news, and did not wait for any
  std::optional<SteadyTime> asked_at;  // the last question that was answered
};

struct Listen {
  std::chrono::seconds wait{};  // how long the hub may keep the question
};
using FollowerAction = std::variant<Listen, Wait>;

[[nodiscard]] FollowerAction next(const FollowerState&, const BackOff&, const Pace&, SteadyTime now);

}  // namespace lanyard::sync
