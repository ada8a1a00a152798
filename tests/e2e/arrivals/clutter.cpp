#include "tests/e2e/arrivals/clutter.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "tests/e2e/arrivals/canvas.hpp"
#include "tests/e2e/arrivals/conditions.hpp"
#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::arrivals {
namespace {

constexpr double kClutterTexelsPerMm = 6;
// As if there were a code in the middle of it, by which the size of the thing is told.
constexpr double kNominalMm = 32;
constexpr int kNominalModules = 33;

void paint_print(Canvas& canvas, Random& random) {
  fill(canvas, random.between(215, 250));
  const double letter = random.between(1.6, 4) * kClutterTexelsPerMm;
  const double ink = random.between(10, 70);
  for (double y = letter; y + 2 * letter < canvas.height; y += letter * random.between(1.5, 2)) {
    if (random.chance(0.1)) continue;
    paint_words(canvas, {letter * 2, y}, canvas.width * random.between(0.5, 0.92), letter, ink, random);
  }
}

void paint_card(Canvas& canvas, Random& random) {
  fill(canvas, random.between(225, 250));
  const double width = canvas.width;
  const double ink = random.between(10, 60);
  paint_box(canvas, {0, 0, width, canvas.height * 0.18}, 0, {random.between(40, 170), 0.5, 1});
  paint_words(canvas, {width * 0.08, canvas.height * 0.06}, width * 0.7, 26, 240, random);
  paint_words(canvas, {width * 0.08, canvas.height * 0.28}, width * 0.8, 42, ink, random);
  for (int i = 0; i < 4; ++i) {
    paint_words(canvas, {width * 0.08, canvas.height * (0.4 + 0.06 * i)}, width * random.between(0.3, 0.8),
                22, ink, random);
  }
  // A photograph, or a seal.
  paint_box(canvas, {width * 0.3, canvas.height * 0.68, width * 0.4, width * 0.4}, 4,
            {random.between(80, 200), 1, 1});
  paint_ellipse(canvas, {width * 0.5, canvas.height * 0.8}, width * 0.1, width * 0.13,
                {random.between(40, 230), 3, 1});
}

void paint_plaid(Canvas& canvas, Random& random) {
  const double ground = random.between(60, 200);
  fill(canvas, ground);
  const double sett = random.between(8, 30) * kClutterTexelsPerMm;
  for (int band = 0; band < 5; ++band) {
    const double at = sett * random.between(0, 1);
    const double wide = sett * random.between(0.04, 0.3);
    const Paint paint{random.between(10, 245), 1.2, random.between(0.35, 0.9)};
    for (double x = at; x < canvas.width; x += sett)
      paint_box(canvas, {x, 0, wide, double(canvas.height)}, 0, paint);
    for (double y = at; y < canvas.height; y += sett)
      paint_box(canvas, {0, y, double(canvas.width), wide}, 0, paint);
  }
}

// Squares, dark where `is_dark(column, row)`.
template <class IsDark>
void paint_squares(Canvas& canvas, double side, double dark, double light, IsDark is_dark) {
  for (int y = 0; y < canvas.height; ++y) {
    const int row = static_cast<int>(y / side);
    for (int x = 0; x < canvas.width; ++x) {
      canvas.grey[canvas.at(x, y)] =
          static_cast<std::uint8_t>(is_dark(static_cast<int>(x / side), row) ? dark : light);
    }
  }
  std::fill(canvas.alpha.begin(), canvas.alpha.end(), std::uint8_t{255});
}

void paint_checkers(Canvas& canvas, Random& random) {
  paint_squares(canvas, random.between(0.8, 12) * kClutterTexelsPerMm, random.between(5, 70),
                random.between(160, 250), [](int column, int row) { return (column + row) % 2 == 0; });
}

void paint_modules(Canvas& canvas, Random& random) {
  const double side = random.between(0.6, 2.5) * kClutterTexelsPerMm;
  const int columns = static_cast<int>(canvas.width / side) + 1;
  std::vector<bool> dark;
  for (int i = 0; i < columns * (static_cast<int>(canvas.height / side) + 1); ++i) {
    dark.push_back(random.chance(0.5));
  }
  paint_squares(canvas, side, random.between(5, 50), random.between(190, 250), [&](int column, int row) {
    return dark[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns) +
                static_cast<std::size_t>(column)];
  });
}

void paint_finders(Canvas& canvas, Random& random) {
  const double light = random.between(190, 250);
  const double dark = random.between(5, 60);
  fill(canvas, light);
  const double module = random.between(0.8, 2.2) * kClutterTexelsPerMm;
  for (int i = 0; i < 14; ++i) {
    const Vec2 at{canvas.width * random.between(0, 0.9), canvas.height * random.between(0, 0.9)};
    for (const double inset : {0.0, 1.0, 2.0}) {
      const double side = (7 - 2 * inset) * module;
      paint_box(canvas, {at.x + inset * module, at.y + inset * module, side, side}, 0,
                {inset == 1.0 ? light : dark, 0.3, 1});
    }
  }
}

void paint_stripes(Canvas& canvas, Random& random) {
  const double light = random.between(180, 250);
  fill(canvas, light);
  const double module = random.between(0.4, 4) * kClutterTexelsPerMm;
  const bool upright = random.chance(0.5);
  const double most = upright ? canvas.width : canvas.height;
  const Paint paint{random.between(5, 90), 0.5, 1};
  for (double at = 0; at < most;) {
    const double wide = module * (1 + random.below(4));
    upright ? paint_box(canvas, {at, 0, wide, double(canvas.height)}, 0, paint)
            : paint_box(canvas, {0, at, double(canvas.width), wide}, 0, paint);
    at += wide + module * (1 + random.below(4));
  }
}

void paint_dots(Canvas& canvas, Random& random) {
  fill(canvas, random.between(180, 250));
  const double pitch = random.between(1, 6) * kClutterTexelsPerMm;
  const Paint paint{random.between(5, 90), 1, 1};
  int row = 0;
  for (double y = pitch / 2; y < canvas.height; y += pitch, ++row) {
    for (double x = pitch * (row % 2 == 0 ? 0.5 : 1); x < canvas.width; x += pitch) {
      const double radius = pitch * (0.15 + 0.3 * (0.5 + 0.5 * std::sin(x * 0.011 + y * 0.017)));
      paint_ellipse(canvas, {x, y}, radius, radius, paint);
    }
  }
}

void paint_lanyard(Canvas& canvas, Random& random) {
  const double ground = random.between(20, 160);
  fill(canvas, random.between(60, 220));
  const double wide = random.between(14, 22) * kClutterTexelsPerMm;
  for (double x = wide * 0.4; x + wide < canvas.width; x += wide * random.between(1.3, 2.4)) {
    paint_box(canvas, {x, 0, wide, double(canvas.height)}, 0, {ground, 1, 1});
    const double ink = ground > 100 ? 20 : 235;
    for (double y = 0; y < canvas.height; y += wide * 1.1) {
      paint_words(canvas, {x + wide * 0.1, y}, wide * 0.8, wide * 0.22, ink, random);
      paint_box(canvas, {x + wide * 0.35, y + wide * 0.4, wide * 0.3, wide * 0.3}, wide * 0.08, {ink, 1, 1});
      paint_box(canvas, {x + wide * 0.43, y + wide * 0.48, wide * 0.14, wide * 0.14}, 0, {ground, 1, 1});
    }
  }
}

void paint(Canvas& canvas, ClutterKind kind, Random& random) {
  switch (kind) {
    case ClutterKind::hall:
    case ClutterKind::visitor:
      return;
    case ClutterKind::print:
      return paint_print(canvas, random);
    case ClutterKind::card:
      return paint_card(canvas, random);
    case ClutterKind::plaid:
      return paint_plaid(canvas, random);
    case ClutterKind::checkers:
      return paint_checkers(canvas, random);
    case ClutterKind::stripes:
      return paint_stripes(canvas, random);
    case ClutterKind::dots:
      return paint_dots(canvas, random);
    case ClutterKind::lanyard:
      return paint_lanyard(canvas, random);
    case ClutterKind::modules:
      return paint_modules(canvas, random);
    case ClutterKind::finders:
      return paint_finders(canvas, random);
  }
}

}  // namespace

std::string_view to_name(ClutterKind kind) {
  constexpr std::array<std::string_view, kClutterKinds> names{"hall",    "visitor",  "print",   "card",
                                                              "plaid",   "checkers", "stripes", "dots",
                                                              "lanyard", "modules",  "finders"};
  return names[static_cast<std::size_t>(kind)];
}

Thing clutter_thing(ClutterKind kind, std::uint64_t seed) {
  if (kind == ClutterKind::hall || kind == ClutterKind::visitor) return {};
  Random random(seed_of(seed, "clutter"));
  Canvas canvas(static_cast<int>(random.between(80, 150) * kClutterTexelsPerMm),
                static_cast<int>(random.between(90, 150) * kClutterTexelsPerMm));
  paint(canvas, kind, random);
  Thing thing;
  thing.texels_per_mm = kClutterTexelsPerMm;
  thing.code_centre = {canvas.width / 2.0, canvas.height / 2.0};
  thing.code_mm = kNominalMm;
  thing.modules = kNominalModules;
  thing.hand = {canvas.width * random.between(0.1, 0.9), double(canvas.height)};
  thing.surface = random.chance(0.3) ? Surface::glossy : Surface::paper;
  thing.texture = Texture(canvas);
  return thing;
}

Scene cluttered(ClutterKind kind, const Thing& thing, const Hall& hall, std::uint64_t seed) {
  Conditions conditions = at_the_venue(thing.surface, hall.frame(), seed);
  conditions.finger_share = 0;
  Random random(seed_of(seed, "cluttered"));
  if (!thing.texture.empty()) {
    conditions.module_px *= random.between(0.7, 1.8);
    return staged(thing, hall, conditions, seed);
  }
  Scene scene;
  scene.frame = hall.frame();
  scene.hall = &hall;
  scene.seconds = random.between(0, 600);
  scene.room_light = conditions.room_light;
  scene.noise_sigma = conditions.noise;
  scene.vignette = conditions.vignette;
  if (kind == ClutterKind::visitor) scene.visitor = any_visitor(random.bits());
  return scene;
}

}  // namespace lanyard::arrivals
