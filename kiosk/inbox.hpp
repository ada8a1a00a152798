// What the other threads have to tell the main one, in the order in which they told it.
// Threads: any number post, the main thread drains.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "kiosk/desk/state.hpp"

namespace lanyard::kiosk {

// Far more than a kiosk can have under way; past it the main thread has hung, and the watchdog will see to
// that.
inline constexpr std::size_t kMaxInboxEvents = 1000;

class Inbox {
 public:
  // `wake` is called after each post, by the posting thread: it makes the main thread come round.
  explicit Inbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  void post(Event event) {
    {
      const std::lock_guard lock(mutex_);
      if (events_.size() < kMaxInboxEvents) events_.push_back(std::move(event));
    }
    wake_();
  }

  [[nodiscard]] std::vector<Event> drain() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }

 private:
  std::function<void()> wake_;
  std::mutex mutex_;
  std::vector<Event> events_;
};

}  // namespace lanyard::kiosk
