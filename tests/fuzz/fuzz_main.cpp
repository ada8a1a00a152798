// libFuzzer's entry, for the body that the build names.
#include "tests/fuzz/bodies.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {  // NOLINT: libFuzzer's name
  lanyard::scanner::fuzz::LANYARD_FUZZ_BODY({data, size});
  return 0;
}
