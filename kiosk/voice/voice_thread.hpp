// The thread that owns the loudspeaker: sentences and tones come in, and are heard. What is said is cut at
// once when something else is to be said.
//
// Threads: any may call; `on_ended` is called on the voice's own. A kiosk without a sound card, or without
// espeak-ng, is silent: said once in the log, tried again now and then, and everything else goes on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "kiosk/voice/loudspeaker.hpp"
#include "kiosk/voice/speech.hpp"
#include "kiosk/voice/tones.hpp"

namespace lanyard::kiosk {

struct VoiceConfig {
  std::string device{"default"};  // ALSA's name
  int words_per_minute{kWordsPerMinute};
};

inline constexpr std::size_t kMaxSentences = 100;  // of a screen

// What the narrator speaks by. Any thread may call.
class Voice {
 public:
  Voice() = default;
  Voice(const Voice&) = delete;
  Voice& operator=(const Voice&) = delete;
  virtual ~Voice() = default;
  // In place of what is being said; after a tone that sounds. `volume`: kVolumeLeast to kVolumeMost. Returns
  // a number that is told again when all has been heard; never 0.
  virtual std::uint64_t say(std::vector<Sentence> sentences, int volume) = 0;
  // The same, once what is being said has been.
  virtual std::uint64_t say_after(std::vector<Sentence> sentences, int volume) = 0;
  virtual void play(Tone tone) = 0;
  virtual void hush() = 0;
  // Whether it can be heard, as far as is known.
  [[nodiscard]] virtual bool works() const = 0;
};

class VoiceThread : public Voice {
 public:
  // `on_ended`, with the turn: all that was to be said has been heard, or could not be.
  VoiceThread(VoiceConfig config, std::function<void(std::uint64_t)> on_ended);
  ~VoiceThread() override;

  std::uint64_t say(std::vector<Sentence> sentences, int volume) override;
  std::uint64_t say_after(std::vector<Sentence> sentences, int volume) override;
  void play(Tone tone) override;
  void hush() override;
  [[nodiscard]] bool works() const override { return works_; }

 private:
  void run(const std::stop_token& stop);
  void play_now(Tone tone);
  void say_next(std::unique_lock<std::mutex> lock);
  [[nodiscard]] sync::Expected<void> say_one(const Sentence& sentence, float loud, std::uint64_t turn);
  [[nodiscard]] sync::Expected<Loudspeaker*> loudspeaker();
  // Whether sound and speech are there: a card may be plugged in later.
  void probe();
  [[nodiscard]] bool is_over(std::uint64_t turn);
  void complain(const sync::Error& error);

  const VoiceConfig config_;
  const std::function<void(std::uint64_t)> on_ended_;
  std::mutex mutex_;
  std::condition_variable_any came_;
  std::optional<Tone> tone_;
  std::deque<Sentence> sentences_;
  int volume_{kVolumeUsual};
  std::uint64_t turn_{1};  // counts what was to be said, so that what is outdated stops

  std::atomic<bool> works_{false};            // both of them
  std::unique_ptr<Loudspeaker> loudspeaker_;  // the thread's
  std::string complaint_;                     // the last, so that each is said once
  std::jthread thread_;                       // last: it runs as soon as it is there
};

}  // namespace lanyard::kiosk
