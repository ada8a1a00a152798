// Video for Linux, streaming from mapped buffers without a library between: a device that comes and goes, as
// one camera.
#include <algorithm>
#include <thread>
#include <utility>

#include "scanner/camera.hpp"
#include "scanner/errno_text.hpp"
#include "scanner/growing_pause.hpp"
#include "scanner/v4l2_device.hpp"
#include "scanner/video_system.hpp"

namespace lanyard::scanner {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{250};

class V4l2Camera final : public Camera {
 public:
  V4l2Camera(std::string path, const V4l2Options& options, VideoSystem& system)
      : path_(std::move(path)), source_(path_), options_(options), system_(system) {
    // Larger than any frame is no wish.
    options_.width = std::clamp(options_.width, 1, kMaxFrameSidePixels);
    options_.height = std::clamp(options_.height, 1, kMaxFrameSidePixels);
  }

  tl::expected<Captured, CameraError> next(milliseconds patience) override {
    return next_wanted(patience, all_);
  }

  tl::expected<Captured, CameraError> next_wanted(milliseconds patience, const Wanted& wanted) override {
    const auto deadline = Clock::now() + patience;
    if (!device_) {
      if (auto lost = open_again(deadline)) return tl::make_unexpected(std::move(*lost));
    }
    do {
      const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
      const V4l2Device::Wait wait = device_->wait(std::max(milliseconds{0}, left));
      if (wait == V4l2Device::Wait::gone) return lose_device();
      if (wait == V4l2Device::Wait::quiet) continue;
      auto taken = device_->take_newest(wanted);
      if (!taken) return lose_device();
      if (!*taken) {
        note_broken(taken->error());
      } else if ((*taken)->frame == nullptr) {
        note_alive();
        ++status_.passed_over;
      } else {
        return give(std::move(**taken));
      }
    } while (Clock::now() < deadline);
    if (is_silent()) return lose_silent();
    return tl::make_unexpected(CameraError{CameraError::Kind::no_frame_yet, path_ + ": no frame yet"});
  }

  [[nodiscard]] CameraStatus status() const override { return status_; }

 private:
  // Nullopt once the device is there.
  std::optional<CameraError> open_again(Clock::time_point deadline) {
    if (Clock::now() < pause_.until()) std::this_thread::sleep_until(std::min(deadline, pause_.until()));
    if (Clock::now() < pause_.until()) return CameraError{CameraError::Kind::lost, why_lost_};
    auto opened = V4l2Device::open(path_, options_, system_, makers_);
    if (!opened) return lose(opened.error().trouble, opened.error().message).value();
    device_ = std::move(*opened);
    status_.mode = device_->mode();
    status_.remarks = device_->remarks();
    last_frame_ = Clock::now();
    broken_since_frame_ = 0;
    frames_since_opened_ = false;
    return std::nullopt;
  }

  tl::unexpected<CameraError> lose(CameraTrouble trouble, std::string why) {
    // Closed at once, since the same path can only come back when nobody holds the old device.
    device_.reset();
    if (status_.trouble != trouble) ++status_.lost;
    status_.trouble = trouble;
    why_lost_ = std::move(why);
    pause_.begin(Clock::now());
    return tl::make_unexpected(CameraError{CameraError::Kind::lost, why_lost_});
  }
  tl::unexpected<CameraError> lose_device() {
    return lose(CameraTrouble::unplugged, path_ + ": " + because("the device went away"));
  }
  tl::unexpected<CameraError> lose_silent() {
    const auto silence = std::chrono::duration_cast<milliseconds>(Clock::now() - last_frame_).count();
    if (broken_since_frame_ > 0) {
      return lose(CameraTrouble::broken_only, path_ + ": nothing but broken frames (" +
                                                  std::to_string(broken_since_frame_) + ") for " +
                                                  std::to_string(silence) + " ms: " + why_broken_);
    }
    return lose(CameraTrouble::stalled,
                path_ + ": the stream stalled, no frame for " + std::to_string(silence) + " ms");
  }

  [[nodiscard]] bool is_silent() const {
    return Clock::now() - last_frame_ >=
           (frames_since_opened_ ? options_.silent_for : options_.first_frame_within);
  }

  void note_broken(const PictureError& error) {
    ++broken_since_frame_;
    ++status_.skipped;
    why_broken_ = error.message;
    status_.last_skipped = path_ + ": " + error.message;
  }

  void note_alive() {
    pause_.reset();
    last_frame_ = Clock::now();
    broken_since_frame_ = 0;
    frames_since_opened_ = true;
    status_.trouble = CameraTrouble::none;
  }

  Captured give(V4l2Device::Taken taken) {
    note_alive();
    return {std::move(taken.frame), status_.frames++, last_frame_, source_, taken.compressed_bytes};
  }

  std::string path_;
  SharedText source_;
  V4l2Options options_;
  VideoSystem& system_;
  const Wanted all_{[](std::size_t) { return true; }};
  FrameMakers makers_;
  std::unique_ptr<V4l2Device> device_;  // after what it uses
  std::string why_lost_;
  GrowingPause pause_{kFirstPause, kLongestCameraPause};
  Clock::time_point last_frame_{};
  std::uint64_t broken_since_frame_{0};
  std::string why_broken_;
  bool frames_since_opened_{false};
  CameraStatus status_;
};

}  // namespace

std::unique_ptr<Camera> open_v4l2(std::string device, const V4l2Options& options, VideoSystem& system) {
  return std::make_unique<V4l2Camera>(std::move(device), options, system);
}

std::unique_ptr<Camera> open_v4l2(std::string device, const V4l2Options& options) {
  return open_v4l2(std::move(device), options, kernel_video());
}

}  // namespace lanyard::scanner
