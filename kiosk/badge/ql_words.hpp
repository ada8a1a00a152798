// What is said to a Brother QL label printer, and how its status reads. Pure; any bytes whatever may be put
// in.
//
// Sources, by Brother ("Software Developer's Manual, Raster Command Reference"):
//   [720]  QL-710W/720NW, version 1.01        [1100] QL-1100/1110NWB/1115NWB, version 1.00
//   [700]  QL-500/.../700/1050/1060N Command Reference   [800] QL-800/810W/820NWB, version 1.00
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/badge/print_page.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

inline constexpr int kQlDpi = 300;                // [720] 2.3.1
inline constexpr std::size_t kQlPins = 720;       // [720] p. 31, and so 90 bytes a raster line
inline constexpr std::size_t kQlStatusSize = 32;  // [720] p. 21

// [720] p. 21 and the tables (1)-(7) behind it; the same in [1100] p. 22 and following.
struct QlStatus {
  enum class Type : std::uint8_t { reply = 0, printed = 1, error = 2, off = 4, notice = 5, phase = 6 };
  std::uint8_t model{0};      // offset 4
  std::uint8_t error1{0};     // offset 8
  std::uint8_t error2{0};     // offset 9
  std::uint8_t width_mm{0};   // offset 10
  std::uint8_t media{0};      // offset 11
  std::uint8_t length_mm{0};  // offset 17, 0: a tape
  Type type{Type::reply};     // offset 18
  bool printing{false};       // offset 19: 0 waits for data, 1 prints
  std::uint8_t notice{0};     // offset 22

  // Nothing comes out until somebody has seen to it. A printer without a roll has no error bit set, but no
  // width.
  [[nodiscard]] bool held_up() const {
    return (error1 & ~0x10U) != 0 || error2 != 0 || width_mm == 0 || type == Type::error || type == Type::off;
  }
};

// Nothing if it is not 32 bytes that begin as the manual has it, of a type that it knows.
[[nodiscard]] std::optional<QlStatus> parse_ql_status(std::string_view bytes);

[[nodiscard]] std::string ql_model(const QlStatus&);  // "Brother QL-820NWB"
// For people, in plain_reason's words. Out of paper too where no roll is in it, which is no error to the
// printer.
[[nodiscard]] std::vector<std::string> ql_reasons(const QlStatus&);

// What of a roll the printer can reach.
struct QlRoll {
  int width_mm{0};
  int length_mm{0};  // 0: a tape, of any length
  int pins{0};       // across
  int first_pin{0};  // so many of the head's pins are to the right of the label's printable part
  int rows{0};       // 0: a tape
};
// Error: invalid, of a roll or a printer that is not known.
[[nodiscard]] sync::Expected<QlRoll> ql_roll(const QlStatus&);

// Whether the page goes on that roll, and nothing of it is lost but what lies in the margin that no pin
// reaches.
[[nodiscard]] std::optional<sync::Error> ql_misfit(const PrintPage&, const QlRoll&);

// Before anything else, and to drop what the printer still holds of an earlier page. [720] p. 5 has 200
// bytes, [1100] p. 5 has 350: what is over is skipped ([1100] p. 22, "NULL"). Then ESC @.
[[nodiscard]] std::string ql_reset();
// ESC i S; not while it prints ([1100] p. 22).
inline constexpr std::string_view kQlAskStatus = "\x1biS";

// One label whole, for a page that fits (ql_misfit). `model` of QlStatus.
struct QlPlace {
  bool first{true};
  bool last{true};
};
[[nodiscard]] std::string ql_label(const PrintPage&, std::string_view dots, const QlRoll&, std::uint8_t model,
                                   QlPlace);

}  // namespace lanyard::kiosk
