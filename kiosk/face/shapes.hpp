// A frame as a list of shapes: ImGui's lists, taken apart where one shape ends and the next begins. Two
// frames can so be compared, and what has changed be drawn alone: most frames of a kiosk differ in a clock, a
// pen line or the camera's picture.
//
// Units: pixels. Threads: values; take_shapes on the window's thread alone.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "kiosk/face/memory_textures.hpp"
#include "kiosk/face/pixel_rect.hpp"
#include "kiosk/face/textures.hpp"

struct ImDrawData;

namespace lanyard::kiosk {

// Beyond this no screen reaches, and sums of the rasteriser would not fit: shapes with such a corner are left
// out.
inline constexpr float kMostPixels = 32768;

struct Corner {
  float x{0}, y{0};
  float u{0}, v{0};  // shares of the texture
  std::array<std::uint8_t, 4> rgba{};
};

// Triangles of one texture, within one clip: three corners each, `count` of them from `first` in
// Shapes::order.
struct Shape {
  TextureId texture{0};  // 0: none, the corners' colours alone
  PixelRect clip;
  PixelRect box;  // no pixel outside of it is touched
  std::uint32_t first{0};
  std::uint32_t count{0};
  std::uint64_t mark{
      0};  // the same for the same pixels; of different ones, the same by no accident worth fearing
};

struct Shapes {
  std::vector<Corner> corners;
  std::vector<std::uint32_t> order;  // corners of triangles
  std::vector<Shape> list;           // the undermost first
};

// Into `out`, whose memory is used again. Textures say how old their pixels are: a shape that is where it
// was, and shows a new picture, has another mark.
void take_shapes(const ImDrawData& drawn, const MemoryTextures& textures, Shapes& out);

// Where two frames may differ, within `all`; at most kMaxRedrawn rectangles, which may overlap. Drawing the
// second frame within them, over the first, makes the second.
inline constexpr std::size_t kMaxRedrawn = 12;
[[nodiscard]] std::vector<PixelRect> difference(std::span<const Shape> before, std::span<const Shape> after,
                                                const PixelRect& all);

}  // namespace lanyard::kiosk
