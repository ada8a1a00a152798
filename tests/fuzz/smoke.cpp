#include "tests/fuzz/smoke.hpp"

#include <algorithm>
#include <cstdlib>

namespace lanyard::smoke {
namespace {

constexpr std::uint32_t kSeed = 20'261'123;

Bytes noise(Chance& chance) {
  Bytes bytes(chance.below(400));
  for (std::uint8_t& byte : bytes) byte = chance.byte();
  return bytes;
}

}  // namespace

Bytes damaged(Bytes bytes, Chance& chance) {
  for (std::size_t wounds = 1 + chance.below(6); wounds > 0 && !bytes.empty(); --wounds) {
    const std::size_t at = chance.below(bytes.size());
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    switch (chance.below(5)) {
      case 0:
        bytes[at] = chance.byte();
        break;
      case 1:
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << chance.below(8)));
        break;
      case 2:
        bytes.erase(from,
                    from + static_cast<std::ptrdiff_t>(std::min(bytes.size() - at, 1 + chance.below(40))));
        break;
      case 3:
        bytes.insert(from, 1 + chance.below(40), chance.byte());
        break;
      default:
        bytes.resize(at);
    }
  }
  return bytes;
}

int rounds() {
  const char* told = std::getenv("LANYARD_FUZZ_ROUNDS");
  return told == nullptr ? 1 : std::max(1, std::atoi(told));
}

int run(const std::string& name, void (*body)(std::span<const std::uint8_t>), const std::vector<Bytes>& seeds,
        int times) {
  keep_seeds(name, seeds);
  Chance chance(kSeed);
  for (const Bytes& seed : seeds) body(seed);
  for (int i = 0; i < times * rounds(); ++i) {
    const Bytes& seed = seeds[chance.below(seeds.size())];
    body(i % 8 == 0 ? noise(chance) : damaged(seed, chance));
  }
  return times;
}

}  // namespace lanyard::smoke
