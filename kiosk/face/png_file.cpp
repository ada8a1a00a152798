#include "kiosk/face/png_file.hpp"

#include <png.h>

namespace lanyard::kiosk {

sync::Expected<void> write_png(const RgbPicture& picture, const std::string& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB;
  const bool written =
      png_image_write_to_file(&image, path.c_str(), 0, picture.rgb.data(), picture.width * 3, nullptr) != 0;
  if (!written) return sync::fail(sync::Error::Kind::storage, "writing " + path + ": " + image.message);
  return {};
}

}  // namespace lanyard::kiosk
