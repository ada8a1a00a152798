// The one thread on which requests are handled, in the order in which they came; those that wait for it,
// several at a time, so that they can share a commit. What can be done of a request without that thread's
// store is done before, by others, which go no further ahead than kMostAhead and kMostAheadBytes.
#pragma once

#include <algorithm>
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
    std::function<Response()>
        prepared{};        // to be called in place of the service's `handle`, where there is one
    std::size_t bytes{0};  // of its body, unpacked: of one that is prepared
  };
  using Handle = std::function<std::vector<Response>(std::span<const Asked>)>;
  using Prepare = std::function<std::function<Response()>(const Request&)>;

  static constexpr std::size_t kMostTogether = 64;
  // Prepared and not taken yet: each is some times as large as its body.
  static constexpr std::size_t kMostAhead = 16;
  // Of all bodies that are prepared and not answered yet, unless it is one alone.
  static constexpr std::size_t kMostAheadBytes = 16UL * 1024 * 1024;
  static constexpr unsigned kMostPreparers = 4;

  // `prepare`, if there is one, is called on several threads at once.
  HttpWorker(std::size_t most_together, Handle handle, Prepare prepare = {})
      : most_together_(most_together), handle_(std::move(handle)), prepare_(std::move(prepare)) {
    if (prepare_) {
      // One core is the store's.
      const unsigned cores = std::thread::hardware_concurrency();
      const unsigned count = std::clamp(cores, 2U, kMostPreparers + 1) - 1;
      for (unsigned i = 0; i < count; ++i) preparers_.emplace_back([this] { prepare_ahead(); });
    }
    thread_ = std::thread([this] { work(); });
  }
  HttpWorker(const HttpWorker&) = delete;
  HttpWorker& operator=(const HttpWorker&) = delete;
  // Finishes the job under way; those that wait are dropped.
  ~HttpWorker() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_one();
    wake_preparers_.notify_all();
    for (std::thread& preparer : preparers_) preparer.join();
    thread_.join();
    // By nobody else's thread, once nobody works any more: sessions go with them.
    jobs_.clear();
    unprepared_.clear();
  }

  // Bounded by the connections: each has one request under way at most.
  void add(Job job) { add_any(std::move(job)); }
  void add(Asked asked) { add_any(std::move(asked)); }
  // It comes behind what is added before it has been prepared.
  void add_to_prepare(Asked asked) {
    if (!prepare_) return add(std::move(asked));
    asked.bytes = plain_bytes(*asked.request);
    {
      const std::lock_guard lock(mutex_);
      unprepared_.push_back(std::move(asked));
    }
    wake_preparers_.notify_one();
  }

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

  [[nodiscard]] bool may_prepare() const {
    if (unprepared_.empty() || ahead_ >= kMostAhead) return false;
    return ahead_bytes_ == 0 || ahead_bytes_ + unprepared_.front().bytes <= kMostAheadBytes;
  }

  void prepare_ahead() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_preparers_.wait(lock, [this] { return stop_ || may_prepare(); });
      if (stop_) return;
      Asked asked = std::move(unprepared_.front());
      unprepared_.pop_front();
      ++ahead_;
      ahead_bytes_ += asked.bytes;
      lock.unlock();
      asked.prepared = prepare_(*asked.request);
      lock.lock();
      jobs_.emplace_back(std::move(asked));
      wake_.notify_one();
    }
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
          if (next->prepared) --ahead_;
          asked.push_back(std::move(*next));
          jobs_.pop_front();
        }
      }
      wake_preparers_.notify_all();
      if (job) {
        job();
        continue;
      }
      std::vector<Response> answers = handle_(asked);
      std::size_t bytes = 0;
      for (std::size_t i = 0; i < asked.size(); ++i) {
        bytes += asked[i].bytes;
        asked[i].prepared = nullptr;
        asked[i].answer(std::move(answers[i]));
      }
      if (bytes > 0) give_back(bytes);
    }
  }

  void give_back(std::size_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      ahead_bytes_ -= bytes;
    }
    wake_preparers_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable wake_preparers_;
  std::deque<std::variant<Job, Asked>> jobs_;
  std::deque<Asked> unprepared_;
  std::size_t ahead_{0};        // prepared, or being prepared, and not taken yet
  std::size_t ahead_bytes_{0};  // of those, and of those taken and not answered yet
  const std::size_t most_together_;
  Handle handle_;
  Prepare prepare_;
  std::optional<std::chrono::steady_clock::time_point> began_;
  bool stop_{false};
  std::vector<std::thread> preparers_;
  std::thread thread_;  // last, with them: they use the others
};

}  // namespace lanyard::sync::hub
