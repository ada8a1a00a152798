// Chance that is the same everywhere: the standard fixes the engine's numbers, but not those of its
// distributions, so these are our own.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <random>
#include <string_view>

namespace lanyard::arrivals {

// A seed of its own for each part of a picture, so that a change in one leaves the others as they were.
// (The finaliser of SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators".)
[[nodiscard]] constexpr std::uint64_t seed_of(std::uint64_t seed, std::uint64_t part) {
  std::uint64_t mixed = seed + (part + 1) * 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31U);
}

// FNV-1a, 64 bits.
[[nodiscard]] constexpr std::uint64_t seed_of(std::uint64_t seed, std::string_view part) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return seed_of(seed, hash);
}

// Threads: belongs to one thread.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  [[nodiscard]] std::uint64_t bits() { return engine_(); }
  // From `low` up to, but not including, `high`.
  [[nodiscard]] double between(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11U) * 0x1p-53;
  }
  [[nodiscard]] bool chance(double probability) { return between(0, 1) < probability; }
  // 0 to count - 1; the bias is beneath notice for the small counts of a picture.
  [[nodiscard]] int below(int count) {
    return static_cast<int>(engine_() % static_cast<std::uint64_t>(count < 1 ? 1 : count));
  }
  // Mean 0, deviation 1 (Box and Muller, 1958).
  [[nodiscard]] double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - between(0, 1)));
    return radius * std::cos(2.0 * std::numbers::pi * between(0, 1));
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace lanyard::arrivals
