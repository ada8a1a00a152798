// What a person should look at: of this kiosk, and of all that it has heard of.
#include <algorithm>
#include <array>
#include <string_view>

#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

constexpr float kRowMm = 12.2F;
constexpr float kColumnMm = 78;

// The rules of alert rows: the desk's, the daemon's (carrier.cpp) and the hub's (hub_journal.cpp, erase.cpp).
struct AlertWords {
  std::string_view rule;
  Phrase words;
};
const auto kAlerts = std::to_array<AlertWords>({
    {"kiosk.safe_mode", mark_in("alert", "A kiosk runs without its camera, as it came down again and again")},
    {"scan.unknown_codes", mark_in("alert", "Many unknown codes in a row")},
    {"staff.wrong_pin", mark_in("alert", "Wrong staff PIN")},
    {"staff.not_allowed", mark_in("alert", "Tried without the right to")},
    {"badge.incorrect", mark_in("alert", "Somebody says that their badge is wrong")},
    {"badge.unsure", mark_in("alert", "A badge may be out, or not")},
    {"printer.held_up", mark_in("alert", "The printer waits for somebody")},
    {"gate.away", mark_in("alert", "A gate cannot be opened")},
    {"gate.stayed_shut", mark_in("alert", "Let in, and the gate stayed shut")},
    {sync::kRollLow, mark_in("alert", "The roll of badges is nearly used up")},
    {sync::kNewRoll, mark_in("alert", "A new roll of badges is in")},
    {"provisional.refused", mark_in("alert", "Let in unknown; the roster says no")},
    {"store.mended", mark_in("alert", "This kiosk's data was damaged, and has mended itself")},
    {"journal.old_copy", mark_in("alert", "This store is an old copy")},
    {"double_entry", mark_in("alert", "Entered twice, at two places")},
    {"double_reissue", mark_in("alert", "Two new badges at two places")},
    {"barred_admission", mark_in("alert", "Let in though barred")},
    {"row_differs", mark_in("alert", "One record came in two versions")},
    {"bad_hash", mark_in("alert", "A record was altered")},
    {"broken_chain", mark_in("alert", "A record before it is missing")},
    {"unreadable_row", mark_in("alert", "A record cannot be read")},
    {"hub_is_older", mark_in("alert", "The hub is of an older version")},
    {"person_erased", mark_in("alert", "Somebody's data was erased")},
});

std::string alert_name(const Tongue& t, const AlertLine& alert) {
  const auto known = std::ranges::find(kAlerts, alert.rule, &AlertWords::rule);
  return known == kAlerts.end() ? alert.rule : t.say(known->words);
}

void draw_alert(Drawing& d, Rect row, const AlertLine& alert) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  row = ruled_below(d, row, 1.3F);
  Words when = staff_words(kType.staff - 0.6F, Weight::regular, 2);
  when.least_mm = kType.staff_least - 0.8F;
  when.stand = Stand::middle;
  c.text(take_start(row, std::clamp(row.w * 0.2F, c.px(20), c.px(30)), c.reading()),
         t.moment(alert.at, d.view.wall_now, d.calendar()), when, paper.quiet, paper.ground);
  static_cast<void>(take_start(row, c.px(3), c.reading()));
  Words name = staff_words(kType.staff - 0.2F, Weight::bold);
  name.least_mm = kType.staff_least - 0.4F;
  name.stand = Stand::middle;
  Words small = staff_words(kType.staff - 1.0F);
  small.least_mm = kType.staff_least - 0.8F;
  small.stand = Stand::middle;
  const std::string where = alert.checkpoint.empty() ? alert.device : checkpoint_name(d, alert.checkpoint);
  if (row.w > c.px(110)) {
    small.align = Align::end;
    c.text(take_end(row, row.w * 0.28F, c.reading()), where, small, paper.quiet, paper.ground);
    static_cast<void>(take_end(row, c.px(3), c.reading()));
    small.align = Align::start;
    small.language = "en";  // as the row says it
    c.text(alert.detail.empty() ? row : take_top(row, row.h * 0.52F), alert_name(t, alert), name, paper.ink,
           paper.ground);
    if (!alert.detail.empty()) c.text(row, alert.detail, small, paper.quiet, paper.ground);
    return;
  }
  const std::string both =
      alert.detail.empty() ? where : t.say("{where}: {what}", {{"where", where}, {"what", alert.detail}});
  c.text(both.empty() ? row : take_top(row, row.h * 0.52F), alert_name(t, alert), name, paper.ink,
         paper.ground);
  c.text(row, both, small, paper.quiet, paper.ground);
}

}  // namespace

void draw_alerts(Drawing& d, Rect area, const StaffStatus& shown) {
  Canvas& c = d.canvas;
  const Field& paper = c.theme().paper;
  const Tongue& t = c.tongue();
  const std::vector<AlertLine>& alerts = shown.status->alerts;
  Rect head = take_top(area, c.px(kStaffTargetMm));
  static_cast<void>(take_top(area, c.px(1.6F)));
  c.fill({area.x, area.y, area.w, std::max(1.0F, c.px(0.4F))}, paper.accent);
  static_cast<void>(take_top(area, c.px(1)));
  // Beside each other only where hardly any would be seen: what they say is long.
  const bool is_low = area.h < c.px(2 * kRowMm + 1.6F);
  const Grid grid(c, area, alerts.size(), kRowMm, is_low ? kColumnMm : area.w);
  draw_pager(d, head, shown.page, grid.pages());
  if (grid.pages() > 1) static_cast<void>(take_end(head, c.px(64), c.reading()));
  Words heading = staff_words(kType.staff + 0.8F, Weight::bold);
  heading.role = Role::heading;
  heading.stand = Stand::middle;
  heading.least_mm = kType.staff_least - 0.8F;
  heading.id = "status.alerts";
  c.text(head, t.say("Alerts"), heading, paper.ink, paper.ground);
  if (alerts.empty()) {
    c.text(area.inset(0, c.px(1)), t.say("There is none."), staff_words(kType.staff), paper.quiet,
           paper.ground);
    return;
  }
  for (std::size_t i = grid.first(shown.page); i < grid.end(shown.page); ++i) {
    draw_alert(d, grid.place(i), alerts[i]);
  }
}

}  // namespace lanyard::kiosk
