// What reads codes for a kiosk: a camera, hand scanners, or both. Their codes go one way.
// Threads: the main one's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kiosk/desk/state.hpp"
#include "scanner/hand_loop.hpp"
#include "scanner/scan_loop.hpp"

namespace lanyard::kiosk {

// Which reader a code came from: the camera, or the hand scanner of this number, from one on.
inline constexpr std::size_t kCameraReader = 0;

struct Readers {
  scanner::ScanLoop* camera{nullptr};     // null: there is none
  std::vector<scanner::HandLoop*> hands;  // none of them null
  bool camera_left_out{false};            // there is one, and it is not used: safe mode

  // What is in sight now counts as not yet seen.
  void forget() const;
  // When the one that came round longest ago did so; nullopt without any reader.
  [[nodiscard]] std::optional<Moment> oldest_heartbeat() const;
};

struct HandSeen {
  scanner::HandScan scan;
  std::size_t reader{kCameraReader};
};

// The newest code of a hand scanner, if there is one.
[[nodiscard]] std::optional<HandSeen> take_hand_scan(const Readers& readers);

// Notices what comes and goes, and says so in the log, once.
class ReaderWatch {
 public:
  // Whether people cannot check in for want of a reader: the camera is away, where there is one, and every
  // hand scanner.
  [[nodiscard]] bool none_reads(const Readers& readers, Moment now);
  // Whether a hand scanner alone reads, as of then.
  [[nodiscard]] bool by_hand() const { return by_hand_; }

 private:
  struct Hand {
    scanner::HandLoopStatus::State state{scanner::HandLoopStatus::State::starting};
    std::uint64_t refused{0};
    Moment said{};
  };
  void watch_hand(std::size_t number, const scanner::HandLoopStatus& status, Moment now);

  void watch_camera(const scanner::CameraStatus& status);

  std::optional<Moment> away_since_;
  bool by_hand_{false};
  scanner::SharedText mode_;
  scanner::SharedText remarks_;
  std::vector<Hand> hands_;
};

}  // namespace lanyard::kiosk
