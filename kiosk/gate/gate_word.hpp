// What the kiosk and the gate say to each other, over a socket that keeps messages apart (SOCK_SEQPACKET).
// Sixteen bytes each, in this machine's byte order: both ends stand on it.
//
//   byte 0       kind: 'L' light, 'P' let one through; 'H' health, 'G' given, 'N' not given
//   byte 1       of 'L' a Light, of 'H' whether the lines work, of 'N' a NotGiven; else 0
//   bytes 2-3    0
//   bytes 4-7    number of the pulse, of 'P', 'G' and 'N': from 1 on, and higher each time; else 0
//   bytes 8-15   of 'L' and 'P', when it was said, in milliseconds of CLOCK_MONOTONIC; else 0
//
// Each light is answered by the health, each number by whether it was given. PURE. Threads: reentrant.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace lanyard::gate {

// The steady clock, which all programs of a machine read alike.
using Moment = std::chrono::steady_clock::time_point;

inline constexpr std::size_t kWordBytes = 16;
using Bytes = std::array<std::uint8_t, kWordBytes>;

// The lamp at the entrance.
enum class Light : std::uint8_t {
  off,    // nobody says anything
  ready,  // the next may come
  busy,   // somebody is being seen to
  stop,   // refused, or out of order
};
inline constexpr std::size_t kLights = 4;
[[nodiscard]] std::string_view to_name(Light);  // "ready"

// From the kiosk.
struct Word {
  enum class Kind : std::uint8_t { light, let_through } kind{Kind::light};
  Light light{Light::off};
  std::uint32_t number{0};  // of a pulse
  Moment said{};
  friend bool operator==(const Word&, const Word&) = default;
};

// Why a pulse did not come.
enum class NotGiven : std::uint8_t {
  too_old,   // it was said more than a second ago, or would be given later than that
  busy,      // one is under way, and another waits
  repeated,  // its number is no new one
  no_lines,  // the lines cannot be driven
  cut_off,   // the kiosk fell silent while it waited
};
inline constexpr std::size_t kNotGiven = 5;
[[nodiscard]] std::string_view to_text(NotGiven);  // English, for logs and staff

// From the gate.
struct Answer {
  enum class Kind : std::uint8_t { health, given, not_given } kind{Kind::health};
  bool works{false};        // of health
  std::uint32_t number{0};  // of a pulse
  NotGiven why{NotGiven::too_old};
  friend bool operator==(const Answer&, const Answer&) = default;
};

[[nodiscard]] Bytes to_bytes(const Word&);
[[nodiscard]] Bytes to_bytes(const Answer&);
// nullopt: it is none, as a whole.
[[nodiscard]] std::optional<Word> word_from(std::span<const std::uint8_t>);
[[nodiscard]] std::optional<Answer> answer_from(std::span<const std::uint8_t>);

}  // namespace lanyard::gate
