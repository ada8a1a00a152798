// Many badges into one hand: who is left out, and then the receipt, whose number goes onto the paper that is
// signed.
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

void draw_mark(Drawing& d, const Rect& box, bool chosen) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const float radius = c.px(1.2F);
  if (chosen) c.fill(box, paper.ink, radius);
  c.frame(box, chosen ? paper.ink : paper.quiet, std::max(1.0F, c.px(0.4F)), radius);
  if (chosen) {
    const float side = box.w * 0.78F;
    draw_glyph(c, Glyph::tick, box.middle(side, side), paper.ground, std::max(1.5F, c.px(0.8F)));
  }
}

void draw_person(Drawing& d, Rect row, const sync::Attendee& one, bool chosen) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const auto [ground, tapped] = draw_list_line(
      d, row, "hand_over." + one.id, name_or_id(one),
      chosen ? c.tongue().say_in("hand over", "Taken along") : c.tongue().say_in("hand over", "Left out"));
  Rect inner = row.inset(c.px(4), c.px(1.4F));
  const float side = c.px(6);
  draw_mark(d, take_start(inner, side, c.reading()).middle(side, side), chosen);
  static_cast<void>(take_start(inner, c.px(4), c.reading()));
  Words name = staff_words(kType.staff + 0.4F, chosen ? Weight::bold : Weight::regular);
  name.stand = Stand::middle;
  Words organisation = staff_words(kType.staff - 0.8F);
  organisation.least_mm = kType.staff_least - 0.4F;
  organisation.stand = Stand::middle;
  Rect top = one.organisation.empty() ? inner : take_top(inner, inner.h * 0.54F);
  c.text(top, name_or_id(one), name, chosen ? paper.ink : paper.quiet, ground);
  c.text(inner, one.organisation.empty() ? std::string() : one.organisation, organisation, paper.quiet,
         ground);
  if (tapped) d.intend(event::LeftOut{one.id});
}

void draw_choice(Drawing& d, Rect body, const StaffHandOver& many) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  Words lead = staff_words(7, Weight::bold, 2);
  lead.role = Role::heading;
  c.column(take_top(body, c.px(17)),
           {{t.say("Badges of the delegation that nobody has collected yet"), lead, paper.ink, 1.6F},
            {t.say("{name} takes them along. Tap whom to leave out.",
                   {{"name", name_or_id(many.record.attendee)}}),
             staff_words(kType.staff, Weight::regular, 2), paper.quiet, 0}},
           paper.ground, Stand::top);
  static_cast<void>(take_top(body, c.px(4)));
  Rect foot = take_bottom(body, c.px(16));
  static_cast<void>(take_bottom(body, c.px(4)));
  const int chosen = static_cast<int>(many.people.size() - many.left_out.size());
  const Grid grid(c, body, many.people.size(), 14.5F, 88);
  for (std::size_t i = grid.first(many.page); i < grid.end(many.page); ++i) {
    const sync::Attendee& one = many.people[i];
    draw_person(d, grid.place(i), one, !many.left_out.contains(one.id));
  }
  if (many.people.empty()) {
    c.text(take_top(body, c.px(12)), t.say("All of them have their badge already."), staff_words(kType.staff),
           paper.quiet, paper.ground);
  }
  const Rect button = take_start(foot, std::min(foot.w * 0.5F, c.px(90)), c.reading());
  if (draw_button(d, button,
                  {.id = "hand_over.confirm",
                   .label = t.plural("Hand over {n} badge", "Hand over {n} badges", chosen),
                   .glyph = Glyph::printer,
                   .look = Look::strong,
                   .enabled = chosen > 0 && !many.working,
                   .type_mm = kType.staff + 0.6F},
                  paper)) {
    d.intend(event::Confirmed{});
  }
  static_cast<void>(take_start(foot, c.px(5), c.reading()));
  draw_pager(d, foot, many.page, grid.pages());
  if (many.acted) {
    static_cast<void>(take_end(foot, grid.pages() > 1 ? c.px(64) : 0, c.reading()));
    draw_progress(d, foot, failure_words(d, *many.acted));
  }
}

void draw_receipt(Drawing& d, Rect body, const StaffHandOver& many) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  const Receipt& receipt = many.acted->receipt;
  Words number = staff_words(20, Weight::bold, 1);
  number.role = Role::status;
  number.id = "receipt.number";
  const bool bulk = !receipt.to.empty();
  const std::string taker =
      bulk ? t.say("Taken along by {name}", {{"name", name_or_id(many.record.attendee)}}) : std::string();
  const int count = static_cast<int>(receipt.badges.size());
  std::string state = t.plural("{n} badge", "{n} badges", count);
  if (many.printed > 0) state += " · " + t.say("printed: {n}", {{"n", std::to_string(many.printed)}});
  Rect head = take_top(body, c.px(48));
  c.column(head,
           {{t.say("Receipt"), staff_words(kType.staff + 0.6F), paper.quiet, 1.5F},
            {receipt.number, number, paper.ink, 3},
            {state, staff_words(kType.staff + 0.6F, Weight::bold), paper.ink, 1.5F},
            {taker, staff_words(kType.staff), paper.quiet, 0}},
           paper.ground, Stand::top);
  if (many.failed > 0) {
    const int failed = static_cast<int>(many.failed);
    draw_progress(d, take_top(body, c.px(11)),
                  {t.plural("{n} badge could not be printed: print it anew from its record",
                            "{n} badges could not be printed: print them anew from their records", failed),
                   Glyph::cross, c.theme().decline});
  }
  c.fill({body.x, body.y, body.w, std::max(1.0F, c.px(0.4F))}, paper.accent);
  static_cast<void>(take_top(body, c.px(3.5F)));
  Rect foot = take_bottom(body, c.px(13));
  std::vector<const sync::Attendee*> taken;
  for (const sync::Attendee& one : many.people) {
    if (!many.left_out.contains(one.id)) taken.push_back(&one);
  }
  const Grid grid(c, body, taken.size(), 8.6F, 88);
  for (std::size_t i = grid.first(many.page); i < grid.end(many.page); ++i) {
    Words line = staff_words(kType.staff);
    line.stand = Stand::middle;
    c.text(grid.place(i), name_or_id(*taken[i]), line, paper.ink, paper.ground);
  }
  draw_pager(d, foot, many.page, grid.pages());
}

}  // namespace

void draw_staff_hand_over(Drawing& d, const StaffHandOver& many) {
  const Rect body = draw_staff_frame(d, d.canvas.tongue().say("Hand over badges"), true);
  const bool done = many.acted && many.acted->outcome == Outcome::done && many.acted->problem.empty();
  if (done) {
    draw_receipt(d, body, many);
  } else {
    draw_choice(d, body, many);
  }
}

}  // namespace lanyard::kiosk
