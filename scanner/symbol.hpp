// What a scanner has read. Threads: values.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <tl/expected.hpp>

namespace lanyard::scanner {

// A QR code holds at most 2953 bytes (ISO/IEC 18004, version 40-L); as Latin-1 in UTF-8 each may take two.
inline constexpr std::size_t kMaxSymbolBytes = 6144;
inline constexpr int kMaxSymbolsPerFrame = 64;

struct Point {
  int x{0};  // pixels of the frame, from its left edge
  int y{0};  // from its top edge
  friend bool operator==(const Point&, const Point&) = default;
};

struct Symbol {
  // As the engine understands its character set, in UTF-8, which is not vouched for: any bytes may come,
  // zeros too.
  std::string text;
  std::string format;  // "QRCode", and the names that Symbologies are set by
  // Clockwise in the symbol's own sense, beginning at its top left; may lie outside the frame by a little.
  std::array<Point, 4> corners{};
  // Read with checks to spare. Else so much of it was guessed that chance is not out of the question: it
  // counts once the same text is read again.
  bool sure{true};
};

// Of several symbols in a frame, the one whose middle is nearest to the frame's; null if there is none.
[[nodiscard]] const Symbol* nearest_to_middle(std::span<const Symbol> symbols, int frame_width,
                                              int frame_height);

// The kinds of symbols that are looked for. All of them check themselves by Reed-Solomon: a kind without such
// a check would be read into any picture of blinds, and is not offered.
struct Symbologies {
  bool micro_qr{false};
  bool data_matrix{false};
  bool aztec{false};
  bool pdf417{false};
  [[nodiscard]] bool qr_alone() const { return !micro_qr && !data_matrix && !aztec && !pdf417; }
  friend bool operator==(const Symbologies&, const Symbologies&) = default;
};
inline constexpr std::size_t kSymbologies = 5;
// By their names in settings: "qr", which is always looked for, "micro-qr", "data-matrix", "aztec", "pdf417".
// The error is a line of English that says which name is unknown.
[[nodiscard]] tl::expected<Symbologies, std::string> parse_symbologies(std::span<const std::string> names);

}  // namespace lanyard::scanner
