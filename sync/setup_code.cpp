#include "sync/setup_code.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <arpa/inet.h>

#include "sync/percent.hpp"
#include "sync/pin.hpp"
#include "sync/record.hpp"

namespace lanyard::sync {

namespace {

constexpr std::size_t kMaxDns = 3;          // resolv.conf(5) takes no more
constexpr std::size_t kMaxHostBytes = 253;  // RFC 1035 §2.3.4
constexpr std::size_t kMaxPlainBytes = 256;

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

std::optional<int> number_within(const std::string& text, int least, int most) {
  int value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = bad == std::errc{} && end == text.data() + text.size();
  return whole && value >= least && value <= most ? std::optional(value) : std::nullopt;
}

bool is_address(const std::string& text) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, text.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1;
}

bool is_address_with_prefix(const std::string& text) {
  const auto slash = text.find('/');
  if (slash == std::string::npos || !is_address(text.substr(0, slash))) return false;
  const bool is_six = text.find(':') != std::string::npos;
  return number_within(text.substr(slash + 1), 1, is_six ? 128 : 32).has_value();
}

// A name or an address, and nothing that a settings file would take for more than that.
bool is_host(const std::string& text) {
  return !text.empty() && text.size() <= kMaxHostBytes && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '-' || c == ':';
  });
}

// IEEE 802.11: 1 to 32 bytes of any kind; control characters are refused all the same.
bool is_wifi_name(const std::string& text) {
  return !text.empty() && text.size() <= 32 && std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
  });
}

// WPA: 8 to 63 printable ASCII characters.
bool is_wifi_password(const std::string& text) {
  return text.size() >= 8 && text.size() <= 63 &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c < '\x7f'; });
}

bool read_dns(const std::string& value, std::vector<std::string>& dns) {
  for (std::size_t from = 0; from <= value.size();) {
    const auto comma = std::min(value.find(',', from), value.size());
    dns.push_back(value.substr(from, comma - from));
    if (!is_address(dns.back()) || dns.size() > kMaxDns) return false;
    from = comma + 1;
  }
  return true;
}

bool keep_if(bool sound, std::string& place, const std::string& value) {
  if (sound) place = value;
  return sound;
}

// In quotes of TOML it means itself.
bool is_plain(const std::string& text) {
  return !text.empty() && text.size() <= kMaxPlainBytes && is_printable(text) &&
         text.find_first_of("\"\\") == std::string::npos;
}

bool is_chip(const std::string& text) {
  constexpr std::string_view kByLabel = "label:";
  const bool names_one = text.starts_with("/dev/") || (text.starts_with(kByLabel) && text != kByLabel);
  return names_one && is_plain(text);
}

bool keep_number(std::optional<int>& place, const std::string& value, int least, int most) {
  place = number_within(value, least, most);
  return place.has_value();
}

// The bounds are those of gate.toml.
bool take_gate_word(SetupCode::Gate& gate, std::string_view key, const std::string& value) {
  constexpr int kMaxLine = 1023;
  if (key == "gate") return keep_if(is_chip(value), gate.chip, value);
  if (key == "gate-turnstile") return keep_number(gate.turnstile, value, 0, kMaxLine);
  if (key == "gate-ready") return keep_number(gate.ready, value, 0, kMaxLine);
  if (key == "gate-busy") return keep_number(gate.busy, value, 0, kMaxLine);
  if (key == "gate-stop") return keep_number(gate.stop, value, 0, kMaxLine);
  if (key == "gate-pulse-ms") return keep_number(gate.pulse_ms, value, 50, 10'000);
  if (key != "gate-active-low" || value != "yes") return false;
  gate.active_low = true;
  return true;
}

// The bounds are those of kiosk.toml.
bool take_word(SetupCode& found, std::string_view key, const std::string& value) {
  SetupCode::Network& net = found.network;
  if (key == "language") return keep_if(is_id(value), found.language, value);
  if (key == "panel-mm") return keep_number(found.panel_mm, value, 100, 5000);
  if (key == "lower-edge-mm") return keep_number(found.lower_edge_mm, value, 50, 3000);
  if (key == "turned") return keep_number(found.turned, value, 0, 270) && *found.turned % 90 == 0;
  if (key == "printer") return keep_if(is_plain(value), found.printer, value);
  if (key == "staff") return keep_if(is_id(value), found.staff, value);
  if (key == "pin-hash") return keep_if(is_pin_hash(value), found.pin_hash, value);
  if (key == "wifi") return keep_if(is_wifi_name(value), net.wifi, value);
  if (key == "wifi-password") return keep_if(is_wifi_password(value), net.password, value);
  if (key == "address") return keep_if(is_address_with_prefix(value), net.address, value);
  if (key == "gateway") return keep_if(is_address(value), net.gateway, value);
  if (key == "dns") return read_dns(value, net.dns);
  if (key == "time") return keep_if(is_host(value), net.time, value);
  return take_gate_word(found.gate, key, value);
}

// "" if what is said of a gate can be followed.
std::string wrong_with(const SetupCode::Gate& gate) {
  std::vector<int> lines;
  for (const auto& line : {gate.turnstile, gate.ready, gate.busy, gate.stop}) {
    if (!line) continue;
    if (std::ranges::find(lines, *line) != lines.end()) return "two of its gate share a line";
    lines.push_back(*line);
  }
  if (gate.chip.empty()) return gate == SetupCode::Gate{} ? "" : "what is on its lines goes with 'gate'";
  if (lines.empty()) return "'gate' goes with 'gate-turnstile' or a lamp";
  return gate.pulse_ms && !gate.turnstile ? "'gate-pulse-ms' goes with 'gate-turnstile'" : "";
}

tl::unexpected<Error> wrong(const std::string& why) {
  return fail(Error::Kind::invalid, "this is no set-up code of Lanyard: " + why);
}

}  // namespace

bool is_setup_code(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text.starts_with(kEnrolmentScheme);
}

std::string to_text(const SetupCode& code) {
  std::string text = to_text(code.enrolment);
  const auto say = [&text](const char* key, const std::string& value) {
    if (!value.empty()) text += std::string(" ") + key + "=" + percent_encoded(value);
  };
  const auto say_number = [&say](const char* key, const std::optional<int>& value) {
    if (value) say(key, std::to_string(*value));
  };
  say("language", code.language);
  say_number("panel-mm", code.panel_mm);
  say_number("lower-edge-mm", code.lower_edge_mm);
  say_number("turned", code.turned);
  say("printer", code.printer);
  say("staff", code.staff);
  say("pin-hash", code.pin_hash);
  say("wifi", code.network.wifi);
  say("wifi-password", code.network.password);
  say("address", code.network.address);
  say("gateway", code.network.gateway);
  std::string dns;
  for (const std::string& server : code.network.dns) dns += (dns.empty() ? "" : ",") + server;
  say("dns", dns);
  say("time", code.network.time);
  say("gate", code.gate.chip);
  say_number("gate-turnstile", code.gate.turnstile);
  say_number("gate-ready", code.gate.ready);
  say_number("gate-busy", code.gate.busy);
  say_number("gate-stop", code.gate.stop);
  say("gate-active-low", code.gate.active_low ? "yes" : "");
  say_number("gate-pulse-ms", code.gate.pulse_ms);
  return text;
}

Expected<SetupCode> parse_setup_code(std::string_view text) {
  if (text.size() > kMaxSetupCodeBytes) return wrong("it is too long");
  const auto next_word = [&text] {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    const auto end = std::ranges::find_if(text, is_space);
    const auto word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(word.size());
    return word;
  };
  SetupCode found;
  auto enrolment = parse_enrolment_code(next_word());
  if (!enrolment) return tl::make_unexpected(enrolment.error());
  found.enrolment = std::move(*enrolment);
  std::vector<std::string_view> said;
  for (auto word = next_word(); !word.empty(); word = next_word()) {
    const auto equals = std::min(word.find('='), word.size());
    const std::string_view key = word.substr(0, equals);
    const auto value = percent_decoded(word.substr(std::min(equals + 1, word.size())));
    // What a later Lanyard may say has to be known by this one: half set up is worse than not.
    const bool is_plain = key.size() <= 32 && is_printable(key);
    const std::string name = is_plain ? "'" + std::string(key) + "'" : "a word of it";
    if (std::ranges::find(said, key) != said.end()) return wrong(name + " is said twice");
    said.push_back(key);
    if (!value || !take_word(found, key, *value)) return wrong(name + " cannot be read");
  }
  const SetupCode::Network& net = found.network;
  if (found.staff.empty() != found.pin_hash.empty()) return wrong("'staff' goes with 'pin-hash'");
  if (net.wifi.empty() && !net.password.empty()) return wrong("'wifi-password' goes with 'wifi'");
  if (net.address.empty() && !net.gateway.empty()) return wrong("'gateway' goes with 'address'");
  if (const std::string why = wrong_with(found.gate); !why.empty()) return wrong(why);
  return found;
}

}  // namespace lanyard::sync
