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

struct WorkingRangeSettings {
  int arrivals{120};  // of each way to draw them
  int frames{30};     // held for so many of them, 30 a second
  std::string dump;
};
// What every arrival within the working range is read by, and after how long.
[[nodiscard]] Report run_working_range(const Settings& settings, const WorkingRangeSettings& asked);

struct LimitsSettings {
  int seeds{24};
  int frames{1};     // of each seed and level; the share read of them all counts
  std::string only;  // causes whose name has this in it
};
// One cause at a time, level by level.
[[nodiscard]] Report run_limits(const Settings& settings, const LimitsSettings& asked);

struct EmptySettings {
  arrivals::Size frame{1280, 720};
  int frames{66};  // of which the cost is told
};
// Frames without a code, of which all readers are asked.
[[nodiscard]] Report run_empty(const Settings& settings, const EmptySettings& empty);

struct FalseReadsSettings {
  int count{2000};
  std::string dump;
};
// Many more of them, of which Lanyard's own readers are asked.
[[nodiscard]] Report run_false_reads(const Settings& settings, const FalseReadsSettings& asked);

struct PartsSettings {
  arrivals::Size frame{1280, 720};
  int frames{33};  // with a code, and as many without
};
// What a frame costs part by part, and what a kiosk at rest costs. No reader is compared.
[[nodiscard]] Report run_parts(const Settings& settings, const PartsSettings& asked);

}  // namespace lanyard::bench
