#include "kiosk/desk/flow.hpp"

#include <algorithm>
#include <utility>

namespace lanyard::kiosk {

namespace {

template <class... Ts>
struct overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
overloaded(Ts...) -> overloaded<Ts...>;

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

// One transition in the making: the handlers below change `state` and add effects.
class Turn {
 public:
  Turn(State from, const FlowConfig& config, Moment now)
      : state_(std::move(from)), config_(config), now_(now) {}

  // --- the world around
  // -------------------------------------------------------------------------------------
  void operator()(const event::Tick&) {
    if (state_.pin_locked_until && now_ >= *state_.pin_locked_until) state_.pin_locked_until.reset();
    if (!state_.picked_language.empty() && now_ >= state_.language_until && is<Idle>()) {
      state_.picked_language.clear();
      state_.language = config_.language;
    }
    std::visit(overloaded{
                   [](const Idle&) {},
                   [](const OutOfOrder&) {},
                   [&](const Checking& s) {
                     // The row may still be on its way to a disk that hangs: nothing is promised meanwhile.
                     if (now_ >= s.until) show(OutOfOrder{Fault::storage});
                   },
                   [&](const auto& s) {
                     if (now_ >= s.until) home();
                   },
               },
               Screen(state_.screen));
  }

  void operator()(const event::FaultChanged& e) {
    state_.fault = e.fault;
    if (is<Idle>() || is<OutOfOrder>()) home_keeping_language();
  }

  void operator()(const event::HubHeard& e) { state_.online = e.online; }

  void operator()(const event::LanguagePicked& e) {
    if (std::ranges::find(config_.languages, e.language) == config_.languages.end()) return;
    state_.language = e.language;
    state_.picked_language = e.language;
    state_.language_until = now_ + config_.language_for;
  }

  // --- a delegate
  // -------------------------------------------------------------------------------------------
  void operator()(const event::SymbolSeen& e) {
    const bool answered = (is<Admitted>() || is<Refused>()) && now_ - state_.since >= config_.result_at_least;
    if (is<Idle>() || answered) {
      // The next in the queue does not wait for the last one's greeting to end; and is not greeted in their
      // language.
      if (!is<Idle>()) state_.language = config_.language, state_.picked_language.clear();
      show(Checking{now_ + config_.checking_at_most});
      effects_.push_back(effect::Admit{e.text});
      return;
    }
    // Not now: but the same badge, still held up when the kiosk is ready again, is to count.
    effects_.push_back(effect::Forget{});
  }

  void operator()(const event::Decided& e) {
    const Decision& decision = e.decision;
    const bool prints = decision.badge_owed && decision.attendee && decision.verdict != Verdict::refused;
    if (prints) effects_.push_back(effect::PrintBadge{decision.attendee->id});
    if (in_staff_mode()) return;  // the row is written; the screen belongs to the staff member
    if (decision.attendee && state_.picked_language.empty()) {
      state_.language = language_of(*decision.attendee, config_);
    }
    if (decision.verdict == Verdict::refused) {
      show(Refused{decision, now_ + config_.refused_for});
    } else {
      const auto badge = prints ? Admitted::Badge::printing : Admitted::Badge::none;
      show(Admitted{decision, badge, now_ + (prints ? config_.badge_for : config_.admitted_for)});
    }
  }

  void operator()(const event::AdmitFailed&) {
    state_.fault = Fault::storage;
    if (!in_staff_mode()) home();
  }

  // --- staff
  // ------------------------------------------------------------------------------------------------
  void operator()(const event::CornerHeld&) {
    if (!in_staff_mode()) show(StaffPin{{}, false, false, now_ + config_.pin_idle});
  }

  void operator()(const event::Digit& e) {
    auto* pad = open_pad();
    if (pad == nullptr || e.digit < '0' || e.digit > '9') return;
    if (pad->digits.size() < kPinDigitsMost) pad->digits += e.digit;
    pad->wrong = false;
    pad->until = now_ + config_.pin_idle;
  }

  void operator()(const event::Erase&) {
    if (auto* pad = open_pad(); pad != nullptr && !pad->digits.empty()) {
      pad->digits.pop_back();
      pad->until = now_ + config_.pin_idle;
    }
    if (auto* search = std::get_if<StaffSearch>(&state_.screen);
        search != nullptr && !search->query.empty()) {
      // A whole letter, not a byte of it.
      while (search->query.size() > 1 && (static_cast<unsigned char>(search->query.back()) & 0xc0) == 0x80) {
        search->query.pop_back();
      }
      search->query.pop_back();
      look_up(*search);
    }
  }

  void operator()(const event::PinEntered&) {
    auto* pad = open_pad();
    if (pad == nullptr || pad->digits.size() < kPinDigitsLeast) return;
    pad->checking = true;
    pad->until = now_ + config_.pin_idle;
    effects_.push_back(effect::CheckPin{std::exchange(pad->digits, {})});
  }

  void operator()(const event::PinChecked& e) {
    if (e.right) {
      state_.pin_failures = 0;
      if (is<StaffPin>()) show(StaffSearch{e.who, {}, {}, false, now_ + config_.staff_idle});
      return;
    }
    // Counted even if the pad was left meanwhile: leaving it is no way around the limit.
    if (++state_.pin_failures >= kPinAttempts) {
      state_.pin_failures = 0;
      state_.pin_locked_until = now_ + config_.pin_lock;
    }
    if (auto* pad = std::get_if<StaffPin>(&state_.screen)) *pad = {{}, false, true, now_ + config_.pin_idle};
  }

  void operator()(const event::Typed& e) {
    auto* search = std::get_if<StaffSearch>(&state_.screen);
    if (search == nullptr || search->query.size() + e.letters.size() > kMaxQueryBytes) return;
    search->query += e.letters;
    look_up(*search);
  }

  void operator()(const event::SearchDone& e) {
    auto* search = std::get_if<StaffSearch>(&state_.screen);
    if (search == nullptr || search->query != e.query) return;  // typed on meanwhile
    search->hits = e.hits;
    search->searched = true;
  }

  void operator()(const event::Chosen& e) {
    auto* search = std::get_if<StaffSearch>(&state_.screen);
    if (search == nullptr) return;
    search->until = now_ + config_.staff_idle;
    effects_.push_back(effect::ReadRecord{e.attendee});
  }

  void operator()(const event::RecordRead& e) {
    if (auto* record = std::get_if<StaffRecord>(&state_.screen)) {
      if (record->attendee.id != e.attendee.id) return;
      record->presence = e.presence;
      record->generation = e.generation;
      record->history = e.history;
    } else if (auto* search = std::get_if<StaffSearch>(&state_.screen)) {
      StaffRecord opened;
      opened.who = search->who;
      opened.query = search->query;
      opened.attendee = e.attendee;
      opened.presence = e.presence;
      opened.generation = e.generation;
      opened.history = e.history;
      opened.until = now_ + config_.staff_idle;
      show(std::move(opened));
    }
  }

  void operator()(const event::ReprintAsked&) {
    auto* record = std::get_if<StaffRecord>(&state_.screen);
    if (record == nullptr || record->reprint == StaffRecord::Reprint::working) return;
    record->choosing_reason = true;
    record->until = now_ + config_.staff_idle;
  }

  void operator()(const event::ReasonChosen& e) {
    auto* record = std::get_if<StaffRecord>(&state_.screen);
    if (record == nullptr || !record->choosing_reason) return;
    record->choosing_reason = false;
    record->reprint = StaffRecord::Reprint::working;
    record->reprint_problem.clear();
    record->until = now_ + config_.staff_idle;
    effects_.push_back(effect::Reissue{record->attendee.id, record->who, e.reason});
  }

  void operator()(const event::BadgeDone& e) {
    if (auto* shown = std::get_if<Admitted>(&state_.screen)) {
      if (!shown->decision.attendee || shown->decision.attendee->id != e.attendee) return;
      shown->badge = e.printed ? Admitted::Badge::printed : Admitted::Badge::owed;
      shown->until = now_ + (e.printed ? config_.admitted_for : config_.refused_for);
    } else if (auto* record = std::get_if<StaffRecord>(&state_.screen)) {
      if (record->attendee.id != e.attendee) return;
      record->reprint = e.printed ? StaffRecord::Reprint::printed : StaffRecord::Reprint::failed;
      record->reprint_problem = e.problem;
      effects_.push_back(effect::ReadRecord{e.attendee});
    }
  }

  void operator()(const event::Touched&) {
    std::visit(overloaded{
                   [](Idle&) {},
                   [](Checking&) {},
                   [](OutOfOrder&) {},
                   [&](Admitted& s) { s.until = std::max(s.until, now_ + config_.admitted_for); },
                   [&](Refused& s) { s.until = std::max(s.until, now_ + config_.refused_for); },
                   [&](StaffPin& s) { s.until = now_ + config_.pin_idle; },
                   [&](StaffSearch& s) { s.until = now_ + config_.staff_idle; },
                   [&](StaffRecord& s) { s.until = now_ + config_.staff_idle; },
               },
               state_.screen);
  }

  void operator()(const event::Back&) {
    if (auto* record = std::get_if<StaffRecord>(&state_.screen)) {
      if (record->choosing_reason) {
        record->choosing_reason = false;
        record->until = now_ + config_.staff_idle;
        return;
      }
      StaffSearch search{record->who, record->query, {}, false, {}};
      look_up(search);
      show(std::move(search));
    } else {
      (*this)(event::Leave{});
    }
  }

  void operator()(const event::Leave&) {
    if (!is<Idle>() && !is<Checking>() && !is<OutOfOrder>()) home();
  }

  Step done(const State& from) {
    if (state_.screen.index() != from.screen.index()) state_.since = now_;
    return {std::move(state_), std::move(effects_)};
  }

 private:
  template <class S>
  [[nodiscard]] bool is() const {
    return std::holds_alternative<S>(state_.screen);
  }
  [[nodiscard]] bool in_staff_mode() const {
    return is<StaffPin>() || is<StaffSearch>() || is<StaffRecord>();
  }

  StaffPin* open_pad() {
    auto* pad = std::get_if<StaffPin>(&state_.screen);
    return pad == nullptr || pad->checking || state_.pin_locked_until ? nullptr : pad;
  }

  void look_up(StaffSearch& search) {
    search.until = now_ + config_.staff_idle;
    search.searched = search.query.empty();
    search.hits.clear();
    if (!search.query.empty()) effects_.push_back(effect::Search{search.query});
  }

  template <class S>
  void show(S screen) {
    state_.screen = std::move(screen);
    // A result that follows another starts its motion anew.
    state_.since = now_;
  }

  void home_keeping_language() {
    if (state_.fault == Fault::none) {
      // A badge that met the fault, and is still held up, is owed its answer.
      if (is<OutOfOrder>()) effects_.push_back(effect::Forget{});
      if (!is<Idle>()) show(Idle{});
    } else {
      state_.screen = OutOfOrder{state_.fault};
    }
  }

  void home() {
    state_.language = config_.language;
    state_.picked_language.clear();
    home_keeping_language();
  }

  State state_;
  Effects effects_;
  const FlowConfig& config_;
  Moment now_;
};

}  // namespace

Step step(const State& from, const Event& event, const FlowConfig& config, Moment now) {
  Turn turn(from, config, now);
  std::visit(turn, event);
  return turn.done(from);
}

std::optional<Moment> wake_at(const State& state) {
  std::optional<Moment> wake =
      std::visit(overloaded{
                     [](const Idle&) -> std::optional<Moment> { return std::nullopt; },
                     [](const OutOfOrder&) -> std::optional<Moment> { return std::nullopt; },
                     [](const auto& s) -> std::optional<Moment> { return s.until; },
                 },
                 state.screen);
  const auto earlier = [&](Moment other) { wake = wake ? std::min(*wake, other) : other; };
  if (state.pin_locked_until) earlier(*state.pin_locked_until);
  if (!state.picked_language.empty() && std::holds_alternative<Idle>(state.screen))
    earlier(state.language_until);
  return wake;
}

}  // namespace lanyard::kiosk
