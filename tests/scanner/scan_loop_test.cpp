#include "scanner/scan_loop.hpp"

#include <atomic>
#include <deque>
#include <functional>
#include <future>
#include <string>
#include <thread>

#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using State = ScanLoopStatus::State;

constexpr milliseconds kLoopPatience{30'000};
// A loop that comes round often, so that nothing waits for it.
const ScanLoopOptions kBrisk = [] {
  ScanLoopOptions options;
  options.patience = milliseconds{5};
  options.stream.budget = std::chrono::hours{1};  // however slow the machine
  return options;
}();

// What the test holds before the camera. Time is the test's own, so that the debounce needs no waiting.
class Stage {
 public:
  void show(GrayFrame frame, milliseconds at) {
    const std::lock_guard lock(mutex_);
    coming_.push_back(Captured{std::make_shared<const GrayFrame>(std::move(frame)), sequence_++,
                               Clock::time_point(std::chrono::hours{1} + at), "stage"});
  }
  void fail(CameraError::Kind kind, const std::string& message) {
    const std::lock_guard lock(mutex_);
    coming_.push_back(tl::make_unexpected(CameraError{kind, message}));
  }
  // Returns once all that was shown has been asked for, and the loop has come back for more.
  void until_seen() {
    for (;;) {
      const std::lock_guard lock(mutex_);
      if (coming_.empty() && asked_in_vain_ > 0) return;
    }
  }

  std::unique_ptr<Camera> camera() { return std::make_unique<StagedCamera>(*this); }

 private:
  class StagedCamera final : public Camera {
   public:
    explicit StagedCamera(Stage& stage) : stage_(stage) {}
    tl::expected<Captured, CameraError> next(milliseconds patience) override {
      {
        const std::lock_guard lock(stage_.mutex_);
        if (!stage_.coming_.empty()) {
          auto captured = std::move(stage_.coming_.front());
          stage_.coming_.pop_front();
          stage_.asked_in_vain_ = 0;
          if (captured) ++frames_;
          return captured;
        }
        ++stage_.asked_in_vain_;
      }
      std::this_thread::sleep_for(patience);
      return tl::make_unexpected(CameraError{CameraError::Kind::no_frame_yet, "nothing on the stage"});
    }
    [[nodiscard]] CameraStatus status() const override { return {frames_, 0, {}}; }

   private:
    Stage& stage_;
    std::uint64_t frames_{0};
  };

  std::mutex mutex_;
  std::deque<tl::expected<Captured, CameraError>> coming_;
  std::uint64_t sequence_{0};
  int asked_in_vain_{0};
};

GrayFrame scene(const std::string& text, int x = 500, int y = 250) {
  GrayFrame frame = flat(1280, 720, 160);
  paste(frame, qr_of(text).view(), x, y);
  return frame;
}

// The one in the middle of the frame, the other in a corner.
GrayFrame two_badges(const std::string& middle, const std::string& corner) {
  GrayFrame both = scene(middle, 560, 280);
  paste(both, qr_of(corner).view(), 20, 20);
  return both;
}

void await(const std::function<bool()>& condition) {
  while (!condition()) std::this_thread::sleep_for(milliseconds{1});
}

TEST_CASE("a symbol before the camera becomes a scan, once, with its place as a share of the frame") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  for (int frame = 0; frame < 10; ++frame) stage.show(scene("badge"), milliseconds{frame * 33});
  const auto scan = loop.wait_scan(kLoopPatience);
  REQUIRE(scan);
  CHECK(scan->text == "badge");
  CHECK(scan->frame == 0);
  CHECK(scan->source == "stage");
  CHECK(scan->seen_at == Clock::time_point(std::chrono::hours{1}));
  CHECK(scan->corners[0].x > 0.39);
  CHECK(scan->corners[0].x < 0.42);
  CHECK(scan->corners[2].y > scan->corners[0].y);
  CHECK(scan->corners[2].y < 1);
  stage.until_seen();
  CHECK_FALSE(loop.take_scan());
}

TEST_CASE("the same symbol is scanned again after it was put away") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  stage.show(scene("badge"), milliseconds{0});
  REQUIRE(loop.wait_scan(kLoopPatience));
  stage.show(flat(1280, 720, 160), milliseconds{1000});
  stage.show(scene("badge"), milliseconds{2000});
  const auto again = loop.wait_scan(kLoopPatience);
  REQUIRE(again);
  CHECK(again->frame == 2);
}

TEST_CASE("what is still held up after the loop was told to forget is a scan again") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  stage.show(scene("badge"), milliseconds{0});
  REQUIRE(loop.wait_scan(kLoopPatience));
  stage.show(scene("badge"), milliseconds{33});
  stage.until_seen();
  REQUIRE_FALSE(loop.take_scan());
  loop.forget();
  stage.show(scene("badge"), milliseconds{66});
  stage.show(scene("badge"), milliseconds{99});
  const auto again = loop.wait_scan(kLoopPatience);
  REQUIRE(again);
  CHECK(again->frame == 2);
  stage.until_seen();
  CHECK_FALSE(loop.take_scan());
}

TEST_CASE("news come on the loop's thread, once a frame, when its scan and its picture can be taken") {
  Stage stage;
  std::atomic<int> news{0};
  std::atomic<int> complete{0};
  std::atomic<std::thread::id> on;
  std::promise<ScanLoop*> made;
  ScanLoopOptions options = kBrisk;
  options.on_news = [&, loop = made.get_future().share()] {
    on = std::this_thread::get_id();
    complete += loop.get()->take_scan() && loop.get()->take_preview() ? 1 : 0;
    ++news;
  };
  ScanLoop loop(stage.camera(), options);
  made.set_value(&loop);
  stage.show(scene("first"), milliseconds{0});
  stage.show(scene("second"), milliseconds{33});
  stage.until_seen();
  CHECK(news == 2);
  CHECK(complete == 2);
  CHECK(on.load() != std::this_thread::get_id());
}

TEST_CASE("a scan that nobody takes gives way to the next") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  stage.show(scene("first"), milliseconds{0});
  stage.show(scene("second"), milliseconds{33});
  stage.until_seen();
  const auto scan = loop.take_scan();
  REQUIRE(scan);
  CHECK(scan->text == "second");
  CHECK_FALSE(loop.take_scan());
}

TEST_CASE("of two symbols in a frame the nearer to the middle is meant, and the other stays quiet") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  for (int frame = 0; frame < 5; ++frame) {
    stage.show(two_badges("in the middle", "at the side"), milliseconds{frame * 33});
  }
  const auto scan = loop.wait_scan(kLoopPatience);
  REQUIRE(scan);
  CHECK(scan->text == "in the middle");
  stage.until_seen();
  CHECK_FALSE(loop.take_scan());
}

TEST_CASE("a badge that was scanned and stays in view beside another is not scanned again") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  stage.show(two_badges("first", "second"), milliseconds{0});
  REQUIRE(loop.wait_scan(kLoopPatience));
  for (int frame = 1; frame <= 5; ++frame)
    stage.show(two_badges("second", "first"), milliseconds{frame * 1000});
  const auto scan = loop.wait_scan(kLoopPatience);
  REQUIRE(scan);
  CHECK(scan->text == "second");
  stage.show(two_badges("first", "second"), milliseconds{6000});
  stage.until_seen();
  CHECK_FALSE(loop.take_scan());
}

TEST_CASE("what would help goes with the looks") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  for (int frame = 0; frame < 20; ++frame) {
    stage.show(two_badges("in the middle", "at the side"), milliseconds{frame * 33});
  }
  stage.until_seen();
  const auto look = loop.take_look();
  REQUIRE(look);
  CHECK(look->advice == Advice::one_at_a_time);
  stage.show(scene("in the middle", 560, 280), milliseconds{4000});
  stage.until_seen();
  const auto alone = loop.take_look();
  REQUIRE(alone);
  CHECK(alone->advice == Advice::none);
}

TEST_CASE("the nearest to the middle of no symbols is none") {
  CHECK(nearest_to_middle({}, 100, 100) == nullptr);
  std::vector<Symbol> symbols(3);
  symbols[0].corners = {Point{0, 0}, {10, 0}, {10, 10}, {0, 10}};
  symbols[1].corners = {Point{60, 40}, {70, 40}, {70, 50}, {60, 50}};
  symbols[2].corners = {Point{90, 90}, {99, 90}, {99, 99}, {90, 99}};
  CHECK(nearest_to_middle(symbols, 100, 100) == &symbols[1]);
}

TEST_CASE("the preview is the newest frame, shared and not copied") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  CHECK_FALSE(loop.take_preview());
  stage.show(flat(100, 80, 1), milliseconds{0});
  stage.show(flat(120, 80, 2), milliseconds{33});
  stage.until_seen();
  const auto preview = loop.take_preview();
  REQUIRE(preview);
  CHECK((*preview)->width() == 120);
  CHECK_FALSE(loop.take_preview());
}

TEST_CASE("a lost camera is told, and a frame after it is being alive again") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  stage.show(flat(100, 80, 1), milliseconds{0});
  await([&] { return loop.status().state == State::alive; });
  stage.fail(CameraError::Kind::lost, "the plug is out");
  await([&] { return loop.status().state == State::lost; });
  CHECK(loop.status().message == "the plug is out");
  stage.show(flat(100, 80, 1), milliseconds{33});
  await([&] { return loop.status().state == State::alive; });
  CHECK(loop.status().message.empty());
  CHECK(loop.status().camera.frames == 2);
}

TEST_CASE("the heart goes on beating while the camera has ended, and stops with the loop") {
  auto none = open_camera("none");
  REQUIRE(none);
  ScanLoop loop(std::move(*none), kBrisk);
  await([&] { return loop.status().state == State::ended; });
  const auto before = loop.heartbeat();
  await([&] { return loop.heartbeat() > before; });
  loop.stop();
  const auto last = loop.heartbeat();
  std::this_thread::sleep_for(milliseconds{30});
  CHECK(loop.heartbeat() == last);
}

TEST_CASE("a loop stops while its camera waits for a frame, and twice is as good as once") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  stage.until_seen();
  loop.stop();
  loop.stop();
  stage.show(scene("too late"), milliseconds{0});
  CHECK_FALSE(loop.wait_scan(milliseconds{20}));
}

TEST_CASE("a loop may be asked everything from several threads while it scans") {
  Stage stage;
  ScanLoop loop(stage.camera(), kBrisk);
  std::atomic<bool> done{false};
  std::atomic<int> asked{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        (void)loop.status();
        (void)loop.heartbeat();
        if (const auto preview = loop.take_preview()) asked += (*preview)->row(0)[0] > 0 ? 1 : 0;
      }
    });
  }
  int scans = 0;
  for (int i = 0; i < 20; ++i) {
    stage.show(scene("badge " + std::to_string(i)), milliseconds{i * 33});
    const auto scan = loop.wait_scan(kLoopPatience);
    scans += scan && scan->text == "badge " + std::to_string(i) ? 1 : 0;
  }
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(scans == 20);
  CHECK(asked > 0);
}

TEST_CASE("a replayed folder runs through the loop to its end") {
  const TempFolder folder;
  write_file(folder / "1.png", png_of(scene("from a file").view()));
  write_file(folder / "2.png", {});
  auto camera = open_replay(folder.path(), {});
  REQUIRE(camera);
  ScanLoop loop(std::move(*camera), kBrisk);
  const auto scan = loop.wait_scan(kLoopPatience);
  REQUIRE(scan);
  CHECK(scan->text == "from a file");
  CHECK(scan->source == (folder / "1.png").string());
  await([&] { return loop.status().state == State::ended; });
  CHECK(loop.status().camera.skipped == 1);
}

}  // namespace
}  // namespace lanyard::scanner
