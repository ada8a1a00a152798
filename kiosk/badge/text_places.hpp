// Where a template's drawing has places for the program to write in, and how these look. PURE. Threads:
// reentrant.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "kiosk/badge/text_slot.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

[[nodiscard]] std::string id_of(const pugi::xml_node& node);
// An error that names the element.
[[nodiscard]] tl::unexpected<sync::Error> wrong_slot(const pugi::xml_node& node, std::string_view what);

[[nodiscard]] bool is_slot(const pugi::xml_node& node);
// "slot-name" and "slot-name-2" are both of the name: an id may stand but once in a file.
[[nodiscard]] std::string field_of_slot(const std::string& id);
// A slot's rectangle. Errors: invalid if it is none, or turned.
[[nodiscard]] sync::Expected<Box> box_of(const pugi::xml_node& node, const Placing& side);
[[nodiscard]] bool is_inside(const Box& box, const Placing& side);
[[nodiscard]] TextPlace place_of_rect(const pugi::xml_node& node, const Box& box);

// All that stands in an element, the words of its children as well.
[[nodiscard]] std::string words_of(const pugi::xml_node& node);
// The lines of a <text> that have fields in them: Inkscape's <tspan sodipodi:role="line">, or the whole.
[[nodiscard]] std::vector<pugi::xml_node> lines_with_fields(const pugi::xml_node& text);
// A line of text with fields in it: <text> or one of its <tspan>s.
[[nodiscard]] sync::Expected<TextPlace> place_of_text(const pugi::xml_node& line, const Placing& side);
// Of a CSS list of families: the first, or Noto Sans for a generic one.
[[nodiscard]] std::string first_family(const std::string& css);

}  // namespace lanyard::kiosk
