// Fuzzing without a fuzzer, for the ordinary tests: seeds, seeds with damage, and noise; always the same.
#pragma once

#include <random>
#include <span>
#include <string>

#include "tests/fuzz/seeds.hpp"

namespace lanyard::smoke {

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : engine_(seed) {}
  std::size_t below(std::size_t most) { return most == 0 ? 0 : engine_() % most; }
  std::uint8_t byte() { return static_cast<std::uint8_t>(engine_()); }

 private:
  std::mt19937 engine_;
};

// One to six wounds.
[[nodiscard]] Bytes damaged(Bytes bytes, Chance& chance);

// For a long walk, as under a sanitizer over night: so many times as far (LANYARD_FUZZ_ROUNDS, else 1).
[[nodiscard]] int rounds();

// As many times with damage as said, each seed whole, and some noise. The seeds are kept by that name.
int run(const std::string& name, void (*body)(std::span<const std::uint8_t>), const std::vector<Bytes>& seeds,
        int times);

}  // namespace lanyard::smoke
