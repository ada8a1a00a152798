#include "kiosk/desk/staff_action.hpp"

#include <algorithm>

namespace lanyard::kiosk {

sync::Role local_role() {
  sync::Role role;
  role.id = "local";
  for (int i = 0; i < sync::kStaffActionCount; ++i) role.may.push_back(static_cast<sync::StaffAction>(i));
  role.overrides = {"status.*", "validity.*",  "access.*",   "tag.*",     "window.*",
                    "escort.*", "companion.*", "presence.*", "capacity.*"};
  return role;
}

bool offers_pad(const Decision& shown) {
  // A badge that was lost or stopped tells whoever found it nothing.
  if (!shown.attendee || shown.rule == Rule::replaced || shown.rule == Rule::test_badge) return false;
  const sync::Attendee& who = *shown.attendee;
  return who.status == sync::Status::approved && !who.role.empty() && !who.pin_hash.empty();
}

std::string_view to_name(AdmitReason reason) {
  switch (reason) {
    case AdmitReason::known_by_sight:
      return "known_by_sight";
    case AdmitReason::code_unreadable:
      return "code_unreadable";
    case AdmitReason::badge_left:
      return "badge_left";
    case AdmitReason::face_checked:
      return "face_checked";
    case AdmitReason::escorted:
      return "escorted";
    case AdmitReason::protocol:
      return "protocol";
  }
  return "?";
}

std::string_view to_name(StopReason reason) {
  switch (reason) {
    case StopReason::lost:
      return "lost";
    case StopReason::other_hands:
      return "other_hands";
    case StopReason::surrendered:
      return "surrendered";
  }
  return "?";
}

std::string_view to_name(HandOver how) {
  return how == HandOver::bulk ? "bulk" : "proxy";
}

std::string_view to_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return "done";
    case Outcome::not_allowed:
      return "not_allowed";
    case Outcome::too_late:
      return "too_late";
    case Outcome::done_before:
      return "done_before";
    case Outcome::unknown:
      return "unknown";
    case Outcome::unfit:
      return "unfit";
    case Outcome::no_more:
      return "no_more";
  }
  return "?";
}

bool keeps_code(ReprintReason reason) {
  return reason == ReprintReason::misprint;
}

std::string_view to_name(ReprintReason reason) {
  switch (reason) {
    case ReprintReason::lost:
      return "lost";
    case ReprintReason::damaged:
      return "damaged";
    case ReprintReason::wrong_data:
      return "wrong_data";
    case ReprintReason::misprint:
      return "misprint";
  }
  return "?";
}

const sync::JournalRow* undoable(const std::vector<sync::JournalRow>& history) {
  const auto annulled = [&](const sync::JournalRow& row) {
    return std::ranges::any_of(history, [&](const sync::JournalRow& other) {
      return other.kind == sync::RowKind::annulled && other.target == row.id;
    });
  };
  const auto found = std::ranges::find_if(history, [&](const sync::JournalRow& row) {
    const bool moves = row.kind == sync::RowKind::admitted || row.kind == sync::RowKind::exited;
    return moves && !annulled(row);
  });
  return found == history.end() ? nullptr : &*found;
}

const sync::JournalRow* newest_decision(const std::vector<sync::JournalRow>& history) {
  const auto found = std::ranges::find_if(history, [](const sync::JournalRow& row) {
    return row.kind == sync::RowKind::admitted || row.kind == sync::RowKind::exited ||
           row.kind == sync::RowKind::refused;
  });
  return found == history.end() ? nullptr : &*found;
}

}  // namespace lanyard::kiosk
