// The thread that owns the journal: every row of this kiosk is written here, and every question to the roster
// is answered here. Effects come in, events go out.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>
#include <variant>
#include <vector>

#include "kiosk/desk/admit.hpp"
#include "kiosk/desk/staff.hpp"
#include "kiosk/inbox.hpp"
#include "scanner/mailbox.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxJournalJobs = 200;
// The hub was heard of this lately: online. Three of the daemon's heartbeats.
inline constexpr std::chrono::seconds kOnlineFor{45};

// A wall clock that is further off the hub's is told to staff.
inline constexpr std::chrono::seconds kClockTolerance{60};

// By how much the wall clock is off the hub's (that minus ours), if it is known and more than the tolerance.
// PURE.
[[nodiscard]] std::optional<std::chrono::seconds> clock_off(const std::optional<sync::ClockMeasure>& measure,
                                                            const sync::RowStamp& stamp);

// Whether the time is a guess from how the clocks stood before this machine started. PURE.
[[nodiscard]] bool clock_guessed(const std::optional<sync::ClockMeasure>& measure,
                                 const sync::RowStamp& stamp);

// With less, nobody is let in any more: whoever was has a badge on its way, whose rows are still to be
// written. The system's journal keeps away from the last 256 MB, the daemon takes the pictures out of the
// store below half of that (carrier.hpp).
inline constexpr std::uint64_t kLeastRoomBytes = 8ULL * 1024 * 1024;

// What the screens show around a visit.
struct VenueView {
  std::string kiosk_name;
  std::optional<sync::EventInfo> event;
  std::optional<sync::Checkpoint> checkpoint;
  std::vector<sync::Checkpoint> checkpoints;
  std::vector<sync::Notice> notices;  // of the office, for the idle screen
};

// How many badges the kiosk's own printer holds when it was filled.
struct RollSetting {
  std::string printer;  // as `badge_sent` names it
  std::uint32_t whole{0};
  bool shared{false};  // other kiosks mean the same one by that name
};

// A badge for the print thread, and what that says of it.
struct PrintJob {
  BadgeOrder order;
  sync::EventInfo event;
  std::string photo{};            // a JPEG, or ""
  std::vector<SentPiece> sent{};  // before this kiosk was started: to be asked after first
  bool only_ask{false};           // and what has not come out is left
  bool resumed{false};            // it was begun before this kiosk was started
  bool preview{false};            // it is drawn for the screen, and goes to no printer
};
// Once a start, when the print thread is there: what was under way when this kiosk ended goes on.
struct ResumeBadges {};
// A piece is about to go to a printer. It waits for the row to be durable.
struct BadgeSent {
  BadgeOrder order;
  SentPiece piece;
  std::shared_ptr<std::promise<sync::Expected<void>>> written;
};
// It will come out, once somebody has seen to the printer.
struct BadgeHeld {
  BadgeOrder order;
  std::string why;  // "out of paper"
};
struct BadgeOutcome {
  BadgeOrder order;
  bool printed{false};
  std::string detail;  // what is to be looked at, or why not
  std::string at{};    // checkpoint of another kiosk's printer that took it, or ""
  bool unsure{false};  // not printed, as far as is known; but the printer cannot tell
};

using JournalJob = std::variant<effect::Admit, effect::PreviewBadge, effect::PrintBadge, effect::CheckPin,
                                effect::IdentifyStaff, effect::Search, effect::ReadRecord, effect::Reissue,
                                effect::AdmitByHand, effect::Undo, effect::StopBadges, effect::IssueDayBadge,
                                effect::HandBadgesOver, effect::Substitute, effect::ListUncollected,
                                effect::Explain, effect::ListInside, effect::ReadStatus, effect::NoteNewRoll,
                                effect::RaiseAlert, ResumeBadges, BadgeSent, BadgeHeld, BadgeOutcome>;

class JournalThread {
 public:
  // `print` hands a badge to the print thread, and `printer` asks that thread how its printer is; both are
  // called on the journal thread and must not block. `own`: see Desk. `roll`: nullopt: nobody counts.
  JournalThread(std::filesystem::path store, std::vector<StaffMember> staff, Inbox& inbox,
                std::function<void(PrintJob)> print, std::optional<sync::EventFile> own = std::nullopt,
                std::function<PrinterNow()> printer = {}, std::optional<RollSetting> roll = std::nullopt);
  JournalThread(const JournalThread&) = delete;
  JournalThread& operator=(const JournalThread&) = delete;
  ~JournalThread();

  // False if there are more jobs waiting than a kiosk can have under way: the job was not taken.
  bool post(JournalJob job);
  // For the print thread: returns once the row that says so is durable, or with what forbids it.
  [[nodiscard]] sync::Expected<void> write_sent(const BadgeOrder& order, const SentPiece& piece);
  // The newest view, once.
  [[nodiscard]] std::optional<VenueView> take_view() { return views_.take(); }
  [[nodiscard]] std::chrono::steady_clock::time_point heartbeat() const;

 private:
  void run(const std::stop_token& stop);
  // Waits for one, until then.
  [[nodiscard]] std::optional<JournalJob> next_job(const std::stop_token& stop,
                                                   std::chrono::steady_clock::time_point until);
  void look_around();  // opens the store if need be; fault, hub, roster
  void note(Fault fault);
  [[nodiscard]] Fault fault_now();
  void let_go_of_damaged();  // store: whoever opens it next mends it
  [[nodiscard]] bool open_desk();
  void publish_view();
  void judge_clock(const sync::Standing& standing);
  void reconcile(const sync::Standing& standing);
  void hear_orders();
  void settle_outcomes();
  void after_failure(const sync::Error& error);

  void handle(const effect::Admit&);
  void handle(const effect::PreviewBadge&);
  void handle(const effect::PrintBadge&);
  void handle(const effect::CheckPin&);
  void handle(const effect::IdentifyStaff&);
  void handle(const effect::Search&);
  void handle(const effect::ReadRecord&);
  void handle(const effect::Reissue&);
  void handle(const effect::RaiseAlert&);
  void handle(const ResumeBadges&);
  void handle(const BadgeSent&);
  void handle(const BadgeHeld&);
  void handle(const BadgeOutcome&);
  // What staff do (journal_staff.cpp).
  void handle(const effect::AdmitByHand&);
  void handle(const effect::Undo&);
  void handle(const effect::StopBadges&);
  void handle(const effect::IssueDayBadge&);
  void handle(const effect::HandBadgesOver&);
  void handle(const effect::Substitute&);
  void handle(const effect::ListUncollected&);
  void handle(const effect::Explain&);
  void handle(const effect::ListInside&);
  void handle(const effect::ReadStatus&);  // journal_status.cpp, as the next
  void handle(const effect::NoteNewRoll&);
  void say(std::string attendee, sync::StaffAction action, const sync::Expected<Outcome>& outcome);
  void say_and_print(std::string attendee, sync::StaffAction action, sync::Expected<StaffResult> result);
  // Of a page that went to a printer: if few are left on the roll, once an alert.
  void watch_roll(const SentPiece& piece);
  [[nodiscard]] sync::Expected<std::optional<sync::Store::RollUse>> roll_use();
  void hand_to_printer(BadgeOrder order);
  void resume_badges();
  // `id`: of the one member of the roster whose PIN it must be; "": of anybody.
  [[nodiscard]] std::optional<Operator> operator_of(const std::string& digits, const std::string& id);

  const std::filesystem::path store_file_;
  const std::vector<StaffMember> staff_;
  const std::optional<sync::EventFile> own_;
  Inbox& inbox_;
  const std::function<void(PrintJob)> print_;
  const std::function<PrinterNow()> printer_;  // may be empty: nobody knows of one
  const std::optional<RollSetting> roll_;

  // The thread's own.
  std::unique_ptr<Desk> desk_;
  bool writing_failed_{false};
  bool is_short_of_room_{false};
  bool is_damaged_{false};  // the store, as a statement has found
  std::optional<Fault> last_fault_;
  std::optional<bool> last_online_;
  std::string last_error_;
  bool last_clock_guessed_{false};
  std::optional<std::chrono::minutes> last_clock_off_;  // in whole minutes: a drift of seconds is no news
  // The roster that nobody is left to be reconciled with, and when was last looked.
  std::optional<std::tuple<std::string, std::int64_t>> reconciled_;
  std::chrono::steady_clock::time_point next_reconcile_{};
  sync::OrdersHeld orders_;  // of the office, as last read
  // What it was made of: the roster's epoch and version, the kiosk's name and checkpoint, the orders.
  std::optional<std::tuple<std::string, std::int64_t, std::string, std::string, std::string>> last_view_;
  std::vector<BadgeOutcome> unwritten_;      // outcomes whose row is still owed
  std::optional<std::uint64_t> resumed_to_;  // seq of the last row that this kiosk found when it began
  bool resumes_{false};                      // what was under way when this kiosk ended, as soon as can be

  scanner::Mailbox<VenueView> views_;
  std::atomic<std::chrono::steady_clock::rep> heartbeat_;
  std::mutex mutex_;
  std::condition_variable_any came_;
  std::deque<JournalJob> jobs_;
  std::jthread thread_;  // last: it runs as soon as it is there
};

}  // namespace lanyard::kiosk
