// The screen's picture, drawn by the processor: it stays from frame to frame, and of each frame only what has
// changed is drawn. Threads: the window's thread alone.
#pragma once

#include <vector>

#include "kiosk/face/memory_textures.hpp"
#include "kiosk/face/pixel_rect.hpp"
#include "kiosk/face/shapes.hpp"

struct ImDrawData;

namespace lanyard::kiosk {

class ProcessorPicture {
 public:
  // Into `out`, which holds what the call before left there, unless it is of another size or place, or
  // forget() was called since. Returns where it has changed.
  std::vector<PixelRect> draw(const ImDrawData& drawn, const PixelBuffer& out);
  // The buffer's contents are lost: the next frame is drawn whole.
  void forget() { last_ = {}; }
  [[nodiscard]] MemoryTextures& textures() { return textures_; }

 private:
  MemoryTextures textures_;
  Shapes shapes_;
  std::vector<Shape> before_;
  PixelBuffer last_;
};

}  // namespace lanyard::kiosk
