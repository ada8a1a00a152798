#include "kiosk/badge/printer_ql.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kiosk/badge/byte_line.hpp"
#include "kiosk/badge/label_page.hpp"
#include "kiosk/badge/ql_words.hpp"
#include "kiosk/badge/snmp_get.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;
using QlClock = std::chrono::steady_clock;
using QlStage = JobLook::Stage;
using std::chrono::milliseconds;

constexpr int kQlMostMessages = 64;  // at a look: a printer sends some three a label
constexpr std::size_t kQlRemembered = 16;
constexpr milliseconds kQlFinishFor{500};

// A job from `open` on, and what was heard of it.
struct QlJob {
  std::string name;
  QlRoll roll;
  std::uint8_t model{0};
  std::size_t labels{0};
  bool begun{false};          // something of it was sent
  bool sent{false};           // all of it was
  std::size_t whole{0};       // labels of which all was sent
  std::size_t printed{0};     // labels of which the printer said so
  bool seen_printing{false};  // since the last error
  bool ever_printing{false};
  bool cooling{false};
  bool talks{false};    // by itself, on the line
  std::string error{};  // while there is one
  bool had_error{false};
  QlClock::time_point heard{};  // or sent to
  std::optional<QlClock::time_point> rests_since{};
  std::optional<JobLook> ended{};
};

void ql_note(QlJob& job, const QlStatus& now) {
  const auto moment = QlClock::now();
  job.error = now.held_up() ? reasons_in_a_line(ql_reasons(now)) : std::string();
  // That it rests is no news to who asks for it.
  if (now.type != QlStatus::Type::reply || now.printing || !job.error.empty()) job.heard = moment;
  if (!job.error.empty()) {
    job.had_error = true;
    job.seen_printing = false;
    job.rests_since.reset();
    return;
  }
  // [720] p. 21, offset 22, and its table (7): 3 cooling started, 4 finished.
  if (now.type == QlStatus::Type::notice) {
    job.cooling = now.notice == 3;
    return;
  }
  if (now.type == QlStatus::Type::printed) ++job.printed;
  if (now.type != QlStatus::Type::phase && now.type != QlStatus::Type::reply) return;
  if (now.printing) {
    job.seen_printing = job.ever_printing = true;
    job.rests_since.reset();
  } else if (!job.rests_since) {
    job.rests_since = moment;
  }
}

// How a job that is under way stands.
JobLook ql_stand(const QlJob& job, const QlOptions& options) {
  const auto moment = QlClock::now();
  if (job.printed >= job.labels) {
    if (!job.error.empty()) return {QlStage::unsure, job.error};  // it may hang in the cutter
    return {QlStage::done, {}};
  }
  if (!job.error.empty()) return {QlStage::held_up, job.error};
  const bool settled = job.rests_since && moment - *job.rests_since >= options.settle_for;
  if (!job.talks && job.seen_printing && settled) return {QlStage::done, {}};
  // It goes without its page after an error ([720] p. 34: "all data read from the computer is cleared").
  if (job.talks && job.had_error && settled && !job.seen_printing && job.printed == 0)
    return {QlStage::lost, "the printer gave the label up"};
  if (!job.cooling && moment - job.heard >= options.silent_for)
    return {QlStage::unsure, "the printer does not say whether the label came out"};
  return {QlStage::waiting, job.cooling ? "too hot" : ""};
}

class QlPrinter final : public Printer {
 public:
  QlPrinter(LinePlace place, const QlOptions& options) : place_(std::move(place)), options_(options) {}

  Expected<PrinterState> state() override {
    PrinterState now;
    if (under_way()) {  // it is not to be asked while it prints ([1100] p. 22)
      const JobLook is = listen();
      now.name = last_ ? ql_model(*last_) : "label printer at " + place_.said();
      if (!job_->error.empty()) now.reasons.push_back(job_->error);
      now.held_up = is.stage == QlStage::held_up;
      return now;
    }
    const auto status = ask_anew();
    if (!status) return tl::make_unexpected(status.error());
    now.name = ql_model(*status);
    now.reasons = ql_reasons(*status);
    now.held_up = status->held_up();
    return now;
  }

  Expected<PageWish> wish() override { return PageWish{PageForm::dots, kQlDpi, false}; }

  Expected<std::string> open(std::string_view job, const PrintPage& page) override {
    if (const auto fault = label_fault(job, page, kQlDpi)) return tl::make_unexpected(*fault);
    if (under_way()) (void)listen();
    if (under_way()) return fail(Error::Kind::unavailable, "the printer is at another label");
    remember();
    auto line = ByteLine::open(place_, options_.connect_for);
    if (!line) return tl::make_unexpected(line.error());
    line_.emplace(std::move(*line));
    const auto by_snmp = ask_by_snmp();
    const auto status = by_snmp && *by_snmp ? Expected<QlStatus>(**by_snmp) : ask_on_line(true);
    const auto refused = status ? refusal(page, *status) : std::optional<Error>(status.error());
    if (refused) {
      drop_line();
      return tl::make_unexpected(*refused);
    }
    QlJob opened;
    opened.name = job;
    opened.roll = *ql_roll(*status);
    opened.model = status->model;
    opened.labels = page.files.size();
    opened.heard = QlClock::now();
    job_ = std::move(opened);
    return "ql1 labels=" + std::to_string(page.files.size());
  }

  Expected<void> send(std::string_view job, std::string_view, const PrintPage& page) override {
    if (const auto fault = label_fault(job, page, kQlDpi)) return tl::make_unexpected(*fault);
    if (!job_ || job_->name != job || job_->begun || job_->ended || !line_)
      return fail(Error::Kind::unavailable, "the printer was not opened for this label");
    if (const auto misfit = ql_misfit(page, job_->roll)) return tl::make_unexpected(*misfit);
    job_->labels = page.files.size();
    job_->begun = true;
    // [720] p. 5: once at the beginning of a job.
    if (auto written = line_->write_all(ql_reset(), options_.answer_for); !written) {
      line_.reset();
      return written;
    }
    for (std::size_t i = 0; i < page.files.size(); ++i) {
      const QlPlace at{i == 0, i + 1 == page.files.size()};
      auto written =
          line_->write_all(ql_label(page, page.files[i], job_->roll, job_->model, at), options_.send_for);
      if (!written) {
        line_.reset();
        return written;
      }
      ++job_->whole;
    }
    job_->sent = true;
    job_->heard = QlClock::now();
    return {};
  }

  Expected<JobLook> look(std::string_view job, std::string_view) override {
    if (const auto is = remembered(job)) return *is;
    if (!job_ || job_->name != job)
      return JobLook{QlStage::unsure, "the printer does not say what it printed earlier"};
    return listen();
  }

  Expected<JobLook> take_back(std::string_view job, std::string_view mark) override {
    const bool known = job_ && job_->name == job;
    if (known || remembered(job)) {
      auto is = look(job, mark);
      if (!is || (is->stage != QlStage::waiting && is->stage != QlStage::held_up)) return is;
    } else if (under_way()) {
      return JobLook{QlStage::unsure, "the printer is at another label"};
    }
    const auto dropped = drop_all();
    if (!dropped) return tl::make_unexpected(dropped.error());
    if (!known) return JobLook{QlStage::unsure, "the printer does not say what it printed earlier"};
    return end(taken_back());
  }

 private:
  [[nodiscard]] bool under_way() const { return job_ && job_->begun && !job_->ended; }

  // What stands against this page on what is in the printer.
  static std::optional<Error> refusal(const PrintPage& page, const QlStatus& status) {
    const auto reasons = ql_reasons(status);
    if (status.held_up()) {
      return Error{Error::Kind::unavailable, "the printer needs somebody: " + reasons_in_a_line(reasons)};
    }
    if (status.printing) return Error{Error::Kind::unavailable, "the printer is at another label"};
    const auto roll = ql_roll(status);
    if (!roll) return roll.error();
    return ql_misfit(page, *roll);
  }

  // After all was dropped: whether some of it was out by then. Who talks would have said that a label was
  // printed; and what stopped at an error is no more than a part of one.
  [[nodiscard]] JobLook taken_back() const {
    const QlJob& job = *job_;
    const bool stopped = !job.error.empty();
    if (job.printed >= job.labels && !stopped) return {QlStage::done, {}};
    if (job.printed > 0) return {QlStage::unsure, stopped ? job.error : "some of its labels came out"};
    const bool nothing = job.talks ? stopped || !job.ever_printing : stopped && !job.ever_printing;
    if (nothing) return {QlStage::lost, stopped ? job.error : "taken back"};
    return {QlStage::unsure, stopped ? job.error : "the label may have come out"};
  }

  JobLook end(JobLook is) {
    job_->ended = is;
    if (line_) line_->finish(kQlFinishFor);
    drop_line();
    return is;
  }

  void drop_line() {
    line_.reset();
    unread_.clear();
  }

  void remember() {
    if (job_ && job_->ended) {
      past_.emplace_back(job_->name, *job_->ended);
      if (past_.size() > kQlRemembered) past_.erase(past_.begin());
    } else if (job_ && !job_->begun) {
      past_.emplace_back(job_->name, JobLook{QlStage::absent, {}});
    }
    drop_line();
    job_.reset();
  }

  [[nodiscard]] std::optional<JobLook> remembered(std::string_view job) const {
    for (const auto& [name, is] : past_) {
      if (name == job) return is;
    }
    return std::nullopt;
  }

  // Hears what the printer has said since, and judges.
  JobLook listen() {
    if (job_->ended) return *job_->ended;
    if (!job_->begun) return {QlStage::absent, {}};
    if (!job_->sent) return torn();
    const auto heard = hear_all();
    JobLook is = ql_stand(*job_, options_);
    const bool goes_on = is.stage == QlStage::waiting || is.stage == QlStage::held_up;
    if (!heard && goes_on) is = {QlStage::unsure, heard.error().message};
    // Or it would yet come out beside its successor.
    if (is.stage == QlStage::lost && !drop_all()) is.stage = QlStage::unsure;
    if (!heard || !goes_on) return end(is);
    return is;
  }

  // The page did not all get there: without its last byte, the print command, it is no label.
  JobLook torn() {
    if (job_->whole > 0) return end({QlStage::unsure, "some of its labels may have come out"});
    const auto dropped = drop_all();
    if (!dropped) return {QlStage::held_up, dropped.error().message};
    return end({QlStage::lost, "the label did not get to the printer"});
  }

  Expected<void> hear_all() {
    for (int i = 0; i < kQlMostMessages; ++i) {
      const auto message = next_message(options_.listen_for);
      if (!message) return tl::make_unexpected(message.error());
      if (!*message) break;
      job_->talks = true;
      ql_note(*job_, **message);
    }
    if (job_->talks && job_->error.empty()) return {};
    // Nobody tells that the roll was changed: a printer that stands still may be asked.
    auto status = job_->talks ? ask_quietly() : ask_by_snmp();
    if (status && *status) ql_note(*job_, **status);
    return {};
  }

  Expected<std::optional<QlStatus>> ask_quietly() {
    const auto asked = line_->write_all(kQlAskStatus, options_.answer_for);
    if (!asked) return tl::make_unexpected(asked.error());
    return next_message(options_.listen_for);
  }

  Expected<std::optional<QlStatus>> ask_by_snmp() {
    if (!place_.is_host() || options_.snmp_port == 0 || answers_on_line_) return std::optional<QlStatus>{};
    const auto bytes = snmp_get(place_.host, options_.snmp_port, kBrotherStatus, options_.snmp_for);
    if (!bytes) return tl::make_unexpected(bytes.error());
    const auto status = parse_ql_status(*bytes);
    if (status) last_ = status;
    return status;
  }

  // The printer's next 32 bytes, if they come in time.
  Expected<std::optional<QlStatus>> next_message(milliseconds patience) {
    const auto deadline = QlClock::now() + patience;
    while (unread_.size() < kQlStatusSize) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - QlClock::now());
      const auto count =
          line_->read_some(unread_, kQlStatusSize - unread_.size(), std::max(left, milliseconds{0}));
      if (!count) return tl::make_unexpected(count.error());
      if (*count == 0) return std::optional<QlStatus>{};
    }
    const auto status = parse_ql_status(unread_);
    unread_.clear();
    if (!status) {
      return fail(Error::Kind::unavailable,
                  "what is at " + place_.said() + " does not speak as a Brother QL does");
    }
    last_ = status;
    answers_on_line_ = true;
    return status;
  }

  Expected<QlStatus> ask_on_line(bool reset) {
    line_->discard();
    unread_.clear();
    const auto written = line_->write_all((reset ? ql_reset() : std::string()) + std::string(kQlAskStatus),
                                          options_.answer_for);
    if (!written) return tl::make_unexpected(written.error());
    const auto deadline = QlClock::now() + options_.answer_for;
    for (int i = 0; i < kQlMostMessages; ++i) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - QlClock::now());
      const auto message = next_message(std::max(left, milliseconds{0}));
      if (!message) return tl::make_unexpected(message.error());
      if (!*message) break;
      // [720] p. 33: "response to status information request or error occurred".
      const auto type = (*message)->type;
      if (type == QlStatus::Type::reply || type == QlStatus::Type::error) return **message;
    }
    return fail(Error::Kind::unavailable,
                unread_.empty() ? "the printer does not answer at " + place_.said()
                                : "the printer stops in the middle of its answer at " + place_.said());
  }

  // With no job under way. A printer that waits for the rest of a page takes the question for a part of it.
  Expected<QlStatus> ask_anew() {
    if (const auto by_snmp = ask_by_snmp(); by_snmp && *by_snmp) return **by_snmp;
    const bool kept = line_.has_value();
    if (!kept) {
      auto line = ByteLine::open(place_, options_.connect_for);
      if (!line) return tl::make_unexpected(line.error());
      line_.emplace(std::move(*line));
    }
    auto status = ask_on_line(false);
    if (!status && unread_.empty()) status = ask_on_line(true);
    if (!kept || !status) drop_line();
    return status;
  }

  // Nothing that the printer still has comes out any more ([700] 6.3: "in order to clear any jobs with errors
  // remaining in the printer").
  Expected<void> drop_all() {
    if (!line_) {
      auto line = ByteLine::open(place_, options_.connect_for);
      if (!line) return tl::make_unexpected(line.error());
      line_.emplace(std::move(*line));
      unread_.clear();
    }
    auto written = line_->write_all(ql_reset(), options_.answer_for);
    if (!written) {
      line_.reset();
      return written;
    }
    // What it said before it was told.
    if (job_ && job_->sent && !job_->ended) {
      for (int i = 0; i < kQlMostMessages; ++i) {
        const auto message = next_message(options_.listen_for);
        if (!message || !*message) break;
        job_->talks = true;
        ql_note(*job_, **message);
      }
    }
    if (line_) line_->finish(kQlFinishFor);
    drop_line();
    return {};
  }

  LinePlace place_;
  QlOptions options_;
  std::optional<ByteLine> line_;
  std::string unread_;            // less than a message
  std::optional<QlStatus> last_;  // heard
  bool answers_on_line_{false};   // so SNMP need not be asked
  std::optional<QlJob> job_;
  std::vector<std::pair<std::string, JobLook>> past_;  // the jobs before, and how they ended
};

}  // namespace

Expected<std::unique_ptr<Printer>> make_ql_printer(std::string_view where, int, const QlOptions& options) {
  constexpr std::string_view kScheme = "brother-ql:";
  const std::string whole(where);
  if (!where.starts_with(kScheme)) {
    return fail(Error::Kind::invalid,
                "printer \"" + whole + "\": expected brother-ql:/dev/usb/lp0 or brother-ql://HOST[:PORT]");
  }
  where.remove_prefix(kScheme.size());
  auto place = where.starts_with("//") ? host_place(where.substr(2), "9100") : device_place(where);
  if (!place) return tl::make_unexpected(place.error().within("printer \"" + whole + "\""));
  return std::make_unique<QlPrinter>(std::move(*place), options);
}

}  // namespace lanyard::kiosk
