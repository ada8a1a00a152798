// Between the screen and the voice: what is said of each screen as it comes up, and where the keypad has come
// to. Threads: the main one.
#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "kiosk/desk/state.hpp"
#include "kiosk/face/canvas.hpp"
#include "kiosk/face/keypad.hpp"
#include "kiosk/face/reading.hpp"
#include "kiosk/voice/voice_thread.hpp"

namespace lanyard::kiosk {

class Narrator {
 public:
  // Null: a kiosk without a voice; the keypad works all the same. It must live longer.
  explicit Narrator(Voice* voice) : voice_(voice) {}

  [[nodiscard]] bool can_speak() const { return voice_ != nullptr && voice_->works(); }
  void perform(const effect::Play& what);
  void perform(const effect::SayAgain& what);
  void perform(const effect::Hush& what);

  // After each presented frame: says what is new of it, if anybody listens.
  void presented(const State& state, const SemanticList& semantics, Canvas& canvas);
  // Whether what has been said to its end is what the person was waiting for.
  [[nodiscard]] bool awaits(const event::SpeechEnded& ended) {
    return ended.turn != 0 && ended.turn == std::exchange(awaited_, ended.turn == awaited_ ? 0 : awaited_);
  }
  // Staff have the screen, and a keyboard of their own if need be; but a headset is one wherever it is pulled
  // out.
  [[nodiscard]] static bool counts(KeypadKey key, const State& state);
  // What a key asks of the flow, to be applied before move().
  [[nodiscard]] static Event event_of(KeypadKey key);
  // Where the key leads: the focus goes there and is told, or what it is on is pressed. True if there is
  // something new to draw. `answered`: it was the answer to a question, and nothing more.
  [[nodiscard]] bool move(KeypadKey key, const State& state, const SemanticList& semantics, bool answered,
                          Canvas& canvas);

 private:
  [[nodiscard]] static Hearing hearing_of(const State& state) {
    return state.assist.headset ? Hearing::one_person : Hearing::everybody;
  }
  enum class Due : std::uint8_t { now, after };
  // Returns its turn.
  std::uint64_t say(std::vector<Sentence> sentences, const State& state, Due due = Due::now);
  [[nodiscard]] std::vector<Sentence> without_old_notices(std::vector<Sentence> news,
                                                          const SemanticList& semantics);

  Voice* voice_;
  std::vector<Sentence> said_;           // of this screen
  Moment since_{};                       // when it came up
  std::size_t kind_{std::variant_npos};  // of screen
  std::vector<std::string> notices_;     // of the office, that this person has heard
  std::uint64_t awaited_{0};
  int volume_{kVolumeUsual};
  bool again_{false};
};

}  // namespace lanyard::kiosk
