// How a kiosk is and how its day goes, as staff are shown it: plain values. What the main loop knows of
// itself (the camera, the clock, a fault) is in State and View, and not repeated here.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sync/store.hpp"

namespace lanyard::kiosk {

// A disk with less is short of room: some days of rows, and a database that is written anew needs its own
// size once more.
inline constexpr std::uint64_t kLeastFreeBytes = 256ULL * 1024 * 1024;
inline constexpr std::size_t kAlertsShown = 100;

// What is left of the badges that the printer was filled with: a roll of labels, a stack of paper.
struct RollNow {
  std::uint32_t whole{0};  // 0: nobody has yet said that a new one is in, from which on it is counted
  std::uint32_t sent{0};   // to the printer since: what was spoilt there counts too
  [[nodiscard]] std::uint32_t left() const { return whole - std::min(whole, sent); }
  // Somebody should have the next at hand: a tenth is left, or the last ten (of a few, half of them).
  [[nodiscard]] bool is_low() const { return left() <= std::max(whole / 10, std::min(10U, whole / 2)); }
};

// The printer as its thread last knew it.
struct PrinterNow {
  struct Job {
    bool printed{false};
    std::string problem{};  // English, or as the printer says
    sync::Timestamp at{};
    friend bool operator==(const Job&, const Job&) = default;
  };
  bool set_up{false};
  std::size_t waiting{0};  // badges, the one being printed among them
  // Of the printer itself, when it was asked last.
  std::optional<sync::Timestamp> asked{};
  std::vector<std::string> reasons{};  // as printer.hpp has them, English; none: it is ready
  std::string problem{};               // why it cannot be reached or used; "": nothing
  std::optional<Job> last{};
  friend bool operator==(const PrinterNow&, const PrinterNow&) = default;
};

// What opens for whoever is let through, as the main loop knows it.
enum class GateNow : std::uint8_t {
  none,      // nobody set one up
  starting,  // it has yet to be heard of
  works,
  away,  // it cannot be reached, or has no lines
};

struct AlertLine {
  sync::Timestamp at{};
  std::string rule;
  std::string detail;      // one line of English, or ""
  std::string device;      // who wrote it
  std::string checkpoint;  // id, or ""
};

// As of `taken`. What the store could not tell is left out, and `problem` says why.
struct KioskStatus {
  sync::Timestamp taken{};  // by this kiosk's own clock, as are the other times but those of alerts
  std::string problem{};
  std::string device{};                      // "": not enrolled
  std::optional<std::uint64_t> disk_free{};  // bytes, where the store is
  PrinterNow printer{};
  std::optional<RollNow> roll{};  // nullopt: nobody said how many there are on one
  std::optional<sync::Timestamp> hub_contact{};
  std::optional<sync::Timestamp> roster_as_of{};
  std::uint64_t people{0};  // on the roster
  // The hub's clock minus ours; nullopt: a guess, or never compared.
  std::optional<std::chrono::milliseconds> clock_offset{};
  bool clock_synchronised{false};  // by the network, says this machine
  sync::UnsentCount queue{};
  std::optional<sync::Timestamp> oldest_unsent{};
  std::optional<std::uint32_t> inside{};  // the entrance's zone, of those who came in on this day
  std::optional<sync::DayTally> today{};  // nullopt: no roster says which day it is
  std::vector<AlertLine> alerts{};        // the newest first, at most kAlertsShown
};

}  // namespace lanyard::kiosk
