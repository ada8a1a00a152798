// This kiosk on its screen of its own: all right, much wrong, and what lies between.
#include <array>

#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk::samples {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

sync::DayTally morning() {
  sync::DayTally day;
  day.from = at(24, 0, 0);
  day.until = at(25, 0, 0);
  day.here = {412, 431, 9, 37};
  day.everywhere = {1204, 1290, 31, 120};
  day.slots.resize(48);
  constexpr std::array<std::uint32_t, 6> kHere{4, 31, 118, 164, 92, 22};  // from half past seven
  constexpr std::array<std::uint32_t, 6> kAll{9, 88, 310, 512, 274, 97};
  for (std::size_t i = 0; i < kHere.size(); ++i) day.slots[15 + i] = {kHere[i], kAll[i]};
  return day;
}

AlertLine alert(std::string rule, std::string detail, std::string checkpoint, sync::Timestamp when) {
  return {when, std::move(rule), std::move(detail), "gate-n-2", std::move(checkpoint)};
}

}  // namespace

KioskStatus all_right() {
  KioskStatus status;
  status.taken = wall_now() - seconds{2};
  status.device = "gate-n-2";
  status.disk_free = 23'400'000'000;
  status.printer.set_up = true;
  status.printer.asked = wall_now() - seconds{6};
  status.printer.last = PrinterNow::Job{true, {}, at(24, 10, 17)};
  status.roll = RollNow{250, 90};
  status.hub_contact = wall_now() - seconds{3};
  status.roster_as_of = wall_now() - seconds{20};
  status.people = 2318;
  status.clock_offset = milliseconds{340};
  status.queue = {0, 0, 1042};
  status.inside = 388;
  status.today = morning();
  return status;
}

KioskStatus much_wrong() {
  KioskStatus status = all_right();
  status.disk_free = 190'000'000;
  status.printer.reasons = {"out of paper"};
  status.roll = RollNow{250, 250};
  status.printer.last = PrinterNow::Job{false, "out of paper", at(24, 10, 17)};
  status.today->badges_owed = 3;
  status.hub_contact = at(24, 9, 41);
  status.roster_as_of = at(24, 9, 41);
  status.queue = {218, 2, 1042};
  status.oldest_unsent = at(24, 9, 42);
  const std::vector<AlertLine> some{
      alert("scan.unknown_codes", "11 unknown codes, one after the other", "main", at(24, 10, 12)),
      alert("double_entry", "A0042 entered site at main at 09:02:11 and at east at 09:05:40", "east",
            at(24, 9, 6)),
      alert("staff.not_allowed", "S8 (guide) may not evacuate", "main", at(24, 8, 58)),
      alert("staff.wrong_pin", "a wrong PIN was entered", "main", at(24, 8, 57)),
      alert("barred_admission", "A0103 was admitted at main and is blocked", "main", at(23, 17, 30)),
      alert("hub_is_older", "gate-n-2 is of a later version than this hub: its rows wait", "", at(23, 9, 0)),
      alert("a.rule.of.tomorrow", "", "", at(23, 8, 0))};
  for (std::size_t i = 0; i < 30; ++i) status.alerts.push_back(some[i % some.size()]);
  return status;
}

void add_status(std::vector<Sample>& out, const std::string& language) {
  StaffStatus shown;
  shown.who = {"S8", {"guide", {}, {}, {}}};
  shown.next = shown.until = moment_now() + seconds{60};
  Sample none{"90-status-nothing-yet", with(shown, language)};
  none.readers.camera = ReadersNow::Camera::starting;
  out.push_back(none);
  shown.status = all_right();
  Sample well{.name = "91-status-all-right", .state = with(shown, language), .camera = true};
  well.readers = {ReadersNow::Camera::alive, 30, false, wall_now(), 1, 0};
  well.gate = GateNow::works;
  out.push_back(well);
  shown.status->roll->sent = 231;
  shown.status->alerts = {
      alert("printer.roll_low", "about 25 of 250 badges are left", "main", at(24, 10, 16))};
  Sample low{.name = "91-status-roll-low", .state = with(shown, language), .camera = true};
  low.readers = well.readers;
  out.push_back(low);
  shown.status->roll = RollNow{};
  Sample uncounted{.name = "91-status-roll-not-counted", .state = with(shown, language), .camera = true};
  uncounted.readers = well.readers;
  out.push_back(uncounted);
  shown.status = much_wrong();
  shown.page = 1;
  Sample wrong{.name = "92-status-much-wrong", .state = with(shown, language)};
  wrong.state.online = false;
  wrong.state.clock_off = minutes{4};
  wrong.state.fault = Fault::camera;
  wrong.readers = {ReadersNow::Camera::away, 0, true, at(24, 10, 21), 0, 0};
  wrong.gate = GateNow::away;
  out.push_back(wrong);
  // Before the doors open, at a kiosk that prints nothing.
  shown.status = all_right();
  shown.status->printer = {};
  shown.status->today->slots.assign(48, {});
  shown.status->today->here = shown.status->today->everywhere = {};
  shown.status->inside = 0;
  shown.page = 0;
  Sample early{.name = "93-status-nobody-yet", .state = with(shown, language), .camera = true};
  early.readers = {ReadersNow::Camera::alive, 15, false, wall_now(), 0, 0};
  out.push_back(early);
  shown.status = KioskStatus{};
  shown.status->taken = wall_now();
  shown.status->disk_free = 12'000'000'000;
  shown.status->problem = "the database is damaged: row 17 missing from index journal_by_hlc";
  Sample broken{"94-status-no-journal", with(shown, language)};
  broken.state.fault = Fault::storage;
  out.push_back(broken);
  shown.status = all_right();
  shown.status->printer.reasons = {"paper is low"};
  shown.status->today->badges_owed = 1;
  Sample little{.name = "95-status-a-little-wrong", .state = with(shown, language), .camera = true};
  little.readers = well.readers;
  out.push_back(little);
}

}  // namespace lanyard::kiosk::samples
