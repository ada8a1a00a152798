// One badge on its way through the printers: page by page, each step journalled before it is taken, and asked
// after until it is known how it ended.
//
// Threads: the print thread's own. `advance` blocks for some seconds at most.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/badge/badge.hpp"
#include "kiosk/badge/printer.hpp"
#include "kiosk/journal_thread.hpp"

namespace lanyard::kiosk {

// A printer that this kiosk may use: its own first, then its neighbours'.
struct PoolPrinter {
  std::unique_ptr<Printer> printer;
  std::string name;  // as the journal has it: its address, without a password
  std::string at{};  // checkpoint that it stands at; "": here
};

// Called on the print thread.
struct PrintReports {
  // Waits until the row is durable. An error says why nothing may be sent.
  std::function<sync::Expected<void>(const BadgeOrder&, const SentPiece&)> sent;
  std::function<void(BadgeHeld)> held;
  std::function<void(BadgeOutcome)> done;
  std::function<void(event::BadgeDrawn)> drawn;  // a preview
};

struct PrintTimes {
  std::chrono::milliseconds tell_after{1000};   // whoever stands there is told that it is held up
  std::chrono::milliseconds move_after{4000};   // to a neighbour's printer, if one is ready
  std::chrono::milliseconds hold_for{120'000};  // then it is taken back, and owed
  std::chrono::milliseconds slow_after{
      60'000};  // a printer that says nothing of a page for so long is held up
  // One that cannot be reached any more with a page of ours is asked after for so long.
  std::chrono::milliseconds doubt_for{600'000};
};

// What stands on it.
[[nodiscard]] BadgeContent content_of(const PrintJob& job);

class PrintRun {
 public:
  using Clock = std::chrono::steady_clock;

  // `pool` and `badge` outlive it.
  PrintRun(PrintJob job, std::vector<PoolPrinter>& pool, const BadgeTemplate& badge,
           const PrintReports& reports, const PrintTimes& times);

  // The next step. nullopt: not over; again at `next`.
  [[nodiscard]] std::optional<BadgeOutcome> advance(Clock::time_point now);
  [[nodiscard]] Clock::time_point next() const { return next_; }
  // It waits for somebody to see to the printer: others may pass it.
  [[nodiscard]] bool is_held() const { return told_; }
  [[nodiscard]] const PrintJob& job() const { return job_; }
  // A newer badge of theirs is on its way: what is not out yet is not to come out.
  void supersede() { superseded_ = true; }

 private:
  enum class Step : std::uint8_t { choose, follow };

  [[nodiscard]] std::optional<BadgeOutcome> begin();
  [[nodiscard]] std::optional<BadgeOutcome> begin_at(std::size_t printer, std::string& why);
  [[nodiscard]] std::optional<BadgeOutcome> follow(Clock::time_point now);
  enum class Hold : std::uint8_t { by_printer, slow, unreachable };
  [[nodiscard]] std::optional<BadgeOutcome> waits(Clock::time_point now);
  [[nodiscard]] std::optional<BadgeOutcome> held_up(const std::string& why, Hold hold, Clock::time_point now);
  [[nodiscard]] std::optional<BadgeOutcome> take_back(const std::string& why, bool tries_again);
  [[nodiscard]] std::optional<BadgeOutcome> piece_is_out();
  void choose_anew();
  [[nodiscard]] bool has_ready_neighbour(Clock::time_point now);
  [[nodiscard]] BadgeOutcome ended(bool printed, std::string detail, bool unsure = false) const;
  [[nodiscard]] std::string job_name() const;
  [[nodiscard]] bool take_up(const SentPiece& sent);

  PrintJob job_;
  std::vector<PoolPrinter>& pool_;
  const BadgeTemplate& badge_;
  const PrintReports& reports_;
  const PrintTimes& times_;
  BadgeContent content_;
  std::vector<std::string> pieces_;
  std::size_t piece_{0};  // of pieces_
  std::vector<Misfit> misfits_;

  Step step_{Step::choose};
  std::size_t printer_{0};  // of pool_
  std::string mark_;
  int tries_{0};               // of this piece
  Clock::time_point since_{};  // when the page was sent, or asked after first
  std::optional<Clock::time_point> held_since_;
  Clock::time_point next_take_back_{};
  bool told_{false};
  bool superseded_{false};
  bool is_slow_{false};
  std::optional<std::size_t> avoid_;  // a printer that holds things up: tried last
  Clock::time_point next_neighbour_{};
  Clock::time_point next_{};
};

}  // namespace lanyard::kiosk
