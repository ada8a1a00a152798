// ZXing in one call, as its options have it, and with those that read most. Version 1.4 knows no inversion:
// there a second call looks at an inverted copy of what the first could not read.
#include "tests/bench/scan/readers.hpp"

#if LANYARD_ZXING_HAS_OPTIONS
#include <ZXing/ReadBarcode.h>
#else
#define ZX_USE_UTF8  // version 1.4: text() as UTF-8 instead of wide characters
#include <ZXing/ReadBarcode.h>
#endif

#include <exception>
#include <utility>

#include "scanner/passes.hpp"

namespace lanyard::bench {
namespace {

struct Downscaling {
  int factor;
  int threshold_px;
};

#if LANYARD_ZXING_HAS_OPTIONS
constexpr bool kInverts = true;
using Options = ZXing::ReaderOptions;
#else
constexpr bool kInverts = false;
using Options = ZXing::DecodeHints;
#endif

Options options_for(Downscaling down) {
  Options options;
  options.setFormats(ZXing::BarcodeFormat::QRCode)
      .setTryHarder(true)
      .setTryRotate(true)
      .setTryDownscale(true)
      .setDownscaleFactor(static_cast<std::uint8_t>(down.factor))
      .setDownscaleThreshold(static_cast<std::uint16_t>(down.threshold_px))
      .setBinarizer(ZXing::Binarizer::LocalAverage)
      .setMaxNumberOfSymbols(1);
#if LANYARD_ZXING_HAS_OPTIONS
  options.setTryInvert(true).setTextMode(ZXing::TextMode::Plain);
#endif
  return options;
}

std::vector<std::string> call(scanner::GrayView view, const Options& options) {
  std::vector<std::string> texts;
  try {
    const ZXing::ImageView image(view.data, view.width, view.height, ZXing::ImageFormat::Lum, view.stride);
    for (const auto& read : ZXing::ReadBarcodes(image, options)) {
      if (read.isValid()) texts.push_back(read.text());
    }
  } catch (const std::exception&) {
    texts.clear();
  }
  return texts;
}

Reader zxing(std::string name, Downscaling down) {
  return {.name = std::move(name), .begin_stream = [down]() -> Read {
            auto inverted = std::make_shared<scanner::Sheet>();
            return [options = options_for(down), inverted](scanner::GrayView view) -> Answer {
              Answer answer{call(view, options), "plain"};
              if (kInverts || !answer.texts.empty()) return answer;
              return {call(scanner::invert(view, *inverted), options), "inverted"};
            };
          }};
}

}  // namespace

Reader zxing_default() {
  return zxing("default", {3, 500});
}

Reader zxing_best_call() {
  return zxing("best call", {2, 250});
}

}  // namespace lanyard::bench
