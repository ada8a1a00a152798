// Welcome, welcome back, goodbye: the answer as a field of green, a tick that draws itself, and the
// delegate's badge.
#include "kiosk/face/motion.hpp"
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

struct ResultPlaces {
  Point medal;
  float radius{0};
  Rect greeting;
  Rect card;
  Rect next;
  bool centred{true};
};

// `next`: the least height of what is next.
ResultPlaces places(const Canvas& c, Rect body, float next) {
  ResultPlaces p;
  const bool large = c.large_type();
  if (c.layout().portrait()) {
    p.next = take_bottom(body, std::max({next, c.px(34), body.h * (large ? 0.24F : 0.13F)}));
    static_cast<void>(take_bottom(body, c.margin() * 0.75F));
    Rect top = take_top(body, body.h * (large ? 0.34F : 0.40F));
    p.greeting = take_bottom(top, c.px(c.type(kType.title)) * (large ? 2.4F : 1.5F));
    static_cast<void>(take_bottom(top, c.margin() * 0.4F));
    p.radius = std::min(top.h / 2, c.px(42));
    p.medal = top.centre();
    static_cast<void>(take_top(body, c.margin() * 0.6F));
    p.card = body.middle(std::min(body.w, c.px(250)), body.h);
    return p;
  }
  p.centred = false;
  Rect side = take_start(body, body.w * 0.33F, c.reading());
  static_cast<void>(take_start(body, c.margin() * 1.2F, c.reading()));
  p.next = take_bottom(body, std::max({next, c.px(36), body.h * (large ? 0.34F : 0.2F)}));
  static_cast<void>(take_bottom(body, c.margin() * 0.7F));
  p.card = body;
  p.radius = std::min({side.w * 0.40F, side.h * 0.28F, c.px(46)});
  const float words = c.px(c.type(kType.title)) * 2.7F;
  const float gap = c.margin();
  const float top = side.y + (side.h - 2 * p.radius - gap - words) / 2;
  p.medal = {side.centre().x, top + p.radius};
  p.greeting = {side.x, top + 2 * p.radius + gap, side.w, words};
  return p;
}

// Without a card: the greeting has the room to itself.
ResultPlaces places_alone(const Canvas& c, Rect body, float next) {
  ResultPlaces p;
  p.next = take_bottom(body, std::max({next, c.px(36), body.h * (c.layout().portrait() ? 0.13F : 0.2F)}));
  static_cast<void>(take_bottom(body, c.margin() * 0.75F));
  const float words = c.px(c.type(kType.title)) * 1.6F;
  const float gap = c.margin() * 0.6F;
  p.radius = std::min((body.h - words - gap) * 0.44F, c.px(56));
  Rect middle = body.middle(body.w, 2 * p.radius + gap + words);
  p.medal = take_top(middle, 2 * p.radius).centre();
  static_cast<void>(take_top(middle, gap));
  p.greeting = middle;
  return p;
}

std::string greeting(const Tongue& t, const Decision& decision) {
  if (decision.verdict == Verdict::exited) return t.say("Goodbye");
  if (decision.verdict == Verdict::badge) return t.say("Here is your badge");
  if (decision.returning) return t.say("Welcome back");
  return t.say_in("to one person, above the name", "Welcome");
}

std::string greeting_with_name(const Tongue& t, const Decision& decision, std::string_view name) {
  if (name.empty()) return greeting(t, decision);
  if (decision.verdict == Verdict::exited) return t.say("Goodbye, {name}", {{"name", name}});
  if (decision.verdict == Verdict::badge) return t.say("Here is your badge, {name}", {{"name", name}});
  if (decision.returning) return t.say("Welcome back, {name}", {{"name", name}});
  return t.say("Welcome, {name}", {{"name", name}});
}

// The category, as on the printed badge: a band with its name, where the card does not say it already.
void draw_band(Drawing& d, const Rect& band, const sync::Attendee& attendee, float radius, bool named) {
  Canvas& c = d.canvas;
  const Rgb colour = category_colour(d, attendee.category);
  // The card's lower corners are round, the band's upper edge is straight.
  c.fill(band, colour, radius);
  c.fill({band.x, band.y, band.w, band.h / 2}, colour);
  if (!named) return;
  const Words how{.size_mm = c.type(12),
                  .least_mm = kType.body,
                  .weight = Weight::bold,
                  .align = Align::centre,
                  .stand = Stand::middle,
                  .lines = 2,
                  .personal = true,
                  .id = "category"};
  c.text(band.inset(c.px(8), c.px(1.5F)), category_name(d, attendee.category), how, ink_on(colour), colour);
}

void draw_card(Drawing& d, const Rect& area, const sync::Attendee& attendee) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Field& green = c.theme().welcome;
  const float radius = c.px(4);
  c.shadow(area, radius, c.px(8), 0.38F);
  c.fill(area, paper.ground, radius);
  const float slot = c.px(4);
  const Rect hole{area.centre().x - c.px(13), area.y + c.px(5), c.px(26), slot};
  c.fill(hole, green.ground, slot / 2);
  c.frame(hole, paper.hairline, std::max(1.0F, c.px(0.4F)), slot / 2);

  Rect rest = area;
  const bool personal = greets_by_name(d, attendee);
  const std::string category = category_name(d, attendee.category);
  if (!category.empty())
    draw_band(d, take_bottom(rest, std::max(c.px(17), area.h * 0.19F)), attendee, radius, personal);
  static_cast<void>(take_top(rest, c.px(7) + slot));
  const Words name{.size_mm = c.type(kType.name),
                   .least_mm = kType.body,
                   .weight = Weight::bold,
                   .align = Align::centre,
                   .lines = 2,
                   .role = Role::heading,
                   .personal = true,
                   .id = "name"};
  const std::string native_tongue = native_language(attendee);
  const Words native{.size_mm = c.type(16),
                     .least_mm = kType.body,
                     .align = Align::centre,
                     .lines = 2,
                     .personal = true,
                     .id = "name.native",
                     .language = native_tongue};
  // Whoever stands there knows it: a long one gives way.
  const Words organisation{.size_mm = c.type(11.5F),
                           .least_mm = 7.5F,
                           .align = Align::centre,
                           .lines = 4,
                           .quiet = true,
                           .personal = true,
                           .id = "organisation"};
  const bool twice = attendee.name_native == attendee.name || !personal;
  c.column(rest.inset(c.px(8), c.px(3)),
           {{personal ? attendee.name : category, name, paper.ink, 5},
            {twice ? std::string() : attendee.name_native, native, paper.quiet, 6},
            {attendee.organisation, organisation, paper.ink, 0}},
           paper.ground, Stand::middle);
}

struct Next {
  std::optional<Glyph> glyph;
  std::string title;
  std::string detail;
};

Next what_next(Drawing& d, const Admitted& admitted) {
  const Tongue& t = d.canvas.tongue();
  const Decision& decision = admitted.decision;
  const std::string zone =
      d.view.checkpoint == nullptr ? std::string() : zone_name(d, d.view.checkpoint->zone);
  if (decision.verdict == Verdict::exited) {
    return {std::nullopt, t.say("We look forward to seeing you again"), ""};
  }
  switch (admitted.badge) {
    case Admitted::Badge::printing:
      return {Glyph::printer, t.say("Your badge is being printed"), t.say("Please wait a moment")};
    case Admitted::Badge::printed:
      return {Glyph::down, t.say("Please take your badge below"),
              zone.empty() ? zone : t.say("Then please go in: {zone}", {{"zone", zone}})};
    case Admitted::Badge::owed: {
      const std::string desk = d.view.event == nullptr ? std::string() : d.local(d.view.event->help_desk);
      if (desk.empty()) return {Glyph::desk, t.say("Please collect your badge at the help desk"), ""};
      return {Glyph::desk, t.say("Please collect your badge here"), desk};
    }
    case Admitted::Badge::none:
      break;
  }
  if (zone.empty() || decision.verdict == Verdict::badge) return {Glyph::go, t.say("Please go in"), ""};
  return {Glyph::go, t.say("Please go in"), zone};
}

std::vector<Line> lines_of(const Drawing& d, const Next& next, float title_mm) {
  const Field& green = d.canvas.theme().welcome;
  const Words title{
      .size_mm = title_mm, .least_mm = kType.body, .weight = Weight::bold, .lines = 3, .id = "next"};
  const Words detail{.size_mm = kType.body, .least_mm = kType.body, .lines = 2, .id = "next.where"};
  return {{next.title, title, green.ink, 3}, {next.detail, detail, green.quiet, 0}};
}

constexpr float kNextGapMm = 9;  // between its sign and its words

// With the sign beside it, and the words as small as they may be.
float least_height(Drawing& d, const Next& next, float width) {
  Canvas& c = d.canvas;
  return c.least_column_height({0, 0, width - c.px(22 + kNextGapMm), 0}, lines_of(d, next, kType.body)) + 2;
}

void draw_next(Drawing& d, Rect area, const Next& next) {
  Canvas& c = d.canvas;
  const Field& green = c.theme().welcome;
  std::vector<Line> lines = lines_of(d, next, c.type(kType.heading));
  if (!next.glyph) {
    Words alone = lines.front().words;
    alone.align = Align::centre;
    alone.stand = Stand::middle;
    c.text(area, next.title, alone, green.ink, green.ground);
    return;
  }
  const float sign = std::min(area.h * 0.7F, c.px(22));
  const float gap = c.px(kNextGapMm);
  // The sign and its words stand in the middle together.
  const Rect room{0, 0, area.w - sign - gap, area.h};
  // Large ones shrink until they fit, and then are wider than they were.
  float words = c.large_type() ? room.w : 0;
  for (const Line& line : lines) words = std::max(words, c.measure(room, line.text, line.words).w);
  Rect row = area.middle(std::min(area.w, sign + gap + words + 4), area.h);
  const Rect glyph = take_start(row, sign, c.reading());
  static_cast<void>(take_start(row, gap, c.reading()));
  const float drawn =
      ease_out(progress(d.view.state.since + milliseconds{350}, d.view.now, milliseconds{400}));
  if (drawn < 1) d.animate();
  draw_glyph(c, *next.glyph, glyph, green.accent, std::max(2.0F, c.px(1.3F)), drawn);
  c.column(row, std::move(lines), green.ground, Stand::middle);
}

}  // namespace

void draw_admitted(Drawing& d, const Admitted& admitted) {
  Canvas& c = d.canvas;
  const Field& green = c.theme().welcome;
  const House house = draw_house(d, green, Foot::none);
  const Tongue& t = c.tongue();
  const sync::Attendee nobody;
  const sync::Attendee& attendee = admitted.decision.attendee ? *admitted.decision.attendee : nobody;
  // Of somebody whom only the signature vouches for, there may be nothing to write on a card.
  const bool with_card = greets_by_name(d, attendee) || !category_name(d, attendee.category).empty();
  const Next next = what_next(d, admitted);
  const float beside = house.body.w * (c.layout().portrait() || !with_card ? 1 : 0.6F);
  const float least = least_height(d, next, beside);
  const ResultPlaces at = with_card ? places(c, house.body, least) : places_alone(c, house.body, least);
  const bool personal = greets_by_name(d, attendee);
  c.speak_to_one(Role::status, "result",
                 greeting_with_name(t, admitted.decision, personal ? attendee.name : std::string()),
                 greeting(t, admitted.decision));
  draw_medal(d, at.medal, at.radius, admitted.decision.verdict == Verdict::exited ? Glyph::wave : Glyph::tick,
             green);
  enter_softly(d, milliseconds{40});
  const Words title{.size_mm = c.type(kType.title + 3),
                    .least_mm = kType.body,
                    .align = Align::centre,
                    .stand = at.centred ? Stand::middle : Stand::top,
                    .lines = 2,
                    .role = Role::heading,
                    .id = "title"};
  c.text(at.greeting, greeting(t, admitted.decision), title, green.ink, green.ground);
  enter_softly(d, milliseconds{110});
  if (with_card) draw_card(d, at.card, attendee);
  enter_softly(d, milliseconds{180});
  draw_next(d, at.next, next);
  c.enter(0, 1);
  draw_time_left(d, green, admitted.until);
}

}  // namespace lanyard::kiosk
