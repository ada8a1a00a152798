// Reasons in words: why staff did something, why a row of the history is there, and why no badge came out.
#include <algorithm>
#include <array>

#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

// What printers say (plain_reason, and what is said in their place), by its beginning, and whether badges
// come out all the same.
struct PrinterWords {
  std::string_view reason;
  Phrase words;
  bool goes_on{false};
};
const auto kPrinter = std::to_array<PrinterWords>({
    {"out of paper", mark_in("printer", "Out of paper")},
    {"paper is low", mark_in("printer", "Paper is low"), true},
    {"paper is jammed", mark_in("printer", "Paper is jammed")},
    {"the cover is open", mark_in("printer", "The cover is open")},
    {"a door is open", mark_in("printer", "A door is open")},
    {"out of toner", mark_in("printer", "Out of toner")},
    {"out of ink or ribbon", mark_in("printer", "Out of ink or ribbon")},
    {"offline", mark_in("printer", "Offline")},
    {"switched off", mark_in("printer", "Switched off")},
    {"paused", mark_in("printer", "Paused")},
    {"stopped-partly", mark_in("printer", "Stopped in part"), true},
    {"stopped", mark_in("printer", "Stopped")},
    {"the tray is missing", mark_in("printer", "The tray is missing")},
    {"the printer does not answer", mark_in("printer", "It does not answer")},
    {"the printer is too slow", mark_in("printer", "It takes too long")},
    {"this kiosk has no printer", mark("None is set up")},
    {"no_more", mark_in("printer", "Your role may not reprint it again")},
    {"not_allowed", mark("Your role does not allow this")},
    {"unknown", mark("There is no such record any more")},
});

template <class R>
std::string reason_named(const Tongue& t, std::string_view name, int count) {
  for (int i = 0; i < count; ++i) {
    if (to_name(static_cast<R>(i)) == name) return reason_name(t, static_cast<R>(i));
  }
  return {};
}

std::string refusal_reason(const Drawing& d, std::string_view rule) {
  for (int i = 0; i < sync::kRuleCount; ++i) {
    Decision refused;
    refused.rule = static_cast<Rule>(i);
    if (to_name(refused.rule) == rule) return refusal_wording(d, refused).title;
  }
  return {};
}

std::string_view behind_dot(std::string_view rule) {
  return rule.substr(std::min(rule.size(), rule.find('.') + 1));
}

}  // namespace

std::string reason_name(const Tongue& t, ReprintReason reason) {
  switch (reason) {
    case ReprintReason::lost:
      return t.say_in("reprint reason", "Lost");
    case ReprintReason::damaged:
      return t.say_in("reprint reason", "Damaged");
    case ReprintReason::wrong_data:
      return t.say_in("reprint reason", "Wrong details");
    case ReprintReason::misprint:
      return t.say_in("reprint reason", "Misprint");
  }
  return {};
}

std::string reason_name(const Tongue& t, AdmitReason reason) {
  switch (reason) {
    case AdmitReason::known_by_sight:
      return t.say_in("admission reason", "Known by sight");
    case AdmitReason::code_unreadable:
      return t.say_in("admission reason", "Code unreadable");
    case AdmitReason::badge_left:
      return t.say_in("admission reason", "Badge left behind");
    case AdmitReason::face_checked:
      return t.say_in("admission reason", "Face checked");
    case AdmitReason::escorted:
      return t.say_in("admission reason", "Escorted");
    case AdmitReason::protocol:
      return t.say_in("admission reason", "Protocol desk");
  }
  return {};
}

std::string reason_name(const Tongue& t, StopReason reason) {
  switch (reason) {
    case StopReason::lost:
      return t.say_in("stop reason", "Lost");
    case StopReason::other_hands:
      return t.say_in("stop reason", "In other hands");
    case StopReason::surrendered:
      return t.say_in("stop reason", "Handed in");
  }
  return {};
}

std::string reason_of(const Drawing& d, const sync::JournalRow& row) {
  const Tongue& t = d.canvas.tongue();
  switch (row.kind) {
    case sync::RowKind::refused:
      return refusal_reason(d, row.rule);
    case sync::RowKind::admitted:
      return reason_named<AdmitReason>(t, row.detail, kAdmitReasonCount);
    case sync::RowKind::reissued:
      return reason_named<ReprintReason>(t, behind_dot(row.rule), kReprintReasonCount);
    case sync::RowKind::stopped:
      return reason_named<StopReason>(t, behind_dot(row.rule), kStopReasonCount);
    case sync::RowKind::badge_printed:
      return row.rule == "badge.again" ? reason_name(t, ReprintReason::misprint) : std::string();
    case sync::RowKind::badge_failed:
      return printer_words(t, row.detail).words;
    default:
      return {};
  }
}

PrinterSaid printer_words(const Tongue& t, std::string_view problem) {
  constexpr std::string_view kIs = "the printer is ";
  constexpr std::string_view kBetween = ", ";
  const std::string_view whole = problem;
  PrinterSaid said;
  said.goes_on = true;
  while (!problem.empty()) {
    const auto* const known = std::ranges::find_if(kPrinter, [&](const PrinterWords& words) {
      return problem.starts_with(words.reason) ||
             (problem.starts_with(kIs) && problem.substr(kIs.size()).starts_with(words.reason));
    });
    // As it was said: somebody may know what it means.
    if (known == kPrinter.end()) return {std::string(whole), true};
    if (!said.words.empty()) said.words += t.say_in("between the items of a list", ", ");
    said.words += t.say(known->words);
    said.goes_on = said.goes_on && known->goes_on;
    const auto next = problem.find(kBetween);
    problem.remove_prefix(next == std::string_view::npos ? problem.size() : next + kBetween.size());
  }
  said.goes_on = said.goes_on && !whole.empty();
  return said;
}

}  // namespace lanyard::kiosk
