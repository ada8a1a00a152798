#include "sync/plan.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lanyard::sync {

namespace {

// A proxy that says "come back tomorrow" does not decide for how long a kiosk stays alone.
constexpr std::chrono::seconds kMostRetryAfter{300};

bool due(const std::optional<SteadyTime>& last, std::chrono::milliseconds every, SteadyTime now) {
  return !last || now - *last >= every;
}

// What could be done now, the most pressing first.
std::vector<CarrierAction> candidates(const CarrierState& state, const Pace& pace, SteadyTime now) {
  if (state.farewell_due) return {Farewell{}};
  if (state.forget_due || (state.leave_due && state.unsent == 0)) return {Forget{}};
  std::vector<CarrierAction> list;
  if (state.unsent > 0) list.emplace_back(Push{});
  if (state.enrol_due) list.emplace_back(EnrolAnew{});
  if (state.roster_more || state.roster_stale || due(state.roster_at, pace.roster_every, now)) {
    list.emplace_back(PullRoster{});
  }
  // To enrol anew brings another token too, and one of the two would end the other.
  if (state.token_due && !state.enrol_due) list.emplace_back(RenewToken{});
  if (due(state.heartbeat_at, pace.heartbeat_every, now)) list.emplace_back(Beat{});
  if (state.photo_due && now >= state.photo_not_before) list.emplace_back(PullPhoto{});
  return list;
}

}  // namespace

CarrierAction next(const CarrierState& state, const BackOff& back_off, const Pace& pace, SteadyTime now) {
  if (now < back_off.not_before) return Wait{back_off.not_before};
  const std::vector<CarrierAction> list = candidates(state, pace, now);
  if (!list.empty()) {
    // After a failure the next in line has its turn: one page that cannot be read must not keep our own rows
    // here.
    return list[static_cast<std::size_t>(std::max(back_off.failures, 0)) % list.size()];
  }
  // Both have succeeded once, or they would be due.
  const SteadyTime until =
      std::min(*state.roster_at + pace.roster_every, *state.heartbeat_at + pace.heartbeat_every);
  return Wait{state.photo_due ? std::min(until, state.photo_not_before) : until};
}

bool note_roster_page(CarrierState& state, bool from_start, bool more, SteadyTime now) {
  const bool began_anew = state.roster_more && from_start;
  state.roster_more = more;
  if (more) return !began_anew;
  state.roster_at = now;
  state.roster_stale = false;
  state.photo_due = true;
  state.photos_lacked = 0;
  return true;
}

void note_photo(CarrierState& state, std::string_view hash, bool lacked, const Pace& pace, SteadyTime now,
                std::optional<std::chrono::milliseconds> took) {
  state.photo_asked = hash;
  if (lacked) ++state.photos_lacked;
  if (state.photos_lacked >= kMaxPhotosLacked) state.photo_due = false;
  if (pace.photo_every.count() > 0)
    state.photo_not_before = now + std::max(pace.photo_every, took.value_or(pace.photo_every));
}

void note_no_photo_missing(CarrierState& state) {
  state.photo_due = false;
  state.photo_asked.clear();
}

bool is_forsaken(Timestamp event_ends, std::optional<Timestamp> hub_contact, std::chrono::hours after,
                 Timestamp now) {
  return now - std::max(event_ends, hub_contact.value_or(event_ends)) > after;
}

FollowerAction next(const FollowerState& state, const BackOff& back_off, const Pace& pace, SteadyTime now) {
  if (now < back_off.not_before) return Wait{back_off.not_before};
  if (state.empty_at_once && !due(state.asked_at, pace.feed_every, now)) {
    return Wait{*state.asked_at + pace.feed_every};
  }
  return Listen{std::chrono::floor<std::chrono::seconds>(pace.listen_for)};
}

std::size_t next_size(std::size_t size, std::size_t sent, std::size_t most,
                      std::optional<std::chrono::milliseconds> took) {
  if (!took || *took > kLongTrip) return std::max<std::size_t>(1, std::min(size, sent) / 2);
  if (*took > kQuickTrip) return size;
  return std::min(most, size * 2);
}

BackOff failed(BackOff state, const Pace& pace, SteadyTime now, double random01,
               std::optional<std::chrono::seconds> retry_after) {
  using Ms = std::chrono::duration<double, std::milli>;
  constexpr int kDoublings = 30;  // beyond that any first wait is over any limit
  const Ms ceiling = std::min(Ms(pace.back_off_most),
                              Ms(pace.back_off_first) * std::exp2(std::min(state.failures, kDoublings)));
  const Ms jitter = ceiling * std::clamp(random01, 0.0, 1.0);
  const auto floor =
      std::clamp(retry_after.value_or(std::chrono::seconds(0)), std::chrono::seconds(0), kMostRetryAfter);
  state.not_before = now + floor + std::chrono::duration_cast<std::chrono::milliseconds>(jitter);
  ++state.failures;
  return state;
}

}  // namespace lanyard::sync
