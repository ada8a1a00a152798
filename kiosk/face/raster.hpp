// Shapes to pixels, by the processor: what a graphics card does with ImGui's triangles, for machines that
// have none. Every pixel depends on the shapes alone, and not on the area that is drawn, so that a part drawn
// anew meets the rest without a seam.
//
// Rules, as OpenGL has them: a pixel belongs to a triangle if its centre does, and on an edge to the one
// below or to the right of it; colours are blended by the corner's alpha, rounded to the nearest; textures
// are read between their pixels (bilinear), and beyond their rim as at it. Positions are rounded to 1/256 of
// a pixel.
//
// Threads: reentrant, but two calls at once must not have pixels in common.
#pragma once

#include "kiosk/face/memory_textures.hpp"
#include "kiosk/face/pixel_rect.hpp"
#include "kiosk/face/shapes.hpp"

namespace lanyard::kiosk {

// Draws the shapes as far as they lie within `area` and `out`.
void paint(const Shapes& shapes, const MemoryTextures& textures, const PixelBuffer& out,
           const PixelRect& area);

}  // namespace lanyard::kiosk
