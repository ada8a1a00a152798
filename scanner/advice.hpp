// What would help somebody whose code is not read, from the picture: a piece of advice for the screen. Each
// comes from something measured, named below with its limits. PURE: time is an argument; an Adviser is a
// value, belongs to one thread, and asks for no memory.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scanner/field.hpp"
#include "scanner/frame.hpp"
#include "scanner/stream_reader.hpp"

namespace lanyard::scanner {

enum class Advice : std::uint8_t {
  none,
  too_far,   // modules of less than 1.7 px; or a patch of that fineness, half dark and half grey
  too_near,  // its corners beyond the frame's border; or the middle of the frame all of coarse dark and light
  too_dark,  // all of the picture is dark, and something has come before the camera; or a code is as dark
  glare,     // parts of the code white and nothing else, while its paper elsewhere is not
  blurred,   // from dark to light it takes the better part of a module and more, in all directions
  tilted,    // less than 0.45 times as high as wide, or so it is foreshortened
  hold_still,     // smeared: edges in one direction are much weaker; or it goes a quarter of its size a frame
  one_at_a_time,  // different texts in one frame
};
inline constexpr std::size_t kAdvices = 9;
[[nodiscard]] std::string_view to_name(Advice advice);  // "too far", ...; "none"

class Adviser {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Of every frame that was read, in order. It comes when something like a code has been in sight and unread
  // for kUnreadFor, stays kStays at least, and changes or goes only for what is clearly stronger; it goes at
  // once when a code is read, and within a few frames when nothing like one is in sight.
  [[nodiscard]] Advice advise(GrayView frame, const FrameReading& reading, TimePoint now);
  // As of the last frame, for one that was passed over.
  [[nodiscard]] Advice advice() const { return shown_; }

  static constexpr std::chrono::milliseconds kUnreadFor{400};
  static constexpr std::chrono::milliseconds kStays{700};

  // What one frame shows.
  struct Cue {
    bool in_sight{false};  // something like a code, or what hides one
    Advice advice{Advice::none};
    Region place;
  };
  [[nodiscard]] Cue cue_of(GrayView frame, const FrameReading& reading, TimePoint now);

 private:
  [[nodiscard]] Cue of_sighting(GrayView frame, const Sighting& sighting, TimePoint now) const;
  [[nodiscard]] Cue of_part(GrayView frame, const FrameReading& reading, std::size_t part);
  [[nodiscard]] Cue of_dark(GrayView frame, TimePoint now);
  void vote(const Cue& cue, TimePoint now);
  void choose(TimePoint now);
  void forget();
  void forget_but(Advice advice);

  std::array<double, kAdvices> votes_{};  // of the last frames; older ones count less
  TimePoint voted_{};
  TimePoint unread_since_{};
  bool in_sight_{false};
  int misses_{0};  // frames in a row with nothing in sight
  TimePoint seen_at_{};
  Advice shown_{Advice::none};
  TimePoint shown_since_{};

  std::size_t part_{0};  // of the frame that is looked at without a sighting
  Region sighted_;       // in the frame before; no width: it was not
  TimePoint sighted_at_{};
  // The picture as it usually is: what is not so has come.
  using Coarse = std::array<float, 144>;  // 16 x 9 cells
  Coarse usual_{};
  TimePoint usual_at_{};
  bool is_dark_{false};  // the frame at hand
};

}  // namespace lanyard::scanner
