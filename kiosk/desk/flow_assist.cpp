// Who is spoken to, and has more time: it begins with a headset, a key or a touch of its button, and ends
// with their visit. PURE.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "kiosk/desk/flow.hpp"
#include "kiosk/desk/flow_turn.hpp"

namespace lanyard::kiosk {

namespace {

bool& flag_of(Assist& assist, Aid aid) {
  if (aid == Aid::large_type) return assist.large_type;
  if (aid == Aid::within_reach) return assist.within_reach;
  return assist.high_contrast;
}

// As the roster names them (sync/record.hpp).
constexpr std::array<std::pair<std::string_view, Aid>, 3> kNeeds{{
    {"large-text", Aid::large_type},
    {"high-contrast", Aid::high_contrast},
    {"wheelchair", Aid::within_reach},
}};

}  // namespace

void Turn::meet_needs(const sync::Attendee& attendee) {
  const auto needs = [&](std::string_view need) {
    return std::ranges::find(attendee.access_needs, need) != attendee.access_needs.end();
  };
  const bool as_everybody = !state_.assist.active();
  for (const auto& [need, aid] : kNeeds) {
    const bool possible = aid != Aid::within_reach || config_.can_lower;
    if (possible && needs(need)) flag_of(state_.assist, aid) = true;
  }
  if (needs("audio") && config_.can_speak && !state_.assist.speech) begin_speech();
  if (as_everybody && state_.assist.active()) state_.assist.needed_by = attendee.id;
}

void Turn::begin_speech() {
  state_.assist.speech = true;
  state_.assist.extended = 0;
  give_time(config_.assist_speaks);
  effects_.push_back(effect::SayAgain{});
}

// The next person finds the kiosk as everybody does.
void Turn::end_assist() {
  const bool headset = state_.assist.headset;
  if (state_.assist.speech) effects_.push_back(effect::Hush{});
  state_.assist = Assist{};
  state_.assist.headset = headset;
}

void Turn::give_time(std::chrono::milliseconds quiet) {
  state_.assist.asking = false;
  state_.assist.asks = now_ + quiet;
  state_.assist.until = now_ + quiet + config_.assist_answer;
  // An answer stays for as long as they do.
  if (auto* admitted = on<Admitted>()) admitted->until = std::max(admitted->until, state_.assist.until);
  if (auto* preview = on<BadgePreview>()) preview->until = std::max(preview->until, state_.assist.until);
  if (auto* refused = on<Refused>()) refused->until = std::max(refused->until, state_.assist.until);
}

// It has yet to be said, or to be seen.
void Turn::give_time_for_answer() {
  if (!state_.assist.active()) return;
  give_time(state_.assist.speech ? config_.assist_speaks : config_.assist_result);
}

void Turn::is_there() {
  Assist& assist = state_.assist;
  if (!assist.active()) return;
  if (assist.asking && ++assist.extended > kMoreTimes) return;
  give_time(config_.assist_quiet);
}

void Turn::assist_on_tick() {
  Assist& assist = state_.assist;
  // While a badge is looked up, the answer is waited for.
  if (!assist.active() || in_staff_mode() || is<Checking>()) return;
  if (now_ >= assist.until) {
    end_assist();
    // What is out of order, or closed for a while, stays so.
    if (is<OutOfOrder>() || is<SetUp>() || is<Paused>()) {
      state_.language = config_.language;
      state_.picked_language.clear();
    } else {
      home();
    }
    return;
  }
  if (assist.asking || now_ < assist.asks) return;
  assist.asking = true;
  effects_.push_back(effect::Play{Tone::attention});
}

void Turn::operator()(const event::HeadsetChanged& e) {
  if (state_.assist.headset == e.in) return;
  state_.assist.headset = e.in;
  if (e.in) {
    if (!in_staff_mode()) begin_speech();
    return;
  }
  // Whoever pulls it out leaves, and what was for their ears alone goes with them.
  end_assist();
  if (is<BadgePreview>() || is<Admitted>() || is<Refused>() || is<Idle>()) home();
}

void Turn::operator()(const event::SpeechAsked&) {
  if (in_staff_mode()) return;
  state_.assist.needed_by.clear();
  if (!state_.assist.speech) return begin_speech();
  is_there();
  effects_.push_back(effect::SayAgain{});
}

void Turn::operator()(const event::AidAsked& e) {
  if (in_staff_mode()) return;
  state_.assist.needed_by.clear();
  bool& on = flag_of(state_.assist, e.aid);
  on = !on;
  // The last aid that goes takes the question with it.
  if (!state_.assist.active()) return end_assist();
  is_there();
}

void Turn::operator()(const event::SpeechEnded&) {
  if (!state_.assist.speech || state_.assist.asking) return;
  give_time(is<Admitted>() || is<Refused>() ? config_.assist_result : config_.assist_quiet);
}

void Turn::operator()(const event::VolumeAsked& e) {
  if (!state_.assist.speech) return;
  state_.assist.volume = std::clamp(state_.assist.volume + e.by, kVolumeLeast, kVolumeMost);
  is_there();
}

void Turn::operator()(const event::KeyPressed&) {
  (*this)(event::Touched{});
}

}  // namespace lanyard::kiosk
