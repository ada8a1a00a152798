// Whether anything happens before the camera. With nobody there a kiosk need not read thirty frames a second:
// first the size of each frame as a JPEG tells, before it is decoded, then, as rate control and exposure move
// that size on some cameras, a coarse picture of each decoded frame. PURE: time is an argument. Threads: a
// value of one owner.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "scanner/frame.hpp"

namespace lanyard::scanner {

struct PresenceOptions {
  // How long full attention stays after the last that happened.
  std::chrono::milliseconds attention{3000};
  // How often a frame is decoded and read all the same when nothing seems to happen: what lies still before
  // the camera stays known, and no badge is missed for good.
  std::chrono::milliseconds look_every{500};
};

class Presence {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  explicit Presence(const PresenceOptions& options = {}) : options_(options) {}

  // Whether to decode a frame of this size; 0, for one that did not come as a JPEG: always, it costs little.
  [[nodiscard]] bool wants(std::size_t compressed_bytes, TimePoint now);
  // Whether to read a decoded frame for symbols: something in it is not as it was, or was not just now, or it
  // is time to make sure.
  [[nodiscard]] bool notices(GrayView frame, TimePoint now);
  // There is something like a code in sight, be it still: attention stays, for half a minute at most.
  void keep(TimePoint now);

  [[nodiscard]] bool attentive(TimePoint now) const { return now < attentive_until_; }

 private:
  static constexpr int kColumns = 40;
  static constexpr int kRows = 24;
  using Coarse = std::array<std::uint8_t, static_cast<std::size_t>(kColumns) * kRows>;
  static Coarse coarse(GrayView frame);
  void attend(TimePoint now);

  PresenceOptions options_;
  double usual_bytes_{0};   // of a frame when nothing happens; 0: not known yet
  double usual_change_{0};  // from the usual, of such frames: some cameras' sizes never rest
  TimePoint last_look_{};
  TimePoint last_read_{};
  TimePoint attentive_until_{};
  TimePoint last_motion_{};
  bool has_scene_{false};
  Coarse scene_{};  // as it was last
};

}  // namespace lanyard::scanner
