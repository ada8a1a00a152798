#include "kiosk/voice/voice_thread.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "sync/log.hpp"

namespace lanyard::kiosk {
namespace {

constexpr std::size_t kChunk = kSampleRate / 50;  // 20 ms: how late a cut may be, while espeak-ng speaks on
constexpr std::chrono::seconds kTryAgain{20};     // a card that was not there
constexpr float kStepDb = 6;                      // between two volumes

// The loudest is as it comes; each below it a step softer.
float loudness(int volume) {
  const int below = kVolumeMost - std::clamp(volume, kVolumeLeast, kVolumeMost);
  return std::pow(10.0F, -kStepDb * static_cast<float>(below) / 20);
}

}  // namespace

VoiceThread::VoiceThread(VoiceConfig config, std::function<void(std::uint64_t)> on_ended)
    : config_(std::move(config)),
      on_ended_(std::move(on_ended)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

VoiceThread::~VoiceThread() {
  hush();
  thread_.request_stop();
  came_.notify_all();
}

std::uint64_t VoiceThread::say(std::vector<Sentence> sentences, int volume) {
  if (sentences.size() > kMaxSentences) sentences.resize(kMaxSentences);
  const std::lock_guard lock(mutex_);
  sentences_.assign(std::make_move_iterator(sentences.begin()), std::make_move_iterator(sentences.end()));
  volume_ = volume;
  came_.notify_all();
  return ++turn_;
}

std::uint64_t VoiceThread::say_after(std::vector<Sentence> sentences, int volume) {
  const std::lock_guard lock(mutex_);
  for (Sentence& sentence : sentences) {
    if (sentences_.size() < kMaxSentences) sentences_.push_back(std::move(sentence));
  }
  volume_ = volume;
  came_.notify_all();
  return turn_;
}

void VoiceThread::play(Tone tone) {
  const std::lock_guard lock(mutex_);
  tone_ = tone;
  // What was being said was of a moment ago.
  sentences_.clear();
  ++turn_;
  came_.notify_all();
}

void VoiceThread::hush() {
  const std::lock_guard lock(mutex_);
  sentences_.clear();
  ++turn_;
}

void VoiceThread::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!works_) probe();
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, stop, kTryAgain, [this] { return tone_ || !sentences_.empty(); })) continue;
    if (const auto tone = std::exchange(tone_, std::nullopt)) {
      lock.unlock();
      play_now(*tone);
    } else {
      say_next(std::move(lock));
    }
  }
}

void VoiceThread::probe() {
  if (const auto speaker = loudspeaker(); !speaker) return complain(speaker.error());
  auto speech = Speech::begin({"1", "en"}, config_.words_per_minute);
  if (!speech) return complain(speech.error());
  std::array<std::int16_t, kChunk> chunk{};
  if (const auto count = speech->read(chunk); !count) return complain(count.error());
  works_ = true;
}

bool VoiceThread::is_over(std::uint64_t turn) {
  const std::lock_guard lock(mutex_);
  return turn != turn_;
}

void VoiceThread::complain(const sync::Error& error) {
  if (error.message == complaint_) return;
  complaint_ = error.message;
  log::warn("{}", error.message);
}

sync::Expected<Loudspeaker*> VoiceThread::loudspeaker() {
  if (loudspeaker_ == nullptr) {
    auto opened = Loudspeaker::open(config_.device);
    if (!opened) return tl::make_unexpected(opened.error());
    loudspeaker_ = std::move(*opened);
  }
  return loudspeaker_.get();
}

void VoiceThread::play_now(Tone tone) {
  const auto speaker = loudspeaker();
  if (!speaker) return complain(speaker.error());
  (*speaker)->cut();
  if (auto played = (*speaker)->play(samples_of(tone)); !played) {
    complain(played.error());
    loudspeaker_.reset();
    works_ = false;
    return;
  }
  (*speaker)->drain();
}

void VoiceThread::say_next(std::unique_lock<std::mutex> lock) {
  const Sentence sentence = std::move(sentences_.front());
  sentences_.pop_front();
  const std::uint64_t turn = turn_;
  const float loud = loudness(volume_);
  lock.unlock();
  const auto said = say_one(sentence, loud, turn);
  if (is_over(turn)) {
    if (loudspeaker_ != nullptr) loudspeaker_->cut();
    return;
  }
  if (!said) {
    complain(said.error());
    loudspeaker_.reset();  // gone, perhaps: opened anew
    works_ = false;
  } else {
    complaint_.clear();
  }
  lock.lock();
  if (!said) sentences_.clear();
  if (!sentences_.empty()) return;
  lock.unlock();
  if (loudspeaker_ != nullptr) loudspeaker_->drain();
  if (!is_over(turn)) on_ended_(turn);
}

sync::Expected<void> VoiceThread::say_one(const Sentence& sentence, float loud, std::uint64_t turn) {
  auto speaker = loudspeaker();
  if (!speaker) return tl::make_unexpected(speaker.error());
  auto speech = Speech::begin(sentence, config_.words_per_minute);
  if (!speech) return tl::make_unexpected(speech.error());
  std::array<std::int16_t, kChunk> chunk{};
  while (!is_over(turn)) {
    const auto count = speech->read(chunk);
    if (!count) return tl::make_unexpected(count.error());
    if (*count == 0) break;
    const std::span<std::int16_t> heard = std::span(chunk).first(*count);
    for (std::int16_t& sample : heard) sample = static_cast<std::int16_t>(std::lround(loud * sample));
    if (auto played = (*speaker)->play(heard); !played) return played;
  }
  return {};
}

}  // namespace lanyard::kiosk
