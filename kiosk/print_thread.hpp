// The thread that owns the printer: a badge comes in, how it ended goes out.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "kiosk/badge/printer.hpp"
#include "kiosk/desk/status.hpp"
#include "kiosk/journal_thread.hpp"

namespace lanyard::kiosk {

// The badges of one receipt, and others beside them.
inline constexpr std::size_t kMaxPrintJobs = kMaxHandedOver + 40;
// While somebody looks at it, an idle printer is asked how it is this often.
inline constexpr std::chrono::seconds kAskPrinterEvery{10};

class PrintThread {
 public:
  // `done` is called on the print thread. A null printer answers each job with "no printer".
  PrintThread(std::unique_ptr<Printer> printer, BadgeTemplate badge, int dpi,
              std::function<void(BadgeOutcome)> done);
  PrintThread(const PrintThread&) = delete;
  PrintThread& operator=(const PrintThread&) = delete;
  ~PrintThread();

  // Never blocks. A job beyond kMaxPrintJobs is answered as failed: the badge is owed.
  void post(PrintJob job);
  // How the printer is, as it was last known. It is asked anew for the next time, unless badges wait or that
  // was done just now. Never blocks.
  [[nodiscard]] PrinterNow look();
  // Returns when the job under way has ended: from then on `done` is not called, and jobs are dropped (the
  // journal says that those badges are owed). Safe to repeat.
  void stop();

 private:
  void run(const std::stop_token& stop);
  void ask_printer();
  void note(const BadgeOutcome& outcome);
  [[nodiscard]] BadgeOutcome print(const PrintJob& job);

  const std::unique_ptr<Printer> printer_;
  const BadgeTemplate badge_;
  const int dpi_;
  const std::function<void(BadgeOutcome)> done_;
  std::mutex mutex_;
  std::condition_variable_any came_;
  std::deque<PrintJob> jobs_;
  PrinterNow known_;                                               // but for what waits
  std::optional<std::chrono::steady_clock::time_point> asked_at_;  // no clock that may be set back
  bool printing_{false};
  bool is_looked_at_{false};  // since it was asked last
  std::jthread thread_;       // last: it runs as soon as it is there
};

}  // namespace lanyard::kiosk
