// What a picture of a screen itself says, whatever its colours were meant to be: whether its texts and its
// controls stand out from what is really around them. Threads: reentrant.
#pragma once

#include <string>
#include <vector>

#include "kiosk/face/png_file.hpp"
#include "kiosk/face/semantics.hpp"
#include "kiosk/face/theme.hpp"

namespace lanyard::kiosk {

struct PixelFinding {
  std::string id;
  std::string label;
  double contrast{0};
  double least{0};
};

// Of every text: the strongest of its ink against the faintest of the ground right around it. Of every
// control: its edge, its filling or its sign against what is outside. `list` is of the same frame.
[[nodiscard]] std::vector<PixelFinding> too_faint(const SemanticList& list, const RgbPicture& picture,
                                                  const Metrics& panel);

// Items of the same id in a screen and in its mirror: what does not stand at the other side in the other.
[[nodiscard]] std::vector<std::string> not_mirrored(const SemanticList& one, const SemanticList& mirror,
                                                    const Metrics& panel);

// Pairs of a delegate's controls with less than 2 mm between them.
[[nodiscard]] std::vector<std::string> too_close(const SemanticList& list, const Metrics& panel);

}  // namespace lanyard::kiosk
