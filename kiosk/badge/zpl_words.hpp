// What is said to a ZPL II printer, and how its answers read. Pure; any bytes whatever may be put in.
//
// Source: Zebra, "ZPL II Programming Guide" 45541L-004 Rev. A (called ZG here; newer editions, P1099958, say
// the same), and for SGD the "SGD Printer Commands" chapter of P1099958-005 ("ZPL II, ZBI 2, Set-Get-Do,
// Mirror, WML").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/badge/print_page.hpp"

namespace lanyard::kiosk {

// ZG p. 171-173, ~HS: three strings <STX>...<ETX><CR><LF>. The names are the guide's letters in words.
struct ZplStatus {
  bool paper_out{false};              // 1 b
  bool paused{false};                 // 1 c
  std::uint32_t formats{0};           // 1 eee, in the receive buffer
  bool buffer_full{false};            // 1 f
  bool diagnostics{false};            // 1 g: it prints what it gets as bytes
  bool partial_format{false};         // 1 h: a format has begun and not ended
  bool corrupt_memory{false};         // 1 j
  bool too_cold{false};               // 1 k
  bool too_hot{false};                // 1 l
  bool head_up{false};                // 2 o
  bool ribbon_out{false};             // 2 p
  bool label_waits{false};            // 2 t: to be taken, when it peels
  std::uint32_t labels_remaining{0};  // 2 uuuuuuuu, of the batch

  [[nodiscard]] bool all_printed() const { return formats == 0 && labels_remaining == 0 && !partial_format; }
  [[nodiscard]] bool idle() const { return all_printed() && !label_waits; }
};

inline constexpr std::string_view kZplAskStatus = "~HS\r\n";
inline constexpr std::string_view kZplAskName = "~HI\r\n";    // ZG p. 169
inline constexpr std::string_view kZplCancelAll = "~JA\r\n";  // ZG "~JA, Cancel All"
inline constexpr std::string_view kZplCancelPartial =
    "~JX\r\n";  // ZG "~JX, Cancel Current Partially Input Format"
// P1099958 "odometer.total_label_count": over the printer's life, without feeds and calibration.
inline constexpr std::string_view kZplAskCount = "! U1 getvar \"odometer.total_label_count\"\r\n";

// Nothing if it is not exactly what the guide says.
[[nodiscard]] std::optional<ZplStatus> parse_zpl_status(std::string_view answer);
[[nodiscard]] bool zpl_status_complete(std::string_view so_far);

// "<STX>ZD421-203dpi,V93.21.07Z,8,8192KB<ETX>"
struct ZplIdentity {
  std::string model;
  int dpi{0};  // 0: it says none that the guide knows
};
[[nodiscard]] std::optional<ZplIdentity> parse_zpl_identity(std::string_view answer);
[[nodiscard]] bool zpl_identity_complete(std::string_view so_far);

// "\"31084\"". Nothing of "\"?\"", which is how a printer says that it does not know the name.
[[nodiscard]] std::optional<std::uint64_t> parse_zpl_count(std::string_view answer);
[[nodiscard]] bool zpl_count_complete(std::string_view so_far);

// For people, in plain_reason's words.
[[nodiscard]] std::vector<std::string> zpl_reasons(const ZplStatus&);
// Nothing comes out until somebody has seen to it.
[[nodiscard]] bool zpl_held_up(const ZplStatus&);

// One label whole, from ^XA to ^XZ. `dots` are of the page's size (label_fault).
[[nodiscard]] std::string zpl_label(std::string_view job, const PrintPage&, std::string_view dots);

}  // namespace lanyard::kiosk
