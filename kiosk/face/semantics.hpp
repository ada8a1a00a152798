// What is on the screen, in words: one list that tests read, that a pointer or a keypad is driven by, and
// that is spoken. every text and every control that is drawn is in it, the house before what stands in it.
// Threads: values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kiosk/face/geometry.hpp"
#include "kiosk/face/theme.hpp"

namespace lanyard::kiosk {

enum class Role : std::uint8_t {
  text,
  heading,
  status,  // the answer: spoken first
  picture,
  field,  // what was typed
  button,
  caption,  // the words drawn on a control: not said again
  corner,   // the way in for staff: a button that is not drawn
};

struct SemanticItem {
  Role role{Role::text};
  std::string id{};     // stable for controls ("pin.digit.5"); "" for most texts
  std::string label{};  // never empty
  std::string value{};  // of a field; never a PIN
  std::string language{};
  Rect rect{};  // what is drawn, or may be touched; px
  Rect box{};   // what it was given; px

  bool drawn{true};      // false: for speech alone
  bool personal{false};  // of one person: said into a headset alone
  std::string aloud{};   // what a loudspeaker may say in its place; "": nothing, of what is personal
  bool chosen{false};    // of a control: it is how things are
  bool enabled{true};    // of a control
  bool quiet{false};     // for staff or for the curious: a delegate gets by without it, so it may be smaller
  float cap_mm{0};       // of text: the height of its capitals
  Rgb ink{};             // of text, or of a control's edge
  Rgb ground{};
  bool shortened{false};
  int unknown_glyphs{0};
};
using SemanticList = std::vector<SemanticItem>;
// A question that lies over a screen, and is the first of what lies there.
inline constexpr std::string_view kQuestion = "question";

[[nodiscard]] inline const SemanticItem* find_item(const SemanticList& list, std::string_view id) {
  for (const SemanticItem& item : list) {
    if (item.id == id) return &item;
  }
  return nullptr;
}

}  // namespace lanyard::kiosk
