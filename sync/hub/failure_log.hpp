// What of failures that come again and again is worth a line of the log: the first of a kind at once, and
// from then on at most one line in kFailurePause, which says how many there were. A disk that is full all
// night, or a database that is away, fails each request of each kiosk alike. PURE but for what it remembers;
// one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lanyard::sync::hub {

inline constexpr std::chrono::minutes kFailurePause{1};
inline constexpr std::size_t kMaxFailureKinds = 64;  // told apart at once

class FailureLog {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  // The line to write about this failure, or nullopt: it is counted for a later one.
  [[nodiscard]] std::optional<std::string> line_for(std::string_view failure, Instant now);

 private:
  struct Told {
    Instant at;
    std::uint64_t since{0};  // failures of which no line spoke
  };
  std::map<std::string, Told, std::less<>> told_;
};

}  // namespace lanyard::sync::hub
