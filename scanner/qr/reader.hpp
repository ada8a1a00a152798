// A picture's QR codes, as they were drawn. Reads no text: that is the engine's, which gets a faultless
// symbol. PURE. Threads: a SymbolReader belongs to one thread; it keeps its memory from picture to picture.
#pragma once

#include <array>
#include <vector>

#include "scanner/frame.hpp"
#include "scanner/qr/grid.hpp"
#include "scanner/qr/mend.hpp"

namespace lanyard::scanner::qr {

struct FoundSymbol {
  Symbol symbol;
  std::array<Spot, 4> corners{};  // clockwise from the symbol's top left, in pixels of the picture
};

struct Diligence {
  int triples{4};    // finder patterns taken for one symbol, tried at most
  bool bent{false};  // whether paper may be bent, and the quiet zone be forgotten: dear
  int symbols{1};    // enough
};

// What a look at a picture came to, read or not.
struct Sight {
  int finders{0};
  // Of the grid that was most like a symbol:
  double likeness{0};
  std::array<Spot, 4> corners{};  // clockwise from the top left
  float module_pixels{0};
  int dimension{0};  // modules; 0: there was no grid
};

class SymbolReader {
 public:
  [[nodiscard]] std::vector<FoundSymbol> read(GrayView view, const Diligence& diligence);
  [[nodiscard]] const Sight& sight() const { return sight_; }

 private:
  Contrast contrast_;
  std::vector<int> runs_;
  std::vector<Finder> finders_;
  std::vector<Triple> triples_;
  Sight sight_;
};

}  // namespace lanyard::scanner::qr
