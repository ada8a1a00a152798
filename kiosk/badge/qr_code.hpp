// A QR code as squares on a page. The only file that includes libqrencode is qr_code.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sync/error.hpp"

namespace lanyard::kiosk {

// What cameras and other people's readers resolve at arm's length (`lanyard-badge-bench codes`): above it,
// room goes into correction.
inline constexpr double kGoodModuleMm = 0.55;
inline constexpr double kLeastModuleMm = 0.37;
inline constexpr int kQuietModules = 4;  // ISO/IEC 18004: the blank border on each side

struct QrCode {
  int side{0};                     // modules, without the quiet zone
  std::vector<std::uint8_t> dark;  // side * side, row by row, 1 = dark
  [[nodiscard]] bool is_dark(int x, int y) const {
    return dark[static_cast<std::size_t>(std::ptrdiff_t{y} * side + x)] != 0;
  }
};

// The best error correction that still needs no larger symbol than level M would.
// Errors: invalid if the text is empty or longer than a code can hold.
[[nodiscard]] sync::Expected<QrCode> encode_qr(std::string_view text);

// The same for a place on paper: the strongest correction whose modules are still kGoodModuleMm wide there;
// where none is, the one of the widest modules, of level M at least while these are of kLeastModuleMm.
// Errors: as above, and invalid if not even one dot a module fits.
[[nodiscard]] sync::Expected<QrCode> encode_for(std::string_view text, double slot_mm, int dpi);

// The side of a module in whole printer dots, so that the code with its quiet zone fits `slot_mm`; 0 if not
// even one dot a module would.
[[nodiscard]] int dots_per_module(const QrCode&, double slot_mm, int dpi);

// For a terminal: two modules a character, black on white whatever its colours, with the quiet zone.
[[nodiscard]] std::string drawn_in_blocks(const QrCode&);

}  // namespace lanyard::kiosk
