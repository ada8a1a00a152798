#include "scanner/pipeline.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "scanner/engine.hpp"

namespace lanyard::scanner {
namespace {

constexpr std::size_t kRegions = 2;  // that are read
constexpr int kMaxFactor = 16;
// A plain look is cheap, so more finder patterns are tried as a symbol's; to bend a grid is dear.
constexpr qr::Diligence kPlain{.triples = 8, .bent = false, .symbols = 1};
constexpr qr::Diligence kBent{.triples = 12, .bent = true, .symbols = 1};
// Around what was seen: it moves by less than this share of its size from frame to frame.
constexpr int kSightingMarginPercent = 40;
constexpr double kFarthest = 4.0 * kMaxFrameSidePixels;

Point middle_of(const Symbol& symbol) {
  Point sum;
  for (const Point& corner : symbol.corners) sum = {sum.x + corner.x, sum.y + corner.y};
  return {sum.x / 4, sum.y / 4};
}

struct Box {
  int left, top, right, bottom;
};

template <class Corners>
Box corners_box(const Corners& corners) {
  const auto [left, right] = std::minmax({corners[0].x, corners[1].x, corners[2].x, corners[3].x});
  const auto [top, bottom] = std::minmax({corners[0].y, corners[1].y, corners[2].y, corners[3].y});
  return {static_cast<int>(left), static_cast<int>(top), static_cast<int>(right), static_cast<int>(bottom)};
}

// Two passes that read the same code agree about its text and, roughly, about its place.
bool same_code(const Symbol& a, const Symbol& b) {
  if (a.text != b.text) return false;
  const Box box = corners_box(a.corners);
  const Point middle = middle_of(b);
  return middle.x >= box.left && middle.x <= box.right && middle.y >= box.top && middle.y <= box.bottom;
}

int factor_for(int side, int wanted) {
  return wanted == 0 ? 1 : std::clamp((side + wanted / 2) / wanted, 1, kMaxFactor);
}

constexpr auto whole = Pass::Where::whole;
constexpr auto regions = Pass::Where::regions;
using enum Pass::By;

constexpr std::array kPicturePasses{
    Pass{"whole 220", whole, 220, false, own},
    Pass{"whole 450", whole, 450, false, own},
    Pass{"zxing region 320", regions, 320, false, engine},
    Pass{"zxing 640", whole, 640, false, engine},
    Pass{"whole 900", whole, 900, false, own},
    Pass{"sharp 320", whole, 320, true, own},
    Pass{"zxing sharp region 320", regions, 320, true, engine},
    Pass{"sharp 640", whole, 640, true, own},
    Pass{"zxing even 640", whole, 640, false, engine_even},
    Pass{"bent 320", whole, 320, false, own_bent},
    // From here on dear.
    Pass{"whole bent", whole, 0, false, own_bent},
    Pass{"sharp bent 640", whole, 640, true, own_bent},
    Pass{"sharp bent region 640", regions, 640, true, own_bent},
    Pass{"sharp whole", whole, 0, true, own_bent},
    Pass{"region 320", regions, 320, false, own_bent},
    Pass{"sharp region 480", regions, 480, true, own_bent},
    Pass{"zxing sharp 640", whole, 640, true, engine},
    Pass{"zxing sharp turned region 320", regions, 320, true, engine_turned},
    Pass{"zxing scales", whole, 0, false, engine_scales},
    Pass{"zxing even", whole, 0, false, engine_even},
    Pass{"zxing sharp", whole, 0, true, engine},
};
constexpr std::size_t kQuickPicturePasses = 10;

}  // namespace

Region box_of(const Symbol& symbol, GrayView frame) {
  const Box box = corners_box(symbol.corners);
  return grown({box.left, box.top, box.right - box.left, box.bottom - box.top}, 0, frame);
}

std::span<const Pass> picture_passes() {
  return kPicturePasses;
}
std::size_t quick_picture_passes() {
  return kQuickPicturePasses;
}

Point Pipeline::Placement::in_frame(double pass_x, double pass_y) const {
  // A grid that hardly fits may have a corner beyond all measure, or none.
  const auto placed = [this](double at) {
    return static_cast<int>(std::lround(std::min(kFarthest, std::max(-kFarthest, at * mul / div))));
  };
  return {x + placed(pass_x), y + placed(pass_y)};
}

void Pipeline::begin(GrayView frame, int max_symbols, const Symbologies& symbologies, const Region& last) {
  frame_ = frame;
  max_symbols_ = std::clamp(max_symbols, 1, kMaxSymbolsPerFrame);
  symbologies_ = symbologies;
  last_ = last;
  stacked_ = {};
  sighting_ = {};
  std::fill_n(dense_.begin(), kStrongDense, Dense{});
  found_.clear();
  strong_.known = false;
  faint_.known = false;
  for (Copy& copy : copies_) copy.factor = 0;
}

bool Pipeline::run(const Pass& pass) {
  switch (pass.where) {
    case whole:
      look({0, 0, frame_.width, frame_.height}, pass);
      return true;
    case regions:
    case Pass::Where::faint_regions:
      return look_at_regions(pass);
    case Pass::Where::sighting:
      if (last_.width <= 0 || last_.height <= 0) return false;
      look(grown(last_, std::max(last_.width, last_.height) * kSightingMarginPercent / 100, frame_), pass);
      return true;
    case Pass::Where::stack:
      if (stacked_.view.empty()) return false;
      look_at(stacked_.view, {stacked_.x, stacked_.y, stacked_.factor, 1}, pass, false);
      return true;
  }
  return false;
}

GrayView Pipeline::small() {
  const int factor = RegionFinder::factor_for(frame_);
  return factor == 0 ? GrayView{} : whole_at(factor);
}

bool Pipeline::look_at_regions(const Pass& pass) {
  const bool faint = pass.where == Pass::Where::faint_regions;
  Regions& found_regions = faint ? faint_ : strong_;
  if (!found_regions.known) {
    const int most = static_cast<int>(faint ? kDense - kStrongDense : kStrongDense);
    found_regions.places = region_finder_.find(frame_, small(), most, faint ? Edges::any : Edges::strong);
    found_regions.known = true;
    const auto first = dense_.begin() + (faint ? kStrongDense : 0);
    std::fill(first, faint ? dense_.end() : first + kStrongDense, Dense{});
    std::transform(found_regions.places.begin(), found_regions.places.end(), region_finder_.peaks().begin(),
                   first, [](const Region& place, const Region& peak) {
                     return Dense{place, peak};
                   });
    if (found_regions.places.size() > kRegions) found_regions.places.resize(kRegions);
  }
  for (const Region& region : found_regions.places) {
    const std::size_t before = found_.size();
    look(region, pass);
    if (found_.size() > before && max_symbols_ == 1) break;
  }
  return !found_regions.places.empty();
}

GrayView Pipeline::whole_at(int factor) {
  if (factor == 1) return frame_;
  Copy* copy = &copies_.front();
  for (Copy& known : copies_) {
    if (known.factor == factor) return known.sheet.view();
    if (known.factor == 0) copy = &known;
  }
  copy->factor = factor;
  return shrink(frame_, factor, copy->sheet);
}

void Pipeline::look(const Region& part, const Pass& pass) {
  const bool is_whole = part.width == frame_.width && part.height == frame_.height;
  const GrayView view = is_whole ? frame_ : frame_.part(part.x, part.y, part.width, part.height);
  look_at(view, {part.x, part.y, 1, 1}, pass, is_whole);
}

// `place`: of the view's pixels as they are.
void Pipeline::look_at(GrayView view, Placement place, const Pass& pass, bool is_whole) {
  const int shorter = std::min(view.width, view.height);
  const int longer = std::max(view.width, view.height);
  if (shorter < kLeastSymbolSide || full()) return;
  const bool up = pass.side != 0 && longer * 2 <= pass.side * 3 / 2;
  const int factor = std::clamp(factor_for(longer, pass.side), 1, std::max(1, shorter / kLeastSymbolSide));
  if (up) {
    view = enlarge(view, sized_);
    place.div *= 2;
  } else if (factor > 1) {
    view = is_whole ? whole_at(factor) : shrink(view, factor, sized_);
    place.mul *= factor;
  }
  if (pass.sharp) view = sharpen(view, soft_, sharp_);
  if (pass.by == own || pass.by == own_bent) {
    read_by_own(view, place, pass.by == own_bent);
  } else {
    read_by_engine(view, place, pass.by);
  }
}

void Pipeline::read_by_own(GrayView view, const Placement& place, bool bent) {
  qr::Diligence diligence = bent ? kBent : kPlain;
  diligence.symbols = max_symbols_;
  for (const qr::FoundSymbol& seen : reader_.read(view, diligence)) {
    auto text = text_of_seen(seen.symbol);
    if (!text) continue;
    Symbol symbol{std::move(*text), "QRCode", {}, seen.symbol.sure};
    for (std::size_t corner = 0; corner < 4; ++corner) {
      symbol.corners[corner] = place.in_frame(seen.corners[corner].x, seen.corners[corner].y);
    }
    add(std::move(symbol));
  }
  note_sight(place);
}

std::optional<std::string> Pipeline::text_of_seen(const qr::Symbol& symbol) {
  if (!understood_.empty() && symbol.dark == understood_) return text_;
  auto text = text_of(symbol);
  if (text) {
    understood_ = symbol.dark;
    text_ = *text;
  }
  return text;
}

void Pipeline::read_by_engine(GrayView view, const Placement& place, Pass::By by) {
  const EngineLook look{.several_scales = by == engine_scales,
                        .one_threshold = by == engine_even,
                        .dark_turned = by == engine_scales,
                        .max_symbols = max_symbols_,
                        .symbologies = symbologies_};
  if (by == engine_turned) view = invert(view, turned_);
  std::vector<Symbol> symbols = ask_engine(view, look);
  if (symbols.empty() && look.dark_turned && !engine_turns())
    symbols = ask_engine(invert(view, turned_), look);
  for (Symbol& symbol : symbols) {
    for (Point& corner : symbol.corners) corner = place.in_frame(corner.x, corner.y);
    add(std::move(symbol));
  }
}

void Pipeline::note_sight(const Placement& place) {
  const qr::Sight& sight = reader_.sight();
  sighting_.finders = std::max(sighting_.finders, sight.finders);
  if (sight.dimension == 0 || sight.likeness <= sighting_.likeness) return;
  sighting_.likeness = sight.likeness;
  sighting_.dimension = sight.dimension;
  sighting_.module_pixels = static_cast<double>(sight.module_pixels) * place.mul / place.div;
  for (std::size_t corner = 0; corner < 4; ++corner) {
    sighting_.corners[corner] = place.in_frame(sight.corners[corner].x, sight.corners[corner].y);
  }
  const Box box = corners_box(sight.corners);
  const Point left_top = place.in_frame(box.left, box.top);
  const Point right_bottom = place.in_frame(box.right, box.bottom);
  sighting_.place = {left_top.x, left_top.y, right_bottom.x - left_top.x, right_bottom.y - left_top.y};
}

void Pipeline::add(Symbol symbol) {
  if (full() || symbol.text.empty() || symbol.text.size() > kMaxSymbolBytes) return;
  if (std::any_of(found_.begin(), found_.end(), [&](const Symbol& s) { return same_code(s, symbol); }))
    return;
  found_.push_back(std::move(symbol));
}

std::vector<Symbol> Pipeline::take_in_reading_order() {
  std::vector<Symbol> symbols = std::move(found_);
  found_.clear();
  std::sort(symbols.begin(), symbols.end(), [](const Symbol& a, const Symbol& b) {
    return std::pair{middle_of(a).y, middle_of(a).x} < std::pair{middle_of(b).y, middle_of(b).x};
  });
  for (auto first = symbols.begin(); first != symbols.end();) {
    const Box box = corners_box(first->corners);
    const int level = middle_of(*first).y + (box.bottom - box.top) / 2;
    const auto next_row =
        std::find_if(first, symbols.end(), [level](const Symbol& s) { return middle_of(s).y > level; });
    std::sort(first, next_row,
              [](const Symbol& a, const Symbol& b) { return middle_of(a).x < middle_of(b).x; });
    first = next_row;
  }
  return symbols;
}

}  // namespace lanyard::scanner
