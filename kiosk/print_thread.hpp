// The thread that owns the printers: a badge comes in, how it ended goes out.
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
#include <vector>

#include "kiosk/desk/status.hpp"
#include "kiosk/print_run.hpp"

namespace lanyard::kiosk {

// The badges of one receipt, and others beside them.
inline constexpr std::size_t kMaxPrintJobs = kMaxHandedOver + 40;
// Pages that printers hold, waiting for people, while others pass them.
inline constexpr std::size_t kMaxHeldRuns = 16;
// While somebody looks at it, an idle printer is asked how it is this often.
inline constexpr std::chrono::seconds kAskPrinterEvery{10};
// When the kiosk stops, a page on its way is waited for so long; what is not out then is asked after when it
// has started again.
inline constexpr std::chrono::seconds kFinishWithin{3};

// A preview's: as the coarsest label printer has them, which every template is made for.
inline constexpr int kPreviewDpi = 203;

// To the journal's thread, and previews to the main one; both outlive the print thread.
[[nodiscard]] PrintReports reports_to(JournalThread& journal, Inbox& inbox);

class PrintThread {
 public:
  // An empty pool answers each job with "no printer".
  PrintThread(std::vector<PoolPrinter> pool, BadgeTemplate badge, PrintReports reports,
              PrintTimes times = {});
  PrintThread(const PrintThread&) = delete;
  PrintThread& operator=(const PrintThread&) = delete;
  ~PrintThread();

  // Never blocks. A job beyond kMaxPrintJobs is answered as failed: the badge is owed. Of previews the newest
  // alone is drawn.
  void post(PrintJob job);
  // How the kiosk's own printer is, as it was last known. It is asked anew for the next time, unless badges
  // wait or that was done just now. Never blocks.
  [[nodiscard]] PrinterNow look();
  // Returns when the pages under way have ended, or kFinishWithin is over: from then on nothing is reported,
  // and jobs are dropped (the journal has their requests). Safe to repeat.
  void stop();

 private:
  using Clock = PrintRun::Clock;
  void run(const std::stop_token& stop);
  // Waits for something to do; the job to begin, if there is one.
  [[nodiscard]] std::optional<PrintJob> next_job(const std::stop_token& stop);
  void advance_runs();
  void ask_printer();
  [[nodiscard]] std::optional<PrintJob> take_preview();
  void draw_preview(const PrintJob& job);
  void note(const BadgeOutcome& outcome);

  std::vector<PoolPrinter> pool_;
  const BadgeTemplate badge_;
  const PrintReports reports_;
  const PrintTimes times_;
  std::vector<std::unique_ptr<PrintRun>> runs_;  // the thread's own
  std::mutex mutex_;
  std::condition_variable_any came_;
  std::deque<PrintJob> jobs_;
  std::optional<PrintJob> preview_;
  PrinterNow known_;                           // but for what waits
  std::optional<Clock::time_point> asked_at_;  // no clock that may be set back
  std::size_t running_{0};                     // runs_.size(), for others
  bool is_looked_at_{false};                   // since it was asked last
  std::jthread thread_;                        // last: it runs as soon as it is there
};

}  // namespace lanyard::kiosk
