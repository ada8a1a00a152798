// Where sound goes: headset or loudspeaker, whichever the machine's card has behind this device. The only
// door to ALSA.
//
// Threads: the voice's alone. Units: signed 16-bit samples, one channel, kSampleRate a second. Errors:
// unavailable, with the device and ALSA's words; a device that has gone may be opened again.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "sync/error.hpp"

namespace lanyard::kiosk {

class Loudspeaker {
 public:
  // An ALSA device: "default", "plughw:1,0", "file:FILE=/tmp/heard.raw,FORMAT=raw".
  [[nodiscard]] static sync::Expected<std::unique_ptr<Loudspeaker>> open(const std::string& device);
  ~Loudspeaker();
  Loudspeaker(const Loudspeaker&) = delete;
  Loudspeaker& operator=(const Loudspeaker&) = delete;

  // Returns when the card has taken them, which is some 60 ms before they are heard.
  [[nodiscard]] sync::Expected<void> play(std::span<const std::int16_t> samples);
  // Until all has been heard.
  void drain();
  // At once: what has not been heard is dropped.
  void cut();

 private:
  struct Inside;
  explicit Loudspeaker(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace lanyard::kiosk
