#include "kiosk/face/phrases.hpp"

#include "tests/catch.hpp"

namespace lanyard::kiosk {
namespace {

const Phrases& phrases() {
  static const Phrases made(LANYARD_LOCALE_DIR, {"ar", "zh", "en", "fr", "ru", "es"});
  return made;
}

sync::Timestamp at(int hour, int minute) {
  return std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} + std::chrono::hours{hour} +
         std::chrono::minutes{minute};
}

TEST_CASE("several languages speak at once, whatever the machine's locale is") {
  REQUIRE(phrases().missing().empty());
  CHECK(phrases().in("en").say("One moment, please") == "One moment, please");
  CHECK(phrases().in("zh").say("One moment, please") == "请稍候");
}

TEST_CASE("a language falls back to its base, then to English") {
  CHECK(phrases().in("zh-Hans-CN").language() == "zh");
  CHECK(phrases().in("mi").language() == "en");
  CHECK(phrases().in("").language() == "en");
}

TEST_CASE("a catalogue that is not there is named, and English is spoken") {
  const Phrases none("/nonexistent", {"zh"});
  REQUIRE(none.missing().size() == 1);
  CHECK(none.missing()[0] == "zh");
  CHECK(none.in("zh").language() == "en");
  CHECK(none.in("zh").say("One moment, please") == "One moment, please");
}

TEST_CASE("contexts tell equal words apart") {
  CHECK(phrases().in("zh").say_in("to everybody", "Welcome") !=
        phrases().in("zh").say_in("to one person, above the name", "Welcome"));
}

TEST_CASE("placeholders are filled by name, and what is filled in is made safe") {
  const Tongue& en = phrases().in("en");
  CHECK(en.say("Welcome, {name}", {{"name", "Ann"}}) == "Welcome, Ann");
  CHECK(en.say("Welcome, {name}", {{"name", "A\u202Enn\n"}}) == "Welcome, Ann");
  CHECK(en.say("Welcome, {name}", {{"name", "{name}"}}) == "Welcome, {name}");
  CHECK(en.say("Welcome, {name}", {{"name", "نادية"}}) == "Welcome, \u2068نادية\u2069");
}

TEST_CASE("numbers choose their plural") {
  const Tongue& en = phrases().in("en");
  const auto left = [&](int n) {
    return en.plural("Too many attempts. Try again in {n} second",
                     "Too many attempts. Try again in {n} seconds", n);
  };
  CHECK(left(1) == "Too many attempts. Try again in 1 second");
  CHECK(left(42) == "Too many attempts. Try again in 42 seconds");
  CHECK(phrases().in("zh").plural("Too many attempts. Try again in {n} second",
                                  "Too many attempts. Try again in {n} seconds",
                                  7) == "尝试次数过多，请在 7 秒后重试");
}

TEST_CASE("Russian has three plurals, and Arabic six") {
  const auto badges = [](std::string_view language, int n) {
    return phrases().in(language).plural("{n} badge", "{n} badges", n);
  };
  CHECK(badges("ru", 1) == "1 бейдж");
  CHECK(badges("ru", 3) == "3 бейджа");
  CHECK(badges("ru", 11) == "11 бейджей");
  CHECK(badges("ru", 21) == "21 бейдж");
  CHECK(badges("ar", 1) == "بطاقة واحدة");
  CHECK(badges("ar", 2) == "بطاقتان");
  CHECK(badges("ar", 3) == "\u20683\u2069 بطاقات");
  CHECK(badges("ar", 11) == "\u206811\u2069 بطاقة");
  CHECK(badges("ar", 100) == "\u2068100\u2069 بطاقة");
}

TEST_CASE("dates are of the language, in the figures that are on badges and doors") {
  const sync::Calendar utc;
  CHECK(phrases().in("fr").long_date(at(6, 24), utc) == "mardi 24 novembre 2026");
  CHECK(phrases().in("es").long_date(at(6, 24), utc) == "martes, 24 de noviembre de 2026");
  const std::string arabic = phrases().in("ar").long_date(at(6, 24), utc);
  CHECK(arabic.find("نوفمبر") != std::string::npos);
  CHECK(arabic.find("2026") != std::string::npos);
}

TEST_CASE("dates and times are those of the venue, in the language of the screen") {
  const auto east = [](int hours) {
    sync::Calendar calendar;
    calendar.utc_offset = std::chrono::hours{hours};
    return calendar;
  };
  CHECK(Tongue::clock(at(2, 24), east(8)) == "10:24");
  CHECK(Tongue::clock(at(23, 59), east(-12)) == "11:59");
  CHECK(Tongue::clock(at(20, 0), east(8)) == "04:00");
  CHECK(phrases().in("en").long_date(at(20, 0), east(8)).find("25 November 2026") != std::string::npos);
  CHECK(phrases().in("en").long_date(at(2, 0), east(8)).find("24 November 2026") != std::string::npos);
  CHECK(phrases().in("zh").long_date(at(2, 0), east(8)).find("2026年11月24日") == 0);
  CHECK(phrases().in("en").moment(at(2, 2), at(4, 0), east(8)) == "10:02");
  CHECK(phrases().in("zh").moment(at(20, 2), at(4, 0), east(8)) == "2026年11月25日 04:02");
}

TEST_CASE("a language is offered under its own name, whichever catalogue is dropped in") {
  CHECK(endonym("ar") == "العربية");
  CHECK(endonym("zh") == "中文");
  CHECK(endonym("en") == "English");
  CHECK(endonym("fr") == "Français");
  CHECK(endonym("ru") == "Русский");
  CHECK(endonym("es") == "Español");
  CHECK(endonym("de") == "Deutsch");
  CHECK(endonym("tr") == "Türkçe");
  CHECK(endonym("pt-BR") == "Português (Brasil)");
  CHECK(endonym("zh-Hant") == "中文（繁體）");
  CHECK(endonym("xx") == "xx");
  CHECK(endonym("not a tag") == "not a tag");
}

}  // namespace
}  // namespace lanyard::kiosk
