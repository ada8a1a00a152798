// Frames without a code, and what in them might be taken for one: clothes, tiles, print, stripes, dots. PURE.
// Threads: reentrant.
#pragma once

#include <cstdint>
#include <string_view>

#include "tests/e2e/arrivals/scene.hpp"
#include "tests/e2e/arrivals/things.hpp"

namespace lanyard::arrivals {

enum class ClutterKind : std::uint8_t {
  hall,      // and nobody before it
  visitor,   // somebody, with empty hands
  print,     // a page of text
  card,      // a badge with its print, and without its code
  plaid,     // a woven cloth
  checkers,  // a board, of which no square is of a code's size alone
  stripes,   // a bar code's, and a shirt's
  dots,      // a screen of dots, as printed pictures have them
  lanyard,   // a strap with small print, again and again
  modules,   // black and white squares at random: a code without any of its patterns
  finders,   // rings of squares, as a code's corners have them, and no code about them
};
inline constexpr int kClutterKinds = 11;
[[nodiscard]] std::string_view to_name(ClutterKind kind);

// As a flat thing that can be held up; empty for the first two.
[[nodiscard]] Thing clutter_thing(ClutterKind kind, std::uint64_t seed);

// Held up like a badge, at any distance, in light, blur and noise of the venue's. `thing` and `hall` outlive
// the scene; an empty thing is none.
[[nodiscard]] Scene cluttered(ClutterKind kind, const Thing& thing, const Hall& hall, std::uint64_t seed);

}  // namespace lanyard::arrivals
