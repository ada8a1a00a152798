#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "scanner/pixels.hpp"
#include "scanner/video_system.hpp"
#include "tests/catch.hpp"
#include "tests/scanner/fake_driver.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
using Kind = CameraError::Kind;
using std::chrono::milliseconds;

constexpr milliseconds kCameraPatience{30'000};
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
  CHECK(light_of(camera->next(kCameraPatience)) == 30);
  CHECK(driver.buffers_queued == 3);
  CHECK(camera->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  driver.film(yuyv(40));
  const auto captured = camera->next(kCameraPatience);
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
  const auto captured = camera->next(kCameraPatience);
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
  CHECK(light_of(camera->next(kCameraPatience)) == 77);
}

TEST_CASE("a plug that is pulled and put back is survived") {
  FakeDriver driver;
  const auto camera = opened(driver);
  driver.plugged = false;
  const auto gone = camera->next(kCameraPatience);
  REQUIRE_FALSE(gone);
  CHECK(gone.error().kind == Kind::lost);
  CHECK(gone.error().message.find("/dev/fake") == 0);
  CHECK(driver.open_now == 0);
  CHECK(driver.mapped_now == 0);
  CHECK(camera->next(kCameraPatience).error().kind == Kind::lost);
  driver.plugged = true;
  while (camera->next(milliseconds{10}).error().kind == Kind::lost) {
  }
  driver.film(yuyv(99));
  CHECK(light_of(camera->next(kCameraPatience)) == 99);
}

TEST_CASE("a device that fails or falls silent is closed and opened anew") {
  FakeDriver driver;
  SECTION("it fails") {
    const auto camera = opened(driver);
    driver.film(yuyv(1));
    driver.answers_dqbuf = false;
    CHECK(camera->next(kCameraPatience).error().kind == Kind::lost);
  }
  SECTION("it falls silent") {
    V4l2Options options = kSmall;
    options.first_frame_within = milliseconds{0};
    const auto camera = open_v4l2("/dev/fake", options, driver);
    CHECK(camera->next(milliseconds{1}).error().kind == Kind::lost);
    CHECK(camera->status().trouble == CameraTrouble::stalled);
  }
  CHECK(driver.opened == 1);
  CHECK(driver.open_now == 0);
}

TEST_CASE("a steady rate of frames and quiet lamps are wished for") {
  FakeDriver driver;
  opened(driver);
  CHECK(driver.controls.at(V4L2_CID_EXPOSURE_AUTO_PRIORITY) == 0);
  CHECK(driver.controls.at(V4L2_CID_POWER_LINE_FREQUENCY) == V4L2_CID_POWER_LINE_FREQUENCY_AUTO);
  CHECK(driver.rate == 30);
}

TEST_CASE("without a profile the camera's own automatic is on, whoever turned it off") {
  FakeDriver driver;
  const auto camera = opened(driver);
  CHECK(driver.controls.at(V4L2_CID_EXPOSURE_AUTO) == V4L2_EXPOSURE_APERTURE_PRIORITY);
  CHECK(driver.controls.at(V4L2_CID_AUTOGAIN) == 1);
  CHECK(driver.controls.at(V4L2_CID_FOCUS_AUTO) == 1);
  CHECK(driver.controls.count(V4L2_CID_EXPOSURE_ABSOLUTE) == 0);
  CHECK(driver.controls.count(V4L2_CID_GAIN) == 0);
  CHECK(camera->status().remarks == "");
}

TEST_CASE("what a camera cannot set, and nobody wished for, is not told") {
  FakeDriver driver;
  driver.refused_controls = {V4L2_CID_EXPOSURE_AUTO, V4L2_CID_EXPOSURE_AUTO_PRIORITY, V4L2_CID_AUTOGAIN,
                             V4L2_CID_FOCUS_AUTO, V4L2_CID_POWER_LINE_FREQUENCY};
  const auto camera = opened(driver);
  CHECK(camera->status().remarks == "");
}

TEST_CASE("a profile is set, within what the camera can, and the rest is told") {
  FakeDriver driver;
  driver.ranges = {{V4L2_CID_EXPOSURE_ABSOLUTE, {1, 10'000}},
                   {V4L2_CID_GAIN, {0, 255}},
                   {V4L2_CID_POWER_LINE_FREQUENCY, {0, 2}},
                   {V4L2_CID_FOCUS_ABSOLUTE, {0, 40}}};
  driver.refused_controls = {V4L2_CID_GAIN};
  V4l2Options options = kSmall;
  options.profile = {.exposure_us = 8000, .gain = 20, .focus = 50, .brightness = 3, .power_line_hz = 60};
  const auto camera = opened(driver, options);
  CHECK(driver.controls.at(V4L2_CID_EXPOSURE_AUTO) == V4L2_EXPOSURE_MANUAL);
  CHECK(driver.controls.at(V4L2_CID_EXPOSURE_ABSOLUTE) == 80);
  CHECK(driver.controls.at(V4L2_CID_AUTOGAIN) == 0);
  CHECK(driver.controls.at(V4L2_CID_FOCUS_AUTO) == 0);
  CHECK(driver.controls.at(V4L2_CID_FOCUS_ABSOLUTE) == 40);
  CHECK(driver.controls.at(V4L2_CID_POWER_LINE_FREQUENCY) == V4L2_CID_POWER_LINE_FREQUENCY_60HZ);
  const std::string remarks = camera->status().remarks;
  CHECK(remarks.find("gain is refused") != std::string::npos);
  CHECK(remarks.find("focus goes to 40") != std::string::npos);
  CHECK(remarks.find("brightness cannot be set") != std::string::npos);
  CHECK(remarks.find("exposure") == std::string::npos);
}

TEST_CASE("of what a camera offers, what reads best is chosen") {
  constexpr std::uint32_t kMjpeg = V4L2_PIX_FMT_MJPEG;
  constexpr std::uint32_t kYuyv = V4L2_PIX_FMT_YUYV;
  const auto chosen = [](std::vector<FakeDriver::Size> sizes, const V4l2Options& options = {}) {
    FakeDriver driver;
    driver.formats.clear();
    for (const FakeDriver::Size& size : sizes) driver.formats.push_back(size.fourcc);
    driver.sizes = std::move(sizes);
    const auto camera = opened(driver, options);
    return camera->status().mode.get();
  };
  const FakeDriver::Size mjpeg_4k{kMjpeg, 3840, 2160, {30}};
  const FakeDriver::Size mjpeg_1080{kMjpeg, 1920, 1080, {60, 30, 15}};
  const FakeDriver::Size mjpeg_720{kMjpeg, 1280, 720, {30}};
  const FakeDriver::Size yuyv_1080{kYuyv, 1920, 1080, {5}};
  const FakeDriver::Size yuyv_720{kYuyv, 1280, 720, {10}};
  const FakeDriver::Size yuyv_480{kYuyv, 640, 480, {30, 15}};
  // A usual USB 2 camera, less and less of it.
  CHECK(chosen({yuyv_480, yuyv_720, yuyv_1080, mjpeg_720, mjpeg_4k, mjpeg_1080}) ==
        "MJPEG 1920x1080, 30 a second");
  CHECK(chosen({yuyv_480, yuyv_720, yuyv_1080, mjpeg_720}) == "MJPEG 1280x720, 30 a second");
  CHECK(chosen({yuyv_480, yuyv_720, yuyv_1080}) == "YUYV 1280x720, 10 a second");
  CHECK(chosen({yuyv_480, yuyv_1080}) == "YUYV 640x480, 30 a second");
  CHECK(chosen({yuyv_1080}) == "YUYV 1920x1080, 5 a second");
  // A slow large picture is no better than a steady smaller one; and USB 3 carries raw ones.
  CHECK(chosen({{kMjpeg, 1920, 1080, {15}}, mjpeg_720}) == "MJPEG 1280x720, 30 a second");
  CHECK(chosen({mjpeg_1080, {kYuyv, 1920, 1080, {30}}}) == "YUYV 1920x1080, 30 a second");
  CHECK(chosen({yuyv_480, mjpeg_1080}, kSmall) == "YUYV 640x480, 30 a second");
  CHECK(chosen({mjpeg_4k, mjpeg_1080}, kSmall) == "MJPEG 1920x1080, 30 a second");
}

TEST_CASE("what is wrong with a camera is told apart") {
  FakeDriver driver;
  const auto trouble = [&driver] {
    const auto camera = open_v4l2("/dev/fake", kSmall, driver);
    const auto captured = camera->next(milliseconds{1});
    REQUIRE_FALSE(captured);
    CHECK(captured.error().kind == Kind::lost);
    CHECK(captured.error().message.find("/dev/fake: ") == 0);
    CHECK(camera->status().lost == 1);
    return camera->status().trouble;
  };
  SECTION("there is none") {
    driver.plugged = false;
    CHECK(trouble() == CameraTrouble::not_there);
  }
  SECTION("another program has it") {
    driver.in_use = true;
    CHECK(trouble() == CameraTrouble::not_usable);
  }
  SECTION("it sends nothing that is understood") {
    driver.formats = {V4L2_PIX_FMT_RGB24};
    CHECK(trouble() == CameraTrouble::no_format);
  }
  SECTION("it sends nothing but broken frames") {
    V4l2Options options = kSmall;
    options.first_frame_within = milliseconds{0};
    driver.film_at_start = Bytes(100, 1);
    const auto camera = open_v4l2("/dev/fake", options, driver);
    const auto captured = camera->next(milliseconds{1});
    REQUIRE_FALSE(captured);
    CHECK(captured.error().kind == Kind::lost);
    CHECK(captured.error().message.find("short frame") != std::string::npos);
    CHECK(camera->status().trouble == CameraTrouble::broken_only);
  }
  SECTION("its plug is pulled, and put back") {
    const auto camera = opened(driver);
    driver.film(yuyv(1));
    CHECK(camera->next(kCameraPatience));
    driver.plugged = false;
    CHECK_FALSE(camera->next(kCameraPatience));
    CHECK(camera->status().trouble == CameraTrouble::unplugged);
    driver.plugged = true;
    while (camera->next(milliseconds{10}).error().kind == Kind::lost) {
    }
    driver.film(yuyv(2));
    CHECK(camera->next(kCameraPatience));
    CHECK(camera->status().trouble == CameraTrouble::none);
    CHECK(camera->status().lost == 1);
  }
}

TEST_CASE("the pauses of a camera that comes back, or was stuck, add up to less than three seconds") {
  const V4l2Options options;
  constexpr milliseconds kThree{3000};
  constexpr milliseconds kFirstPause{250};
  constexpr milliseconds kStart{1000};
  CHECK(kLongestCameraPause + kStart < kThree);
  CHECK(options.silent_for + kFirstPause + kStart < kThree);
}

TEST_CASE("a frame that is not wanted is passed over undecoded, and the camera counts as there") {
  FakeDriver driver;
  driver.formats = {V4L2_PIX_FMT_MJPEG};
  const auto camera = opened(driver);
  const Bytes whole = jpeg_of(ramp(64, 48).view());
  std::vector<std::size_t> asked;
  const auto wanted = [&asked](std::size_t bytes) {
    asked.push_back(bytes);
    return bytes > 1000;
  };
  driver.film(Bytes(500, 7));  // no JPEG at all: nobody looks
  CHECK(camera->next_wanted(milliseconds{1}, wanted).error().kind == Kind::no_frame_yet);
  CHECK(camera->status().passed_over == 1);
  CHECK(camera->status().skipped == 0);
  REQUIRE(whole.size() > 1000);
  driver.film(whole);
  const auto captured = camera->next_wanted(kCameraPatience, wanted);
  REQUIRE(captured);
  CHECK(captured->compressed_bytes == whole.size());
  CHECK(asked == std::vector<std::size_t>{500, whole.size()});
  CHECK(driver.buffers_queued == 3);
}

TEST_CASE("a raw frame has no compressed size") {
  FakeDriver driver;
  const auto camera = opened(driver);
  driver.film(yuyv(9));
  const auto captured = camera->next_wanted(kCameraPatience, [](std::size_t bytes) { return bytes == 0; });
  REQUIRE(captured);
  CHECK(captured->compressed_bytes == 0);
}

TEST_CASE("an MJPEG frame can be had in fewer pixels") {
  FakeDriver driver;
  driver.formats = {V4L2_PIX_FMT_MJPEG};
  V4l2Options options = kSmall;
  options.scale = JpegScale::quarter;
  const auto camera = opened(driver, options);
  driver.film(jpeg_of(flat(64, 48, 90).view()));
  const auto captured = camera->next(kCameraPatience);
  REQUIRE(captured);
  CHECK(captured->frame->width() == 16);
  CHECK(captured->frame->height() == 12);
  CHECK(std::abs(light_of(captured) - 90) <= 1);
}

Bytes grey(std::uint8_t light) {
  return Bytes(std::size_t{64} * 48 * 3 / 2, light);
}

TEST_CASE("a grey picture is handed on as it lies in the driver's memory, and goes back when nobody looks") {
  FakeDriver driver;
  SECTION("GREY") {
    driver.formats = {V4L2_PIX_FMT_GREY};
  }
  SECTION("NV12") {
    driver.formats = {V4L2_PIX_FMT_NV12};
  }
  const auto camera = opened(driver);
  CHECK(driver.buffers_queued == 6);
  driver.film(grey(10));
  auto first = camera->next(kCameraPatience);
  REQUIRE(first);
  CHECK(first->frame->view().data == driver.last_filled);
  CHECK(light_of(first) == 10);
  CHECK(driver.buffers_queued == 5);
  // What others still look at is not filled again.
  driver.film(grey(20));
  auto second = camera->next(kCameraPatience);
  CHECK(light_of(second) == 20);
  CHECK(light_of(first) == 10);
  const auto kept = first->frame;
  first = tl::make_unexpected(CameraError{});
  second = tl::make_unexpected(CameraError{});
  CHECK(camera->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  CHECK(driver.buffers_queued == 5);
  CHECK(kept->row(5)[5] == 10);
}

TEST_CASE("when readers keep too many of the driver's buffers, frames are copied, and none is lost") {
  FakeDriver driver;
  driver.formats = {V4L2_PIX_FMT_GREY};
  const auto camera = opened(driver);
  std::vector<std::shared_ptr<const GrayFrame>> kept;
  for (std::uint8_t light = 1; light <= 20; ++light) {
    driver.film(grey(light));
    const auto captured = camera->next(kCameraPatience);
    REQUIRE(captured);
    kept.push_back(captured->frame);
  }
  for (std::size_t i = 0; i < kept.size(); ++i) CHECK(std::size_t{kept[i]->row(5)[5]} == i + 1);
  CHECK(driver.buffers_queued >= 2);
  kept.clear();
  CHECK(camera->next(milliseconds{1}).error().kind == Kind::no_frame_yet);
  CHECK(driver.buffers_queued == 6);
}

TEST_CASE("a frame outlives its camera, and the device is free meanwhile") {
  FakeDriver driver;
  driver.formats = {V4L2_PIX_FMT_GREY};
  auto camera = opened(driver);
  driver.film(grey(10));
  auto captured = camera->next(kCameraPatience);
  REQUIRE(captured);
  SECTION("the plug is pulled") {
    driver.plugged = false;
    CHECK(camera->next(kCameraPatience).error().kind == Kind::lost);
  }
  SECTION("the camera goes") {
    camera.reset();
  }
  CHECK(driver.open_now == 0);
  CHECK(driver.blackened == 6);
  CHECK(light_of(captured) == 0);
  CHECK(driver.mapped_now == 6);
  captured = tl::make_unexpected(CameraError{});
  CHECK(driver.mapped_now == 0);
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
