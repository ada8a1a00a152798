#include "kiosk/face/glyphs.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace lanyard::kiosk {
namespace {

// The pen within one glyph: coordinates from 0 to 1, y downwards.
struct Pen {
  Canvas& canvas;
  Rect box;
  Rgb colour;
  float thick;
  float drawn;
  bool mirrored;

  [[nodiscard]] Point at(float x, float y) const {
    return {box.x + (mirrored ? 1 - x : x) * box.w, box.y + y * box.h};
  }
  void path(std::initializer_list<Point> unit) const {
    std::vector<Point> points;
    for (const Point& p : unit) points.push_back(at(p.x, p.y));
    canvas.stroke(points, colour, thick, drawn);
  }
  void circle(float x, float y, float r) const { canvas.arc(at(x, y), r * box.w, 0, drawn, colour, thick); }
  // Shoulders and a round head, standing on y = `foot`.
  void person(float x, float foot, float size) const {
    circle(x, foot - size * 0.76F, size * 0.22F);
    std::vector<Point> shoulders;
    for (int i = 0; i <= 14; ++i) {
      const float a = std::numbers::pi_v<float> * (1.0F - static_cast<float>(i) / 14.0F);
      shoulders.push_back(at(x + std::cos(a) * size * 0.40F, foot - std::sin(a) * size * 0.44F));
    }
    canvas.stroke(shoulders, colour, thick, drawn);
  }
};

void draw_places(const Pen& pen, Glyph glyph) {
  switch (glyph) {
    case Glyph::signpost:
      pen.path({{0.50F, 0.08F}, {0.50F, 0.94F}});
      pen.path(
          {{0.18F, 0.16F}, {0.74F, 0.16F}, {0.88F, 0.28F}, {0.74F, 0.40F}, {0.18F, 0.40F}, {0.18F, 0.16F}});
      pen.path(
          {{0.82F, 0.50F}, {0.34F, 0.50F}, {0.22F, 0.60F}, {0.34F, 0.70F}, {0.82F, 0.70F}, {0.82F, 0.50F}});
      break;
    case Glyph::desk:
      pen.person(0.50F, 0.62F, 0.56F);
      pen.path({{0.06F, 0.64F}, {0.94F, 0.64F}});
      pen.path({{0.14F, 0.64F}, {0.14F, 0.92F}, {0.86F, 0.92F}, {0.86F, 0.64F}});
      break;
    case Glyph::people:
      pen.person(0.34F, 0.82F, 0.62F);
      pen.person(0.74F, 0.82F, 0.46F);
      break;
    case Glyph::inside:
      pen.path({{0.20F, 0.92F}, {0.20F, 0.10F}, {0.80F, 0.10F}, {0.80F, 0.92F}});
      pen.path({{0.06F, 0.92F}, {0.94F, 0.92F}});
      pen.person(0.50F, 0.90F, 0.60F);
      break;
    case Glyph::full:
      pen.person(0.24F, 0.80F, 0.44F);
      pen.person(0.76F, 0.80F, 0.44F);
      pen.person(0.50F, 0.86F, 0.58F);
      break;
    case Glyph::wave:
      pen.path({{0.56F, 0.92F}, {0.14F, 0.92F}, {0.14F, 0.08F}, {0.56F, 0.08F}});
      pen.path({{0.36F, 0.50F}, {0.92F, 0.50F}});
      pen.path({{0.70F, 0.28F}, {0.92F, 0.50F}, {0.70F, 0.72F}});
      break;
    default:
      break;
  }
}

void draw_question(const Pen& pen) {
  std::vector<Point> hook;
  for (int i = 0; i <= 18; ++i) {
    const float a = (-0.5F + 0.75F * static_cast<float>(i) / 18.0F) * 2 * std::numbers::pi_v<float>;
    hook.push_back(pen.at(0.50F + std::cos(a) * 0.20F, 0.30F + std::sin(a) * 0.20F));
  }
  hook.push_back(pen.at(0.50F, 0.66F));
  // A question mark is not turned round in left-to-right languages; in Arabic it is.
  pen.canvas.stroke(hook, pen.colour, pen.thick, pen.drawn);
  pen.canvas.disc(pen.at(0.50F, 0.86F), pen.thick * 0.72F, pen.colour);
}

void draw_things(const Pen& pen, Glyph glyph) {
  switch (glyph) {
    case Glyph::tick:
      pen.path({{0.16F, 0.54F}, {0.41F, 0.78F}, {0.86F, 0.25F}});
      break;
    case Glyph::tool:
      // The handle, and a jaw that is open upwards to the side.
      pen.path({{0.16F, 0.84F}, {0.52F, 0.48F}});
      pen.path({{0.62F, 0.12F}, {0.56F, 0.30F}, {0.70F, 0.44F}, {0.88F, 0.38F}});
      pen.path(
          {{0.62F, 0.12F}, {0.46F, 0.20F}, {0.44F, 0.38F}, {0.62F, 0.56F}, {0.80F, 0.54F}, {0.88F, 0.38F}});
      break;
    case Glyph::clock:
      pen.circle(0.50F, 0.50F, 0.42F);
      pen.path({{0.50F, 0.24F}, {0.50F, 0.52F}, {0.68F, 0.63F}});
      break;
    case Glyph::badge:
      pen.path({{0.22F, 0.26F}, {0.78F, 0.26F}, {0.78F, 0.94F}, {0.22F, 0.94F}, {0.22F, 0.26F}});
      pen.path({{0.30F, 0.04F}, {0.50F, 0.26F}, {0.70F, 0.04F}});
      pen.path({{0.38F, 0.44F}, {0.62F, 0.44F}, {0.62F, 0.66F}, {0.38F, 0.66F}, {0.38F, 0.44F}});
      pen.path({{0.34F, 0.80F}, {0.66F, 0.80F}});
      break;
    case Glyph::calendar:
      pen.path({{0.12F, 0.18F}, {0.88F, 0.18F}, {0.88F, 0.90F}, {0.12F, 0.90F}, {0.12F, 0.18F}});
      pen.path({{0.12F, 0.40F}, {0.88F, 0.40F}});
      pen.path({{0.32F, 0.06F}, {0.32F, 0.26F}});
      pen.path({{0.68F, 0.06F}, {0.68F, 0.26F}});
      pen.path({{0.36F, 0.66F}, {0.47F, 0.77F}, {0.66F, 0.54F}});
      break;
    case Glyph::question:
      draw_question(pen);
      break;
    case Glyph::pause:
      pen.path({{0.36F, 0.22F}, {0.36F, 0.78F}});
      pen.path({{0.64F, 0.22F}, {0.64F, 0.78F}});
      break;
    case Glyph::printer:
      pen.path({{0.28F, 0.36F}, {0.28F, 0.08F}, {0.72F, 0.08F}, {0.72F, 0.36F}});
      pen.path(
          {{0.28F, 0.72F}, {0.10F, 0.72F}, {0.10F, 0.36F}, {0.90F, 0.36F}, {0.90F, 0.72F}, {0.72F, 0.72F}});
      pen.path({{0.28F, 0.58F}, {0.72F, 0.58F}, {0.72F, 0.94F}, {0.28F, 0.94F}, {0.28F, 0.58F}});
      break;
    default:
      break;
  }
}

void draw_signs(const Pen& pen, Glyph glyph) {
  switch (glyph) {
    case Glyph::chart:
      pen.path({{0.06F, 0.90F}, {0.94F, 0.90F}});
      pen.path({{0.22F, 0.90F}, {0.22F, 0.56F}});
      pen.path({{0.50F, 0.90F}, {0.50F, 0.14F}});
      pen.path({{0.78F, 0.90F}, {0.78F, 0.38F}});
      break;
    case Glyph::attention:
      pen.path({{0.50F, 0.10F}, {0.95F, 0.88F}, {0.05F, 0.88F}, {0.50F, 0.10F}});
      pen.path({{0.50F, 0.38F}, {0.50F, 0.62F}});
      pen.canvas.disc(pen.at(0.50F, 0.76F), pen.thick * 0.62F, pen.colour);
      break;
    case Glyph::dash:
      pen.path({{0.22F, 0.50F}, {0.78F, 0.50F}});
      break;
    default:
      break;
  }
}

void draw_half_disc(const Pen& pen) {
  std::vector<Point> half;
  for (int i = 0; i <= 24; ++i) {
    const float a = (static_cast<float>(i) / 24.0F - 0.5F) * std::numbers::pi_v<float>;
    half.push_back(pen.at(0.50F + std::cos(a) * 0.42F, 0.50F + std::sin(a) * 0.42F));
  }
  pen.canvas.polygon(half, pen.colour);
}

// A loudspeaker, and two waves that leave it.
void draw_speech(const Pen& pen) {
  pen.path({{0.08F, 0.38F},
            {0.24F, 0.38F},
            {0.46F, 0.18F},
            {0.46F, 0.82F},
            {0.24F, 0.62F},
            {0.08F, 0.62F},
            {0.08F, 0.38F}});
  for (const float radius : {0.17F, 0.34F}) {
    std::vector<Point> wave;
    for (int i = 0; i <= 12; ++i) {
      const float a = (static_cast<float>(i) / 12.0F - 0.5F) * 0.56F * std::numbers::pi_v<float>;
      wave.push_back(pen.at(0.52F + std::cos(a) * radius, 0.50F + std::sin(a) * radius));
    }
    pen.canvas.stroke(wave, pen.colour, pen.thick, pen.drawn);
  }
}

// Ways in the hall: never mirrored, whatever the language.
void draw_ways(const Pen& pen, Glyph glyph) {
  switch (glyph) {
    case Glyph::to_left:
      pen.path({{0.94F, 0.50F}, {0.08F, 0.50F}});
      pen.path({{0.40F, 0.18F}, {0.08F, 0.50F}, {0.40F, 0.82F}});
      break;
    case Glyph::to_right:
      pen.path({{0.06F, 0.50F}, {0.92F, 0.50F}});
      pen.path({{0.60F, 0.18F}, {0.92F, 0.50F}, {0.60F, 0.82F}});
      break;
    case Glyph::ahead:
      pen.path({{0.50F, 0.94F}, {0.50F, 0.08F}});
      pen.path({{0.18F, 0.40F}, {0.50F, 0.08F}, {0.82F, 0.40F}});
      break;
    case Glyph::behind:
      pen.path({{0.22F, 0.92F},
                {0.22F, 0.34F},
                {0.30F, 0.16F},
                {0.48F, 0.08F},
                {0.66F, 0.16F},
                {0.74F, 0.34F},
                {0.74F, 0.88F}});
      pen.path({{0.50F, 0.66F}, {0.74F, 0.90F}, {0.98F, 0.66F}});
      break;
    case Glyph::upstairs:
      pen.path({{0.06F, 0.94F},
                {0.30F, 0.94F},
                {0.30F, 0.72F},
                {0.54F, 0.72F},
                {0.54F, 0.50F},
                {0.78F, 0.50F},
                {0.78F, 0.28F},
                {0.96F, 0.28F}});
      pen.path({{0.10F, 0.60F}, {0.50F, 0.20F}});
      pen.path({{0.26F, 0.16F}, {0.52F, 0.16F}, {0.52F, 0.42F}});
      break;
    case Glyph::downstairs:
      pen.path({{0.06F, 0.28F},
                {0.24F, 0.28F},
                {0.24F, 0.50F},
                {0.48F, 0.50F},
                {0.48F, 0.72F},
                {0.72F, 0.72F},
                {0.72F, 0.94F},
                {0.96F, 0.94F}});
      pen.path({{0.48F, 0.14F}, {0.88F, 0.54F}});
      pen.path({{0.90F, 0.28F}, {0.90F, 0.56F}, {0.62F, 0.56F}});
      break;
    default:
      break;
  }
}

// As it is drawn by law and custom: whoever sits leans forward, and moves by themselves.
void draw_wheelchair(const Pen& pen) {
  pen.canvas.disc(pen.at(0.40F, 0.12F), pen.box.w * 0.085F, pen.colour);
  pen.path({{0.40F, 0.30F}, {0.44F, 0.58F}, {0.70F, 0.58F}, {0.82F, 0.86F}, {0.92F, 0.82F}});
  pen.path({{0.41F, 0.42F}, {0.66F, 0.42F}});
  std::vector<Point> wheel;
  for (int i = 0; i <= 26; ++i) {
    const float a = (0.06F + 0.66F * static_cast<float>(i) / 26.0F) * 2 * std::numbers::pi_v<float>;
    wheel.push_back(pen.at(0.42F + std::cos(a) * 0.27F, 0.68F + std::sin(a) * 0.27F));
  }
  pen.canvas.stroke(wheel, pen.colour, pen.thick, pen.drawn);
}

void draw_marks(const Pen& pen, Glyph glyph) {
  switch (glyph) {
    case Glyph::down:
      pen.path({{0.50F, 0.10F}, {0.50F, 0.88F}});
      pen.path({{0.22F, 0.60F}, {0.50F, 0.88F}, {0.78F, 0.60F}});
      break;
    case Glyph::go:
      pen.path({{0.10F, 0.50F}, {0.88F, 0.50F}});
      pen.path({{0.60F, 0.22F}, {0.88F, 0.50F}, {0.60F, 0.78F}});
      break;
    case Glyph::back:
      pen.path({{0.64F, 0.16F}, {0.32F, 0.50F}, {0.64F, 0.84F}});
      break;
    case Glyph::next:
      pen.path({{0.36F, 0.16F}, {0.68F, 0.50F}, {0.36F, 0.84F}});
      break;
    case Glyph::erase:
      pen.path(
          {{0.32F, 0.20F}, {0.96F, 0.20F}, {0.96F, 0.80F}, {0.32F, 0.80F}, {0.06F, 0.50F}, {0.32F, 0.20F}});
      pen.path({{0.50F, 0.38F}, {0.76F, 0.62F}});
      pen.path({{0.76F, 0.38F}, {0.50F, 0.62F}});
      break;
    case Glyph::search:
      pen.circle(0.42F, 0.42F, 0.28F);
      pen.path({{0.63F, 0.63F}, {0.88F, 0.88F}});
      break;
    case Glyph::cross:
      pen.path({{0.22F, 0.22F}, {0.78F, 0.78F}});
      pen.path({{0.78F, 0.22F}, {0.22F, 0.78F}});
      break;
    case Glyph::contrast:
      pen.circle(0.50F, 0.50F, 0.42F);
      draw_half_disc(pen);
      break;
    case Glyph::large_type:  // a small letter beside a large one, whatever the language
      pen.path({{0.04F, 0.84F}, {0.18F, 0.46F}, {0.32F, 0.84F}});
      pen.path({{0.09F, 0.71F}, {0.27F, 0.71F}});
      pen.path({{0.38F, 0.84F}, {0.67F, 0.12F}, {0.96F, 0.84F}});
      pen.path({{0.47F, 0.61F}, {0.87F, 0.61F}});
      break;
    case Glyph::within_reach:
      draw_wheelchair(pen);
      break;
    case Glyph::speech:
      draw_speech(pen);
      break;
    default:
      break;
  }
}

bool follows_reading(Glyph glyph) {
  return glyph == Glyph::wave || glyph == Glyph::go || glyph == Glyph::back || glyph == Glyph::next ||
         glyph == Glyph::erase || glyph == Glyph::signpost || glyph == Glyph::question ||
         glyph == Glyph::speech;
}

// Enough of a code to be known as one; it holds no text.
void draw_code_sign(Canvas& canvas, const Rect& box, Rgb ink, float alpha) {
  constexpr std::array<std::string_view, 9> kModules{"###.#.###", "#.#.#.#.#", "###.#.###",
                                                     "...#.#.#.", "#.##.#..#", ".#..##.#.",
                                                     "###.#.#.#", "#.#.#..#.", "###..#.##"};
  const float side = box.w / static_cast<float>(kModules.size());
  for (std::size_t y = 0; y < kModules.size(); ++y) {
    for (std::size_t x = 0; x < kModules.size(); ++x) {
      if (kModules[y][x] != '#') continue;
      canvas.fill({box.x + static_cast<float>(x) * side, box.y + static_cast<float>(y) * side, side, side},
                  ink, 0, alpha);
    }
  }
}

}  // namespace

void draw_glyph(Canvas& canvas, Glyph glyph, const Rect& box, Rgb colour, float thick, float drawn) {
  const float side = std::min(box.w, box.h);
  const bool mirrored = canvas.reading() == Reading::right_to_left && follows_reading(glyph);
  const Pen pen{canvas, box.middle(side, side), colour, thick, drawn, mirrored};
  draw_places(pen, glyph);
  draw_things(pen, glyph);
  draw_marks(pen, glyph);
  draw_ways(pen, glyph);
  draw_signs(pen, glyph);
}

void draw_badge_sign(Canvas& canvas, const Rect& box, Rgb line, Rgb card, float solid, float visible) {
  const float height = std::min(box.h, box.w * 1.62F);
  const Rect whole = box.middle(height / 1.62F, height);
  const Rect body{whole.x, whole.y + whole.h * 0.20F, whole.w, whole.h * 0.80F};
  const float radius = body.w * 0.07F;
  const float thick = std::max(2.0F, canvas.px(0.9F));
  const Point clip{body.centre().x, body.y + body.h * 0.055F};
  const std::array<Point, 3> strap{Point{whole.x + whole.w * 0.35F, whole.y}, clip,
                                   Point{whole.right() - whole.w * 0.35F, whole.y}};
  canvas.stroke(strap, solid < 1 ? line : card, thick * 1.4F, 1, visible);
  if (solid > 0) canvas.fill(body, card, radius, solid * visible);
  canvas.frame(body, line, thick, radius, visible);
  canvas.fill(Rect{clip.x - body.w * 0.13F, clip.y - thick, body.w * 0.26F, thick * 2.4F}, line, thick,
              visible);
  const float code = body.w * 0.52F;
  const Rect square{body.centre().x - code / 2, body.y + body.h * 0.17F, code, code};
  draw_code_sign(canvas, square, line, visible);
  const float bar = body.h * 0.045F;
  canvas.fill({body.centre().x - body.w * 0.32F, body.y + body.h * 0.70F, body.w * 0.64F, bar}, line, bar / 2,
              visible);
  canvas.fill({body.centre().x - body.w * 0.20F, body.y + body.h * 0.81F, body.w * 0.40F, bar}, line, bar / 2,
              visible * 0.7F);
}

}  // namespace lanyard::kiosk
