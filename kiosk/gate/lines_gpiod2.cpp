// By libgpiod 2 (Debian 13 has 2.2).
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <gpiod.h>

#include "kiosk/gate/lines.hpp"

namespace lanyard::gate {

namespace {

constexpr const char* kConsumer = "lanyard-gate";

struct Frees {
  void operator()(gpiod_chip* chip) const { gpiod_chip_close(chip); }
  void operator()(gpiod_chip_info* info) const { gpiod_chip_info_free(info); }
  void operator()(gpiod_line_settings* settings) const { gpiod_line_settings_free(settings); }
  void operator()(gpiod_line_config* config) const { gpiod_line_config_free(config); }
  void operator()(gpiod_request_config* config) const { gpiod_request_config_free(config); }
  void operator()(gpiod_line_request* request) const { gpiod_line_request_release(request); }
};
template <class T>
using Owned = std::unique_ptr<T, Frees>;

tl::unexpected<sync::Error> failure(const std::string& what) {
  return sync::fail(sync::Error::Kind::unavailable, what + ": " + std::strerror(errno));
}

class GpiodLines : public Lines {
 public:
  GpiodLines(Owned<gpiod_line_request> request, std::vector<std::pair<Wire, unsigned>> held, std::string chip)
      : request_(std::move(request)), held_(std::move(held)), chip_(std::move(chip)) {}
  ~GpiodLines() override {
    if (const auto off = drive({}); !off) return;  // it is gone: there is nothing left to do
  }

  sync::Expected<void> drive(const Switched& on) override {
    std::string wrong;
    // All of them, even if one fails: the others are to be off.
    for (const auto& [wire, line] : held_) {
      const auto value =
          on[static_cast<std::size_t>(wire)] ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
      if (gpiod_line_request_set_value(request_.get(), line, value) != 0 && wrong.empty())
        wrong = std::string(to_name(wire)) + " cannot be switched: " + std::strerror(errno);
    }
    if (wrong.empty()) return {};
    return sync::fail(sync::Error::Kind::unavailable, wrong);
  }

  [[nodiscard]] std::string chip() const override { return chip_; }

 private:
  Owned<gpiod_line_request> request_;
  std::vector<std::pair<Wire, unsigned>> held_;
  std::string chip_;
};

std::string label_of(const std::string& file) {
  const Owned<gpiod_chip> chip(gpiod_chip_open(file.c_str()));
  if (!chip) return "";
  const Owned<gpiod_chip_info> info(gpiod_chip_get_info(chip.get()));
  return info ? gpiod_chip_info_get_label(info.get()) : "";
}

// Of the wires that have one: an output, and off.
sync::Expected<Owned<gpiod_line_config>> lines_of(const Wiring& wiring) {
  Owned<gpiod_line_config> config(gpiod_line_config_new());
  const Owned<gpiod_line_settings> settings(gpiod_line_settings_new());
  if (!config || !settings) return failure("no memory for the lines");
  for (const auto& pin : wiring.pins) {
    if (!pin) continue;
    gpiod_line_settings_reset(settings.get());
    gpiod_line_settings_set_active_low(settings.get(), pin->active_low);
    const bool is_set =
        gpiod_line_settings_set_direction(settings.get(), GPIOD_LINE_DIRECTION_OUTPUT) == 0 &&
        gpiod_line_settings_set_output_value(settings.get(), GPIOD_LINE_VALUE_INACTIVE) == 0 &&
        gpiod_line_config_add_line_settings(config.get(), &pin->line, 1, settings.get()) == 0;
    if (!is_set) return failure("line " + std::to_string(pin->line));
  }
  return config;
}

}  // namespace

OpenedLines open_lines(const Wiring& wiring) {
  const auto file = chip_file(wiring.chip, label_of);
  if (!file) return tl::make_unexpected(file.error());
  const Owned<gpiod_chip> chip(gpiod_chip_open(file->c_str()));
  if (!chip) return failure(*file);
  const Owned<gpiod_chip_info> info(gpiod_chip_get_info(chip.get()));
  if (!info) return failure(*file);
  std::string name =
      std::string(gpiod_chip_info_get_name(info.get())) + " [" + gpiod_chip_info_get_label(info.get()) + "]";
  std::vector<std::pair<Wire, unsigned>> held;
  std::string named;
  for (const Wire wire : kWires) {
    const auto& pin = wiring.pin(wire);
    if (!pin) continue;
    held.emplace_back(wire, pin->line);
    named += std::string(named.empty() ? "" : ", ") + to_name(wire) + " at line " + std::to_string(pin->line);
  }
  auto config = lines_of(wiring);
  if (!config) return tl::make_unexpected(config.error());
  const Owned<gpiod_request_config> ours(gpiod_request_config_new());
  if (!ours) return failure("no memory for the lines");
  gpiod_request_config_set_consumer(ours.get(), kConsumer);
  Owned<gpiod_line_request> request(gpiod_chip_request_lines(chip.get(), ours.get(), config->get()));
  // The kernel takes all of them or none, and does not say which one it minds.
  if (!request) return failure(named + " of " + name);
  return std::make_unique<GpiodLines>(std::move(request), std::move(held), std::move(name));
}

std::string lines_library() {
  return std::string("libgpiod ") + gpiod_api_version();
}

}  // namespace lanyard::gate
