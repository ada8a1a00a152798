// The way of a picture in memory to the display, where no graphics card takes it there: X11 and Wayland, each
// behind its own file. The window's handles come from GLFW.
//
// Threads: the window's thread alone. Errors: a display that takes no such picture: sync::Error
// (unavailable).
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "kiosk/face/pixel_rect.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

enum class Shown : std::uint8_t {
  yes,
  look_again,  // yes; but events were taken in that the window must look for
  held,        // not yet: the display still reads what it got before. Nothing is forgotten
  no,          // there is no panel
};

class Panel {
 public:
  virtual ~Panel() = default;
  // Where to draw. It stays where it is, and nobody else draws there.
  [[nodiscard]] virtual PixelBuffer picture() = 0;
  // Takes what has changed since the last call to the display, or since the last that was held.
  [[nodiscard]] virtual Shown show(std::span<const PixelRect> changed) = 0;
};

// A Display* and a Window of Xlib.
[[nodiscard]] sync::Expected<std::unique_ptr<Panel>> x11_panel(void* display, unsigned long window,
                                                               int width_px, int height_px);
// A wl_display* and a wl_surface*, which has its role and was configured.
[[nodiscard]] sync::Expected<std::unique_ptr<Panel>> wayland_panel(void* display, void* surface, int width_px,
                                                                   int height_px);

}  // namespace lanyard::kiosk
