// The QR reader's own parts: the structure against libqrencode, which draws symbols by the standard;
// corrections against known damage.
#include <array>
#include <random>
#include <string>
#include <vector>

#include <qrencode.h>

#include "scanner/qr/layout.hpp"
#include "scanner/qr/mend.hpp"
#include "scanner/qr/reader.hpp"
#include "scanner/qr/reed_solomon.hpp"
#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner::qr {
namespace {

constexpr std::array kLevels{QR_ECLEVEL_L, QR_ECLEVEL_M, QR_ECLEVEL_Q, QR_ECLEVEL_H};
constexpr std::int8_t kSure = 100;

struct Drawn {
  int dimension{0};
  std::vector<std::uint8_t> dark;
};

Drawn draw(const std::string& text, int version, QRecLevel level) {
  QRcode* code = QRcode_encodeString8bit(text.c_str(), version, level);
  REQUIRE(code != nullptr);
  Drawn drawn{code->width, {}};
  for (int i = 0; i < code->width * code->width; ++i) drawn.dark.push_back(code->data[i] & 1U);
  QRcode_free(code);
  REQUIRE(drawn.dimension == dimension_of(version));
  return drawn;
}

SeenModules seen_of(const Drawn& drawn) {
  SeenModules seen{drawn.dimension, {}};
  for (const std::uint8_t dark : drawn.dark) seen.light.push_back(dark != 0 ? -kSure : kSure);
  return seen;
}

// A square in the middle, `share` of the symbol's side wide, of which nothing is certain and half is wrong.
void cover_middle(SeenModules& seen, double share, std::int8_t certainty, std::mt19937& random) {
  const int side = static_cast<int>(seen.dimension * share);
  const int from = (seen.dimension - side) / 2;
  for (int y = from; y < from + side; ++y) {
    for (int x = from; x < from + side; ++x) {
      seen.light[static_cast<std::size_t>(y * seen.dimension + x)] =
          random() % 2 == 0 ? certainty : static_cast<std::int8_t>(-certainty);
    }
  }
}

TEST_CASE("every version at every level comes back as it was drawn") {
  for (int version = kMinVersion; version <= kMaxVersion; ++version) {
    for (std::size_t level = 0; level < kLevels.size(); ++level) {
      CAPTURE(version);
      CAPTURE(level);
      const Drawn drawn = draw("badge " + std::to_string(version % 10), version, kLevels[level]);
      const auto symbol = mend(seen_of(drawn));
      REQUIRE(symbol.has_value());
      CHECK(symbol->changed == 0);
      CHECK_FALSE(symbol->mirrored);
      CHECK(static_cast<std::size_t>(symbol->format.level) == level);
      CHECK(symbol->dark == drawn.dark);
      CHECK(likeness(seen_of(drawn)) == 1);
    }
  }
}

TEST_CASE("a symbol seen from behind is read, and told as mirrored") {
  const Drawn drawn = draw("from behind", 3, QR_ECLEVEL_M);
  const SeenModules seen = seen_of(drawn);
  SeenModules turned = seen;
  for (int y = 0; y < seen.dimension; ++y) {
    for (int x = 0; x < seen.dimension; ++x) {
      turned.light[static_cast<std::size_t>(y * seen.dimension + x)] =
          seen.light[static_cast<std::size_t>(x * seen.dimension + y)];
    }
  }
  const auto symbol = mend(turned);
  REQUIRE(symbol.has_value());
  CHECK(symbol->mirrored);
  CHECK(symbol->dark == drawn.dark);
}

TEST_CASE("what is known to be uncertain may be twice as much as what is wrong unnoticed") {
  std::mt19937 random(7);
  const Drawn drawn = draw("a badge with a hole in its middle", 5, QR_ECLEVEL_M);
  SeenModules sure = seen_of(drawn);
  SeenModules unsure = sure;
  cover_middle(sure, 0.36, kSure, random);
  cover_middle(unsure, 0.36, 2, random);
  CHECK_FALSE(mend(sure).has_value());
  const auto symbol = mend(unsure);
  REQUIRE(symbol.has_value());
  CHECK(symbol->dark == drawn.dark);
  CHECK(symbol->changed > 0);
}

TEST_CASE("modules of chance are no symbol") {
  std::mt19937 random(1);
  for (int tried = 0; tried < 3000; ++tried) {
    SeenModules noise{dimension_of(1 + tried % 8), {}};
    noise.light.resize(static_cast<std::size_t>(noise.dimension) * static_cast<std::size_t>(noise.dimension));
    for (auto& light : noise.light) light = static_cast<std::int8_t>(static_cast<int>(random() % 255) - 127);
    CAPTURE(tried);
    CHECK(likeness(noise) < 0.5);
  }
}

TEST_CASE("a block is mended as far as its check codewords reach, and no further") {
  std::vector<std::uint8_t> block(26, 0);  // all zeros is a codeword
  const std::vector<std::uint8_t> whole = block;
  for (std::size_t i = 0; i < 5; ++i) block[i * 3] = static_cast<std::uint8_t>(17 * i + 1);
  auto five = block;
  CHECK(mend_block(five, 10, 0, {}) == 5);
  CHECK(five == whole);
  auto spare = block;
  CHECK_FALSE(mend_block(spare, 10, 2, {}).has_value());
  CHECK(spare == block);
  auto six = block;
  six[20] = 99;
  const auto before = six;
  CHECK_FALSE(mend_block(six, 10, 0, {}).has_value());
  CHECK(six == before);
  // Two of the six are known to be bad.
  const std::array<std::uint8_t, 2> erased{0, 20};
  CHECK(mend_block(six, 10, 0, erased) == 6);
  CHECK(six == whole);
}

TEST_CASE("more erasures than check codewords are refused") {
  std::vector<std::uint8_t> block(20, 1);
  std::array<std::uint8_t, 8> erased{};
  for (std::size_t i = 0; i < erased.size(); ++i) erased[i] = static_cast<std::uint8_t>(i);
  CHECK_FALSE(mend_block(block, 7, 0, erased).has_value());
}

TEST_CASE("a reader sees nothing in pictures that are too small to hold anything") {
  SymbolReader reader;
  for (int side = 1; side < 24; ++side) {
    const GrayFrame picture = testing::ramp(side, side);
    CHECK(reader.read(picture.view(), {}).empty());
  }
}

}  // namespace
}  // namespace lanyard::scanner::qr
