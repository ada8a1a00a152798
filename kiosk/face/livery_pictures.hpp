// The drawings of a livery as textures, in the size in which the panel shows them. Threads: the window's
// thread alone.
#pragma once

#include <string>

#include "kiosk/face/livery.hpp"
#include "kiosk/face/svg_picture.hpp"
#include "kiosk/face/textures.hpp"

namespace lanyard::kiosk {

struct Emblem {
  TextureId texture{0};  // 0: none
  float width{0};        // px
  float height{0};
};

// Laid upon the waiting screen's ground, so far as what stands on it can still be read on every pixel of it:
// WCAG's contrast is kept, whatever the drawing. `strength`: what came of it, 0 to 1.
struct Backdrop {
  RgbaPicture picture;
  float strength{0};
};
[[nodiscard]] Backdrop laid_upon(const Field& field, RgbaPicture drawing, float strength);

class LiveryPictures {
 public:
  explicit LiveryPictures(Textures& textures) : textures_(textures) {}
  ~LiveryPictures() { drop(); }
  LiveryPictures(const LiveryPictures&) = delete;
  LiveryPictures& operator=(const LiveryPictures&) = delete;

  // Errors: invalid: a drawing cannot be drawn; what was there before stays.
  [[nodiscard]] sync::Expected<void> make(const Livery& livery, const Metrics& panel);
  void drop();

  [[nodiscard]] const Emblem& logo() const { return logo_; }
  [[nodiscard]] TextureId background() const { return background_; }

 private:
  Textures& textures_;
  Emblem logo_;
  TextureId background_{0};
};

}  // namespace lanyard::kiosk
