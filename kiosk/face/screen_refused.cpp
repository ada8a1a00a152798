// Not now, not here, or not with this badge: what it means, where to go, what would help. Private reasons
// stay private.
#include "kiosk/face/motion.hpp"
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

// Where someone will help, as a card to walk to.
void draw_desk(Drawing& d, const Rect& area, const std::string& place, WayOn way, Rgb under) {
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
  const std::string lead = way == WayOn::protocol_desk
                               ? c.tongue().say("Our colleagues here will be glad to help you")
                           : way == WayOn::accreditation ? c.tongue().say("We will gladly see to it here")
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

// The card's place, cut off the body with the gap above it.
Rect take_desk(const Canvas& c, Rect& body) {
  const float height = std::clamp(body.h * (c.metrics.portrait() ? 0.17F : 0.28F), c.px(34), c.px(62));
  const Rect place = take_bottom(body, height);
  static_cast<void>(take_bottom(body, c.margin() * 0.8F));
  return place;
}

// What staff call out or look up: on a strip of its own, which is cut off the body.
void draw_code(Drawing& d, const Rule rule, const Field& field, Rect& body) {
  Canvas& c = d.canvas;
  const std::string words = c.tongue().say("For staff: {code}", {{"code", shown_code(rule)}});
  const bool portrait = c.metrics.portrait();
  const Words how{
      .size_mm = kType.quiet, .align = portrait ? Align::end : Align::start, .quiet = true, .id = "code"};
  const Rect strip = portrait ? take_top(body, c.px(7)) : take_bottom(body, c.px(7));
  c.text(strip, words, how, field.quiet, field.ground);
}

std::vector<Line> lines_of(const Canvas& c, const Wording& wording, const Field& field) {
  const Words title{.size_mm = c.type(kType.title),
                    .least_mm = kType.body,
                    .weight = Weight::bold,
                    .lines = 3,
                    .role = Role::heading,
                    .id = "title"};
  const Words figure{.size_mm = c.type(40), .least_mm = kType.body, .lines = 1, .id = "figure"};
  const Words body{.size_mm = c.type(12.5F), .least_mm = kType.body, .lines = 5, .id = "body"};
  const Words hint{.size_mm = kType.body, .least_mm = kType.body, .lines = 3, .id = "hint"};
  return {{wording.title, title, field.ink, 7},
          {wording.figure, figure, field.ink, 8},
          {wording.body, body, field.ink, 6},
          {wording.hint, hint, field.quiet, 0}};
}

}  // namespace

void draw_refused(Drawing& d, const Refused& refused) {
  Canvas& c = d.canvas;
  const Wording wording = refusal_wording(d, refused.decision);
  const Field& field = wording.desk == WayOn::protocol_desk ? c.theme().night : c.theme().pause;
  const House house = draw_house(d, field);
  Rect body = house.body;
  const std::string desk = desk_name(d, wording.desk);
  c.speak(Role::status, "result", wording.title);
  if (!desk.empty()) {
    enter_softly(d, milliseconds{130});
    draw_desk(d, take_desk(c, body), desk, wording.desk, field.ground);
    c.enter(0, 1);
  }
  draw_code(d, refused.decision.rule, field, body);
  draw_message(d, body, field, wording.glyph, lines_of(c, wording, field));
  draw_time_left(d, field, refused.until);
  draw_corner(d, field);
}

void draw_paused(Drawing& d, const Paused& paused) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const House house = draw_house(d, night);
  Rect body = house.body;
  Wording wording;
  wording.title = c.tongue().say("One moment, please");
  wording.body = c.tongue().say(
      "We could not match the last few codes to a badge. Please wait a little, and then try again.");
  c.speak(Role::status, "result", wording.title);
  if (const std::string desk = desk_name(d, WayOn::help_desk); !desk.empty()) {
    enter_softly(d, milliseconds{130});
    draw_desk(d, take_desk(c, body), desk, WayOn::help_desk, night.ground);
    c.enter(0, 1);
  }
  draw_code(d, Rule::unknown, night, body);
  draw_message(d, body, night, Glyph::clock, lines_of(c, wording, night));
  draw_time_left(d, night, paused.until);
  draw_corner(d, night);
}

}  // namespace lanyard::kiosk
