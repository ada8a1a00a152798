// Not now, not here, or not with this badge: what it means, where to go, what would help. Private reasons
// stay private.
#include <algorithm>

#include "kiosk/desk/other_entrances.hpp"
#include "kiosk/face/motion.hpp"
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

// Where to go, as a card to walk to: where someone will help, or one's own entrance.
struct Desk {
  std::string lead;
  std::string place;
  Glyph glyph{Glyph::desk};
};

std::optional<Desk> desk_of(const Drawing& d, WayOn way) {
  const Tongue& t = d.canvas.tongue();
  std::string place = desk_name(d, way);
  if (place.empty()) return std::nullopt;
  if (way == WayOn::protocol_desk) return Desk{t.say("Our colleagues here will be glad to help you"), place};
  if (way == WayOn::accreditation) return Desk{t.say("We will gladly see to it here"), place};
  return Desk{t.say("Help is here"), place};
}

struct WayWords {
  Glyph glyph;
  Phrase lead;
};

WayWords words_of(Way way) {
  switch (way) {
    case Way::left:
      return {Glyph::to_left, mark("Your entrance is to the left")};
    case Way::right:
      return {Glyph::to_right, mark("Your entrance is to the right")};
    case Way::ahead:
      return {Glyph::ahead, mark("Your entrance is straight ahead")};
    case Way::behind:
      return {Glyph::behind, mark("Your entrance is behind you")};
    case Way::upstairs:
      return {Glyph::upstairs, mark("Your entrance is one floor up")};
    case Way::downstairs:
      return {Glyph::downstairs, mark("Your entrance is one floor down")};
    case Way::somewhere:
      break;
  }
  return {Glyph::signpost, mark("Your entrance")};
}

// Which entrance is right instead of this one, and where it is; nothing if none is known.
std::optional<Desk> right_entrance(const Drawing& d, const Decision& decision) {
  const View& view = d.view;
  if (!is_wrong_entrance(decision.rule) || !decision.attendee) return std::nullopt;
  if (view.event == nullptr || view.checkpoint == nullptr) return std::nullopt;
  const auto others =
      entrances_for(*decision.attendee, *view.event, view.checkpoints, *view.checkpoint, hub_now(view));
  if (others.empty()) return std::nullopt;
  const auto sign = std::ranges::find(view.ways, others.front()->id, &WaySign::to);
  const WayWords words = words_of(sign == view.ways.end() ? Way::somewhere : sign->way);
  return Desk{d.canvas.tongue().say(words.lead), d.local(others.front()->name), words.glyph};
}

std::vector<Line> lines_of(const Desk& desk, const Field& field, float place_mm) {
  const Words small{.size_mm = kType.body, .least_mm = kType.body, .lines = 2};
  const Words big{
      .size_mm = place_mm, .least_mm = kType.body, .weight = Weight::bold, .lines = 3, .id = "where"};
  return {{desk.lead, small, field.quiet, 3.5F}, {desk.place, big, field.ink, 0}};
}

constexpr float kDeskSignMm = 30;
constexpr float kDeskGapMm = 9;
constexpr float kDeskInsetMm = 4;

void draw_desk(Drawing& d, const Rect& area, const Desk& desk, Rgb under) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const Field& field = under == night.ground ? c.theme().paper : night;
  const float radius = c.px(4);
  c.shadow(area, radius, c.px(5), 0.22F);
  c.fill(area, field.ground, radius);
  Rect inner = area.inset(c.px(kDeskGapMm), c.px(kDeskInsetMm));
  const float side = std::min(inner.h * 0.78F, c.px(kDeskSignMm));
  const Rect sign = take_start(inner, side, c.reading());
  static_cast<void>(take_start(inner, c.px(kDeskGapMm), c.reading()));
  draw_glyph(c, desk.glyph, sign, field.accent, std::max(2.0F, c.px(1.2F)));
  c.column(inner, lines_of(desk, field, c.type(kType.heading)), field.ground, Stand::middle);
}

// The card's place, cut off the body with the gap above it: at least as high as its words at their smallest.
Rect take_desk(Canvas& c, Rect& body, const Desk& desk) {
  const Rect words{0, 0, body.w - c.px(kDeskSignMm + 3 * kDeskGapMm), 0};
  const float least =
      c.least_column_height(words, lines_of(desk, c.theme().night, kType.body)) + c.px(2 * kDeskInsetMm) + 2;
  const bool portrait = c.layout().portrait();
  const float larger = portrait && c.large_type() ? 1.35F : 1.0F;
  const float usual = std::clamp(body.h * (portrait ? 0.17F : 0.28F) * larger, c.px(34), c.px(62) * larger);
  const Rect place = take_bottom(body, std::max(least, usual));
  static_cast<void>(take_bottom(body, c.margin() * 0.8F));
  return place;
}

// Softly, a moment after the rest.
void enter_desk(Drawing& d, Rect& body, const std::optional<Desk>& desk, const Field& field) {
  if (!desk) return;
  enter_softly(d, milliseconds{130});
  draw_desk(d, take_desk(d.canvas, body, *desk), *desk, field.ground);
  d.canvas.enter(0, 1);
}

// What staff call out or look up: on a strip of its own, which is cut off the body.
void draw_code(Drawing& d, const Rule rule, const Field& field, Rect& body) {
  Canvas& c = d.canvas;
  const std::string words = c.tongue().say("For staff: {code}", {{"code", shown_code(rule)}});
  const bool portrait = c.layout().portrait();
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
  const Words body{.size_mm = c.type(12.5F),
                   .least_mm = kType.body,
                   .lines = 5,
                   .personal = wording.personal,
                   .id = "body"};
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
  const House house = draw_house(d, field, Foot::if_room);
  Rect body = house.body;
  take_staff_key(d, body, refused.decision, field);
  c.speak(Role::status, "result", wording.title);
  std::optional<Desk> where = right_entrance(d, refused.decision);
  if (!where) where = desk_of(d, wording.desk);
  enter_desk(d, body, where, field);
  draw_code(d, refused.decision.rule, field, body);
  draw_message(d, body, field, wording.glyph, lines_of(c, wording, field));
  draw_time_left(d, field, refused.until);
  draw_corner(d, field);
}

void draw_paused(Drawing& d, const Paused& paused) {
  Canvas& c = d.canvas;
  const Field& night = c.theme().night;
  const House house = draw_house(d, night, Foot::if_room);
  Rect body = house.body;
  Wording wording;
  wording.title = c.tongue().say("One moment, please");
  wording.body = c.tongue().say(
      "We could not match the last few codes to a badge. Please wait a little, and then try again.");
  c.speak(Role::status, "result", wording.title);
  enter_desk(d, body, desk_of(d, WayOn::help_desk), night);
  draw_code(d, Rule::unknown, night, body);
  draw_message(d, body, night, Glyph::clock, lines_of(c, wording, night));
  draw_time_left(d, night, paused.until);
  draw_corner(d, night);
}

}  // namespace lanyard::kiosk
