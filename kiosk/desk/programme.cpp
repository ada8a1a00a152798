#include "kiosk/desk/programme.hpp"

#include <algorithm>
#include <tuple>

namespace lanyard::kiosk {
namespace {

using sync::Attendee;
using sync::Seat;
using sync::Session;
using sync::Timestamp;

// Whom a session is for, from the most to the least personal.
enum class Claim : std::uint8_t { own, category, everybody, none };

const Seat* seat_in(const Attendee& attendee, const std::string& session) {
  const auto found = std::ranges::find(attendee.seats, session, &Seat::session);
  return found == attendee.seats.end() ? nullptr : &*found;
}

bool has(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

Claim claim_of(const Attendee& attendee, const Session& session) {
  if (!session.zone.empty() && !has(attendee.zones, session.zone)) return Claim::none;
  if (seat_in(attendee, session.id) != nullptr) return Claim::own;
  if (session.signed_up) return Claim::none;
  if (session.categories.empty()) return Claim::everybody;
  const bool expected = has(session.categories, attendee.category) ||
                        std::ranges::any_of(attendee.other_categories, [&](const std::string& other) {
                          return has(session.categories, other);
                        });
  return expected ? Claim::category : Claim::none;
}

struct Ranked {
  const Session* session{nullptr};
  Claim claim{Claim::none};
  enum class When : std::uint8_t { soon, on, later } when{When::later};
  std::chrono::milliseconds away{0};
  bool begun{false};
  // What goes first is least. At one time, what is theirs; of those that have begun, the latest.
  [[nodiscard]] auto rank() const {
    return std::tuple(when, when == When::later ? Claim::own : claim, away, claim);
  }
};

bool is_valid_in(const Attendee& attendee, const sync::Interval& time) {
  return (!attendee.valid_from || *attendee.valid_from < time.until) &&
         (!attendee.valid_until || time.from < *attendee.valid_until);
}

std::optional<Ranked> ranked(const Attendee& attendee, const Session& session, Timestamp now) {
  Ranked one{&session, claim_of(attendee, session)};
  if (one.claim == Claim::none || session.time.until <= now) return std::nullopt;
  if (!is_valid_in(attendee, session.time)) return std::nullopt;
  const bool begun = session.time.from <= now;
  if (begun && session.time.until - now < kNearlyOver) return std::nullopt;
  one.away = begun ? now - session.time.from : session.time.from - now;
  one.begun = begun;
  if (one.away <= (begun ? kBegunJustNow : kBeginsSoon)) {
    one.when = Ranked::When::soon;
  } else if (begun) {
    one.when = Ranked::When::on;
  }
  return one;
}

std::string place_in(const Attendee& attendee, const Session& session) {
  if (const Seat* own = seat_in(attendee, session.id); own != nullptr && !own->place.empty())
    return own->place;
  const Seat* any = session.seated ? seat_in(attendee, "") : nullptr;
  return any == nullptr ? std::string() : any->place;
}

}  // namespace

std::optional<Upcoming> upcoming_for(const Attendee& attendee, const sync::EventInfo& event, Timestamp now) {
  std::optional<Ranked> first;
  bool alike = false;
  for (const Session& session : event.sessions) {
    const auto one = ranked(attendee, session, now);
    if (!one || (first && first->rank() < one->rank())) continue;
    alike = first && first->rank() == one->rank();
    first = one;
  }
  if (!first || alike) return std::nullopt;
  const bool of_everybody = first->claim == Claim::everybody && first->session->zone.empty();
  return Upcoming{first->session, place_in(attendee, *first->session), !of_everybody, first->begun};
}

}  // namespace lanyard::kiosk
