// A walk through the screens without hands: `lanyard-kiosk --script FILE` plays it on the kiosk itself, with
// its store, its rulebook and its printer, and keeps pictures and semantic lists, so that any screen can be
// shown, tested and documented. A line is a step; "#" begins a remark:
//
//   show TEXT      a code is held up
//   touch ID       a control of the semantic list, as "language.fr"; an ID may end with "*"
//   hold ID        the same, held: the corner of staff
//   type LETTERS   on a keyboard that is plugged in
//   key KEY        of the keypad: next, previous, choose, speech, louder, softer, headset-in, headset-out
//   wait SECONDS   the clock of the screens goes on by so much; nobody waits
//   until SCREEN   until that screen is there, as "record" or "record printed": its picture's words, in order
//   expect WORDS   they stand on the screen, or would be said
//   shot NAME      NAME.png and NAME.json into the folder of --screenshots
//
// PURE. Threads: values.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/face/keypad.hpp"
#include "kiosk/face/semantics.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxScriptBytes = 256UL * 1024;

struct ScriptStep {
  enum class Kind : std::uint8_t { show, touch, hold, type, key, wait, until, expect, shot };
  Kind kind{Kind::wait};
  std::string text;                // whatever the kind asks for
  std::chrono::milliseconds by{};  // of wait
  KeypadKey key{KeypadKey::next};  // of key
  int line{0};
};

// Errors: invalid, a line for each thing wrong: "walk.script:12: ...".
[[nodiscard]] sync::Expected<std::vector<ScriptStep>> parse_script(std::string_view text,
                                                                   std::string_view name);

// The control that a step touches; null if there is none that can be touched now.
[[nodiscard]] const SemanticItem* control_named(const SemanticList& list, std::string_view id);
[[nodiscard]] bool stands_on(const SemanticList& list, std::string_view words);
// The list as JSON, an object a line.
[[nodiscard]] std::string to_json_lines(const SemanticList& list);

}  // namespace lanyard::kiosk
