// The one thread on which requests are handled, in the order in which they came; those that wait for it,
// several at a time, so that they can share a commit.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "sync/hub/hub.hpp"

namespace lanyard::sync::hub {

class HttpWorker {
 public:
  using Job = std::function<void()>;
  struct Asked {
    const Request* request;  // valid until `answer` is called
    std::function<void(Response)> answer;
  };
  using Handle = std::function<std::vector<Response>(std::span<const Asked>)>;

  static constexpr std::size_t kMostTogether = 64;

  HttpWorker(std::size_t most_together, Handle handle)
      : most_together_(most_together), handle_(std::move(handle)), thread_([this] { work(); }) {}
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
  void add(Job job) { add_any(std::move(job)); }
  void add(Asked asked) { add_any(std::move(asked)); }

  // Nothing has been under way for longer than `patience`.
  [[nodiscard]] bool alive(std::chrono::milliseconds patience) {
    const std::lock_guard lock(mutex_);
    return !began_ || std::chrono::steady_clock::now() - *began_ < patience;
  }

 private:
  void add_any(std::variant<Job, Asked> any) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.push_back(std::move(any));
    }
    wake_.notify_one();
  }

  void work() {
    for (;;) {
      Job job;
      std::vector<Asked> asked;
      {
        std::unique_lock lock(mutex_);
        began_.reset();
        wake_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
        if (stop_) return;
        began_ = std::chrono::steady_clock::now();
        if (auto* single = std::get_if<Job>(&jobs_.front())) {
          job = std::move(*single);
          jobs_.pop_front();
        }
        while (!job && !jobs_.empty() && asked.size() < most_together_) {
          auto* next = std::get_if<Asked>(&jobs_.front());
          if (next == nullptr) break;
          asked.push_back(std::move(*next));
          jobs_.pop_front();
        }
      }
      if (job) {
        job();
        continue;
      }
      std::vector<Response> answers = handle_(asked);
      for (std::size_t i = 0; i < asked.size(); ++i) asked[i].answer(std::move(answers[i]));
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::variant<Job, Asked>> jobs_;
  const std::size_t most_together_;
  Handle handle_;
  std::optional<std::chrono::steady_clock::time_point> began_;
  bool stop_{false};
  std::thread thread_;  // last: it uses the others
};

}  // namespace lanyard::sync::hub
