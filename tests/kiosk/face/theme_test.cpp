#include "kiosk/face/theme.hpp"

#include <cmath>

#include "tests/catch.hpp"

namespace lanyard::kiosk {

TEST_CASE("contrast is that of WCAG") {
  CHECK(std::abs(contrast(rgb(0x000000), rgb(0xFFFFFF)) - 21.0) < 0.001);
  CHECK(std::abs(contrast(rgb(0x777777), rgb(0xFFFFFF)) - 4.48) < 0.01);
  CHECK(contrast(rgb(0x123456), rgb(0x123456)) == 1.0);
}

TEST_CASE("every pair of each theme has the contrast that it needs") {
  for (const Scheme scheme : {Scheme::dark, Scheme::light, Scheme::high_contrast}) {
    for (const Pair& pair : pairs_of(theme_of(scheme))) {
      INFO(static_cast<int>(scheme) << " " << pair.field << "." << pair.colour << " "
                                    << contrast(pair.one, pair.other) << " of " << pair.least);
      CHECK(contrast(pair.one, pair.other) >= pair.least);
    }
  }
}

TEST_CASE("high contrast is twice what is asked of the others") {
  const Theme& theme = theme_of(Scheme::high_contrast);
  for (const Field& field : {theme.night, theme.paper, theme.welcome, theme.pause}) {
    CHECK(contrast(field.ink, field.ground) > 20);
    CHECK(contrast(field.quiet, field.ground) > 20);
    CHECK(contrast(field.accent, field.ground) > 10);
  }
}

TEST_CASE("what a delegate must read has capitals of 7.3 mm") {
  CHECK(kType.body * 0.714F >= kDelegateCapMm);
  CHECK(kType.heading >= kType.body);
  CHECK(kType.title >= kType.body);
}

TEST_CASE("any category's colour can carry its name") {
  for (std::uint32_t hex = 0; hex <= 0xFFFFFF; hex += 0x030507) {
    const Rgb ground = legible_ground(rgb(hex));
    CHECK(contrast(ink_on(ground), ground) >= kTextContrast);
    CHECK(ink_on(ground) == ink_on(rgb(hex)));
  }
}

}  // namespace lanyard::kiosk
