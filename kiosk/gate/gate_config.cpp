#include "kiosk/gate/gate_config.hpp"

#include <set>

#include "sync/toml_reader.hpp"

namespace lanyard::gate {

namespace {

using std::chrono::milliseconds;
using sync::TomlTable;

constexpr std::size_t kMaxChipBytes = 256;
constexpr std::string_view kByLabel = "label:";

// A door's strike wants some seconds; more is no pulse.
constexpr milliseconds kShortestPulse{50};
constexpr milliseconds kLongestPulse{10'000};
constexpr milliseconds kLongestRest{5'000};

Pin read_pin(TomlTable& table) {
  Pin pin;
  pin.line = static_cast<unsigned>(table.number("line", 0, kMaxLine));
  pin.active_low = table.flag("active_low", false);
  return pin;
}

void read_chip(TomlTable& top, std::string& chip) {
  chip = top.text("chip", kMaxChipBytes);
  const bool is_label = chip.starts_with(kByLabel) && chip.size() > kByLabel.size();
  if (!chip.empty() && !is_label && !chip.starts_with("/dev/"))
    top.wrong("chip", R"(expected "/dev/gpiochipN" or "label:NAME")");
}

void read_pulse(TomlTable& turnstile, Rules& rules) {
  if (turnstile.has("pulse_ms"))
    rules.pulse = milliseconds(turnstile.number("pulse_ms", kShortestPulse.count(), kLongestPulse.count()));
  if (turnstile.has("rest_ms"))
    rules.rest = milliseconds(turnstile.number("rest_ms", 0, kLongestRest.count()));
}

}  // namespace

const char* to_name(Wire wire) {
  switch (wire) {
    case Wire::turnstile:
      return "turnstile";
    case Wire::ready:
      return "ready";
    case Wire::busy:
      return "busy";
    case Wire::stop:
      return "stop";
  }
  return "?";
}

sync::Expected<GateConfig> parse_gate_config(std::string_view text, const std::string& name) {
  sync::TomlTrouble trouble(name);
  GateConfig config;
  if (const auto parsed = sync::parse_toml(text, trouble)) {
    TomlTable top(*parsed, "", trouble);
    read_chip(top, config.wiring.chip);
    std::set<unsigned> taken;
    for (const Wire wire : kWires) {
      auto table = top.table(to_name(wire));
      if (!table) continue;
      const Pin pin = read_pin(*table);
      if (!taken.insert(pin.line).second) table->wrong("line", "another one has it already");
      if (wire == Wire::turnstile) read_pulse(*table, config.rules);
      table->no_other_keys();
      config.wiring.pins[static_cast<std::size_t>(wire)] = pin;
    }
    if (taken.empty()) top.wrong("turnstile", "no line is named: neither a turnstile's nor a lamp's");
    top.no_other_keys();
  }
  if (!trouble.any()) return config;
  return trouble.error();
}

}  // namespace lanyard::gate
