// How long a device that is away is left alone before it is looked for again: each time twice as long, up to
// a limit. PURE: time is an argument. Threads: a value of one owner.
#pragma once

#include <algorithm>
#include <chrono>

namespace lanyard::scanner {

class GrowingPause {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  GrowingPause(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_(first), longest_(longest), next_(first) {}

  // It is away, as was seen just now.
  void begin(TimePoint now) {
    until_ = now + next_;
    next_ = std::min(next_ * 2, longest_);
  }
  // It is there again: the next pause is a short one.
  void reset() { next_ = first_; }
  // When to look for it; long ago, before the first pause.
  [[nodiscard]] TimePoint until() const { return until_; }

 private:
  std::chrono::milliseconds first_;
  std::chrono::milliseconds longest_;
  std::chrono::milliseconds next_;
  TimePoint until_{};
};

}  // namespace lanyard::scanner
