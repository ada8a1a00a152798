#include "scanner/engine.hpp"

#if LANYARD_ZXING_HAS_OPTIONS
#include <ZXing/ReadBarcode.h>
#else
#define ZX_USE_UTF8  // version 1.4: text() as UTF-8 instead of wide characters
#include <ZXing/ReadBarcode.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <exception>

namespace lanyard::scanner {
namespace {

#if LANYARD_ZXING_HAS_OPTIONS
using Options = ZXing::ReaderOptions;
#else
using Options = ZXing::DecodeHints;
#endif

ZXing::BarcodeFormats formats_of([[maybe_unused]] const Symbologies& symbologies) {
  ZXing::BarcodeFormats formats = ZXing::BarcodeFormat::QRCode;
#if LANYARD_ZXING_HAS_OPTIONS
  if (symbologies.micro_qr) formats |= ZXing::BarcodeFormat::MicroQRCode;
  if (symbologies.data_matrix) formats |= ZXing::BarcodeFormat::DataMatrix;
  if (symbologies.aztec) formats |= ZXing::BarcodeFormat::Aztec;
  if (symbologies.pdf417) formats |= ZXing::BarcodeFormat::PDF417;
#endif
  return formats;
}

Options options_for(const EngineLook& look) {
  Options options;
  options.setFormats(formats_of(look.symbologies))
      .setTryHarder(true)
      // QR codes look the same from all sides to it; of the others PDF417 does not.
      .setTryRotate(look.symbologies.pdf417)
      .setTryDownscale(look.several_scales)
      .setDownscaleFactor(2)
      .setDownscaleThreshold(250)
      .setBinarizer(look.one_threshold ? ZXing::Binarizer::GlobalHistogram : ZXing::Binarizer::LocalAverage)
      .setMaxNumberOfSymbols(static_cast<std::uint8_t>(std::clamp(look.max_symbols, 1, kMaxSymbolsPerFrame)));
#if LANYARD_ZXING_HAS_OPTIONS
  options.setTryInvert(look.dark_turned).setTextMode(ZXing::TextMode::Plain);
#endif
  return options;
}

// Pixels of a module, and modules of the quiet zone, of the clean picture that the engine gets to read.
constexpr int kCleanModulePixels = 2;
constexpr int kQuietModules = 4;

}  // namespace

std::vector<Symbol> ask_engine(GrayView view, const EngineLook& look) {
  std::vector<Symbol> symbols;
  if (view.empty() || !fits_frame(view.width, view.height) ||
      std::min(view.width, view.height) < kLeastSymbolSide) {
    return symbols;
  }
  try {
    for (const auto& read : ZXing::ReadBarcodes(
             {view.data, view.width, view.height, ZXing::ImageFormat::Lum, view.stride}, options_for(look))) {
      if (!read.isValid()) continue;
      Symbol symbol{read.text(), ZXing::ToString(read.format()), {}, true};
      for (int corner = 0; corner < 4; ++corner) {
        const auto& at = read.position()[static_cast<std::size_t>(corner)];
        symbol.corners[static_cast<std::size_t>(corner)] = {at.x, at.y};
      }
      symbols.push_back(std::move(symbol));
    }
  } catch (const std::exception&) {
    // The engine gave up on these pixels; what it had read before stands.
    return symbols;
  }
  return symbols;
}

std::optional<std::string> text_of(const qr::Symbol& symbol) {
  const int side = (symbol.dimension + 2 * kQuietModules) * kCleanModulePixels;
  GrayFrame clean(side, side);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const int column = x / kCleanModulePixels - kQuietModules;
      const int row = y / kCleanModulePixels - kQuietModules;
      const bool inside = column >= 0 && row >= 0 && column < symbol.dimension && row < symbol.dimension;
      clean.row(y)[x] =
          inside && symbol.dark[static_cast<std::size_t>(row * symbol.dimension + column)] != 0 ? 0 : 255;
    }
  }
  Options options;
  options.setFormats(ZXing::BarcodeFormat::QRCode)
      .setIsPure(true)
      .setBinarizer(ZXing::Binarizer::FixedThreshold);
#if LANYARD_ZXING_HAS_OPTIONS
  options.setTextMode(ZXing::TextMode::Plain);
#endif
  try {
    const GrayView view = clean.view();
    const auto read = ZXing::ReadBarcodes(
        {view.data, view.width, view.height, ZXing::ImageFormat::Lum, view.stride}, options);
    if (read.empty() || !read.front().isValid() || read.front().text().empty()) return std::nullopt;
    return read.front().text();
  } catch (const std::exception&) {
    return std::nullopt;  // bits that are no text of any mode
  }
}

bool engine_can([[maybe_unused]] const Symbologies& symbologies) {
#if LANYARD_ZXING_HAS_OPTIONS
  return true;
#else
  return symbologies.qr_alone();
#endif
}

bool engine_turns() {
  return LANYARD_ZXING_HAS_OPTIONS != 0;
}

std::string_view engine_version() {
  return LANYARD_ZXING_VERSION;
}

}  // namespace lanyard::scanner
