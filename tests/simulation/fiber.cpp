#include "tests/simulation/fiber.hpp"

#include <cstdint>
#include <cstdlib>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define LANYARD_FIBER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LANYARD_FIBER_ASAN 1
#endif
#endif
#ifdef LANYARD_FIBER_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace lanyard::simulation {

namespace {

#ifdef LANYARD_FIBER_ASAN
constexpr std::size_t kStackBytes = 2UL * 1024 * 1024;
void leave_stack(void** fake, const void* bottom, std::size_t size) {
  __sanitizer_start_switch_fiber(fake, bottom, size);
}
void reach_stack(void* fake, const void** bottom, std::size_t* size) {
  __sanitizer_finish_switch_fiber(fake, bottom, size);
}
#else
constexpr std::size_t kStackBytes = 512UL * 1024;
void leave_stack(void**, const void*, std::size_t) {}
void reach_stack(void*, const void**, std::size_t*) {}
#endif

}  // namespace

Fiber::Fiber(std::function<void()> body) : body_(std::move(body)), stack_(new std::byte[kStackBytes]) {
  if (::getcontext(&inside_) != 0) std::abort();
  inside_.uc_stack.ss_sp = stack_.get();
  inside_.uc_stack.ss_size = kStackBytes;
  inside_.uc_link = nullptr;
  // makecontext hands on ints alone.
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&inside_, reinterpret_cast<void (*)()>(&Fiber::enter), 2, static_cast<unsigned>(self >> 32U),
                static_cast<unsigned>(self));
}

Fiber::~Fiber() {
  if (begun_ && !done_) std::abort();  // what stands on its stack would never be destroyed
}

void Fiber::enter(unsigned high, unsigned low) {
  reinterpret_cast<Fiber*>((static_cast<std::uintptr_t>(high) << 32U) | low)->run();
}

void Fiber::run() {
  reach_stack(nullptr, &outside_bottom_, &outside_size_);
  body_();
  done_ = true;
  leave_stack(nullptr, outside_bottom_, outside_size_);
  ::setcontext(&outside_);
  std::abort();
}

void Fiber::resume() {
  if (done_) return;
  begun_ = true;
  leave_stack(&fake_outside_, stack_.get(), kStackBytes);
  if (::swapcontext(&outside_, &inside_) != 0) std::abort();
  reach_stack(fake_outside_, nullptr, nullptr);
}

void Fiber::pause() {
  leave_stack(&fake_inside_, outside_bottom_, outside_size_);
  if (::swapcontext(&inside_, &outside_) != 0) std::abort();
  reach_stack(fake_inside_, &outside_bottom_, &outside_size_);
}

}  // namespace lanyard::simulation
