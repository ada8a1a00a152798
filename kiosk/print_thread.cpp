#include "kiosk/print_thread.hpp"

#include <algorithm>
#include <utility>

#include "kiosk/stamp.hpp"
#include "sync/log.hpp"

namespace lanyard::kiosk {

PrintReports reports_to(JournalThread& journal, Inbox& inbox) {
  return {[&journal](const BadgeOrder& order, const SentPiece& piece) {
            return journal.write_sent(order, piece);
          },
          [&journal](BadgeHeld held) { journal.post(std::move(held)); },
          [&journal](BadgeOutcome outcome) { journal.post(std::move(outcome)); },
          [&inbox](event::BadgeDrawn drawn) { inbox.post(std::move(drawn)); }};
}

PrintThread::PrintThread(std::vector<PoolPrinter> pool, BadgeTemplate badge, PrintReports reports,
                         PrintTimes times)
    : pool_(std::move(pool)),
      badge_(std::move(badge)),
      reports_(std::move(reports)),
      times_(times),
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
  if (job.preview) {
    preview_ = std::move(job);
    lock.unlock();
    came_.notify_one();
    return;
  }
  if (jobs_.size() >= kMaxPrintJobs) {
    lock.unlock();
    reports_.done({std::move(job.order), false, "too many badges are waiting for the printer", {}, false});
    return;
  }
  jobs_.push_back(std::move(job));
  lock.unlock();
  came_.notify_one();
}

PrinterNow PrintThread::look() {
  std::unique_lock lock(mutex_);
  PrinterNow now = known_;
  now.set_up = !pool_.empty();
  now.waiting = jobs_.size() + running_;
  const bool is_fresh = asked_at_ && Clock::now() - *asked_at_ < kAskPrinterEvery;
  if (!pool_.empty() && !is_fresh) is_looked_at_ = true;
  lock.unlock();
  came_.notify_one();
  return now;
}

// A badge before a question: a printer that is away is waited for by neither longer than once. One page after
// the other, but for those that printers hold until somebody comes.
void PrintThread::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (auto job = next_job(stop)) {
      for (const auto& run : runs_) {
        const BadgeOrder& older = run->job().order;
        if (older.attendee.id == job->order.attendee.id && older.generation < job->order.generation)
          run->supersede();
      }
      runs_.push_back(std::make_unique<PrintRun>(std::move(*job), pool_, badge_, reports_, times_));
    }
    // Before anything that waits for a printer: somebody looks at the screen.
    if (const auto preview = take_preview()) draw_preview(*preview);
    advance_runs();
    bool asks = false;
    {
      const std::lock_guard lock(mutex_);
      asks = is_looked_at_ && jobs_.empty();
      if (asks) is_looked_at_ = false;
    }
    if (asks && !pool_.empty()) ask_printer();
  }
  const auto until = Clock::now() + kFinishWithin;
  while (!runs_.empty() && Clock::now() < until) {
    std::erase_if(runs_, [](const auto& run) { return run->is_held(); });
    advance_runs();
    if (!runs_.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

std::optional<PrintJob> PrintThread::next_job(const std::stop_token& stop) {
  const bool free = runs_.size() < kMaxHeldRuns &&
                    std::ranges::all_of(runs_, [](const auto& run) { return run->is_held(); });
  std::unique_lock lock(mutex_);
  const auto news = [&] { return preview_ || (jobs_.empty() ? is_looked_at_ : free); };
  if (runs_.empty()) {
    came_.wait(lock, stop, news);
  } else {
    const auto due = std::ranges::min_element(runs_, {}, [](const auto& run) { return run->next(); });
    came_.wait_until(lock, stop, (*due)->next(), news);
  }
  if (!free || jobs_.empty() || stop.stop_requested()) return std::nullopt;
  PrintJob job = std::move(jobs_.front());
  jobs_.pop_front();
  ++running_;
  return job;
}

std::optional<PrintJob> PrintThread::take_preview() {
  const std::lock_guard lock(mutex_);
  return std::exchange(preview_, std::nullopt);
}

void PrintThread::advance_runs() {
  for (auto run = runs_.begin(); run != runs_.end();) {
    const auto now = Clock::now();
    std::optional<BadgeOutcome> outcome;
    if (now >= (*run)->next()) outcome = (*run)->advance(now);
    if (!outcome) {
      ++run;
      continue;
    }
    run = runs_.erase(run);
    note(*outcome);
    reports_.done(std::move(*outcome));
  }
}

void PrintThread::ask_printer() {
  auto found = pool_.front().printer->state();
  const std::lock_guard lock(mutex_);
  known_.asked = stamp_now().now;
  asked_at_ = Clock::now();
  known_.reasons = found ? std::move(found->reasons) : std::vector<std::string>();
  known_.problem = found ? std::string() : std::move(found.error().message);
}

// The first piece of paper, its front: whoever stands there looks at their name.
void PrintThread::draw_preview(const PrintJob& job) {
  const BadgeContent content = content_of(job);
  const std::vector<std::string> pieces = badge_.pieces(content);
  BadgePicture picture;
  picture.name = job.order.attendee.name;
  const auto drawn = pieces.empty()
                         ? sync::Expected<PrintedPiece>(sync::fail(
                               sync::Error::Kind::invalid, "the template has nothing for this attendee"))
                         : badge_.piece(content, pieces.front(), {PageForm::jpeg, kPreviewDpi, false});
  if (drawn && !drawn->page.files.empty()) {
    picture.jpeg = drawn->page.files.front();
    picture.width_px = drawn->page.width_px;
    picture.height_px = drawn->page.height_px;
  } else if (!drawn) {
    log::warn("the badge of {} cannot be shown: {}", job.order.attendee.id, drawn.error().message);
  }
  reports_.drawn({job.order.attendee.id, std::move(picture)});
}

void PrintThread::note(const BadgeOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  running_ = runs_.size();
  known_.last =
      PrinterNow::Job{outcome.printed, outcome.printed ? std::string() : outcome.detail, stamp_now().now};
}

}  // namespace lanyard::kiosk
