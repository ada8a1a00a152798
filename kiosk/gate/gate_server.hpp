// The gate's one loop: a kiosk's words come in, lines are driven. It alone has the lines, and nothing in it
// waits for anybody.
//
// Threads: the caller's one. Who may connect is up to the socket's file; of those one at a time is listened
// to, and another is turned away while the first is there.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/gate/gate_step.hpp"
#include "kiosk/gate/lines.hpp"

namespace lanyard::gate {

// Lines that could not be had or driven are tried again so often.
inline constexpr std::chrono::seconds kTryAgain{2};
// What is on is driven anew so often: a chip that was pulled out is missed then.
inline constexpr std::chrono::seconds kDriveAgain{1};

class GateServer {
 public:
  // `listener`: a SOCK_SEQPACKET socket that listens; `stop`: readable once it is to end. Both stay the
  // caller's.
  GateServer(int listener, int stop, Rules rules, std::function<OpenedLines()> open);
  GateServer(const GateServer&) = delete;
  GateServer& operator=(const GateServer&) = delete;
  ~GateServer();

  // Everything is off when it returns, or was when the lines could last be driven. Feeds systemd's watchdog.
  // Errors: unavailable: the sockets cannot be waited for.
  [[nodiscard]] sync::Expected<void> run();

 private:
  void apply(const Event& event);
  // Errors: unavailable, and the lines are given up.
  [[nodiscard]] sync::Expected<void> drive();
  void lose_lines(const sync::Error& why);
  void tend_lines();
  [[nodiscard]] int patience_ms() const;
  void take_peer();
  void hear_peer();
  void drop_peer();
  void tell(const Answer& answer) const;

  const int listener_;
  const int stop_;
  const Rules rules_;
  const std::function<OpenedLines()> open_;
  State state_;
  std::unique_ptr<Lines> lines_;  // null: none, until try_at_
  Moment try_at_{};
  std::string trouble_;  // with the lines, as it was last said
  Levels driven_;
  Moment driven_at_{};
  int peer_{-1};
};

}  // namespace lanyard::gate
