// Video for Linux, streaming from mapped buffers without a library between.
// Source: Linux media, "Streaming I/O (Memory Mapping)" and "Camera Control Reference".
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <linux/videodev2.h>
#include <poll.h>
#include <sys/mman.h>

#include "scanner/camera.hpp"
#include "scanner/pixels.hpp"
#include "scanner/video_system.hpp"

namespace lanyard::scanner {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Two are filled while one is read; each further one only adds age.
constexpr std::uint32_t kBuffers = 3;
constexpr std::uint32_t kMaxBuffers = 8;
constexpr milliseconds kFirstPause{250};
constexpr milliseconds kLongestPause{4000};
constexpr int kMjpegFromHeight = 720;
constexpr std::uint32_t kFramesPerSecond = 30;
constexpr std::uint32_t kMaxListedFormats = 64;

std::string because(const std::string& doing) {
  return doing + ": " + std::strerror(errno);
}

std::optional<PixelFormat> known_format(std::uint32_t fourcc) {
  switch (fourcc) {
    case V4L2_PIX_FMT_GREY:
      return PixelFormat::grey;
    case V4L2_PIX_FMT_YUYV:
      return PixelFormat::yuyv;
    case V4L2_PIX_FMT_NV12:
      return PixelFormat::nv12;
    case V4L2_PIX_FMT_MJPEG:
    case V4L2_PIX_FMT_JPEG:
      return PixelFormat::mjpeg;
    default:
      return std::nullopt;
  }
}

// An open, streaming device. Everything it took is given back when it goes.
class Device {
 public:
  using Opened = tl::expected<std::unique_ptr<Device>, std::string>;

  static Opened open(const std::string& path, const V4l2Options& options, VideoSystem& system) {
    std::unique_ptr<Device> device(new Device(system));
    if (auto why = device->start(path, options)) return tl::make_unexpected(path + ": " + *why);
    return device;
  }

  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  ~Device() {
    if (fd_ < 0) return;
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    control(VIDIOC_STREAMOFF, &type);
    for (const auto& buffer : buffers_) system_.unmap(buffer.data(), buffer.size());
    system_.close(fd_);
  }

  enum class Wait : std::uint8_t { ready, quiet, gone };
  Wait wait(milliseconds patience) {
    short events = 0;
    const int count = system_.poll(fd_, patience, events);
    if (count < 0) return errno == EINTR ? Wait::quiet : Wait::gone;
    if (count == 0) return Wait::quiet;
    // Without POLLIN there is nothing to fetch: POLLERR and POLLHUP are what is left of a pulled plug.
    return (events & POLLIN) != 0 ? Wait::ready : Wait::gone;
  }

  // The newest of the filled buffers as a frame; the older ones go back unread. Nullopt: the device is gone.
  // An error: there was a picture, or half of one, that cannot be used.
  std::optional<PictureResult> take_newest() {
    std::optional<v4l2_buffer> newest;
    // Bounded, for a driver that always has one more.
    for (std::uint32_t taken = 0; taken < kMaxBuffers; ++taken) {
      v4l2_buffer buffer = blank_buffer(0);
      if (control(VIDIOC_DQBUF, &buffer) != 0) {
        if (errno != EAGAIN) return std::nullopt;
        break;
      }
      if (buffer.index >= buffers_.size()) return std::nullopt;
      if (newest && !give_back(*newest)) return std::nullopt;
      newest = buffer;
    }
    if (!newest) return tl::make_unexpected(PictureError{"no buffer was filled"});
    PictureResult frame = convert(*newest);
    if (!give_back(*newest)) return std::nullopt;
    return frame;
  }

 private:
  explicit Device(VideoSystem& system) : system_(system) {}

  int control(unsigned long request, void* argument) { return system_.ioctl(fd_, request, argument); }

  static v4l2_buffer blank_buffer(std::uint32_t index) {
    v4l2_buffer buffer{};
    buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    buffer.memory = V4L2_MEMORY_MMAP;
    buffer.index = index;
    return buffer;
  }

  PictureResult convert(const v4l2_buffer& buffer) const {
    if ((buffer.flags & V4L2_BUF_FLAG_ERROR) != 0) {
      return tl::make_unexpected(PictureError{"the device marked a frame as broken"});
    }
    const auto& memory = buffers_[buffer.index];
    // Some drivers leave bytesused at zero for raw formats, where it says nothing new.
    const bool told = buffer.bytesused > 0 || raw_.format == PixelFormat::mjpeg;
    const std::size_t used = told ? std::min<std::size_t>(buffer.bytesused, memory.size()) : memory.size();
    RawPicture picture = raw_;
    picture.bytes = memory.first(used);
    return gray_from_raw(picture);
  }

  bool give_back(v4l2_buffer& buffer) { return control(VIDIOC_QBUF, &buffer) == 0; }

  std::optional<std::string> start(const std::string& path, const V4l2Options& options) {
    fd_ = system_.open(path);
    if (fd_ < 0) return because("cannot be opened");
    v4l2_capability capability{};
    if (control(VIDIOC_QUERYCAP, &capability) != 0) return "is not a video device";
    const std::uint32_t can = (capability.capabilities & V4L2_CAP_DEVICE_CAPS) != 0 ? capability.device_caps
                                                                                    : capability.capabilities;
    if ((can & V4L2_CAP_VIDEO_CAPTURE) == 0) return "does not capture video";
    if ((can & V4L2_CAP_STREAMING) == 0) return "cannot stream";
    if (auto why = choose_format(options)) return why;
    wish_for_light();
    return start_streaming();
  }

  // MJPEG from 720p on: USB 2 carries raw pictures of that size at a few a second only.
  std::optional<std::string> choose_format(const V4l2Options& options) {
    std::vector<std::uint32_t> offered;
    v4l2_fmtdesc described{};
    described.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    while (described.index < kMaxListedFormats && control(VIDIOC_ENUM_FMT, &described) == 0) {
      offered.push_back(described.pixelformat);
      ++described.index;
    }
    constexpr std::array kLarge{V4L2_PIX_FMT_MJPEG, V4L2_PIX_FMT_JPEG, V4L2_PIX_FMT_GREY, V4L2_PIX_FMT_NV12,
                                V4L2_PIX_FMT_YUYV};
    constexpr std::array kSmall{V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_GREY, V4L2_PIX_FMT_MJPEG,
                                V4L2_PIX_FMT_JPEG};
    for (const std::uint32_t wish : options.height >= kMjpegFromHeight ? kLarge : kSmall) {
      if (std::find(offered.begin(), offered.end(), wish) == offered.end()) continue;
      if (auto why = set_format(wish, options); !why) return std::nullopt;
    }
    return "offers no picture format that is known here (MJPEG, YUYV, NV12, GREY)";
  }

  std::optional<std::string> set_format(std::uint32_t fourcc, const V4l2Options& options) {
    v4l2_format format{};
    format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    format.fmt.pix.pixelformat = fourcc;
    format.fmt.pix.width = static_cast<std::uint32_t>(std::clamp(options.width, 1, kMaxFrameSidePixels));
    format.fmt.pix.height = static_cast<std::uint32_t>(std::clamp(options.height, 1, kMaxFrameSidePixels));
    format.fmt.pix.field = V4L2_FIELD_ANY;
    if (control(VIDIOC_S_FMT, &format) != 0) return because("refuses a format");
    const auto& got = format.fmt.pix;
    const auto known = known_format(got.pixelformat);
    if (!known || !fits_frame(got.width, got.height) || got.bytesperline > INT32_MAX) {
      return "answers with a format that is unknown here";
    }
    // For compressed pictures a line has no length, whatever a driver leaves there.
    const bool compressed = *known == PixelFormat::mjpeg;
    raw_ = {{},
            *known,
            static_cast<int>(got.width),
            static_cast<int>(got.height),
            compressed ? 0 : static_cast<int>(got.bytesperline)};
    return std::nullopt;
  }

  // Best effort, since not every device has these: a steady rate of frames rather than long, blurred
  // exposures in a dim hall, and no bars from the lamps.
  void wish_for_light() {
    v4l2_streamparm rate{};
    rate.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    rate.parm.capture.timeperframe = {1, kFramesPerSecond};
    control(VIDIOC_S_PARM, &rate);
    v4l2_control steady{V4L2_CID_EXPOSURE_AUTO_PRIORITY, 0};
    control(VIDIOC_S_CTRL, &steady);
    v4l2_control lamps{V4L2_CID_POWER_LINE_FREQUENCY, V4L2_CID_POWER_LINE_FREQUENCY_AUTO};
    if (control(VIDIOC_S_CTRL, &lamps) == 0) return;
    lamps.value = V4L2_CID_POWER_LINE_FREQUENCY_50HZ;
    control(VIDIOC_S_CTRL, &lamps);
  }

  std::optional<std::string> start_streaming() {
    v4l2_requestbuffers request{};
    request.count = kBuffers;
    request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    request.memory = V4L2_MEMORY_MMAP;
    if (control(VIDIOC_REQBUFS, &request) != 0) return because("gives no buffers");
    if (request.count == 0 || request.count > kMaxBuffers) return "gives an odd number of buffers";
    for (std::uint32_t index = 0; index < request.count; ++index) {
      v4l2_buffer buffer = blank_buffer(index);
      if (control(VIDIOC_QUERYBUF, &buffer) != 0) return because("does not describe its buffers");
      void* memory = system_.map(fd_, buffer.length, buffer.m.offset);
      if (memory == MAP_FAILED) return because("its buffers cannot be mapped");
      buffers_.emplace_back(static_cast<std::uint8_t*>(memory), buffer.length);
      if (!give_back(buffer)) return because("takes no buffers");
    }
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    if (control(VIDIOC_STREAMON, &type) != 0) return because("does not start");
    return std::nullopt;
  }

  VideoSystem& system_;
  int fd_{-1};
  RawPicture raw_;
  std::vector<std::span<std::uint8_t>> buffers_;
};

class V4l2Camera final : public Camera {
 public:
  V4l2Camera(std::string path, const V4l2Options& options, VideoSystem& system)
      : path_(std::move(path)), options_(options), system_(system) {}

  tl::expected<Captured, CameraError> next(milliseconds patience) override {
    const auto deadline = Clock::now() + patience;
    if (!device_) {
      if (auto lost = open_again(deadline)) return tl::make_unexpected(std::move(*lost));
    }
    do {
      const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
      const Device::Wait wait = device_->wait(std::max(milliseconds{0}, left));
      if (wait == Device::Wait::gone) return lose("the device went away");
      if (wait == Device::Wait::quiet) continue;
      auto frame = device_->take_newest();
      if (!frame) return lose(because("the device went away"));
      if (*frame) return give(std::move(**frame));
      ++status_.skipped;
      status_.last_skipped = path_ + ": " + frame->error().message;
    } while (Clock::now() < deadline);
    if (Clock::now() - last_frame_ >= options_.silent_for) return lose("no frame for too long");
    return tl::make_unexpected(CameraError{CameraError::Kind::no_frame_yet, path_ + ": no frame yet"});
  }

  [[nodiscard]] CameraStatus status() const override { return status_; }

 private:
  // Nullopt once the device is there.
  std::optional<CameraError> open_again(Clock::time_point deadline) {
    if (Clock::now() < next_try_) std::this_thread::sleep_until(std::min(deadline, next_try_));
    if (Clock::now() < next_try_) return CameraError{CameraError::Kind::lost, why_lost_};
    auto opened = Device::open(path_, options_, system_);
    if (!opened) {
      why_lost_ = opened.error();
      next_try_ = Clock::now() + pause_;
      pause_ = std::min(pause_ * 2, kLongestPause);
      return CameraError{CameraError::Kind::lost, why_lost_};
    }
    device_ = std::move(*opened);
    last_frame_ = Clock::now();
    return std::nullopt;
  }

  tl::unexpected<CameraError> lose(const std::string& why) {
    // Closed at once, since the same path can only come back when nobody holds the old device.
    device_.reset();
    why_lost_ = path_ + ": " + why;
    next_try_ = Clock::now() + pause_;
    pause_ = std::min(pause_ * 2, kLongestPause);
    return tl::make_unexpected(CameraError{CameraError::Kind::lost, why_lost_});
  }

  Captured give(GrayFrame frame) {
    pause_ = kFirstPause;
    last_frame_ = Clock::now();
    return {std::make_shared<const GrayFrame>(std::move(frame)), status_.frames++, last_frame_, path_};
  }

  std::string path_;
  V4l2Options options_;
  VideoSystem& system_;
  std::unique_ptr<Device> device_;
  std::string why_lost_;
  milliseconds pause_{kFirstPause};
  Clock::time_point next_try_{};
  Clock::time_point last_frame_{};
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
