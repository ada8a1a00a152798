#include "kiosk/kiosk_loop.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <systemd/sd-daemon.h>

#include "kiosk/stamp.hpp"
#include "sync/log.hpp"

namespace lanyard::kiosk {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A thread that did not come round for so long has hung: the watchdog is no longer fed.
constexpr seconds kHeartbeatFresh{10};
// How long the corners of a read badge stay locked on.
constexpr milliseconds kLockFor{900};
// How long advice stays without another frame from the camera.
constexpr milliseconds kAdviceHolds{1000};
// How long an answer is waited for before the screen says that it is.
constexpr milliseconds kAnswerSoon{60};
// A camera that gave a picture so lately gives the next one soon.
constexpr milliseconds kPictureSoon{120};
// A code scanned by hand waits for the answer before it to have been seen, but not for longer than this:
// by then whoever scanned it has given up.
constexpr seconds kHandScanWaits{5};
// When motion has ended, and a picture of the screen shows what it is.
constexpr milliseconds kRestAfter{1200};
// At the start nothing is shown until the journal has said how things stand, but not for longer than this.
constexpr seconds kFirstNews{3};

}  // namespace

KioskLoop::KioskLoop(Window& window, Canvas& canvas, JournalThread& journal, Readers readers, Inbox& inbox,
                     LoopOptions options)
    : window_(window),
      canvas_(canvas),
      journal_(journal),
      readers_(std::move(readers)),
      inbox_(inbox),
      options_(std::move(options)),
      livery_(canvas, window.textures(), options_.theme_file, options_.theme),
      photo_(window.textures()),
      set_up_line_(options_.set_up_folder),
      gate_(options_.gate_socket),
      narrator_(options_.voice) {
  state_.language = options_.flow.language;
  if (!options_.screenshots.empty()) std::filesystem::create_directories(options_.screenshots);
}

void KioskLoop::run(const std::atomic<bool>& stop) {
  sd_notify(0, "READY=1");
  started_ = clock();
  while (!stop && !restarting_ && !window_.closing()) {
    sleep();
    const Moment now = clock();
    take_news(now);
    if (const auto wake = wake_at(state_); wake && now >= *wake) apply(event::Tick{}, now);
    if (options_.restart_after && !state_.restart_ordered && now - started_ >= *options_.restart_after)
      apply(event::RestartOrdered{}, now);
    tend_gate(now);
    if (answer_is_near(now)) continue;
    show_preview(now);
    if (!heard_journal_ && now - started_ < kFirstNews) continue;
    if (draw_and_present(now)) feed_watchdog();
  }
  sd_notify(0, "STOPPING=1");
}

// An answer mostly comes within milliseconds: "one moment, please" would only flash, and its drawing would
// stand in the answer's way.
bool KioskLoop::answer_is_near(Moment now) const {
  return std::holds_alternative<Checking>(state_.screen) && now - state_.since < kAnswerSoon;
}

void KioskLoop::sleep() {
  const Moment now = clock();
  if (answer_is_near(now)) return window_.wait({}, state_.since + kAnswerSoon - skipped_);
  // While the camera gives pictures, the next of them moves the screen on.
  if (last_drawn_.redraw_at && now - previewed_ < kPictureSoon) {
    last_drawn_.redraw_at = std::max(*last_drawn_.redraw_at, previewed_ + kPictureSoon);
  }
  std::optional<Moment> wake = wake_at(state_);
  if (const auto due = hand_scan_due()) wake = wake ? std::min(*wake, *due) : due;
  // The window knows the real clock alone, and so does the gate.
  if (wake) *wake -= skipped_;
  if (const auto due = gate_.wake_at()) wake = wake ? std::min(*wake, *due) : due;
  DrawResult drawn;
  drawn.animating = last_drawn_.animating;
  if (last_drawn_.redraw_at) drawn.redraw_at = *last_drawn_.redraw_at - skipped_;
  window_.wait(drawn, wake);
}

void KioskLoop::take_news(Moment now) {
  if (auto view = journal_.take_view()) venue_ = std::move(*view);
  for (Event& event : inbox_.drain()) {
    // The journal's fault outranks the camera's: whoever cannot write cannot admit, whatever is seen.
    if (const auto* changed = std::get_if<event::FaultChanged>(&event)) {
      journal_fault_ = changed->fault;
      heard_journal_ = true;
      event = event::FaultChanged{journal_fault_ != Fault::none ? journal_fault_ : camera_fault_};
    }
    const auto* ended = std::get_if<event::SpeechEnded>(&event);
    if (ended != nullptr && !narrator_.awaits(*ended)) continue;
    apply(event, now);
  }
  if (std::holds_alternative<SetUp>(state_.screen)) {
    if (auto told = set_up_line_.told()) apply(*told, now);
  }
  watch_readers(now);
  take_scans(now);
}

void KioskLoop::take_scans(Moment now) {
  take_hand_scan(now);
  if (readers_.camera == nullptr) return;
  take_advice(now);
  auto scan = readers_.camera->take_scan();
  if (!scan || is_another_look(kCameraReader, scan->text)) return;
  const bool was_free = !std::holds_alternative<Checking>(state_.screen);
  if (was_free) {
    origin_ = ScanOrigin{scan->source, scan->seen_at};
    corners_ = scan->corners;
    last_text_ = scan->text;
    last_reader_ = kCameraReader;
  }
  apply(event::SymbolSeen{std::move(scan->text)}, now);
}

// Not an event: it is about the picture, comes and goes with it, and changes nothing that is on record.
void KioskLoop::take_advice(Moment now) {
  const auto look = readers_.camera->take_look();
  if (look) looked_at_ = now;
  // A camera that has stopped advises nobody.
  const bool is_stale = !look && now - looked_at_ > kAdviceHolds;
  const scanner::Advice advice = is_stale ? scanner::Advice::none : look ? look->advice : advice_;
  // Words that take the place of others need not come in again.
  if (advice_ == scanner::Advice::none && advice != advice_) advised_ = now;
  advice_ = advice;
}

// A badge that is held up is seen again once the kiosk is ready for it; one scanned by hand is gone by then,
// so its code waits.
void KioskLoop::take_hand_scan(Moment now) {
  if (auto seen = kiosk::take_hand_scan(readers_)) waiting_ = std::move(*seen);
  if (waiting_ && is_another_look(waiting_->reader, waiting_->scan.code.text)) waiting_.reset();
  const auto due = hand_scan_due();
  if (!due || now < *due) return;
  HandSeen seen = std::move(*std::exchange(waiting_, std::nullopt));
  if (now - seen.scan.seen_at > kHandScanWaits) return;
  origin_ = ScanOrigin{seen.scan.source, seen.scan.seen_at};
  corners_.reset();
  last_text_ = seen.scan.code.text;
  last_reader_ = seen.reader;
  apply(event::SymbolSeen{std::move(seen.scan.code.text)}, now);
}

// When the code that waits may be handed on; nullopt: none does, or not before the answer under way is there.
std::optional<Moment> KioskLoop::hand_scan_due() const {
  if (!waiting_ || std::holds_alternative<Checking>(state_.screen)) return std::nullopt;
  return is_answer(state_.screen) ? answered_at(state_, options_.flow) : Moment{};
}

// Scanned by hand and held before the camera, a badge is one visit, not two.
bool KioskLoop::is_another_look(std::size_t reader, const std::string& text) const {
  return reader != last_reader_ && text == last_text_ && !std::holds_alternative<Idle>(state_.screen);
}

void KioskLoop::watch_readers(Moment now) {
  const Fault fault =
      watch_.none_reads(readers_, std::chrono::steady_clock::now()) ? Fault::camera : Fault::none;
  if (fault == camera_fault_) return;
  camera_fault_ = fault;
  if (journal_fault_ == Fault::none) apply(event::FaultChanged{fault}, now);
}

// From this loop and no thread of its own: the gate is to hear nothing from a kiosk whose screen hangs.
void KioskLoop::tend_gate(Moment now) {
  gate_.tend(light_of(state_), std::chrono::steady_clock::now());
  for (const GateLine::News& news : gate_.take_news()) {
    if (news.kind == GateLine::News::Kind::stayed_shut) {
      apply(event::GateStayedShut{news.why}, now);
    } else {
      perform(effect::RaiseAlert{"gate.away", news.why});
    }
  }
}

void KioskLoop::apply(const Event& event, Moment now) {
  Step done = step(state_, event, options_.flow, now);
  state_ = std::move(done.next);
  for (const Effect& effect : done.effects) perform(effect);
}

void KioskLoop::perform(const Effect& effect) {
  std::visit(
      [this](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, effect::Forget>) {
          readers_.forget();
        } else if constexpr (std::is_same_v<What, effect::Play> || std::is_same_v<What, effect::SayAgain> ||
                             std::is_same_v<What, effect::Hush>) {
          narrator_.perform(what);
        } else if constexpr (std::is_same_v<What, effect::HandOverSetUp>) {
          if (const auto handed = set_up_line_.hand_over(what.code); !handed)
            log::error("{}", handed.error().message);
        } else if constexpr (std::is_same_v<What, effect::LetThrough>) {
          gate_.let_through(std::chrono::steady_clock::now());
        } else if constexpr (std::is_same_v<What, effect::Restart>) {
          log::info("ending, to be started anew");
          restarting_ = true;
        } else if (!journal_.post(what)) {
          log::error("the journal thread does not keep up: {} was not taken", name_of(Effect(what)));
          if constexpr (std::is_same_v<What, effect::Admit>) inbox_.post(event::AdmitFailed{});
        }
      },
      effect);
}

void KioskLoop::show_preview(Moment now) {
  if (readers_.camera == nullptr) return;
  if (camera_fault_ != Fault::none) return window_.forget_preview();
  auto frame = readers_.camera->take_preview();
  const bool lock_ends = corners_ && origin_ && now - origin_->seen_at > kLockFor;
  if (lock_ends) corners_.reset();
  // A camera that has stopped must not keep a lock on a badge that is long gone.
  if (!frame && lock_ends) frame = last_preview_;
  if (!frame) return;
  if (frame != last_preview_) previewed_ = now;
  last_preview_ = frame;
  std::optional<std::array<Point, 4>> symbol;
  if (corners_) {
    symbol.emplace();
    for (std::size_t i = 0; i < 4; ++i) {
      (*symbol)[i] = {static_cast<float>((*corners_)[i].x * (*frame)->width()),
                      static_cast<float>((*corners_)[i].y * (*frame)->height())};
    }
  }
  window_.show_preview((*frame)->view(), symbol, now);
}

// For the screen that staff look at it on; nobody else asks.
ReadersNow KioskLoop::readers_now(Moment now) const {
  using Camera = ReadersNow::Camera;
  using CameraState = scanner::ScanLoopStatus::State;
  ReadersNow found;
  if (!std::holds_alternative<StaffStatus>(state_.screen)) return found;
  if (readers_.camera != nullptr) {
    const scanner::ScanLoopStatus status = readers_.camera->status();
    const scanner::CameraTrouble trouble = status.camera.trouble;
    found.camera = status.state == CameraState::alive      ? Camera::alive
                   : status.state == CameraState::starting ? Camera::starting
                                                           : Camera::away;
    found.frames_per_second = static_cast<int>(std::lround(status.frames_per_second));
    found.unplugged =
        trouble == scanner::CameraTrouble::not_there || trouble == scanner::CameraTrouble::unplugged;
    if (looked_at_ != Moment{}) {
      found.last_picture = stamp_now().now - std::chrono::duration_cast<milliseconds>(now - looked_at_);
    }
  }
  for (const scanner::HandLoop* hand : readers_.hands) {
    ++found.hand_scanners;
    if (hand->status().state == scanner::HandLoopStatus::State::lost) ++found.hand_scanners_away;
  }
  return found;
}

// The characters behind the pinyin keys take many frames to look up: that is done aside, while the PIN is
// typed, and never at a kiosk that staff do not come to.
void KioskLoop::prepare_keyboards() {
  if (pinyin_ || !is_staff(state_.screen)) return;
  if (!building_pinyin_.valid()) {
    building_pinyin_ = std::async(std::launch::async, [] { return Pinyin(); });
  } else if (building_pinyin_.wait_for(seconds{0}) == std::future_status::ready) {
    pinyin_ = building_pinyin_.get();
  }
}

bool KioskLoop::draw_and_present(Moment now) {
  prepare_keyboards();
  canvas_.metrics = window_.metrics();
  livery_.look(now);
  window_.begin_frame();
  View view{.state = state_};
  view.event = venue_.event ? &*venue_.event : nullptr;
  view.checkpoint = venue_.checkpoint ? &*venue_.checkpoint : nullptr;
  view.checkpoints = venue_.checkpoints;
  view.ways = options_.ways;
  view.kiosk_name = venue_.kiosk_name;
  view.notices = venue_.notices;
  view.wall_now = stamp_now().now;
  view.now = now;
  view.preview = window_.preview();
  view.advice = advice_;
  view.advised = advised_;
  view.languages = options_.flow.languages;
  view.livery = livery_.livery();
  view.drawings = view.livery == nullptr ? nullptr : &livery_.drawings();
  view.photo = &photo_;
  view.can_speak = narrator_.can_speak();
  view.pinyin = pinyin_ ? &*pinyin_ : nullptr;
  view.readers = readers_now(now);
  view.gate = gate_.state();
  view.by_hand = watch_.by_hand();
  last_drawn_ = draw(view, canvas_);
  const bool is_seen = window_.present();

  const Moment presented = clock();
  if (options_.on_presented) options_.on_presented(state_, presented);
  if (options_.announce) announcer_.presented(state_, last_drawn_.semantics, origin_, presented);
  narrator_.presented(state_, last_drawn_.semantics, canvas_);
  keep_screenshot(presented);
  take_keys(now);
  for (const Event& intent : std::exchange(last_drawn_.intents, {})) {
    apply(intent, now);
    last_drawn_.animating = true;  // show what came of it at once
  }
  play_script();
  return is_seen;
}

void KioskLoop::take_keys(Moment now) {
  const std::vector<KeypadKey> keys = window_.take_keys();
  for (const KeypadKey key : keys) take_key(key, now);
}

void KioskLoop::take_key(KeypadKey key, Moment now) {
  if (!Narrator::counts(key, state_)) return;
  const bool was_asking = state_.assist.asking;
  apply(Narrator::event_of(key), now);
  if (narrator_.move(key, state_, last_drawn_.semantics, was_asking, canvas_)) last_drawn_.animating = true;
}

std::string KioskLoop::picture_name() const {
  std::string name(name_of(state_.screen));
  if (const auto* admitted = std::get_if<Admitted>(&state_.screen)) {
    constexpr std::array<const char*, 6> kBadge{
        "", "-badge-printing", "-badge-held", "-badge-printed", "-badge-owed", "-badge-incorrect"};
    name += "-" + std::string(to_name(admitted->decision.rule)) +
            (admitted->decision.returning ? "-returning" : "") +
            kBadge.at(static_cast<std::size_t>(admitted->badge));
  } else if (const auto* refused = std::get_if<Refused>(&state_.screen)) {
    name += "-" + refused->decision.rule_id;
  } else if (const auto* fault = std::get_if<OutOfOrder>(&state_.screen)) {
    name += "-" + std::string(to_code(fault->fault));
  } else if (const auto* set_up = std::get_if<SetUp>(&state_.screen)) {
    name += "-" + std::string(to_name(set_up->stage));
  } else if (const auto* record = std::get_if<StaffRecord>(&state_.screen)) {
    if (record->asking) name += "-" + std::string(sync::to_name(*record->asking));
    if (record->reprint == StaffRecord::Reprint::printed) name += "-printed";
    if (record->reprint == StaffRecord::Reprint::failed) name += "-failed";
  } else if (const auto* search = std::get_if<StaffSearch>(&state_.screen)) {
    if (!search->hits.empty()) name += "-hits";
  }
  return name + "-" + state_.language;
}

// One picture of each screen, in each language, for each rule: what a person would want to leaf through.
void KioskLoop::keep_screenshot(Moment now) {
  if (options_.screenshots.empty() || !options_.script.empty()) return;
  std::string name = picture_name();
  if (name != picture_) {
    picture_ = std::move(name);
    picture_since_ = now;
  }
  if (now - picture_since_ < kRestAfter || pictured_.contains(picture_)) return;
  pictured_.insert(picture_);
  const auto file = options_.screenshots / (picture_ + ".png");
  if (auto written = write_png(window_.screenshot(), file.string()); !written) {
    log::error("{}", written.error().message);
  }
}

// Only this loop feeds the watchdog, only after it has presented, and only while the others come round too.
void KioskLoop::feed_watchdog() {
  const Moment now = std::chrono::steady_clock::now();
  if (now - watchdog_fed_ < seconds(1)) return;
  watchdog_fed_ = now;
  const auto oldest = readers_.oldest_heartbeat();
  const bool scanning = !oldest || now - *oldest < kHeartbeatFresh;
  const bool journalling = now - journal_.heartbeat() < kHeartbeatFresh;
  if (scanning && journalling) sd_notify(0, "WATCHDOG=1");
  say_whether_idle();
}

// For whoever wants to start the machine anew, and disturb nobody.
void KioskLoop::say_whether_idle() {
  const bool idle = is_at_rest(state_);
  if (told_idle_ == idle) return;
  told_idle_ = idle;
  sd_notify(0, idle ? "STATUS=idle" : "STATUS=somebody is there");
}

}  // namespace lanyard::kiosk
