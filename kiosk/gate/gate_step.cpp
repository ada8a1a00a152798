#include "kiosk/gate/gate_step.hpp"

#include <algorithm>

namespace lanyard::gate {

namespace {

class Turn {
 public:
  Turn(State from, const Rules& rules, Moment now) : state_(from), rules_(rules), now_(now) {}

  void run_out() {
    if (state_.connected && now_ >= state_.silent_at) {
      shut(NotGiven::cut_off);
      state_.light = Light::off;
    }
    if (state_.open_until && now_ >= *state_.open_until) {
      state_.open_until.reset();
      state_.rests_until = now_ + rules_.rest;
    }
  }

  void operator()(const event::Connected&) {
    leave(NotGiven::cut_off);
    state_.connected = true;
    state_.silent_at = now_ + kSilence;
  }

  void operator()(const event::Gone&) { leave(NotGiven::cut_off); }

  void operator()(const event::Tick&) { give_waiting(); }

  void operator()(const event::LinesJudged& e) {
    state_.works = e.work;
    if (!e.work) shut(NotGiven::no_lines);
  }

  void operator()(const event::Opened&) {
    if (state_.open_until) state_.open_until = now_ + rules_.pulse;
  }

  void operator()(const event::Said& e) {
    if (!state_.connected) return;
    give_waiting();
    state_.silent_at = now_ + kSilence;
    if (e.word.kind == Word::Kind::let_through) return let_through(e.word);
    state_.light = e.word.light;
    answers_.push_back({Answer::Kind::health, state_.works, 0, {}});
  }

  [[nodiscard]] Step done() { return {state_, std::move(answers_)}; }

 private:
  void refuse(std::uint32_t number, NotGiven why) {
    answers_.push_back({Answer::Kind::not_given, false, number, why});
  }

  void open(std::uint32_t number) {
    state_.open_until = now_ + rules_.pulse;
    answers_.push_back({Answer::Kind::given, false, number, {}});
  }

  void let_through(const Word& word) {
    if (word.number <= state_.last_number) return refuse(word.number, NotGiven::repeated);
    state_.last_number = word.number;
    if (!state_.works) return refuse(word.number, NotGiven::no_lines);
    // One of the future is no better: both ends read the same clock.
    const Moment too_old_after = word.said + kFresh;
    if (word.said > now_ || now_ > too_old_after) return refuse(word.number, NotGiven::too_old);
    const Moment free = state_.open_until ? *state_.open_until + rules_.rest : state_.rests_until;
    if (free <= now_) return open(word.number);
    if (state_.waiting) return refuse(word.number, NotGiven::busy);
    if (free > too_old_after) return refuse(word.number, NotGiven::too_old);
    state_.waiting = {word.number, too_old_after};
  }

  void shut(NotGiven why) {
    if (state_.open_until) {
      state_.open_until.reset();
      state_.rests_until = now_ + rules_.rest;
    }
    if (state_.waiting) refuse(state_.waiting->number, why);
    state_.waiting.reset();
  }

  void leave(NotGiven why) {
    shut(why);
    state_.light = Light::off;
    state_.connected = false;
    state_.last_number = 0;
  }

  // Not before what ends it in the same moment has been heard.
  void give_waiting() {
    if (!state_.waiting || state_.open_until || now_ < state_.rests_until) return;
    const State::Waiting next = *state_.waiting;
    state_.waiting.reset();
    now_ > next.too_old_after ? refuse(next.number, NotGiven::too_old) : open(next.number);
  }

  State state_;
  const Rules& rules_;
  Moment now_;
  std::vector<Answer> answers_;
};

}  // namespace

Step step(const State& from, const Event& event, const Rules& rules, Moment now) {
  Turn turn(from, rules, now);
  // A deadline that has passed comes before whatever happens; but a pulse has begun before it ends.
  if (!std::holds_alternative<event::Opened>(event)) turn.run_out();
  std::visit(turn, event);
  return turn.done();
}

Levels levels(const State& state) {
  return {state.open_until.has_value(), state.light};
}

std::optional<Moment> wake_at(const State& state) {
  std::optional<Moment> wake;
  const auto earlier = [&wake](Moment other) { wake = wake ? std::min(*wake, other) : other; };
  const bool is_lit = state.light != Light::off || state.open_until || state.waiting;
  if (state.connected && is_lit) earlier(state.silent_at);
  if (state.open_until) earlier(*state.open_until);
  if (state.waiting && !state.open_until) earlier(state.rests_until);
  return wake;
}

}  // namespace lanyard::gate
