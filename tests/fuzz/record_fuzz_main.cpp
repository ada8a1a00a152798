// libFuzzer's entries, for the body that the build names.
#include <algorithm>

#include "tests/fuzz/record_bodies.hpp"
#include "tests/fuzz/record_seeds.hpp"
#include "tests/fuzz/seeds.hpp"

// NOLINTBEGIN: libFuzzer's names and types
// Before any folder of inputs is read, so that the seeds may lie in one.
extern "C" int LLVMFuzzerInitialize(int*, char***) {
  lanyard::smoke::keep_seeds(LANYARD_FUZZ_NAME, lanyard::sync::fuzz::LANYARD_FUZZ_SEEDS_OF());
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lanyard::sync::fuzz::LANYARD_FUZZ_BODY({data, size});
  return 0;
}

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned chance) {
  using lanyard::sync::fuzz::Bytes;
  const auto change = [](Bytes bytes, std::size_t most_bytes) {
    const std::size_t used = std::min(bytes.size(), most_bytes);
    bytes.resize(std::max<std::size_t>(most_bytes, 1));
    bytes.resize(LLVMFuzzerMutate(bytes.data(), used, bytes.size()));
    return bytes;
  };
  const Bytes made = lanyard::sync::fuzz::LANYARD_FUZZ_MUTATOR({data, data + size}, most, chance, change);
  std::ranges::copy(made, data);
  return made.size();
}
// NOLINTEND
