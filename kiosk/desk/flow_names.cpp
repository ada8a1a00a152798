// The names of the flow's values, as golden tables, announcements and logs write them.
#include <array>

#include "kiosk/desk/flow.hpp"

namespace lanyard::kiosk {

namespace {

constexpr std::array<std::string_view, std::variant_size_v<Screen>> kScreens{
    "idle",         "checking",        "badge_preview", "admitted",     "refused",
    "paused",       "out_of_order",    "set_up",        "staff_pin",    "staff_search",
    "staff_record", "staff_hand_over", "staff_why",     "staff_inside", "staff_status"};
constexpr std::array<std::string_view, std::variant_size_v<Event>> kEvents{"tick",
                                                                           "symbol_seen",
                                                                           "decided",
                                                                           "badge_drawn",
                                                                           "name_chosen",
                                                                           "print_asked",
                                                                           "correction_asked",
                                                                           "admit_failed",
                                                                           "fault_changed",
                                                                           "hub_heard",
                                                                           "clock_judged",
                                                                           "restart_ordered",
                                                                           "gate_stayed_shut",
                                                                           "language_picked",
                                                                           "corner_held",
                                                                           "staff_asked",
                                                                           "digit",
                                                                           "erase",
                                                                           "pin_entered",
                                                                           "staff_identified",
                                                                           "unknown_shown",
                                                                           "pin_checked",
                                                                           "typed",
                                                                           "replaced",
                                                                           "keyboard_picked",
                                                                           "search_done",
                                                                           "chosen",
                                                                           "record_read",
                                                                           "action_asked",
                                                                           "reason_chosen",
                                                                           "confirmed",
                                                                           "action_done",
                                                                           "delegation_asked",
                                                                           "uncollected_listed",
                                                                           "left_out",
                                                                           "page_turned",
                                                                           "why_asked",
                                                                           "explained",
                                                                           "evacuation_asked",
                                                                           "inside_listed",
                                                                           "status_asked",
                                                                           "status_read",
                                                                           "roll_changed",
                                                                           "badge_held",
                                                                           "badge_done",
                                                                           "set_up_told",
                                                                           "touched",
                                                                           "headset_changed",
                                                                           "speech_asked",
                                                                           "aid_asked",
                                                                           "speech_ended",
                                                                           "volume_asked",
                                                                           "key_pressed",
                                                                           "back",
                                                                           "leave"};
constexpr std::array<std::string_view, std::variant_size_v<Effect>> kEffects{"admit",
                                                                             "preview_badge",
                                                                             "print_badge",
                                                                             "check_pin",
                                                                             "identify_staff",
                                                                             "search",
                                                                             "read_record",
                                                                             "reissue",
                                                                             "admit_by_hand",
                                                                             "undo",
                                                                             "stop_badges",
                                                                             "issue_day_badge",
                                                                             "hand_badges_over",
                                                                             "substitute",
                                                                             "list_uncollected",
                                                                             "explain",
                                                                             "list_inside",
                                                                             "read_status",
                                                                             "note_new_roll",
                                                                             "raise_alert",
                                                                             "hand_over_set_up",
                                                                             "let_through",
                                                                             "restart",
                                                                             "play",
                                                                             "say_again",
                                                                             "hush",
                                                                             "forget"};

constexpr std::array<std::string_view, 9> kStages{"waiting", "not-a-code", "handed-over", "network", "hub",
                                                  "done",    "no-hub",     "refused",     "failed"};

// One that is forgotten would leave the last without a name.
static_assert(!kScreens.back().empty() && !kEvents.back().empty() && !kEffects.back().empty());

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

std::string_view to_name(SetUpStage stage) {
  return kStages.at(static_cast<std::size_t>(stage));
}
std::optional<SetUpStage> stage_named(std::string_view name) {
  for (std::size_t at = 0; at < kStages.size(); ++at) {
    if (kStages[at] == name) return static_cast<SetUpStage>(at);
  }
  return std::nullopt;
}

std::string_view to_name(Keyboard keyboard) {
  switch (keyboard) {
    case Keyboard::latin:
      return "latin";
    case Keyboard::cyrillic:
      return "cyrillic";
    case Keyboard::arabic:
      return "arabic";
    case Keyboard::pinyin:
      return "pinyin";
  }
  return "?";
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
    case Fault::withdrawn:
      return "W1";
    case Fault::out_of_service:
      return "S1";
  }
  return "?";
}

}  // namespace lanyard::kiosk
