// What a fuzzer begins with, as files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lanyard::smoke {

using Bytes = std::vector<std::uint8_t>;

// Into a folder of that name under LANYARD_FUZZ_SEEDS, if that is set. Aborts where they cannot be written: a
// fuzzer without its seeds would find nothing, and say that there is nothing.
void keep_seeds(const std::string& name, const std::vector<Bytes>& seeds);

}  // namespace lanyard::smoke
