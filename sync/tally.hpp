// How a day of the event is going, in numbers: counted from the journal, this kiosk's rows and the others'.
// Threads: values.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "sync/calendar.hpp"

namespace lanyard::sync {

inline constexpr std::chrono::minutes kTallySlot{30};

struct DayCounts {
  std::uint32_t people{0};      // let in: each once, however often they came
  std::uint32_t admissions{0};  // that nobody has taken back
  std::uint32_t refused{0};
  std::uint32_t badges{0};  // printed
  friend bool operator==(const DayCounts&, const DayCounts&) = default;
};

// Admissions of kTallySlot.
struct SlotCount {
  std::uint32_t here{0};
  std::uint32_t everywhere{0};  // those here among them
  friend bool operator==(const SlotCount&, const SlotCount&) = default;
};

struct DayTally {
  Timestamp from{};  // the venue's day
  Timestamp until{};
  DayCounts here;                // at the entrance that was asked for
  DayCounts everywhere;          // at all of which rows are known
  std::vector<SlotCount> slots;  // from `from` on: 48, but for a day on which the clocks change
  std::uint32_t badges_owed{
      0};  // people whose badge this device failed to print, and nobody has printed since
  friend bool operator==(const DayTally&, const DayTally&) = default;
};

}  // namespace lanyard::sync
