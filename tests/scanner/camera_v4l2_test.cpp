#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <set>
#include <thread>

#include <linux/videodev2.h>
#include <poll.h>
#include <sys/mman.h>

#include "scanner/pixels.hpp"
#include "scanner/video_system.hpp"
#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
using Kind = CameraError::Kind;
using std::chrono::milliseconds;

constexpr milliseconds kPatience{30'000};
constexpr int kFd = 42;

// Plays a camera driver: /dev/fake, with buffers in memory. What it is told to film is filled into queued
// buffers.
class FakeDriver final : public VideoSystem {
 public:
  std::vector<std::uint32_t> formats{V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_MJPEG};
  std::uint32_t width = 64;  // whatever is wished for
  std::uint32_t height = 48;
  bool plugged = true;
  bool answers_dqbuf = true;
  std::uint32_t chosen = 0;
  std::set<std::uint32_t> controls;
  int opened = 0;
  int open_now = 0;
  int mapped_now = 0;
  int buffers_queued = 0;

  // Into the next free buffer; a driver without one drops the frame, as real ones do.
  void film(Bytes bytes, std::uint32_t flags = 0) {
    if (queued_.empty()) return;
    const std::uint32_t index = queued_.front();
    queued_.pop_front();
    --buffers_queued;
    std::copy_n(bytes.begin(), std::min(bytes.size(), memory_[index].size()), memory_[index].begin());
    filled_.push_back({index, static_cast<std::uint32_t>(bytes.size()), flags});
  }

  int open(const std::string& path) override {
    ++opened;
    if (!plugged || path != "/dev/fake") return failed(ENOENT);
    ++open_now;
    return kFd;
  }
  void close(int) override {
    --open_now;
    queued_.clear();
    filled_.clear();
    buffers_queued = 0;
  }
  int poll(int, milliseconds patience, short& events) override {
    events = 0;
    if (!plugged) {
      events = POLLERR | POLLHUP;
      return 1;
    }
    if (!filled_.empty()) {
      events = POLLIN;
      return 1;
    }
    std::this_thread::sleep_for(std::min(patience, milliseconds{1}));
    return 0;
  }
  void* map(int, std::size_t, std::int64_t offset) override {
    ++mapped_now;
    return memory_[static_cast<std::size_t>(offset)].data();
  }
  void unmap(void*, std::size_t) override { --mapped_now; }
  int ioctl(int, unsigned long request, void* argument) override {
    if (!plugged) return failed(ENODEV);
    switch (request) {
      case VIDIOC_QUERYCAP:
        static_cast<v4l2_capability*>(argument)->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
        return 0;
      case VIDIOC_ENUM_FMT:
        return describe(*static_cast<v4l2_fmtdesc*>(argument));
      case VIDIOC_S_FMT:
        return set(*static_cast<v4l2_format*>(argument));
      case VIDIOC_S_CTRL:
        controls.insert(static_cast<v4l2_control*>(argument)->id);
        return 0;
      case VIDIOC_REQBUFS:
        memory_.assign(static_cast<v4l2_requestbuffers*>(argument)->count,
                       Bytes(std::size_t{width} * height * 2));
        return 0;
      case VIDIOC_QUERYBUF: {
        auto& buffer = *static_cast<v4l2_buffer*>(argument);
        buffer.length = static_cast<std::uint32_t>(memory_[buffer.index].size());
        buffer.m.offset = buffer.index;
        return 0;
      }
      case VIDIOC_QBUF:
        queued_.push_back(static_cast<v4l2_buffer*>(argument)->index);
        ++buffers_queued;
        return 0;
      case VIDIOC_DQBUF:
        return hand_over(*static_cast<v4l2_buffer*>(argument));
      case VIDIOC_STREAMON:
      case VIDIOC_STREAMOFF:
        return 0;
      default:
        return failed(ENOTTY);
    }
  }

 private:
  struct Filled {
    std::uint32_t index, bytes, flags;
  };
  static int failed(int why) {
    errno = why;
    return -1;
  }
  int describe(v4l2_fmtdesc& described) const {
    if (described.index >= formats.size()) return failed(EINVAL);
    described.pixelformat = formats[described.index];
    return 0;
  }
  int set(v4l2_format& format) {
    format.fmt.pix.width = width;
    format.fmt.pix.height = height;
    format.fmt.pix.bytesperline = format.fmt.pix.pixelformat == V4L2_PIX_FMT_YUYV ? width * 2 : width;
    chosen = format.fmt.pix.pixelformat;
    return 0;
  }
  int hand_over(v4l2_buffer& buffer) {
    if (!answers_dqbuf) return failed(EIO);
    if (filled_.empty()) return failed(EAGAIN);
    buffer.index = filled_.front().index;
    buffer.bytesused = filled_.front().bytes;
    buffer.flags = filled_.front().flags;
    filled_.pop_front();
    return 0;
  }

  std::vector<Bytes> memory_;
  std::deque<std::uint32_t> queued_;
  std::deque<Filled> filled_;
};

Bytes yuyv(std::uint8_t light) {
  Bytes bytes(64 * 48 * 2, 128);
  for (std::size_t i = 0; i < bytes.size(); i += 2) bytes[i] = light;
  return bytes;
}

constexpr V4l2Options kSmall{.width = 640, .height = 480};

// Opens the device, which next() does at its first call.
std::unique_ptr<Camera> opened(FakeDriver& driver, const V4l2Options& options = kSmall) {
  auto camera = open_v4l2("/dev/fake", options, driver);
  REQUIRE(camera->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  return camera;
}

int light_of(const tl::expected<Captured, CameraError>& captured) {
  return captured ? captured->frame->row(5)[5] : -1;
}

TEST_CASE("the newest of the waiting frames is taken, and every buffer goes back to the driver") {
  FakeDriver driver;
  const auto camera = opened(driver);
  for (const std::uint8_t light : Bytes{10, 20, 30}) driver.film(yuyv(light));
  CHECK(driver.buffers_queued == 0);
  CHECK(light_of(camera->next(kPatience)) == 30);
  CHECK(driver.buffers_queued == 3);
  CHECK(camera->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  driver.film(yuyv(40));
  const auto captured = camera->next(kPatience);
  CHECK(light_of(captured) == 40);
  CHECK(captured->sequence == 1);
  CHECK(captured->source == "/dev/fake");
}

TEST_CASE("large pictures are asked for as MJPEG, small ones raw, and what is on offer otherwise") {
  FakeDriver driver;
  opened(driver, {.width = 1920, .height = 1080});
  CHECK(driver.chosen == V4L2_PIX_FMT_MJPEG);
  opened(driver, {.width = 640, .height = 480});
  CHECK(driver.chosen == V4L2_PIX_FMT_YUYV);
  driver.formats = {V4L2_PIX_FMT_RGB24, V4L2_PIX_FMT_NV12};
  opened(driver, {.width = 1920, .height = 1080});
  CHECK(driver.chosen == V4L2_PIX_FMT_NV12);
  driver.formats = {V4L2_PIX_FMT_RGB24};
  const auto camera = open_v4l2("/dev/fake", {}, driver);
  CHECK(camera->next(milliseconds{1}).error().kind == Kind::lost);
}

TEST_CASE("a steady rate of frames and quiet lamps are wished for") {
  FakeDriver driver;
  opened(driver);
  CHECK(driver.controls.count(V4L2_CID_EXPOSURE_AUTO_PRIORITY) == 1);
  CHECK(driver.controls.count(V4L2_CID_POWER_LINE_FREQUENCY) == 1);
}

TEST_CASE("an MJPEG frame is decoded, and half of one is skipped and counted") {
  FakeDriver driver;
  driver.formats = {V4L2_PIX_FMT_MJPEG};
  const auto camera = opened(driver);
  const GrayFrame made = ramp(64, 48);
  const Bytes whole = jpeg_of(made.view());
  driver.film(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2)));
  CHECK(camera->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  CHECK(camera->status().skipped == 1);
  CHECK_FALSE(camera->status().last_skipped.empty());
  driver.film(whole);
  const auto captured = camera->next(kPatience);
  REQUIRE(captured);
  CHECK(captured->frame->width() == 64);
}

TEST_CASE("a frame that the driver marks as broken, or cuts short, is skipped") {
  FakeDriver driver;
  const auto camera = opened(driver);
  driver.film(yuyv(10), V4L2_BUF_FLAG_ERROR);
  CHECK(camera->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  driver.film(Bytes(100, 1));
  CHECK(camera->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  CHECK(camera->status().skipped == 2);
  CHECK(driver.buffers_queued == 3);
}

TEST_CASE("a driver that claims more bytes than its buffer has is not believed") {
  FakeDriver driver;
  const auto camera = opened(driver);
  driver.film(Bytes(10'000'000, 77));
  CHECK(light_of(camera->next(kPatience)) == 77);
}

TEST_CASE("a plug that is pulled and put back is survived") {
  FakeDriver driver;
  const auto camera = opened(driver);
  driver.plugged = false;
  const auto gone = camera->next(kPatience);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().kind == Kind::lost);
  CHECK(gone.error().message.find("/dev/fake") == 0);
  CHECK(driver.open_now == 0);
  CHECK(driver.mapped_now == 0);
  CHECK(camera->next(kPatience).error().kind == Kind::lost);
  driver.plugged = true;
  while (camera->next(milliseconds{10}).error().kind == Kind::lost) {
  }
  driver.film(yuyv(99));
  CHECK(light_of(camera->next(kPatience)) == 99);
}

TEST_CASE("a device that fails or falls silent is closed and opened anew") {
  FakeDriver driver;
  SECTION("it fails") {
    const auto camera = opened(driver);
    driver.film(yuyv(1));
    driver.answers_dqbuf = false;
    CHECK(camera->next(kPatience).error().kind == Kind::lost);
  }
  SECTION("it falls silent") {
    V4l2Options options = kSmall;
    options.silent_for = milliseconds{0};
    const auto camera = open_v4l2("/dev/fake", options, driver);
    CHECK(camera->next(milliseconds{1}).error().kind == Kind::lost);
  }
  CHECK(driver.opened == 1);
  CHECK(driver.open_now == 0);
}

TEST_CASE("a lost device is not tried again at every call") {
  FakeDriver driver;
  driver.plugged = false;
  const auto camera = open_v4l2("/dev/fake", kSmall, driver);
  for (int call = 0; call < 20; ++call) CHECK(camera->next(milliseconds{0}).error().kind == Kind::lost);
  CHECK(driver.opened < 20);
}

TEST_CASE("a camera that goes gives back all that it took") {
  FakeDriver driver;
  opened(driver);
  CHECK(driver.opened == 1);
  CHECK(driver.open_now == 0);
  CHECK(driver.mapped_now == 0);
}

}  // namespace
}  // namespace lanyard::scanner
