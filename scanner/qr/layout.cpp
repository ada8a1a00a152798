#include "scanner/qr/layout.hpp"

#include <algorithm>
#include <cstdlib>

namespace lanyard::scanner::qr {
namespace {

using Numbers = std::array<std::uint8_t, kMaxVersion>;  // one of each version

// Table 9: check codewords of each block, and the number of blocks, by level.
constexpr std::array<Numbers, 4> kCheckCodewords{{
    {7,  10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28,
     28, 28, 30, 30, 26, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
    {10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26,
     26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28},
    {13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30,
     28, 30, 30, 30, 30, 28, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
    {17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28,
     30, 24, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30},
}};
constexpr std::array<Numbers, 4> kBlocks{{
    {1, 1, 1, 1,  1,  2,  2,  2,  2,  4,  4,  4,  4,  4,  6,  6,  6,  6,  7,  8,
     8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 24, 25},
    {1,  1,  1,  2,  2,  4,  4,  4,  5,  5,  5,  8,  9,  9,  10, 10, 11, 13, 14, 16,
     17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49},
    {1,  1,  2,  2,  4,  4,  6,  6,  8,  8,  8,  10, 12, 16, 12, 17, 16, 18, 21, 20,
     23, 23, 25, 27, 29, 34, 34, 35, 38, 40, 43, 45, 48, 51, 53, 56, 59, 62, 65, 68},
    {1,  1,  2,  4,  4,  4,  5,  6,  8,  8,  11, 11, 16, 16, 18, 16, 19, 21, 25, 25,
     25, 34, 30, 32, 35, 37, 40, 42, 45, 48, 51, 54, 57, 60, 63, 66, 70, 74, 77, 81},
}};

// The two bits that name a level, in the order of Level.
constexpr std::array<std::uint32_t, 4> kLevelBits{1, 0, 3, 2};
constexpr std::uint32_t kFormatPolynomial = 0x537;
constexpr std::uint32_t kFormatMask = 0x5412;
constexpr std::uint32_t kVersionPolynomial = 0x1F25;
constexpr int kVersionBits = 18;
constexpr int kFirstMarkedVersion = 7;

// `value` followed by the remainder of its division, `bits` bits of it.
std::uint32_t with_remainder(std::uint32_t value, std::uint32_t polynomial, int bits) {
  std::uint32_t rest = value;
  for (int i = 0; i < bits; ++i)
    rest = (rest << 1U) ^ ((rest >> (static_cast<unsigned>(bits) - 1U)) * polynomial);
  return (value << static_cast<unsigned>(bits)) | (rest & ((1U << static_cast<unsigned>(bits)) - 1U));
}

// Annex E, as the formula that its table follows; version 32 alone departs from it.
std::vector<int> alignment_places(int version) {
  if (version < 2) return {};
  const int count = version / 7 + 2;
  const int step = version == 32 ? 26 : (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2;
  std::vector<int> places;
  places.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count - 1; ++i) places.push_back(dimension_of(version) - 7 - i * step);
  places.push_back(6);
  std::reverse(places.begin(), places.end());
  return places;
}

Module module_at(int x, int y) {
  return {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y)};
}

}  // namespace

Blocks blocks_of(int version, Level level) {
  const auto at = static_cast<std::size_t>(version - 1);
  const auto of = static_cast<std::size_t>(level);
  return {kBlocks[of][at], kCheckCodewords[of][at], static_cast<int>(Layout::of(version).data().size()) / 8};
}

std::uint32_t format_bits(Format format) {
  const std::uint32_t data =
      kLevelBits[static_cast<std::size_t>(format.level)] << 3U | static_cast<std::uint32_t>(format.mask);
  return with_remainder(data, kFormatPolynomial, 10) ^ kFormatMask;
}

Format format_numbered(int number) {
  return {static_cast<Level>(number / 8), number % 8};
}

bool is_masked(int mask, int x, int y) {
  switch (mask) {
    case 0:
      return (x + y) % 2 == 0;
    case 1:
      return y % 2 == 0;
    case 2:
      return x % 3 == 0;
    case 3:
      return (x + y) % 3 == 0;
    case 4:
      return (x / 3 + y / 2) % 2 == 0;
    case 5:
      return x * y % 2 + x * y % 3 == 0;
    case 6:
      return (x * y % 2 + x * y % 3) % 2 == 0;
    default:
      return ((x + y) % 2 + x * y % 3) % 2 == 0;
  }
}

const Layout& Layout::of(int version) {
  static PerVersion<Layout> layouts;
  return layouts.of(version, [version] { return std::unique_ptr<const Layout>(new Layout(version)); });
}

Layout::Layout(int version) : version_(version) {
  std::vector<bool> taken(static_cast<std::size_t>(dimension()) * static_cast<std::size_t>(dimension()));
  lay_finder(0, 0, taken);
  lay_finder(dimension() - kFinderModules, 0, taken);
  lay_finder(0, dimension() - kFinderModules, taken);
  lay_timing(taken);
  lay_alignments(taken);
  lay_format(taken);
  if (version_ >= kFirstMarkedVersion) lay_version(taken);
  lay_data(taken);
}

void Layout::lay_finder(int left, int top, std::vector<bool>& taken) {
  for (int y = std::max(0, top - 1); y < std::min(dimension(), top + kFinderModules + 1); ++y) {
    for (int x = std::max(0, left - 1); x < std::min(dimension(), left + kFinderModules + 1); ++x) {
      const int ring = std::max(std::abs(x - left - 3), std::abs(y - top - 3));
      known_.push_back({module_at(x, y), ring != 2 && ring != 4});
      taken[index(x, y)] = true;
    }
  }
}

void Layout::lay_timing(std::vector<bool>& taken) {
  for (int at = kFinderModules + 1; at < dimension() - kFinderModules - 1; ++at) {
    for (const Module module : {module_at(at, 6), module_at(6, at)}) {
      known_.push_back({module, at % 2 == 0});
      taken[index(module.x, module.y)] = true;
    }
  }
}

void Layout::lay_alignments(std::vector<bool>& taken) {
  const std::vector<int> places = alignment_places(version_);
  for (const int row : places) {
    for (const int column : places) {
      const bool at_finder = (row == 6 && column == 6) || (row == 6 && column == dimension() - 7) ||
                             (row == dimension() - 7 && column == 6);
      if (at_finder) continue;
      alignments_.push_back(module_at(column, row));
      for (int y = row - 2; y <= row + 2; ++y) {
        for (int x = column - 2; x <= column + 2; ++x) {
          if (taken[index(x, y)]) continue;  // of a timing pattern, which it agrees with
          known_.push_back({module_at(x, y), std::max(std::abs(x - column), std::abs(y - row)) != 1});
          taken[index(x, y)] = true;
        }
      }
    }
  }
}

void Layout::lay_format(std::vector<bool>& taken) {
  const int last = dimension() - 1;
  for (int bit = 0; bit < kFormatBits; ++bit) {
    // Around the top left finder pattern; the timing patterns are skipped.
    const int along = bit < 6 ? bit : bit + 1;
    const int back = bit < 9 ? 15 - bit : 14 - bit;
    format_[0][static_cast<std::size_t>(bit)] = bit < 8 ? module_at(along, 8) : module_at(8, back);
    // Up from the bottom left one, then towards the right edge below the top right one.
    format_[1][static_cast<std::size_t>(bit)] =
        bit < 7 ? module_at(8, last - bit) : module_at(last - 14 + bit, 8);
  }
  for (const auto& copy : format_) {
    for (const Module module : copy) taken[index(module.x, module.y)] = true;
  }
  known_.push_back({module_at(8, dimension() - 8), true});
  taken[index(8, dimension() - 8)] = true;
}

void Layout::lay_version(std::vector<bool>& taken) {
  const std::uint32_t bits = with_remainder(static_cast<std::uint32_t>(version_), kVersionPolynomial, 12);
  for (int bit = 0; bit < kVersionBits; ++bit) {
    const bool dark = (bits >> static_cast<unsigned>(bit) & 1U) != 0;
    const int far = dimension() - 11 + bit % 3;
    for (const Module module : {module_at(far, bit / 3), module_at(bit / 3, far)}) {
      version_marks_.push_back({module, dark});
      taken[index(module.x, module.y)] = true;
    }
  }
}

void Layout::lay_data(const std::vector<bool>& taken) {
  bool upwards = true;
  for (int right = dimension() - 1; right > 0; right -= 2) {
    if (right == 6) --right;  // the column of the timing pattern
    for (int step = 0; step < dimension(); ++step) {
      const int y = upwards ? dimension() - 1 - step : step;
      for (const int x : {right, right - 1}) {
        if (!taken[index(x, y)]) data_.push_back(module_at(x, y));
      }
    }
    upwards = !upwards;
  }
}

}  // namespace lanyard::scanner::qr
