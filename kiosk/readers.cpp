#include "kiosk/readers.hpp"

#include <algorithm>
#include <utility>

#include "sync/log.hpp"

namespace lanyard::kiosk {

namespace {

using std::chrono::seconds;

// A reader that is away for less than this is a loose plug, not a fault to show.
constexpr seconds kMissedFor{3};
// Codes that are not taken are named no more often than this: a child with a scanner must not fill the log.
constexpr seconds kRefusalsApart{10};

}  // namespace

void Readers::forget() const {
  if (camera != nullptr) camera->forget();
  for (scanner::HandLoop* hand : hands) hand->forget();
}

std::optional<Moment> Readers::oldest_heartbeat() const {
  std::optional<Moment> oldest;
  const auto note = [&oldest](Moment beat) { oldest = oldest ? std::min(*oldest, beat) : beat; };
  if (camera != nullptr) note(camera->heartbeat());
  for (const scanner::HandLoop* hand : hands) note(hand->heartbeat());
  return oldest;
}

std::optional<HandSeen> take_hand_scan(const Readers& readers) {
  for (std::size_t i = 0; i < readers.hands.size(); ++i) {
    if (auto scan = readers.hands[i]->take_scan()) return HandSeen{std::move(*scan), i + 1};
  }
  return std::nullopt;
}

bool ReaderWatch::none_reads(const Readers& readers, Moment now) {
  using CameraState = scanner::ScanLoopStatus::State;
  hands_.resize(readers.hands.size());
  bool no_hand = true;  // is alive; one that has yet to start is neither that nor lost
  bool all_lost = !readers.hands.empty();
  for (std::size_t i = 0; i < readers.hands.size(); ++i) {
    const scanner::HandLoopStatus status = readers.hands[i]->status();
    watch_hand(i, status, now);
    no_hand = no_hand && status.state != scanner::HandLoopStatus::State::alive;
    all_lost = all_lost && status.state == scanner::HandLoopStatus::State::lost;
  }
  // One that was left out, as in safe mode, is missed like one that is away.
  bool camera_away = readers.camera_left_out;
  std::string why = "left out";
  if (readers.camera != nullptr) {
    const scanner::ScanLoopStatus status = readers.camera->status();
    camera_away = status.state == CameraState::lost || status.state == CameraState::failed;
    why = status.message;
    if (status.camera.trouble != scanner::CameraTrouble::none) {
      why += std::string(" (") + name_of(status.camera.trouble) + ")";
    }
    watch_camera(status.camera);
  }
  const bool has_camera = readers.camera != nullptr || readers.camera_left_out;
  const bool away = has_camera ? camera_away && no_hand : all_lost;
  by_hand_ = !no_hand && (!has_camera || camera_away);
  if (!away) {
    if (std::exchange(away_since_, std::nullopt) && readers.camera != nullptr)
      log::info("camera: there again");
    return false;
  }
  if (!away_since_) {
    away_since_ = now;
    if (readers.camera != nullptr) log::warn("camera: {}", why);
  }
  return now - *away_since_ >= kMissedFor;
}

// Once for each camera, not at each opening of the same one.
void ReaderWatch::watch_camera(const scanner::CameraStatus& status) {
  if (!(status.mode == mode_)) log::info("camera: {}", status.mode.get());
  if (!(status.remarks == remarks_) && !(status.remarks == "")) {
    log::warn("camera: its profile: {}", status.remarks.get());
  }
  mode_ = status.mode;
  remarks_ = status.remarks;
}

void ReaderWatch::watch_hand(std::size_t number, const scanner::HandLoopStatus& status, Moment now) {
  using HandState = scanner::HandLoopStatus::State;
  Hand& known = hands_[number];
  if (status.state != known.state) {
    if (status.state == HandState::lost) log::warn("hand scanner: {}", status.message);
    if (status.state == HandState::alive) log::info("hand scanner {}: there", number + 1);
    known.state = status.state;
  }
  if (status.refused == known.refused || now - known.said < kRefusalsApart) return;
  log::warn("hand scanner {}: {} codes not taken so far; the last one: {}", number + 1, status.refused,
            status.last_refused);
  known.refused = status.refused;
  known.said = now;
}

}  // namespace lanyard::kiosk
