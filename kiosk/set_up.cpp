#include "kiosk/set_up.hpp"

#include <span>

#include "sync/chain.hpp"

namespace lanyard::kiosk {

namespace {

constexpr const char* kGateSocket = "/run/lanyard-gate.sock";  // of lanyard-gate.socket

// As a basic string of TOML. What parse_setup_code lets through needs no more than this.
std::string toml_string(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

std::string kiosk_settings(const sync::SetupCode& code, const std::filesystem::path& folder) {
  std::string text =
      "# Written when this kiosk was set up. Every key is explained in\n"
      "# /usr/share/doc/lanyard/examples/kiosk.toml.\n\n[screen]\n";
  if (!code.language.empty()) {
    // One that no face speaks would be refused, and with it all the rest: the six stay to be picked.
    text += "language = " + toml_string(code.language) + "\n";
  }
  if (code.panel_mm) text += "diagonal_mm = " + std::to_string(*code.panel_mm) + "\n";
  if (code.lower_edge_mm) text += "lower_edge_mm = " + std::to_string(*code.lower_edge_mm) + "\n";
  if (code.turned) text += "turned = " + std::to_string(*code.turned) + "\n";
  // Whichever kind is plugged in, now or in the camera's place.
  text +=
      "\n[[hand_scanner]]\ndevice = \"serial:/dev/lanyard/scanner\"\n"
      "\n[[hand_scanner]]\ndevice = \"hid:/dev/lanyard/scanner-keyboard\"\n";
  if (!code.printer.empty()) text += "\n[printer]\nuri = " + toml_string(code.printer) + "\n";
  if (!code.staff.empty()) {
    text +=
        "\n[[staff]]\nid = " + toml_string(code.staff) + "\npin_hash = " + toml_string(code.pin_hash) + "\n";
  }
  if (!code.gate.chip.empty()) text += "\n[gate]\nsocket = " + toml_string(kGateSocket) + "\n";
  if (!folder.empty()) text += "\n[set_up]\nfolder = " + toml_string(folder.string()) + "\n";
  return text;
}

std::string gate_settings(const sync::SetupCode::Gate& gate) {
  if (gate.chip.empty()) return {};
  std::string text = "# Written when this kiosk was set up, as lanyard-gate(8) reads it.\n";
  text += "chip = " + toml_string(gate.chip) + "\n";
  const auto say = [&](const char* section, const std::optional<int>& line) {
    if (!line) return;
    text += "\n[" + std::string(section) + "]\nline = " + std::to_string(*line) + "\n";
    if (gate.active_low) text += "active_low = true\n";
  };
  say("turnstile", gate.turnstile);
  if (gate.pulse_ms) text += "pulse_ms = " + std::to_string(*gate.pulse_ms) + "\n";
  say("ready", gate.ready);
  say("busy", gate.busy);
  say("stop", gate.stop);
  return text;
}

std::string network_settings(const sync::SetupCode::Network& network) {
  if (network.wifi.empty() && network.address.empty() && network.dns.empty()) return {};
  std::string text = "[Match]\nType=" + std::string(network.wifi.empty() ? "ether" : "wlan") +
                     "\n\n[Network]\nLLDP=no\nEmitLLDP=no\n";
  if (network.address.empty()) text += "DHCP=yes\n";
  if (!network.address.empty()) text += "Address=" + network.address + "\n";
  if (!network.gateway.empty()) text += "Gateway=" + network.gateway + "\n";
  for (const std::string& server : network.dns) text += "DNS=" + server + "\n";
  if (network.address.empty()) text += "\n[DHCPv4]\nClientIdentifier=mac\nUseHostname=no\nSendHostname=no\n";
  return text;
}

std::string wifi_settings(const sync::SetupCode::Network& network) {
  if (network.wifi.empty()) return {};
  // By its bytes, the name needs no quotes, whatever is in it. wpa_supplicant takes the password to the last
  // quote.
  std::string text = "network={\n\tssid=" + sync::hex(bytes_of(network.wifi)) + "\n\tscan_ssid=1\n";
  if (network.password.empty()) {
    text += "\tkey_mgmt=NONE\n";
  } else {
    text += "\tkey_mgmt=WPA-PSK WPA-PSK-SHA256 SAE\n\tieee80211w=1\n\tpsk=\"" + network.password + "\"\n";
  }
  return text + "}\n";
}

std::string time_settings(const sync::SetupCode::Network& network) {
  return network.time.empty() ? std::string() : "server " + network.time + " iburst\n";
}

}  // namespace lanyard::kiosk
