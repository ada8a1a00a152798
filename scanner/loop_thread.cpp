#include "scanner/loop_thread.hpp"

#include <utility>

namespace lanyard::scanner {

using Clock = std::chrono::steady_clock;

LoopThread::LoopThread(std::function<void(const std::stop_token&)> run)
    : heartbeat_(Clock::now().time_since_epoch().count()), thread_(std::move(run)) {}

void LoopThread::stop() {
  const std::lock_guard lock(stop_mutex_);
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void LoopThread::beat() {
  heartbeat_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
}

Clock::time_point LoopThread::heartbeat() const {
  return Clock::time_point(Clock::duration(heartbeat_.load(std::memory_order_relaxed)));
}

void LoopThread::rest(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::unique_lock lock(rest_mutex_);
  rested_.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace lanyard::scanner
