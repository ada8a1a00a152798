// The scanner's one thread: camera -> decode -> debounce -> mailbox.
// Threads: the loop owns its camera and its thread; every member function may be called from any thread.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "scanner/advice.hpp"
#include "scanner/camera.hpp"
#include "scanner/debounce.hpp"
#include "scanner/loop_thread.hpp"
#include "scanner/mailbox.hpp"
#include "scanner/presence.hpp"
#include "scanner/stream_reader.hpp"

namespace lanyard::scanner {

// A place as a share of the frame: (0, 0) its top left, (1, 1) its bottom right, whatever its pixels.
struct SharePoint {
  double x{0};
  double y{0};
};

// A symbol that was held up.
struct Scan {
  std::string text;    // as Symbol::text: any bytes
  std::string format;  // as Symbol::format; empty: a hand scanner that did not say
  std::array<SharePoint, 4> corners{};
  std::chrono::steady_clock::time_point seen_at;  // when the frame was taken
  std::uint64_t frame{0};                         // its sequence number
  std::string source;
};

using Preview = std::shared_ptr<const GrayFrame>;  // never null

// What came of one frame.
struct Look {
  std::uint64_t frame{0};
  bool read{false};      // else nothing happened before the camera, and it was passed over
  FrameReading reading;  // corners in pixels of the frame
  int width{0};          // of the frame
  int height{0};
  Advice advice{Advice::none};  // what would help whoever holds up a code that is not read
};

struct ScanLoopOptions {
  StreamOptions stream;
  PresenceOptions presence;
  std::chrono::milliseconds out_of_sight{1500};  // as Debounce
  // How long one turn waits for a frame, and so how long a stop may take beyond the decoding of one.
  std::chrono::milliseconds patience{100};
  // Called on the loop's thread after a scan or a frame was put out, for a reader that sleeps elsewhere; it
  // must not block.
  std::function<void()> on_news;
};

struct ScanLoopStatus {
  enum class State : std::uint8_t { starting, alive, lost, ended, failed };
  State state{State::starting};
  std::string message;          // why not alive; empty when it is
  double frames_per_second{0};  // over the last second or so
  CameraStatus camera;
};

class ScanLoop {
 public:
  // Starts at once. `camera` must not be null.
  explicit ScanLoop(std::unique_ptr<Camera> camera, ScanLoopOptions options = {});
  ScanLoop(const ScanLoop&) = delete;
  ScanLoop& operator=(const ScanLoop&) = delete;
  ~ScanLoop();

  // Returns when the thread has ended: within a patience and the time of one decoding. Safe to repeat.
  void stop() { thread_.stop(); }

  // The newest scan, once; one that nobody took in time is replaced by the next.
  [[nodiscard]] std::optional<Scan> take_scan() { return scans_.take(); }
  [[nodiscard]] std::optional<Scan> wait_scan(std::chrono::milliseconds patience) {
    return scans_.wait(patience);
  }
  // What came of the newest frame, once.
  [[nodiscard]] std::optional<Look> take_look() { return looks_.take(); }
  [[nodiscard]] std::optional<Look> wait_look(std::chrono::milliseconds patience) {
    return looks_.wait(patience);
  }
  // The newest frame, once.
  [[nodiscard]] std::optional<Preview> take_preview() { return previews_.take(); }

  // What is in sight now counts as not yet seen: still held up, it is a scan again.
  void forget() { forget_.store(true); }

  // When the loop last came round, for the watchdog: it goes on coming round while the camera is lost or has
  // ended.
  [[nodiscard]] std::chrono::steady_clock::time_point heartbeat() const { return thread_.heartbeat(); }
  [[nodiscard]] ScanLoopStatus status() const;

 private:
  void run(const std::stop_token& stop);
  void see(const Captured& captured);
  void read(const Captured& captured);
  void offer(const FrameReading& reading, const Captured& captured);
  void note_error(const CameraError& error);
  void count_frame(std::chrono::steady_clock::time_point now);

  ScanLoopOptions options_;
  std::unique_ptr<Camera> camera_;  // the thread's own, as is the debounce and what counts frames
  StreamReader reader_;
  Presence presence_;
  Debounce debounce_;
  Adviser adviser_;
  std::chrono::steady_clock::time_point counting_since_{};
  int counted_{0};

  Mailbox<Scan> scans_;
  Mailbox<Preview> previews_;
  Mailbox<Look> looks_;
  std::atomic<bool> forget_{false};
  mutable std::mutex status_mutex_;
  ScanLoopStatus status_;
  LoopThread thread_;  // last: it runs as soon as it is there, and uses all of the above
};

}  // namespace lanyard::scanner
