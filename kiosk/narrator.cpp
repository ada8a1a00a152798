#include "kiosk/narrator.hpp"

#include <algorithm>
#include <utility>

#include "kiosk/desk/flow.hpp"
#include "kiosk/face/safe_text.hpp"

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

std::uint64_t Narrator::say(std::vector<Sentence> sentences, const State& state, Due due) {
  if (voice_ == nullptr || sentences.empty()) return 0;
  return due == Due::now ? voice_->say(std::move(sentences), state.assist.volume)
                         : voice_->say_after(std::move(sentences), state.assist.volume);
}

// They take turns on the screen; a person hears each once.
std::vector<Sentence> Narrator::without_old_notices(std::vector<Sentence> news,
                                                    const SemanticList& semantics) {
  const SemanticItem* notice = find_item(semantics, "notice");
  if (notice == nullptr) return news;
  const std::string text = safe_part(notice->label);
  if (std::ranges::find(notices_, text) != notices_.end()) {
    std::erase_if(news, [&](const Sentence& sentence) { return sentence.text == text; });
  } else {
    notices_.push_back(text);
  }
  return news;
}

void Narrator::presented(const State& state, const SemanticList& semantics, Canvas& canvas) {
  const std::size_t kind = state.screen.index();
  const bool moved = state.since != std::exchange(since_, state.since);
  const bool anew = kind != std::exchange(kind_, kind) || moved;
  if (anew) canvas.focus({});
  const bool louder = state.assist.volume != std::exchange(volume_, state.assist.volume);
  if (!state.assist.speech) {
    said_.clear();
    notices_.clear();
    again_ = false;
    awaited_ = 0;
    return;
  }
  const Tongue& tongue = canvas.tongue();
  std::vector<Sentence> reading = reading_of(semantics, hearing_of(state), tongue);
  const bool whole = anew || std::exchange(again_, false);
  std::vector<Sentence> news = whole ? reading : without_old_notices(news_of(said_, reading), semantics);
  said_ = std::move(reading);
  if (whole) {
    static_cast<void>(without_old_notices({}, semantics));
    awaited_ = say(std::move(news), state);
    return;
  }
  if (news.empty() && louder) {
    news.push_back(
        {safe_part(tongue.say("Volume {n}", {{"n", std::to_string(volume_)}})), tongue.language()});
  }
  // What the camera or the office has to say holds up nobody's leaving; of an answer, all is waited for.
  const bool of_answer = is_answer(state.screen);
  const bool urgent = find_item(semantics, "advice") != nullptr || state.assist.asking || louder;
  const std::uint64_t turn = say(std::move(news), state, urgent ? Due::now : Due::after);
  if (of_answer && turn != 0) awaited_ = turn;
}

bool Narrator::counts(KeypadKey key, const State& state) {
  return !is_staff(state.screen) || key == KeypadKey::headset_in || key == KeypadKey::headset_out;
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

bool Narrator::move(KeypadKey key, const State& state, const SemanticList& semantics, bool answered,
                    Canvas& canvas) {
  using Key = KeypadKey;
  if (answered) return true;
  if (key == Key::choose) {
    canvas.press(canvas.focus());
    return !canvas.focus().empty();
  }
  if (key != Key::next && key != Key::previous) return false;
  const SemanticItem* item =
      stop_after(semantics, canvas.focus(), key == Key::next ? 1 : -1, hearing_of(state));
  if (item == nullptr) return false;
  canvas.focus(key_of(*item));
  if (state.assist.speech) awaited_ = say(words_of(*item, hearing_of(state), canvas.tongue()), state);
  return true;
}

}  // namespace lanyard::kiosk
