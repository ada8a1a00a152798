// What a part of a frame looks like, in figures: how light, how busy, how sharp, and whether it is as evenly
// mixed of dark and light as a code is. A few thousand pixels are looked at, and some lines whole: cheap
// enough for every frame. PURE. Threads: reentrant; no memory is asked for.
#pragma once

#include "scanner/passes.hpp"

namespace lanyard::scanner {

struct Field {
  Region place;     // what was looked at; no width: too small a part, and all else is unset
  int dark{0};      // grey level, of the darkest few in a hundred
  int light{0};     // and of the lightest
  double busy{0};   // share of its 36 cells that hold both dark and light, of those that are not blown out
  double blown{0};  // share of the cells that are white and nothing else: of a code none is
  double white_paper{0};  // share of the light pixels of the other cells that are white for being blown out
  double dark_share{0};   // of the pixels that are not white for being blown out
  double between{0};      // share of the pixels that are neither dark nor light
  double edge_px{0};      // from dark to light, at the sharpest edges
  double run_px{0};       // mean length of what is dark or light on end; of a sharp code about two modules
  double run_spread{0};   // deviation of these lengths over their mean: 0 of a chequered board
  // How much stronger edges are in the direction that has most of them. About 1 of a code; more if it is
  // smeared or foreshortened.
  double one_sided{1};  // 1 at least
  // The extent of what is busy along that direction over its extent across it. About 1 of a smeared code;
  // less of a foreshortened one.
  double extent{1};

  [[nodiscard]] int contrast() const { return light - dark; }
};

// Of a part that may reach beyond the frame.
[[nodiscard]] Field field_of(GrayView frame, const Region& part);

// Without the outer cells that are not busy: what a finder of regions leaves about a code.
[[nodiscard]] Field trimmed_field_of(GrayView frame, const Region& part);

}  // namespace lanyard::scanner
