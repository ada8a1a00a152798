// The rulebook: one pure function that says who may pass, and why, and what would help.
// Never fails, does no I/O, reads no clock. Same arguments, same answer. Threads: reentrant.
//
// Order of checks, the first that fails names the refusal:
//   readable credential -> signature -> event -> known attendee -> generation -> blocked or withdrawn ->
//   approval -> validity -> category and zone -> time window -> companion rule -> presence -> capacity and
//   quota -> admit
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "sync/credential.hpp"
#include "sync/record.hpp"
#include "sync/store.hpp"

namespace lanyard::kiosk {

using sync::Timestamp;

// What was held up, as far as it could be read without the roster.
using Presented = tl::expected<sync::Credential, sync::Unreadable>;

// What is known at this moment. Facts, never verdicts.
struct Facts {
  std::optional<Timestamp> as_of;  // when the hub last confirmed the roster
  std::int64_t roster_version{0};
  std::string event;                       // id of the event that this kiosk serves
  std::optional<sync::Attendee> attendee;  // of the credential, if the roster has one
  std::uint32_t credential_generation{1};  // of what was held up
  std::uint32_t living_generation{1};      // the highest known for the attendee
  sync::Presence presence;                 // of the attendee in the checkpoint's zone
  bool principal_inside{false};            // of a companion: is the principal in the zone?
  std::uint32_t inside{0};                 // people in the zone
  std::uint32_t delegation_inside{0};      // of the attendee's delegation
};

// What this checkpoint asks for.
struct Policy {
  sync::Checkpoint checkpoint;
  std::chrono::minutes utc_offset{0};
};

// Every way the decision can go. The names (to_name) are stable: they stand in the journal and in tests.
enum class Rule : std::uint8_t {
  admit,            // "admit.<access rule>"
  exit,             // "exit"
  exit_unseen,      // "exit.unseen"       nobody saw the person come in: let out all the same, and journalled
  badge_owed,       // "badge.owed"        already in, and the badge that is owed is printed now
  unreadable,       // "credential.<why>"
  other_event,      // "event.other"
  unknown,          // "attendee.unknown"
  replaced,         // "credential.replaced"
  blocked,          // "status.blocked"    private
  withdrawn,        // "status.withdrawn"  private
  pending,          // "status.pending"
  not_yet_valid,    // "validity.early"
  no_longer_valid,  // "validity.late"
  wrong_zone,       // "access.zone"
  wrong_category,   // "access.category"
  too_early,        // "window.early"
  too_late,         // "window.closed"
  needs_principal,  // "companion.principal"
  already_inside,   // "presence.inside"
  once_only,        // "presence.once"
  once_a_day,       // "presence.today"
  no_reentry,       // "presence.reentry"
  full,             // "capacity.full"
  quota,            // "capacity.quota"
};
inline constexpr int kRuleCount = static_cast<int>(Rule::quota) + 1;
[[nodiscard]] std::string_view to_name(Rule);
// Two characters and a digit that staff can call out or look up: "T2". Stable.
[[nodiscard]] std::string_view short_code(Rule);
// True where the delegate is not told the reason ("please see the protocol desk").
[[nodiscard]] bool is_private(Rule);

enum class Verdict : std::uint8_t {
  admitted,  // in, with a row
  exited,    // out, with a row
  badge,  // in already; nothing but the badge that is owed. A step of its own, with a row once it is printed
  refused,  // with a row
};

struct Decision {
  Verdict verdict{Verdict::refused};
  Rule rule{Rule::unreadable};
  std::string rule_id;                     // as it goes into the journal
  std::optional<sync::Attendee> attendee;  // known, and its credential in order so far as was checked
  std::uint32_t generation{0};
  std::optional<Timestamp> opens_at;    // too early: when it opens; not yet valid: from when
  std::optional<Timestamp> entered_at;  // already inside: when
  std::string entered_where;            // already inside: checkpoint id
  bool returning{false};                // admitted, and was in before: "welcome back"
  bool badge_owed{false};               // the checkpoint prints a badge, and none has been printed yet
  std::int64_t roster_version{0};       // what it was based on, and how old that was
  std::optional<Timestamp> as_of;
};

[[nodiscard]] Decision decide(const Presented&, const Facts&, const Policy&, Timestamp now);

}  // namespace lanyard::kiosk
