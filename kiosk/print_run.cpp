#include "kiosk/print_run.hpp"

#include <algorithm>
#include <utility>

#include "sync/log.hpp"

namespace lanyard::kiosk {

namespace {

using Stage = JobLook::Stage;
using Clock = PrintRun::Clock;

constexpr int kMaxTries = 3;  // of one page that printers give up
constexpr std::chrono::seconds kTakeBackEvery{10};
constexpr std::chrono::seconds kAskNeighboursEvery{5};
constexpr std::chrono::seconds kPauseUnreachable{2};

// Often at first, when a sheet is about to come out; a printer that waits for people is asked at leisure.
std::chrono::milliseconds pause_after(std::chrono::milliseconds waited) {
  using std::chrono::milliseconds;
  if (waited < milliseconds(1000)) return milliseconds(50);
  return waited < milliseconds(10'000) ? milliseconds(250) : milliseconds(1000);
}

// "ipp://host/ipp/print, job 17", as badge_sent has it.
std::string where_of(const std::string& printer, const std::string& mark) {
  return printer + ", " + mark;
}

std::optional<std::string> mark_in(const std::string& where, const std::string& printer) {
  const std::string begin = printer + ", ";
  if (!where.starts_with(begin)) return std::nullopt;
  return where.substr(begin.size());
}

}  // namespace

BadgeContent content_of(const PrintJob& job) {
  BadgeContent content;
  content.attendee = job.order.attendee;
  content.event = job.event;
  content.credential = job.order.credential;
  content.language = badge_language(job.order.attendee);
  content.photo = job.photo;
  content.day = job.order.day;
  return content;
}

PrintRun::PrintRun(PrintJob job, std::vector<PoolPrinter>& pool, const BadgeTemplate& badge,
                   const PrintReports& reports, const PrintTimes& times)
    : job_(std::move(job)),
      pool_(pool),
      badge_(badge),
      reports_(reports),
      times_(times),
      content_(content_of(job_)) {
  pieces_ = badge_.pieces(content_);
  // What was sent is asked after, whatever the template and the roster say by now.
  for (const SentPiece& sent : job_.sent) {
    if (std::ranges::find(pieces_, sent.piece) == pieces_.end()) pieces_.insert(pieces_.begin(), sent.piece);
  }
}

// Another one for each piece and each try: what a printer says of one is not said of the next.
std::string PrintRun::job_name() const {
  const BadgeOrder& order = job_.order;
  std::string name = (pieces_.empty() ? std::string("badge") : pieces_[piece_].substr(0, 16)) + "-" +
                     order.attendee.id + "-" + std::to_string(order.generation) +
                     (order.id.empty() ? "" : "-" + order.id);
  if (piece_ > 0) name += "-p" + std::to_string(piece_ + 1);
  if (tries_ > 0) name += "-t" + std::to_string(tries_ + 1);
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  std::ranges::replace_if(
      name, [&](char c) { return !is_plain(c); }, '-');
  return name;
}

BadgeOutcome PrintRun::ended(bool printed, std::string detail, bool unsure) const {
  BadgeOutcome outcome{job_.order, printed, std::move(detail), {}, unsure};
  // A badge that is owed is printed whole: somebody has to take away what is out of it.
  if (!printed && piece_ > 0) {
    outcome.unsure = true;
    outcome.detail =
        "\"" + pieces_.front() + "\" is out, \"" + pieces_[piece_] + "\" is not: " + outcome.detail;
  }
  if (printed) outcome.at = pool_[printer_].at;
  return outcome;
}

std::optional<BadgeOutcome> PrintRun::advance(Clock::time_point now) {
  if (pool_.empty()) return ended(false, "this kiosk has no printer");
  if (pieces_.empty()) return ended(false, "the badge template has no page for them");
  next_ = now;
  return step_ == Step::choose ? begin() : follow(now);
}

// The piece was at a printer when this kiosk ended: that one is asked, and no other. False: it is none of
// ours.
bool PrintRun::take_up(const SentPiece& sent) {
  for (std::size_t i = 0; i < pool_.size(); ++i) {
    const auto mark = mark_in(sent.where, pool_[i].name);
    if (!mark) continue;
    printer_ = i;
    mark_ = *mark;
    step_ = Step::follow;
    since_ = next_;
    return true;
  }
  return false;
}

std::optional<BadgeOutcome> PrintRun::begin() {
  std::vector<SentPiece> tried;  // of this piece, before this kiosk was started
  std::erase_if(job_.sent, [&](const SentPiece& one) {
    if (one.piece == pieces_[piece_]) tried.push_back(one);
    return one.piece == pieces_[piece_];
  });
  if (!tried.empty()) {
    tries_ = static_cast<int>(tried.size()) - 1;
    if (take_up(tried.back())) return std::nullopt;
    return ended(false, "it was sent to a printer that is not this kiosk's any more", true);
  }
  if (job_.only_ask) return ended(false, "nobody waits for it any more");
  std::string why;
  for (const bool last_of_all : {false, true}) {
    for (std::size_t i = 0; i < pool_.size(); ++i) {
      if ((avoid_ == i) != last_of_all) continue;
      if (auto outcome = begin_at(i, why)) return outcome;
      if (step_ == Step::follow) return std::nullopt;
    }
  }
  log::warn("{}: {}", job_name(), why);
  return ended(false, why);
}

// Sends the piece to one of the printers. If that is not ready, the step stays, and the first `why` is kept.
std::optional<BadgeOutcome> PrintRun::begin_at(std::size_t printer, std::string& why) {
  const auto unfit = [&](std::string reason) {
    if (why.empty()) why = std::move(reason);
    return std::nullopt;
  };
  Printer& at = *pool_[printer].printer;
  const auto state = at.state();
  if (!state) return unfit(state.error().message);
  if (state->held_up) {
    const std::string reasons = reasons_in_a_line(state->reasons);
    return unfit("the printer is " + (reasons.empty() ? "stopped" : reasons));
  }
  const auto wish = at.wish();
  if (!wish) return unfit(wish.error().message);
  auto made = badge_.piece(content_, pieces_[piece_], *wish);
  if (!made) {  // no other printer would make it better
    log::error("{}", made.error().message);
    return ended(false, made.error().message);
  }
  const std::string name = job_name();
  if (job_.resumed) at.close_unsent(name);
  auto mark = at.open(name, made->page);
  if (!mark) return unfit(mark.error().message);
  const SentPiece sending{pieces_[piece_], where_of(pool_[printer].name, *mark), piece_ == 0};
  if (const auto written = reports_.sent(job_.order, sending); !written) {
    (void)at.take_back(name, *mark);
    return ended(false, written.error().message);
  }
  if (auto sent = at.send(name, *mark, made->page); !sent)
    log::warn("{}: {}", name, sent.error().message);  // part of it may be there: `follow` asks
  misfits_.insert(misfits_.end(), made->misfits.begin(), made->misfits.end());
  printer_ = printer;
  mark_ = std::move(*mark);
  step_ = Step::follow;
  since_ = Clock::now();
  held_since_.reset();
  next_ = since_;
  return std::nullopt;
}

std::optional<BadgeOutcome> PrintRun::follow(Clock::time_point now) {
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - since_);
  const auto look = pool_[printer_].printer->look(job_name(), mark_);
  // Looked at again after a pause, however long this look took.
  next_ = Clock::now() + (look ? pause_after(waited) : kPauseUnreachable);
  if (!look) return held_up(look.error().message, Hold::unreachable, now);
  switch (look->stage) {
    case Stage::done:
      return piece_is_out();
    case Stage::absent:
      return take_back("the printer has lost the page", true);
    case Stage::lost:
      return take_back(look->why, true);
    case Stage::unsure:
      return ended(false, look->why, true);
    case Stage::held_up:
      return held_up("the printer is " + look->why, Hold::by_printer, now);
    case Stage::waiting:
      return waits(now);
  }
  return std::nullopt;
}

// At it. Whoever has just been seen to gets the time of a fresh page: it is about to come out.
std::optional<BadgeOutcome> PrintRun::waits(Clock::time_point now) {
  if (held_since_ && !is_slow_) {
    since_ = now;
    held_since_.reset();
    told_ = false;
  }
  if (now - since_ <= times_.slow_after) return std::nullopt;
  is_slow_ = true;
  return held_up("the printer is too slow", Hold::slow, now);
}

std::optional<BadgeOutcome> PrintRun::piece_is_out() {
  if (piece_ + 1 == pieces_.size()) return ended(true, described(misfits_));
  ++piece_;
  tries_ = 0;
  avoid_.reset();
  choose_anew();
  return std::nullopt;
}

void PrintRun::choose_anew() {
  step_ = Step::choose;
  told_ = false;
  is_slow_ = false;
  held_since_.reset();
  next_ = Clock::now();
}

bool PrintRun::has_ready_neighbour(Clock::time_point now) {
  if (pool_.size() < 2 || now < next_neighbour_) return false;
  next_neighbour_ = now + kAskNeighboursEvery;  // one that is off takes seconds to say nothing
  for (std::size_t i = 0; i < pool_.size(); ++i) {
    if (i == printer_) continue;
    const auto state = pool_[i].printer->state();
    if (state && !state->held_up) return true;
  }
  return false;
}

// The page is not to come out here any more: as the printer says, it does, or another try is safe.
std::optional<BadgeOutcome> PrintRun::take_back(const std::string& why, bool tries_again) {
  const auto back = pool_[printer_].printer->take_back(job_name(), mark_);
  if (!back) return std::nullopt;
  switch (back->stage) {
    case Stage::done:
      return piece_is_out();
    case Stage::unsure:
      return ended(false, back->why, true);
    case Stage::waiting:
    case Stage::held_up:
      return std::nullopt;
    case Stage::absent:
    case Stage::lost:
      break;
  }
  if (!tries_again || job_.only_ask || superseded_ || tries_ + 1 >= kMaxTries)
    return ended(false, superseded_ ? "a newer badge has taken its place" : why);
  ++tries_;
  choose_anew();
  return std::nullopt;
}

// The page is at a printer that wants somebody to come, or that does not answer.
std::optional<BadgeOutcome> PrintRun::held_up(const std::string& why, Hold hold, Clock::time_point now) {
  if (!held_since_) held_since_ = now;
  const auto held = now - *held_since_;
  if (held >= times_.tell_after && !told_) {
    told_ = true;
    log::warn("{}: {}", job_name(), why);
    reports_.held({job_.order, why});
  }
  if (hold == Hold::unreachable) {
    if (held < times_.doubt_for) return std::nullopt;
    return ended(false, why, true);
  }
  const bool may_move =
      hold == Hold::by_printer && held >= times_.move_after && !job_.only_ask && !superseded_;
  const bool moves = may_move && has_ready_neighbour(now);
  if ((!moves && !superseded_ && held < times_.hold_for) || now < next_take_back_) return std::nullopt;
  next_take_back_ = now + kTakeBackEvery;
  if (moves) avoid_ = printer_;
  return take_back(why, moves);
}

}  // namespace lanyard::kiosk
