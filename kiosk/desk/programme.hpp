// What is on next for somebody. PURE. Threads: reentrant.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "sync/record.hpp"

namespace lanyard::kiosk {

// A session that begins so soon goes before one that has begun.
inline constexpr std::chrono::minutes kBeginsSoon{30};
// It is not worth going to one that is over by then.
inline constexpr std::chrono::minutes kNearlyOver{10};

struct Upcoming {
  const sync::Session* session{nullptr};  // of the event, which must outlive this
  std::string place;                      // kept for them there; "": none
  bool own{false};  // it is theirs by name: they signed up, or have a place of their own
  bool begun{false};
};

// The session that this attendee is expected at next: one that begins soon, else one that is on, the latest
// begun first, else the next to begin, up to the event's end. Of several at once, one with a place of their
// own goes before one for their category, and that before one for everybody; of two that are alike, neither
// is named: what is not certain is not said. Exhibits that are open all day are no reason to miss a session.
[[nodiscard]] std::optional<Upcoming> upcoming_for(const sync::Attendee& attendee,
                                                   const sync::EventInfo& event, sync::Timestamp now);

}  // namespace lanyard::kiosk
