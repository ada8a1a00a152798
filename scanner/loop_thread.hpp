// The thread of a reader that goes round and round: it can be stopped, shows that it comes round, and rests
// when it has nothing to do. Threads: stop() and heartbeat() from any; beat() and rest() from the loop's own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace lanyard::scanner {

class LoopThread {
 public:
  // Starts at once: the last member of what `run` uses. It must return soon after a stop is requested.
  explicit LoopThread(std::function<void(const std::stop_token&)> run);
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;
  ~LoopThread() = default;

  // Returns when the thread has ended. Safe to repeat.
  void stop();

  void beat();
  // When it came round last; when it was made, before the first time.
  [[nodiscard]] std::chrono::steady_clock::time_point heartbeat() const;
  // For so long, or until a stop is requested.
  void rest(const std::stop_token& stop, std::chrono::milliseconds time);

 private:
  std::atomic<std::chrono::steady_clock::rep> heartbeat_;
  std::mutex rest_mutex_;
  std::condition_variable_any rested_;
  std::mutex stop_mutex_;
  std::jthread thread_;  // last: it runs as soon as it is there, and uses all of the above
};

}  // namespace lanyard::scanner
