// Things to hold up without an event behind them: cards, phones and letters with a text of their own. PURE.
// Threads: reentrant; values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kiosk/badge/qr_code.hpp"
#include "tests/e2e/arrivals/things.hpp"

namespace lanyard::arrivals {

// A printed card in a clear sleeve on its strap: a badge, as painted here and not by a template.
[[nodiscard]] Thing card_thing(const kiosk::QrCode& code, std::uint64_t seed);

enum class PropKind : std::uint8_t { card, phone, phone_dark, letter };
inline constexpr int kPropKinds = 4;
[[nodiscard]] std::string_view to_name(PropKind kind);

struct Prop {
  PropKind kind{PropKind::card};
  std::string text;  // what its code says
  Thing thing;
};

// What credentials look like: 40 to 90 characters of base 64, or as many as Lanyard's own in base 45. Codes
// of the versions 3 to 8.
[[nodiscard]] std::string any_text(std::uint64_t seed);
// With a text of its seed's.
[[nodiscard]] Prop any_prop(PropKind kind, std::uint64_t seed);

}  // namespace lanyard::arrivals
