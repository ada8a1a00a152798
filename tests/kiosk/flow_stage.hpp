// What tests of the state machine begin with.
#pragma once

#include <utility>

#include "kiosk/desk/flow.hpp"

namespace lanyard::kiosk {

inline const Moment kStart = Moment(std::chrono::seconds{1000});
inline const FlowConfig kConfig;

// On that screen, with nothing wrong if not said.
inline State at(Screen screen, Fault fault = Fault::none) {
  State state;
  state.screen = std::move(screen);
  state.fault = fault;
  return state;
}

}  // namespace lanyard::kiosk
