// zbar over the whole frame, and over an inverted copy of what it could not read.
#include "tests/bench/scan/readers.hpp"

#if LANYARD_HAS_ZBAR
#include <zbar.h>

namespace lanyard::bench {
namespace {

// In C++ its header declares them in a namespace.
using namespace zbar;

constexpr unsigned long kGrey = 0x30303859;  // "Y800"

struct Deleter {
  void operator()(zbar_image_scanner_t* scanner) const { zbar_image_scanner_destroy(scanner); }
};

// The pixels are handed over without gaps between their rows.
std::vector<std::string> scan(zbar_image_scanner_t* scanner, std::vector<std::uint8_t>& pixels, int width,
                              int height) {
  zbar_image_t* image = zbar_image_create();
  zbar_image_set_format(image, kGrey);
  zbar_image_set_size(image, static_cast<unsigned>(width), static_cast<unsigned>(height));
  zbar_image_set_data(image, pixels.data(), pixels.size(), nullptr);
  std::vector<std::string> texts;
  if (zbar_scan_image(scanner, image) > 0) {
    for (const zbar_symbol_t* symbol = zbar_image_first_symbol(image); symbol != nullptr;
         symbol = zbar_symbol_next(symbol)) {
      texts.emplace_back(zbar_symbol_get_data(symbol), zbar_symbol_get_data_length(symbol));
    }
  }
  zbar_image_destroy(image);
  return texts;
}

}  // namespace

std::vector<Reader> zbar_readers() {
  return {{.name = "zbar",
           .begin_stream = []() -> Read {
             const std::shared_ptr<zbar_image_scanner_t> scanner(zbar_image_scanner_create(), Deleter{});
             zbar_image_scanner_set_config(scanner.get(), ZBAR_NONE, ZBAR_CFG_ENABLE, 0);
             zbar_image_scanner_set_config(scanner.get(), ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
             auto pixels = std::make_shared<std::vector<std::uint8_t>>();
             return [scanner, pixels](scanner::GrayView view) -> Answer {
               pixels->clear();
               for (int y = 0; y < view.height; ++y)
                 pixels->insert(pixels->end(), view.row(y), view.row(y) + view.width);
               Answer answer{scan(scanner.get(), *pixels, view.width, view.height), "plain"};
               if (!answer.texts.empty()) return answer;
               for (std::uint8_t& pixel : *pixels) pixel = static_cast<std::uint8_t>(255 - pixel);
               return {scan(scanner.get(), *pixels, view.width, view.height), "inverted"};
             };
           },
           .dear = true}};
}

}  // namespace lanyard::bench

#else

namespace lanyard::bench {

std::vector<Reader> zbar_readers() {
  return {};
}

}  // namespace lanyard::bench

#endif
