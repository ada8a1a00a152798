// How often the kiosk has started lately: one that comes down again and again starts in safe mode, without
// what may bring it down. The file lies where systemd keeps it between a service's restarts, and loses it
// with the machine's. Threads: none shared.
#pragma once

#include <chrono>
#include <filesystem>
#include <span>
#include <vector>

namespace lanyard::kiosk {

enum class StartMode : std::uint8_t {
  usual,
  safe,  // no camera, no card, no sound, nothing of the event's: hand scanners and staff's search are left
};

// Three that came down within five minutes are no accident. systemd's own limit, which starts the machine
// anew, is higher (lanyard-kiosk.service).
inline constexpr std::size_t kStartsInVain = 3;
inline constexpr std::chrono::seconds kStartsWithin{300};
// Then the usual way is tried again, once nobody stands there.
inline constexpr std::chrono::minutes kSafeFor{15};

// PURE. `earlier` are the starts that did not end well, counted like `now` from when the machine started.
[[nodiscard]] StartMode mode_of(std::span<const std::chrono::seconds> earlier, std::chrono::seconds now);

// A start as it is under way: noted when it is made, and struck out when it is said to have ended well. A
// file that cannot be read or written counts for none: a kiosk without its record starts as usual.
class StartRecord {
 public:
  // An empty `folder`: nobody keeps a record, as on a desk.
  StartRecord(const std::filesystem::path& folder, std::chrono::seconds now);

  [[nodiscard]] StartMode mode() const { return mode_; }
  void ended_well() const;

 private:
  void write(const std::vector<std::chrono::seconds>& starts) const;

  std::filesystem::path file_;
  std::vector<std::chrono::seconds> earlier_;
  StartMode mode_{StartMode::usual};
};

}  // namespace lanyard::kiosk
