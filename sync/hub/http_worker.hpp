// The one thread on which requests are handled, in the order in which they came.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace lanyard::sync::hub {

class HttpWorker {
 public:
  using Job = std::function<void()>;

  HttpWorker() : thread_([this] { work(); }) {}
  HttpWorker(const HttpWorker&) = delete;
  HttpWorker& operator=(const HttpWorker&) = delete;
  // Finishes the job under way; those that wait are dropped.
  ~HttpWorker() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
      jobs_.clear();
    }
    wake_.notify_one();
    thread_.join();
  }

  // Bounded by the connections: each has one request under way at most.
  void add(Job job) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    wake_.notify_one();
  }

  // Nothing has been under way for longer than `patience`.
  [[nodiscard]] bool alive(std::chrono::milliseconds patience) {
    const std::lock_guard lock(mutex_);
    return !began_ || std::chrono::steady_clock::now() - *began_ < patience;
  }

 private:
  void work() {
    for (;;) {
      Job job;
      {
        std::unique_lock lock(mutex_);
        began_.reset();
        wake_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
        if (stop_) return;
        job = std::move(jobs_.front());
        jobs_.pop_front();
        began_ = std::chrono::steady_clock::now();
      }
      job();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::optional<std::chrono::steady_clock::time_point> began_;
  bool stop_{false};
  std::thread thread_;  // last: it uses the others
};

}  // namespace lanyard::sync::hub
