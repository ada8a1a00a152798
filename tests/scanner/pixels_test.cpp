#include "scanner/pixels.hpp"

#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;

// The frame as a camera would send it, each line padded to `line` bytes.
Bytes sent_as(PixelFormat format, GrayView view, int line) {
  constexpr std::uint8_t kColour = 77;
  const int rows = format == PixelFormat::nv12 ? view.height + (view.height + 1) / 2 : view.height;
  Bytes bytes(static_cast<std::size_t>(rows) * static_cast<std::size_t>(line), kColour);
  for (int y = 0; y < view.height; ++y) {
    std::uint8_t* to = bytes.data() + y * line;
    for (int x = 0; x < view.width; ++x) to[format == PixelFormat::yuyv ? 2 * x : x] = view.row(y)[x];
  }
  return bytes;
}

bool same(GrayView a, GrayView b) {
  if (a.width != b.width || a.height != b.height) return false;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) {
      if (a.row(y)[x] != b.row(y)[x]) return false;
    }
  }
  return true;
}

constexpr PixelFormat kRawFormats[] = {PixelFormat::grey, PixelFormat::yuyv, PixelFormat::nv12};

int line_of(PixelFormat format, int width) {
  return format == PixelFormat::yuyv ? (width + 1) / 2 * 4 : width;
}

TEST_CASE("the light of a raw picture comes through exactly, with padded lines and without, even and odd") {
  for (const PixelFormat format : kRawFormats) {
    for (const int width : {64, 37}) {
      for (const int padding : {0, 19}) {
        CAPTURE(name_of(format), width, padding);
        const GrayFrame made = ramp(width, 21);
        const int line = line_of(format, width) + padding;
        const Bytes sent = sent_as(format, made.view(), line);
        const auto read = gray_from_raw({sent, format, width, 21, padding == 0 ? 0 : line});
        REQUIRE(read);
        CHECK(same(read->view(), made.view()));
      }
    }
  }
}

TEST_CASE("a raw picture with a byte too few is an error") {
  for (const PixelFormat format : kRawFormats) {
    CAPTURE(name_of(format));
    const GrayFrame made = ramp(32, 16);
    Bytes sent = sent_as(format, made.view(), line_of(format, 32));
    REQUIRE(gray_from_raw({sent, format, 32, 16, 0}));
    for (const std::size_t size : {sent.size() - 1, sent.size() / 2, std::size_t{1}, std::size_t{0}}) {
      CHECK_FALSE(gray_from_raw({std::span(sent).first(size), format, 32, 16, 0}));
    }
  }
}

TEST_CASE("the padding after the last line may be missing") {
  const GrayFrame made = ramp(30, 8);
  Bytes sent = sent_as(PixelFormat::grey, made.view(), 40);
  sent.resize(sent.size() - 10);
  const auto read = gray_from_raw({sent, PixelFormat::grey, 30, 8, 40});
  REQUIRE(read);
  CHECK(same(read->view(), made.view()));
}

TEST_CASE("measures that cannot be are refused before any memory is asked for") {
  const Bytes sent(4096, 1);
  for (const PixelFormat format :
       {PixelFormat::grey, PixelFormat::yuyv, PixelFormat::nv12, PixelFormat::mjpeg}) {
    CAPTURE(name_of(format));
    CHECK_FALSE(gray_from_raw({sent, format, 0, 0, 0}));
    CHECK_FALSE(gray_from_raw({sent, format, -4, 16, 0}));
    CHECK_FALSE(gray_from_raw({sent, format, 60'000, 60'000, 0}));
    CHECK_FALSE(gray_from_raw({sent, format, kMaxFrameSidePixels + 1, 1, 0}));
    CHECK_FALSE(gray_from_raw({sent, format, kMaxFrameSidePixels, kMaxFrameSidePixels, INT32_MAX}));
  }
  CHECK_FALSE(gray_from_raw({sent, PixelFormat::grey, 16, 16, 15}));
  CHECK_FALSE(gray_from_raw({sent, PixelFormat::grey, 16, 16, -16}));
}

TEST_CASE("a Motion JPEG frame must have the measures that the driver announced") {
  const GrayFrame made = flat(64, 48, 200);
  const Bytes sent = jpeg_of(made.view());
  REQUIRE(gray_from_raw({sent, PixelFormat::mjpeg, 64, 48, 0}));
  CHECK_FALSE(gray_from_raw({sent, PixelFormat::mjpeg, 640, 480, 0}));
  CHECK_FALSE(gray_from_raw({std::span(sent).first(sent.size() / 4), PixelFormat::mjpeg, 64, 48, 0}));
  CHECK_FALSE(gray_from_raw({{}, PixelFormat::mjpeg, 64, 48, 0}));
}

}  // namespace
}  // namespace lanyard::scanner
