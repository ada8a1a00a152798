#include "scanner/qr/mend.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "scanner/qr/reed_solomon.hpp"

namespace lanyard::scanner::qr {
namespace {

// Formats that are tried, the likeliest first.
constexpr std::size_t kFormatsTried = 2;
// A format must agree with what was seen at least this much, of 1 for all its bits; chance alone, the best of
// 32, stays below.
constexpr double kLeastFormatLikeness = 0.4;
// Check codewords of each block that neither errors nor erasures may use up once erasures are guessed: the
// guesses make chance hits likelier.
constexpr int kSpareChecks = 2;
// With fewer checks left after the erasures, a symbol of chance is one in millions rather than one in
// billions.
constexpr int kSureChecks = 4;
// Of a block's check codewords, how many are given to erasures, in eighths, in the order they are tried.
constexpr std::array<int, 4> kErasedEighths{0, 3, 5, 7};

struct FormatGuess {
  Format format;
  double likeness{0};
  bool mirrored{false};
};

Module turned(Module module, bool mirrored) {
  return mirrored ? Module{module.y, module.x} : module;
}

// The formats that fit both their copies best.
std::array<FormatGuess, kFormatsTried> guess_formats(const SeenModules& modules, const Layout& layout) {
  std::array<FormatGuess, kFormatsTried> best_first{};
  for (const bool mirrored : {false, true}) {
    for (int number = 0; number < kFormats; ++number) {
      const Format format = format_numbered(number);
      const std::uint32_t bits = format_bits(format);
      double best = 0;
      int both = 0;
      int weight_of_both = 0;
      for (const auto& copy : layout.format()) {
        int agreement = 0;
        int weight = 0;
        for (int bit = 0; bit < kFormatBits; ++bit) {
          const int light = modules.at(turned(copy[static_cast<std::size_t>(bit)], mirrored));
          const bool dark = (bits >> static_cast<unsigned>(kFormatBits - 1 - bit) & 1U) != 0;
          agreement += dark ? -light : light;
          weight += std::abs(light);
        }
        if (weight > 0) best = std::max(best, static_cast<double>(agreement) / weight);
        both += agreement;
        weight_of_both += weight;
      }
      if (weight_of_both == 0) continue;
      // One copy may lie under a finger: the better one counts as much as both together.
      const double together = static_cast<double>(both) / weight_of_both;
      FormatGuess guess{format, (best + together) / 2, mirrored};
      for (FormatGuess& other : best_first) {
        if (guess.likeness > other.likeness) std::swap(guess, other);
      }
    }
  }
  return best_first;
}

struct Codeword {
  std::uint8_t value{0};
  std::uint8_t trust{0};  // of its least certain bit
};

std::vector<Codeword> read_codewords(const SeenModules& modules, const Layout& layout,
                                     const FormatGuess& guess) {
  std::vector<Codeword> codewords(layout.data().size() / 8);
  std::size_t bit = 0;
  for (Codeword& codeword : codewords) {
    unsigned value = 0;
    int trust = 255;
    for (int i = 0; i < 8; ++i, ++bit) {
      const Module module = layout.data()[bit];
      const int light = modules.at(turned(module, guess.mirrored));
      const bool dark = (light < 0) != is_masked(guess.format.mask, module.x, module.y);
      value = value << 1U | (dark ? 1U : 0U);
      trust = std::min(trust, std::abs(light));
    }
    codeword = {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(trust)};
  }
  return codewords;
}

// Where the codewords of block `block` lie in the symbol's sequence. The data come first, a codeword of each
// block in turn, the longer blocks' last ones at the end; then the check codewords likewise.
struct Places {
  std::array<std::uint16_t, kMaxBlockCodewords> of{};
  std::size_t count{0};

  void add(int place) { of[count++] = static_cast<std::uint16_t>(place); }
};

Places places_of(const Blocks& blocks, int block) {
  const int shorter_data = blocks.codewords / blocks.count - blocks.check_codewords;
  const int longer = blocks.codewords % blocks.count;
  const int first_longer = blocks.count - longer;
  Places places;
  for (int i = 0; i < shorter_data; ++i) places.add(i * blocks.count + block);
  const int after = shorter_data * blocks.count;
  if (block >= first_longer) places.add(after + block - first_longer);
  for (int i = 0; i < blocks.check_codewords; ++i) {
    places.add(after + longer + i * blocks.count + block);
  }
  return places;
}

// Check codewords that must not be spent on corrections: table 9 keeps some of the smallest symbols', where a
// chance hit is likeliest.
int kept_checks(const Blocks& blocks) {
  if (blocks.count > 1) return 0;
  if (blocks.check_codewords <= 7) return 3;
  if (blocks.check_codewords <= 10) return 2;
  return blocks.check_codewords <= 17 ? 1 : 0;
}

struct Mended {
  int changed{0};
  bool sure{true};
};

// The block without errors, written back; nullopt if that cannot be.
std::optional<Mended> mend_one(std::vector<Codeword>& codewords, const Blocks& blocks, int block) {
  const Places found = places_of(blocks, block);
  const std::span<const std::uint16_t> places(found.of.data(), found.count);
  std::array<std::uint8_t, kMaxBlockCodewords> values{};
  std::array<std::uint8_t, kMaxBlockCodewords> by_trust{};
  const std::span<std::uint8_t> in_block(values.data(), places.size());
  const std::span<std::uint8_t> order(by_trust.data(), places.size());
  std::iota(order.begin(), order.end(), std::uint8_t{0});
  std::sort(order.begin(), order.end(), [&](std::uint8_t a, std::uint8_t b) {
    return std::pair{codewords[places[a]].trust, a} < std::pair{codewords[places[b]].trust, b};
  });
  for (const int eighths : kErasedEighths) {
    const int most = blocks.check_codewords - kSpareChecks;
    const int erased = std::min(most, blocks.check_codewords * eighths / 8);
    for (std::size_t i = 0; i < places.size(); ++i) in_block[i] = codewords[places[i]].value;
    const int spare = erased > 0 ? kSpareChecks : kept_checks(blocks);
    const auto changed = mend_block(in_block, blocks.check_codewords, spare,
                                    order.first(static_cast<std::size_t>(std::max(0, erased))));
    if (!changed) continue;
    for (std::size_t i = 0; i < places.size(); ++i) codewords[places[i]].value = in_block[i];
    return Mended{*changed, blocks.check_codewords - erased >= kSureChecks};
  }
  return std::nullopt;
}

void set(Symbol& symbol, Module module, bool dark) {
  symbol.dark[static_cast<std::size_t>(module.y) * static_cast<std::size_t>(symbol.dimension) + module.x] =
      dark ? 1 : 0;
}

Symbol draw(const Layout& layout, const FormatGuess& guess, const std::vector<Codeword>& codewords) {
  const int side = layout.dimension();
  Symbol symbol{side, {}, guess.format, guess.mirrored, 0};
  symbol.dark.resize(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
  for (const auto& known : layout.known()) set(symbol, known.at, known.dark);
  for (const auto& mark : layout.version_marks()) set(symbol, mark.at, mark.dark);
  const std::uint32_t bits = format_bits(guess.format);
  for (const auto& copy : layout.format()) {
    for (int bit = 0; bit < kFormatBits; ++bit) {
      set(symbol, copy[static_cast<std::size_t>(bit)],
          (bits >> static_cast<unsigned>(kFormatBits - 1 - bit) & 1U) != 0);
    }
  }
  for (std::size_t bit = 0; bit < layout.data().size(); ++bit) {
    const Module module = layout.data()[bit];
    const bool one =
        bit / 8 < codewords.size() && (std::uint32_t{codewords[bit / 8].value} >> (7U - bit % 8) & 1U) != 0;
    set(symbol, module, one != is_masked(guess.format.mask, module.x, module.y));
  }
  return symbol;
}

}  // namespace

double likeness(const SeenModules& modules) {
  const Layout& layout = Layout::of(version_of(modules.dimension));
  int agreement = 0;
  int weight = 0;
  for (const auto& known : layout.known()) {
    const int light = modules.at(known.at);
    agreement += known.dark ? -light : light;
    weight += std::abs(light);
  }
  return weight == 0 ? 0 : static_cast<double>(agreement) / weight;
}

std::optional<Symbol> mend(const SeenModules& modules) {
  const int version = version_of(modules.dimension);
  if (version == 0 || modules.light.size() != static_cast<std::size_t>(modules.dimension) *
                                                  static_cast<std::size_t>(modules.dimension)) {
    std::abort();
  }
  const Layout& layout = Layout::of(version);
  for (const FormatGuess& guess : guess_formats(modules, layout)) {
    if (guess.likeness < kLeastFormatLikeness) break;
    std::vector<Codeword> codewords = read_codewords(modules, layout, guess);
    const Blocks blocks = blocks_of(version, guess.format.level);
    int changed = 0;
    bool sure = true;
    bool whole = true;
    for (int block = 0; block < blocks.count && whole; ++block) {
      const auto mended = mend_one(codewords, blocks, block);
      whole = mended.has_value();
      if (!whole) break;
      changed += mended->changed;
      sure = sure && mended->sure;
    }
    if (!whole) continue;
    Symbol symbol = draw(layout, guess, codewords);
    symbol.changed = changed;
    symbol.sure = sure;
    return symbol;
  }
  return std::nullopt;
}

}  // namespace lanyard::scanner::qr
