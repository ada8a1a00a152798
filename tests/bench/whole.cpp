#include "tests/bench/whole.hpp"

#include <atomic>
#include <mutex>
#include <optional>
#include <thread>

#include "kiosk/kiosk_loop.hpp"

namespace lanyard::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto kFrameTime = std::chrono::microseconds(66'667);  // 15 frames a second
constexpr int kFramesBetween = 20;                              // of the empty hall, before each guest
constexpr auto kWelcome = 600ms;  // over before the next guest comes: each meets the idle screen
constexpr auto kPatience = 5s;

std::atomic<bool> g_done{false};

// What camera and screen tell each other about the guest whose turn it is.
class Turn {
 public:
  void begin(const std::string& attendee, Clock::time_point handed_over) {
    const std::lock_guard lock(mutex_);
    waiting_ = attendee;
    handed_over_ = handed_over;
  }
  // How long it took, if this is who was waited for.
  std::optional<Clock::duration> end(const std::string& attendee, Clock::time_point presented) {
    const std::lock_guard lock(mutex_);
    if (waiting_ != attendee) return std::nullopt;
    waiting_.clear();
    return presented - handed_over_;
  }
  [[nodiscard]] bool waits() {
    const std::lock_guard lock(mutex_);
    return !waiting_.empty();
  }
  void give_up() {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
  }

 private:
  std::mutex mutex_;
  std::string waiting_;
  Clock::time_point handed_over_;
};

// The hall at the pace of a camera, and now and then one frame with a guest.
class StageCamera : public scanner::Camera {
 public:
  StageCamera(const Stage& stage, Turn& turn, std::atomic<std::size_t>& missed)
      : stage_(stage), turn_(turn), missed_(missed) {}

  tl::expected<scanner::Captured, scanner::CameraError> next(std::chrono::milliseconds) override {
    std::this_thread::sleep_until(due_);
    due_ = std::max(due_ + kFrameTime, Clock::now());
    if (turn_.waits() && Clock::now() - shown_at_ > kPatience) {
      ++missed_;
      turn_.give_up();
    }
    if (turn_.waits()) hall_frames_ = 0;
    if (++hall_frames_ > kFramesBetween) {
      if (guest_ == stage_.guests.size()) {
        g_done = true;
        kiosk::Window::wake();
      } else {
        return show_guest();
      }
    }
    return frame(stage_.empty_hall);
  }
  [[nodiscard]] scanner::CameraStatus status() const override { return {sequence_, 0, {}}; }

 private:
  scanner::Captured frame(std::shared_ptr<const scanner::GrayFrame> picture) {
    return {std::move(picture), ++sequence_, Clock::now(), "stage"};
  }
  scanner::Captured show_guest() {
    const Guest& guest = stage_.guests[guest_++];
    hall_frames_ = 0;
    // Not in step with the screen's own pace.
    std::this_thread::sleep_for(std::chrono::milliseconds(guest_ * 7 % 17));
    shown_at_ = Clock::now();
    turn_.begin(guest.attendee.id, shown_at_);
    return frame(guest.frame);
  }

  const Stage& stage_;
  Turn& turn_;
  std::atomic<std::size_t>& missed_;
  std::size_t guest_{0};
  int hall_frames_{0};
  std::uint64_t sequence_{0};
  Clock::time_point due_{Clock::now()};
  Clock::time_point shown_at_;
};

}  // namespace

WholeResult run_whole(const Stage& stage, const std::filesystem::path& store, kiosk::Window& window,
                      kiosk::Canvas& canvas) {
  WholeResult result;
  Turn turn;
  std::atomic<std::size_t> missed{0};
  g_done = false;
  kiosk::Inbox inbox([] { kiosk::Window::wake(); });
  kiosk::JournalThread journal(store, {}, inbox, [](const kiosk::PrintJob&) {});
  scanner::ScanLoopOptions scanning;
  scanning.on_news = [] { kiosk::Window::wake(); };
  scanner::ScanLoop scan(std::make_unique<StageCamera>(stage, turn, missed), std::move(scanning));
  kiosk::LoopOptions options;
  options.flow.admitted_for = kWelcome;
  options.on_presented = [&](const kiosk::State& state, kiosk::Moment presented) {
    const auto* admitted = std::get_if<kiosk::Admitted>(&state.screen);
    if (admitted == nullptr || !admitted->decision.attendee) return;
    const auto took = turn.end(admitted->decision.attendee->id, presented);
    if (!took) return;
    result.whole.add(*took);
    result.shown.add(presented - state.since);
    result.decided.add(*took - (presented - state.since));
  };
  kiosk::KioskLoop loop(window, canvas, journal, kiosk::Readers{.camera = &scan, .hands = {}}, inbox,
                        std::move(options));
  loop.run(g_done);
  scan.stop();
  result.missed = missed;
  return result;
}

}  // namespace lanyard::bench
