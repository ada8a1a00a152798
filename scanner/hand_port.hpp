// The part of a hand scanner's device that serial lines and keyboards share: open, wait, read, lose, look for
// it again.
#pragma once

#include <string>

#include "scanner/growing_pause.hpp"
#include "scanner/hand_device.hpp"

namespace lanyard::scanner {

class HandPort : public HandDevice {
 public:
  explicit HandPort(std::string name) : name_(std::move(name)) {}
  ~HandPort() override;

  tl::expected<void, std::string> read(std::string& into, std::chrono::milliseconds patience) final;

 protected:
  // A descriptor that does not block, or why not.
  virtual tl::expected<int, std::string> open() = 0;
  // Before a descriptor is closed.
  virtual void release(int fd) = 0;
  virtual void translate(std::span<const std::byte> bytes, std::string& into) = 0;
  // To be called by the destructors of those who release: a virtual call from here would come too late.
  void close();
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  using Clock = std::chrono::steady_clock;
  tl::expected<void, std::string> open_again(Clock::time_point deadline);
  tl::unexpected<std::string> lose(const std::string& why);

  std::string name_;
  int fd_{-1};
  std::string why_lost_;
  GrowingPause pause_{std::chrono::milliseconds{125}, kLongestHandPause};
};

}  // namespace lanyard::scanner
