// Why a past decision came out as it did: what the row says it was based on, and the same decision made anew.
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

constexpr std::string_view kAltered = "ALTERED";
constexpr std::size_t kMaxLabel = 24;

// "rule: window.early" as a name and a value; a line without a colon is all value.
struct WeighedFact {
  std::string name;
  std::string value;
};
WeighedFact fact_of(const std::string& line) {
  const std::size_t colon = line.find(": ");
  if (colon > kMaxLabel) return {{}, line};  // npos, too
  return {line.substr(0, colon), line.substr(colon + 2)};
}

void draw_line(Drawing& d, Rect row, const std::string& line) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Rgb white = rgb(0xFFFFFF);
  const bool alarming = line.starts_with(kAltered);
  const WeighedFact fact = fact_of(line);
  c.fill({row.x, row.bottom(), row.w, std::max(1.0F, c.px(0.2F))}, paper.hairline);
  Words name = staff_words(kType.staff - 0.4F, alarming ? Weight::bold : Weight::regular);
  name.stand = Stand::middle;
  name.language = "en";
  Words value = staff_words(kType.staff - 0.2F, Weight::bold, 2);
  value.stand = Stand::middle;
  value.language = "en";
  if (!fact.name.empty()) {
    const Rect label = take_start(row, row.w * 0.32F, c.reading());
    static_cast<void>(take_start(row, c.px(3), c.reading()));
    c.text(label, fact.name, name, alarming ? c.theme().decline : paper.quiet, white);
  }
  c.text(row, fact.value, value, alarming ? c.theme().decline : paper.ink, white);
}

}  // namespace

void draw_staff_why(Drawing& d, const StaffWhy& why) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  Rect body = draw_staff_frame(d, t.say("Why?"), true);
  Words heading = staff_words(7, Weight::bold, 2);
  heading.role = Role::heading;
  c.text(take_top(body, c.px(10)), name_or_id(why.record.attendee), heading, paper.ink, paper.ground);
  if (why.altered) {
    draw_progress(d, take_top(body, c.px(11)),
                  {t.say("This row is not as it was written"), Glyph::cross, c.theme().decline});
  }
  static_cast<void>(take_top(body, c.px(2)));
  const Rect foot = take_bottom(body, c.px(13));
  static_cast<void>(take_bottom(body, c.px(3)));
  const float room = body.h - 2 * c.px(3);
  const Grid grid(c, {body.x, body.y, body.w, room}, why.lines.size(), 10.4F, 1000);
  const auto shown = static_cast<float>(grid.end(why.page) - grid.first(why.page));
  const Rect panel{body.x, body.y, body.w, std::min(body.h, shown * c.px(10.4F + 1.6F) + 2 * c.px(3))};
  c.fill(panel, rgb(0xFFFFFF), c.px(2.5F));
  c.frame(panel, paper.hairline, std::max(1.0F, c.px(0.3F)), c.px(2.5F));
  for (std::size_t i = grid.first(why.page); i < grid.end(why.page); ++i) {
    draw_line(d, grid.place(i).moved(0, c.px(3)).inset(c.px(5), 0), why.lines[i]);
  }
  draw_pager(d, foot, why.page, grid.pages());
}

}  // namespace lanyard::kiosk
