// Between the screen and the voice: what is said of each screen as it comes up, and where the keypad has come
// to. Threads: the main one.
#pragma once

#include <string>
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
  void presented(const State& state, const SemanticList& semantics, const Tongue& tongue);
  // What a key asks of the flow, to be applied before move().
  [[nodiscard]] static Event event_of(KeypadKey key);
  // Where the key leads: the focus goes there and is told, or what it is on is pressed. True if there is
  // something new to draw. `answered`: it was the answer to a question, and nothing more.
  [[nodiscard]] bool move(KeypadKey key, const State& state, bool answered, Canvas& canvas);

 private:
  [[nodiscard]] static Hearing hearing_of(const State& state) {
    return state.assist.headset ? Hearing::one_person : Hearing::everybody;
  }
  void say(std::vector<Sentence> sentences, const State& state);

  Voice* voice_;
  SemanticList semantics_;      // of the frame that is on the screen
  std::vector<Sentence> said_;  // of this screen
  Moment since_{};              // when it came up
  std::string focus_;           // key_of what the keypad has come to
  int volume_{kVolumeUsual};
  bool again_{false};
};

}  // namespace lanyard::kiosk
