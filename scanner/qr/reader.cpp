#include "scanner/qr/reader.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace lanyard::scanner::qr {
namespace {

// What is less like a symbol's known patterns is not one.
constexpr double kLeastLikeness = 0.5;

// Rows and diagonals that show a finder pattern before it counts as one: noise and print show many for a row.
constexpr int kSeenForSure = 6;

std::optional<Symbol> read_modules(Sampler& sampler) {
  for (const Sampling sampling : {Sampling::plain, Sampling::sharp}) {
    const SeenModules seen = sampler.sample(sampling);
    if (likeness(seen) < kLeastLikeness) continue;
    if (auto symbol = mend(seen)) return symbol;
  }
  return std::nullopt;
}

bool is_part_of(const Finder& finder, const FoundSymbol& found) {
  float left = found.corners[0].x, right = left, top = found.corners[0].y, bottom = top;
  for (const Spot& corner : found.corners) {
    left = std::min(left, corner.x);
    right = std::max(right, corner.x);
    top = std::min(top, corner.y);
    bottom = std::max(bottom, corner.y);
  }
  return finder.x > left && finder.x < right && finder.y > top && finder.y < bottom;
}

}  // namespace

std::vector<FoundSymbol> SymbolReader::read(GrayView view, const Diligence& diligence) {
  std::vector<FoundSymbol> found;
  sight_ = {};
  if (view.empty() || std::min(view.width, view.height) < Contrast::kLeastSidePixels) return found;
  contrast_.look_at(view);
  find_finders(contrast_, diligence.bent ? Surroundings::any : Surroundings::quiet, runs_, finders_);
  sight_.finders = static_cast<int>(std::count_if(finders_.begin(), finders_.end(),
                                                  [](const Finder& f) { return f.seen >= kSeenForSure; }));
  if (finders_.size() < 3) return found;
  int tried = 0;
  find_triples(finders_, triples_);
  for (const Triple& triple : triples_) {
    const auto known = [&](const Finder& finder) {
      return std::any_of(found.begin(), found.end(),
                         [&](const FoundSymbol& f) { return is_part_of(finder, f); });
    };
    if (known(triple.corner) || known(triple.right) || known(triple.below)) continue;
    if (tried++ >= diligence.triples) break;
    const auto fitted = fit(contrast_, triple);
    if (!fitted) continue;
    if (fitted->likeness > sight_.likeness) {
      const auto side = static_cast<float>(fitted->grid.dimension());
      const Grid& grid = fitted->grid;
      sight_.likeness = fitted->likeness;
      sight_.corners = {grid.at(0, 0), grid.at(side, 0), grid.at(side, side), grid.at(0, side)};
      sight_.module_pixels = fitted->grid.module_pixels();
      sight_.dimension = fitted->grid.dimension();
    }
    if (fitted->likeness < kLeastLikeness) continue;
    const bool inverted = triple.corner.light_on_dark;
    Sampler sampler(contrast_, fitted->grid, inverted);
    auto symbol = read_modules(sampler);
    if (!symbol) {
      sampler = Sampler(contrast_, fit_all(contrast_, fitted->grid, inverted), inverted);
      symbol = read_modules(sampler);
    }
    if (!symbol && diligence.bent) {
      sampler.bend();
      symbol = read_modules(sampler);
    }
    if (!symbol) continue;
    const auto side = static_cast<float>(fitted->grid.dimension());
    found.push_back({std::move(*symbol),
                     {sampler.at(0, 0), sampler.at(side, 0), sampler.at(side, side), sampler.at(0, side)}});
    if (static_cast<int>(found.size()) >= diligence.symbols) break;
  }
  return found;
}

}  // namespace lanyard::scanner::qr
