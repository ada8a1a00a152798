#include "kiosk/set_up.hpp"

#include <filesystem>
#include <fstream>

#include <sys/stat.h>

#include "kiosk/config.hpp"
#include "kiosk/gate/gate_config.hpp"
#include "kiosk/set_up_line.hpp"
#include "tests/catch.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::kiosk {
namespace {

namespace fs = std::filesystem;
using sync::hub::TemporaryFolder;

TEST_CASE("the settings that a set-up code becomes are those that the kiosk reads") {
  sync::SetupCode code;
  code.language = "ar";
  code.panel_mm = 546;
  code.lower_edge_mm = 760;
  code.turned = 90;
  code.printer = "ipp://192.0.2.8/ipp/print";
  code.staff = "front-desk";
  code.pin_hash = hash_pin("4711");
  const auto config = parse_config(kiosk_settings(code, "/run/lanyard-setup"), "kiosk.toml");
  REQUIRE(config.has_value());
  CHECK(config->screen.language == "ar");
  CHECK(config->screen.diagonal_mm == 546);
  CHECK(config->screen.lower_edge_mm == 760);
  CHECK(config->screen.turn == Turn::quarter);
  CHECK(config->printer.where == code.printer);
  REQUIRE(config->staff.size() == 1);
  CHECK(config->staff.front().id == "front-desk");
  CHECK(config->set_up_folder == "/run/lanyard-setup");
  CHECK(config->hand_scanners.size() == 2);
  REQUIRE(parse_config(kiosk_settings({}, {}), "kiosk.toml").has_value());
}

TEST_CASE("the gate that a set-up code names is what lanyard-gate reads, and the kiosk speaks to it") {
  sync::SetupCode code;
  CHECK(gate_settings(code.gate).empty());
  CHECK(parse_config(kiosk_settings(code, {}), "kiosk.toml")->gate_socket.empty());
  code.gate = {"label:mcp2221_gpio", 0, 1, std::nullopt, 3, true, 3000};
  const auto config = gate::parse_gate_config(gate_settings(code.gate), "gate.toml");
  REQUIRE(config.has_value());
  CHECK(config->wiring.chip == "label:mcp2221_gpio");
  CHECK(config->wiring.pin(gate::Wire::turnstile) == gate::Pin{0, true});
  CHECK(config->wiring.pin(gate::Wire::ready) == gate::Pin{1, true});
  CHECK_FALSE(config->wiring.pin(gate::Wire::busy));
  CHECK(config->wiring.pin(gate::Wire::stop) == gate::Pin{3, true});
  CHECK(config->rules.pulse == std::chrono::milliseconds{3000});
  CHECK(parse_config(kiosk_settings(code, {}), "kiosk.toml")->gate_socket == "/run/lanyard-gate.sock");
}

TEST_CASE("whatever gate the hub prints, lanyard-gate follows: the bounds of both are the same") {
  for (const int line : {0, 1023}) {
    for (const int pulse : {50, 10'000}) {
      const sync::SetupCode::Gate gate{"/dev/gpiochip0", line, {}, {}, {}, false, pulse};
      CHECK(gate::parse_gate_config(gate_settings(gate), "gate.toml").has_value());
    }
  }
}

TEST_CASE("a language that no face speaks is told before anything is set up") {
  sync::SetupCode code;
  code.language = "tlh";
  CHECK_FALSE(parse_config(kiosk_settings(code, {}), "kiosk.toml").has_value());
}

TEST_CASE("the network is left to DHCP by cable, unless the code says otherwise") {
  CHECK(network_settings({}).empty());
  CHECK(wifi_settings({}).empty());
  CHECK(time_settings({}).empty());
  sync::SetupCode::Network network;
  network.address = "192.0.2.20/24";
  network.gateway = "192.0.2.1";
  network.dns = {"192.0.2.1"};
  const std::string fixed = network_settings(network);
  CHECK(fixed.find("Type=ether\n") != std::string::npos);
  CHECK(fixed.find("Address=192.0.2.20/24\nGateway=192.0.2.1\nDNS=192.0.2.1\n") != std::string::npos);
  CHECK(fixed.find("DHCP=yes") == std::string::npos);
}

TEST_CASE("the name of a Wi-Fi network cannot say more than a name") {
  sync::SetupCode::Network network;
  network.wifi = "a\"\n}";
  network.password = "q\"uote and space";
  const std::string text = wifi_settings(network);
  CHECK(text.find("ssid=61220a7d\n") != std::string::npos);
  CHECK(text.find("psk=\"q\"uote and space\"\n") != std::string::npos);
  network.password.clear();
  CHECK(wifi_settings(network).find("key_mgmt=NONE") != std::string::npos);
}

TEST_CASE("a code is handed over as a whole and taken once, and how far it is is told once") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "in");
  SetUpLine line(folder.path());
  REQUIRE(line.is_there());
  CHECK_FALSE(line.told());
  REQUIRE(line.hand_over("lanyard-enrol:K7QF@https://hub").has_value());
  CHECK(take_code(folder.path() / "in" / "code").value() == "lanyard-enrol:K7QF@https://hub");
  CHECK_FALSE(take_code(folder.path() / "in" / "code").has_value());
  REQUIRE(tell_stage(folder.path(), SetUpStage::refused, "used\nalready").has_value());
  const auto told = line.told();
  REQUIRE(told);
  CHECK(told->stage == SetUpStage::refused);
  CHECK(told->problem.starts_with("used"));
  CHECK_FALSE(line.told());
  CHECK_FALSE(SetUpLine(folder.path() / "nowhere").is_there());
  CHECK_FALSE(SetUpLine("").is_there());
}

TEST_CASE("a code that is a link, a pipe or too large is not followed") {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "in");
  const fs::path code = folder.path() / "in" / "code";
  std::ofstream(folder.path() / "secret") << "s3cret";
  fs::create_symlink(folder.path() / "secret", code);
  CHECK_FALSE(take_code(code).has_value());
  CHECK(fs::exists(folder.path() / "secret"));
  fs::remove(code);
  REQUIRE(::mkfifo(code.c_str(), 0600) == 0);
  CHECK_FALSE(take_code(code).has_value());
  std::ofstream(code) << std::string(1'000'000, 'x');
  CHECK(take_code(code).value().size() == sync::kMaxSetupCodeBytes + 1);
}

}  // namespace
}  // namespace lanyard::kiosk
