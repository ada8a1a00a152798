// One symbol held up is one scan, however many frames show it. PURE: time is an argument.
// Threads: a value of one owner.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lanyard::scanner {

// How many texts are remembered; of more in view at once, the one unseen for longest is forgotten first.
inline constexpr std::size_t kMaxRecentTexts = 16;

class Debounce {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // A text counts as put away once it was not seen for `out_of_sight`.
  explicit Debounce(std::chrono::milliseconds out_of_sight = std::chrono::milliseconds{1500})
      : out_of_sight_(out_of_sight) {}

  // `text` is seen: true if that is a new scan, false if it is still the one held up before. Two texts in
  // turn are two scans, not a flood, since each keeps its own time. A `now` before an earlier one counts as
  // that one. A text that is not `sure` is a scan when it is seen for the second time.
  [[nodiscard]] bool offer(std::string_view text, TimePoint now, bool sure = true);

  // `text` is in view as well but is not the one meant: keeps it from being a new scan later while it never
  // left, if it was a scan already.
  void note(std::string_view text, TimePoint now);

 private:
  struct Recent {
    std::string text;
    TimePoint last_seen;
    bool is_scan{false};  // else it waits to be seen again
  };
  Recent* find(std::string_view text, TimePoint now);

  std::chrono::milliseconds out_of_sight_;
  std::vector<Recent> recent_;
};

}  // namespace lanyard::scanner
