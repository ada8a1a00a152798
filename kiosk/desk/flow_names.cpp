// The names of the flow's values, as golden tables, announcements and logs write them.
#include <array>

#include "kiosk/desk/flow.hpp"

namespace lanyard::kiosk {

namespace {

constexpr std::array<std::string_view, std::variant_size_v<Screen>> kScreens{
    "idle",         "checking",  "admitted",     "refused",     "paused",
    "out_of_order", "staff_pin", "staff_search", "staff_record"};
constexpr std::array<std::string_view, std::variant_size_v<Event>> kEvents{
    "tick",          "symbol_seen",   "decided",         "admit_failed",
    "fault_changed", "hub_heard",     "language_picked", "corner_held",
    "digit",         "erase",         "pin_entered",     "pin_checked",
    "typed",         "search_done",   "chosen",          "record_read",
    "reprint_asked", "reason_chosen", "badge_done",      "touched",
    "back",          "leave"};
constexpr std::array<std::string_view, std::variant_size_v<Effect>> kEffects{
    "admit", "print_badge", "check_pin", "search", "read_record", "reissue", "raise_alert", "forget"};

}  // namespace

std::string_view name_of(const Screen& screen) {
  return kScreens[screen.index()];
}
std::string_view name_of(const Event& event) {
  return kEvents[event.index()];
}
std::string_view name_of(const Effect& effect) {
  return kEffects[effect.index()];
}

std::string_view to_code(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "";
    case Fault::camera:
      return "C1";
    case Fault::storage:
      return "D1";
    case Fault::not_enrolled:
      return "E1";
    case Fault::no_roster:
      return "R1";
  }
  return "?";
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

}  // namespace lanyard::kiosk
