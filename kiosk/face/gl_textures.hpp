// Textures in OpenGL. Needs a current context for its whole life. Threads: the window's thread alone.
#pragma once

#include "kiosk/face/textures.hpp"

namespace lanyard::kiosk {

class GlTextures : public Textures {
 public:
  [[nodiscard]] TextureId make(Channel channel, const Pixels& pixels) override;
  void refill(TextureId id, const Pixels& pixels) override;
  void drop(TextureId id) override;
};

}  // namespace lanyard::kiosk
