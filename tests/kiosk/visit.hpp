// A visit by keypad and speech, without a display, threads or a loudspeaker. One at a time: ImGui has one
// context.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "kiosk/desk/flow.hpp"
#include "kiosk/face/safe_text.hpp"
#include "kiosk/narrator.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {

using namespace std::chrono_literals;
using Key = KeypadKey;

class Ears : public Voice {
 public:
  std::uint64_t say(std::vector<Sentence> sentences, int volume) override {
    heard = std::move(sentences);
    all.insert(all.end(), heard.begin(), heard.end());
    loud = volume;
    return ++turn;
  }
  std::uint64_t say_after(std::vector<Sentence> sentences, int volume) override {
    heard.insert(heard.end(), sentences.begin(), sentences.end());
    all.insert(all.end(), sentences.begin(), sentences.end());
    loud = volume;
    return turn;
  }
  // Either ends what was being said, and what was to come.
  void play(Tone tone) override {
    tones.push_back(tone);
    all.resize(listened);
  }
  void hush() override {
    ++hushed;
    all.resize(listened);
  }
  [[nodiscard]] bool works() const override { return true; }
  [[nodiscard]] bool hears(std::string_view text) const {
    return std::ranges::any_of(heard, [&](const Sentence& s) { return s.text == text; });
  }

  std::vector<Sentence> heard;  // last
  std::vector<Sentence> all;    // unless it was cut off
  std::size_t listened{0};      // so many of them, to their end
  std::vector<Tone> tones;
  std::uint64_t turn{0};
  int loud{0};
  int hushed{0};
};

// The kiosk's loop, without its threads.
class Visit {
 public:
  Visit() : narrator_(&ears) {
    config.languages = samples::languages();
    state = samples::with(Idle{}, config.language);
    state.since = now;
    frame();
  }

  void apply(const Event& event) {
    Step done = step(state, event, config, now);
    state = std::move(done.next);
    for (const Effect& effect : done.effects) {
      if (const auto* play = std::get_if<effect::Play>(&effect)) narrator_.perform(*play);
      if (const auto* again = std::get_if<effect::SayAgain>(&effect)) narrator_.perform(*again);
      if (const auto* hush = std::get_if<effect::Hush>(&effect)) narrator_.perform(*hush);
    }
  }
  void frame() {
    View view = view_of(state);
    view.now = now;
    view.wall_now += std::chrono::duration_cast<std::chrono::milliseconds>(now - samples::moment_now());
    view.notices = notices;
    DrawResult drawn = face.frame(view);
    narrator_.presented(state, drawn.semantics, face.canvas);
    semantics = std::move(drawn.semantics);
    for (const Event& intent : drawn.intents) apply(intent);
    if (!drawn.intents.empty()) frame();
  }
  void happens(const Event& event) {
    apply(event);
    frame();
  }
  // All that is being said has been heard.
  void listens() {
    ears.listened = ears.all.size();
    const event::SpeechEnded ended{ears.turn};
    if (narrator_.awaits(ended)) happens(ended);
  }
  void key(Key key) {
    if (!Narrator::counts(key, state)) return;
    const bool was_asking = state.assist.asking;
    apply(Narrator::event_of(key));
    static_cast<void>(narrator_.move(key, state, semantics, was_asking, face.canvas));
    frame();
  }
  void passes(Moment::duration time) {
    const Moment until = now + time;
    for (auto wake = wake_at(state); wake && *wake <= until; wake = wake_at(state)) {
      now = std::max(now, *wake);
      happens(event::Tick{});
    }
    now = until;
    frame();
  }
  // By the arrow until that is heard; false if it never is.
  [[nodiscard]] bool arrow_to(std::string_view words) {
    for (int i = 0; i < 40; ++i) {
      key(Key::next);
      if (ears.hears(words)) return true;
    }
    return false;
  }
  [[nodiscard]] const Tongue& tongue() const { return face.phrases.in(state.language); }

  Moment now = samples::moment_now();
  std::vector<sync::Notice> notices;
  FlowConfig config;
  State state;
  BareFace face{Metrics{1080, 1920, 3.61F}};
  Ears ears;
  SemanticList semantics;

 private:
  Narrator narrator_;
};

// With the headset in, and the language found by ear.
inline void begin(Visit& visit, const std::string& language, std::string_view name) {
  visit.happens(event::HeadsetChanged{true});
  REQUIRE(visit.state.assist.speech);
  CHECK(visit.ears.hears(visit.tongue().say("Hold your badge up to the camera")));
  REQUIRE(visit.arrow_to(name));
  visit.key(Key::choose);
  REQUIRE(visit.state.language == language);
}

inline const std::vector<std::pair<std::string, std::string>> kNames{{"ar", "العربية"}, {"zh", "中文"},
                                                                     {"en", "English"}, {"fr", "Français"},
                                                                     {"ru", "Русский"}, {"es", "Español"}};

inline Decision decision(Verdict verdict, Rule rule) {
  Decision d = verdict == Verdict::refused ? samples::refusal(rule) : Decision{};
  d.verdict = verdict;
  d.rule = rule;
  if (verdict != Verdict::refused) d.attendee = samples::attendee();
  return d;
}

}  // namespace lanyard::kiosk
