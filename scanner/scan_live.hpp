// lanyard-scan --live: what the scanner makes of each frame, while it runs.
#pragma once

#include <functional>
#include <iosfwd>

#include "scanner/scan_loop.hpp"

namespace lanyard::scanner {

enum class LiveForm : std::uint8_t {
  lines,    // a line whenever something else is read or seen, and each second
  in_place  // the same line again and again, for a terminal; what is read goes above it
};

// Until `goes_on` says no, or the camera ends or cannot go on: true unless that was an error. `as_json`: an
// object for each frame.
[[nodiscard]] bool live(ScanLoop& loop, bool as_json, LiveForm form, std::ostream& out, std::ostream& errors,
                        const std::function<bool()>& goes_on);

}  // namespace lanyard::scanner
