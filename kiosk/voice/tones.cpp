#include "kiosk/voice/tones.hpp"

#include <cmath>
#include <numbers>
#include <span>

namespace lanyard::kiosk {
namespace {

struct Note {
  float hertz{0};  // 0: silence
  float seconds{0};
};

constexpr float kLoudness = 0.34F;  // of full scale: a sound beside speech, not over it
constexpr float kAttack = 0.008F;   // s; without it a note begins with a click
constexpr float kRelease = 0.03F;   // s
constexpr float kOvertone = 0.22F;  // of the octave above: rounder than a bare sine

float envelope(float t, float lasts) {
  const float rise = std::min(1.0F, t / kAttack);
  const float fall = std::min(1.0F, (lasts - t) / kRelease);
  return rise * fall * std::exp(-2.4F * t / lasts);
}

std::vector<std::int16_t> melody(std::span<const Note> notes) {
  std::vector<std::int16_t> out;
  for (const Note& note : notes) {
    const auto count = static_cast<std::size_t>(note.seconds * kSampleRate);
    for (std::size_t i = 0; i < count; ++i) {
      const float t = static_cast<float>(i) / kSampleRate;
      const float turn = 2 * std::numbers::pi_v<float> * note.hertz * t;
      const float wave = (std::sin(turn) + kOvertone * std::sin(2 * turn)) / (1 + kOvertone);
      const float loud = note.hertz > 0 ? kLoudness * envelope(t, note.seconds) : 0;
      out.push_back(static_cast<std::int16_t>(std::lround(32'767 * loud * wave)));
    }
  }
  return out;
}

}  // namespace

std::vector<std::int16_t> samples_of(Tone tone) {
  // Told apart by shape, not by pitch alone: not everybody hears both ends of the scale.
  constexpr Note kAccept[] = {{523.25F, 0.10F}, {659.25F, 0.10F}, {783.99F, 0.26F}};
  constexpr Note kRefuse[] = {{392.00F, 0.16F}, {293.66F, 0.34F}};
  constexpr Note kCallStaff[] = {{440.00F, 0.13F}, {0, 0.06F}, {440.00F, 0.13F}, {0, 0.06F}, {440.00F, 0.2F}};
  constexpr Note kAttention[] = {{587.33F, 0.14F}, {0, 0.07F}, {587.33F, 0.2F}};
  switch (tone) {
    case Tone::accept:
      return melody(kAccept);
    case Tone::refuse:
      return melody(kRefuse);
    case Tone::call_staff:
      return melody(kCallStaff);
    case Tone::attention:
      return melody(kAttention);
  }
  return {};
}

}  // namespace lanyard::kiosk
