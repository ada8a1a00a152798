// Out of order: calm, and with what a call for help needs to name.
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {

void draw_out_of_order(Drawing& d, const OutOfOrder& out_of_order) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const House house = draw_house(d, night);
  const Tongue& t = c.tongue();
  const bool by_office = out_of_order.fault == Fault::out_of_service;
  const std::string closed = by_office ? t.say("This kiosk is closed for maintenance")
                                       : t.say("This kiosk is closed for the moment");
  c.speak(Role::status, "result", closed);

  std::string call(to_code(out_of_order.fault));
  if (!d.view.kiosk_name.empty()) call += (call.empty() ? "" : " · ") + std::string(d.view.kiosk_name);
  const Words title{.size_mm = c.type(kType.title),
                    .least_mm = kType.body,
                    .weight = Weight::bold,
                    .lines = 3,
                    .role = Role::heading,
                    .id = "title"};
  const Words words{.size_mm = c.type(12.5F), .least_mm = kType.body, .lines = 4, .id = "body"};
  const Words code{.size_mm = kType.body, .least_mm = 6, .lines = 2, .quiet = true, .id = "code"};
  draw_message(d, house.body, night, by_office ? Glyph::tool : Glyph::pause,
               {{closed, title, night.ink, 7},
                {t.say("Please use another kiosk or entrance, or ask our staff."), words, night.ink, 16},
                {call, code, night.accent, 0}});
  draw_corner(d, night);
  const auto into = d.view.wall_now.time_since_epoch() % std::chrono::minutes{1};
  d.again_in(std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::minutes{1} - into) +
             std::chrono::milliseconds{20});
}

}  // namespace lanyard::kiosk
