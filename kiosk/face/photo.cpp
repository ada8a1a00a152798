#include "kiosk/face/photo.hpp"

#include <span>

#include "scanner/picture_jpeg.hpp"
#include "sync/base64.hpp"

namespace lanyard::kiosk {
namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

}  // namespace

Expected<RgbaPicture> draw_photo(std::string_view jpeg, int width_px, int height_px) {
  // Before anything is made room for: what is in the header may be any number.
  scanner::JpegReader reader;
  const auto measures =
      reader.begin(std::span(reinterpret_cast<const std::uint8_t*>(jpeg.data()), jpeg.size()));
  if (!measures) return fail(Error::Kind::invalid, measures.error().message);
  const int width = measures->full_width;
  const int height = measures->full_height;
  if (width > kMaxPhotoSidePixels || height > kMaxPhotoSidePixels)
    return fail(Error::Kind::invalid,
                "the photo is larger than " + std::to_string(kMaxPhotoSidePixels) + " pixels");
  // librsvg brings it to size, as it does with all that is not text.
  const std::string size =
      " width=\"" + std::to_string(width) + "\" height=\"" + std::to_string(height) + '"';
  return draw_svg("<svg xmlns=\"http://www.w3.org/2000/svg\"" + size + "><image" + size +
                      " href=\"data:image/jpeg;base64," + sync::base64_encode(jpeg) + "\"/></svg>",
                  width_px, height_px);
}

TextureId Photo::of(const std::string& hash, std::string_view jpeg, int width_px, int height_px) {
  if (hash == hash_ && width_px == width_px_ && height_px == height_px_) return texture_;
  forget();
  hash_ = hash;
  width_px_ = width_px;
  height_px_ = height_px;
  if (const auto drawn = draw_photo(jpeg, width_px, height_px)) {
    texture_ =
        textures_.make(Channel::colour, {drawn->rgba.data(), drawn->width, drawn->height, drawn->width * 4});
  }
  return texture_;
}

void Photo::forget() {
  if (texture_ != 0) textures_.drop(texture_);
  texture_ = 0;
  hash_.clear();
}

}  // namespace lanyard::kiosk
