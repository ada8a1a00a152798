// What a stream allocates in its steady state: nothing. A program of its own, since it counts what all of it
// asks for, in C++ and in C.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <vector>

#include "scanner/advice.hpp"
#include "scanner/stack.hpp"
#include "tests/catch.hpp"
#include "tests/scanner/fake_driver.hpp"
#include "tests/scanner/pictures.hpp"

namespace {

std::atomic<long> g_asked{0};  // how often memory was asked for

}  // namespace

extern "C" {

// Of glibc: what its own malloc is called inside.
void* __libc_malloc(std::size_t bytes);                       // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t bytes);    // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* memory, std::size_t bytes);        // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t align, std::size_t bytes);  // NOLINT(bugprone-reserved-identifier)

void* malloc(std::size_t bytes) {
  g_asked.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(bytes);
}
void* calloc(std::size_t count, std::size_t bytes) {
  g_asked.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(count, bytes);
}
void* realloc(void* memory, std::size_t bytes) {
  g_asked.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(memory, bytes);
}
void* aligned_alloc(std::size_t align, std::size_t bytes) {
  g_asked.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(align, bytes);
}

}  // extern "C"

namespace lanyard::scanner {
namespace {

using namespace testing;
using std::chrono::milliseconds;

constexpr milliseconds kPatience{30'000};
constexpr int kFrames = 200;

// How often memory is asked for while this is filmed, frame by frame, with as many frames kept as a kiosk
// keeps: one that is decoded, one that waits, one on the screen.
long asked_by_a_stream(FakeDriver& driver, const std::vector<Bytes>& film, const V4l2Options& options) {
  const auto camera = open_v4l2("/dev/fake", options, driver);
  (void)camera->next(milliseconds{1});
  std::array<Captured, 3> kept;
  long before = 0;
  for (int i = 0; i < 2 * kFrames; ++i) {
    if (i == kFrames) before = g_asked.load();
    driver.film(film[static_cast<std::size_t>(i) % film.size()]);
    auto captured = camera->next(kPatience);
    if (!captured) return -1;
    kept.at(static_cast<std::size_t>(i) % kept.size()) = std::move(*captured);
  }
  return g_asked.load() - before;
}

TEST_CASE("memory that is asked for is counted") {
  const long before = g_asked.load();
  std::vector<int> some(1000);
  void* more = std::malloc(10);
  CHECK(some.size() == 1000);
  CHECK(more != nullptr);
  std::free(more);
  CHECK(g_asked.load() >= before + 2);
}

TEST_CASE("a stream of JPEGs allocates nothing in its steady state") {
  FakeDriver driver;
  driver.formats = {V4L2_PIX_FMT_MJPEG};
  driver.width = 640;
  driver.height = 480;
  GrayFrame other = ramp(640, 480);
  paste(other, qr_of("another frame").view(), 100, 100);
  const std::vector<Bytes> film{jpeg_of(ramp(640, 480).view()), jpeg_of(other.view())};
  CHECK(asked_by_a_stream(driver, film, {}) == 0);
  CHECK(asked_by_a_stream(driver, film, {.scale = JpegScale::half}) == 0);
}

TEST_CASE("a raw stream allocates nothing in its steady state, copied or not") {
  for (const std::uint32_t format : {V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_GREY, V4L2_PIX_FMT_NV12}) {
    for (const bool copy : {false, true}) {
      CAPTURE(format, copy);
      FakeDriver driver;
      driver.formats = {format};
      const std::vector<Bytes> film{Bytes(64 * 48 * 2, 10), Bytes(64 * 48 * 2, 200)};
      V4l2Options options;
      options.copy_frames = copy;
      CHECK(asked_by_a_stream(driver, film, options) == 0);
    }
  }
}

TEST_CASE("advice asks for no memory, whatever it is about") {
  GrayFrame frame = ramp(640, 480);
  paste(frame, qr_of("hard to read").view(), 200, 150);
  FrameReading unread;
  unread.sighting = {.likeness = 0.9, .place = {200, 150, 120, 120}, .module_pixels = 1.2, .dimension = 25};
  FrameReading dense;
  dense.dense[0] = {{180, 130, 160, 160}, {240, 200, 36, 36}};
  Adviser adviser;
  auto now = std::chrono::steady_clock::time_point{} + std::chrono::seconds{100};
  const long before = g_asked.load();
  for (int i = 0; i < 60; ++i) {
    now += std::chrono::milliseconds{33};
    static_cast<void>(adviser.advise(frame.view(), i < 30 ? unread : dense, now));
  }
  CHECK(g_asked.load() == before);
}

TEST_CASE("frames that are laid upon each other ask for memory once") {
  GrayFrame frame = ramp(640, 480);
  paste(frame, qr_of("in much noise").view(), 200, 150);
  std::uint32_t state = 1;
  for (int y = 0; y < frame.height(); ++y) {
    for (int x = 0; x < frame.width(); ++x) {
      state = state * 1664525U + 1013904223U;
      frame.row(y)[x] = static_cast<std::uint8_t>(frame.row(y)[x] / 2U + (state >> 26U));
    }
  }
  Stack stack;
  int deepest = 0;
  const auto film = [&] {
    for (int i = 0; i < 60; ++i) {
      stack.add(frame.view(), frame.view(), i % 20 < 10 ? Region{200, 150, 120, 120} : Region{});
      deepest = std::max(deepest, stack.depth());
      if (i % 15 == 14) stack.give_up();
    }
  };
  film();
  const long before = g_asked.load();
  film();
  CHECK(g_asked.load() == before);
  CHECK(deepest >= 8);
}

}  // namespace
}  // namespace lanyard::scanner
