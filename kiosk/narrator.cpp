#include "kiosk/narrator.hpp"

#include <utility>

namespace lanyard::kiosk {

void Narrator::perform(const effect::Play& what) {
  if (voice_ != nullptr) voice_->play(what.tone);
}

void Narrator::perform(const effect::SayAgain&) {
  again_ = true;
}

void Narrator::perform(const effect::Hush&) {
  if (voice_ != nullptr) voice_->hush();
}

void Narrator::say(std::vector<Sentence> sentences, const State& state) {
  if (voice_ != nullptr && !sentences.empty()) voice_->say(std::move(sentences), state.assist.volume);
}

void Narrator::presented(const State& state, const SemanticList& semantics, const Tongue& tongue) {
  semantics_ = semantics;
  const bool anew = state.since != std::exchange(since_, state.since);
  if (anew) focus_.clear();
  const bool louder = state.assist.volume != std::exchange(volume_, state.assist.volume);
  if (!state.assist.speech) {
    said_.clear();
    again_ = false;
    return;
  }
  std::vector<Sentence> reading = reading_of(semantics, hearing_of(state), tongue);
  std::vector<Sentence> news = anew || again_ ? reading : news_of(said_, reading);
  again_ = false;
  said_ = std::move(reading);
  if (news.empty() && louder) {
    news.push_back(
        {without_marks(tongue.say("Volume {n}", {{"n", std::to_string(volume_)}})), tongue.language()});
  }
  say(std::move(news), state);
}

Event Narrator::event_of(KeypadKey key) {
  using Key = KeypadKey;
  if (key == Key::headset_in) return event::HeadsetChanged{true};
  if (key == Key::headset_out) return event::HeadsetChanged{false};
  if (key == Key::speech) return event::SpeechAsked{};
  if (key == Key::louder) return event::VolumeAsked{1};
  if (key == Key::softer) return event::VolumeAsked{-1};
  return event::KeyPressed{};
}

bool Narrator::move(KeypadKey key, const State& state, bool answered, Canvas& canvas) {
  using Key = KeypadKey;
  if (answered) return true;
  if (key == Key::choose) {
    canvas.press(focus_);
    return !focus_.empty();
  }
  if (key != Key::next && key != Key::previous) return false;
  const SemanticItem* item = stop_after(semantics_, focus_, key == Key::next ? 1 : -1, hearing_of(state));
  if (item == nullptr) return false;
  focus_ = key_of(*item);
  canvas.focus(focus_);
  if (state.assist.speech) say(words_of(*item, hearing_of(state), canvas.tongue()), state);
  return true;
}

}  // namespace lanyard::kiosk
