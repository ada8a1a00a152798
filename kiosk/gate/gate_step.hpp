// When the gate is open, and which lamp is lit. PURE and total. Threads: reentrant.
//
// It fails shut. A pulse ends by this program's own clock, whatever the kiosk does; a kiosk that falls silent
// or goes leaves nothing on; a pulse is given within a second of when it was said, or never; and at most one
// waits for the one before it to end.
#pragma once

#include <chrono>
#include <optional>
#include <variant>
#include <vector>

#include "kiosk/gate/gate_word.hpp"

namespace lanyard::gate {

// A kiosk says its light each second.
inline constexpr std::chrono::milliseconds kSilence{3000};
// Later than so long after it was said, a pulse would be for somebody who has gone, or has gone another way.
inline constexpr std::chrono::milliseconds kFresh{1000};

struct Rules {
  std::chrono::milliseconds pulse{500};  // how long the gate is told to open
  std::chrono::milliseconds rest{300};   // between two pulses, so that a turnstile counts two
};

struct State {
  bool connected{false};
  bool works{false};  // the lines can be driven
  Light light{Light::off};
  Moment silent_at{};  // of a kiosk that is connected: by then it counts as gone
  std::uint32_t last_number{0};
  std::optional<Moment> open_until;
  Moment rests_until{};
  struct Waiting {
    std::uint32_t number{0};
    Moment too_old_after{};
  };
  std::optional<Waiting> waiting;
};

namespace event {
struct Connected {};
struct Said {
  Word word;
};
struct Gone {};       // the connection, or it is to end
struct Tick {};       // a deadline was reached (wake_at)
struct LinesJudged {  // what came of driving them, or of opening them anew
  bool work{false};
};
struct Opened {};  // the turnstile's line is on: its pulse counts from here, however long that took
}  // namespace event
using Event =
    std::variant<event::Connected, event::Said, event::Gone, event::Tick, event::LinesJudged, event::Opened>;

struct Step {
  State next;
  std::vector<Answer> answers;  // for the kiosk, if it is still there
};
[[nodiscard]] Step step(const State&, const Event&, const Rules&, Moment now);

// What the lines are to be.
struct Levels {
  bool open{false};
  Light light{Light::off};
  friend bool operator==(const Levels&, const Levels&) = default;
};
[[nodiscard]] Levels levels(const State&);

// When `step` wants a Tick; nullopt: when something happens.
[[nodiscard]] std::optional<Moment> wake_at(const State&);

}  // namespace lanyard::gate
