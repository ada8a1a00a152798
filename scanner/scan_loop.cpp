#include "scanner/scan_loop.hpp"

#include <utility>
#include <vector>

namespace lanyard::scanner {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kCountFor{1};

ScanLoopStatus::State state_after(CameraError::Kind kind, ScanLoopStatus::State before) {
  switch (kind) {
    case CameraError::Kind::no_frame_yet:
      return before;
    case CameraError::Kind::lost:
      return ScanLoopStatus::State::lost;
    case CameraError::Kind::ended:
      return ScanLoopStatus::State::ended;
    case CameraError::Kind::failed:
      break;
  }
  return ScanLoopStatus::State::failed;
}

}  // namespace

ScanLoop::ScanLoop(std::unique_ptr<Camera> camera, ScanLoopOptions options)
    : options_(std::move(options)),
      camera_(std::move(camera)),
      reader_(options_.stream),
      presence_(options_.presence),
      debounce_(options_.out_of_sight),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

ScanLoop::~ScanLoop() {
  stop();
}

ScanLoopStatus ScanLoop::status() const {
  const std::lock_guard lock(status_mutex_);
  return status_;
}

void ScanLoop::run(const std::stop_token& stop) {
  counting_since_ = Clock::now();
  const Wanted wanted = [this](std::size_t bytes) { return presence_.wants(bytes, Clock::now()); };
  while (!stop.stop_requested()) {
    thread_.beat();
    const auto captured = camera_->next_wanted(options_.patience, wanted);
    if (captured) {
      see(*captured);
      continue;
    }
    note_error(captured.error());
    // Errors may come at once, and must not make the loop spin.
    if (captured.error().kind != CameraError::Kind::no_frame_yet) thread_.rest(stop, options_.patience);
  }
}

void ScanLoop::see(const Captured& captured) {
  count_frame(captured.at);
  read(captured);
  // After what was read: drawing the picture must not stand between a badge and its answer.
  previews_.put(captured.frame);
  if (options_.on_news) options_.on_news();
}

void ScanLoop::read(const Captured& captured) {
  if (forget_.exchange(false)) debounce_ = Debounce(options_.out_of_sight);
  const GrayView view = captured.frame->view();
  Look look{captured.sequence, presence_.notices(view, captured.at), {}, view.width, view.height,
            Advice::none};
  if (look.read) {
    look.reading = reader_.read(view);
    if (look.reading.sighting.likeness >= kLikeACode) presence_.keep(captured.at);
    offer(look.reading, captured);
    look.advice = adviser_.advise(view, look.reading, captured.at);
  } else {
    look.advice = adviser_.advice();
  }
  looks_.put(std::move(look));
}

void ScanLoop::offer(const FrameReading& reading, const Captured& captured) {
  const GrayView view = captured.frame->view();
  const Symbol* meant = nearest_to_middle(reading.symbols, view.width, view.height);
  for (const Symbol& symbol : reading.symbols) {
    if (symbol.text != meant->text) debounce_.note(symbol.text, captured.at);
  }
  if (meant == nullptr || !debounce_.offer(meant->text, captured.at, meant->sure)) return;
  Scan scan{meant->text, meant->format, {}, captured.at, captured.sequence, captured.source};
  for (std::size_t corner = 0; corner < scan.corners.size(); ++corner) {
    scan.corners[corner] = {static_cast<double>(meant->corners[corner].x) / view.width,
                            static_cast<double>(meant->corners[corner].y) / view.height};
  }
  scans_.put(std::move(scan));
}

void ScanLoop::count_frame(Clock::time_point now) {
  ++counted_;
  const auto passed = now - counting_since_;
  const std::lock_guard lock(status_mutex_);
  if (passed >= kCountFor) {
    status_.frames_per_second = counted_ / std::chrono::duration<double>(passed).count();
    counting_since_ = now;
    counted_ = 0;
  }
  status_.state = ScanLoopStatus::State::alive;
  status_.message.clear();
  status_.camera = camera_->status();
}

void ScanLoop::note_error(const CameraError& error) {
  const std::lock_guard lock(status_mutex_);
  status_.state = state_after(error.kind, status_.state);
  if (status_.state != ScanLoopStatus::State::alive) {
    status_.message = error.message;
    status_.frames_per_second = 0;
    counting_since_ = Clock::now();
    counted_ = 0;
  }
  status_.camera = camera_->status();
}

}  // namespace lanyard::scanner
