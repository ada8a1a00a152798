// A mailbox for one value: the newest wins, the sender never waits.
// Threads: any number on either side. A value taken belongs to who took it; each is taken at most once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace lanyard::scanner {

template <class T>
class Mailbox {
 public:
  // Replaces a value that nobody took. True if it did so, for those who count.
  bool put(T value) {
    // The value replaced is destroyed after the lock, since its destructor may be costly.
    std::optional<T> incoming(std::move(value));
    {
      const std::lock_guard lock(mutex_);
      std::swap(value_, incoming);
    }
    arrived_.notify_one();
    return incoming.has_value();
  }

  // What is there now, without waiting.
  [[nodiscard]] std::optional<T> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(value_, std::nullopt);
  }

  // The first value to come within `patience`.
  [[nodiscard]] std::optional<T> wait(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, patience, [this] { return value_.has_value(); });
    return std::exchange(value_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::optional<T> value_;
};

}  // namespace lanyard::scanner
