// What a scanner that poses as a keyboard types, as characters. PURE. Threads: a value of one owner.
//
// Formats: key codes and events of linux/input-event-codes.h and the kernel's "Linux Input Subsystem", and
// the layouts as Windows has them, for which the makers write their tables: there ´ ` ^ ¨ ~ wait for the next
// key in some places.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lanyard::scanner {

enum class KeyLayout : std::uint8_t { us, de, fr };
[[nodiscard]] std::optional<KeyLayout> key_layout_named(std::string_view name);

struct KeyEvent {
  std::uint16_t type{0};  // EV_KEY, EV_SYN; others say nothing
  std::uint16_t code{0};
  std::int32_t value{0};  // of a key: 1 down, 0 up, 2 held
};

class KeyTyping {
 public:
  explicit KeyTyping(KeyLayout layout) : layout_(layout) {}

  // What the event types, in UTF-8, is appended to `into`: Enter as CR, Tab as TAB. A key that is no
  // character (F2, Escape, Alt and a letter), and events that the kernel lost, type a control character that
  // no code may hold, so that the code around them is refused and not shortened.
  void take(const KeyEvent& event, std::string& into);

 private:
  struct Held {
    bool left_shift{false};
    bool right_shift{false};
    bool left_ctrl{false};
    bool right_ctrl{false};
    bool left_alt{false};
    bool right_alt{false};
    bool left_meta{false};
    bool right_meta{false};
  };
  bool take_modifier(std::uint16_t code, bool down, std::string& into);
  void press(std::uint16_t code, std::string& into);
  void type(char32_t character, std::string& into);
  void type_with_alt(std::uint16_t code, std::string& into);
  void finish_alt(std::string& into);
  [[nodiscard]] bool ctrl() const;
  [[nodiscard]] bool alt_gr() const;
  [[nodiscard]] char32_t character_of(std::uint16_t code) const;

  KeyLayout layout_;
  Held held_;
  bool caps_{false};
  bool lost_{false};        // the kernel's buffer ran over: all until the next report is stale
  char32_t dead_{0};        // an accent that waits for its letter
  std::string alt_digits_;  // typed on the keypad while Alt is held
};

}  // namespace lanyard::scanner
