#include "kiosk/journal_thread.hpp"

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "kiosk/stamp.hpp"
#include "sync/log.hpp"
#include "sync/mend.hpp"
#include "sync/room.hpp"

namespace lanyard::kiosk {

namespace {

constexpr std::chrono::milliseconds kLookAroundEvery{500};
constexpr std::chrono::seconds kReconcileEvery{5};

// May open staff mode with a PIN of their own.
bool serves(const sync::Attendee& one, const sync::EventInfo& event) {
  return one.status == sync::Status::approved && is_pin_hash(one.pin_hash) &&
         sync::find_role(event, one.role) != nullptr;
}

}  // namespace

std::optional<std::chrono::seconds> clock_off(const std::optional<sync::ClockMeasure>& measure,
                                              const sync::RowStamp& stamp) {
  const auto offset = sync::hub_time(measure, stamp).offset_ms;
  if (!offset) return std::nullopt;
  const auto off = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::milliseconds(*offset));
  return off > kClockTolerance || -off > kClockTolerance ? std::optional(off) : std::nullopt;
}

bool clock_guessed(const std::optional<sync::ClockMeasure>& measure, const sync::RowStamp& stamp) {
  return measure && !stamp.clock_synchronised && !sync::hub_time(measure, stamp).offset_ms;
}

JournalThread::JournalThread(std::filesystem::path store, std::vector<StaffMember> staff, Inbox& inbox,
                             std::function<void(PrintJob)> print, std::optional<sync::EventFile> own,
                             std::function<PrinterNow()> printer, std::optional<RollSetting> roll)
    : store_file_(std::move(store)),
      staff_(std::move(staff)),
      own_(std::move(own)),
      inbox_(inbox),
      print_(std::move(print)),
      printer_(std::move(printer)),
      roll_(std::move(roll)),
      heartbeat_(std::chrono::steady_clock::now().time_since_epoch().count()),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

JournalThread::~JournalThread() {
  thread_.request_stop();
  came_.notify_all();
}

bool JournalThread::post(JournalJob job) {
  {
    const std::lock_guard lock(mutex_);
    // What is owed a row is never turned away: there is as much of it as there were print jobs.
    const bool of_a_badge =
        std::holds_alternative<BadgeOutcome>(job) || std::holds_alternative<BadgeSent>(job);
    if (jobs_.size() >= kMaxJournalJobs && !of_a_badge) return false;
    jobs_.push_back(std::move(job));
  }
  came_.notify_one();
  return true;
}

sync::Expected<void> JournalThread::write_sent(const BadgeOrder& order, const SentPiece& piece) {
  const auto ended = sync::fail(sync::Error::Kind::unavailable, "this kiosk is stopping");
  auto written = std::make_shared<std::promise<sync::Expected<void>>>();
  auto answer = written->get_future();
  if (!post(BadgeSent{order, piece, std::move(written)})) return ended;
  try {
    return answer.get();
  } catch (const std::future_error&) {  // the thread has ended without an answer
    return ended;
  }
}

std::chrono::steady_clock::time_point JournalThread::heartbeat() const {
  return std::chrono::steady_clock::time_point(std::chrono::steady_clock::duration(heartbeat_.load()));
}

void JournalThread::run(const std::stop_token& stop) {
  auto next_look = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    heartbeat_.store(std::chrono::steady_clock::now().time_since_epoch().count());
    if (std::chrono::steady_clock::now() >= next_look) {
      look_around();
      next_look = std::chrono::steady_clock::now() + kLookAroundEvery;
    }
    const auto job = next_job(stop, next_look);
    if (job) std::visit([this](const auto& what) { handle(what); }, *job);
  }
  // Nobody waits for the other answers any more; but a badge that was printed is owed its row.
  const std::lock_guard lock(mutex_);
  for (const JournalJob& job : jobs_) {
    if (const auto* outcome = std::get_if<BadgeOutcome>(&job)) unwritten_.push_back(*outcome);
  }
  settle_outcomes();
}

std::optional<JournalJob> JournalThread::next_job(const std::stop_token& stop,
                                                  std::chrono::steady_clock::time_point until) {
  std::unique_lock lock(mutex_);
  came_.wait_until(lock, stop, until, [this] { return !jobs_.empty(); });
  const auto searches = [](const JournalJob& job) { return std::holds_alternative<effect::Search>(job); };
  while (!jobs_.empty()) {
    JournalJob job = std::move(jobs_.front());
    jobs_.pop_front();
    // Of a name that is typed faster than it is searched, what it was some letters ago is nobody's question.
    if (!searches(job) || std::ranges::none_of(jobs_, searches)) return job;
  }
  return std::nullopt;
}

void JournalThread::note(Fault fault) {
  if (last_fault_ == fault) return;
  last_fault_ = fault;
  inbox_.post(event::FaultChanged{fault});
}

void JournalThread::after_failure(const sync::Error& error) {
  // Once a change, not once a badge: a full disk is no reason to fill the log as well.
  if (last_error_ != error.message) log::error("{}", error.message);
  last_error_ = error.message;
  if (error.kind == sync::Error::Kind::storage || error.kind == sync::Error::Kind::corrupt)
    writing_failed_ = true;
  if (error.kind == sync::Error::Kind::corrupt) is_damaged_ = true;
}

void JournalThread::let_go_of_damaged() {
  const bool is_found = std::exchange(is_damaged_, false);
  if (!desk_ || (!is_found && !sync::waits_for_mending(store_file_))) return;
  if (is_found) {
    const auto asked = sync::ask_for_mending(store_file_, desk_->store().file_id());
    if (!asked) after_failure(asked.error());
  }
  desk_.reset();
}

bool JournalThread::open_desk() {
  sync::MendHooks hooks;
  hooks.alive = [this] { heartbeat_.store(std::chrono::steady_clock::now().time_since_epoch().count()); };
  auto opened = sync::open_or_mend(store_file_, stamp_now().now, hooks);
  if (!opened) {
    after_failure(opened.error());
    is_damaged_ = false;  // it is known, and the next look tries again
    return false;
  }
  if (opened->mended) log::error("{}", sync::described(*opened->mended));
  desk_ = std::make_unique<Desk>(std::move(opened->store), own_);
  return true;
}

Fault JournalThread::fault_now() {
  if (!desk_ && !open_desk()) return Fault::storage;
  if (writing_failed_) {
    if (auto probed = desk_->store().probe_writing(); !probed) {
      is_damaged_ = is_damaged_ || probed.error().kind == sync::Error::Kind::corrupt;
      return Fault::storage;
    }
    writing_failed_ = false;
    last_error_.clear();
    log::info("the journal can be written again");
  }
  const bool was_short = is_short_of_room_;
  is_short_of_room_ = sync::is_short_of_room(sync::free_beside(store_file_), kLeastRoomBytes, was_short);
  if (is_short_of_room_ && !was_short)
    log::error("the disk is nearly full: nobody is let in until there is room");
  if (is_short_of_room_) return Fault::storage;
  auto identity = desk_->store().identity();
  if (!identity) {
    after_failure(identity.error());
    return Fault::storage;
  }
  if (!*identity) {
    const auto withdrawn = desk_->store().withdrawn();
    return withdrawn && *withdrawn ? Fault::withdrawn : Fault::not_enrolled;
  }
  auto venue = desk_->venue();
  if (!venue) {
    after_failure(venue.error());
    return Fault::storage;
  }
  if (*venue == nullptr) return Fault::no_roster;
  return orders_.orders.out_of_service ? Fault::out_of_service : Fault::none;
}

// What could not be read is asked for again at the next look around: the last orders hold until then.
void JournalThread::hear_orders() {
  if (!desk_) return;
  auto held = desk_->store().orders();
  if (!held) return;
  orders_ = std::move(*held);
  const auto& restart = orders_.orders.restart;
  if (!restart || (orders_.restarted && *orders_.restarted >= *restart)) return;
  // Noted first: a kiosk that fails before it obeys has started anew all the same.
  if (auto noted = desk_->store().note_restart(*restart); !noted) return after_failure(noted.error());
  log::info("the office orders a restart, once nobody stands here");
  inbox_.post(event::RestartOrdered{});
}

void JournalThread::look_around() {
  let_go_of_damaged();
  hear_orders();
  note(fault_now());
  if (!desk_) return;
  settle_outcomes();
  resume_badges();
  publish_view();
  const auto standing = desk_->store().standing();
  if (!standing) return;
  const auto now = stamp_now().now;
  // A contact in the future is a clock that was set back: no proof of anything.
  const bool online = standing->hub_contact && *standing->hub_contact <= now + kOnlineFor &&
                      now - *standing->hub_contact < kOnlineFor;
  if (last_online_ != online) {
    last_online_ = online;
    inbox_.post(event::HubHeard{online});
  }
  judge_clock(*standing);
  reconcile(*standing);
  if (const auto current = desk_->store().keep_search_current(); !current) after_failure(current.error());
}

void JournalThread::judge_clock(const sync::Standing& standing) {
  const sync::RowStamp stamp = stamp_now();
  const auto off = clock_off(standing.clock, stamp);
  const bool guessed = clock_guessed(standing.clock, stamp);
  const auto minutes =
      off ? std::optional(std::chrono::duration_cast<std::chrono::minutes>(*off)) : std::nullopt;
  if (minutes == last_clock_off_ && guessed == last_clock_guessed_) return;
  last_clock_off_ = minutes;
  last_clock_guessed_ = guessed;
  if (off) {
    log::warn("the wall clock is {} s {} the hub's", std::abs(off->count()),
              off->count() > 0 ? "behind" : "ahead of");
  }
  if (guessed) log::warn("nobody has told the time since the start: decisions go by a guess");
  inbox_.post(event::ClockJudged{off, guessed});
}

// A roster that is new may name those who were let in before it did.
void JournalThread::reconcile(const sync::Standing& standing) {
  const auto now = std::chrono::steady_clock::now();
  const auto roster = std::tuple(standing.epoch, standing.roster_version);
  if (reconciled_ == roster || now < next_reconcile_) return;
  next_reconcile_ = now + kReconcileEvery;
  const auto done = desk_->reconcile(stamp_now());
  if (!done) return after_failure(done.error());
  // A few at once: there may be more.
  if (*done == 0) {
    reconciled_ = roster;
  } else {
    log::info("{} of those who were let in unknown are on the roster now", *done);
  }
}

void JournalThread::publish_view() {
  auto venue = desk_->venue();
  if (!venue || *venue == nullptr) return;
  const auto standing = desk_->store().standing();
  if (!standing) return;
  const auto made_of = std::tuple(standing->epoch, standing->roster_version, (*venue)->identity.name,
                                  (*venue)->checkpoint.id, orders_.version);
  if (last_view_ == made_of) return;
  auto checkpoints = desk_->store().checkpoints();
  if (!checkpoints) return;
  last_view_ = made_of;
  views_.put({(*venue)->identity.name, (*venue)->event, (*venue)->checkpoint, std::move(*checkpoints),
              orders_.orders.notices});
}

// An outcome's row may have to wait for a full disk; what was printed is not forgotten meanwhile.
void JournalThread::settle_outcomes() {
  if (!desk_) return;
  while (!unwritten_.empty()) {
    const BadgeOutcome& outcome = unwritten_.front();
    if (auto written = desk_->badge_done(outcome.order, outcome.printed, outcome.detail, stamp_now());
        !written) {
      after_failure(written.error());
      return;
    }
    unwritten_.erase(unwritten_.begin());
  }
}

void JournalThread::handle(const effect::Admit& admit) {
  if (!desk_) return inbox_.post(event::AdmitFailed{});
  auto decision = desk_->admit(admit.text, stamp_now());
  if (!decision) {
    after_failure(decision.error());
    last_fault_ = Fault::storage;  // what the screen now shows; the next look around says how it really is
    return inbox_.post(event::AdmitFailed{});
  }
  const auto venue = desk_->venue();
  const bool preview = venue && *venue != nullptr && (*venue)->event.badge_preview;
  std::string last_name;
  if (preview && decision->badge_owed && decision->attendee) {
    if (auto name = desk_->store().badge_name(decision->attendee->id)) last_name = std::move(*name);
  }
  inbox_.post(event::Decided{std::move(*decision), preview, std::move(last_name)});
}

void JournalThread::hand_to_printer(BadgeOrder order) {
  auto venue = desk_->venue();
  if (!venue || *venue == nullptr)
    return handle(BadgeOutcome{std::move(order), false, "no roster", {}, false});
  auto photo = desk_->store().photo(order.attendee.photo);
  if (!photo) after_failure(photo.error());
  print_(
      {std::move(order), (*venue)->event, photo && *photo ? std::move(**photo) : std::string(), {}, false});
}

// As soon as there is a roster to look them up in.
void JournalThread::resume_badges() {
  if (!resumes_ || !desk_) return;
  const auto venue = desk_->venue();
  if (!venue || *venue == nullptr) return;
  if (!resumed_to_) {
    const auto written = desk_->store().unsent_count();
    if (!written) return after_failure(written.error());
    resumed_to_ = written->last_seq;  // what is ordered from now on is under way, and not to be resumed
  }
  auto open = desk_->resume_badges(*resumed_to_, stamp_now());
  if (!open) return after_failure(open.error());
  resumes_ = false;
  for (OpenOrder& one : *open) {
    log::warn("badge {} of {} was under way when this kiosk ended", one.order.generation,
              one.order.attendee.id);
    auto photo = desk_->store().photo(one.order.attendee.photo);
    print_({std::move(one.order), (*venue)->event, photo && *photo ? std::move(**photo) : std::string(),
            std::move(one.sent), one.late, true});
  }
}

void JournalThread::handle(const effect::PreviewBadge& preview) {
  const auto cannot = [&](const sync::Error& error) {
    after_failure(error);
    inbox_.post(event::BadgeDrawn{preview.attendee, {preview.name, {}, 0, 0}});
  };
  if (!desk_) return;
  const auto venue = desk_->venue();
  if (!venue) return cannot(venue.error());
  auto order = desk_->preview_badge(preview.attendee, preview.name);
  if (!order) return cannot(order.error());
  PrintJob job{std::move(*order), (*venue)->event};
  if (auto photo = desk_->store().photo(job.order.attendee.photo); photo && *photo)
    job.photo = std::move(**photo);
  job.preview = true;
  print_(std::move(job));
}

void JournalThread::handle(const effect::PrintBadge& print) {
  if (!desk_) return;
  auto order = desk_->order_badge(print.attendee, stamp_now(), print.name);
  if (!order) {
    after_failure(order.error());
    return inbox_.post(event::BadgeDone{print.attendee, false, order.error().message});
  }
  hand_to_printer(std::move(*order));
}

void JournalThread::handle(const effect::Reissue& reissue) {
  if (!desk_) return;
  auto result = desk_->reissue(reissue.attendee, reissue.who, reissue.reason, stamp_now());
  if (!result) {
    after_failure(result.error());
    return inbox_.post(event::BadgeDone{reissue.attendee, false, result.error().message});
  }
  if (result->outcome != Outcome::done)
    return inbox_.post(event::BadgeDone{reissue.attendee, false, std::string(to_name(result->outcome))});
  for (BadgeOrder& order : result->badges) hand_to_printer(std::move(order));
}

void JournalThread::handle(const effect::RaiseAlert& alert) {
  if (!desk_) return;
  if (auto written = desk_->alert(alert.rule, alert.detail, stamp_now(), alert.attendee); !written)
    after_failure(written.error());
}

void JournalThread::handle(const ResumeBadges&) {
  resumes_ = true;
  resume_badges();
}

void JournalThread::handle(const BadgeSent& sent) {
  if (!desk_) {
    sent.written->set_value(sync::fail(sync::Error::Kind::storage, "the journal cannot be written"));
    return;
  }
  auto row = desk_->badge_sent(sent.order, sent.piece, stamp_now());
  if (!row) after_failure(row.error());
  const bool is_written = row.has_value();
  sent.written->set_value(std::move(row));
  if (is_written) watch_roll(sent.piece);
}

sync::Expected<std::optional<sync::Store::RollUse>> JournalThread::roll_use() {
  using SentBy = sync::Store::SentBy;
  return desk_->store().roll_use(roll_->printer, roll_->shared ? SentBy::any : SentBy::this_kiosk);
}

void JournalThread::watch_roll(const SentPiece& piece) {
  if (!roll_ || !desk_ || !piece.where.starts_with(roll_->printer + ", ")) return;
  const auto use = roll_use();
  if (!use) return after_failure(use.error());
  if (!*use || (*use)->warned) return;
  const RollNow roll{roll_->whole, (*use)->sent};
  if (!roll.is_low()) return;
  const std::string left =
      "about " + std::to_string(roll.left()) + " of " + std::to_string(roll.whole) + " badges are left";
  if (auto written = desk_->alert(sync::kRollLow, left, stamp_now()); !written)
    after_failure(written.error());
}

void JournalThread::handle(const BadgeHeld& held) {
  if (desk_) {
    const auto written = desk_->alert("printer.held_up", held.why, stamp_now());
    if (!written) after_failure(written.error());
  }
  inbox_.post(event::BadgeHeld{held.order.attendee.id, held.why});
}

void JournalThread::handle(const BadgeOutcome& outcome) {
  unwritten_.push_back(outcome);
  settle_outcomes();
  if (outcome.unsure && desk_) {
    const std::string who = outcome.order.attendee.id + ": " + outcome.detail;
    if (auto written = desk_->alert("badge.unsure", who, stamp_now(), outcome.order.attendee.id); !written)
      after_failure(written.error());
  }
  inbox_.post(event::BadgeDone{outcome.order.attendee.id, outcome.printed, outcome.detail, outcome.at});
}

void JournalThread::handle(const effect::CheckPin& check) {
  const auto who = operator_of(check.digits, check.id);
  if (desk_) {
    const auto written = who ? desk_->staff_entered(who->id, stamp_now())
                             : desk_->alert("staff.wrong_pin", "a wrong PIN was entered", stamp_now());
    // Staff must be able to come in when the disk is full, of all times; the log has it then.
    if (!written) after_failure(written.error());
  }
  inbox_.post(event::PinChecked{who.has_value(), who.value_or(Operator{})});
}

// Those of this kiosk's own settings, then the roster's: a PIN is one person's, so that the first is the one.
std::optional<Operator> JournalThread::operator_of(const std::string& digits, const std::string& id) {
  const auto local = id.empty() ? whose_pin(digits, staff_) : std::nullopt;
  if (local) return Operator{*local, local_role()};
  if (!desk_) return std::nullopt;
  const auto staff = desk_->store().staff();
  const auto venue = desk_->venue();
  if (!staff || !venue || *venue == nullptr) return std::nullopt;
  std::vector<StaffMember> members;
  for (const sync::Attendee& one : *staff) {
    if (!id.empty() && one.id != id) continue;
    if (serves(one, (*venue)->event) && members.size() < kMaxRosterStaff)
      members.push_back({one.id, one.pin_hash});
  }
  const auto found = whose_pin(digits, members);
  if (!found) return std::nullopt;
  const auto member = std::ranges::find(*staff, *found, &sync::Attendee::id);
  return Operator{*found, *sync::find_role((*venue)->event, member->role)};
}

// A badge that is dead, or of somebody without a role, is no way in: the pad stays as it was.
void JournalThread::handle(const effect::IdentifyStaff& identify) {
  if (!desk_) return;
  const auto venue = desk_->venue();
  const auto judged = desk_->consider(identify.text, stamp_now());
  if (!judged || !venue || *venue == nullptr) return;
  if (!judged->decision.attendee) {
    inbox_.post(event::UnknownShown{});
    return;
  }
  const sync::Attendee& who = *judged->decision.attendee;
  const Rule rule = judged->decision.rule;
  if (rule == Rule::replaced || rule == Rule::test_badge || !serves(who, (*venue)->event)) return;
  inbox_.post(event::StaffIdentified{who.id, who.name.empty() ? who.id : who.name});
}

void JournalThread::handle(const effect::Search& search) {
  if (!desk_) return;
  auto hits = desk_->store().search(search.query);
  if (!hits) {
    after_failure(hits.error());
    hits = std::vector<sync::Attendee>{};
  }
  inbox_.post(event::SearchDone{search.query, std::move(*hits)});
}

void JournalThread::handle(const effect::ReadRecord& read) {
  if (!desk_) return;
  auto record = desk_->record(read.attendee);
  if (!record) return after_failure(record.error());
  if (!*record) return;
  auto here = desk_->judge(read.attendee, stamp_now());
  if (!here) after_failure(here.error());
  const std::string& hash = (*record)->attendee.photo;
  auto photo = desk_->store().photo(hash);
  if (!photo) after_failure(photo.error());
  inbox_.post(event::RecordRead{std::move((*record)->attendee), std::move((*record)->presence),
                                (*record)->generation, std::move((*record)->history),
                                here ? std::move(*here) : std::nullopt,
                                photo && *photo ? std::move(**photo) : std::string()});
}

}  // namespace lanyard::kiosk
