// What goes first when the disk is nearly full, and what was set aside when a store was damaged.
#include <filesystem>

#include "sync/carrier.hpp"
#include "sync/log.hpp"
#include "sync/mend.hpp"
#include "sync/room.hpp"

namespace lanyard::sync {

namespace {

constexpr std::chrono::minutes kLookForRoomEvery{1};

}  // namespace

void Carrier::tidy_set_aside(std::size_t keep) {
  if (auto gone = forget_set_aside(config_.store, keep); !gone) log::warn("{}", gone.error().message);
}

void Carrier::make_room() {
  const SteadyTime now = line_.now().steady;
  if (looked_for_room_ != SteadyTime{} && now - looked_for_room_ < kLookForRoomEvery) return;
  looked_for_room_ = now;
  const bool was_short = is_short_of_room_;
  is_short_of_room_ = is_short_of_room(room_(), kRoomForPictures, was_short);
  if (was_short && !is_short_of_room_) state_.photo_due = true;
  if (!is_short_of_room_) return;
  state_.photo_due = false;
  if (!was_short) log::warn("the disk is nearly full: pictures go, so that there is room for rows");
  if (auto gone = store_.drop_photos(); !gone) line_.note_failure(gone.error().message);
  if (!mended_ && counted_.unsent == 0) tidy_set_aside(0);
}

}  // namespace lanyard::sync
