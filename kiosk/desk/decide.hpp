// The rulebook: one pure function that says who may pass, and why, and what would help.
// Never fails, does no I/O, reads no clock. Same arguments, same answer. Threads: reentrant.
//
// Order of checks, the first that fails names the refusal:
//   readable credential -> signature -> event -> known attendee -> rehearsal's badge -> generation ->
//   blocked or withdrawn or substituted -> approval -> validity -> category, zone and tags -> time window ->
//   escort -> companion rule -> presence -> capacity and quota -> admit
// A place that gives out badges alone asks behind the escort how many they have had, and nothing else.
// Of somebody with several categories, the first whose access rule lets them pass counts; where none does,
// the first that has an access rule names the refusal (with the earliest hour of those that open later).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sync/facts.hpp"
#include "sync/rule.hpp"

namespace lanyard::kiosk {

using sync::Facts;
using sync::Policy;
using sync::Presented;
using sync::Rule;
using sync::Timestamp;

// What staff show when they admit by hand: nothing. The desk looks the attendee up.
[[nodiscard]] Presented by_hand();

enum class Verdict : std::uint8_t {
  admitted,  // in, with a row
  exited,    // out, with a row
  badge,     // in already, or at a station: nothing but a badge. A step of its own, with a row once it is
             // printed
  refused,   // with a row
};
[[nodiscard]] std::string_view to_name(Verdict);

// What would make it pass.
enum class WayOn : std::uint8_t {
  none,
  wait,           // until Decision::opens_at
  help_desk,      // whatever it is, people there can see to it
  protocol_desk,  // the reason is private
  accreditation,  // papers, approval, a badge in place of this one
  bring_principal,
  bring_escort,
  show_exit,  // the badge has not left yet: show it at an exit first
  room,       // once somebody leaves
};
[[nodiscard]] std::string_view to_name(WayOn);
[[nodiscard]] WayOn way_on_from(Rule rule);

struct Decision {
  Verdict verdict{Verdict::refused};
  Rule rule{Rule::unreadable};
  std::string rule_id;                     // as it goes into the journal
  std::optional<sync::Attendee> attendee;  // known, and its credential in order so far as was checked
  std::uint32_t generation{0};
  WayOn way_on{WayOn::none};
  std::optional<Timestamp> opens_at;    // too early: when it opens; not yet valid: from when
  std::optional<Timestamp> entered_at;  // already inside: when
  std::string entered_where;            // already inside: checkpoint id
  bool returning{false};                // admitted, and was in before: "welcome back"
  bool badge_owed{false};               // the checkpoint prints a badge, and none has been printed yet
  std::vector<Rule> waived;             // admitted by staff: what would have been refused
  std::int64_t roster_version{0};       // what it was based on, and how old that was
  std::optional<Timestamp> as_of;
  std::string row;  // id of the journal row, once there is one
};

// `waived`: rules (sync::matches) that a member of staff sets aside, within their role. A rule that is set
// aside is passed over, and the decision goes on with the next.
[[nodiscard]] Decision decide(const Presented&, const Facts&, const Policy&, Timestamp now,
                              std::span<const std::string> waived = {});

}  // namespace lanyard::kiosk
