// What a decision is based on: facts and policy as values, and how a journal row keeps them. The rulebook
// itself is kiosk/desk/decide.hpp. PURE. Threads: reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "sync/credential.hpp"
#include "sync/error.hpp"
#include "sync/record.hpp"

namespace lanyard::sync {

// What was held up, as far as it could be read without the roster.
using Presented = tl::expected<Credential, Unreadable>;

// What the journal says of an attendee in a zone, all devices together.
struct Presence {
  bool inside{false};
  std::uint32_t entries{0};
  std::optional<Timestamp> last_entry;  // by the hub's clock, as far as it is known (see order.hpp)
  std::optional<Timestamp> last_exit;
  std::string entry_checkpoint;
  std::string entry_device;
  bool badge_printed{false};
  std::uint32_t badges_taken{0};  // that came out without staff's doing: at an entrance or a station
  friend bool operator==(const Presence&, const Presence&) = default;
};

// What is known at this moment. Facts, never verdicts.
struct Facts {
  std::optional<Timestamp> as_of;  // when the hub last confirmed the roster
  std::int64_t roster_version{0};
  std::string event;                 // id of the event that this kiosk serves
  std::optional<Attendee> attendee;  // of the credential, if the roster has one
  // Not on the roster here, but the credential is signed: what `attendee` says comes from it alone.
  bool provisional{false};
  std::uint32_t provisional_here{0};  // such people whom this kiosk let in, and whom it has not heard of yet
  std::optional<Attendee> stands_in_for;   // whose place the attendee has taken
  std::string replaced_by;                 // id of the one who has taken theirs, or ""
  std::uint32_t credential_generation{1};  // of what was held up
  std::uint32_t living_generation{1};      // the highest known for the attendee
  Presence presence;                       // of the attendee in the checkpoint's zone
  bool principal_inside{false};            // of a companion: is the principal in the zone?
  bool principal_entered{false};           // ... and were they, today?
  std::uint32_t companions_inside{0};      // of the same principal
  std::uint32_t inside{0};                 // people in the zone
  std::uint32_t delegation_inside{0};      // of the attendee's delegation
  std::uint32_t organisation_inside{0};    // of the attendee's organisation
  // When a badge of each category was last shown at this kiosk by somebody in order, within the last minutes;
  // of the attendee's own delegation in the second.
  struct Escort {
    std::string category;
    std::string delegation;
    Timestamp seen{};
    friend bool operator==(const Escort&, const Escort&) = default;
  };
  std::vector<Escort> escorts;
};
inline constexpr std::size_t kMaxEscorts = 16;

// What a checkpoint asks for, and whatever else of the event a decision needs.
struct Policy {
  Checkpoint checkpoint;
  Calendar calendar;
  bool test{false};                       // a rehearsal
  std::vector<std::string> transferable;  // categories
  friend bool operator==(const Policy&, const Policy&) = default;
};
[[nodiscard]] Policy policy_of(const EventInfo& event, const Checkpoint& checkpoint);
[[nodiscard]] std::string to_json(const Policy&);
[[nodiscard]] Expected<Policy> parse_policy(std::string_view json);
// Names what to_json wrote: 16 hexadecimal digits of BLAKE2b. Stores keep every policy that decided under
// this name.
[[nodiscard]] std::string policy_id(std::string_view json);

// All that `decide` was given. Nothing that opens a door or names a person: of an opaque code only that it
// was one, and of the attendee what rules look at.
struct Basis {
  std::string policy;  // policy_id
  Presented presented{tl::make_unexpected(Unreadable::empty)};
  Facts facts;
  std::vector<std::string> waived;  // rules that staff set aside
  Timestamp now{};
};
// At most kMaxBasisBytes, given attendees within their limits. `zone` is the checkpoint's: the others of an
// attendee's are left out.
[[nodiscard]] std::string to_basis_json(const Basis&, std::string_view zone);
// Errors: invalid.
[[nodiscard]] Expected<Basis> parse_basis(std::string_view json);

}  // namespace lanyard::sync
