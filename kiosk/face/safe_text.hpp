// Text from outside, made safe to lay out: names come from a spreadsheet that anybody may have filled in.
// PURE. Threads: reentrant.
#pragma once

#include <string>
#include <string_view>

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxShownBytes = 600;  // of one text on the screen: twice sync::kMaxTextBytes
inline constexpr int kMaxMarksPerLetter = 4;  // combining marks stacked on one letter; Thai and Viet need 3

// A text that stands inside another (a name in a sentence): valid UTF-8; control characters, line breaks and
// tabs become spaces; every directional control is taken out, so that a name cannot turn the sentence round.
[[nodiscard]] std::string safe_part(std::string_view text);

// A whole text, about to be drawn: as above, but directional isolates stay where they come in pairs, because
// the catalogue's sentences are put together with them.
[[nodiscard]] std::string safe_whole(std::string_view text);

}  // namespace lanyard::kiosk
