// All that a new kiosk has to be told to find its hub, in one text: what `lanyard-hub device add --hub`
// prints, and shows as a QR code. PURE. Threads: reentrant.
//
//   lanyard-enrol:K7QF-2M9D@https://hub.example:8443
//   lanyard-enrol:K7QF-2M9D@https://192.0.2.7:8443#sha256//BASE64
//
// Behind '#', where it is there, the hub's public key as curl writes a pin: the SHA-256 of its
// SubjectPublicKeyInfo (RFC 7469 §2.4). With it no authority has to vouch for the hub, and no name has to be
// right: the key itself is compared.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sync/error.hpp"

namespace lanyard::sync {

inline constexpr std::string_view kEnrolmentScheme = "lanyard-enrol:";  // each begins with it
inline constexpr std::size_t kMaxEnrolmentCodeBytes = 1024;

struct EnrolmentCode {
  std::string hub;   // normal_hub_url
  std::string code;  // as the hub printed it
  std::string pin;   // "sha256//...", or ""
  friend bool operator==(const EnrolmentCode&, const EnrolmentCode&) = default;
};

[[nodiscard]] std::string to_text(const EnrolmentCode&);
// Error::Kind::invalid for what is none.
[[nodiscard]] Expected<EnrolmentCode> parse_enrolment_code(std::string_view text);

// "http://host[:port][/path]" or https; without user, query or fragment; nullopt for anything else. A slash
// at the end is dropped.
[[nodiscard]] std::optional<std::string> normal_hub_url(std::string_view url);
// "sha256//" and the base64 of 32 bytes.
[[nodiscard]] bool is_hub_pin(std::string_view text);

}  // namespace lanyard::sync
