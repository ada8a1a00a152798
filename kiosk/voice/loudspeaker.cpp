#include "kiosk/voice/loudspeaker.hpp"

#include <alsa/asoundlib.h>

#include "kiosk/voice/tones.hpp"

namespace lanyard::kiosk {
namespace {

// How much the card has in hand: what a key must cut, and what a busy machine may be late by.
constexpr unsigned kAheadUs = 60'000;

std::string problem(const std::string& device, int code) {
  return "sound device " + device + ": " + snd_strerror(code);
}

// ALSA writes its complaints to stderr by itself; ours are in the error that is returned.
void say_nothing(const char*, int, const char*, int, const char*, ...) {
}  // NOLINT(cert-dcl50-cpp): ALSA's type

}  // namespace

struct Loudspeaker::Inside {
  std::string device;
  snd_pcm_t* pcm{nullptr};
};

sync::Expected<std::unique_ptr<Loudspeaker>> Loudspeaker::open(const std::string& device) {
  snd_lib_error_set_handler(say_nothing);
  auto inside = std::make_unique<Inside>();
  inside->device = device;
  int code = snd_pcm_open(&inside->pcm, device.c_str(), SND_PCM_STREAM_PLAYBACK, 0);
  if (code < 0) return sync::fail(sync::Error::Kind::unavailable, problem(device, code));
  code = snd_pcm_set_params(inside->pcm, SND_PCM_FORMAT_S16, SND_PCM_ACCESS_RW_INTERLEAVED, 1, kSampleRate, 1,
                            kAheadUs);
  if (code < 0) {
    snd_pcm_close(inside->pcm);
    return sync::fail(sync::Error::Kind::unavailable, problem(device, code));
  }
  return std::unique_ptr<Loudspeaker>(new Loudspeaker(std::move(inside)));
}

Loudspeaker::Loudspeaker(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Loudspeaker::~Loudspeaker() {
  snd_pcm_close(inside_->pcm);
}

sync::Expected<void> Loudspeaker::play(std::span<const std::int16_t> samples) {
  while (!samples.empty()) {
    snd_pcm_sframes_t taken = snd_pcm_writei(inside_->pcm, samples.data(), samples.size());
    // An underrun between two sentences is nothing: it goes on.
    if (taken < 0) taken = snd_pcm_recover(inside_->pcm, static_cast<int>(taken), 1);
    if (taken < 0) {
      return sync::fail(sync::Error::Kind::unavailable, problem(inside_->device, static_cast<int>(taken)));
    }
    samples = samples.subspan(static_cast<std::size_t>(taken));
  }
  return {};
}

void Loudspeaker::drain() {
  snd_pcm_drain(inside_->pcm);
  snd_pcm_prepare(inside_->pcm);
}

void Loudspeaker::cut() {
  snd_pcm_drop(inside_->pcm);
  snd_pcm_prepare(inside_->pcm);
}

}  // namespace lanyard::kiosk
