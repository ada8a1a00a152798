// Where the letters stand, as data: four keyboards as their people know them, and which letters are forms of
// one another. PURE. Threads: reentrant.
//
// Sources: the layouts that Windows calls US, Russian and Arabic (101), in so far as they have letters; the
// alphabets of the languages named beside each family.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "kiosk/desk/state.hpp"

namespace lanyard::kiosk {

struct KeyboardLayout {
  std::string_view label;                    // as its people know it
  std::string_view language;                 // that its letters are drawn and said in; "": of the screen
  std::size_t columns;                       // keys of a row; erasing takes what the last row leaves
  std::array<std::string_view, 3> rows;      // letters, parted by blanks
  std::array<std::string_view, 3> capitals;  // where a name begins; the same where there are none
};
[[nodiscard]] const KeyboardLayout& layout_of(Keyboard);
// Whoever reads a screen in this language types in its script.
[[nodiscard]] Keyboard usual_keyboard(std::string_view language);
// Whether a letter after this query is the first of a name.
[[nodiscard]] bool begins_name(std::string_view query);

// The letter itself first, then its forms, the likeliest in front; empty for a letter without any.
[[nodiscard]] std::vector<std::string_view> forms_of(std::string_view letter);

// "a b c" as its letters.
[[nodiscard]] std::vector<std::string_view> letters_of(std::string_view row);

}  // namespace lanyard::kiosk
