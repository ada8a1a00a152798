// Thread CPU time, and the statistics of many figures. Threads: values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <utility>
#include <vector>

#include "tests/bench/scan/readers.hpp"

namespace lanyard::bench {

[[nodiscard]] inline double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

struct Timed {
  Answer answer;
  double ms{0};
};
[[nodiscard]] inline Timed timed(const Read& read, scanner::GrayView view) {
  const double begin = cpu_ms();
  Answer answer = read(view);
  return {std::move(answer), cpu_ms() - begin};
}

// Any figures; 0 of none.
struct Sample {
  std::vector<double> values;

  void add(double value) { values.push_back(value); }
  [[nodiscard]] double mean() const {
    double sum = 0;
    for (const double value : values) sum += value;
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
  }
  // The least value that this share of all lies at or below.
  [[nodiscard]] double at(double share) const {
    if (values.empty()) return 0;
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    const auto count = static_cast<double>(sorted.size());
    const auto rank = static_cast<std::size_t>(share * count - 1e-9);
    return sorted[std::min(rank, sorted.size() - 1)];
  }
};

}  // namespace lanyard::bench
