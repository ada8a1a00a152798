// What tests of the state machine begin with.
#pragma once

#include <utility>

#include "kiosk/desk/flow.hpp"

namespace lanyard::kiosk {

inline const Moment kStart = Moment(std::chrono::seconds{1000});
inline const FlowConfig kConfig;

// On that screen, with nothing wrong.
inline State at(Screen screen) {
  State state;
  state.screen = std::move(screen);
  state.fault = Fault::none;
  return state;
}

}  // namespace lanyard::kiosk
