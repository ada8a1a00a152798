// The lines of a GPIO chip, as long as this program has them for itself. libgpiod of either make stands
// behind it (lines_gpiod1.cpp, lines_gpiod2.cpp: CMake takes the one that is there), and in the tests a chip
// that is none.
//
// Threads: the caller's one. Errors: unavailable: no such chip or line, another program has it, it was pulled
// out.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "kiosk/gate/gate_config.hpp"
#include "sync/error.hpp"

namespace lanyard::gate {

// On or off, by Wire; what has no line is left out.
using Switched = std::array<bool, kWires.size()>;
[[nodiscard]] Switched switched(const Levels&);

class Lines {
 public:
  Lines() = default;
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;
  // All are off, if they can still be driven: what a line does that nobody holds is its chip's own business.
  virtual ~Lines() = default;

  [[nodiscard]] virtual sync::Expected<void> drive(const Switched&) = 0;
  [[nodiscard]] virtual std::string chip() const = 0;  // for logs: "gpiochip0 [mcp2221_gpio]"
};
using OpenedLines = sync::Expected<std::unique_ptr<Lines>>;

// All that the wiring names are outputs then, and off.
[[nodiscard]] OpenedLines open_lines(const Wiring&);
[[nodiscard]] std::string lines_library();  // "libgpiod 1.6.3"

// The device file of a chip that is named by its label, if it is; `label_of` answers "" for what is none.
[[nodiscard]] sync::Expected<std::string> chip_file(
    const std::string& chip, const std::function<std::string(const std::string&)>& label_of,
    const std::string& folder = "/dev");

}  // namespace lanyard::gate
