// What a voice says, as samples. Threads: reentrant.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kiosk/voice/speech.hpp"
#include "tests/catch.hpp"

namespace lanyard::kiosk {

// Of full scale: speech lies about 0.1.
inline double loudness(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (const std::int16_t sample : samples) sum += std::pow(static_cast<double>(sample) / 32'768, 2);
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}
inline constexpr double kHeard = 0.01;

inline std::vector<std::int16_t> spoken(const Sentence& sentence) {
  auto speech = Speech::begin(sentence);
  REQUIRE(speech);
  std::vector<std::int16_t> all;
  std::array<std::int16_t, 999> some{};
  while (true) {
    const auto count = speech->read(some);
    REQUIRE(count);
    if (*count == 0) return all;
    all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(*count));
  }
}

}  // namespace lanyard::kiosk
