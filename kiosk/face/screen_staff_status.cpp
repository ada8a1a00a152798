// This kiosk: whether it is all right, how today goes, and what somebody should look at. It is read at a
// glance: the verdict first, then each part with its sign.
#include <algorithm>

#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

constexpr float kVerdictMm = 24;
constexpr float kNarrowVerdictMm = 30;  // its words take two lines
constexpr float kNarrowMm = 115;
constexpr float kLineMm = 10.2F;
constexpr float kMostLineMm = 12.6F;
constexpr float kMostButtonMm = 16;
constexpr float kWithButton = 2.1F;
constexpr float kWithWay = 1.55F;     // of a line that says what to do as well
constexpr float kLeastUnitMm = 7.4F;  // a line and what to do about it, one above the other, can be read
constexpr float kGapMm = 5.5F;
constexpr float kLeastAlertsMm = 12 + 3 + 11;

float weight_of(const HealthLine& line, bool is_narrow) {
  if (!line.button.empty()) return is_narrow ? kWithButton : kWithWay;
  return line.way.empty() ? 1.0F : kWithWay;
}

float lines_weight(const std::vector<HealthLine>& lines, bool is_narrow) {
  float weight = 0;
  for (const HealthLine& line : lines) weight += weight_of(line, is_narrow);
  return weight;
}

// Which kiosk this is, as one names it on the telephone.
std::string about(const Drawing& d, const StaffStatus& shown) {
  const Tongue& t = d.canvas.tongue();
  const std::string device = shown.status ? shown.status->device : std::string();
  const std::string version = t.say("version {version}", {{"version", LANYARD_VERSION}});
  return device.empty() ? version : t.say("{device}, {version}", {{"device", device}, {"version", version}});
}

void draw_verdict(Drawing& d, Rect area, const StaffStatus& shown, const HealthLine& verdict) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const bool is_narrow = area.w < c.px(kNarrowMm);
  if (d.view.preview.texture != 0) {
    const Rect picture = take_end(area, c.px(is_narrow ? 22 : 32), c.reading());
    static_cast<void>(take_end(area, c.px(4), c.reading()));
    draw_small_picture(d, picture.middle(picture.w, picture.w * 3 / 4));
  }
  const Rect sign = take_start(area, c.px(is_narrow ? 10 : 14), c.reading());
  static_cast<void>(take_start(area, c.px(4), c.reading()));
  const Rgb colour = verdict.health == Health::bad ? c.theme().decline : paper.ink;
  draw_glyph(c, verdict.health == Health::unused ? Glyph::clock : sign_of(verdict.health),
             sign.middle(sign.w, sign.w), colour_of(d, verdict.health), std::max(2.0F, c.px(1.5F)));
  Words words = staff_words(8, Weight::bold, 2);
  words.least_mm = 6;
  words.role = Role::status;
  words.id = "status.verdict";
  const std::string place = d.view.checkpoint == nullptr ? std::string() : d.local(d.view.checkpoint->name);
  c.column(area,
           {{verdict.state, words, colour, 1.2F},
            {place, staff_words(kType.staff, Weight::regular), paper.ink, 0.6F},
            {about(d, shown), staff_words(kType.staff - 0.6F), paper.quiet, 0}},
           paper.ground, Stand::middle);
}

void draw_health(Drawing& d, Rect row, const HealthLine& line) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  constexpr float kFreeMm = 0.3F;
  row = ruled_below(d, row, kFreeMm);
  static_cast<void>(take_top(row, c.px(kFreeMm)));  // nor is the line above touched
  const Rect sign = take_start(row, c.px(6), c.reading());
  static_cast<void>(take_start(row, c.px(3), c.reading()));
  draw_glyph(c, sign_of(line.health), sign.middle(c.px(5.4F), c.px(5.4F)), colour_of(d, line.health),
             std::max(1.5F, c.px(0.8F)));
  Words name = staff_words(kType.staff - 0.4F, Weight::regular, 2);
  name.least_mm = kType.staff_least - 0.4F;
  name.stand = Stand::middle;
  const Rect label = take_start(row, std::clamp(row.w * 0.24F, c.px(22), c.px(38)), c.reading());
  c.text(label, line.name, name, paper.quiet, paper.ground);
  static_cast<void>(take_start(row, c.px(3), c.reading()));
  if (!line.button.empty()) {
    const Words how{.size_mm = kType.staff, .least_mm = kType.staff_least};
    const float width = c.measure({0, 0, row.w, row.h}, line.button, how).w + c.px(8);
    const Rect key = take_end(row, std::min(width, row.w * 0.45F), c.reading());
    static_cast<void>(take_end(row, c.px(3), c.reading()));
    if (draw_button(d, key.middle(key.w, std::min(key.h - c.px(0.6F), c.px(kMostButtonMm))),
                    {.id = line.id + ".done", .label = line.button, .type_mm = kType.staff}, paper))
      d.intend(event::RollChanged{});
  }
  const bool wrong = line.health >= Health::amiss;
  Words state = staff_words(kType.staff, wrong ? Weight::bold : Weight::regular, 2);
  state.least_mm = kType.staff_least - 0.4F;
  state.id = line.id;
  state.role = Role::status;
  Words way = staff_words(kType.staff - 0.6F, Weight::regular, line.button.empty() ? 2 : 3);
  way.least_mm = kType.staff_least - 0.6F;
  c.column(row.inset(0, c.px(0.4F)),
           {{line.state, state, line.health == Health::bad ? c.theme().decline : paper.ink, 0.3F},
            {line.way, way, paper.quiet, 0}},
           paper.ground, Stand::middle);
}

// Where so much is wrong that it would not fit with all that is to be done about it, what goes on for now is
// named alone, and then the last of the rest.
void leave_out_ways(std::vector<HealthLine>& lines, bool is_narrow, float most_weight) {
  for (const Health health : {Health::unused, Health::good, Health::amiss, Health::bad}) {
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
      if (lines_weight(lines, is_narrow) <= most_weight) return;
      if (line->health == health && line->button.empty()) line->way.clear();
    }
  }
}

void draw_lines(Drawing& d, Rect area, std::vector<HealthLine> lines) {
  Canvas& c = d.canvas;
  const bool is_narrow = area.w < c.px(kNarrowMm);
  leave_out_ways(lines, is_narrow, area.h / c.px(kLeastUnitMm));
  // What is touched is as high as it has to be, and the others share the rest.
  const float key = c.px(kStaffTargetMm + 0.9F);
  float room = area.h;
  float weight = lines_weight(lines, is_narrow);
  for (const HealthLine& line : lines) {
    const float own = weight_of(line, is_narrow);
    if (line.button.empty() || area.h / weight * own >= key) continue;
    room -= key;
    weight -= own;
  }
  const float unit = std::min(c.px(kMostLineMm), room / std::max(1.0F, weight));
  c.fill({area.x, area.y, area.w, std::max(1.0F, c.px(0.4F))}, c.theme().paper.accent);
  for (const HealthLine& line : lines) {
    const float high = unit * weight_of(line, is_narrow);
    draw_health(d, take_top(area, line.button.empty() ? high : std::max(high, key)), line);
  }
}

}  // namespace

void draw_staff_status(Drawing& d, const StaffStatus& shown) {
  Canvas& c = d.canvas;
  Rect body = draw_staff_frame(d, c.tongue().say("This kiosk"), true);
  const std::vector<HealthLine> lines = health_of(d, shown);
  const HealthLine verdict = verdict_of(d, shown, lines);
  // On a wide panel how it is stands beside how it goes; on a tall one above it.
  const bool beside = body.w > body.h * 0.9F;
  Rect health = body;
  if (beside) {
    health = take_start(body, body.w * 0.47F, c.reading());
    static_cast<void>(take_start(body, c.px(9), c.reading()));
  }
  const float high = c.px(health.w < c.px(kNarrowMm) ? kNarrowVerdictMm : kVerdictMm);
  draw_verdict(d, take_top(health, high), shown, verdict);
  static_cast<void>(take_top(health, c.px(3)));
  if (!beside) {
    const float others = least_today_height(c, body.w) + c.px(kLeastAlertsMm + kGapMm + 4);
    const float weight = lines_weight(lines, body.w < c.px(kNarrowMm));
    const float spare = std::max(0.0F, health.h - others - c.px(kLineMm) * weight);
    const float wanted = std::min(c.px(kMostLineMm) * weight, c.px(kLineMm) * weight + spare * 0.3F);
    body = health;
    health = take_top(body, std::min(wanted, std::max(body.h - others, body.h * 0.3F)));
    static_cast<void>(take_top(body, c.px(kGapMm)));
  }
  draw_lines(d, health, lines);
  d.again_in(std::chrono::milliseconds{1000});
  // A journal that cannot be read tells neither.
  if (!shown.status || !shown.status->problem.empty()) return;
  // What is left goes to the plot, but for a list of alerts that has use for it.
  const float least = least_today_height(c, body.w);
  const bool any = !shown.status->alerts.empty();
  const float alerts = any ? std::max(c.px(kLeastAlertsMm), body.h * 0.45F) : c.px(kLeastAlertsMm);
  const float most = least + c.px(any ? 30 : 56);
  draw_today(d, take_top(body, std::max(least, std::min(body.h - alerts, most))), *shown.status);
  static_cast<void>(take_top(body, c.px(4)));
  draw_alerts(d, body, shown);
}

}  // namespace lanyard::kiosk
