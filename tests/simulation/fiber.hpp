// A line of execution that pauses in the middle of a call: a daemon waits for its answer while the kiosk
// beside it goes on. Threads: a Fiber belongs to the thread that made it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include <ucontext.h>

namespace lanyard::simulation {

class Fiber {
 public:
  // `body` lets nothing be thrown out of it. It begins with the first resume.
  explicit Fiber(std::function<void()> body);
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;
  ~Fiber();  // its body has ended, or never began

  void resume();  // from outside, until it pauses or ends
  void pause();   // from within
  [[nodiscard]] bool done() const { return done_; }

 private:
  static void enter(unsigned high, unsigned low);
  void run();

  std::function<void()> body_;
  std::unique_ptr<std::byte[]> stack_;
  ucontext_t inside_{};
  ucontext_t outside_{};
  bool begun_{false};
  bool done_{false};
  // What AddressSanitizer wants to know of the two stacks.
  void* fake_outside_{nullptr};
  void* fake_inside_{nullptr};
  const void* outside_bottom_{nullptr};
  std::size_t outside_size_{0};
};

}  // namespace lanyard::simulation
