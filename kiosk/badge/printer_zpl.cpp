#include "kiosk/badge/printer_zpl.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "kiosk/badge/byte_line.hpp"
#include "kiosk/badge/label_page.hpp"
#include "kiosk/badge/zpl_words.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;
using ZplClock = std::chrono::steady_clock;

// ~HS has some 90 bytes, ~HI some 60: what is longer is no printer's.
constexpr std::size_t kZplMostAnswer = 1024;
constexpr std::chrono::milliseconds kZplFinishFor{500};

// "zpl1 count=31084 labels=2", or "count=?" of a printer that does not say.
struct ZplMark {
  std::optional<std::uint64_t> count;
  std::uint64_t labels{0};
};

std::string zpl_mark_text(const ZplMark& mark) {
  return "zpl1 count=" + (mark.count ? std::to_string(*mark.count) : std::string("?")) +
         " labels=" + std::to_string(mark.labels);
}

std::optional<std::uint64_t> zpl_mark_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Expected<ZplMark> parse_zpl_mark(std::string_view text) {
  constexpr std::string_view kCount = "zpl1 count=";
  constexpr std::string_view kLabels = " labels=";
  const std::size_t at = text.find(kLabels);
  if (text.starts_with(kCount) && at != std::string_view::npos && at >= kCount.size()) {
    const std::string_view count = text.substr(kCount.size(), at - kCount.size());
    const auto labels = zpl_mark_number(text.substr(at + kLabels.size()));
    ZplMark mark;
    mark.count = zpl_mark_number(count);
    if (labels && *labels >= 1 && *labels <= kMostLabels && (mark.count || count == "?")) {
      mark.labels = *labels;
      return mark;
    }
  }
  return fail(Error::Kind::invalid, "a job's mark that no ZPL printer gave");
}

// The CR and LF behind the answer before may come after it was read.
std::string_view zpl_without_breaks(std::string_view answer) {
  const std::size_t begin = answer.find_first_not_of("\r\n");
  if (begin == std::string_view::npos) return {};
  return answer.substr(begin, answer.find_last_not_of("\r\n") + 1 - begin);
}

struct ZplReading {
  ZplStatus status;
  std::optional<std::uint64_t> count;
};

// How a job stands by what the printer says. `settled`: it has stayed so. `taken_back`: it was told to drop
// all.
JobLook zpl_stand(const ZplMark& mark, const ZplReading& now, bool settled, bool taken_back) {
  using Stage = JobLook::Stage;
  const std::string why = reasons_in_a_line(zpl_reasons(now.status));
  const bool held_up = zpl_held_up(now.status);
  const bool counts = mark.count && now.count;
  const bool back = counts && *now.count < *mark.count;
  const std::uint64_t grown = counts && !back ? *now.count - *mark.count : 0;
  // Though a label may wait to be taken.
  if (now.status.all_printed() && grown == mark.labels) return {Stage::done, {}};
  if (!now.status.idle()) return {held_up ? Stage::held_up : Stage::waiting, why};
  if (back) return {Stage::unsure, "it is another printer than before, or its count was reset"};
  if (grown > mark.labels) return {Stage::unsure, "more labels came out than this job's"};
  // What it was at when it stopped may be printed anew once somebody has seen to it (ZG, ^JZ).
  if (held_up && !taken_back) return {Stage::held_up, why};
  if (!settled) return {Stage::waiting, why};
  if (!counts) return {Stage::unsure, "the printer does not say how many labels came out"};
  if (grown > 0) return {Stage::unsure, "only some of its labels came out"};
  // Paused alone it had not begun; else it may have, and print that anew.
  const ZplStatus& status = now.status;
  if (status.paper_out || status.head_up || status.ribbon_out || status.diagnostics)
    return {Stage::unsure, why};
  return {Stage::absent, {}};
}

class ZplPrinter final : public Printer {
 public:
  ZplPrinter(LinePlace place, int dpi, const ZplOptions& options)
      : place_(std::move(place)), dpi_(dpi), options_(options) {}

  Expected<PrinterState> state() override {
    auto line = ByteLine::open(place_, options_.connect_for);
    if (!line) return tl::make_unexpected(line.error());
    const auto status = ask_status(*line);
    if (!status) return tl::make_unexpected(status.error());
    const auto said = ask_identity(*line);
    PrinterState now;
    now.name = said ? said->model : "label printer at " + place_.said();
    now.reasons = zpl_reasons(*status);
    now.held_up = zpl_held_up(*status);
    return now;
  }

  Expected<PageWish> wish() override { return PageWish{PageForm::dots, dpi_, false}; }

  Expected<std::string> open(std::string_view job, const PrintPage& page) override {
    if (const auto fault = label_fault(job, page, dpi_)) return tl::make_unexpected(*fault);
    auto line = ByteLine::open(place_, options_.connect_for);
    if (!line) return tl::make_unexpected(line.error());
    const auto status = ask_status(*line);
    if (!status) return tl::make_unexpected(status.error());
    if (zpl_held_up(*status) || status->buffer_full) {
      return fail(Error::Kind::unavailable,
                  "the printer needs somebody: " + reasons_in_a_line(zpl_reasons(*status)));
    }
    if (const auto said = ask_identity(*line); said && said->dpi != 0 && said->dpi != dpi_) {
      return fail(Error::Kind::invalid, "the printer prints " + std::to_string(said->dpi) +
                                            " dpi, and is set up as " + std::to_string(dpi_));
    }
    const auto count = ask_count(*line);
    if (!count) return tl::make_unexpected(count.error());
    return zpl_mark_text({*count, page.files.size()});
  }

  Expected<void> send(std::string_view job, std::string_view mark, const PrintPage& page) override {
    if (const auto fault = label_fault(job, page, dpi_)) return tl::make_unexpected(*fault);
    const auto noted = parse_zpl_mark(mark);
    if (!noted) return tl::make_unexpected(noted.error());
    since_.reset();
    auto line = ByteLine::open(place_, options_.connect_for);
    if (!line) return tl::make_unexpected(line.error());
    for (const std::string& dots : page.files) {
      auto written = line->write_all(zpl_label(job, page, dots), options_.send_for);
      if (!written) return written;
    }
    line->finish(kZplFinishFor);
    return {};
  }

  Expected<JobLook> look(std::string_view job, std::string_view mark) override {
    return look_once(job, mark, false);
  }

  Expected<JobLook> take_back(std::string_view job, std::string_view mark) override {
    const auto noted = parse_zpl_mark(mark);
    if (!noted) return tl::make_unexpected(noted.error());
    auto line = ByteLine::open(place_, options_.connect_for);
    if (!line) return tl::make_unexpected(line.error());
    const auto told = line->write_all(kZplCancelAll, options_.answer_for);
    if (!told) return tl::make_unexpected(told.error());
    line->finish(kZplFinishFor);
    since_.reset();
    const auto deadline = ZplClock::now() + options_.take_back_for;
    for (;;) {
      auto is = look_once(job, mark, true);
      const bool moves = is && (is->stage == JobLook::Stage::waiting || is->stage == JobLook::Stage::held_up);
      if (!moves || ZplClock::now() >= deadline) return is;
      std::this_thread::sleep_for(options_.poll_every);
    }
  }

 private:
  Expected<JobLook> look_once(std::string_view job, std::string_view mark, bool taken_back) {
    const auto noted = parse_zpl_mark(mark);
    if (!noted) return tl::make_unexpected(noted.error());
    auto line = ByteLine::open(place_, options_.connect_for);
    if (!line) return tl::make_unexpected(line.error());
    const auto status = ask_status(*line);
    if (!status) return tl::make_unexpected(status.error());
    const auto count = ask_count(*line);
    if (!count) return tl::make_unexpected(count.error());
    ZplReading now{*status, *count};
    // The end of a format whose sender is gone never comes: the next one would be drawn over it.
    const bool torn =
        now.status.partial_format && now.status.formats == 0 && now.status.labels_remaining == 0;
    const bool settled = has_settled(job, now, torn);
    if (torn && settled) {
      const auto told = line->write_all(kZplCancelPartial, options_.answer_for);
      if (!told) return tl::make_unexpected(told.error());
      now.status.partial_format = false;
    }
    line->finish(kZplFinishFor);
    return zpl_stand(*noted, now, settled, taken_back);
  }

  // Whether the printer has been at rest, with this very count, for as long as it takes to be believed.
  bool has_settled(std::string_view job, const ZplReading& now, bool torn) {
    const auto moment = ZplClock::now();
    const bool rests = now.status.idle() || torn;
    const bool same = since_ && settling_ == job && settling_count_ == now.count;
    if (!rests) since_.reset();
    if (rests && !same) {
      since_ = moment;
      settling_ = job;
      settling_count_ = now.count;
    }
    return since_ && moment - *since_ >= options_.settle_for;
  }

  Expected<ZplStatus> ask_status(ByteLine& line) const {
    const auto asked = line.write_all(kZplAskStatus, options_.answer_for);
    if (!asked) return tl::make_unexpected(asked.error());
    const auto answer = line.read_answer(zpl_status_complete, kZplMostAnswer, options_.answer_for);
    if (!answer) {
      // Some do not answer ~HS just then (P1099958, ~HS: "will not send a response to the host if ...").
      return fail(Error::Kind::unavailable,
                  answer.error().message + "; it may be out of labels or ribbon, or open");
    }
    if (const auto status = parse_zpl_status(*answer)) return *status;
    return fail(Error::Kind::unavailable, "what is at " + place_.said() + " does not speak ZPL");
  }

  // Niceties: a printer that does not say is taken at what it is set up as.
  std::optional<ZplIdentity> ask_identity(ByteLine& line) const {
    if (!line.write_all(kZplAskName, options_.answer_for)) return std::nullopt;
    const auto answer = line.read_answer(zpl_identity_complete, kZplMostAnswer, options_.answer_for);
    return answer ? parse_zpl_identity(zpl_without_breaks(*answer)) : std::nullopt;
  }

  // No number where the printer says so or keeps silent, as old ones do. Anything else is an error.
  Expected<std::optional<std::uint64_t>> ask_count(ByteLine& line) const {
    const auto asked = line.write_all(kZplAskCount, options_.answer_for);
    if (!asked) return tl::make_unexpected(asked.error());
    std::string answer;
    const auto deadline = ZplClock::now() + options_.answer_for;
    while (!zpl_count_complete(answer) && answer.size() < kZplMostAnswer) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - ZplClock::now());
      const auto more = line.read_some(answer, kZplMostAnswer - answer.size(),
                                       std::max(left, std::chrono::milliseconds{0}));
      if (!more) return tl::make_unexpected(more.error());
      if (*more == 0) break;
    }
    const std::string_view said = zpl_without_breaks(answer);
    const auto count = parse_zpl_count(said);
    if (count || said.empty() || said == "\"?\"") return count;
    return fail(Error::Kind::unavailable, "the printer does not say properly how many labels came out");
  }

  LinePlace place_;
  int dpi_;
  ZplOptions options_;
  // Since when the printer rests, as far as was seen, for whose job, at what count.
  std::optional<ZplClock::time_point> since_;
  std::string settling_;
  std::optional<std::uint64_t> settling_count_;
};

}  // namespace

Expected<std::unique_ptr<Printer>> make_zpl_printer(std::string_view where, int dpi,
                                                    const ZplOptions& options) {
  constexpr std::string_view kScheme = "zpl://";
  if (!where.starts_with(kScheme) || dpi < 100 || dpi > 1200) {
    return fail(Error::Kind::invalid,
                "printer \"" + std::string(where) + "\": expected zpl://HOST[:PORT] and its dpi");
  }
  auto place = host_place(where.substr(kScheme.size()), "9100");
  if (!place) return tl::make_unexpected(place.error().within("printer \"" + std::string(where) + "\""));
  return std::make_unique<ZplPrinter>(std::move(*place), dpi, options);
}

}  // namespace lanyard::kiosk
