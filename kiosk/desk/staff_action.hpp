// What staff do at the desk, as values: who may, why, and what came of it. PURE. Threads: reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kiosk/desk/decide.hpp"
#include "sync/record.hpp"

namespace lanyard::kiosk {

// Who is at the desk: a member of staff of the roster, or one of this kiosk's own settings.
struct Operator {
  std::string id{};  // stands in the journal
  sync::Role role{};
};

// Of those whom the kiosk's own settings name: whoever may write those may do everything here.
[[nodiscard]] sync::Role local_role();

// Of the staff, with a badge that is in order: their own PIN may open the pad.
[[nodiscard]] bool offers_pad(const Decision& shown);

enum class ReprintReason : std::uint8_t { lost, damaged, wrong_data, misprint };
inline constexpr int kReprintReasonCount = static_cast<int>(ReprintReason::misprint) + 1;
[[nodiscard]] std::string_view to_name(ReprintReason);

enum class AdmitReason : std::uint8_t {
  known_by_sight,   // wears a pin instead of a badge
  code_unreadable,  // cracked or dim phone, creased badge
  badge_left,       // at the hotel
  face_checked,     // the photo does not show the face as it is now
  escorted,         // by somebody without a badge of the category that the rule asks for
  protocol,         // the protocol desk says so
};
inline constexpr int kAdmitReasonCount = static_cast<int>(AdmitReason::protocol) + 1;
[[nodiscard]] std::string_view to_name(AdmitReason);

enum class StopReason : std::uint8_t { lost, other_hands, surrendered };
inline constexpr int kStopReasonCount = static_cast<int>(StopReason::surrendered) + 1;
[[nodiscard]] std::string_view to_name(StopReason);

using Reason = std::variant<ReprintReason, AdmitReason, StopReason>;

enum class HandOver : std::uint8_t { proxy, bulk };  // to one with a letter; many to a liaison
[[nodiscard]] std::string_view to_name(HandOver);

inline constexpr std::size_t kMaxHandedOver = 60;  // badges on one receipt

// Whether its paper is in staff's hands, so that its code may live on.
[[nodiscard]] bool keeps_code(ReprintReason);

// How an action ended. Everything but `done` left no row of its own, but an attempt without the right is an
// alert.
enum class Outcome : std::uint8_t {
  done,
  not_allowed,  // the role may not
  too_late,     // to undo it
  done_before,  // undone, or the place is taken already
  unknown,      // no such row, or no such attendee
  unfit,        // a blocked or withdrawn person takes nobody's place
  no_more,      // reprints, by this role
};
[[nodiscard]] std::string_view to_name(Outcome);

// Badges that somebody else took along.
struct Receipt {
  std::string number;  // "R-north-1-42": of the first of its rows
  std::string to;      // attendee id, or ""
  std::vector<std::string> badges;
};

// Of a person's history, the newest first: the entry or exit that could be undone next, and the newest row
// that can be explained. Null: none.
[[nodiscard]] const sync::JournalRow* undoable(const std::vector<sync::JournalRow>& history);
[[nodiscard]] const sync::JournalRow* newest_decision(const std::vector<sync::JournalRow>& history);

}  // namespace lanyard::kiosk
