// The drawn signs: each meaning has a shape of its own, so that no colour has to carry it. Threads: as
// Canvas.
#pragma once

#include <cstdint>

#include "kiosk/face/canvas.hpp"

namespace lanyard::kiosk {

enum class Glyph : std::uint8_t {
  tick,      // welcome
  wave,      // goodbye: an open door with a way out
  clock,     // not at this time
  signpost,  // not at this place
  desk,      // someone there will help
  people,    // together with someone
  inside,    // already in
  full,      // no place free
  badge,     // hold up, or use another badge
  calendar,  // not on this day
  question,  // not known
  pause,     // out of order
  tool,      // maintenance: a spanner
  printer,
  down,  // below
  to_left,
  to_right,
  ahead,
  behind,  // turn round
  upstairs,
  downstairs,
  go,  // on, in the direction of reading
  back,
  next,  // of pages, as `back` is to the one before
  erase,
  search,
  cross,
  contrast,      // a disc, half of it full
  large_type,    // a small letter and a large one
  within_reach,  // a person in a wheelchair
  chart,         // how it goes: bars on a line
  attention,     // a triangle: somebody should look at it
  dash,          // nothing there, and nothing amiss
  speech,        // read aloud: a loudspeaker, and what comes from it
};

// In the middle of the box, as a square. `drawn`: how much of its lines is there already.
void draw_glyph(Canvas& canvas, Glyph glyph, const Rect& box, Rgb colour, float thick, float drawn = 1);

// A delegate's badge, as it is worn: a card on a strap, with its square code. `solid`: 0 an outline, 1 a
// card.
void draw_badge_sign(Canvas& canvas, const Rect& box, Rgb line, Rgb card, float solid, float visible);

}  // namespace lanyard::kiosk
