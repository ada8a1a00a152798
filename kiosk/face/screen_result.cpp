// Welcome, welcome back, goodbye: the answer as a field of green, a tick that draws itself, and the
// delegate's badge.
#include <utility>

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
  Rect stub;
  bool centred{true};
};

// Least heights of what is next; 0: there is no stub.
struct Heights {
  float next{0};
  float stub{0};
};

constexpr float kStubGapMm = 5;

// The stub below all, with its room above.
void take_stub(const Canvas& c, ResultPlaces& p, Rect& body, float height) {
  if (height <= 0) return;
  p.stub = take_bottom(body, height);
  static_cast<void>(take_bottom(body, c.px(kStubGapMm)));
}

ResultPlaces places(const Canvas& c, Rect body, const Heights& least) {
  const float next = least.next;
  ResultPlaces p;
  const bool large = c.large_type();
  if (c.layout().portrait()) {
    take_stub(c, p, body, least.stub);
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
  take_stub(c, p, body, least.stub);
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
ResultPlaces places_alone(const Canvas& c, Rect body, const Heights& least) {
  const float next = least.next;
  ResultPlaces p;
  take_stub(c, p, body, least.stub);
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

constexpr float kCompactGapMm = 5;
constexpr float kCompactMedalMm = 44;  // across
constexpr float kCompactAsideMm = 8;   // between it and the words

// Where there is no room for a card beside all that has to be said: the name stands under the greeting, both
// beside the sign.
ResultPlaces places_compact(const Canvas& c, Rect body, const Heights& least) {
  ResultPlaces p;
  p.centred = false;
  take_stub(c, p, body, least.stub);
  Rect head = take_top(body, std::min(body.h - least.next - c.px(kCompactGapMm), c.px(64)));
  static_cast<void>(take_top(body, c.px(kCompactGapMm)));
  p.next = body;
  const Rect side = take_start(head, c.px(kCompactMedalMm), c.reading());
  p.radius = std::min(head.h * 0.42F, side.w / 2);
  p.medal = side.centre();
  static_cast<void>(take_start(head, c.px(kCompactAsideMm), c.reading()));
  p.greeting = head;
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

constexpr float kBandEdgeMm = 2.5F;

// The category as on the printed badge: a band with its name, where the card does not say it already. What
// carries the name is as much darker or lighter as it takes to be read; the colour itself is its edge.
void draw_band(Drawing& d, Rect band, const sync::Attendee& attendee, float radius, bool named) {
  Canvas& c = d.canvas;
  const Rgb colour = category_colour(d, attendee.category);
  const Rgb ground = legible_ground(colour);
  // The card's lower corners are round, the band's upper edge is straight.
  c.fill(band, ground, radius);
  c.fill({band.x, band.y, band.w, band.h / 2}, ground);
  c.fill(take_top(band, c.px(kBandEdgeMm)), colour);
  if (!named) return;
  const Words how{.size_mm = c.type(12),
                  .least_mm = kType.body,
                  .weight = Weight::bold,
                  .align = Align::centre,
                  .stand = Stand::middle,
                  .lines = 2,
                  .personal = true,
                  .id = "category"};
  c.text(band.inset(c.px(8), c.px(0.5F)), category_name(d, attendee.category), how, ink_on(ground), ground);
}

constexpr float kSlotMm = 4;
constexpr float kLeastBandMm = 17;
constexpr float kCardSideMm = 8;  // between the card's edge and its words
constexpr float kCardEdgeMm = 3;
constexpr std::size_t kLongNameBytes = 60;  // two lines have no room for more

std::vector<Line> card_lines(const Drawing& d, const sync::Attendee& attendee) {
  const Field& paper = d.canvas.theme().paper;
  const bool personal = greets_by_name(d, attendee);
  const Words name{.size_mm = d.canvas.type(kType.name),
                   .least_mm = kType.body,
                   .weight = Weight::bold,
                   .align = Align::centre,
                   .lines = attendee.name.size() > kLongNameBytes ? 4 : 2,
                   .role = Role::heading,
                   .personal = true,
                   .id = "name"};
  const Words native{.size_mm = d.canvas.type(16),
                     .least_mm = kType.body,
                     .align = Align::centre,
                     .lines = 2,
                     .personal = true,
                     .id = "name.native"};
  // Whoever stands there knows it: a long one gives way.
  const Words organisation{.size_mm = d.canvas.type(11.5F),
                           .least_mm = 7.5F,
                           .align = Align::centre,
                           .lines = 4,
                           .quiet = true,
                           .personal = true,
                           .id = "organisation"};
  const bool twice = attendee.name_native == attendee.name || !personal;
  return {{personal ? attendee.name : category_name(d, attendee.category), name, paper.ink, 5},
          {twice ? std::string() : attendee.name_native, native, paper.quiet, 6},
          {attendee.organisation, organisation, paper.ink, 0}};
}

float least_card_height(Drawing& d, const sync::Attendee& attendee, float width) {
  Canvas& c = d.canvas;
  const float words =
      c.least_column_height({0, 0, width - c.px(2 * kCardSideMm), 0}, card_lines(d, attendee));
  const float band = category_name(d, attendee.category).empty() ? 0 : c.px(kLeastBandMm);
  return words + band + c.px(7 + kSlotMm + 2 * kCardEdgeMm);
}

void draw_card(Drawing& d, const Rect& area, const sync::Attendee& attendee) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Field& green = c.theme().welcome;
  const float radius = c.px(4);
  c.shadow(area, radius, c.px(8), 0.38F);
  c.fill(area, paper.ground, radius);
  const float slot = c.px(kSlotMm);
  const Rect hole{area.centre().x - c.px(13), area.y + c.px(5), c.px(26), slot};
  c.fill(hole, green.ground, slot / 2);
  c.frame(hole, paper.hairline, std::max(1.0F, c.px(0.4F)), slot / 2);

  Rect rest = area;
  if (!category_name(d, attendee.category).empty()) {
    draw_band(d, take_bottom(rest, std::max(c.px(kLeastBandMm), area.h * 0.19F)), attendee, radius,
              greets_by_name(d, attendee));
  }
  static_cast<void>(take_top(rest, c.px(7) + slot));
  const std::string native_tongue = native_language(attendee);
  std::vector<Line> lines = card_lines(d, attendee);
  lines[1].words.language = native_tongue;
  c.column(rest.inset(c.px(kCardSideMm), c.px(kCardEdgeMm)), std::move(lines), paper.ground, Stand::middle);
}

struct Next {
  std::optional<Glyph> glyph;
  std::string title;
  std::string detail;
  bool must{false};  // the detail is what they have to know
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
    case Admitted::Badge::held:
      return {Glyph::printer, t.say("Your badge comes out here in a moment"),
              t.say("Staff have been called to the printer"), true};
    case Admitted::Badge::printed:
      if (!admitted.badge_at.empty())
        return {Glyph::printer, t.say("Please collect your badge here"),
                checkpoint_name(d, admitted.badge_at), true};
      return {Glyph::down, t.say("Please take your badge below"),
              zone.empty() ? zone : t.say("Then please go in: {zone}", {{"zone", zone}})};
    case Admitted::Badge::incorrect: {
      const std::string desk = desk_name(d, WayOn::accreditation);
      if (desk.empty()) return {Glyph::desk, t.say("Staff will correct your badge"), ""};
      return {Glyph::desk, t.say("Your badge will be corrected here"), desk, true};
    }
    case Admitted::Badge::owed: {
      const std::string desk = d.view.event == nullptr ? std::string() : d.local(d.view.event->help_desk);
      if (desk.empty()) return {Glyph::desk, t.say("Please collect your badge at the help desk"), ""};
      return {Glyph::desk, t.say("Please collect your badge here"), desk, true};
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

// The greeting, and under it what would be on the card.
std::vector<Line> compact_lines(const Drawing& d, const Admitted& admitted, const sync::Attendee& attendee) {
  const Field& green = d.canvas.theme().welcome;
  const Words greeting_words{
      .size_mm = kType.heading, .least_mm = kType.body, .lines = 2, .role = Role::heading, .id = "title"};
  std::vector<Line> lines = card_lines(d, attendee);
  Line name = lines.front();
  name.words.align = Align::start;
  name.words.lines = std::max(3, name.words.lines);
  name.ink = green.ink;
  name.gap_mm = 0;
  return {{greeting(d.canvas.tongue(), admitted.decision), greeting_words, green.ink, 2}, name};
}

enum class Shape : std::uint8_t { card, alone, compact };

struct Plan {
  Shape shape{Shape::card};
  Next next;
  std::optional<NextSession> session;
  ResultPlaces at;
};

// Large type comes before the pictures around it.
float most_of_stub(const Canvas& c, const Rect& body) {
  return body.h * (c.large_type() ? 0.3F : 0.2F);
}

void place_usually(Drawing& d, Plan& plan, const Rect& body, const sync::Attendee& attendee) {
  Canvas& c = d.canvas;
  const bool alone = plan.shape == Shape::alone;
  const float width = body.w * (c.layout().portrait() || alone ? 1 : 0.6F);
  const StubHeights stub = plan.session ? stub_heights(d, *plan.session, width) : StubHeights();
  const Heights least{least_height(d, plan.next, width), stub.least};
  plan.at = alone ? places_alone(c, body, least) : places(c, body, least);
  if (!plan.session || alone) return;
  Heights usual = least;
  usual.stub = std::clamp(stub.usual, least.stub, std::max(least.stub, most_of_stub(c, body)));
  const ResultPlaces larger = places(c, body, usual);
  if (larger.card.h >= least_card_height(d, attendee, larger.card.w)) plan.at = larger;
}

bool place_compactly(Drawing& d, Plan& plan, const Rect& body, const std::vector<Line>& greeting) {
  Canvas& c = d.canvas;
  const StubHeights stub = stub_heights(d, *plan.session, body.w);
  Heights heights{least_height(d, plan.next, body.w), stub.least};
  const float beside = body.w - c.px(kCompactMedalMm + kCompactAsideMm);
  const float head = c.least_column_height({0, 0, beside, 0}, greeting);
  const float left = body.h - head - heights.next - heights.stub - c.px(kCompactGapMm + kStubGapMm);
  if (left < 0) return false;
  heights.stub = std::clamp(stub.usual, heights.stub, heights.stub + left / 2);
  plan.shape = Shape::compact;
  plan.at = places_compact(c, body, heights);
  return true;
}

// With a card if there is room for it and all that it says. A small panel that has to say where somebody is
// expected next does without; a still smaller one does not say it.
Plan plan_of(Drawing& d, const Rect& body, const Admitted& admitted, const sync::Attendee& attendee) {
  Plan plan;
  // Of somebody whom only the signature vouches for, there may be nothing to write on a card.
  const bool with_card = greets_by_name(d, attendee) || !category_name(d, attendee.category).empty();
  plan.shape = with_card ? Shape::card : Shape::alone;
  plan.next = what_next(d, admitted);
  if (with_card && admitted.decision.verdict != Verdict::exited) plan.session = next_session(d, attendee);
  place_usually(d, plan, body, attendee);
  if (!plan.session || plan.at.card.h >= least_card_height(d, attendee, plan.at.card.w)) return plan;
  const std::vector<Line> greeting = compact_lines(d, admitted, attendee);
  if (place_compactly(d, plan, body, greeting)) return plan;
  const std::string detail = plan.next.must ? plan.next.detail : std::exchange(plan.next.detail, "");
  if (place_compactly(d, plan, body, greeting)) return plan;
  plan.next.detail = detail;
  plan.session.reset();
  place_usually(d, plan, body, attendee);
  return plan;
}

void draw_greeting(Drawing& d, const Plan& plan, const Admitted& admitted, const sync::Attendee& attendee) {
  Canvas& c = d.canvas;
  const Field& green = c.theme().welcome;
  if (plan.shape == Shape::compact) {
    c.column(plan.at.greeting, compact_lines(d, admitted, attendee), green.ground, Stand::middle);
    return;
  }
  const Words title{.size_mm = c.type(kType.title + 3),
                    .least_mm = kType.body,
                    .align = Align::centre,
                    .stand = plan.at.centred ? Stand::middle : Stand::top,
                    .lines = 2,
                    .role = Role::heading,
                    .id = "title"};
  c.text(plan.at.greeting, greeting(c.tongue(), admitted.decision), title, green.ink, green.ground);
  enter_softly(d, milliseconds{110});
  if (plan.shape == Shape::card) draw_card(d, plan.at.card, attendee);
}

}  // namespace

void draw_admitted(Drawing& d, const Admitted& admitted) {
  Canvas& c = d.canvas;
  const Field& green = c.theme().welcome;
  const House house = draw_house(d, green, Foot::none);
  const Decision& decision = admitted.decision;
  const sync::Attendee nobody;
  const sync::Attendee& attendee = decision.attendee ? *decision.attendee : nobody;
  Rect body = house.body;
  take_staff_key(d, body, decision, green);
  const Plan plan = plan_of(d, body, admitted, attendee);
  const std::string name = greets_by_name(d, attendee) ? attendee.name : std::string();
  c.speak_to_one(Role::status, "result", greeting_with_name(c.tongue(), decision, name),
                 greeting(c.tongue(), decision));
  draw_medal(d, plan.at.medal, plan.at.radius,
             decision.verdict == Verdict::exited ? Glyph::wave : Glyph::tick, green);
  enter_softly(d, milliseconds{40});
  draw_greeting(d, plan, admitted, attendee);
  enter_softly(d, milliseconds{180});
  draw_next(d, plan.at.next, plan.next);
  if (plan.session) {
    enter_softly(d, milliseconds{250});
    draw_stub(d, plan.at.stub, *plan.session);
  }
  c.enter(0, 1);
  if (admitted.badge != Admitted::Badge::printing) draw_time_left(d, green, admitted.until);
}

}  // namespace lanyard::kiosk
