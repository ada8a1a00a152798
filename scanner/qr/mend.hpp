// From modules as they were seen, some of them uncertain or wrong, to the symbol as it was drawn. A plain
// reader takes each module as light or dark and corrects what it got wrong; here the least certain codewords
// count as erasures, so that twice as many of them may be lost: under a finger, in a reflection, in blur.
// PURE. Threads: reentrant. Source: ISO/IEC 18004:2015, section 12; Forney's generalised minimum distance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "scanner/qr/layout.hpp"

namespace lanyard::scanner::qr {

// A symbol's modules row by row: above 0 light, below 0 dark, and the further from 0 the more certain.
struct SeenModules {
  int dimension{0};
  std::vector<std::int8_t> light;
  [[nodiscard]] std::int8_t at(Module module) const {
    return light[static_cast<std::size_t>(module.y) * static_cast<std::size_t>(dimension) + module.x];
  }
};

// A symbol without a fault: each module dark (1) or light (0), row by row.
struct Symbol {
  int dimension{0};
  std::vector<std::uint8_t> dark;
  Format format;
  bool mirrored{false};  // seen from behind: its rows were the symbol's columns
  int changed{0};        // codewords that were mended
  bool sure{true};       // no block was left with hardly a check to spare
};

// How much of the known patterns is as it should be: 1 all, 0 as in noise, below 0 for an inverted symbol.
[[nodiscard]] double likeness(const SeenModules& modules);

// Nullopt if no symbol is near enough, or if what was seen could as well be chance. `modules.dimension` must
// be that of a version.
[[nodiscard]] std::optional<Symbol> mend(const SeenModules& modules);

}  // namespace lanyard::scanner::qr
