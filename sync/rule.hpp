// The rules by name: what a journal row says decided, what a policy lets staff set aside, what tests and
// translators speak of. The checks themselves are kiosk/desk/decide.hpp. PURE. Threads: reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lanyard::sync {

// Every way a decision can go, in the order of the checks. The names (to_name) are stable.
enum class Rule : std::uint8_t {
  admit,          // "admit.<access rule>"
  admit_unknown,  // "admit.provisional"  signed, and not on the roster here yet
  overridden,     // "override.<rule>"    by a member of staff, with a reason
  exit,           // "exit"
  exit_unseen,    // "exit.unseen"        nobody saw the person come in: let out all the same, and journalled
  badge_owed,     // "badge.owed"         already in, and the badge that is owed is printed now
  badge_station,  // "badge.station"      nothing but a badge is given out here, and theirs is printed
  unreadable,     // "credential.<why>"
  other_event,    // "event.other"
  unknown,        // "attendee.unknown"
  not_synced,     // "attendee.unsynced"  signed, and not on the roster here yet
  test_badge,     // "event.test"         of a rehearsal, at the event itself
  replaced,       // "credential.replaced"
  blocked,        // "status.blocked"     private
  withdrawn,      // "status.withdrawn"   private
  substituted,    // "status.substituted" somebody else has taken the place
  pending,        // "status.pending"
  not_yet_valid,  // "validity.early"
  no_longer_valid,     // "validity.late"
  wrong_category,      // "access.category"
  wrong_zone,          // "access.zone"
  tag_missing,         // "tag.missing"        a paper that the policy asks for
  tag_barred,          // "tag.barred"
  too_early,           // "window.early"
  too_late,            // "window.closed"
  needs_escort,        // "escort.required"
  needs_principal,     // "companion.principal"
  companions_full,     // "companion.number"
  already_inside,      // "presence.inside"
  once_only,           // "presence.once"
  once_a_day,          // "presence.today"
  no_reentry,          // "presence.reentry"
  full,                // "capacity.full"
  reserved,            // "capacity.reserved"  what is left is kept for others
  quota,               // "capacity.quota"     of the delegation
  organisation_quota,  // "capacity.organisation"
  badge_taken,         // "badge.taken"        as many as this place gives out to one person
};
inline constexpr int kRuleCount = static_cast<int>(Rule::badge_taken) + 1;

[[nodiscard]] std::string_view to_name(Rule);
// A letter and a digit that staff can call out or look up: "T2". Stable.
[[nodiscard]] std::string_view short_code(Rule);
// The same as the delegate's screen shows it: one code for all that are private, so that it tells no reason
// either.
[[nodiscard]] std::string_view shown_code(Rule);
// True where the delegate is not told the reason ("please see the protocol desk").
[[nodiscard]] bool is_private(Rule);
// True for a rule about the person or the moment, which a role may be allowed to set aside. False for what is
// no refusal; for what is held up, since a code that cannot be read has nobody behind it; and for the private
// ones: a block is lifted on the roster, by those who know why it is there. Nor for a badge that somebody has
// had: another is a reprint.
[[nodiscard]] bool can_be_overridden(Rule);

// "window.early", or "window.*" for all that begin so. Nothing matches all rules at once.
[[nodiscard]] bool matches(std::string_view pattern, Rule);

}  // namespace lanyard::sync
