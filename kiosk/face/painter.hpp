// How ImGui's shapes come to be seen: by the graphics card, or by the processor where there is none.
// Threads: the window's thread alone.
#pragma once

#include <functional>
#include <memory>

#include "kiosk/face/panel.hpp"
#include "kiosk/face/png_file.hpp"
#include "kiosk/face/textures.hpp"

struct ImDrawData;

namespace lanyard::kiosk {

class Painter {
 public:
  virtual ~Painter() = default;
  [[nodiscard]] virtual Textures& textures() = 0;
  virtual void begin_frame() {}
  // The display has lost what was shown.
  virtual void lose() {}
  [[nodiscard]] virtual Shown show(const ImDrawData& drawn, int width_px, int height_px) = 0;
  // Of what show() was given last.
  [[nodiscard]] virtual RgbPicture screenshot(const ImDrawData& drawn, int width_px, int height_px) = 0;
};

// OpenGL 3.3, whose context is current for as long as the painter lives. `swap` shows the back buffer.
[[nodiscard]] std::unique_ptr<Painter> card_painter(std::function<void()> swap);
// Whether the current context draws with the processor after all, and slower than processor_painter does.
[[nodiscard]] bool card_is_software();

// `open` makes the panel: now, or there is no painter; and anew whenever the window has another size.
using OpenPanel = std::function<sync::Expected<std::unique_ptr<Panel>>(int width_px, int height_px)>;
[[nodiscard]] sync::Expected<std::unique_ptr<Painter>> processor_painter(OpenPanel open, int width_px,
                                                                         int height_px);

}  // namespace lanyard::kiosk
