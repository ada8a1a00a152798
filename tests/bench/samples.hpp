// How long something took, many times over. Threads: values.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace lanyard::bench {

using Millis = std::chrono::duration<double, std::milli>;
using Clock = std::chrono::steady_clock;

struct Series {
  std::string name;
  std::vector<double> ms;

  void add(Clock::duration took) { ms.push_back(Millis(took).count()); }
  // The value that this share of all lies at or below; 0 of none.
  [[nodiscard]] double at(double share) const {
    if (ms.empty()) return 0;
    std::vector<double> sorted = ms;
    std::ranges::sort(sorted);
    const auto last = static_cast<double>(sorted.size() - 1);
    return sorted[static_cast<std::size_t>(share * last + 0.5)];
  }
  [[nodiscard]] double median() const { return at(0.5); }
  [[nodiscard]] double p95() const { return at(0.95); }
};

// The time of one call.
template <class Work>
void time_into(Series& series, Work&& work) {
  const auto begin = Clock::now();
  work();
  series.add(Clock::now() - begin);
}

}  // namespace lanyard::bench
