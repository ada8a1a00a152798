// Sounds that tell how it went: accepted rises, refused falls, "call staff" asks three times, "attention"
// twice. PURE. Units: signed 16-bit samples, one channel, kSampleRate a second.
#pragma once

#include <cstdint>
#include <vector>

#include "kiosk/desk/state.hpp"

namespace lanyard::kiosk {

inline constexpr int kSampleRate = 22'050;  // that of espeak-ng's voices

[[nodiscard]] std::vector<std::int16_t> samples_of(Tone tone);

}  // namespace lanyard::kiosk
