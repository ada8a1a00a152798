#include "tests/e2e/arrivals/things.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/e2e/arrivals/canvas.hpp"
#include "tests/e2e/arrivals/random.hpp"

namespace lanyard::arrivals {
namespace {

// Fine enough that a module of a badge is four texels.
constexpr double kTexelsPerMm = 200 / 25.4;
constexpr int kMinTexelsPerModule = 4;

// Where fingers and straps reach beyond a thing's edge.
constexpr double kHandMm = 26;
constexpr double kStrapMm = 70;
// And where nothing does: less to look at, for every frame.
constexpr double kEdgeMm = 4;

// Paints in millimetres from a thing's left top.
class Painter {
 public:
  Painter(Canvas& canvas, Vec2 origin, double scale) : canvas_(canvas), origin_(origin), scale_(scale) {}

  [[nodiscard]] Vec2 texel(Vec2 mm) const { return origin_ + mm * scale_; }
  [[nodiscard]] double scale() const { return scale_; }
  [[nodiscard]] Canvas& canvas() const { return canvas_; }
  void box(const Box& mm, double radius_mm, const Paint& paint) const {
    const Vec2 at = texel({mm.x, mm.y});
    paint_box(canvas_, {at.x, at.y, mm.width * scale_, mm.height * scale_}, radius_mm * scale_, paint);
  }
  void words(Vec2 at_mm, double width_mm, double letter_mm, double grey, Random& random) const {
    paint_words(canvas_, texel(at_mm), width_mm * scale_, letter_mm * scale_, grey, random);
  }
  // A limb with a lighter back than flanks.
  void limb(Vec2 from_mm, double from_radius_mm, Vec2 to_mm, double to_radius_mm, double grey) const {
    struct Coat {
      double share;
      double grey;
      double edge_mm;
    };
    for (const Coat& coat : {Coat{1, 0.62, 0.6}, Coat{0.8, 0.85, 4}, Coat{0.5, 1.06, 6}}) {
      paint_pin(canvas_, texel(from_mm), from_radius_mm * coat.share * scale_, texel(to_mm),
                to_radius_mm * coat.share * scale_, {grey * coat.grey, coat.edge_mm * scale_, 1});
    }
  }
  void thumb(Vec2 root_mm, Vec2 tip_mm, double grey) const {
    // Its shadow on what it holds.
    paint_pin(canvas_, texel(root_mm + Vec2{1.5, 2.5}), 10 * scale_, texel(tip_mm + Vec2{1.5, 2.5}),
              8 * scale_, {0, 7 * scale_, 0.28});
    limb(root_mm, 10, tip_mm, 8, grey);
    const Vec2 nail = mix(tip_mm, root_mm, -0.04);
    paint_ellipse(canvas_, texel(nail), 4.4 * scale_, 5.2 * scale_,
                  {std::min(235.0, grey * 1.22), 1.6 * scale_, 0.8});
  }

 private:
  Canvas& canvas_;
  Vec2 origin_;
  double scale_;
};

void paint_code(const Painter& painter, const kiosk::QrCode& code, Vec2 left_top_mm, double module_mm,
                double dark, double light) {
  const double quiet = kiosk::kQuietModules * module_mm;
  const double side = code.side * module_mm;
  const auto on_texel = [](Vec2 at) { return Vec2{std::round(at.x), std::round(at.y)}; };
  const Vec2 outer = on_texel(painter.texel(left_top_mm - Vec2{quiet, quiet}));
  paint_box(painter.canvas(),
            {outer.x, outer.y, (side + 2 * quiet) * painter.scale(), (side + 2 * quiet) * painter.scale()}, 0,
            {light, 0.1, 1});
  const Vec2 origin = on_texel(painter.texel(left_top_mm));
  const double texels = module_mm * painter.scale();
  for (int y = 0; y < code.side; ++y) {
    for (int x = 0; x < code.side; ++x) {
      if (!code.is_dark(x, y)) continue;
      paint_box(painter.canvas(), {origin.x + x * texels, origin.y + y * texels, texels, texels}, 0,
                {dark, 0.1, 1});
    }
  }
}

double skin(Random& random) {
  return random.between(70, 200);
}

// Whole texels a module, so that a code has no uneven lines of its own; finer textures for larger codes.
double scale_for(double module_mm) {
  const double texels = std::max<double>(kMinTexelsPerModule, std::round(module_mm * kTexelsPerMm));
  return texels / module_mm;
}

// The sheet is never quite flat: where it is seen is off by some of a millimetre, in long waves.
void crumple(Canvas& canvas, double depth_texels, Random& random) {
  struct Wave {
    std::vector<Vec2> across;  // sine and cosine of each column's part of the angle
    std::vector<Vec2> down;    // and of each row's
    Vec2 way;
  };
  const auto turns = [](int count, double per_texel, double phase) {
    std::vector<Vec2> made;
    for (int i = 0; i < count; ++i)
      made.push_back({std::sin(phase + per_texel * i), std::cos(phase + per_texel * i)});
    return made;
  };
  std::vector<Wave> waves;
  for (int i = 0; i < 3; ++i) {
    const double angle = random.between(0, 6.28);
    const double per_texel = random.between(0.004, 0.009);
    const double phase = random.between(0, 6.28);
    const double way_x = random.between(-1, 1) * depth_texels;
    const double way_y = random.between(-1, 1) * depth_texels;
    waves.push_back({turns(canvas.width, std::cos(angle) * per_texel, phase),
                     turns(canvas.height, std::sin(angle) * per_texel, 0),
                     {way_x, way_y}});
  }
  const Canvas flat = canvas;
  for (int y = 0; y < canvas.height; ++y) {
    for (int x = 0; x < canvas.width; ++x) {
      Vec2 from{x + 0.5, y + 0.5};
      for (const Wave& wave : waves) {
        const Vec2 a = wave.across[static_cast<std::size_t>(x)];
        const Vec2 b = wave.down[static_cast<std::size_t>(y)];
        from = from + wave.way * (a.x * b.y + a.y * b.x);
      }
      const int u = std::clamp(static_cast<int>(from.x), 0, canvas.width - 1);
      const int v = std::clamp(static_cast<int>(from.y), 0, canvas.height - 1);
      canvas.grey[canvas.at(x, y)] = flat.grey[flat.at(u, v)];
      canvas.alpha[canvas.at(x, y)] = flat.alpha[flat.at(u, v)];
    }
  }
}

// Each side of a fold has a slope, and so a shade, of its own; the fold itself is worn and casts a line.
void fold(Canvas& canvas, Vec2 through, double angle_rad, double shade, double texels_per_mm) {
  const Vec2 across{-std::sin(angle_rad), std::cos(angle_rad)};
  constexpr int kReachMm = 400;
  constexpr int kStepsPerMm = 16;
  std::vector<float> light_at;
  for (int i = -kReachMm * kStepsPerMm; i <= kReachMm * kStepsPerMm; ++i) {
    const double off = static_cast<double>(i) / kStepsPerMm;
    // Mostly near the fold: paper springs back further away.
    double light = 1 + shade * std::tanh(off / 1.2) * std::exp(-std::abs(off) / 45);
    light -= 0.16 * std::exp(-(off - 0.35) * (off - 0.35) / 0.09);
    light += 0.07 * std::exp(-(off + 0.45) * (off + 0.45) / 0.12);
    light_at.push_back(static_cast<float>(light));
  }
  const double per_texel = kSteps / texels_per_mm;
  for (int y = 0; y < canvas.height; ++y) {
    for (int x = 0; x < canvas.width; ++x) {
      const double off = ((x - through.x) * across.x + (y - through.y) * across.y) * per_texel;
      const auto at =
          static_cast<std::size_t>(std::clamp(off + kReachMm * kSteps, 0.0, 2.0 * kReachMm * kSteps));
      std::uint8_t& grey = canvas.grey[canvas.at(x, y)];
      grey = static_cast<std::uint8_t>(std::min(static_cast<float>(grey) * light_at[at], 255.0F));
    }
  }
}

}  // namespace

Homography texels_to_frame(const Thing& thing, const Homography& plane_to_frame) {
  const double k = 1 / thing.texels_per_mm;
  const auto& h = plane_to_frame.rows();
  std::array<double, 9> out{};
  for (std::size_t row = 0; row < 9; row += 3) {
    out[row] = h[row] * k;
    out[row + 1] = h[row + 1] * k;
    out[row + 2] = h[row + 2] - k * (h[row] * thing.code_centre.x + h[row + 1] * thing.code_centre.y);
  }
  return Homography(out);
}

Thing badge_thing(const BadgePicture& badge, std::uint64_t seed) {
  Random random(seed);
  const double scale = badge.dpi / 25.4;
  const double width = badge.page.width / scale;
  const double height = badge.page.height / scale;
  Canvas canvas(static_cast<int>((width + kHandMm + kEdgeMm) * scale),
                static_cast<int>((height + kStrapMm + kEdgeMm) * scale));
  const Vec2 origin{std::round(kHandMm * scale), std::round(kStrapMm * scale)};
  const Painter painter(canvas, origin, scale);

  const double tone = skin(random);
  const Vec2 hand{-4, height * random.between(0.5, 0.72)};
  painter.limb(hand + Vec2{-6, 14}, 20, hand + Vec2{26, 0}, 14, tone * 0.8);
  const double strap = random.between(25, 150);
  const double clip = width / 2;
  for (const double lean : {-30.0, 30.0}) {
    paint_pin(canvas, painter.texel({clip + lean, -kStrapMm - 10}), 7 * scale, painter.texel({clip, -12}),
              7 * scale, {strap + lean / 3, 0.8 * scale, 1});
  }
  // The sleeve is larger than the card, and clear.
  painter.box({-3, -9, width + 6, height + 12}, 4, {205, 1, 0.6});
  painter.box({clip - 4, -16, 8, 14}, 2, {150, 0.8 * scale, 1});
  paste(canvas, badge.page, static_cast<int>(origin.x), static_cast<int>(origin.y));
  painter.thumb(hand + Vec2{-16, 10}, hand + Vec2{random.between(8, 17), random.between(-12, 2)}, tone);

  Thing thing;
  for (const Vec2 corner : badge.code_corners) thing.code_centre = thing.code_centre + corner * 0.25;
  thing.code_centre = thing.code_centre + origin;
  double around = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    around += length(badge.code_corners[i] - badge.code_corners[(i + 1) % 4]);
  }
  thing.code_mm = around / 4 / scale;
  thing.modules = badge.modules;
  thing.code_dark = badge.code_dark;
  thing.code_light = badge.code_light;
  thing.texels_per_mm = scale;
  thing.hand = painter.texel(hand + Vec2{-10, 20});
  thing.surface = Surface::glossy;
  thing.texture = Texture(canvas);
  return thing;
}

Thing phone_thing(const kiosk::QrCode& code, bool light_on_dark, std::uint64_t seed) {
  Random random(seed);
  constexpr double kWidth = 74;
  constexpr double kHeight = 152;
  constexpr double kRim = 3.5;
  const int across = code.side + 2 * kiosk::kQuietModules;
  // Apps leave a small code some room, and give a large one all there is.
  const double room = kWidth - 2 * kRim - (across > 70 ? 0.5 : random.between(4, 14));
  const double module_mm = room / across;
  const double scale = scale_for(module_mm);
  Canvas canvas(static_cast<int>((kWidth + 2 * kHandMm) * scale),
                static_cast<int>((kHeight + kEdgeMm + kHandMm) * scale));
  const Painter painter(canvas, {kHandMm * scale, kEdgeMm * scale}, scale);

  const double screen = light_on_dark ? 14 : 250;
  const double ink = light_on_dark ? 225 : 12;
  const double tone = skin(random) * 0.75;  // the screen outshines the hand
  const double grip = kHeight * random.between(0.62, 0.8);
  for (int finger = 0; finger < 4; ++finger) {
    const double y = grip - 26 + finger * 17.0;
    painter.limb({20, y + 4}, 9, {-4, y}, 8, tone);
  }
  painter.limb({kWidth + 2, grip + 22}, 22, {kWidth - 8, grip}, 14, tone * 0.85);
  const double bezel = light_on_dark ? random.between(60, 120) : random.between(170, 215);
  painter.box({0, 0, kWidth, kHeight}, 9, {bezel * 0.55, 1, 1});
  painter.box({0.8, 0.8, kWidth - 1.6, kHeight - 1.6}, 8.4, {bezel, 1, 1});
  painter.box({kRim, kRim, kWidth - 2 * kRim, kHeight - 2 * kRim}, 6, {screen, 1, 1});

  painter.words({9, 7}, 13, 2.2, ink, random);  // the time, and the battery
  painter.box({kWidth - 17, 6.8, 8, 2.6}, 0.8, {ink, 1, 0.8});
  const double side = code.side * module_mm;
  const Vec2 left_top{(kWidth - side) / 2, (kHeight - side) / 2 - random.between(2, 12)};
  painter.words({16, left_top.y - module_mm * 4 - 9}, kWidth - 32, 4, ink, random);
  paint_code(painter, code, left_top, module_mm, ink, screen);
  const double below = left_top.y + side + module_mm * 4;
  painter.words({12, below + 4}, kWidth - 26, 3.2, ink, random);
  painter.words({12, below + 10}, kWidth - 38, 2.4, mix(ink, screen, 0.4), random);
  // Nobody puts a thumb on the code.
  const double tip = std::max(grip - random.between(8, 14), below + 9);
  painter.thumb({kWidth + 9, tip + 19}, {kWidth - 5, tip}, tone);

  Thing thing;
  const Vec2 origin = painter.texel(left_top);
  thing.code_centre = Vec2{std::round(origin.x), std::round(origin.y)} + Vec2{side, side} * (scale / 2);
  thing.code_mm = side;
  thing.modules = code.side;
  thing.texels_per_mm = scale;
  thing.hand = painter.texel({kWidth, grip + 30});
  thing.code_dark = std::min(ink, screen);
  thing.code_light = std::max(ink, screen);
  thing.surface = Surface::screen;
  thing.texture = Texture(canvas);
  return thing;
}

Thing letter_thing(const kiosk::QrCode& code, std::uint64_t seed) {
  Random random(seed);
  const int across = code.side + 2 * kiosk::kQuietModules;
  const double module_mm = std::max(0.8, random.between(42, 50) / across);
  // A sheet of A4, folded to the part with the code.
  const double width = std::max(180.0, across * module_mm + 40);
  const double height = std::max(118.0, across * module_mm + 24);
  const double scale = scale_for(module_mm);
  Canvas canvas(static_cast<int>((width + kHandMm + kEdgeMm) * scale),
                static_cast<int>((height + kEdgeMm + kHandMm) * scale));
  const Painter painter(canvas, {kHandMm * scale, kEdgeMm * scale}, scale);
  const double paper = random.between(232, 250);
  const double ink = random.between(25, 60);
  painter.box({0, 0, width, height}, 0.5, {paper, 1.2, 1});

  const double side = code.side * module_mm;
  const double quiet = module_mm * kiosk::kQuietModules;
  const Vec2 left_top{width - 16 - quiet - side, std::max(quiet + 8, (height - side) / 2 - 6)};
  const double column = left_top.x - quiet - 22;
  painter.box({14, 10, 12, 12}, 6, {ink + 25, 1, 1});
  painter.words({30, 13}, std::max(20.0, column - 20), 5, ink, random);
  for (double y = 32; y < height - 12; y += 6.2) {
    if (random.chance(0.14)) continue;
    painter.words({14, y}, column * random.between(0.7, 1), 2.9, ink, random);
  }
  paint_code(painter, code, left_top, module_mm, ink, paper);
  crumple(canvas, 0.09 * scale, random);
  // One fold runs beside the code or over it, as they fall.
  fold(canvas, painter.texel({width * random.between(0.3, 0.75), height / 2}),
       1.5708 + random.between(-0.06, 0.06), random.between(-0.14, 0.14), scale);
  fold(canvas, painter.texel({width / 2, height * random.between(0.25, 0.75)}), random.between(-0.05, 0.05),
       random.between(-0.12, 0.12), scale);
  const double tone = skin(random);
  const Vec2 hand{width * 0.12, height};
  painter.thumb(hand + Vec2{-10, 14}, hand + Vec2{random.between(0, 9), -random.between(7, 16)}, tone);

  Thing thing;
  const Vec2 origin = painter.texel(left_top);
  thing.code_centre = Vec2{std::round(origin.x), std::round(origin.y)} + Vec2{side, side} * (scale / 2);
  thing.code_mm = side;
  thing.modules = code.side;
  thing.texels_per_mm = scale;
  thing.hand = painter.texel(hand + Vec2{-6, 20});
  thing.code_dark = ink;
  thing.code_light = paper;
  thing.texture = Texture(canvas);
  return thing;
}

}  // namespace lanyard::arrivals
