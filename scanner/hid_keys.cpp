#include "scanner/hid_keys.hpp"

#include <algorithm>
#include <utility>

#include <linux/input-event-codes.h>

namespace lanyard::scanner {
namespace {

// Stands for a key that is no character: no code may hold it.
constexpr char32_t kNoCharacter = U'\0';
constexpr char32_t kNothing = 0xFFFFFFFF;  // the key types nothing by itself
// A longer number is no character any more.
constexpr std::size_t kMaxAltDigits = 5;

// Keys that lie side by side, from the code `first` on. A blank types nothing; a combining accent waits for
// the next key.
struct Row {
  std::uint16_t first;
  std::u32string_view plain;
  std::u32string_view shifted;
  std::u32string_view alt_gr;
};
using Rows = std::array<Row, 5>;

constexpr Rows kUs{{{KEY_1, U"1234567890-=", U"!@#$%^&*()_+", U""},
                    {KEY_Q, U"qwertyuiop[]", U"QWERTYUIOP{}", U""},
                    {KEY_A, U"asdfghjkl;'`", U"ASDFGHJKL:\"~", U""},
                    {KEY_BACKSLASH, U"\\zxcvbnm,./", U"|ZXCVBNM<>?", U""},
                    {KEY_102ND, U"\\", U"|", U""}}};

constexpr Rows kDe{{{KEY_1, U"1234567890ß\u0301", U"!\"§$%&/()=?\u0300", U" ²³   {[]}\\ "},
                    {KEY_Q, U"qwertzuiopü+", U"QWERTZUIOPÜ*", U"@ €        ~"},
                    {KEY_A, U"asdfghjklöä\u0302", U"ASDFGHJKLÖÄ°", U""},
                    {KEY_BACKSLASH, U"#yxcvbnm,.-", U"'YXCVBNM;:_", U"       µ   "},
                    {KEY_102ND, U"<", U">", U"|"}}};

constexpr Rows kFr{{{KEY_1, U"&é\"'(-è_çà)=", U"1234567890°+", U" \u0303#{[|\u0300\\^@]}"},
                    {KEY_Q, U"azertyuiop\u0302$", U"AZERTYUIOP\u0308£", U"  €        ¤"},
                    {KEY_A, U"qsdfghjklmù²", U"QSDFGHJKLM% ", U""},
                    {KEY_BACKSLASH, U"*wxcvbn,;:!", U"µWXCVBN?./§", U""},
                    {KEY_102ND, U"<", U">", U""}}};

const Rows& rows_of(KeyLayout layout) {
  switch (layout) {
    case KeyLayout::de:
      return kDe;
    case KeyLayout::fr:
      return kFr;
    case KeyLayout::us:
      break;
  }
  return kUs;
}

enum class Level : std::uint8_t { plain, shifted, alt_gr };

char32_t look_up(KeyLayout layout, std::uint16_t code, Level level) {
  for (const Row& row : rows_of(layout)) {
    const std::u32string_view keys = level == Level::plain     ? row.plain
                                     : level == Level::shifted ? row.shifted
                                                               : row.alt_gr;
    if (code < row.first || code >= row.first + row.plain.size()) continue;
    const std::size_t at = std::size_t{code} - row.first;
    return at >= keys.size() || keys[at] == U' ' ? kNoCharacter : keys[at];
  }
  return kNoCharacter;
}

// -1: not a digit of the keypad.
int keypad_digit(std::uint16_t code) {
  constexpr std::array<std::uint16_t, 10> kDigits{KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4,
                                                  KEY_KP5, KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9};
  const auto found = std::find(kDigits.begin(), kDigits.end(), code);
  return found == kDigits.end() ? -1 : static_cast<int>(found - kDigits.begin());
}

// The same on all layouts. kNothing: not one of these.
char32_t fixed_character(std::uint16_t code, KeyLayout layout) {
  if (const int digit = keypad_digit(code); digit >= 0) return U'0' + static_cast<char32_t>(digit);
  switch (code) {
    case KEY_SPACE:
      return U' ';
    case KEY_ENTER:
    case KEY_KPENTER:
      return U'\r';
    case KEY_TAB:
      return U'\t';
    case KEY_BACKSPACE:
      return U'\b';
    case KEY_ESC:
      return U'\x1b';
    case KEY_KPASTERISK:
      return U'*';
    case KEY_KPMINUS:
      return U'-';
    case KEY_KPPLUS:
      return U'+';
    case KEY_KPSLASH:
      return U'/';
    case KEY_KPEQUAL:
      return U'=';
    case KEY_KPDOT:
      return layout == KeyLayout::de ? U',' : U'.';
    case KEY_KPCOMMA:
      return U',';
    default:
      return kNothing;
  }
}

void append_utf8(char32_t character, std::string& into) {
  const auto put = [&into](char32_t byte) { into.push_back(static_cast<char>(byte)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0U | (character >> 6U));
    put(0x80U | (character & 0x3FU));
  } else {  // nothing that is typed lies further up
    put(0xE0U | (character >> 12U));
    put(0x80U | ((character >> 6U) & 0x3FU));
    put(0x80U | (character & 0x3FU));
  }
}

struct Accent {
  char32_t combining;
  char32_t alone;  // typed with a blank
  std::u32string_view letters;
};
constexpr std::u32string_view kBare = U"aeiouAEIOUnN";
constexpr std::array kAccents{
    Accent{U'\u0300', U'`', U"àèìòùÀÈÌÒÙ  "}, Accent{U'\u0301', U'´', U"áéíóúÁÉÍÓÚ  "},
    Accent{U'\u0302', U'^', U"âêîôûÂÊÎÔÛ  "}, Accent{U'\u0303', U'~', U"ã  õ Ã  Õ ñÑ"},
    Accent{U'\u0308', U'¨', U"äëïöüÄËÏÖÜ  "}};

const Accent* accent_of(char32_t character) {
  const auto found = std::find_if(kAccents.begin(), kAccents.end(),
                                  [character](const Accent& a) { return a.combining == character; });
  return found == kAccents.end() ? nullptr : &*found;
}

bool is_letter(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') ||
         std::u32string_view(U"äöüÄÖÜ").find(c) != std::u32string_view::npos;
}

char32_t with_ctrl(char32_t character) {
  if (character == U'\r' || character == U'\t') return character;
  if (character >= 0x40 && character < 0x7F) return character & 0x1FU;
  if (character == U'6') return 0x1E;
  if (character == U'-' || character == U'/') return 0x1F;
  return kNoCharacter;
}

}  // namespace

std::optional<KeyLayout> key_layout_named(std::string_view name) {
  if (name == "us") return KeyLayout::us;
  if (name == "de") return KeyLayout::de;
  if (name == "fr") return KeyLayout::fr;
  return std::nullopt;
}

void KeyTyping::take(const KeyEvent& event, std::string& into) {
  if (event.type == EV_SYN) {
    if (event.code == SYN_DROPPED) {
      lost_ = true;
    } else if (event.code == SYN_REPORT && lost_) {
      // Which keys are down is unknown now; none, most likely, and the code is spoilt anyway.
      *this = KeyTyping(layout_);
      append_utf8(kNoCharacter, into);
    }
    return;
  }
  if (event.type != EV_KEY || lost_ || event.value == 2 || event.code >= BTN_MISC) return;
  if (take_modifier(event.code, event.value == 1, into) || event.value != 1) return;
  press(event.code, into);
}

bool KeyTyping::take_modifier(std::uint16_t code, bool down, std::string& into) {
  switch (code) {
    case KEY_LEFTSHIFT:
      held_.left_shift = down;
      return true;
    case KEY_RIGHTSHIFT:
      held_.right_shift = down;
      return true;
    case KEY_LEFTCTRL:
      held_.left_ctrl = down;
      return true;
    case KEY_RIGHTCTRL:
      held_.right_ctrl = down;
      return true;
    case KEY_LEFTMETA:
      held_.left_meta = down;
      return true;
    case KEY_RIGHTMETA:
      held_.right_meta = down;
      return true;
    case KEY_LEFTALT:
      held_.left_alt = down;
      if (!down) finish_alt(into);
      return true;
    case KEY_RIGHTALT:
      held_.right_alt = down;
      return true;
    case KEY_CAPSLOCK:
      caps_ = caps_ != down;
      return true;
    case KEY_NUMLOCK:
    case KEY_SCROLLLOCK:
      return true;
    default:
      return false;
  }
}

bool KeyTyping::ctrl() const {
  return held_.left_ctrl || held_.right_ctrl;
}

// Ctrl and the left Alt together stand for it.
bool KeyTyping::alt_gr() const {
  return layout_ != KeyLayout::us && (held_.right_alt || (held_.left_alt && ctrl()));
}

char32_t KeyTyping::character_of(std::uint16_t code) const {
  if (const char32_t fixed = fixed_character(code, layout_); fixed != kNothing) return fixed;
  if (alt_gr()) return look_up(layout_, code, Level::alt_gr);
  const bool shift = held_.left_shift || held_.right_shift;
  const bool raise = caps_ && is_letter(look_up(layout_, code, Level::plain));
  return look_up(layout_, code, shift != raise ? Level::shifted : Level::plain);
}

void KeyTyping::press(std::uint16_t code, std::string& into) {
  if (held_.left_meta || held_.right_meta) return type(kNoCharacter, into);
  if (alt_gr()) return type(character_of(code), into);
  if (held_.left_alt || held_.right_alt) return type_with_alt(code, into);
  const char32_t character = character_of(code);
  type(ctrl() ? with_ctrl(character) : character, into);
}

void KeyTyping::type(char32_t character, std::string& into) {
  const Accent* waiting = accent_of(std::exchange(dead_, 0));
  if (waiting == nullptr) {
    if (accent_of(character) != nullptr) {
      dead_ = character;
    } else {
      append_utf8(character, into);
    }
    return;
  }
  const std::size_t letter = kBare.find(character);
  if (character == U' ') return append_utf8(waiting->alone, into);
  if (letter != std::u32string_view::npos && waiting->letters[letter] != U' ') {
    return append_utf8(waiting->letters[letter], into);
  }
  append_utf8(waiting->alone, into);
  const Accent* twice = accent_of(character);
  append_utf8(twice != nullptr ? twice->alone : character, into);
}

void KeyTyping::type_with_alt(std::uint16_t code, std::string& into) {
  const int digit = keypad_digit(code);
  if (digit < 0 || !held_.left_alt) return type(kNoCharacter, into);
  if (alt_digits_.size() <= kMaxAltDigits) alt_digits_.push_back(static_cast<char>('0' + digit));
}

// Alt and a number: ASCII either way; from 160 on Windows wants a leading zero for Latin-1, and without one
// means an older code page, which is unknown here.
void KeyTyping::finish_alt(std::string& into) {
  const std::string digits = std::exchange(alt_digits_, {});
  if (digits.empty()) return;
  char32_t character = 0;
  for (const char digit : digits) character = character * 10 + static_cast<char32_t>(digit - '0');
  const bool latin1 = digits.front() == '0' && character >= 160 && character < 256;
  type(digits.size() <= kMaxAltDigits && (character < 128 || latin1) ? character : kNoCharacter, into);
}

}  // namespace lanyard::scanner
