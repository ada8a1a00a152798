// What is typed into the staff search, as letters and as words.
#include "kiosk/desk/query.hpp"

#include "tests/catch.hpp"

using namespace lanyard::kiosk;

TEST_CASE("the last letter of a query is whole, with the marks upon it, in any script") {
  CHECK(last_letter("") == 0);
  CHECK(last_letter("a") == 0);
  CHECK(last_letter("Müller") == 6);
  CHECK(last_letter("Lü") == 1);
  CHECK(last_letter("张伟") == 3);
  CHECK(last_letter("a𠮷") == 1);
  CHECK(last_letter("ae\u0301\u0323") == 1);
  CHECK(last_letter("محم\u0651د") == 8);
  CHECK(last_letter("حم\u0651") == 2);
  // A mark upon nothing stands for itself.
  CHECK(last_letter("\u0301") == 0);
}

TEST_CASE("a query that is no UTF-8 has last letters all the same, until it is empty") {
  for (std::string query : {"\xFF\xFE\xC3", "a\x80\x80\x80\x80\x80\x80", "\xF0\x9F\x8E", "\xE5\xBC"}) {
    while (!query.empty()) {
      const std::size_t at = last_letter(query);
      REQUIRE(at < query.size());
      query.resize(at);
    }
  }
}

TEST_CASE("a letter is read as its code point, and what is none as unknown") {
  CHECK(letter_at("é", 0) == 0xE9);
  CHECK(letter_at("a张", 1) == 0x5F20);
  CHECK(letter_at("𠮷", 0) == 0x20BB7);
  CHECK(letter_at("é", 1) == 0xFFFD);
  CHECK(letter_at("\xE5\xBC", 0) == 0xFFFD);
  CHECK(letter_at("", 0) == 0xFFFD);
  CHECK(is_han(0x5F20));
  CHECK(is_han(0x20BB7));
  CHECK_FALSE(is_han(0xE9));
}

TEST_CASE("pinyin behind a character is a word of its own, and all else is asked for as typed") {
  CHECK(in_words("张wei") == "张 wei");
  CHECK(in_words("欧阳xiu") == "欧阳 xiu");
  CHECK(in_words("吕lü") == "吕 lü");
  for (const char* query : {"", "张伟", "张 wei", "zhang wei", "A张", "张2", "Müller", "Щербаков", "محمد"}) {
    CHECK(in_words(query) == query);
  }
}
