#include "kiosk/face/processor_picture.hpp"

#include "kiosk/face/raster.hpp"

namespace lanyard::kiosk {

std::vector<PixelRect> ProcessorPicture::draw(const ImDrawData& drawn, const PixelBuffer& out) {
  take_shapes(drawn, textures_, shapes_);
  const bool holds_last = last_.pixels == out.pixels && last_.width == out.width &&
                          last_.height == out.height && last_.stride == out.stride;
  std::vector<PixelRect> changed =
      holds_last ? difference(before_, shapes_.list, out.all()) : std::vector{out.all()};
  for (const PixelRect& area : changed) paint(shapes_, textures_, out, area);
  before_ = shapes_.list;
  last_ = out;
  return changed;
}

}  // namespace lanyard::kiosk
