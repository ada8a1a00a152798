#include <array>
#include <memory>
#include <string>

#include <webp/decode.h>

#include "scanner/picture.hpp"

namespace lanyard::scanner {
namespace {

tl::unexpected<PictureError> not_a_webp(const std::string& why) {
  return tl::make_unexpected(PictureError{"not a WebP that can be read: " + why});
}

std::string reason(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
      return "it breaks off";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "it moves, or is of a kind that is unknown here";
    case VP8_STATUS_OUT_OF_MEMORY:
      return "there is too little memory for it";
    default:
      return "it is broken";
  }
}

// WebP's light has the range of television, 16 to 235 (ITU-R BT.601).
constexpr std::array<std::uint8_t, 256> full_range() {
  std::array<std::uint8_t, 256> full{};
  for (int light = 0; light < 256; ++light) {
    const int spread = ((light - 16) * 255 + 109) / 219;
    const int bounded = spread < 0 ? 0 : spread > 255 ? 255 : spread;
    full[static_cast<std::size_t>(light)] = static_cast<std::uint8_t>(light <= 16 ? 0 : bounded);
  }
  return full;
}

void copy_light(const WebPYUVABuffer& from, GrayFrame& to) {
  static constexpr auto kFull = full_range();
  for (int y = 0; y < to.height(); ++y) {
    const std::uint8_t* light = from.y + std::ptrdiff_t{y} * from.y_stride;
    const std::uint8_t* alpha = from.a == nullptr ? nullptr : from.a + std::ptrdiff_t{y} * from.a_stride;
    std::uint8_t* row = to.row(y);
    for (int x = 0; x < to.width(); ++x) {
      const int grey = kFull[light[x]];
      const int opaque = alpha == nullptr ? 255 : alpha[x];
      row[x] = static_cast<std::uint8_t>((grey * opaque + 255 * (255 - opaque) + 127) / 255);
    }
  }
}

}  // namespace

PictureResult gray_from_webp(std::span<const std::uint8_t> bytes) {
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0)
    return not_a_webp("the library is another one than was built with");
  if (const auto status = WebPGetFeatures(bytes.data(), bytes.size(), &config.input);
      status != VP8_STATUS_OK) {
    return not_a_webp(reason(status));
  }
  if (!fits_frame(config.input.width, config.input.height)) {
    return refused_measures(config.input.width, config.input.height);
  }
  config.output.colorspace = config.input.has_alpha != 0 ? MODE_YUVA : MODE_YUV;
  const VP8StatusCode status = WebPDecode(bytes.data(), bytes.size(), &config);
  const std::unique_ptr<WebPDecBuffer, void (*)(WebPDecBuffer*)> planes(&config.output, WebPFreeDecBuffer);
  if (status != VP8_STATUS_OK) return not_a_webp(reason(status));
  GrayFrame frame(config.input.width, config.input.height);
  copy_light(config.output.u.YUVA, frame);
  return frame;
}

}  // namespace lanyard::scanner
