// One text in its slot on the page: shaped in any script, shrunk until it fits, then on more lines; never
// clipped.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <cairo.h>

namespace lanyard::kiosk {

struct TextSlot {
  double x_mm{0};
  double y_mm{0};
  double width_mm{0};
  double height_mm{0};
  double size_mm{5};      // height of a capital letter, at most
  double min_size_mm{2};  // below this staff are told
  int weight{400};
  int lines{1};  // at most; of one line or several, the one that allows the larger letters
  enum class Align { start, center, end };
  Align align{Align::start};  // start: where reading starts, the right edge for a text from right to left
  Align valign{Align::start};
  std::uint32_t colour_rgb{0};
};

// Draws `text` (UTF-8; what is not is replaced) on `cairo`, whose unit is a millimetre. False if it had to go
// below the smallest size of the slot to fit.
bool draw_text(cairo_t* cairo, const TextSlot& slot, std::string_view text, std::string_view language);

}  // namespace lanyard::kiosk
