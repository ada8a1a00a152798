// The tables of the scanner's benchmark. Threads: each makes its pictures on a thread of its own, and asks
// the readers on the caller's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/scan/readers.hpp"
#include "tests/bench/scan/table.hpp"
#include "tests/e2e/arrivals/geometry.hpp"

namespace lanyard::bench {

struct Settings {
  std::vector<Reader> readers;
  std::uint64_t seed{1};
  bool bars_apply{true};
  // Whose bars these are: the last of Lanyard's own that is asked.
  [[nodiscard]] const Reader& judged() const { return readers.back(); }
};

struct StreamsSettings {
  arrivals::Size frame{1280, 720};
  int sequences{60};
  int frames{40};  // of each; 30 a second
  bool until_read{false};
  std::string dump;  // a folder for the pictures of the sequences that are listed
};
// Somebody comes with a badge or a phone.
[[nodiscard]] Report run_streams(const Settings& settings, const StreamsSettings& streams);

}  // namespace lanyard::bench
