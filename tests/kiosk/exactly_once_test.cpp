// Each badge comes out once: whatever the printer does, and wherever the kiosk was when it ended.
#include <set>
#include <thread>

#include "kiosk/print_thread.hpp"
#include "tests/kiosk/paper_tray.hpp"
#include "tests/kiosk/threads_fixture.hpp"

namespace lanyard::kiosk {
namespace {

// A kiosk that can end at any step and be started again, before the same printers.
class Restarting {
 public:
  Restarting() {
    auto daemon = sync::Store::open(store_file()).value();
    furnish(daemon, "north-1", "main", roster_of_today());
  }

  struct Running {
    std::unique_ptr<Listener> listener = std::make_unique<Listener>();
    std::unique_ptr<JournalThread> journal;
    std::unique_ptr<PrintThread> print;
    std::function<void()> before_end;
    std::atomic<bool> dead{false};

    ~Running() {
      if (print) print->stop();
      journal.reset();
    }
  };

  // `crash_before`: of the journal's answers about the print, the first that is never heard: "row" (the job
  // is open, and no row says so), "sent" (the row is there, and the page does not go out), "done" (the page
  // is out, and no row says so).
  std::unique_ptr<Running> start(std::vector<PaperTray*> trays, const std::string& crash_before = "",
                                 PrintTimes times = {}) {
    auto running = std::make_unique<Running>();
    Running* const self = running.get();
    running->journal =
        std::make_unique<JournalThread>(store_file(), std::vector<StaffMember>{}, running->listener->inbox,
                                        [self](PrintJob job) { self->print->post(std::move(job)); });
    std::vector<PoolPrinter> pool;
    for (PaperTray* tray : trays)
      pool.push_back({tray->printer(), "tray-" + std::to_string(pool.size()), pool.empty() ? "" : "south"});
    PrintReports reports = reports_to(*running->journal, running->listener->inbox);
    if (crash_before == "sent") {
      reports.sent = [self](const BadgeOrder& order, const SentPiece& piece) -> sync::Expected<void> {
        (void)self->journal->write_sent(order, piece);
        self->dead = true;
        return sync::fail(sync::Error::Kind::storage, "killed");
      };
      reports.done = [](const BadgeOutcome&) {};
    }
    if (crash_before == "row") {
      reports.sent = [self](const BadgeOrder&, const SentPiece&) -> sync::Expected<void> {
        self->before_end();
        self->dead = true;
        return sync::fail(sync::Error::Kind::storage, "killed");
      };
      reports.done = [](const BadgeOutcome&) {};
    }
    if (crash_before == "done") reports.done = [self](const BadgeOutcome&) { self->dead = true; };
    running->print =
        std::make_unique<PrintThread>(std::move(pool), portrait_badge(), std::move(reports), times);
    running->journal->post(ResumeBadges{});
    while (running->listener->next<event::FaultChanged>().fault != Fault::none) {
    }
    return running;
  }

  std::vector<sync::JournalRow> rows() {
    return sync::Store::open(store_file()).value().own_rows(0, 1000).value();
  }
  std::size_t count(RowKind kind) {
    std::size_t found = 0;
    for (const auto& row : rows()) found += row.kind == kind ? 1U : 0U;
    return found;
  }

 private:
  [[nodiscard]] std::filesystem::path store_file() const { return folder_.path() / "store.db"; }
  TemporaryFolder folder_;
};

void wait_until(const std::function<bool()>& done) {
  while (!done()) std::this_thread::sleep_for(5ms);
}

PrintTimes quick() {
  PrintTimes times;
  times.tell_after = 0ms;
  times.move_after = 0ms;
  return times;
}

TEST_CASE("a kiosk that ends between the row and the page prints it after the start", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  {
    auto running = kiosk.start({&tray}, "sent");
    running->journal->post(effect::PrintBadge{"A0004"});
    wait_until([&] { return running->dead.load(); });
  }
  CHECK(tray.out().empty());
  auto again = kiosk.start({&tray});
  CHECK(again->listener->next<event::BadgeDone>().printed);
  CHECK(tray.out().size() == 1);
  CHECK(kiosk.count(RowKind::badge_requested) == 1);
  CHECK(kiosk.count(RowKind::badge_printed) == 1);
}

TEST_CASE("a job that a kiosk opened and ended before its row keeps nobody from the printer",
          "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs.one_at_a_time = true; });
  {
    // Nothing reaches the printer any more, not even that the job is given up.
    auto running = kiosk.start({&tray}, "row");
    running->before_end = [&] { tray.turn([](auto& knobs) { knobs.away = true; }); };
    running->journal->post(effect::PrintBadge{"A0004"});
    wait_until([&] { return running->dead.load(); });
  }
  CHECK(kiosk.count(RowKind::badge_sent) == 0);
  tray.turn([](auto& knobs) { knobs.away = false; });
  auto again = kiosk.start({&tray});
  CHECK(again->listener->next<event::BadgeDone>().printed);
  CHECK(tray.out().size() == 1);
}

TEST_CASE("a kiosk that ends when the page is out asks the printer, and prints nothing", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  {
    auto running = kiosk.start({&tray}, "done");
    running->journal->post(effect::PrintBadge{"A0004"});
    wait_until([&] { return running->dead.load(); });
  }
  CHECK(tray.out().size() == 1);
  auto again = kiosk.start({&tray});
  CHECK(again->listener->next<event::BadgeDone>().printed);
  CHECK(tray.out().size() == 1);
  CHECK(kiosk.count(RowKind::badge_printed) == 1);
}

TEST_CASE("a kiosk that ends before anything was sent prints after the start", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs.held_by = "out of paper"; });
  {
    auto running = kiosk.start({});
    running->print->stop();  // the request is a row, and nobody takes it up
    running->journal->post(effect::PrintBadge{"A0004"});
    wait_until([&] { return kiosk.count(RowKind::badge_requested) == 1; });
  }
  tray.turn([](auto& knobs) { knobs.held_by.clear(); });
  auto again = kiosk.start({&tray});
  CHECK(again->listener->next<event::BadgeDone>().printed);
  CHECK(tray.out().size() == 1);
}

TEST_CASE("out of paper, the page waits, others are owed at once, and it comes out once there is paper",
          "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs = {.held_by = "out of paper", .says_ready = true}; });
  auto running = kiosk.start({&tray}, "", quick());
  running->journal->post(effect::PrintBadge{"A0004"});
  const auto held = running->listener->next<event::BadgeHeld>();
  CHECK(held.attendee == "A0004");
  CHECK(held.why == "the printer is out of paper");
  tray.turn([](auto& knobs) { knobs.says_ready = false; });
  running->journal->post(effect::PrintBadge{"A0005"});
  const auto owed = running->listener->next<event::BadgeDone>();
  CHECK(owed.attendee == "A0005");
  CHECK_FALSE(owed.printed);
  CHECK(tray.out().empty());
  tray.turn([](auto& knobs) { knobs.held_by.clear(); });
  const auto done = running->listener->next<event::BadgeDone>();
  CHECK(done.attendee == "A0004");
  CHECK(done.printed);
  CHECK(tray.out().size() == 1);
  CHECK(kiosk.count(RowKind::alert) == 1);
}

TEST_CASE("nobody is waited for for ever: the page is taken back, and the badge is owed", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs = {.held_by = "out of paper", .says_ready = true}; });
  PrintTimes times = quick();
  times.hold_for = 0ms;
  auto running = kiosk.start({&tray}, "", times);
  running->journal->post(effect::PrintBadge{"A0004"});
  CHECK_FALSE(running->listener->next<event::BadgeDone>().printed);
  tray.turn([](auto& knobs) { knobs.held_by.clear(); });
  CHECK(tray.out().empty());
  running->journal->post(effect::PrintBadge{"A0004"});
  CHECK(running->listener->next<event::BadgeDone>().printed);
  CHECK(tray.out().size() == 1);
}

TEST_CASE("a page that is held up goes to the neighbour's printer, and comes out there alone",
          "[threads][once]") {
  Restarting kiosk;
  PaperTray own;
  PaperTray neighbour;
  own.turn([](auto& knobs) { knobs = {.held_by = "paper is jammed", .says_ready = true}; });
  auto running = kiosk.start({&own, &neighbour}, "", quick());
  running->journal->post(effect::PrintBadge{"A0004"});
  const auto done = running->listener->next<event::BadgeDone>();
  CHECK(done.printed);
  CHECK(done.at == "south");
  own.turn([](auto& knobs) { knobs.held_by.clear(); });
  CHECK(own.out().empty());
  CHECK(neighbour.out().size() == 1);
}

TEST_CASE("a printer that is known to be held up is passed over at once", "[threads][once]") {
  Restarting kiosk;
  PaperTray own;
  PaperTray neighbour;
  own.turn([](auto& knobs) { knobs.held_by = "the cover is open"; });
  auto running = kiosk.start({&own, &neighbour});
  running->journal->post(effect::PrintBadge{"A0004"});
  CHECK(running->listener->next<event::BadgeDone>().at == "south");
  own.turn([](auto& knobs) { knobs.held_by.clear(); });
  running->journal->post(effect::PrintBadge{"A0005"});
  CHECK(running->listener->next<event::BadgeDone>().at.empty());
}

TEST_CASE("a page that a printer gave up is printed again", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs.loses = true; });
  auto running = kiosk.start({&tray});
  running->journal->post(effect::PrintBadge{"A0004"});
  CHECK(running->listener->next<event::BadgeDone>().printed);
  CHECK(tray.out().size() == 1);
  CHECK(kiosk.count(RowKind::badge_sent) == 2);
}

TEST_CASE("a page that a printer finds again when it is taken back is not printed twice", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs.blinks = true; });
  auto running = kiosk.start({&tray});
  running->journal->post(effect::PrintBadge{"A0004"});
  CHECK(running->listener->next<event::BadgeDone>().printed);
  CHECK(tray.out().size() == 1);
  CHECK(kiosk.count(RowKind::badge_sent) == 1);
}

TEST_CASE("a badge in the queue is not printed once a newer one is alive", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  auto running = kiosk.start({});
  running->print->stop();  // so that both orders wait
  running->journal->post(effect::PrintBadge{"A0004"});
  running->journal->post(effect::Reissue{"A0004", operator_named("desk-1"), ReprintReason::lost});
  wait_until([&] { return kiosk.count(RowKind::badge_requested) == 2; });
  running.reset();
  auto again = kiosk.start({&tray});
  wait_until([&] { return kiosk.count(RowKind::badge_printed) + kiosk.count(RowKind::badge_failed) == 2; });
  REQUIRE(tray.out().size() == 1);
  CHECK(tray.out()[0].starts_with("badge-A0004-2-"));
  CHECK(kiosk.count(RowKind::badge_printed) == 1);
}

TEST_CASE("a connection that breaks behind the page does not print it twice", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs.drops = true; });
  auto running = kiosk.start({&tray});
  running->journal->post(effect::PrintBadge{"A0004"});
  CHECK(running->listener->next<event::BadgeDone>().printed);
  CHECK(tray.out().size() == 1);
}

TEST_CASE("a printer that cannot tell leaves the badge owed, and staff are told to look", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  {
    auto running = kiosk.start({&tray}, "done");
    running->journal->post(effect::PrintBadge{"A0004"});
    wait_until([&] { return running->dead.load(); });
  }
  tray.turn([](auto& knobs) { knobs.forgets = true; });
  auto again = kiosk.start({&tray});
  CHECK_FALSE(again->listener->next<event::BadgeDone>().printed);
  const auto rows = kiosk.rows();
  CHECK(rows.back().kind == RowKind::alert);
  CHECK(rows.back().rule == "badge.unsure");
  CHECK(kiosk.count(RowKind::badge_failed) == 1);
}

TEST_CASE("a page that waits for paper is taken back when staff order a newer badge", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs = {.held_by = "out of paper", .says_ready = true}; });
  auto running = kiosk.start({&tray}, "", quick());
  running->journal->post(effect::PrintBadge{"A0004"});
  (void)running->listener->next<event::BadgeHeld>();
  running->journal->post(effect::Reissue{"A0004", operator_named("desk-1"), ReprintReason::lost});
  const auto older = running->listener->next<event::BadgeDone>();
  CHECK_FALSE(older.printed);
  tray.turn([](auto& knobs) { knobs = {}; });
  CHECK(running->listener->next<event::BadgeDone>().printed);
  REQUIRE(tray.out().size() == 1);
  CHECK(tray.out()[0].starts_with("badge-A0004-2-"));
}

TEST_CASE("while a badge is under way, its owner is not given a second one", "[threads][once]") {
  Restarting kiosk;
  PaperTray tray;
  tray.turn([](auto& knobs) { knobs = {.held_by = "out of paper", .says_ready = true}; });
  auto running = kiosk.start({&tray}, "", quick());
  running->journal->post(effect::Admit{issued("A0004")});
  CHECK(running->listener->next<event::Decided>().decision.badge_owed);
  running->journal->post(effect::PrintBadge{"A0004"});
  (void)running->listener->next<event::BadgeHeld>();
  running->journal->post(effect::Admit{issued("A0004")});
  CHECK_FALSE(running->listener->next<event::Decided>().decision.badge_owed);
  running->journal->post(effect::PrintBadge{"A0004"});
  CHECK_FALSE(running->listener->next<event::BadgeDone>().printed);
  CHECK(kiosk.count(RowKind::badge_requested) == 1);
}

}  // namespace
}  // namespace lanyard::kiosk
