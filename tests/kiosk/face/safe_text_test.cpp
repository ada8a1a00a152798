#include "kiosk/face/safe_text.hpp"

#include "tests/catch.hpp"

namespace lanyard::kiosk {

TEST_CASE("ordinary names of every script pass unchanged") {
  for (const char* name : {"Mathilde Østergaard", "江容华", "𠮷野", "نادية بوشناق", "Дмитро", "ဦးကျော်ထင်စိုး",
                           "Nguyễn Thị Hoà", "علی\u200Cرضا"}) {
    CHECK(safe_part(name) == name);
    CHECK(safe_whole(name) == name);
  }
}

TEST_CASE("control characters and line breaks in a name become single spaces") {
  CHECK(safe_part("Ann\r\n\tLee\x01\x7F") == "Ann Lee");
  CHECK(safe_part("  Ann   Lee  ") == "Ann Lee");
  CHECK(safe_part("\u2028Ann\u2029Lee\u0085") == "Ann Lee");
}

TEST_CASE("directional controls are taken out of a name") {
  CHECK(safe_part("A\u202EB\u202C\u2066C\u2069\u200F\u200E\u061C") == "ABC");
  CHECK(safe_part("\uFEFF\u200BA\U000E0041") == "A");
}

TEST_CASE("isolates of a sentence stay only in pairs") {
  CHECK(safe_whole("Welcome, \u2068X\u2069!") == "Welcome, \u2068X\u2069!");
  CHECK(safe_whole("Welcome, \u2068X!") == "Welcome, X!");
  CHECK(safe_whole("Welcome, X\u2069\u2068!") == "Welcome, X!");
  CHECK(safe_whole("A\u202EB") == "AB");
}

TEST_CASE("what is not UTF-8 becomes replacement characters") {
  CHECK(safe_part("\xC3") == "\uFFFD");
  CHECK(safe_part("A\xFF\xFE") == "A\uFFFD\uFFFD");
  CHECK(safe_part("\xC0\xAF") == "\uFFFD\uFFFD");                      // overlong
  CHECK(safe_part("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");            // a surrogate
  CHECK(safe_part("\xF4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond Unicode
}

TEST_CASE("a letter carries a few marks, not a tower of them") {
  std::string tower = "e";
  for (int i = 0; i < 400; ++i) tower += "\u0301";
  CHECK(safe_part(tower).size() == 1 + 2 * kMaxMarksPerLetter);
}

TEST_CASE("three kilobytes come out bounded") {
  CHECK(safe_part(std::string(3000, 'x')).size() <= kMaxShownBytes + 4);
  CHECK(safe_whole(std::string(300000, 'x')).size() <= kMaxShownBytes + 4);
  std::string han;
  for (int i = 0; i < 2000; ++i) han += "龘";
  CHECK(safe_whole(han).size() <= kMaxShownBytes + 4);
}

}  // namespace lanyard::kiosk
