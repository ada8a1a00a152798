#include "kiosk/gate/gate_config.hpp"

#include <fstream>
#include <sstream>

#include "tests/catch.hpp"

namespace lanyard::gate {
namespace {

using std::chrono::milliseconds;

std::string wrong_with(const std::string& text) {
  const auto config = parse_gate_config(text, "gate.toml");
  return config ? "" : config.error().message;
}

TEST_CASE("each wire has its line, and what is not said is as it comes") {
  const auto config = parse_gate_config(
      "chip = \"label:mcp2221_gpio\"\n[turnstile]\nline = 3\nactive_low = true\npulse_ms = 800\n[stop]\nline "
      "= 0\n",
      "gate.toml");
  REQUIRE(config);
  CHECK(config->wiring.chip == "label:mcp2221_gpio");
  CHECK(config->wiring.pin(Wire::turnstile) == Pin{3, true});
  CHECK(config->wiring.pin(Wire::stop) == Pin{0, false});
  CHECK_FALSE(config->wiring.pin(Wire::ready));
  CHECK(config->rules.pulse == milliseconds{800});
  CHECK(config->rules.rest == milliseconds{300});
}

TEST_CASE("what is wrong in the settings is named with its line and key") {
  const std::string chip = "chip = \"/dev/gpiochip0\"\n";
  CHECK(wrong_with("[turnstile]\nline = 1\n").find("chip") != std::string::npos);
  CHECK(wrong_with(chip) == "gate.toml:1: turnstile: no line is named: neither a turnstile's nor a lamp's");
  CHECK(wrong_with("chip = \"gpiochip0\"\n[stop]\nline = 1\n").starts_with("gate.toml:1: chip: expected"));
  CHECK(wrong_with("chip = \"label:\"\n[stop]\nline = 1\n").starts_with("gate.toml:1: chip: expected"));
  CHECK(wrong_with(chip + "[turnstile]\n").find("turnstile.line") != std::string::npos);
  CHECK(wrong_with(chip + "[turnstile]\nline = 1024\n").starts_with("gate.toml:3: turnstile.line"));
  CHECK(wrong_with(chip + "[turnstile]\nline = 1\npulse_ms = 20\n")
            .starts_with("gate.toml:4: turnstile.pulse_ms"));
  CHECK(wrong_with(chip + "[turnstile]\nline = 1\npulse_ms = 10001\n") != "");
  CHECK(wrong_with(chip + "[ready]\nline = 1\npulse_ms = 500\n").starts_with("gate.toml:4: ready.pulse_ms"));
  CHECK(wrong_with(chip + "[ready]\nline = 1\n[stop]\nline = 1\n") ==
        "gate.toml:5: stop.line: another one has it already");
  CHECK(wrong_with(chip + "[amber]\nline = 1\n[ready]\nline = 2\n").find("amber") != std::string::npos);
}

TEST_CASE("the example is settings, as it is and with every key said") {
  std::ifstream file(LANYARD_GATE_EXAMPLE);
  REQUIRE(file);
  std::ostringstream as_it_is;
  std::ostringstream in_full;
  for (std::string line; std::getline(file, line);) {
    as_it_is << line << '\n';
    const bool is_key = line.starts_with("# ") && (line.find(" = ") != std::string::npos || line[2] == '[');
    const bool is_other = line.find("label:") != std::string::npos;
    if (!is_other) in_full << (is_key ? line.substr(2) : line) << '\n';
  }
  CHECK(wrong_with(as_it_is.str()).empty());
  const auto full = parse_gate_config(in_full.str(), "gate.toml.example");
  REQUIRE(full);
  for (const Wire wire : kWires) CHECK(full->wiring.pin(wire));
}

}  // namespace
}  // namespace lanyard::gate
