// Fingers on a panel under Wayland, of which GLFW tells nothing (3.3 and 3.4 know pointers alone). The first
// finger counts, as on X11.
//
// Threads: the window's thread alone; `told` is called while GLFW takes in the display's events.
#pragma once

#include <functional>
#include <memory>

#include "kiosk/face/geometry.hpp"

namespace lanyard::kiosk {

class Touch {
 public:
  virtual ~Touch() = default;
};

// A wl_display* and the wl_surface* of the window, which must live longer. Panels may be plugged in and out
// at any time. Where a finger is, is told in the surface's own measure: that of a window in pixels, unless
// the output is scaled.
[[nodiscard]] std::unique_ptr<Touch> wayland_touch(void* display, void* surface,
                                                   std::function<void(Point at, bool down)> told);

}  // namespace lanyard::kiosk
