// The portrait that staff know somebody by, as a texture: of one person at a time, and no longer than they
// are shown. Threads: the window's thread alone.
#pragma once

#include <string>
#include <string_view>

#include "kiosk/face/svg_picture.hpp"
#include "kiosk/face/textures.hpp"

namespace lanyard::kiosk {

// The hub makes them 300 by 400 at most (sync/hub/photo.hpp), and a badge that is previewed may be A4 at 203
// dpi: what says that it is larger is neither.
inline constexpr int kMaxPhotoSidePixels = 2400;

// A JPEG, as it comes from the hub; it fills the picture, what does not have its shape is cut off evenly.
// Errors: invalid: no JPEG that can be read, or too large.
[[nodiscard]] sync::Expected<RgbaPicture> draw_photo(std::string_view jpeg, int width_px, int height_px);

class Photo {
 public:
  explicit Photo(Textures& textures) : textures_(textures) {}
  ~Photo() { forget(); }
  Photo(const Photo&) = delete;
  Photo& operator=(const Photo&) = delete;

  // 0: it cannot be drawn. `hash` names the bytes: those of the one before are not looked at again.
  [[nodiscard]] TextureId of(const std::string& hash, std::string_view jpeg, int width_px, int height_px);
  void forget();

 private:
  Textures& textures_;
  std::string hash_;
  int width_px_{0};
  int height_px_{0};
  TextureId texture_{0};
};

}  // namespace lanyard::kiosk
