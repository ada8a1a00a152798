// A hand scanner's one thread: device -> codes -> mailbox. As ScanLoop, without a picture.
// Threads: the loop owns its device and its thread; every member function may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "scanner/hand_device.hpp"
#include "scanner/hand_scanner.hpp"
#include "scanner/loop_thread.hpp"
#include "scanner/mailbox.hpp"

namespace lanyard::scanner {

struct HandScan {
  HandCode code;
  std::chrono::steady_clock::time_point seen_at;  // when its end came
  std::string source;                             // the device, as the settings name it
};

struct HandLoopOptions {
  HandFormat format;
  std::string source;  // what it is called in HandScan
  // How long one turn waits for a code, and so how long a stop may take.
  std::chrono::milliseconds patience{100};
  // As ScanLoopOptions::on_news.
  std::function<void()> on_news;
};

struct HandLoopStatus {
  enum class State : std::uint8_t { starting, alive, lost };
  State state{State::starting};
  std::string message;        // why it is lost; empty when it is not
  std::uint64_t codes{0};     // handed on so far
  std::uint64_t repeated{0};  // the same again, too soon
  std::uint64_t refused{0};   // all others that were not handed on
  std::string last_refused;   // why the last of them was not; empty if all were
};

class HandLoop {
 public:
  // Starts at once. `device` must not be null.
  HandLoop(std::unique_ptr<HandDevice> device, HandLoopOptions options);
  HandLoop(const HandLoop&) = delete;
  HandLoop& operator=(const HandLoop&) = delete;
  ~HandLoop();

  // Returns when the thread has ended, within a patience. Safe to repeat.
  void stop() { thread_.stop(); }

  // The newest code, once; one that nobody took in time is replaced by the next.
  [[nodiscard]] std::optional<HandScan> take_scan() { return scans_.take(); }
  [[nodiscard]] std::optional<HandScan> wait_scan(std::chrono::milliseconds patience) {
    return scans_.wait(patience);
  }

  // The next code counts, even if it is the last one again.
  void forget() { forget_.store(true); }

  [[nodiscard]] std::chrono::steady_clock::time_point heartbeat() const { return thread_.heartbeat(); }
  [[nodiscard]] HandLoopStatus status() const;

 private:
  void run(const std::stop_token& stop);
  void note(const std::vector<HandReading>& readings, std::chrono::steady_clock::time_point now);
  void note_state(HandLoopStatus::State state, const std::string& message);

  HandLoopOptions options_;
  std::unique_ptr<HandDevice> device_;  // the thread's own, as is the scanner
  HandScanner scanner_;
  Mailbox<HandScan> scans_;
  std::atomic<bool> forget_{false};
  mutable std::mutex status_mutex_;
  HandLoopStatus status_;
  LoopThread thread_;  // last: it runs as soon as it is there, and uses all of the above
};

}  // namespace lanyard::scanner
