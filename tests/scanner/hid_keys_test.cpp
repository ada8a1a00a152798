#include "scanner/hid_keys.hpp"

#include <string>
#include <utility>
#include <vector>

#include <linux/input-event-codes.h>

#include "tests/catch.hpp"

namespace lanyard::scanner {
namespace {

using namespace std::string_literals;

using Keys = std::vector<std::uint16_t>;

// Types keys one after the other, each with these others held.
class Typist {
 public:
  explicit Typist(KeyLayout layout) : typing_(layout) {}

  Typist& down(std::uint16_t key) { return event({EV_KEY, key, 1}); }
  Typist& up(std::uint16_t key) { return event({EV_KEY, key, 0}); }
  Typist& type(const Keys& keys, const Keys& held = {}) {
    for (const std::uint16_t key : keys) {
      for (const std::uint16_t modifier : held) down(modifier);
      down(key).up(key);
      for (const std::uint16_t modifier : held) up(modifier);
    }
    return *this;
  }
  Typist& event(KeyEvent event) {
    typing_.take(event, text_);
    typing_.take({EV_SYN, SYN_REPORT, 0}, text_);
    return *this;
  }
  [[nodiscard]] std::string text() { return std::exchange(text_, {}); }

 private:
  KeyTyping typing_;
  std::string text_;
};

Keys row(std::uint16_t first, std::uint16_t last) {
  Keys keys;
  for (std::uint16_t key = first; key <= last; ++key) keys.push_back(key);
  return keys;
}

Keys all_keys() {
  Keys keys = row(KEY_1, KEY_EQUAL);
  for (const Keys& more :
       {row(KEY_Q, KEY_RIGHTBRACE), row(KEY_A, KEY_GRAVE), row(KEY_BACKSLASH, KEY_SLASH)}) {
    keys.insert(keys.end(), more.begin(), more.end());
  }
  return keys;
}

TEST_CASE("every key of the American layout types what is printed on it") {
  Typist typist(KeyLayout::us);
  CHECK(typist.type(all_keys()).text() == R"(1234567890-=qwertyuiop[]asdfghjkl;'`\zxcvbnm,./)");
  CHECK(typist.type(all_keys(), {KEY_LEFTSHIFT}).text() ==
        R"(!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:"~|ZXCVBNM<>?)");
  CHECK(typist.type({KEY_A, KEY_SPACE, KEY_TAB, KEY_ENTER}, {KEY_RIGHTSHIFT}).text() == "A \t\r");
}

TEST_CASE("every key of the German layout types what is printed on it") {
  Typist typist(KeyLayout::de);
  Keys keys = all_keys();
  // The accents wait for a letter: they are tried apart.
  std::erase(keys, KEY_EQUAL);
  std::erase(keys, KEY_GRAVE);
  CHECK(typist.type(keys).text() == "1234567890ßqwertzuiopü+asdfghjklöä#yxcvbnm,.-");
  CHECK(typist.type(keys, {KEY_LEFTSHIFT}).text() == "!\"§$%&/()=?QWERTZUIOPÜ*ASDFGHJKLÖÄ'YXCVBNM;:_");
  CHECK(typist
            .type({KEY_2, KEY_3, KEY_7, KEY_8, KEY_9, KEY_0, KEY_MINUS, KEY_Q, KEY_E, KEY_RIGHTBRACE, KEY_M,
                   KEY_102ND},
                  {KEY_RIGHTALT})
            .text() == "²³{[]}\\@€~µ|");
  CHECK(typist.type({KEY_Q, KEY_102ND}, {KEY_LEFTCTRL, KEY_LEFTALT}).text() == "@|");
  CHECK(typist.type({KEY_102ND}).type({KEY_102ND}, {KEY_LEFTSHIFT}).text() == "<>");
  CHECK(typist.type({KEY_GRAVE, KEY_SPACE, KEY_EQUAL, KEY_SPACE}).text() == "^´");
  CHECK(typist.type({KEY_GRAVE, KEY_A, KEY_EQUAL, KEY_E, KEY_GRAVE, KEY_X, KEY_EQUAL, KEY_EQUAL}).text() ==
        "âé^x´´");
}

TEST_CASE("every key of the French layout types what is printed on it") {
  Typist typist(KeyLayout::fr);
  Keys keys = all_keys();
  std::erase(keys, KEY_LEFTBRACE);
  CHECK(typist.type(keys).text() == "&é\"'(-è_çà)=azertyuiop$qsdfghjklmù²*wxcvbn,;:!");
  std::erase(keys, KEY_GRAVE);
  CHECK(typist.type(keys, {KEY_LEFTSHIFT}).text() == "1234567890°+AZERTYUIOP£QSDFGHJKLM%µWXCVBN?./§");
  CHECK(typist
            .type({KEY_3, KEY_4, KEY_5, KEY_6, KEY_8, KEY_9, KEY_0, KEY_MINUS, KEY_EQUAL, KEY_E},
                  {KEY_RIGHTALT})
            .text() == "#{[|\\^@]}€");
  CHECK(typist.type({KEY_2}, {KEY_RIGHTALT})
            .type({KEY_SPACE})
            .type({KEY_7}, {KEY_RIGHTALT})
            .type({KEY_SPACE})
            .text() == "~`");
  CHECK(typist.type({KEY_LEFTBRACE, KEY_E}).type({KEY_LEFTBRACE}, {KEY_LEFTSHIFT}).type({KEY_A}).text() ==
        "ê¨q");
  CHECK(typist.type({KEY_LEFTBRACE, KEY_A}).type({KEY_LEFTBRACE, KEY_SPACE}).text() == "^q^");
}

TEST_CASE("a credential typed on a layout comes out as it was printed") {
  // "L1:AB/cd+" on a German keyboard.
  Typist typist(KeyLayout::de);
  typist.type({KEY_L}, {KEY_LEFTSHIFT}).type({KEY_1}).type({KEY_DOT}, {KEY_LEFTSHIFT});
  typist.type({KEY_A, KEY_B, KEY_7}, {KEY_LEFTSHIFT}).type({KEY_C, KEY_D, KEY_RIGHTBRACE, KEY_ENTER});
  CHECK(typist.text() == "L1:AB/cd+\r");
}

TEST_CASE("the keypad types on every layout") {
  for (const KeyLayout layout : {KeyLayout::us, KeyLayout::de, KeyLayout::fr}) {
    Typist typist(layout);
    typist.type({KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4, KEY_KP5, KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9, KEY_KP0});
    typist.type({KEY_KPPLUS, KEY_KPMINUS, KEY_KPASTERISK, KEY_KPSLASH, KEY_KPENTER});
    CHECK(typist.text() == "1234567890+-*/\r");
  }
  CHECK(Typist(KeyLayout::us).type({KEY_KPDOT}).text() == ".");
  CHECK(Typist(KeyLayout::de).type({KEY_KPDOT}).text() == ",");
}

TEST_CASE("caps lock turns letters alone, and shift turns them back") {
  Typist typist(KeyLayout::us);
  typist.type({KEY_CAPSLOCK});
  CHECK(typist.type({KEY_A, KEY_1, KEY_DOT}).text() == "A1.");
  CHECK(typist.type({KEY_A, KEY_1}, {KEY_LEFTSHIFT}).text() == "a!");
  typist.type({KEY_CAPSLOCK});
  CHECK(typist.type({KEY_A}).text() == "a");
}

TEST_CASE("Alt and a number on the keypad is the character of that number") {
  const auto alt = [](const Keys& digits) {
    Typist typist(KeyLayout::us);
    typist.down(KEY_LEFTALT).type(digits).up(KEY_LEFTALT);
    return typist.type({KEY_X}).text();
  };
  CHECK(alt({KEY_KP6, KEY_KP5}) == "Ax");
  CHECK(alt({KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3}) == "{x");
  CHECK(alt({KEY_KP0, KEY_KP2, KEY_KP5, KEY_KP2}) == "üx");
  CHECK(alt({}) == "x");
  CHECK(alt({KEY_KP2, KEY_KP5, KEY_KP2}) == "\0x"s);  // of a code page that is not known here
  CHECK(alt({KEY_KP0, KEY_KP0, KEY_KP0, KEY_KP0, KEY_KP6, KEY_KP5}) == "\0x"s);
  CHECK(alt(Keys(1000, KEY_KP9)) == "\0x"s);
}

TEST_CASE("Ctrl types the separators of codes") {
  Typist typist(KeyLayout::us);
  typist.type({KEY_RIGHTBRACE, KEY_BACKSLASH, KEY_6, KEY_MINUS, KEY_M, KEY_ENTER}, {KEY_LEFTCTRL});
  CHECK(typist.text() == "\x1d\x1c\x1e\x1f\r\r");
  CHECK(typist.type({KEY_V}, {KEY_RIGHTCTRL}).text() == "\x16");
}

TEST_CASE("a key that is no character spoils the code it stands in") {
  Typist typist(KeyLayout::us);
  CHECK(typist.type({KEY_F2}, {KEY_LEFTCTRL, KEY_LEFTALT}).text() == "\0"s);
  CHECK(typist.type({KEY_F4, KEY_TAB}, {KEY_LEFTALT}).text() == "\0\0"s);
  CHECK(typist.type({KEY_L}, {KEY_LEFTMETA}).text() == "\0"s);
  CHECK(typist.type({KEY_ESC}).text() == "\x1b");
  CHECK(typist.type({KEY_UP, KEY_F12, KEY_DELETE, KEY_SYSRQ, KEY_POWER}).text() == "\0\0\0\0\0"s);
}

TEST_CASE("a key held down, a button and a light type nothing") {
  Typist typist(KeyLayout::us);
  typist.event({EV_KEY, KEY_A, 1});
  for (int i = 0; i < 5; ++i) typist.event({EV_KEY, KEY_A, 2});
  typist.event({EV_KEY, KEY_A, 0})
      .event({EV_KEY, BTN_LEFT, 1})
      .event({EV_LED, LED_CAPSL, 1})
      .event({EV_MSC, MSC_SCAN, 4});
  CHECK(typist.text() == "a");
}

TEST_CASE("events that the kernel lost spoil the code, and nothing stays held") {
  Typist typist(KeyLayout::us);
  typist.type({KEY_A}).down(KEY_LEFTSHIFT);
  CHECK(typist.text() == "a");
  KeyTyping typing(KeyLayout::us);
  std::string text;
  typing.take({EV_KEY, KEY_LEFTSHIFT, 1}, text);
  typing.take({EV_SYN, SYN_DROPPED, 0}, text);
  typing.take({EV_KEY, KEY_B, 1}, text);  // stale
  typing.take({EV_SYN, SYN_REPORT, 0}, text);
  typing.take({EV_KEY, KEY_C, 1}, text);
  CHECK(text == "\0c"s);
}

TEST_CASE("layouts have names in the settings") {
  CHECK(key_layout_named("us") == KeyLayout::us);
  CHECK(key_layout_named("de") == KeyLayout::de);
  CHECK(key_layout_named("fr") == KeyLayout::fr);
  CHECK_FALSE(key_layout_named("dvorak"));
}

}  // namespace
}  // namespace lanyard::scanner
