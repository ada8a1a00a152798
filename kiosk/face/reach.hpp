// Where on a panel the screens are laid out: what is to be touched lies where whoever stands, or sits, can
// reach it. PURE. Threads: values. Units: pixels, unless a name says millimetres.
//
// Source: EN 301 549 (the draft of version 4 discusses 800 to 1100 mm above the floor for what is operated).
#pragma once

#include "kiosk/face/geometry.hpp"
#include "kiosk/face/theme.hpp"

namespace lanyard::kiosk {

inline constexpr float kReachLowMm = 800;
inline constexpr float kReachHighMm = 1100;

// The part of the panel that is laid out. Nothing is shown so low that it could not be touched;
// `within_reach`: nor so high. Where nobody said how the panel hangs (Metrics::lower_edge_mm), the whole of
// it.
[[nodiscard]] Rect place_of(const Metrics& panel, bool within_reach);
// Whether that would make a difference worth a button.
[[nodiscard]] bool reaches_too_high(const Metrics& panel);

}  // namespace lanyard::kiosk
