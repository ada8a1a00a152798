#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {

Rect draw_staff_frame(Drawing& d, std::string_view title, bool with_back) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Field& night = c.theme().night;
  const Tongue& t = c.tongue();
  constexpr float kUsualSideMm = 194;  // of a 15.6-inch panel
  c.zoom(std::clamp(std::min(c.metrics.width_mm(), c.metrics.height_mm()) / kUsualSideMm, 1.0F, 1.3F));
  c.fill(c.screen(), paper.ground);
  Rect rest = c.screen();
  const float edge = c.margin();
  const Rect bar = take_top(rest, c.px(kStaffTargetMm + 6));
  c.fill(bar, night.ground);
  c.fill({bar.x, bar.bottom() - c.px(0.6F), bar.w, c.px(0.6F)}, night.accent);
  Rect inner = bar.inset(edge, c.px(3));
  if (with_back) {
    const Rect back = take_start(inner, c.px(kStaffTargetMm + 22), c.reading());
    if (draw_button(d, back,
                    {.id = "back",
                     .label = t.say_in("button", "Back"),
                     .glyph = Glyph::back,
                     .look = Look::plain,
                     .type_mm = kType.staff},
                    night)) {
      d.intend(event::Back{});
    }
    static_cast<void>(take_start(inner, c.px(6), c.reading()));
  }
  const Rect leave = take_end(inner, c.px(kStaffTargetMm + 26), c.reading());
  if (draw_button(d, leave,
                  {.id = "leave",
                   .label = t.say_in("button", "Close"),
                   .glyph = Glyph::cross,
                   .look = Look::plain,
                   .type_mm = kType.staff},
                  night)) {
    d.intend(event::Leave{});
  }
  static_cast<void>(take_end(inner, c.px(6), c.reading()));
  const Words name{.size_mm = kType.staff,
                   .least_mm = kType.staff_least,
                   .align = Align::end,
                   .stand = Stand::middle,
                   .lines = 2,
                   .quiet = true,
                   .id = "kiosk"};
  c.text(take_end(inner, inner.w * 0.45F, c.reading()), d.view.kiosk_name, name, night.quiet, night.ground);
  const Words heading{.size_mm = kType.staff_title,
                      .least_mm = kType.staff_least,
                      .weight = Weight::bold,
                      .stand = Stand::middle,
                      .lines = 2,
                      .role = Role::heading,
                      .quiet = true,
                      .id = "title"};
  c.text(inner, title, heading, night.ink, night.ground);
  if (Canvas::key(Canvas::Key::escape)) d.intend(event::Back{});
  return rest.inset(edge, c.px(5));
}

Rect draw_category_chip(Drawing& d, const Rect& box, std::string_view category, Rgb ground) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const float mark = std::min(box.h * 0.7F, c.px(4.2F));
  Rect rest = box;
  const Rect square = take_start(rest, mark, c.reading()).middle(mark, mark);
  static_cast<void>(take_start(rest, mark * 0.5F, c.reading()));
  c.fill(square, category_colour(d, category), mark * 0.22F);
  c.frame(square, paper.quiet, std::max(1.0F, c.px(0.2F)), mark * 0.22F);
  const Words how{.size_mm = kType.staff - 0.6F,
                  .least_mm = kType.staff_least - 0.4F,
                  .stand = Stand::middle,
                  .quiet = true};
  return c.text(rest, category_name(d, category), how, paper.ink, ground);
}

}  // namespace lanyard::kiosk
