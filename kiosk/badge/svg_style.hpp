// Where an element of an SVG stands, and how it is styled. PURE. Threads: reentrant.
// Source: SVG 1.1, 7.6 (transform), 6.4 (style attributes), 7.10 (units).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <pugixml.hpp>

namespace lanyard::kiosk {

// x' = a x + c y + e, y' = b x + d y + f.
struct Affine {
  double a{1};
  double b{0};
  double c{0};
  double d{1};
  double e{0};
  double f{0};
  [[nodiscard]] bool is_upright() const;  // neither turned nor mirrored nor skewed
};
[[nodiscard]] Affine operator*(const Affine& outer, const Affine& inner);

// nullopt: not a list of transforms.
[[nodiscard]] std::optional<Affine> parse_transform(std::string_view text);
// Of the element's own coordinates, to the root's user units. nullopt if one of its transforms is none.
[[nodiscard]] std::optional<Affine> to_root(pugi::xml_node node);

// The value that holds for the element: its own style, its own attribute, or what it inherits; "" if none.
[[nodiscard]] std::string style_of(pugi::xml_node node, const char* property);
// "12px", "5mm", "9" in user units; nullopt if it is none.
[[nodiscard]] std::optional<double> length_of(std::string_view text);
// "#10233f", "#123", "rgb(1, 2, 3)" or one of CSS' first sixteen names.
[[nodiscard]] std::optional<std::uint32_t> colour_of(std::string_view text);
// "#10233f"
[[nodiscard]] std::string css_colour(std::uint32_t rgb);

// Of ASCII's letters.
[[nodiscard]] std::string lower_case(std::string_view text);

// "105mm" -> 105; nullopt if it is not in millimetres, or none that paper has.
[[nodiscard]] std::optional<double> millimetres(std::string_view text);

}  // namespace lanyard::kiosk
