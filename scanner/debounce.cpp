#include "scanner/debounce.hpp"

#include <algorithm>
#include <utility>

namespace lanyard::scanner {

Debounce::Recent* Debounce::find(std::string_view text, TimePoint now) {
  std::erase_if(recent_, [&](const Recent& recent) { return now - recent.last_seen >= out_of_sight_; });
  const auto found =
      std::find_if(recent_.begin(), recent_.end(), [&](const Recent& r) { return r.text == text; });
  return found == recent_.end() ? nullptr : &*found;
}

bool Debounce::offer(std::string_view text, TimePoint now, bool sure) {
  if (Recent* recent = find(text, now)) {
    recent->last_seen = std::max(recent->last_seen, now);
    return !std::exchange(recent->is_scan, true);
  }
  if (recent_.size() == kMaxRecentTexts) {
    recent_.erase(std::min_element(recent_.begin(), recent_.end(), [](const Recent& a, const Recent& b) {
      return a.last_seen < b.last_seen;
    }));
  }
  recent_.push_back({std::string(text), now, sure});
  return sure;
}

void Debounce::note(std::string_view text, TimePoint now) {
  if (Recent* recent = find(text, now)) recent->last_seen = std::max(recent->last_seen, now);
}

}  // namespace lanyard::scanner
