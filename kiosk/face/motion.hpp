// Motion is a function of time: the same moment draws the same picture. Nothing here ever flashes.
// Threads: reentrant.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

namespace lanyard::kiosk {

// How far a motion that began at `since` has come: 0 before, 1 after.
template <class Clock, class Duration>
[[nodiscard]] float progress(std::chrono::time_point<Clock, Duration> since,
                             std::chrono::time_point<Clock, Duration> now, std::chrono::milliseconds lasts) {
  const float gone = std::chrono::duration<float, std::milli>(now - since).count();
  return std::clamp(gone / static_cast<float>(lasts.count()), 0.0F, 1.0F);
}

// Quick at first, then settling.
[[nodiscard]] inline float ease_out(float t) {
  const float rest = 1.0F - std::clamp(t, 0.0F, 1.0F);
  return 1.0F - rest * rest * rest;
}

[[nodiscard]] inline float ease_in_out(float t) {
  const float x = std::clamp(t, 0.0F, 1.0F);
  return x * x * (3.0F - 2.0F * x);
}

[[nodiscard]] inline float mix(float from, float to, float t) {
  return from + (to - from) * t;
}

// A part [from, to] of a longer motion, as a motion of its own.
[[nodiscard]] inline float stage(float t, float from, float to) {
  return std::clamp((t - from) / (to - from), 0.0F, 1.0F);
}

// Where a moment lies in a cycle, 0 up to 1.
template <class Clock, class Duration>
[[nodiscard]] float cycle(std::chrono::time_point<Clock, Duration> now, std::chrono::milliseconds period) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  return static_cast<float>(ms % period.count()) / static_cast<float>(period.count());
}

// 0 .. 1 .. 0, softly.
[[nodiscard]] inline float breath(float cycle_position) {
  return 0.5F - 0.5F * std::cos(cycle_position * 2.0F * std::numbers::pi_v<float>);
}

}  // namespace lanyard::kiosk
