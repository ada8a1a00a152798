#include "kiosk/print_thread.hpp"

#include <utility>

#include "kiosk/stamp.hpp"
#include "sync/log.hpp"

namespace lanyard::kiosk {

PrintThread::PrintThread(std::unique_ptr<Printer> printer, BadgeTemplate badge, int dpi,
                         std::function<void(BadgeOutcome)> done)
    : printer_(std::move(printer)),
      badge_(std::move(badge)),
      dpi_(dpi),
      done_(std::move(done)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

PrintThread::~PrintThread() {
  stop();
}

void PrintThread::stop() {
  thread_.request_stop();
  came_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void PrintThread::post(PrintJob job) {
  std::unique_lock lock(mutex_);
  if (thread_.get_stop_source().stop_requested()) return;
  if (jobs_.size() >= kMaxPrintJobs) {
    lock.unlock();
    done_({std::move(job.order), false, "too many badges are waiting for the printer"});
    return;
  }
  jobs_.push_back(std::move(job));
  lock.unlock();
  came_.notify_one();
}

PrinterNow PrintThread::look() {
  std::unique_lock lock(mutex_);
  PrinterNow now = known_;
  now.set_up = printer_ != nullptr;
  now.waiting = jobs_.size() + (printing_ ? 1 : 0);
  const bool is_fresh = asked_at_ && std::chrono::steady_clock::now() - *asked_at_ < kAskPrinterEvery;
  if (printer_ != nullptr && !is_fresh) is_looked_at_ = true;
  lock.unlock();
  came_.notify_one();
  return now;
}

// A badge before a question: a printer that is away is waited for by neither longer than once.
void PrintThread::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::optional<PrintJob> job;
    {
      std::unique_lock lock(mutex_);
      if (!came_.wait(lock, stop, [this] { return !jobs_.empty() || is_looked_at_; })) return;
      is_looked_at_ = is_looked_at_ && !jobs_.empty();
      if (!jobs_.empty()) {
        job = std::move(jobs_.front());
        jobs_.pop_front();
        printing_ = true;
      }
    }
    if (!job) {
      ask_printer();
      continue;
    }
    BadgeOutcome outcome = print(*job);
    note(outcome);
    done_(std::move(outcome));
  }
}

void PrintThread::ask_printer() {
  auto found = printer_->state();
  const std::lock_guard lock(mutex_);
  known_.asked = stamp_now().now;
  asked_at_ = std::chrono::steady_clock::now();
  known_.reasons = found ? std::move(found->reasons) : std::vector<std::string>();
  known_.problem = found ? std::string() : std::move(found.error().message);
}

void PrintThread::note(const BadgeOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  printing_ = false;
  known_.last =
      PrinterNow::Job{outcome.printed, outcome.printed ? std::string() : outcome.detail, stamp_now().now};
}

BadgeOutcome PrintThread::print(const PrintJob& job) {
  BadgeOutcome outcome{job.order, false, {}};
  if (!printer_) {
    outcome.detail = "this kiosk has no printer";
    return outcome;
  }
  const std::string name = "badge-" + job.order.attendee.id + "-" + std::to_string(job.order.generation);
  const std::string language =
      job.order.attendee.languages.empty() ? "en" : job.order.attendee.languages.front();
  auto page = badge_.pdf({job.order.attendee, job.event, job.order.credential, language}, dpi_);
  if (!page) {
    log::error("{}", page.error().message);
    outcome.detail = page.error().message;
    return outcome;
  }
  if (auto printed = printer_->print(name, *page); !printed) {
    log::warn("{}: {}", name, printed.error().message);
    outcome.detail = printed.error().message;
    return outcome;
  }
  outcome.printed = true;
  for (const std::string& slot : page->did_not_fit)
    outcome.detail += (outcome.detail.empty() ? "did not fit: " : ", ") + slot;
  return outcome;
}

}  // namespace lanyard::kiosk
