// The journal's thread and the printer's, over a real store, and who listens to them.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "kiosk/journal_thread.hpp"
#include "kiosk/print_thread.hpp"
#include "kiosk/stamp.hpp"
#include "tests/kiosk/demo_event.hpp"

namespace lanyard::kiosk {

using namespace std::chrono_literals;
using sync::RowKind;

// What the threads said, in order; waits for more. The patience only ends a test that would hang.
class Listener {
 public:
  Listener() : inbox([this] { come(); }) {}

  template <class E>
  E next() {
    for (;;) {
      while (at_ < heard_.size()) {
        if (auto* event = std::get_if<E>(&heard_[at_++])) return std::move(*event);
      }
      wait();
    }
  }
  // The next of the kinds that answer to effects, whatever it is.
  Event next_answer() {
    for (;;) {
      while (at_ < heard_.size()) {
        Event& event = heard_[at_++];
        const bool news = std::holds_alternative<event::FaultChanged>(event) ||
                          std::holds_alternative<event::HubHeard>(event) ||
                          std::holds_alternative<event::ClockJudged>(event);
        if (!news) return std::move(event);
      }
      wait();
    }
  }

  Inbox inbox;

 private:
  void come() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    came_.notify_one();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    REQUIRE(came_.wait_for(lock, 60s, [this] { return woken_; }));
    woken_ = false;
    lock.unlock();
    for (Event& event : inbox.drain()) heard_.push_back(std::move(event));
  }

  std::mutex mutex_;
  std::condition_variable came_;
  bool woken_{false};
  std::vector<Event> heard_;
  std::size_t at_{0};
};

inline BadgeTemplate portrait_badge() {
  return BadgeTemplate::load(std::filesystem::path(LANYARD_ASSETS) / "badges" / "a6-portrait.svg").value();
}

// The demo's event as it runs right now, whatever day the tests are run on.
inline sync::RosterPage roster_of_today() {
  sync::RosterPage page = demo_roster();
  const Timestamp now = stamp_now().now;
  page.event->runs = {now - std::chrono::days(1), now + std::chrono::days(1)};
  for (sync::Checkpoint& checkpoint : page.checkpoints) {
    for (sync::AccessRule& rule : checkpoint.access) rule.windows.clear();
  }
  return page;
}

// Of one, or of none.
inline std::vector<PoolPrinter> pool_of(std::unique_ptr<Printer> printer) {
  std::vector<PoolPrinter> pool;
  if (printer) pool.push_back({std::move(printer), "test", ""});
  return pool;
}

// Both threads, wired as the program wires them.
class Machine {
 public:
  explicit Machine(std::unique_ptr<Printer> printer, std::vector<StaffMember> staff = {},
                   std::optional<RollSetting> roll = std::nullopt) {
    journal = std::make_unique<JournalThread>(
        store_file(), std::move(staff), listener.inbox, [this](PrintJob job) { print->post(std::move(job)); },
        std::nullopt, [this] { return print->look(); }, std::move(roll));
    print = std::make_unique<PrintThread>(pool_of(std::move(printer)), portrait_badge(),
                                          reports_to(*journal, listener.inbox));
    journal->post(ResumeBadges{});
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine() { stop(); }

  void stop() {
    print->stop();
    journal.reset();
  }
  [[nodiscard]] std::filesystem::path store_file() const { return folder_.path() / "store.db"; }
  [[nodiscard]] std::filesystem::path pages() const { return folder_.path() / "pages"; }
  // As the daemon would: through a handle of its own.
  void enrol() {
    auto daemon = sync::Store::open(store_file()).value();
    furnish(daemon, "north-1", "main", roster_of_today());
  }
  void wait_for(Fault fault) {
    while (listener.next<event::FaultChanged>().fault != fault) {
    }
  }
  [[nodiscard]] sync::Store daemon() const { return sync::Store::open(store_file()).value(); }
  std::vector<sync::JournalRow> rows() {
    return sync::Store::open(store_file()).value().own_rows(0, 1000).value();
  }

 private:
  TemporaryFolder folder_;

 public:
  Listener listener;
  std::unique_ptr<PrintThread> print;
  std::unique_ptr<JournalThread> journal;
};

inline std::unique_ptr<Printer> folder_printer(const std::filesystem::path& folder) {
  return make_printer("folder:" + folder.string(), 300).value();
}

}  // namespace lanyard::kiosk
