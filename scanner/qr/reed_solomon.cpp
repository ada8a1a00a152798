#include "scanner/qr/reed_solomon.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace lanyard::scanner::qr {
namespace {

struct Field {
  std::array<std::uint8_t, 512> power{};  // of 2; twice round, so that sums of two logarithms fit
  std::array<std::uint8_t, 256> logarithm{};
};

constexpr Field make_field() {
  Field field;
  unsigned value = 1;
  for (unsigned i = 0; i < 255; ++i) {
    field.power[i] = field.power[i + 255] = static_cast<std::uint8_t>(value);
    field.logarithm[value] = static_cast<std::uint8_t>(i);
    value = value << 1U;
    if (value > 255) value ^= 0x11DU;
  }
  return field;
}
constexpr Field kField = make_field();

std::uint8_t times(std::uint8_t a, std::uint8_t b) {
  if (a == 0 || b == 0) return 0;
  return kField.power[static_cast<std::size_t>(kField.logarithm[a] + kField.logarithm[b])];
}
std::uint8_t inverse(std::uint8_t a) {
  return kField.power[static_cast<std::size_t>(255 - kField.logarithm[a])];
}
std::uint8_t power_of_two(int exponent) {
  return kField.power[static_cast<std::size_t>(exponent % 255)];
}

// The coefficient of x^i at [i].
using Polynomial = std::array<std::uint8_t, kMaxCheckCodewords + 1>;

std::uint8_t value_at(const Polynomial& polynomial, int degree, std::uint8_t x) {
  std::uint8_t sum = 0;
  for (int i = degree; i >= 0; --i) {
    sum = static_cast<std::uint8_t>(times(sum, x) ^ polynomial[static_cast<std::size_t>(i)]);
  }
  return sum;
}

// False if all are zero: nothing is wrong.
bool find_syndromes(std::span<const std::uint8_t> block, int count, Polynomial& syndromes) {
  bool any = false;
  for (int i = 0; i < count; ++i) {
    const std::uint8_t root = power_of_two(i);
    std::uint8_t sum = 0;
    for (const std::uint8_t codeword : block) sum = static_cast<std::uint8_t>(times(sum, root) ^ codeword);
    syndromes[static_cast<std::size_t>(i)] = sum;
    any = any || sum != 0;
  }
  return any;
}

void multiply_by_x(Polynomial& polynomial) {
  std::move_backward(polynomial.begin(), polynomial.end() - 1, polynomial.end());
  polynomial[0] = 0;
}

// The polynomial whose roots tell the places; its degree in `degree`.
Polynomial find_locator(const Polynomial& syndromes, int checks, std::span<const std::uint8_t> erased,
                        std::size_t length, int& degree) {
  Polynomial locator{1};
  for (const std::uint8_t place : erased) {
    Polynomial shifted = locator;
    multiply_by_x(shifted);
    const std::uint8_t root = power_of_two(static_cast<int>(length) - 1 - place);
    for (std::size_t i = 0; i < locator.size(); ++i) {
      locator[i] = static_cast<std::uint8_t>(locator[i] ^ times(root, shifted[i]));
    }
  }
  const int erasures = static_cast<int>(erased.size());
  Polynomial before = locator;
  int found = erasures;
  for (int step = erasures; step < checks; ++step) {
    std::uint8_t discrepancy = 0;
    for (int i = 0; i <= step; ++i) {
      discrepancy =
          static_cast<std::uint8_t>(discrepancy ^ times(locator[static_cast<std::size_t>(i)],
                                                        syndromes[static_cast<std::size_t>(step - i)]));
    }
    multiply_by_x(before);
    if (discrepancy == 0) continue;
    const Polynomial current = locator;
    for (std::size_t i = 0; i < locator.size(); ++i) {
      locator[i] = static_cast<std::uint8_t>(locator[i] ^ times(discrepancy, before[i]));
    }
    if (2 * found <= step + erasures) {
      found = step + 1 + erasures - found;
      const std::uint8_t scale = inverse(discrepancy);
      for (std::size_t i = 0; i < before.size(); ++i) before[i] = times(current[i], scale);
    }
  }
  degree = static_cast<int>(locator.size()) - 1;
  while (degree > 0 && locator[static_cast<std::size_t>(degree)] == 0) --degree;
  return locator;
}

// Forney: what is wrong at the place whose power of two is `x`.
std::uint8_t error_at(const Polynomial& evaluator, const Polynomial& locator, int checks, int degree,
                      std::uint8_t x) {
  const std::uint8_t inverted = inverse(x);
  std::uint8_t slope = 0;
  for (int i = 1; i <= degree; i += 2) {
    std::uint8_t term = locator[static_cast<std::size_t>(i)];
    for (int k = 1; k < i; ++k) term = times(term, inverted);
    slope = static_cast<std::uint8_t>(slope ^ term);
  }
  if (slope == 0) return 0;
  return times(x, times(value_at(evaluator, checks - 1, inverted), inverse(slope)));
}

}  // namespace

std::optional<int> mend_block(std::span<std::uint8_t> block, int check_codewords, int spare,
                              std::span<const std::uint8_t> erased) {
  if (block.size() > kMaxBlockCodewords || check_codewords > kMaxCheckCodewords || check_codewords < 1)
    std::abort();
  if (static_cast<int>(erased.size()) > check_codewords) return std::nullopt;
  Polynomial syndromes{};
  if (!find_syndromes(block, check_codewords, syndromes)) return 0;
  int degree = 0;
  const Polynomial locator = find_locator(syndromes, check_codewords, erased, block.size(), degree);
  const int errors = degree - static_cast<int>(erased.size());
  if (errors < 0 || 2 * errors + static_cast<int>(erased.size()) > check_codewords - spare)
    return std::nullopt;

  Polynomial evaluator{};
  for (int i = 0; i < check_codewords; ++i) {
    for (int k = 0; k <= std::min(i, degree); ++k) {
      auto& sum = evaluator[static_cast<std::size_t>(i)];
      sum = static_cast<std::uint8_t>(
          sum ^ times(locator[static_cast<std::size_t>(k)], syndromes[static_cast<std::size_t>(i - k)]));
    }
  }
  std::array<std::uint8_t, kMaxBlockCodewords> mended{};
  std::copy(block.begin(), block.end(), mended.begin());
  int roots = 0;
  int changed = 0;
  for (std::size_t place = 0; place < block.size(); ++place) {
    const std::uint8_t x = power_of_two(static_cast<int>(block.size() - 1 - place));
    if (value_at(locator, degree, inverse(x)) != 0) continue;
    ++roots;
    const std::uint8_t error = error_at(evaluator, locator, check_codewords, degree, x);
    mended[place] = static_cast<std::uint8_t>(mended[place] ^ error);
    changed += error != 0 ? 1 : 0;
  }
  const std::span<std::uint8_t> result(mended.data(), block.size());
  if (roots != degree || find_syndromes(result, check_codewords, syndromes)) return std::nullopt;
  std::copy(result.begin(), result.end(), block.begin());
  return changed;
}

}  // namespace lanyard::scanner::qr
