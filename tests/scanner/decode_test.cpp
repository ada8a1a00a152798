#include "scanner/decode.hpp"

#include <algorithm>
#include <string>

#include "scanner/passes.hpp"
#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
using namespace std::string_literals;

constexpr DecodeOptions kThorough{.effort = Effort::thorough, .max_symbols = kMaxSymbolsPerFrame};

std::string texts_of(const std::vector<Symbol>& symbols) {
  std::string texts;
  for (const Symbol& symbol : symbols) texts += (texts.empty() ? "" : "|") + symbol.text;
  return texts;
}

TEST_CASE("a code is read, quickly and thoroughly, with its format") {
  const GrayFrame frame = qr_of("HK1.0123456789");
  for (const auto& options : {DecodeOptions{}, kThorough}) {
    const auto symbols = decode(frame.view(), options);
    REQUIRE(symbols.size() == 1);
    CHECK(symbols[0].text == "HK1.0123456789");
    CHECK(symbols[0].format == "QRCode");
  }
}

TEST_CASE("a code is read at the place where it is, whichever pass reads it") {
  for (const int module_pixels : {2, 3, 4, 8}) {
    GrayFrame frame = flat(1920, 1080, 180);
    const GrayFrame code = qr_of("corner to corner", module_pixels);
    paste(frame, code.view(), 900, 300);
    for (const auto& options : {DecodeOptions{}, kThorough}) {
      CAPTURE(module_pixels);
      const auto symbols = decode(frame.view(), options);
      REQUIRE(symbols.size() == 1);
      const int quiet = 4 * module_pixels;
      const int slack = 3 * module_pixels;
      const Point top_left = symbols[0].corners[0];
      const Point bottom_right = symbols[0].corners[2];
      CHECK(std::abs(top_left.x - (900 + quiet)) <= slack);
      CHECK(std::abs(top_left.y - (300 + quiet)) <= slack);
      CHECK(std::abs(bottom_right.x - (900 + code.width() - quiet)) <= slack);
      CHECK(std::abs(bottom_right.y - (300 + code.height() - quiet)) <= slack);
    }
  }
}

TEST_CASE("light on dark is read as well, as telephones in dark mode show it") {
  GrayFrame frame = flat(1280, 720, 255);
  paste(frame, qr_of("by night").view(), 500, 200);
  Sheet sheet;
  const GrayView dark = invert(frame.view(), sheet);
  CHECK(texts_of(decode(dark)) == "by night");
  CHECK(texts_of(decode(dark, kThorough)) == "by night");
}

TEST_CASE("all codes of a picture are read, in reading order") {
  GrayFrame frame = flat(1000, 900, 255);
  paste(frame, qr_of("4 last").view(), 800, 600);
  // A little higher than its neighbour, yet in the same row.
  paste(frame, qr_of("2 right").view(), 600, 40);
  paste(frame, qr_of("1 left").view(), 100, 60);
  paste(frame, qr_of("3 below").view(), 100, 500);
  CHECK(texts_of(decode(frame.view(), kThorough)) == "1 left|2 right|3 below|4 last");
}

TEST_CASE("two codes of one text are two symbols, and one code is one however many passes read it") {
  GrayFrame frame = flat(1000, 500, 255);
  paste(frame, qr_of("twin").view(), 100, 100);
  CHECK(texts_of(decode(frame.view(), kThorough)) == "twin");
  paste(frame, qr_of("twin").view(), 600, 100);
  CHECK(texts_of(decode(frame.view(), kThorough)) == "twin|twin");
}

TEST_CASE("no more symbols come than were asked for") {
  GrayFrame frame = flat(1000, 500, 255);
  paste(frame, qr_of("one").view(), 100, 100);
  paste(frame, qr_of("two").view(), 600, 100);
  CHECK(decode(frame.view(), {.max_symbols = 1}).size() == 1);
  CHECK(decode(frame.view(), {.max_symbols = 0}).size() == 1);
  CHECK(decode(frame.view(), {.effort = Effort::thorough, .max_symbols = 1}).size() == 1);
}

TEST_CASE("control characters and zeros of a code come through") {
  const std::string text = "a\tb\nc\\d\x1b[31m\0z"s;
  CHECK(texts_of(decode(qr_of(text).view())) == text);
}

TEST_CASE("the largest code there is is read whole") {
  std::string text;
  while (text.size() < 2953) text += static_cast<char>('!' + text.size() % 90);
  const auto symbols = decode(qr_of(text).view(), kThorough);
  REQUIRE(symbols.size() == 1);
  CHECK(symbols[0].text == text);
}

TEST_CASE("a code of arbitrary bytes is some text and no crash") {
  std::string bytes;
  for (int i = 0; i < 1024; ++i) bytes += static_cast<char>((i * 7 + i / 256 * 13) % 256);
  const auto symbols = decode(qr_of(bytes).view(), kThorough);
  REQUIRE(symbols.size() == 1);
  CHECK_FALSE(symbols[0].text.empty());
  CHECK(symbols[0].text.size() <= kMaxSymbolBytes);
}

TEST_CASE("UTF-8 in a code stays UTF-8") {
  const std::string text = "公共采购 · Ünïcödé · العربية";
  CHECK(texts_of(decode(qr_of(text).view())) == text);
}

TEST_CASE("a view with a stride is read within its own width alone") {
  GrayFrame frame = flat(900, 400, 255);
  paste(frame, qr_of("inside").view(), 50, 50);
  paste(frame, qr_of("outside").view(), 550, 50);
  CHECK(texts_of(decode(frame.view().part(0, 0, 450, 400), kThorough)) == "inside");
}

TEST_CASE("frames without a code, and frames that are none, have no symbols") {
  for (const auto& options : {DecodeOptions{}, kThorough}) {
    CHECK(decode({}, options).empty());
    CHECK(decode(flat(1280, 720, 0).view(), options).empty());
    CHECK(decode(ramp(640, 480).view(), options).empty());
    CHECK(decode({nullptr, 100, 100, 100}, options).empty());
    const std::uint8_t pixel = 0;
    CHECK(decode({&pixel, kMaxFrameSidePixels + 1, 1, 1}, options).empty());
    for (const int side : {1, 2, 20, 21, 22, 40}) {
      CHECK(decode(flat(side, side, 255).view(), options).empty());
      CHECK(decode(flat(side, 700, 255).view(), options).empty());
      CHECK(decode(flat(2000, side, 255).view(), options).empty());
    }
  }
}

}  // namespace
}  // namespace lanyard::scanner
