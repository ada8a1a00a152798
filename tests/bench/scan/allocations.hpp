// How often this thread has asked for memory by operator new, so far.
#pragma once

#include <cstddef>

namespace lanyard::bench {

[[nodiscard]] std::size_t allocations();

}  // namespace lanyard::bench
