// /etc/lanyard/gate.toml: which line of which chip does what. Every key is explained in
// kiosk/gate/gate.toml.example. Threads: reentrant.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kiosk/gate/gate_step.hpp"
#include "sync/error.hpp"

namespace lanyard::gate {

// What hangs on a line.
enum class Wire : std::uint8_t { turnstile, ready, busy, stop };
inline constexpr std::array kWires{Wire::turnstile, Wire::ready, Wire::busy, Wire::stop};
[[nodiscard]] const char* to_name(Wire);  // "turnstile": its section of the settings

inline constexpr unsigned kMaxLine = 1023;  // of a chip, counted from 0

struct Pin {
  unsigned line{0};
  bool active_low{false};  // on is 0 V
  friend bool operator==(const Pin&, const Pin&) = default;
};

struct Wiring {
  std::string chip;  // "/dev/gpiochip0", or "label:" and what it calls itself
  std::array<std::optional<Pin>, kWires.size()> pins;
  [[nodiscard]] const std::optional<Pin>& pin(Wire wire) const {
    return pins[static_cast<std::size_t>(wire)];
  }
};

struct GateConfig {
  Wiring wiring;
  Rules rules;
};

// Errors: invalid, a line for each thing wrong: "gate.toml:3: turnstile.line: ...".
[[nodiscard]] sync::Expected<GateConfig> parse_gate_config(std::string_view text, const std::string& name);

}  // namespace lanyard::gate
