// One text in its slot on the page: shaped in any script, shrunk until it fits, then on more lines; never
// clipped. The page's only door to Pango.
#pragma once

#include <string>
#include <string_view>

#include <cairo.h>

#include "kiosk/badge/text_slot.hpp"

namespace lanyard::kiosk {

struct TextDrawn {
  bool fits{true};         // false: it had to go below the smallest size of the slot
  int without_letters{0};  // characters that no font here has
};

// Draws `text` (UTF-8; what is not is replaced) on `cairo`, whose unit is a millimetre.
TextDrawn draw_text(cairo_t* cairo, const TextSlot& slot, std::string_view text, std::string_view language);

// Whether this machine has a font family of this name.
[[nodiscard]] bool is_font_here(const std::string& family);

}  // namespace lanyard::kiosk
