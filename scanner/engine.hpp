// ZXing, behind one door: version 1.4 of Debian 12, and 2.2 and later. Threads: reentrant.
//
// Version 1.4 ends the process on ordinary pictures when it looks for everything (its asserts are on); for QR
// codes alone it never did. It is therefore asked for nothing else, and those who set it are told.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scanner/frame.hpp"
#include "scanner/qr/mend.hpp"
#include "scanner/symbol.hpp"

namespace lanyard::scanner {

// The least side of a picture that may hold a symbol: version 1 has 21 modules.
inline constexpr int kLeastSymbolSide = 21;

struct EngineLook {
  bool several_scales{false};  // the engine also looks at smaller copies of its own making
  bool one_threshold{false};   // for the whole picture, instead of one for each part
  bool dark_turned{false};     // light on dark as well, where the version in use can do that
  int max_symbols{1};
  Symbologies symbologies;
};

// The symbols in the view; their corners are the view's pixels. Never throws: a picture that the engine gives
// up on has none.
[[nodiscard]] std::vector<Symbol> ask_engine(GrayView view, const EngineLook& look);

// The text of a symbol without a fault; nullopt if it holds none that can be understood.
[[nodiscard]] std::optional<std::string> text_of(const qr::Symbol& symbol);

// Whether the version in use reads light on dark as well; else it needs an inverted copy.
[[nodiscard]] bool engine_turns();
// Whether the version in use reads all of these without danger to the process; the others it is not asked
// for.
[[nodiscard]] bool engine_can(const Symbologies& symbologies);
// The version that it was built for.
[[nodiscard]] std::string_view engine_version();

}  // namespace lanyard::scanner
