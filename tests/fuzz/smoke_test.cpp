// The fuzzers of the scanner's bodies in the ordinary tests.
#include "tests/fuzz/smoke.hpp"

#include <algorithm>
#include <string>

#include "tests/catch.hpp"
#include "tests/fuzz/bodies.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;
using smoke::run;

Bytes with_head(const Bytes& head, const Bytes& rest) {
  Bytes bytes = head;
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

Bytes text(const std::string& of) {
  return {of.begin(), of.end()};
}

TEST_CASE("no JPEG, however broken, does harm") {
  const GrayFrame made = qr_of("harmless");
  const std::vector<Bytes> seeds{jpeg_of(made.view()), jpeg_of(made.view(), 60, true),
                                 jpeg_of(ramp(17, 9).view()), jpeg_of(flat(1, 1, 3).view())};
  CHECK(run("jpeg", fuzz::fuzz_jpeg, seeds, 2000) == 2000);
}

TEST_CASE("no picture, however broken, does harm") {
  const GrayFrame made = qr_of("harmless");
  const std::vector<Bytes> seeds{png_of(made.view()),        webp_of(made.view()), webp_of(made.view(), 90),
                                 lossy_webp_of(made.view()), jpeg_of(made.view()), png_header(10, 10)};
  CHECK(run("picture", fuzz::fuzz_picture, seeds, 3000) == 3000);
}

TEST_CASE("no raw frame, whatever its measures, does harm") {
  std::vector<Bytes> seeds;
  for (std::uint8_t format = 0; format < 3; ++format) {
    for (const std::uint8_t side : Bytes{1, 2, 7, 16}) {
      for (const std::uint8_t line : Bytes{0, 1, 16, 33}) {
        seeds.push_back(
            with_head({format, side, 0, side, 0, line, 0, 3}, Bytes(std::size_t{33} * side * 2, 9)));
      }
    }
  }
  for (std::uint8_t scale = 0; scale < 4; ++scale) {
    seeds.push_back(with_head({3, 33, 0, 20, 0, 0, 0, scale}, jpeg_of(ramp(33, 20).view())));
  }
  CHECK(run("pixels", fuzz::fuzz_pixels, seeds, 20'000) == 20'000);
}

// Symbols of some sizes, as the frames of the two bodies below.
std::vector<Bytes> frames() {
  std::vector<Bytes> seeds;
  for (const std::string& words :
       {std::string("a"), std::string("L1:A BADGE OF SOME LENGTH 0123456789"), std::string(120, '7')}) {
    for (const int module_pixels : {1, 2, 3}) {
      const GrayFrame made = qr_of(words, module_pixels);
      const int side = std::min(256, made.width());
      Bytes seed{static_cast<std::uint8_t>(side - 1),
                 static_cast<std::uint8_t>(std::min(256, made.height()) - 1), 0, 0};
      for (int y = 0; y < std::min(256, made.height()); ++y) {
        seed.insert(seed.end(), made.row(y), made.row(y) + side);
      }
      seeds.push_back(seed);
      seed[3] = 3;
      seeds.push_back(seed);
    }
  }
  return seeds;
}

TEST_CASE("no picture, whatever is in it, ends a reader") {
  CHECK(run("reader", fuzz::fuzz_reader, frames(), 1000) == 1000);
}

TEST_CASE("no frame, whatever is in it, ends a stream's reader") {
  CHECK(run("frame", fuzz::fuzz_frame, frames(), 300) == 300);
}

TEST_CASE("no frames, whatever is in them and wherever it goes, do harm when they are laid up") {
  std::vector<Bytes> seeds;
  const GrayFrame made = qr_of("laid up", 2);
  for (const std::uint8_t side : Bytes{0, 1, 3}) {
    for (const std::uint8_t sight : Bytes{0, 0x55, 0xff}) {
      Bytes seed{200, side, 100, side, 30, 0, 20, 0, 60, 0, 60, 0, 1, sight, 15, 0};
      seed.insert(seed.end(), made.row(0), made.row(0) + std::ptrdiff_t{made.width()} * made.height());
      seeds.push_back(seed);
    }
  }
  CHECK(run("stack", fuzz::fuzz_stack, seeds, 100) == 100);
}

TEST_CASE("no bytes of a hand scanner do harm, and none that must not come through do") {
  std::vector<Bytes> seeds;
  for (std::uint8_t end = 0; end < 7; ++end) {
    for (std::uint8_t set = 0; set < 8; ++set) {
      seeds.push_back(with_head(
          {end, set, 6}, text("]Q2\\000026L1:AB\\\\C\r\n]d1A\tB\x02*]Q1@SETUPE1\r@FACDEF\n\x03#@109952\r")));
      seeds.push_back(with_head({end, set, 255}, Bytes(20'000, 'x')));
    }
  }
  CHECK(run("hand", fuzz::fuzz_hand, seeds, 20'000) == 20'000);
}

TEST_CASE("no keys do harm") {
  std::vector<Bytes> seeds;
  for (std::uint8_t layout = 0; layout < 3; ++layout) {
    Bytes events{layout};
    for (std::uint8_t code = 1; code < 128; ++code) {
      events.insert(events.end(), {1, code, 0, 1, 0, 0, 0, 0, 1, code, 0, 0});
    }
    seeds.push_back(events);
  }
  CHECK(run("keys", fuzz::fuzz_keys, seeds, 20'000) == 20'000);
}

TEST_CASE("no text that is none of pretix's does harm, nor comes through") {
  const std::vector<Bytes> seeds{
      text("==QDYHpECdJ7vKBceey8KlfUupylW9TA/"
           "sbQtLy1hYNuWIJMhKJb42Ne+9oc4gldTi9DQMbFn1M4P4PIg7af9+wJBARaodmZlR2"
           "YiFWCKAEANAQA"),
      text("=8wJbjQzAHs/JsBK9DRHtPM1DeqdUGDXAOXH/"
           "stZ7tC1NR02n5qZgcXZLDa4emHvKw+AwFsisxNJK65lqNtjx8oBYPKkACjBY7Ih"
           "AiCDgUAwijBJnDBdwJTc4ljdzsWCKAEAgAQA"),
      text("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n"
           "-----END PUBLIC KEY-----\n"),
      text("MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n")};
  CHECK(run("pretix", fuzz::fuzz_pretix, seeds, 50'000) == 50'000);
}

}  // namespace
}  // namespace lanyard::scanner
