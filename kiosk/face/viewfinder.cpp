#include <cmath>

#include "kiosk/face/motion.hpp"
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;
using Corners = std::array<Point, 4>;

constexpr milliseconds kLockLasts{260};
constexpr milliseconds kShowPeriod{5200};
constexpr milliseconds kAdviceComes{180};

// The part of the camera's picture that fills the frame, in shares of the picture.
struct Crop {
  float u{0}, v{0}, w{1}, h{1};
};

Crop cover(float picture_ratio, float frame_ratio) {
  Crop crop;
  if (picture_ratio > frame_ratio) {
    crop.w = frame_ratio / picture_ratio;
    crop.u = (1 - crop.w) / 2;
  } else {
    crop.h = picture_ratio / frame_ratio;
    crop.v = (1 - crop.h) / 2;
  }
  return crop;
}

Crop crop_of(const Preview& preview, const Rect& area) {
  if (preview.width <= 0 || preview.height <= 0) return {};
  return cover(static_cast<float>(preview.width) / static_cast<float>(preview.height), area.w / area.h);
}

Corners corners_of(const Rect& r) {
  return {Point{r.x, r.y}, Point{r.right(), r.y}, Point{r.right(), r.bottom()}, Point{r.x, r.bottom()}};
}

// From the camera's frame to the screen, mirrored, and kept within the viewfinder.
Corners on_screen(const Corners& symbol, const Preview& preview, const Crop& crop, const Rect& area) {
  Corners out{};
  Point middle{};
  for (std::size_t i = 0; i < 4; ++i) {
    const float u = (symbol[i].x / static_cast<float>(preview.width) - crop.u) / crop.w;
    const float v = (symbol[i].y / static_cast<float>(preview.height) - crop.v) / crop.h;
    out[i] = {area.right() - u * area.w, area.y + v * area.h};
    middle.x += out[i].x / 4;
    middle.y += out[i].y / 4;
  }
  constexpr float kRoomRound = 1.28F;
  const Rect within = area.inset(area.w * 0.02F);
  for (Point& p : out) {
    p.x = std::clamp(mix(middle.x, p.x, kRoomRound), within.x, within.right());
    p.y = std::clamp(mix(middle.y, p.y, kRoomRound), within.y, within.bottom());
  }
  // Mirroring turned the order round; the brackets want to begin where the frame's corners do.
  return {out[1], out[0], out[3], out[2]};
}

void draw_brackets(Canvas& c, const Corners& q, float arm, Rgb colour, float thick, float alpha = 1) {
  for (std::size_t i = 0; i < 4; ++i) {
    const Point corner = q[i];
    const auto towards = [&](const Point& other) {
      const float length = std::max(1.0F, std::hypot(other.x - corner.x, other.y - corner.y));
      const float share = std::min(0.42F, arm / length);
      return Point{mix(corner.x, other.x, share), mix(corner.y, other.y, share)};
    };
    const std::array<Point, 3> path{towards(q[(i + 3) % 4]), corner, towards(q[(i + 1) % 4])};
    c.stroke(path, colour, thick, 1, alpha);
  }
}

// How firmly the badge is held in view: 0 none, 1 locked.
float lock_of(const Drawing& d, bool checking) {
  const Moment now = d.view.now;
  if (checking) {
    const Moment since =
        d.view.preview.symbol ? std::min(d.view.preview.symbol_seen, d.view.state.since) : d.view.state.since;
    return ease_out(progress(since, now, kLockLasts));
  }
  if (!d.view.preview.symbol) return 0;
  return ease_out(progress(d.view.preview.symbol_seen, now, kLockLasts));
}

// A badge comes up to the middle of the frame, stays, and goes: what is asked for, without a word.
void draw_show(Drawing& d, const Rect& area, float visible) {
  const float t = cycle(d.view.now, kShowPeriod);
  const float in = ease_out(stage(t, 0.02F, 0.24F));
  const float out = ease_in_out(stage(t, 0.80F, 0.96F));
  const float alpha = in * (1 - out) * visible;
  if (alpha <= 0) return;
  const float height = area.h * mix(0.46F, 0.60F, in);
  Rect place = area.middle(height / 1.62F, height).moved(0, area.h * mix(0.30F, -0.03F, in));
  const bool over_picture = d.view.preview.texture != 0;
  const Field& paper = d.canvas.theme().paper;
  const Field& night = d.canvas.theme().night;
  d.canvas.clip(area);
  if (over_picture) {
    draw_badge_sign(d.canvas, place.moved(0, d.canvas.px(0.5F)), night.ground, night.ground, 0,
                    alpha * 0.45F);
    draw_badge_sign(d.canvas, place, night.ink, night.ground, 0.30F, alpha * 0.92F);
  } else {
    draw_badge_sign(d.canvas, place, paper.ink, paper.ground, 1, alpha);
  }
  d.canvas.unclip();
}

// Along the foot of the picture, where whoever holds something up is looking; its place is its own, so that
// nothing moves when it comes and goes.
void draw_advice(Drawing& d, const Rect& area) {
  Canvas& c = d.canvas;
  const std::string words = advice_wording(d, d.view.advice);
  if (words.empty()) return;
  // Between the brackets' arms.
  Rect foot = area.inset(std::min(c.px(15), area.w * 0.08F), std::min(c.px(15), area.h * 0.12F));
  const Rect room = take_bottom(foot, std::min(foot.h, c.px(54)));
  const float pad = c.px(4);
  const Words how{.size_mm = c.type(kType.heading),
                  .least_mm = kType.body,
                  .weight = Weight::bold,
                  .align = Align::centre,
                  .stand = Stand::bottom,
                  .lines = 3,
                  .role = Role::status,
                  .id = "advice"};
  const Rect inner = room.inset(pad);
  const Rect band = c.measure(inner, words, how).inset(-pad);
  const Field& night = c.theme().night;
  const float shown = ease_out(progress(d.view.advised, d.view.now, kAdviceComes));
  // Solid: what the camera sees behind it may be as bright, or as dark, as the words.
  c.fill(band, night.ground, c.px(5), shown);
  c.text(inner, words, how, night.accent, night.ground);
  if (shown < 1) d.animate();
}

void draw_camera(Drawing& d, const Rect& area, const Crop& crop, float radius) {
  Canvas& c = d.canvas;
  if (d.view.preview.texture == 0) {
    const Field& night = c.theme().night;
    c.fill(area, blend(night.ground, night.ink, 0.09F), radius);
    c.fill(area.inset(c.px(0.6F)), blend(night.ground, night.ink, 0.05F), radius - c.px(0.6F));
    return;
  }
  // Mirrored: the texture is read from right to left. A breath of warmth keeps a grey picture from looking
  // cold.
  c.picture(d.view.preview.texture, area, {crop.u + crop.w, crop.v}, {crop.u, crop.v + crop.h}, rgb(0xF6F0E6),
            radius);
}

}  // namespace

void draw_small_picture(Drawing& d, const Rect& area) {
  Canvas& c = d.canvas;
  const float radius = c.px(2);
  draw_camera(d, area, crop_of(d.view.preview, area), radius);
  c.frame(area, c.theme().paper.hairline, std::max(1.0F, c.px(0.4F)), radius);
  c.speak(Role::picture, "viewfinder", c.tongue().say("Picture of the camera"));
}

void draw_viewfinder(Drawing& d, const Rect& area, bool checking) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const float radius = c.px(4);
  const Preview& preview = d.view.preview;
  const bool has_size = preview.width > 0 && preview.height > 0;
  const Crop crop = crop_of(preview, area);
  c.shadow(area, radius, c.px(7), 0.35F);
  draw_camera(d, area, crop, radius);
  c.frame(area, night.hairline, std::max(1.0F, c.px(0.4F)), radius);

  const float lock = lock_of(d, checking);
  const bool advised = !checking && d.view.advice != scanner::Advice::none;
  // Who is advised holds something up already.
  if (!checking && !advised) draw_show(d, area, 1 - lock);
  const float breathing = breath(cycle(d.view.now, milliseconds{4200}));
  const float rest_inset = c.px(mix(9, 12.5F, breathing));
  const Corners open = corners_of(area.inset(rest_inset));
  const float square = std::min(area.w, area.h) * 0.52F;
  const Corners closed = preview.symbol && has_size ? on_screen(*preview.symbol, preview, crop, area)
                                                    : corners_of(area.middle(square, square));
  Corners now{};
  for (std::size_t i = 0; i < 4; ++i) {
    now[i] = {mix(open[i].x, closed[i].x, lock), mix(open[i].y, closed[i].y, lock)};
  }
  const float arm = c.px(mix(22, 10, lock));
  draw_brackets(c, now, arm, rgb(0x000000), c.px(2.9F), 0.28F);
  draw_brackets(c, now, arm, blend(night.ink, night.accent, mix(0.35F + 0.4F * breathing, 1, lock)),
                c.px(1.9F));
  if (advised) draw_advice(d, area);
  if (lock > 0 && lock < 1) {
    d.animate();
  } else {
    d.again_in(milliseconds{50});
  }
  c.speak(Role::picture, "viewfinder", c.tongue().say("Picture of the camera"));
}

}  // namespace lanyard::kiosk
