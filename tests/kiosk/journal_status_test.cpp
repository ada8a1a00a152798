// How a kiosk is, told by its threads over a real store: true numbers, and never a word too late for a badge.
#include <algorithm>
#include <filesystem>

#include "tests/kiosk/paper_tray.hpp"
#include "tests/kiosk/threads_fixture.hpp"

namespace lanyard::kiosk {
namespace {

KioskStatus status_of(Machine& machine) {
  machine.journal->post(effect::ReadStatus{});
  return machine.listener.next<event::StatusRead>().status;
}

TEST_CASE("the status has true numbers of the day, the queue, the roster and the disk", "[threads]") {
  const TemporaryFolder pages;
  Machine machine(folder_printer(pages.path()));
  machine.enrol();
  machine.wait_for(Fault::none);
  KioskStatus status = status_of(machine);
  CHECK(status.problem.empty());
  CHECK(status.device == "north-1");
  REQUIRE(status.today);
  CHECK(status.today->here == sync::DayCounts{});
  CHECK(status.people == demo_roster().attendees.size());
  CHECK(status.roster_as_of);
  CHECK(status.queue.unsent == 0);
  CHECK_FALSE(status.oldest_unsent);
  REQUIRE(status.disk_free);
  CHECK(*status.disk_free > 0);
  CHECK(status.printer.set_up);

  machine.journal->post(effect::Admit{issued("A0004")});
  machine.journal->post(effect::Admit{"a stranger"});
  machine.journal->post(effect::PrintBadge{"A0004"});
  CHECK(machine.listener.next<event::BadgeDone>().printed);
  machine.journal->post(effect::RaiseAlert{"scan.unknown_codes", "11 unknown codes"});
  status = status_of(machine);
  CHECK(status.today->here == sync::DayCounts{1, 1, 1, 1});
  CHECK(status.inside == 1U);
  const auto& slots = status.today->slots;
  CHECK(std::ranges::count(slots, sync::SlotCount{1, 1}) == 1);
  CHECK(status.queue.unsent == 6);
  CHECK(status.queue.last_seq == 6);
  REQUIRE(status.oldest_unsent);
  CHECK(*status.oldest_unsent <= status.taken);
  REQUIRE(status.alerts.size() == 1);
  CHECK(status.alerts[0].rule == "scan.unknown_codes");
  CHECK(status.alerts[0].detail == "11 unknown codes");
  CHECK(status.alerts[0].checkpoint == "main");
  REQUIRE(status.printer.last);
  CHECK(status.printer.last->printed);
}

TEST_CASE("badges are counted from a new roll on: staff are warned once, and the next begins anew",
          "[threads]") {
  PaperTray tray;
  Machine machine(tray.printer(), {}, RollSetting{"test", 22});
  machine.enrol();
  machine.wait_for(Fault::none);
  const auto alerts = [&](std::string_view rule) {
    const auto rows = machine.rows();
    return std::ranges::count(rows, rule, &sync::JournalRow::rule);
  };
  const auto print = [&](int count) {
    for (int i = 0; i < count; ++i) {
      machine.journal->post(effect::Reissue{"A0004", operator_named("desk-1"), ReprintReason::damaged});
      CHECK(machine.listener.next<event::BadgeDone>().printed);
    }
  };
  print(1);
  CHECK(status_of(machine).roll->whole == 0);
  machine.journal->post(effect::NoteNewRoll{"desk-1"});
  CHECK(status_of(machine).roll->left() == 22);
  print(11);
  CHECK(status_of(machine).roll->left() == 11);
  CHECK_FALSE(status_of(machine).roll->is_low());
  CHECK(alerts(sync::kRollLow) == 0);
  print(1);
  CHECK(status_of(machine).roll->left() == 10);
  CHECK(status_of(machine).roll->is_low());
  CHECK(alerts(sync::kRollLow) == 1);
  print(1);
  CHECK(alerts(sync::kRollLow) == 1);
  machine.journal->post(effect::NoteNewRoll{"desk-1"});
  CHECK(status_of(machine).roll->left() == 22);
  CHECK(alerts(sync::kNewRoll) == 2);
  const auto rows = machine.rows();
  CHECK(rows.back().operator_id == "desk-1");
}

TEST_CASE("nobody counts where nobody said how many there are", "[threads]") {
  PaperTray tray;
  Machine machine(tray.printer());
  machine.enrol();
  machine.wait_for(Fault::none);
  CHECK_FALSE(status_of(machine).roll);
}

TEST_CASE("an entry that staff undo is gone from the day", "[threads]") {
  Machine machine(nullptr);
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::Admit{issued("A0004")});
  const std::string row = machine.listener.next<event::Decided>().decision.row;
  machine.journal->post(effect::Undo{"A0004", operator_named("desk-1"), row});
  const KioskStatus status = status_of(machine);
  CHECK(status.today->here == sync::DayCounts{});
  CHECK(status.inside == 0U);
}

TEST_CASE("without a printer badges are owed, and without enrolment there is still a status", "[threads]") {
  Machine machine(nullptr);
  machine.wait_for(Fault::not_enrolled);
  KioskStatus status = status_of(machine);
  CHECK(status.device.empty());
  CHECK_FALSE(status.today);
  CHECK(status.disk_free);
  CHECK_FALSE(status.printer.set_up);
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::Admit{issued("A0004")});
  machine.journal->post(effect::PrintBadge{"A0004"});
  CHECK_FALSE(machine.listener.next<event::BadgeDone>().printed);
  status = status_of(machine);
  CHECK(status.today->badges_owed == 1);
  REQUIRE(status.printer.last);
  CHECK_FALSE(status.printer.last->printed);
}

TEST_CASE("a store whose folder is away is told of, and the rest of the status comes", "[threads]") {
  const TemporaryFolder folder;
  Listener listener;
  JournalThread journal(folder.path() / "late" / "store.db", {}, listener.inbox, [](const PrintJob&) {});
  CHECK(listener.next<event::FaultChanged>().fault == Fault::storage);
  journal.post(effect::ReadStatus{});
  const KioskStatus status = listener.next<event::StatusRead>().status;
  CHECK_FALSE(status.problem.empty());
  CHECK_FALSE(status.disk_free);
  CHECK_FALSE(status.printer.set_up);
}

}  // namespace
}  // namespace lanyard::kiosk
