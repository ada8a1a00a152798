// The printer's thread beside the journal's: each badge comes out, or is owed, and is a row.
#include "kiosk/print_thread.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/kiosk/threads_fixture.hpp"

namespace lanyard::kiosk {
namespace {

// A printer that takes its time: holds each page until it is let go.
class SlowPrinter : public Printer {
 public:
  struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool busy{false};
    bool open{false};
    void wait_until_busy() {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return busy; });
    }
    void let_go() {
      const std::lock_guard lock(mutex);
      open = true;
      changed.notify_all();
    }
  };
  explicit SlowPrinter(Gate& gate) : gate_(gate) {}
  sync::Expected<void> print(std::string_view, const BadgePage&) override {
    std::unique_lock lock(gate_.mutex);
    gate_.busy = true;
    gate_.changed.notify_all();
    gate_.changed.wait(lock, [this] { return gate_.open; });
    return {};
  }
  sync::Expected<PrinterState> state() override { return PrinterState{"slow", {"paper is low"}}; }
  sync::Expected<std::string> describe() override { return std::string("slow"); }

 private:
  Gate& gate_;
};

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
  CHECK(std::filesystem::exists(pages.path() / "badge-A0004-1.pdf"));
  CHECK(machine.rows().back().kind == RowKind::badge_printed);

  machine.journal->post(effect::Reissue{"A0004", operator_named("desk-1"), ReprintReason::damaged});
  CHECK(machine.listener.next<event::BadgeDone>().printed);
  CHECK(std::filesystem::exists(pages.path() / "badge-A0004-2.pdf"));
  const auto rows = machine.rows();
  REQUIRE(rows.size() == 4);
  CHECK(rows[2].kind == RowKind::reissued);
  CHECK(rows[3].rule == "badge.reprint");
  CHECK(rows[3].operator_id == "desk-1");
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
  SlowPrinter::Gate gate;
  Machine machine(std::make_unique<SlowPrinter>(gate));
  machine.enrol();
  machine.wait_for(Fault::none);
  machine.journal->post(effect::PrintBadge{"A0004"});
  machine.journal->post(effect::PrintBadge{"A0005"});  // waits behind it, and is dropped: owed
  gate.wait_until_busy();
  {
    const std::jthread later([&] {
      std::this_thread::sleep_for(20ms);
      gate.let_go();
    });
    machine.stop();
  }
  const auto rows = machine.rows();
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].kind == RowKind::badge_printed);
  CHECK(rows[0].attendee == "A0004");
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

TEST_CASE("there is an end to the badges that can wait, and the one past it is owed", "[threads]") {
  SlowPrinter::Gate gate;
  std::atomic<std::size_t> failed{0};
  std::atomic<std::size_t> printed{0};
  PrintThread print(std::make_unique<SlowPrinter>(gate), portrait_badge(), 300,
                    [&](const BadgeOutcome& outcome) { ++(outcome.printed ? printed : failed); });
  PrintJob job;
  job.event = *demo_roster().event;
  job.order = {demo_roster().attendees.front(), "L1:TEST", 1, false, false};
  print.post(job);
  gate.wait_until_busy();
  for (std::size_t i = 0; i < kMaxPrintJobs + 3; ++i) print.post(job);
  CHECK(failed == 3);
  gate.let_go();
  while (printed < 2) std::this_thread::yield();
  print.stop();
  const std::size_t before = printed;
  print.post(job);  // nobody is there any more
  print.stop();
  CHECK(printed == before);
  CHECK(failed == 3);
}

TEST_CASE("an idle printer is asked how it is while somebody looks, and a busy one is not", "[threads]") {
  SlowPrinter::Gate gate;
  std::atomic<bool> is_done{false};
  PrintThread print(std::make_unique<SlowPrinter>(gate), portrait_badge(), 300,
                    [&](const BadgeOutcome&) { is_done = true; });
  PrintJob job;
  job.event = *demo_roster().event;
  job.order = {demo_roster().attendees.front(), "L1:TEST", 1, false, false};
  print.post(job);
  gate.wait_until_busy();
  const PrinterNow busy = print.look();
  CHECK(busy.set_up);
  CHECK(busy.waiting == 1);
  CHECK_FALSE(busy.asked);
  CHECK_FALSE(busy.last);
  gate.let_go();
  while (!is_done) std::this_thread::yield();
  PrinterNow idle = print.look();
  while (!idle.asked) idle = print.look();
  CHECK(idle.waiting == 0);
  CHECK(idle.problem.empty());
  CHECK(idle.reasons == std::vector<std::string>{"paper is low"});
  REQUIRE(idle.last);
  CHECK(idle.last->printed);
}

TEST_CASE("a printer that cannot be used says why, and a kiosk without one asks nobody", "[threads]") {
  PrintThread away(folder_printer("/proc/nowhere"), portrait_badge(), 300, [](const BadgeOutcome&) {});
  PrinterNow now = away.look();
  while (!now.asked) now = away.look();
  CHECK_FALSE(now.problem.empty());
  PrintThread none(nullptr, portrait_badge(), 300, [](const BadgeOutcome&) {});
  CHECK_FALSE(none.look().set_up);
  CHECK_FALSE(none.look().asked);
}

}  // namespace
}  // namespace lanyard::kiosk
