// By libgpiod 1 (Debian 12 has 1.6).
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <gpiod.h>

#include "kiosk/gate/lines.hpp"

namespace lanyard::gate {

namespace {

constexpr const char* kConsumer = "lanyard-gate";

struct Closes {
  void operator()(gpiod_chip* chip) const { gpiod_chip_close(chip); }
};
using Chip = std::unique_ptr<gpiod_chip, Closes>;

tl::unexpected<sync::Error> failure(const std::string& what) {
  return sync::fail(sync::Error::Kind::unavailable, what + ": " + std::strerror(errno));
}

class GpiodLines : public Lines {
 public:
  explicit GpiodLines(Chip chip) : chip_(std::move(chip)) {}
  ~GpiodLines() override {
    if (const auto off = drive({}); !off) return;  // it is gone: there is nothing left to do
  }

  sync::Expected<void> request(const Wiring& wiring) {
    for (const Wire wire : kWires) {
      const auto& pin = wiring.pin(wire);
      if (!pin) continue;
      gpiod_line* line = gpiod_chip_get_line(chip_.get(), pin->line);
      const std::string name =
          std::string(to_name(wire)) + ", line " + std::to_string(pin->line) + " of " + chip();
      if (line == nullptr) return failure(name);
      const int flags = pin->active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0;
      if (gpiod_line_request_output_flags(line, kConsumer, flags, 0) != 0) return failure(name);
      held_.emplace_back(wire, line);
    }
    return {};
  }

  sync::Expected<void> drive(const Switched& on) override {
    std::string wrong;
    // All of them, even if one fails: the others are to be off.
    for (const auto& [wire, line] : held_) {
      const int value = on[static_cast<std::size_t>(wire)] ? 1 : 0;
      if (gpiod_line_set_value(line, value) != 0 && wrong.empty())
        wrong = std::string(to_name(wire)) + " cannot be switched: " + std::strerror(errno);
    }
    if (wrong.empty()) return {};
    return sync::fail(sync::Error::Kind::unavailable, wrong);
  }

  [[nodiscard]] std::string chip() const override {
    return std::string(gpiod_chip_name(chip_.get())) + " [" + gpiod_chip_label(chip_.get()) + "]";
  }

 private:
  Chip chip_;
  std::vector<std::pair<Wire, gpiod_line*>> held_;  // the chip's, and released with it
};

std::string label_of(const std::string& file) {
  const Chip chip(gpiod_chip_open(file.c_str()));
  return chip ? gpiod_chip_label(chip.get()) : "";
}

}  // namespace

OpenedLines open_lines(const Wiring& wiring) {
  const auto file = chip_file(wiring.chip, label_of);
  if (!file) return tl::make_unexpected(file.error());
  Chip chip(gpiod_chip_open(file->c_str()));
  if (!chip) return failure(*file);
  auto lines = std::make_unique<GpiodLines>(std::move(chip));
  if (auto requested = lines->request(wiring); !requested) return tl::make_unexpected(requested.error());
  return lines;
}

std::string lines_library() {
  return std::string("libgpiod ") + gpiod_version_string();
}

}  // namespace lanyard::gate
