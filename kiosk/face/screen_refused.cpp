// Not now, not here, or not with this badge: what it means, where to go, what would help. Private reasons
// stay private.
#include "kiosk/face/motion.hpp"
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

struct Places {
  Point medal;
  float radius{0};
  Rect words;
  Rect desk;
  bool centred{true};
};

Places places(const Canvas& c, Rect body, bool with_desk) {
  Places p;
  if (c.metrics.portrait()) {
    if (with_desk) {
      p.desk = take_bottom(body, std::clamp(body.h * 0.19F, c.px(44), c.px(70)));
      static_cast<void>(take_bottom(body, c.margin()));
    }
    const Rect top = take_top(body, body.h * 0.34F);
    p.radius = std::min(top.h / 2, c.px(44));
    p.medal = top.centre();
    static_cast<void>(take_top(body, c.margin() * 0.7F));
    p.words = body;
    return p;
  }
  p.centred = false;
  const Rect side = take_start(body, body.w * 0.28F, c.reading());
  static_cast<void>(take_start(body, c.margin() * 1.2F, c.reading()));
  p.radius = std::min({side.w * 0.44F, side.h * 0.42F, c.px(50)});
  p.medal = side.centre();
  if (with_desk) {
    p.desk = take_bottom(body, std::clamp(body.h * 0.30F, c.px(32), c.px(58)));
    static_cast<void>(take_bottom(body, c.margin() * 0.7F));
  }
  p.words = body;
  return p;
}

// Where someone will help, as a card to walk to.
void draw_desk(Drawing& d, const Rect& area, const std::string& place, bool protocol, Rgb under) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const Field& paper = c.theme().paper;
  const Field& field = under == night.ground ? paper : night;
  const float radius = c.px(4);
  c.shadow(area, radius, c.px(5), 0.22F);
  c.fill(area, field.ground, radius);
  Rect inner = area.inset(c.px(9), c.px(4));
  const float side = std::min(inner.h * 0.78F, c.px(30));
  const Rect sign = take_start(inner, side, c.reading());
  static_cast<void>(take_start(inner, c.px(9), c.reading()));
  draw_glyph(c, Glyph::desk, sign, field.accent, std::max(2.0F, c.px(1.2F)));
  const std::string lead = protocol ? c.tongue().say("Our colleagues here will be glad to help you")
                                    : c.tongue().say("Help is here");
  const Words small{.size_mm = kType.body, .least_mm = kType.body, .lines = 2};
  const Words big{.size_mm = c.type(kType.heading),
                  .least_mm = kType.body,
                  .weight = Weight::bold,
                  .lines = 3,
                  .id = "where"};
  c.column(inner, {{lead, small, field.quiet, 3.5F}, {place, big, field.ink, 0}}, field.ground,
           Stand::middle);
}

// What staff call out or look up, in the corner where the way in for them is.
void draw_code(Drawing& d, const Rule rule, const Field& field, const Rect& body) {
  Canvas& c = d.canvas;
  const std::string code(short_code(rule));
  const std::string words = c.tongue().say("For staff: {code}", {{"code", code}});
  const Words how{.size_mm = kType.quiet,
                  .align = c.metrics.portrait() ? Align::end : Align::centre,
                  .quiet = true,
                  .id = "code"};
  Rect strip = body;
  if (!c.metrics.portrait()) {
    strip = take_start(strip, body.w * 0.28F, c.reading());
    c.text(take_bottom(strip, c.px(8)), words, how, field.quiet, field.ground);
    return;
  }
  c.text(take_top(strip, c.px(8)), words, how, field.quiet, field.ground);
}

}  // namespace

void draw_refused(Drawing& d, const Refused& refused) {
  Canvas& c = d.canvas;
  const Wording wording = refusal_wording(d, refused.decision);
  const Field& field = wording.to_protocol ? c.theme().night : c.theme().pause;
  const House house = draw_house(d, field);
  std::string desk;
  if (d.view.event != nullptr && wording.to_desk) {
    desk = d.local(wording.to_protocol ? d.view.event->protocol_desk : d.view.event->help_desk);
  }
  const Places at = places(c, house.body, !desk.empty());
  c.speak(Role::status, "result", wording.title);
  draw_medal(d, at.medal, at.radius, wording.glyph, field, true);
  draw_code(d, refused.decision.rule, field, house.body);
  enter_softly(d, milliseconds{60});
  const Align align = at.centred ? Align::centre : Align::start;
  const Words title{.size_mm = c.type(kType.title),
                    .least_mm = kType.body,
                    .weight = Weight::bold,
                    .align = align,
                    .lines = 3,
                    .role = Role::heading,
                    .id = "title"};
  const Words body{
      .size_mm = c.type(12.5F), .least_mm = kType.body, .align = align, .lines = 5, .id = "body"};
  const Words hint{.size_mm = kType.body, .least_mm = kType.body, .align = align, .lines = 3, .id = "hint"};
  c.column(at.words,
           {{wording.title, title, field.ink, 7},
            {wording.body, body, field.ink, 6},
            {wording.hint, hint, field.quiet, 0}},
           field.ground, Stand::middle);
  enter_softly(d, milliseconds{130});
  if (!desk.empty()) draw_desk(d, at.desk, desk, wording.to_protocol, field.ground);
  c.enter(0, 1);
  draw_time_left(d, field, refused.until);
  draw_corner(d, field);
}

}  // namespace lanyard::kiosk
