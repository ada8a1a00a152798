// A chip that is none: what was driven is kept, and it can be pulled out. Threads: any.
#pragma once

#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "kiosk/gate/lines.hpp"

namespace lanyard::gate {

class FakeChip {
 public:
  // As a real chip, whose lines keep their levels when nobody holds them.
  [[nodiscard]] OpenedLines open() {
    const std::lock_guard lock(mutex_);
    if (is_out_) return sync::fail(sync::Error::Kind::unavailable, "no such chip");
    note({});
    return std::make_unique<Held>(*this);
  }
  void pull_out(bool out) {
    const std::lock_guard lock(mutex_);
    is_out_ = out;
  }
  [[nodiscard]] Switched now() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  // How long a line takes to switch on.
  void dawdle(std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    dawdles_ = time;
  }
  // How long the turnstile's line was on, the last time.
  [[nodiscard]] std::chrono::steady_clock::duration last_pulse() const {
    const std::lock_guard lock(mutex_);
    return last_pulse_;
  }
  [[nodiscard]] std::size_t pulses() const {
    const std::lock_guard lock(mutex_);
    return pulses_;
  }

 private:
  class Held : public Lines {
   public:
    explicit Held(FakeChip& chip) : chip_(chip) {}
    ~Held() override {
      if (const auto off = drive({}); !off) return;
    }
    sync::Expected<void> drive(const Switched& on) override {
      const std::lock_guard lock(chip_.mutex_);
      if (chip_.is_out_) return sync::fail(sync::Error::Kind::unavailable, "it was pulled out");
      chip_.note(on);
      return {};
    }
    [[nodiscard]] std::string chip() const override { return "a chip that is none"; }

   private:
    FakeChip& chip_;
  };
  void note(const Switched& on) {
    using std::chrono::steady_clock;
    if (on[0] && !now_[0]) {
      std::this_thread::sleep_for(dawdles_);
      ++pulses_;
      on_since_ = steady_clock::now();
    } else if (!on[0] && now_[0]) {
      last_pulse_ = steady_clock::now() - on_since_;
    }
    now_ = on;
  }

  mutable std::mutex mutex_;
  bool is_out_{false};
  Switched now_{};
  std::size_t pulses_{0};
  std::chrono::milliseconds dawdles_{0};
  std::chrono::steady_clock::time_point on_since_{};
  std::chrono::steady_clock::duration last_pulse_{};
};

}  // namespace lanyard::gate
