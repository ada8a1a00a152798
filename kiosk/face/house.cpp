#include <cmath>

#include "kiosk/face/motion.hpp"
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

constexpr float kButtonRadiusMm = 3;
constexpr float kLowPanelMm = 220;

struct Colours {
  Rgb ground;
  Rgb ink;
  Rgb edge;
};

Colours colours_of(const Button& button, const Field& field, bool held) {
  Colours c{field.ground, field.ink, field.accent};
  if (button.look == Look::strong || button.chosen) c = {field.accent, ink_on(field.accent), field.accent};
  const bool filled = button.look == Look::strong || (button.look == Look::key && button.chosen);
  if (filled && contrast(c.ink, c.ground) < kTextContrast) c = {field.ink, field.ground, field.ink};
  if (button.look == Look::key && !button.chosen)
    c = {blend(field.ground, rgb(0xFFFFFF), 0.7F), field.ink, field.quiet};
  if (!button.enabled) c = {field.ground, field.quiet, field.hairline};
  if (held && button.enabled) c.ground = blend(c.ground, c.ink, 0.14F);
  return c;
}

void draw_clock(Drawing& d, Rect area, const Field& field) {
  Canvas& c = d.canvas;
  const std::string time = Tongue::clock(d.view.wall_now, d.calendar());
  const std::string date = c.tongue().long_date(d.view.wall_now, d.calendar());
  const Words big{.size_mm = c.type(kType.clock), .align = Align::end, .quiet = true, .id = "clock"};
  const Words small{
      .size_mm = kType.quiet, .least_mm = 4.2F, .align = Align::end, .quiet = true, .id = "date"};
  c.column(area, {{time, big, field.ink, 1.6F}, {date, small, field.quiet}}, field.ground, Stand::middle);
}

// An answer is of one colour, which is seen from afar; and high contrast has no pictures.
bool wears_livery(const Drawing& d, const Field& field) {
  return d.view.drawings != nullptr && !d.view.state.assist.high_contrast &&
         &field == &d.canvas.theme().night;
}

// The event's own, at the start of the header; false if it has none.
bool draw_logo(Drawing& d, Rect& area, const Field& field) {
  if (!wears_livery(d, field) || d.view.drawings->logo().texture == 0) return false;
  Canvas& c = d.canvas;
  const Emblem& logo = d.view.drawings->logo();
  const float scale = std::min({1.0F, area.h / logo.height, area.w * 0.6F / logo.width});
  const Rect room = take_start(area, logo.width * scale, c.reading());
  c.picture(logo.texture, room.middle(logo.width * scale, logo.height * scale), {0, 0}, {1, 1}, rgb(0xFFFFFF),
            0);
  static_cast<void>(take_start(area, c.px(6), c.reading()));
  return true;
}

void draw_header(Drawing& d, Rect area, const Field& field) {
  Canvas& c = d.canvas;
  draw_clock(d, take_end(area, std::max(c.px(58), area.w * 0.3F), c.reading()), field);
  static_cast<void>(take_end(area, c.px(8), c.reading()));
  const bool logo = draw_logo(d, area, field);
  if (logo && d.view.livery->logo_says_name && d.view.event != nullptr) {
    c.speak(Role::heading, "event", d.local(d.view.event->name));
    return;
  }
  // A short gold bar before the name: the one ornament of the house.
  const Rect bar = take_start(area, c.px(1.6F), c.reading());
  static_cast<void>(take_start(area, c.px(5), c.reading()));
  if (d.view.event != nullptr) {
    const Words how{.size_mm = kType.body,
                    .least_mm = 7.5F,
                    .weight = Weight::bold,
                    .stand = Stand::middle,
                    .lines = 2,
                    .role = Role::heading,
                    .quiet = true,
                    .id = "event"};
    const Rect used = c.text(area, d.local(d.view.event->name), how, field.ink, field.ground);
    c.fill({bar.x, used.y, bar.w, used.h}, field.accent, bar.w / 2);
  }
}

}  // namespace

House draw_house(Drawing& d, const Field& field, Foot foot) {
  Canvas& c = d.canvas;
  const float arrived = ease_out(progress(d.view.state.since, d.view.now, milliseconds{240}));
  if (arrived < 1) d.animate();
  const Rgb ground = blend(d.canvas.theme().night.ground, field.ground, arrived);
  const Shades shades = shading_of(ground);
  c.gradient(c.panel(), shades.top, shades.bottom);
  if (wears_livery(d, field) && d.view.drawings->background() != 0) {
    c.picture(d.view.drawings->background(), c.panel(), {0, 0}, {1, 1}, rgb(0xFFFFFF), 0);
  }
  Rect rest = c.screen().inset(c.margin());
  const float header = c.px(c.type(kType.clock)) * 1.04F + c.px(1.6F + kType.quiet * 1.1F);
  draw_header(d, take_top(rest, header), field);
  // On a low panel the words need the room more than the rule does.
  const float air = c.margin() * (c.layout().height_mm() < kLowPanelMm ? 0.3F : 0.7F);
  static_cast<void>(take_top(rest, air));
  c.fill({rest.x, rest.y, rest.w, std::max(1.0F, c.px(0.3F))}, field.hairline);
  static_cast<void>(take_top(rest, air));

  if (foot == Foot::none) return {rest};
  take_footer(d, rest, field, foot);
  static_cast<void>(take_bottom(rest, c.margin()));
  return {rest};
}

void enter_softly(Drawing& d, milliseconds after) {
  const float e = ease_out(progress(d.view.state.since + after, d.view.now, milliseconds{280}));
  if (e < 1) d.animate();
  d.canvas.enter((1 - e) * d.canvas.px(5), e);
}

void draw_time_left(Drawing& d, const Field& field, Moment until) {
  Canvas& c = d.canvas;
  const float gone =
      progress(d.view.state.since, d.view.now,
               std::chrono::duration_cast<milliseconds>(until - d.view.state.since) + milliseconds{1});
  const float thick = c.px(1.4F);
  const Rect track{c.screen().x, c.screen().bottom() - thick, c.screen().w, thick};
  c.fill(track, field.hairline);
  Rect left = track;
  c.fill(take_start(left, track.w * (1 - gone), c.reading()), field.accent);
  d.again_in(milliseconds{40});
}

void take_staff_key(Drawing& d, Rect& body, const Decision& decision, const Field& field) {
  // Nothing is said in staff mode, and there is no keypad: it is no way for whoever is spoken to.
  if (!offers_pad(decision) || d.view.state.assist.speech) return;
  Canvas& c = d.canvas;
  Rect row = take_bottom(body, c.px(kDelegateTargetMm));
  static_cast<void>(take_bottom(body, c.px(4)));
  const std::string label = c.tongue().say("Staff mode");
  const float words = c.measure({0, 0, row.w, row.h}, label, {.size_mm = kType.body}).w;
  const Rect key = take_end(row, std::min(row.w, words + c.px(16)), c.reading());
  if (draw_button(d, key, {.id = "staff", .label = label, .look = Look::plain}, field))
    d.intend(event::StaffAsked{});
}

void draw_corner(Drawing& d, const Field& field) {
  Canvas& c = d.canvas;
  const float side = c.px(24);
  const Rect corner{c.screen().right() - side, c.screen().y, side, side};
  const bool held = c.touch(corner, "staff.corner").held;
  c.note({.role = Role::corner,
          .id = "staff.corner",
          .label = c.tongue().say("Staff"),
          .value = {},
          .language = std::string(d.language()),
          .rect = corner,
          .box = corner,
          .drawn = false,
          .ink = {},
          .ground = {}});
  if (!held) {
    c.corner_since.reset();
    return;
  }
  if (!c.corner_since) c.corner_since = d.view.now;
  const float share = progress(*c.corner_since, d.view.now, kCornerHold);
  const Point centre{corner.right() - c.px(9), corner.y + c.px(9)};
  c.arc(centre, c.px(5), 0, 1, field.quiet, c.px(0.5F), 0.35F);
  c.arc(centre, c.px(5), 0, share, field.accent, c.px(1));
  d.animate();
  if (share >= 1) {
    c.corner_since.reset();
    d.intend(event::CornerHeld{});
  }
}

bool draw_button(Drawing& d, const Rect& area, const Button& button, const Field& field) {
  Canvas& c = d.canvas;
  const Canvas::Touch touch = c.touch(area, button.id);
  const Colours colours = colours_of(button, field, touch.held);
  const float radius = c.px(button.look == Look::key ? 2.0F : kButtonRadiusMm);
  if (button.look == Look::key && button.enabled) {
    c.fill(area.moved(0, c.px(0.5F)), field.hairline, radius);
  }
  c.fill(area, colours.ground, radius);
  if (button.look != Look::quiet) c.frame(area, colours.edge, std::max(1.0F, c.px(0.45F)), radius);
  c.note({.role = Role::button,
          .id = button.id,
          .label = button.said.empty() ? button.label : button.said,
          .value = {},
          .language = button.language.empty() ? std::string(d.language()) : button.language,
          .rect = area,
          .box = area,
          .personal = button.personal,
          .aloud = button.aloud,
          .chosen = button.chosen,
          .enabled = button.enabled,
          .ink = button.look == Look::quiet ? colours.ink : colours.edge,
          .ground = field.ground});

  Rect inner = area.inset(c.px(2), c.px(1.2F));
  const float sign =
      button.glyph_alone ? std::min(inner.h * 0.72F, c.px(13)) : std::min(inner.h * 0.62F, c.px(9));
  const float thick = std::max(1.5F, c.px(0.85F));
  if (button.glyph && button.glyph_alone) {
    draw_glyph(c, *button.glyph, inner.middle(sign, sign), colours.ink, thick);
    return touch.tapped && button.enabled;
  }
  Words how{
      .size_mm = button.type_mm,
      .least_mm = button.type_mm < kType.body ? std::min(button.type_mm, kType.staff_least) : kType.body,
      .align = Align::centre,
      .stand = Stand::middle,
      .lines = button.look == Look::key ? 1 : 2,
      .role = Role::caption,
      .quiet = button.type_mm < kType.body,
      .language = button.language};
  if (button.look == Look::strong) how.weight = Weight::bold;
  if (button.glyph) {
    const float words = c.measure({0, 0, inner.w - sign * 1.5F, inner.h}, button.label, how).w;
    inner = inner.middle(words + sign * 1.5F, inner.h);
    draw_glyph(c, *button.glyph, take_start(inner, sign, c.reading()), colours.ink, thick);
    static_cast<void>(take_start(inner, sign * 0.5F, c.reading()));
    how.align = Align::start;
    inner.w += 2;
  }
  c.text(inner, button.label, how, colours.ink, colours.ground);
  return touch.tapped && button.enabled;
}

void draw_medal(Drawing& d, Point centre, float radius, Glyph glyph, const Field& field) {
  Canvas& c = d.canvas;
  const float ring = ease_out(progress(d.view.state.since, d.view.now, milliseconds{460}));
  const float sign =
      ease_out(progress(d.view.state.since + milliseconds{120}, d.view.now, milliseconds{400}));
  if (ring < 1 || sign < 1) d.animate();
  c.disc(centre, radius, blend(field.ground, rgb(0x000000), 0.14F));
  c.arc(centre, radius, 0, 1, field.hairline, std::max(1.5F, radius * 0.045F));
  c.arc(centre, radius, 0, ring, field.accent, std::max(2.0F, radius * 0.045F));
  const float side = radius * (glyph == Glyph::tick ? 1.26F : 1.1F);
  draw_glyph(c, glyph, Rect{centre.x - side / 2, centre.y - side / 2, side, side}, field.ink,
             std::max(2.5F, radius * (glyph == Glyph::tick ? 0.115F : 0.07F)), sign);
}

void draw_message(Drawing& d, Rect room, const Field& field, Glyph glyph, std::vector<Line> lines) {
  Canvas& c = d.canvas;
  const bool portrait = c.layout().portrait();
  for (Line& line : lines) line.words.align = portrait ? Align::centre : Align::start;
  if (portrait) {
    const float gap = c.margin() * (c.large_type() ? 0.8F : 1.5F);
    const float words = c.column_height(room, lines);
    // Where the words need the room, the sign is smaller.
    const float most = c.large_type() ? c.px(26) : c.px(48);
    const float radius = std::min(most, std::clamp((room.h - gap - words) / 2, room.h * 0.1F,
                                                   room.h * (c.large_type() ? 0.1F : 0.18F)));
    static_cast<void>(take_top(room, std::max(0.0F, (room.h - 2 * radius - gap - words) * 0.46F)));
    const Rect medal = take_top(room, 2 * radius);
    static_cast<void>(take_top(room, gap));
    draw_medal(d, medal.centre(), radius, glyph, field);
    enter_softly(d, milliseconds{60});
    c.column(room, std::move(lines), field.ground, Stand::top);
  } else {
    const Rect side = take_start(room, room.w * (c.large_type() ? 0.16F : 0.30F), c.reading());
    static_cast<void>(take_start(room, c.margin() * 1.2F, c.reading()));
    draw_medal(d, side.centre(), std::min({side.w * 0.44F, side.h * 0.38F, c.px(52)}), glyph, field);
    enter_softly(d, milliseconds{60});
    c.column(room, std::move(lines), field.ground, Stand::middle);
  }
  c.enter(0, 1);
}

}  // namespace lanyard::kiosk
