// All that a new kiosk has to be told to be at work, in one line: an enrolment code (enrolment_code.hpp) and,
// behind it, settings. `lanyard-hub device add --hub` prints it, and shows it as a QR code; it is held up to
// the kiosk's camera, or lies on a USB stick. PURE. Threads: reentrant.
//
//   lanyard-enrol:K7QF-2M9D@https://hub.example:8443 language=fr panel-mm=546 wifi=Forum%20Guest
//
// Settings are words of `key=value`, set apart by white space; in a value, white space, control characters
// and '%' are written as %XX (RFC 3986 §2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sync/enrolment_code.hpp"

namespace lanyard::sync {

inline constexpr std::size_t kMaxSetupCodeBytes = 2048;

struct SetupCode {
  EnrolmentCode enrolment;
  std::string language{};              // of the screens while nobody is there; "": as it is
  std::optional<int> panel_mm{};       // its diagonal
  std::optional<int> lower_edge_mm{};  // of the panel, above the floor
  std::optional<int> turned{};         // how far it hangs turned, clockwise: 0, 90, 180 or 270 degrees
  std::string printer{};               // as `uri` in kiosk.toml; "": none
  std::string staff{};     // id of who may open staff mode by PIN, beside those of the roster; "": nobody
  std::string pin_hash{};  // theirs (sync/pin.hpp)
  struct Network {
    std::string wifi{};      // its name (SSID); "": by cable
    std::string password{};  // its; "": it is open
    std::string address{};   // "192.0.2.20/24"; "": by DHCP
    std::string gateway{};
    std::vector<std::string> dns{};
    std::string time{};  // a server of NTP; "": the hub's answers do
    friend bool operator==(const Network&, const Network&) = default;
  };
  Network network{};
  struct Gate {
    std::string chip{};              // as `chip` in gate.toml; "": there is neither turnstile nor lamp
    std::optional<int> turnstile{};  // lines of the chip, counted from 0
    std::optional<int> ready{};
    std::optional<int> busy{};
    std::optional<int> stop{};
    bool active_low{false};  // all of them: on is 0 V
    std::optional<int> pulse_ms{};
    friend bool operator==(const Gate&, const Gate&) = default;
  };
  Gate gate{};
  friend bool operator==(const SetupCode&, const SetupCode&) = default;
};

// Whether it means to be one, whatever is wrong with it.
[[nodiscard]] bool is_setup_code(std::string_view text);
[[nodiscard]] std::string to_text(const SetupCode&);
// Error::Kind::invalid, with the word that is wrong; never with a password.
[[nodiscard]] Expected<SetupCode> parse_setup_code(std::string_view text);

}  // namespace lanyard::sync
