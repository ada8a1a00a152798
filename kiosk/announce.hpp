// Says on stdout what has been presented, a JSON object a line, for those who watch a kiosk by program:
// tests, the demo, a machine without a screen. Nothing is announced before it was on the screen.
//
//   {"screen":"admitted","language":"en","attendee":"A0042","rule":"admit.main.everyone","badge":"printing",
//    "source":"/frames/000123.jpg","since_frame_ms":41,"controls":{"leave":[100,200,80,40]}}
//
// `controls` are what can be touched: x, y, width and height in pixels. Never a PIN, a query or a name.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "kiosk/desk/state.hpp"
#include "kiosk/face/semantics.hpp"

namespace lanyard::kiosk {

// The frame that a decision came from.
struct ScanOrigin {
  std::string source;
  Moment seen_at{};
};

class Announcer {
 public:
  // After each presented frame. Prints where something that a watcher could wait for has changed.
  void presented(const State& state, const SemanticList& semantics, const std::optional<ScanOrigin>& origin,
                 Moment now);

 private:
  std::string last_;
};

}  // namespace lanyard::kiosk
