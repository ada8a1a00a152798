// The door to the graphics card's pictures, so that text and screens can be drawn, and tested, without one.
// Threads: the window's thread alone.
#pragma once

#include <cstdint>

namespace lanyard::kiosk {

using TextureId = std::uintptr_t;  // 0: none

// What a byte of a picture says.
enum class Channel : std::uint8_t {
  coverage,  // how much of the pixel is inked: white, tinted where it is drawn
  grey,      // how bright the pixel is; opaque
  colour,    // four bytes a pixel: red, green, blue, and how much of it there is
};

struct Pixels {
  const std::uint8_t* data{nullptr};
  int width{0};   // pixels
  int height{0};  // pixels
  int stride{0};  // bytes from one row to the next
};

class Textures {
 public:
  virtual ~Textures() = default;
  // 0 if the card has no room. The pixels are copied.
  [[nodiscard]] virtual TextureId make(Channel channel, const Pixels& pixels) = 0;
  // The same size again, of one byte a pixel: cheaper than a new one.
  virtual void refill(TextureId id, const Pixels& pixels) = 0;
  virtual void drop(TextureId id) = 0;
};

}  // namespace lanyard::kiosk
