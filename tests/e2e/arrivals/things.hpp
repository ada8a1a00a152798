// What delegates hold up: a badge in its sleeve, a phone, a letter. Textures in millimetres, with the hand
// that holds them. PURE. Threads: reentrant; a Thing is read-only once made.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "kiosk/badge/qr_code.hpp"
#include "scanner/frame.hpp"
#include "sync/error.hpp"
#include "tests/e2e/arrivals/geometry.hpp"
#include "tests/e2e/arrivals/texture.hpp"

namespace lanyard::arrivals {

enum class Surface : std::uint8_t {
  paper,   // reflects the light of the room
  glossy,  // and its lamps as well
  screen,  // shines
};

struct Thing {
  Texture texture;
  double texels_per_mm{8};
  Vec2 code_centre;     // texels
  double code_mm{0};    // its side, without the quiet zone
  int modules{0};       // of that side
  double code_dark{0};  // grey levels of the texture: of its dark modules, or of a light code's dark ground
  double code_light{255};
  Vec2 hand;  // texels; where the arm begins
  Surface surface{Surface::paper};
};

// A page that a badge template made, at `dpi`. `code_corners`: pixels of the page, clockwise from the
// symbol's top left.
struct BadgePicture {
  scanner::GrayView page;
  int dpi{200};
  std::array<Vec2, 4> code_corners{};
  int modules{0};
  double code_dark{0};  // grey levels of the page
  double code_light{255};
};
[[nodiscard]] Thing badge_thing(const BadgePicture& badge, std::uint64_t seed);

// `light_on_dark`: as apps in their night colours show codes.
[[nodiscard]] Thing phone_thing(const kiosk::QrCode& code, bool light_on_dark, std::uint64_t seed);

// A letter that was folded into a pocket.
[[nodiscard]] Thing letter_thing(const kiosk::QrCode& code, std::uint64_t seed);

// From a plane in millimetres, whose origin is the code's centre, to the thing's texels.
[[nodiscard]] Homography texels_to_frame(const Thing& thing, const Homography& plane_to_frame);

}  // namespace lanyard::arrivals
