// Out of order: calm, and with what a call for help needs to name.
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {

void draw_out_of_order(Drawing& d, const OutOfOrder& out_of_order) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const House house = draw_house(d, night);
  const Tongue& t = c.tongue();
  Rect body = house.body;
  const bool portrait = c.metrics.portrait();
  Rect side = portrait ? take_top(body, body.h * 0.36F) : take_start(body, body.w * 0.34F, c.reading());
  if (portrait) {
    static_cast<void>(take_top(body, c.margin()));
  } else {
    static_cast<void>(take_start(body, c.margin() * 1.2F, c.reading()));
  }
  const float radius = std::min({side.w * 0.42F, side.h * 0.44F, c.px(50)});
  draw_medal(d, side.centre(), radius, Glyph::pause, night, true);
  c.speak(Role::status, "result", t.say("This kiosk is closed for the moment"));

  std::string call(to_code(out_of_order.fault));
  if (!d.view.kiosk_name.empty()) call += (call.empty() ? "" : " · ") + std::string(d.view.kiosk_name);
  const Align align = portrait ? Align::centre : Align::start;
  const Words title{.size_mm = c.type(kType.title),
                    .least_mm = kType.body,
                    .weight = Weight::bold,
                    .align = align,
                    .lines = 3,
                    .role = Role::heading,
                    .id = "title"};
  const Words words{
      .size_mm = c.type(12.5F), .least_mm = kType.body, .align = align, .lines = 4, .id = "body"};
  const Words code{.size_mm = kType.body, .least_mm = 6, .align = align, .lines = 2, .id = "code"};
  const Rect used =
      c.column(body,
               {{t.say("This kiosk is closed for the moment"), title, night.ink, 7},
                {t.say("Please use another kiosk or entrance, or ask our staff."), words, night.ink, 16},
                {call, code, night.accent, 0}},
               night.ground, portrait ? Stand::top : Stand::middle);
  static_cast<void>(used);
  draw_corner(d, night);
  const auto into = d.view.wall_now.time_since_epoch() % std::chrono::minutes{1};
  d.again_in(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::minutes{1} - into) +
             std::chrono::milliseconds{20});
}

}  // namespace lanyard::kiosk
