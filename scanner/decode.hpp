// A frame's QR codes. The only file that knows ZXing is decode.cpp; QR codes are all it looks for, because
// the engine of Debian 12 ends the process on ordinary pictures when it looks for everything. Threads:
// reentrant.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scanner/frame.hpp"

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
  std::string format;  // "QRCode"
  // Clockwise in the symbol's own sense, beginning at its top left; may lie outside the frame by a little.
  std::array<Point, 4> corners{};
};

enum class Effort : std::uint8_t {
  quick,  // for a stream: the next frame is 33 ms away, so cheap passes alone, and done with the first that
          // reads
  thorough,  // for a single picture: all passes, and the symbols of all of them together
};

struct DecodeOptions {
  Effort effort{Effort::quick};
  int max_symbols{4};  // 1..kMaxSymbolsPerFrame
};

// The symbols of the view, each once, from top to bottom and in a row from left to right. Empty if none is
// found, or if the view is empty or has a side above kMaxFrameSidePixels. Never throws; longer texts than
// kMaxSymbolBytes are left out.
[[nodiscard]] std::vector<Symbol> decode(GrayView view, const DecodeOptions& options = {});

}  // namespace lanyard::scanner
