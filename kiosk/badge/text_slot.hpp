// Where texts, codes and pictures go on a page, and how a text looks. Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lanyard::kiosk {

// Noto Sans: a capital letter is this share of the em (OS/2 sCapHeight 714 of 1000).
inline constexpr double kCapOfEm = 0.714;

struct TextSlot {
  double x_mm{0};
  double y_mm{0};
  double width_mm{0};
  double height_mm{0};
  double size_mm{5};      // height of a capital letter, at most
  double min_size_mm{2};  // below this staff are told
  int weight{400};
  int lines{1};  // at most; of one line or several, the one that allows the larger letters
  enum class Align : std::uint8_t { start, center, end };
  Align align{Align::start};  // start: where reading starts, the right edge for a text from right to left
  Align valign{Align::start};
  std::uint32_t colour_rgb{0};
  std::string font{"Noto Sans"};
  std::optional<double> baseline_mm{};  // of the first line; valign is then of no matter
};

// In millimetres of a side, from its upper left corner.
struct Box {
  double x{0};
  double y{0};
  double width{0};
  double height{0};
};

// What the program writes, where it is found in the artwork.
struct TextPlace {
  std::string id;       // for people: "slot-name", or the pattern
  std::string pattern;  // "{{name}}"
  TextSlot slot;
};

// How a side lies in its drawing.
struct Placing {
  double x{0};  // of its upper left corner, in the drawing's units
  double y{0};
  double mm_per_unit{1};
  double width_mm{0};
  double height_mm{0};
};

}  // namespace lanyard::kiosk
