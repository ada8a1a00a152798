// The state machine of the screen. PURE and total: every pair of screen and event is defined; the whole table
// is tests/golden/flow.txt. Threads: reentrant.
#pragma once

#include <optional>

#include "kiosk/desk/state.hpp"

namespace lanyard::kiosk {

struct FlowConfig {
  std::string language{"en"};                      // of the idle screen
  std::vector<std::string> languages{"en", "zh"};  // that the screens speak
  std::chrono::milliseconds admitted_for{4000};
  std::chrono::milliseconds result_at_least{
      1000};  // before the next badge may take its place: an answer is seen
  std::chrono::milliseconds refused_for{9000};
  // A result is kept while its badge is being printed, and longer than one printer keeps two badges waiting
  // (PrinterOptions): whoever is owed theirs is to be told. The next in the queue need not wait for it.
  std::chrono::milliseconds badge_for{60000};
  // A touch that was meant for the screen before does nothing here, and nobody's place is taken who has
  // touched anything a moment ago.
  std::chrono::milliseconds preview_settles{400};
  std::chrono::milliseconds preview_kept{8000};
  // To look at one's badge before it is printed; nobody is there any more who touches nothing for so long.
  std::chrono::milliseconds preview_for{45000};
  std::chrono::milliseconds checking_at_most{5000};
  std::chrono::milliseconds unknown_within{60000};  // kUnknownCodes in that time are enough
  std::chrono::milliseconds pause{20000};
  std::chrono::milliseconds language_for{30000};      // a picked language, on the idle screen
  std::chrono::milliseconds staff_idle{60000};        // staff mode closes when left alone
  std::chrono::milliseconds evacuation_idle{600000};  // a list that is read aloud is not touched
  // The status is asked for anew so long after an answer; and after a question that nobody has answered.
  std::chrono::milliseconds status_every{5000};
  std::chrono::milliseconds status_patience{20000};
  std::chrono::milliseconds pin_idle{20000};
  bool can_speak{true};    // there is a voice
  bool can_set_up{false};  // somebody acts on a set-up code
  bool can_print{true};    // there is a printer: who gets no badge here is not asked to check it
  bool can_lower{true};    // the panel is tall, and it is known how it hangs
  // Of whoever is assisted: how long nothing happens before they are asked, and how long they have to answer.
  std::chrono::milliseconds assist_quiet{40000};
  std::chrono::milliseconds assist_result{15000};  // of an answer, once it has been said
  std::chrono::milliseconds assist_speaks{60000};  // the longest that saying it may take
  std::chrono::milliseconds assist_answer{20000};
  std::chrono::milliseconds pin_lock{60000};
};

struct Step {
  State next;
  Effects effects;
};

[[nodiscard]] Step step(const State&, const Event&, const FlowConfig&, Moment now);

// When `step` wants a Tick; nullopt: when something happens.
[[nodiscard]] std::optional<Moment> wake_at(const State&);

// Nobody stands there, as far as a kiosk can tell: it may be started anew.
[[nodiscard]] bool is_at_rest(const State&);

// Staff mode says so long before that it will close, by a sound and a line of words: any touch keeps it open.
inline constexpr std::chrono::seconds kStaffWarning{15};
// When it closes by itself; nullopt: no staff screen, or the pad, which is soon typed anew.
[[nodiscard]] std::optional<Moment> staff_until(const Screen&);

// Whether a delegate has their answer.
[[nodiscard]] bool is_answer(const Screen&);
// Of an answer: from when the next badge may take its place, if nothing is touched.
[[nodiscard]] Moment answered_at(const State&, const FlowConfig&);

// Whether it is for staff alone.
[[nodiscard]] bool is_staff(const Screen&);

[[nodiscard]] std::string_view name_of(const Screen&);  // "idle", "admitted", ...
[[nodiscard]] std::string_view name_of(const Event&);
[[nodiscard]] std::string_view name_of(const Effect&);

}  // namespace lanyard::kiosk
