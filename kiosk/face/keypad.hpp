// The keys of a keypad for whoever does not touch the screen: a USB keyboard of a few keys that can be felt,
// beside the headset's jack (Storm's AudioNav, for one). Any keyboard will do. Their codes are those of
// kiosk/face/window.cpp; the maker's tool sets a keypad to them (systemd/README.md). Threads: values.
#pragma once

#include <cstdint>

namespace lanyard::kiosk {

enum class KeypadKey : std::uint8_t {
  next,         // right, down, tab
  previous,     // left, up
  choose,       // enter, space: the round key
  speech,       // F1
  louder,       // page up
  softer,       // page down
  headset_in,   // F15: a keypad with a jack sends it
  headset_out,  // F16
  other,        // any other: what is being said stops
};

}  // namespace lanyard::kiosk
