// What the hub tells of itself to who watches it: counters of the server, and how kiosks and journal stand,
// in the text format of OpenMetrics 1.0 (https://github.com/prometheus/OpenMetrics,
// specification/OpenMetrics.md), which Prometheus and others read. No name of a person is in it.
//
// Threads: HttpCounts is counted by the server's threads and read by any; the functions are reentrant.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sync/hub/hub_store.hpp"

namespace lanyard::sync::hub {

inline constexpr std::string_view kMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

class HttpCounts {
 public:
  // Upper bounds of the histogram of how long a request waited and was handled; the last is without one.
  static constexpr std::array<std::chrono::milliseconds, 8> kBounds{
      std::chrono::milliseconds(1),    std::chrono::milliseconds(5),   std::chrono::milliseconds(20),
      std::chrono::milliseconds(50),   std::chrono::milliseconds(100), std::chrono::milliseconds(250),
      std::chrono::milliseconds(1000), std::chrono::milliseconds(5000)};

  void answered(std::string_view path, int status, std::size_t body_bytes);
  void handled(std::chrono::steady_clock::duration took);
  void connections(std::size_t now) { connections_ = now; }
  void held(std::size_t now) { held_ = now; }
  void turned_away() { ++turned_away_; }
  void committed(std::size_t requests) {
    ++commits_;
    in_commits_ += requests;
  }

  [[nodiscard]] std::string text() const;

 private:
  static constexpr std::size_t kPaths = 8;    // the hub's own, and all others as one
  static constexpr std::size_t kClasses = 6;  // of status, by its first digit
  using Count = std::atomic<std::uint64_t>;

  std::array<std::array<Count, kClasses>, kPaths> answers_{};
  std::array<Count, kPaths> bytes_{};
  std::array<Count, kBounds.size() + 1> took_{};
  Count took_us_{0};
  Count turned_away_{0};
  Count commits_{0};
  Count in_commits_{0};
  Count connections_{0};
  Count held_{0};
};

// How the event stands.
struct HubStanding {
  std::vector<Device> devices;
  FeedCursor journal;  // whose number is about how many rows there are
  std::uint64_t attendees{0};
  std::int64_t roster_version{0};
  std::optional<UplinkStanding> uplink{};  // of a hub that has joined another
};
[[nodiscard]] Expected<HubStanding> standing_of(HubStore& store);
[[nodiscard]] std::string metrics_text(const HttpCounts& counts, const Expected<HubStanding>& standing,
                                       Timestamp now);

}  // namespace lanyard::sync::hub
