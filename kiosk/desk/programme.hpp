// What is on next for somebody. PURE. Threads: reentrant.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "sync/record.hpp"

namespace lanyard::kiosk {

// A session that begins so soon goes before one that has begun.
inline constexpr std::chrono::minutes kBeginsSoon{30};
// One that began no longer ago than that counts as beginning: whoever is a little late is on their way to it.
inline constexpr std::chrono::minutes kBegunJustNow{15};
// It is not worth going to one that is over by then.
inline constexpr std::chrono::minutes kNearlyOver{10};

struct Upcoming {
  const sync::Session* session{nullptr};  // of the event, which must outlive this
  std::string place;                      // kept for them there; "": none
  bool personal{false};                   // it tells something of them that is not so of everybody
  bool begun{false};
};

// The session that this attendee is expected at next, of those that they may go to with a badge that is valid
// then: one that begins soon or has just begun, else one that is on, the latest begun
// first, else the next to begin, up to the event's end. Of several at once, one with a place of their
// own goes before one for their category, and that before one for everybody; of two that are alike, neither
// is named: what is not certain is not said. Exhibits that are open all day are no reason to miss a session.
[[nodiscard]] std::optional<Upcoming> upcoming_for(const sync::Attendee& attendee,
                                                   const sync::EventInfo& event, sync::Timestamp now);

}  // namespace lanyard::kiosk
