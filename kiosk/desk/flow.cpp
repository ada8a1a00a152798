#include "kiosk/desk/flow.hpp"

#include <algorithm>

#include "kiosk/desk/flow_turn.hpp"

namespace lanyard::kiosk {

namespace {

// The language of the screens that serves a delegate best: the first of theirs that we speak.
std::string language_of(const sync::Attendee& attendee, const FlowConfig& config) {
  for (const std::string& wanted : attendee.languages) {
    const std::string base = wanted.substr(0, wanted.find('-'));
    for (const std::string& ours : config.languages) {
      if (ours == wanted || ours == base) return ours;
    }
  }
  return config.language;
}

// Whether somebody is to be called, or it is a matter of time or place.
Tone tone_of(const Decision& decision) {
  if (decision.verdict != Verdict::refused) return Tone::accept;
  const bool desk = is_private(decision.rule) || decision.way_on == WayOn::protocol_desk ||
                    decision.way_on == WayOn::accreditation;
  return desk ? Tone::call_staff : Tone::refuse;
}

}  // namespace

void Turn::operator()(const event::Tick&) {
  if (state_.pin_locked_until && now_ >= *state_.pin_locked_until) state_.pin_locked_until.reset();
  assist_on_tick();
  if (!state_.picked_language.empty() && now_ >= state_.language_until && is<Idle>() &&
      !state_.assist.active()) {
    state_.picked_language.clear();
    state_.language = config_.language;
  }
  if (auto* status = on<StaffStatus>()) status_on_tick(*status);
  std::visit(overloaded{
                 [](const Idle&) {},
                 [](const OutOfOrder&) {},
                 [&](const SetUp& s) { set_up_on_tick(s); },
                 [&](const Checking& s) {
                   // The row may still be on its way to a disk that hangs: nothing is promised meanwhile.
                   if (now_ >= s.until) show(OutOfOrder{Fault::storage});
                 },
                 [&](const auto& s) {
                   if (now_ < s.until) return;
                   // The visit is over; but a headset that is still in has somebody's ears in it.
                   if (!state_.assist.headset) end_assist();
                   home();
                 },
             },
             Screen(state_.screen));
}

void Turn::operator()(const event::FaultChanged& e) {
  state_.fault = e.fault;
  // Of a kiosk that has forgotten all, no name stays on the screen.
  if (e.fault == Fault::withdrawn) home();
  if (is<Idle>() || is<OutOfOrder>() || is<SetUp>()) home_keeping_language();
}

void Turn::operator()(const event::HubHeard& e) {
  state_.online = e.online;
}

void Turn::operator()(const event::ClockJudged& e) {
  state_.clock_off = e.off;
  state_.clock_guessed = e.guessed;
}

void Turn::operator()(const event::RestartOrdered&) {
  state_.restart_ordered = true;
}

// Whoever stands there has been told that they may pass.
void Turn::operator()(const event::GateStayedShut& e) {
  effects_.push_back(effect::RaiseAlert{"gate.stayed_shut", e.why});
  if (is<Admitted>() || is<BadgePreview>()) call_staff();
}

// In or out, whatever the screen shows by now: there is a row, and its like is refused a second time.
void Turn::let_through(const Decision& decision) {
  const bool passes = decision.verdict == Verdict::admitted || decision.verdict == Verdict::exited;
  if (passes) effects_.push_back(effect::LetThrough{});
}

void Turn::operator()(const event::LanguagePicked& e) {
  if (std::ranges::find(config_.languages, e.language) == config_.languages.end()) return;
  state_.language = e.language;
  state_.picked_language = e.language;
  state_.language_until = now_ + config_.language_for;
  is_there();
}

bool Turn::is_answered() const {
  return is_answer(state_.screen) && now_ >= answered_at(state_, config_);
}

void Turn::operator()(const event::SymbolSeen& e) {
  // Their own, again: the scanner has seen it, and nothing more is to come of it.
  if (const auto* preview = on<BadgePreview>(); preview != nullptr && preview->symbol == e.text) return;
  if (is<Idle>() || is_answered()) {
    // The next in the queue does not wait for the last one's greeting to end; and is not greeted in their
    // language.
    // Another person, most likely; but after a refusal the same one, with another badge.
    if (!is<Idle>() && !is<Refused>() && !state_.assist.headset) end_assist();
    const bool same_ears = state_.assist.active() && state_.assist.headset;
    if (!is<Idle>() && !same_ears) state_.language = config_.language, state_.picked_language.clear();
    show(Checking{now_ + config_.checking_at_most, e.text});
    effects_.push_back(effect::Admit{e.text});
    return;
  }
  if (auto* set_up = on<SetUp>()) return set_up_by(*set_up, e.text);
  if (open_pad() != nullptr && !state_.paused_until) {
    effects_.push_back(effect::IdentifyStaff{e.text});
    return;
  }
  // Not now: but the same badge, still held up when the kiosk is ready again, is to count.
  effects_.push_back(effect::Forget{});
}

void Turn::operator()(const event::Decided& e) {
  const Decision& decision = e.decision;
  let_through(decision);
  const bool prints = decision.badge_owed && decision.attendee && decision.verdict != Verdict::refused;
  // Behind staff's back there is nobody to ask.
  const bool previews = prints && e.preview && config_.can_print && !in_staff_mode();
  if (prints && !previews) effects_.push_back(effect::PrintBadge{decision.attendee->id});
  const bool pauses = pause_after(decision);
  if (in_staff_mode()) return;  // the row is written; the screen belongs to the staff member
  effects_.push_back(effect::Play{tone_of(decision)});
  if (decision.attendee && state_.picked_language.empty()) {
    state_.language = language_of(*decision.attendee, config_);
  }
  // What the roster gave to one person is not for the next.
  const std::string& needed_by = state_.assist.needed_by;
  const bool is_theirs = decision.attendee && decision.attendee->id == needed_by;
  if (!needed_by.empty() && !is_theirs && !state_.assist.headset) end_assist();
  if (decision.attendee && !pauses) meet_needs(*decision.attendee);
  if (pauses) {
    home();
  } else if (decision.verdict == Verdict::refused) {
    show(Refused{decision, now_ + config_.refused_for});
  } else if (previews) {
    show_preview(e);
  } else {
    const auto badge = prints ? Admitted::Badge::printing : Admitted::Badge::none;
    show(Admitted{decision, badge, now_ + (prints ? config_.badge_for : config_.admitted_for)});
  }
  give_time_for_answer();
}

void Turn::operator()(const event::AdmitFailed&) {
  state_.fault = Fault::storage;
  if (!in_staff_mode()) home();
}

void Turn::call_staff() {
  effects_.push_back(effect::Play{Tone::call_staff});
  // The tone cuts off what was being said.
  if (state_.assist.speech) effects_.push_back(effect::SayAgain{});
}

void Turn::operator()(const event::BadgeHeld& e) {
  if (auto* shown = std::get_if<Admitted>(&state_.screen)) {
    if (!shown->decision.attendee || shown->decision.attendee->id != e.attendee) return;
    shown->badge = Admitted::Badge::held;
    shown->until = now_ + config_.refused_for;
    call_staff();
    give_time_for_answer();  // there is more to say
  } else if (auto* record = on<StaffRecord>(); record != nullptr && record->attendee.id == e.attendee) {
    record->reprint = StaffRecord::Reprint::held;
    record->reprint_problem = e.why;
  }
}

void Turn::operator()(const event::BadgeDone& e) {
  if (auto* shown = std::get_if<Admitted>(&state_.screen)) {
    if (!shown->decision.attendee || shown->decision.attendee->id != e.attendee) return;
    shown->badge = e.printed ? Admitted::Badge::printed : Admitted::Badge::owed;
    shown->badge_at = e.at;
    shown->until = now_ + (e.printed ? config_.admitted_for : config_.refused_for);
    if (!e.printed) call_staff();
    give_time_for_answer();
  } else if (auto* record = on<StaffRecord>()) {
    if (record->attendee.id == e.attendee) badge_of_record(*record, e);
  } else if (auto* many = on<StaffHandOver>(); many != nullptr && many->acted) {
    if (std::ranges::find(many->acted->receipt.badges, e.attendee) == many->acted->receipt.badges.end())
      return;
    ++(e.printed ? many->printed : many->failed);
  }
}

void Turn::operator()(const event::Touched&) {
  if (state_.assist.speech) effects_.push_back(effect::Hush{});
  is_there();
  std::visit(overloaded{
                 [](Idle&) {},
                 [](Checking&) {},
                 [](Paused&) {},
                 [](OutOfOrder&) {},
                 [](SetUp&) {},
                 [&](BadgePreview& s) {
                   s.touched = now_;
                   s.until = std::max(s.until, now_ + config_.preview_for);
                 },
                 [&](Admitted& s) { s.until = std::max(s.until, now_ + config_.admitted_for); },
                 [&](Refused& s) { s.until = std::max(s.until, now_ + config_.refused_for); },
                 [&](StaffPin& s) { s.until = now_ + config_.pin_idle; },
                 [&](StaffInside& s) { s.until = now_ + config_.evacuation_idle; },
                 [&](auto& s) { s.until = now_ + config_.staff_idle; },
             },
             state_.screen);
}

void Turn::operator()(const event::Back&) {
  if (auto* record = on<StaffRecord>()) {
    if (record->asking) {
      record->asking.reset();
      record->absent.reset();
      record->until = now_ + config_.staff_idle;
      return;
    }
    search_again(record->who, record->query);
  } else if (auto* search = on<StaffSearch>(); search != nullptr && search->arrived) {
    return_to(std::move(*search->arrived));
  } else if (auto* many = on<StaffHandOver>()) {
    // The receipt is on its way, and belongs to this screen.
    if (!many->working) return_to(std::move(many->record));
  } else if (auto* why = on<StaffWhy>()) {
    return_to(std::move(why->record));
  } else if (auto* inside = on<StaffInside>()) {
    search_again(inside->who, inside->query);
  } else if (auto* status = on<StaffStatus>()) {
    search_again(status->who, status->query);
  } else {
    (*this)(event::Leave{});
  }
}

void Turn::operator()(const event::Leave&) {
  if (!is<Idle>() && !is<Checking>() && !is<Paused>() && !is<OutOfOrder>() && !is<SetUp>()) home();
}

// Somebody may be trying codes out, or holding the code of something else up again and again.
bool Turn::pause_after(const Decision& decision) {
  const bool counts = decision.rule == Rule::unknown || decision.rule == Rule::unreadable;
  return counts && decision.verdict == Verdict::refused && count_unknown();
}

bool Turn::count_unknown() {
  std::vector<Moment>& seen = state_.unknown_codes;
  std::erase_if(seen, [&](Moment at) { return now_ - at > config_.unknown_within; });
  seen.push_back(now_);
  if (seen.size() <= kUnknownCodes) return false;
  effects_.push_back(effect::RaiseAlert{"scan.unknown_codes",
                                        std::to_string(seen.size()) + " unknown codes, one after the other"});
  seen.clear();
  state_.paused_until = now_ + config_.pause;
  return true;
}

Step Turn::done(const State& from) {
  if (state_.restart_ordered && is_at_rest(state_)) {
    state_.restart_ordered = false;
    effects_.push_back(effect::Restart{});
  }
  if (state_.screen.index() != from.screen.index()) state_.since = now_;
  warn_staff();
  // The next of the staff may write in another script.
  if (!in_staff_mode()) state_.keyboard.reset();
  return {std::move(state_), std::move(effects_)};
}

void Turn::home_keeping_language() {
  if (state_.paused_until && now_ >= *state_.paused_until) state_.paused_until.reset();
  if (state_.fault == Fault::none && state_.paused_until) {
    show(Paused{*state_.paused_until});
  } else if (state_.fault == Fault::none) {
    // A badge that met the fault, and is still held up, is owed its answer.
    if (is<OutOfOrder>()) effects_.push_back(effect::Forget{});
    if (!is<Idle>()) show(Idle{});
  } else if ((state_.fault == Fault::not_enrolled || state_.fault == Fault::withdrawn) &&
             config_.can_set_up) {
    if (!is<SetUp>()) show(SetUp{});
  } else {
    state_.screen = OutOfOrder{state_.fault};
  }
}

void Turn::home() {
  if (state_.assist.active() && state_.assist.headset) return home_keeping_language();
  state_.language = config_.language;
  state_.picked_language.clear();
  home_keeping_language();
}

void Turn::warn_staff() {
  const auto until = staff_until(state_.screen);
  const bool soon = until && *until - now_ <= kStaffWarning;
  if (soon && !state_.staff_warned) effects_.push_back(effect::Play{Tone::attention});
  state_.staff_warned = soon;
}

std::optional<Moment> staff_until(const Screen& screen) {
  if (!is_staff(screen) || std::holds_alternative<StaffPin>(screen)) return std::nullopt;
  return std::visit(overloaded{
                        [](const Idle&) -> std::optional<Moment> { return std::nullopt; },
                        [](const OutOfOrder&) -> std::optional<Moment> { return std::nullopt; },
                        [](const SetUp&) -> std::optional<Moment> { return std::nullopt; },
                        [](const auto& s) -> std::optional<Moment> { return s.until; },
                    },
                    screen);
}

bool is_answer(const Screen& screen) {
  return std::holds_alternative<BadgePreview>(screen) || std::holds_alternative<Admitted>(screen) ||
         std::holds_alternative<Refused>(screen);
}

Moment answered_at(const State& state, const FlowConfig& config) {
  const Moment seen = state.since + config.result_at_least;
  const auto* preview = std::get_if<BadgePreview>(&state.screen);
  return preview == nullptr ? seen : std::max(seen, preview->touched + config.preview_kept);
}

bool is_staff(const Screen& screen) {
  return std::visit(overloaded{
                        [](const Idle&) { return false; },
                        [](const Checking&) { return false; },
                        [](const BadgePreview&) { return false; },
                        [](const Admitted&) { return false; },
                        [](const Refused&) { return false; },
                        [](const Paused&) { return false; },
                        [](const OutOfOrder&) { return false; },
                        [](const SetUp&) { return false; },
                        [](const auto&) { return true; },
                    },
                    screen);
}

Step step(const State& from, const Event& event, const FlowConfig& config, Moment now) {
  Turn turn(from, config, now);
  std::visit(turn, event);
  return turn.done(from);
}

bool is_at_rest(const State& state) {
  const bool waits = std::holds_alternative<Idle>(state.screen) ||
                     std::holds_alternative<OutOfOrder>(state.screen) ||
                     std::holds_alternative<SetUp>(state.screen);
  return waits && !state.assist.active();
}

std::optional<Moment> wake_at(const State& state) {
  std::optional<Moment> wake =
      std::visit(overloaded{
                     [](const Idle&) -> std::optional<Moment> { return std::nullopt; },
                     [](const OutOfOrder&) -> std::optional<Moment> { return std::nullopt; },
                     [](const SetUp& s) { return s.answered_by; },
                     [](const StaffStatus& s) -> std::optional<Moment> { return std::min(s.next, s.until); },
                     [](const auto& s) -> std::optional<Moment> { return s.until; },
                 },
                 state.screen);
  const auto earlier = [&](Moment other) { wake = wake ? std::min(*wake, other) : other; };
  if (state.pin_locked_until) earlier(*state.pin_locked_until);
  if (const auto until = staff_until(state.screen); until && !state.staff_warned)
    earlier(*until - kStaffWarning);
  const bool waits = !is_staff(state.screen) && !std::holds_alternative<Checking>(state.screen);
  if (state.assist.active() && waits) {
    earlier(state.assist.asking ? state.assist.until : state.assist.asks);
  }
  if (!state.picked_language.empty() && std::holds_alternative<Idle>(state.screen) && !state.assist.active())
    earlier(state.language_until);
  return wake;
}

}  // namespace lanyard::kiosk
