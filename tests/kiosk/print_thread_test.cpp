// The printer's thread beside the journal's: each badge comes out, or is owed, and is a row.
#include "kiosk/print_thread.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/kiosk/paper_tray.hpp"
#include "tests/kiosk/threads_fixture.hpp"

namespace lanyard::kiosk {
namespace {

std::vector<RowKind> kinds_of(const std::vector<sync::JournalRow>& rows) {
  std::vector<RowKind> kinds;
  for (const auto& row : rows) kinds.push_back(row.kind);
  return kinds;
}

TEST_CASE("a badge goes to the printer, and that it is out becomes a row and an event", "[threads]") {
  const TemporaryFolder pages;
  Machine machine(folder_printer(pages.path()));
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::Admit{issued("A0004")});
  CHECK(machine.listener.next<event::Decided>().decision.badge_owed);
  machine.journal->post(effect::PrintBadge{"A0004"});
  const auto done = machine.listener.next<event::BadgeDone>();
  CHECK(done.attendee == "A0004");
  CHECK(done.printed);
  const auto first = machine.rows();
  REQUIRE(kinds_of(first) == std::vector{RowKind::admitted, RowKind::badge_requested, RowKind::badge_sent,
                                         RowKind::badge_printed});
  CHECK(first[2].target == first[1].id);
  CHECK(first[3].target == first[1].id);
  CHECK(first[2].rule == "badge");
  CHECK(std::filesystem::exists(pages.path() / ("badge-A0004-1-" + first[1].id + ".pdf")));

  machine.journal->post(effect::Reissue{"A0004", operator_named("desk-1"), ReprintReason::damaged});
  CHECK(machine.listener.next<event::BadgeDone>().printed);
  const auto rows = machine.rows();
  REQUIRE(rows.size() == 8);
  CHECK(rows[4].kind == RowKind::reissued);
  CHECK(rows[5].kind == RowKind::badge_requested);
  CHECK(rows[7].rule == "badge.reprint");
  CHECK(rows[7].operator_id == "desk-1");
  CHECK(std::filesystem::exists(pages.path() / ("badge-A0004-2-" + rows[5].id + ".pdf")));
}

TEST_CASE("without a printer, and with one that cannot be reached, the badge is owed", "[threads]") {
  for (const bool with_printer : {false, true}) {
    Machine machine(with_printer ? folder_printer("/proc/nowhere") : nullptr);
    machine.enrol();
    machine.wait_for(Fault::none);
    machine.journal->post(effect::Admit{issued("A0004")});
    machine.journal->post(effect::PrintBadge{"A0004"});
    const auto done = machine.listener.next<event::BadgeDone>();
    CHECK_FALSE(done.printed);
    CHECK_FALSE(done.problem.empty());
    CHECK(machine.rows().back().kind == RowKind::badge_failed);
    machine.journal->post(effect::Admit{issued("A0004")});
    CHECK(machine.listener.next<event::Decided>().decision.verdict == Verdict::badge);
  }
}

TEST_CASE("a badge for somebody who is not known fails at once", "[threads]") {
  Machine machine(nullptr);
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::PrintBadge{"A9999"});
  CHECK_FALSE(machine.listener.next<event::BadgeDone>().printed);
  machine.journal->post(effect::Reissue{"A9999", operator_named("desk-1"), ReprintReason::lost});
  CHECK_FALSE(machine.listener.next<event::BadgeDone>().printed);
  CHECK(machine.rows().empty());
}

TEST_CASE("a badge that comes out while the kiosk stops still becomes a row", "[threads]") {
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs.held_by = "slow"; });
  tray.turn([](auto& knobs) { knobs.says_ready = true; });
  Machine machine(tray.printer());
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::PrintBadge{"A0004"});
  tray.wait_until_sent(1);
  {
    const std::jthread later([&] {
      std::this_thread::sleep_for(20ms);
      tray.turn([](auto& knobs) { knobs.held_by.clear(); });
    });
    machine.stop();
  }
  CHECK(kinds_of(machine.rows()) ==
        std::vector{RowKind::badge_requested, RowKind::badge_sent, RowKind::badge_printed});
}

TEST_CASE("outcomes that are still waiting when the journal stops are written", "[threads]") {
  const TemporaryFolder folder;
  const auto file = folder.path() / "store.db";
  Listener listener;
  constexpr std::size_t kOutcomes = 40;
  {
    auto daemon = sync::Store::open(file).value();
    furnish(daemon, "north-1", "main", roster_of_today());
    JournalThread journal(file, {{"desk-1", hash_pin("2468")}}, listener.inbox, [](const PrintJob&) {});
    while (listener.next<event::FaultChanged>().fault != Fault::none) {
    }
    journal.post(effect::CheckPin{"1111"});  // keeps it busy for a while
    for (std::size_t i = 0; i < kOutcomes; ++i) {
      BadgeOutcome outcome;
      outcome.order.attendee.id = "A" + std::to_string(i);
      outcome.printed = true;
      journal.post(std::move(outcome));
    }
  }
  const auto rows = sync::Store::open(file).value().own_rows(0, 1000).value();
  std::size_t printed = 0;
  for (const auto& row : rows) printed += row.kind == RowKind::badge_printed ? 1U : 0U;
  CHECK(printed == kOutcomes);
}

PrintJob any_job() {
  PrintJob job;
  job.event = *demo_roster().event;
  job.order.attendee = demo_roster().attendees.front();
  job.order.credential = "L1:TEST";
  return job;
}

PrintReports reports_without_journal(std::function<void(const BadgeOutcome&)> done) {
  return {[](const BadgeOrder&, const SentPiece&) { return sync::Expected<void>(); }, [](const BadgeHeld&) {},
          std::move(done), [](const event::BadgeDrawn&) {}};
}

TEST_CASE("there is an end to the badges that can wait, and the one past it is owed", "[threads]") {
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs = {.held_by = "slow", .says_ready = true}; });
  std::atomic<std::size_t> failed{0};
  std::atomic<std::size_t> printed{0};
  PrintTimes patient;
  patient.tell_after = 1h;  // so that nothing passes the first
  PrintThread print(
      pool_of(tray.printer()), portrait_badge(),
      reports_without_journal([&](const BadgeOutcome& outcome) { ++(outcome.printed ? printed : failed); }),
      patient);
  const PrintJob job = any_job();
  print.post(job);
  tray.wait_until_sent(1);
  for (std::size_t i = 0; i < kMaxPrintJobs + 3; ++i) print.post(job);
  CHECK(failed == 3);
  tray.turn([](auto& knobs) { knobs = {}; });
  while (printed < 2) std::this_thread::yield();
  print.stop();
  const std::size_t before = printed;
  print.post(job);  // nobody is there any more
  print.stop();
  CHECK(printed == before);
  CHECK(failed == 3);
}

TEST_CASE("an idle printer is asked how it is while somebody looks, and says what it wants", "[threads]") {
  PaperTray tray;
  std::atomic<bool> is_done{false};
  PrintThread print(pool_of(tray.printer()), portrait_badge(),
                    reports_without_journal([&](const BadgeOutcome&) { is_done = true; }));
  print.post(any_job());
  while (!is_done) std::this_thread::yield();
  tray.turn([](auto& knobs) { knobs.held_by = "the cover is open"; });
  PrinterNow idle = print.look();
  CHECK(idle.set_up);
  while (!idle.asked) idle = print.look();
  CHECK(idle.waiting == 0);
  CHECK(idle.problem.empty());
  CHECK(idle.reasons == std::vector<std::string>{"the cover is open"});
  REQUIRE(idle.last);
  CHECK(idle.last->printed);
}

TEST_CASE("a printer that cannot be used says why, and a kiosk without one asks nobody", "[threads]") {
  PrintThread away(pool_of(folder_printer("/proc/nowhere")), portrait_badge(), reports_without_journal({}));
  PrinterNow now = away.look();
  while (!now.asked) now = away.look();
  CHECK_FALSE(now.problem.empty());
  PrintThread none({}, portrait_badge(), reports_without_journal({}));
  CHECK_FALSE(none.look().set_up);
  CHECK_FALSE(none.look().asked);
}

}  // namespace
}  // namespace lanyard::kiosk
