// "Do you need more time?": over whatever the screen shows, for whoever is assisted.
#include "kiosk/face/motion.hpp"
#include "kiosk/face/parts.hpp"
#include "kiosk/face/reach.hpp"

namespace lanyard::kiosk {

namespace {

// Of a panel whose foot is 700 to 800 mm above the floor, as most hang, what lies within reach.
constexpr float kUsualReachMm = 380;

float reach_mm(const Metrics& panel) {
  if (panel.lower_edge_mm <= 0) return kUsualReachMm;
  return kReachHighMm - std::max(panel.lower_edge_mm, kReachLowMm);
}

}  // namespace

void draw_more_time(Drawing& d) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  c.fill(c.panel(), rgb(0x000000), 0, 0.6F);
  const float width = std::min(c.screen().w - 2 * c.margin(), c.px(230));
  const Words words{.size_mm = c.type(kType.title),
                    .least_mm = kType.body,
                    .weight = Weight::bold,
                    .align = Align::centre,
                    .lines = 3,
                    .role = Role::status,
                    .id = kQuestion};
  const std::string question = t.say("Do you need more time?");
  const float pad = c.px(12);
  const float high = c.measure({0, 0, width - 2 * pad, c.screen().h}, question, words).h;
  const float button = c.px(kDelegateTargetMm + 4);
  // Within reach of whoever sits, on a tall panel.
  const float height = high + button + 3 * pad;
  Rect room = c.screen();
  const Rect reach = take_bottom(room, std::clamp(c.px(reach_mm(c.layout())), height + 2 * pad, room.h));
  const Rect card = reach.middle(width, height);
  c.shadow(card, c.px(4), c.px(8), 0.4F);
  c.fill(card, paper.ground, c.px(4));
  Rect inner = card.inset(pad);
  c.text(take_top(inner, high), question, words, paper.ink, paper.ground);
  const Rect place = take_bottom(inner, button);
  if (draw_button(d, place.middle(std::min(place.w, c.px(120)), place.h),
                  {.id = "more-time", .label = t.say("Yes, please"), .look = Look::strong}, paper)) {
    d.intend(event::Touched{});
  }
  // How much of the time to answer is left.
  const Assist& assist = d.view.state.assist;
  const float left =
      1 - progress(assist.asks, d.view.now,
                   std::chrono::duration_cast<std::chrono::milliseconds>(assist.until - assist.asks) +
                       std::chrono::milliseconds{1});
  Rect track{card.x, card.bottom() - c.px(2), card.w, c.px(2)};
  c.fill(take_start(track, card.w * left, c.reading()), paper.accent);
  d.again_in(std::chrono::milliseconds{100});
}

}  // namespace lanyard::kiosk
