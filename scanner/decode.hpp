// The symbols of one picture. For a stream, which can do more at less cost: stream_reader.hpp.
// Threads: reentrant.
#pragma once

#include <cstdint>
#include <vector>

#include "scanner/frame.hpp"
#include "scanner/symbol.hpp"

namespace lanyard::scanner {

enum class Effort : std::uint8_t {
  quick,     // cheap passes alone, and done with the first that reads
  thorough,  // all passes, and the symbols of all of them together
};

struct DecodeOptions {
  Effort effort{Effort::quick};
  int max_symbols{4};  // 1..kMaxSymbolsPerFrame
  Symbologies symbologies{};
};

// The symbols of the view, each once, from top to bottom and in a row from left to right. Empty if none is
// found, or if the view is empty or has a side above kMaxFrameSidePixels. Never throws; longer texts than
// kMaxSymbolBytes are left out.
[[nodiscard]] std::vector<Symbol> decode(GrayView view, const DecodeOptions& options = {});

}  // namespace lanyard::scanner
