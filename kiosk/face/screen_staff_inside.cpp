// Who is inside, for an evacuation: how many, and everybody by name. It is read in a hurry, and perhaps
// aloud.
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

void draw_head(Drawing& d, Rect area, const StaffInside& inside) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  const Rect again = take_end(area, c.px(56), c.reading());
  static_cast<void>(take_end(area, c.px(6), c.reading()));
  if (draw_button(d, again.middle(again.w, c.px(16)),
                  {.id = "inside.again", .label = t.say("Count again"), .type_mm = kType.staff + 0.4F},
                  paper)) {
    d.intend(event::EvacuationAsked{});
  }
  const std::string number = std::to_string(inside.people.size());
  Words count = staff_words(30, Weight::bold);
  count.stand = Stand::middle;
  count.role = Role::status;
  count.id = "inside.count";
  Rect half = area;
  const Rect used =
      c.text(take_start(half, area.w * 0.5F, c.reading()), number, count, paper.ink, paper.ground);
  static_cast<void>(take_start(area, used.w + c.px(7), c.reading()));
  const std::string when = t.moment(inside.taken, d.view.wall_now, d.calendar());
  Words what = staff_words(7, Weight::bold, 2);
  what.role = Role::heading;
  c.column(area,
           {{t.plural("person inside", "people inside", static_cast<int>(inside.people.size())), what,
             paper.ink, 1.4F},
            {t.say("Counted at {time}", {{"time", when}}), staff_words(kType.staff), paper.quiet, 1.4F},
            {d.view.state.online ? std::string()
                                 : t.say("Offline: other entrances may have let people in or out since"),
             staff_words(kType.staff - 0.2F, Weight::bold, 3), c.theme().decline, 0}},
           paper.ground, Stand::middle);
}

void draw_one(Drawing& d, Rect row, const InsideLine& one) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  row = ruled_below(d, row, 0.9F);
  Rect side = take_end(row, row.w * 0.32F, c.reading());
  static_cast<void>(take_end(row, c.px(3), c.reading()));
  Words name = staff_words(kType.staff + 0.2F, Weight::bold);
  name.stand = Stand::middle;
  Words small = staff_words(kType.staff - 0.8F);
  small.least_mm = kType.staff_least - 0.4F;
  small.stand = Stand::middle;
  const float high = row.h * 0.54F;
  c.text(one.organisation.empty() ? row : take_top(row, high), one.name, name, paper.ink, paper.ground);
  if (!one.organisation.empty()) c.text(row, one.organisation, small, paper.quiet, paper.ground);
  small.align = Align::end;
  const std::string zone = zone_name(d, one.zone);
  const std::string since =
      one.since ? t.say("since {since}", {{"since", t.moment(*one.since, d.view.wall_now, d.calendar())}})
                : std::string();
  if (!zone.empty()) c.text(take_top(side, high), zone, small, paper.ink, paper.ground);
  if (!since.empty()) c.text(side, since, small, paper.quiet, paper.ground);
}

}  // namespace

void draw_staff_inside(Drawing& d, const StaffInside& inside) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  Rect body = draw_staff_frame(d, c.tongue().say("Who is inside"), true);
  draw_head(d, take_top(body, c.px(32)), inside);
  static_cast<void>(take_top(body, c.px(2)));
  c.fill({body.x, body.y, body.w, std::max(1.0F, c.px(0.4F))}, paper.accent);
  static_cast<void>(take_top(body, c.px(2)));
  const Rect foot = take_bottom(body, c.px(13));
  static_cast<void>(take_bottom(body, c.px(2)));
  const Grid grid(c, body, inside.people.size(), 10.6F, 92);
  for (std::size_t i = grid.first(inside.page); i < grid.end(inside.page); ++i) {
    draw_one(d, grid.place(i), inside.people[i]);
  }
  draw_pager(d, foot, inside.page, grid.pages());
}

}  // namespace lanyard::kiosk
