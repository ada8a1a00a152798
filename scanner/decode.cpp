#include "scanner/decode.hpp"

#if LANYARD_ZXING_HAS_OPTIONS
#include <ZXing/ReadBarcode.h>
#else
#define ZX_USE_UTF8  // version 1.4: text() as UTF-8 instead of wide characters
#include <ZXing/ReadBarcode.h>
#endif

#include <algorithm>
#include <exception>
#include <utility>

#include "scanner/passes.hpp"

namespace lanyard::scanner {
namespace {

// The smallest QR code has 21 modules a side; below that there is nothing to find.
constexpr int kMinSidePixels = 21;
constexpr int kLowSidePixels = 640;
constexpr int kRegionSidePixels = 320;
constexpr int kQuickRegions = 2;

enum class Scales : std::uint8_t { one, several };

struct Look {
  Scales scales{Scales::one};  // several: the engine also looks at smaller copies of its own making
  int max_symbols{1};
};

// The one call into the engine.
#if LANYARD_ZXING_HAS_OPTIONS
auto ask_engine(GrayView view, const Look& look) {
  const auto options = ZXing::ReaderOptions()
                           .setFormats(ZXing::BarcodeFormat::QRCode)
                           .setTryHarder(true)
                           .setTryRotate(false)  // finder patterns look the same from all sides
                           .setTryInvert(false)  // done here, where it pays
                           .setTryDownscale(look.scales == Scales::several)
                           .setMaxNumberOfSymbols(static_cast<std::uint8_t>(look.max_symbols))
                           .setTextMode(ZXing::TextMode::Plain);
  return ZXing::ReadBarcodes({view.data, view.width, view.height, ZXing::ImageFormat::Lum, view.stride},
                             options);
}
#else
auto ask_engine(GrayView view, const Look& look) {
  const auto hints = ZXing::DecodeHints()
                         .setFormats(ZXing::BarcodeFormat::QRCode)
                         .setTryHarder(true)
                         .setTryRotate(false)
                         .setTryDownscale(look.scales == Scales::several)
                         .setMaxNumberOfSymbols(static_cast<std::uint8_t>(look.max_symbols));
  return ZXing::ReadBarcodes({view.data, view.width, view.height, ZXing::ImageFormat::Lum, view.stride},
                             hints);
}
#endif

// Where the pixels of a pass lie in the frame: frame = offset + pass * mul / div.
struct Placement {
  int x{0};
  int y{0};
  int mul{1};
  int div{1};
  [[nodiscard]] Point in_frame(int pass_x, int pass_y) const {
    return {x + pass_x * mul / div, y + pass_y * mul / div};
  }
};

Point middle_of(const Symbol& symbol) {
  Point sum;
  for (const Point& corner : symbol.corners) sum = {sum.x + corner.x, sum.y + corner.y};
  return {sum.x / 4, sum.y / 4};
}

struct Box {
  int left, top, right, bottom;
};

Box box_of(const Symbol& symbol) {
  const auto [left, right] =
      std::minmax({symbol.corners[0].x, symbol.corners[1].x, symbol.corners[2].x, symbol.corners[3].x});
  const auto [top, bottom] =
      std::minmax({symbol.corners[0].y, symbol.corners[1].y, symbol.corners[2].y, symbol.corners[3].y});
  return {left, top, right, bottom};
}

// Two passes that read the same code agree about its text and, roughly, about its place.
bool same_code(const Symbol& a, const Symbol& b) {
  if (a.text != b.text) return false;
  const Box box = box_of(a);
  const Point middle = middle_of(b);
  return middle.x >= box.left && middle.x <= box.right && middle.y >= box.top && middle.y <= box.bottom;
}

// From top to bottom, and what is level with the first of a row from left to right.
void put_in_reading_order(std::vector<Symbol>& symbols) {
  std::sort(symbols.begin(), symbols.end(), [](const Symbol& a, const Symbol& b) {
    return std::pair{middle_of(a).y, middle_of(a).x} < std::pair{middle_of(b).y, middle_of(b).x};
  });
  for (auto first = symbols.begin(); first != symbols.end();) {
    const Box box = box_of(*first);
    const int level = middle_of(*first).y + (box.bottom - box.top) / 2;
    const auto next_row =
        std::find_if(first, symbols.end(), [level](const Symbol& s) { return middle_of(s).y > level; });
    std::sort(first, next_row,
              [](const Symbol& a, const Symbol& b) { return middle_of(a).x < middle_of(b).x; });
    first = next_row;
  }
}

// The passes over one frame, and what they have read so far.
class Reading {
 public:
  Reading(GrayView frame, const DecodeOptions& options)
      : frame_(frame), max_symbols_(std::clamp(options.max_symbols, 1, kMaxSymbolsPerFrame)) {}

  [[nodiscard]] bool empty() const { return found_.empty(); }
  [[nodiscard]] std::vector<Symbol> take() {
    put_in_reading_order(found_);
    return std::move(found_);
  }

  void look(GrayView view, const Placement& place, Scales scales = Scales::one) {
    if (view.empty() || std::min(view.width, view.height) < kMinSidePixels || full()) return;
    try {
      for (const auto& read : ask_engine(view, {scales, max_symbols_})) {
        if (!read.isValid()) continue;
        Symbol symbol{read.text(), ZXing::ToString(read.format()), {}};
        for (int corner = 0; corner < 4; ++corner) {
          const auto& at = read.position()[static_cast<std::size_t>(corner)];
          symbol.corners[static_cast<std::size_t>(corner)] = place.in_frame(at.x, at.y);
        }
        add(std::move(symbol));
      }
    } catch (const std::exception&) {
      // The engine gave up on these pixels: nothing was read in this pass, and the next may do better.
      return;
    }
  }

  // The whole frame at about kLowSidePixels, dark on light or inverted.
  void look_low(bool inverted) {
    const int factor =
        std::clamp((std::max(frame_.width, frame_.height) + kLowSidePixels / 2) / kLowSidePixels, 1, 16);
    if (std::min(frame_.width, frame_.height) < factor * kMinSidePixels) return;
    const Placement place{0, 0, factor, 1};
    if (factor == 1 && !inverted) return look(frame_, place);
    const GrayFrame low = shrink(frame_, factor);
    look(inverted ? invert(low.view()).view() : low.view(), place);
  }

  // One region brought to about kRegionSidePixels: plain, inverted, then the same sharpened.
  void look_region(const Region& region, bool sharpened) {
    const GrayView part = frame_.part(region.x, region.y, region.width, region.height);
    const int side = std::max(part.width, part.height);
    if (std::min(part.width, part.height) < kMinSidePixels) return;
    const int factor = std::clamp((side + kRegionSidePixels / 2) / kRegionSidePixels, 1, 16);
    const bool up = side * 2 <= kRegionSidePixels * 3 / 2;
    const Placement place =
        up ? Placement{region.x, region.y, 1, 2} : Placement{region.x, region.y, factor, 1};
    GrayFrame sized = up ? enlarge(part) : shrink(part, std::min(factor, std::min(part.width, part.height)));
    if (sharpened) sized = sharpen(sized.view());
    look(sized.view(), place);
    if (empty() || thorough_) look(invert(sized.view()).view(), place);
  }

  void be_thorough() { thorough_ = true; }

 private:
  [[nodiscard]] bool full() const { return static_cast<int>(found_.size()) >= max_symbols_; }

  void add(Symbol symbol) {
    if (full() || symbol.text.size() > kMaxSymbolBytes) return;
    if (std::any_of(found_.begin(), found_.end(), [&](const Symbol& s) { return same_code(s, symbol); }))
      return;
    found_.push_back(std::move(symbol));
  }

  GrayView frame_;
  int max_symbols_;
  bool thorough_{false};
  std::vector<Symbol> found_;
};

// Cheapest first; each step only while nothing is read.
void read_quickly(Reading& reading, GrayView view) {
  reading.look_low(false);
  if (!reading.empty()) return;
  const std::vector<Region> regions = find_regions(view, kQuickRegions);
  for (const bool sharpened : {false, true}) {
    for (const Region& region : regions) {
      reading.look_region(region, sharpened);
      if (!reading.empty()) return;
    }
  }
  reading.look_low(true);
}

void read_thoroughly(Reading& reading, GrayView view) {
  reading.be_thorough();
  reading.look(view, {}, Scales::several);
  reading.look_low(false);
  reading.look_low(true);
  for (const Region& region : find_regions(view, kMaxRegions)) {
    reading.look_region(region, false);
    reading.look_region(region, true);
  }
  reading.look(invert(view).view(), {}, Scales::several);
}

}  // namespace

std::vector<Symbol> decode(GrayView view, const DecodeOptions& options) {
  if (view.empty() || !fits_frame(view.width, view.height)) return {};
  Reading reading(view, options);
  if (options.effort == Effort::thorough) {
    read_thoroughly(reading, view);
  } else {
    read_quickly(reading, view);
  }
  return reading.take();
}

}  // namespace lanyard::scanner
