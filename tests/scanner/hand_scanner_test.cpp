#include "scanner/hand_scanner.hpp"

#include "tests/catch.hpp"

namespace lanyard::scanner {
namespace {

using namespace std::string_literals;
using std::chrono::milliseconds;
using TimePoint = HandScanner::TimePoint;

TimePoint at(int ms) {
  return TimePoint(std::chrono::hours{1} + milliseconds{ms});
}

// What came of it, one word for each: the text, or !reason.
std::string told(const std::vector<HandReading>& readings) {
  std::string all;
  for (const HandReading& reading : readings) {
    if (!all.empty()) all += "|";
    all += reading ? reading->text : "!"s + reason_of(reading.error());
  }
  return all;
}

std::string refusal(HandRefusal why) {
  return "!"s + reason_of(why);
}

// A scanner of this format that is sent all of it at once.
std::string sent(const std::string& bytes, const HandFormat& format = {}) {
  HandScanner scanner(format);
  return told(scanner.take(bytes, at(0)));
}

HandFormat ending(CodeEnd end) {
  HandFormat format;
  format.end = end;
  return format;
}

TEST_CASE("a code ends where the settings say") {
  CHECK(sent("A1\rB2\nC3\r\n\n\rD4\r") == "A1|B2|C3|D4");
  CHECK(sent("A\nB\rC\r", ending(CodeEnd::cr)) == "A\nB|C");
  CHECK(sent("A\rB\nC\n", ending(CodeEnd::lf)) == "A\rB|C");
  CHECK(sent("A\rB\nC\r\nD\r\n", ending(CodeEnd::crlf)) == "A\rB\nC|D");
  CHECK(sent("A\nB\tC\t", ending(CodeEnd::tab)) == "A\nB|C");
  CHECK(sent("A\nB\x03"
             "C\x03",
             ending(CodeEnd::etx)) == "A\nB|C");
  CHECK(sent("A\nB\r", ending(CodeEnd::pause)).empty());
}

TEST_CASE("a code may come in any pieces") {
  HandScanner scanner({});
  for (const char byte : "L1:ABC"s) CHECK(scanner.take(std::string(1, byte), at(0)).empty());
  CHECK(told(scanner.take("\r", at(5))) == "L1:ABC");
}

TEST_CASE("empty codes are nothing") {
  CHECK(sent("\r\r\n\n\r").empty());
  HandFormat format;
  format.prefix = "\x02";
  CHECK(sent("\x02\r\x02\r", format).empty());
  format.prefix.clear();
  format.aim = true;
  CHECK(sent("]Q1\r]Q1\r", format).empty());
}

TEST_CASE("two halves with a pause between are never one code") {
  HandScanner scanner({});
  CHECK(scanner.take("ADMIT-", at(0)).empty());
  CHECK(scanner.take("0", at(150)).empty());
  REQUIRE(scanner.wake_at() == at(350));
  SECTION("somebody looked in between") {
    CHECK(scanner.take_pause(at(349)).empty());
    CHECK(told(scanner.take_pause(at(350))) == refusal(HandRefusal::partial));
    CHECK_FALSE(scanner.wake_at());
    CHECK(told(scanner.take("42\r", at(351))) == "42");
  }
  SECTION("nobody did") {
    CHECK(told(scanner.take("42\r", at(350))) == refusal(HandRefusal::partial) + "|42");
  }
  SECTION("the line was cut") {
    scanner.restart();
    CHECK(told(scanner.take("42\r", at(160))) == "42");
  }
}

TEST_CASE("where nothing is sent behind a code, the pause ends it") {
  HandScanner scanner(ending(CodeEnd::pause));
  CHECK(scanner.take("ABC", at(0)).empty());
  CHECK(scanner.take("DEF", at(199)).empty());
  CHECK(scanner.take_pause(at(398)).empty());
  CHECK(told(scanner.take_pause(at(399))) == "ABCDEF");
  CHECK(scanner.take_pause(at(1000)).empty());
  CHECK(scanner.take("GH", at(1001)).empty());
  CHECK(told(scanner.take("IJ", at(1300))) == "GH");
}

TEST_CASE("a prefix is taken off, and a code without it is refused") {
  HandFormat format;
  format.prefix = "\x02*";
  CHECK(sent("\x02*A1\rA2\r\x02"
             "A3\r",
             format) == "A1|" + refusal(HandRefusal::no_prefix) + "|" + refusal(HandRefusal::no_prefix));
}

TEST_CASE("a symbology identifier is taken off, and names the symbology") {
  HandFormat format;
  format.aim = true;
  HandScanner scanner(format);
  const auto read = [&](const std::string& bytes) { return scanner.take(bytes + "\r", at(0)); };
  CHECK(read("]Q3A1") == std::vector<HandReading>{HandCode{"A1", "QRCode"}});
  CHECK(read("]d1A2") == std::vector<HandReading>{HandCode{"A2", "DataMatrix"}});
  CHECK(read("]C0A3") == std::vector<HandReading>{HandCode{"A3", "Code128"}});
  CHECK(read("]y0A4") == std::vector<HandReading>{HandCode{"A4", ""}});
  for (const char* bare : {"A5", "]", "]Q", "]1Q5", "Q1]A5", "]Q-A5"}) {
    CAPTURE(bare);
    CHECK(told(read(bare)) == refusal(HandRefusal::no_identifier));
  }
  CHECK(sent("]Q1A1\r") == "]Q1A1");  // not told of identifiers: a text like any other
}

TEST_CASE("ECI marks are taken out where the identifier announces them, and their letters are understood") {
  HandFormat aim;
  aim.aim = true;
  CHECK(sent("]Q2\\000026Gr\xC3\xBC\xC3\x9F\r", aim) == "Gr\xC3\xBC\xC3\x9F");
  CHECK(sent("]Q2\\000003Gr\xFC\xDF\r", aim) == "Gr\xC3\xBC\xC3\x9F");
  CHECK(sent("]d4a\\\\b\\000020c\r", aim) == "a\\bc");
  CHECK(sent("]Q2\\000020\x83\x41\r", aim) == refusal(HandRefusal::bad_eci));
  for (const char* wrong : {"]Q2a\\b\r", "]Q2a\\\r", "]Q2\\00002\r", "]Q2\\00002x6\r"}) {
    CAPTURE(wrong);
    CHECK(sent(wrong, aim) == refusal(HandRefusal::bad_eci));
  }
  // Without the announcement a backslash is a backslash.
  CHECK(sent("]Q1\\000026a\r", aim) == "\\000026a");
  CHECK(sent("\\000026a\r") == "\\000026a");
  HandFormat always;
  always.eci = true;
  CHECK(sent("\\000026a\\\\\r", always) == "a\\");
}

TEST_CASE("the same code again is one scan until it was put away") {
  HandScanner scanner({});
  CHECK(told(scanner.take("A\r", at(0))) == "A");
  CHECK(told(scanner.take("A\r", at(1499))) == refusal(HandRefusal::repeated));
  CHECK(told(scanner.take("B\r", at(1500))) == "B");
  CHECK(told(scanner.take("A\r", at(2999))) == "A");
  scanner.forget();
  CHECK(told(scanner.take("A\r", at(3000))) == "A");
}

TEST_CASE("a code that is too long is refused once, and the next is read") {
  const std::string most(kMaxHandCodeBytes, 'x');
  for (const CodeEnd end : {CodeEnd::line, CodeEnd::crlf}) {
    CHECK(sent(most + "\r\n", ending(end)) == most);
    CHECK(sent(most + "x\r\nA1\r\n", ending(end)) == refusal(HandRefusal::too_long) + "|A1");
    CHECK(sent(std::string(20 * kMaxHandCodeBytes, 'x') + "\r\nA1\r\n", ending(end)) ==
          refusal(HandRefusal::too_long) + "|A1");
  }
  HandScanner scanner(ending(CodeEnd::pause));
  CHECK(told(scanner.take(most + "xx", at(0))) == refusal(HandRefusal::too_long));
  CHECK(scanner.take_pause(at(500)).empty());
  CHECK(scanner.take("A1", at(501)).empty());
  CHECK(told(scanner.take_pause(at(800))) == "A1");
}

TEST_CASE("a code with control characters is refused whole, but for those that codes are made with") {
  for (int c = 0; c < 256; ++c) {
    CAPTURE(c);
    const std::string text = "A"s + static_cast<char>(c) + "B";
    const bool of_use = c == '\t' || c == '\n' || c == '\r' || c == 4 || (c >= 0x1C && c <= 0x1F);
    const bool refused = (c < 0x20 || c == 0x7F) && !of_use;
    HandScanner scanner(ending(CodeEnd::pause));
    CHECK(scanner.take(text, at(0)).empty());
    CHECK(told(scanner.take_pause(at(500))) == (refused ? refusal(HandRefusal::control) : text));
  }
}

TEST_CASE("what would set up a scanner is never a code") {
  for (const char* text : {"@MENU_OPTO@ZZ@BAP@ZZ@OTPO_UNEM@", "@SETUPE1", "@FACDEF", "#@109952"}) {
    CAPTURE(text);
    CHECK(sent(text + "\r"s) == refusal(HandRefusal::configuration));
  }
  CHECK(sent("\x16M\r232BAD9.\r").find(refusal(HandRefusal::control)) == 0);
  for (const char* text : {"#@10995", "#@1099521", "mail@SETUPE1", "L1:@FACDEF"}) {
    CHECK(sent(text + "\r"s) == text);
  }
}

TEST_CASE("the ends of codes have names in the settings") {
  CHECK(code_end_named("line") == CodeEnd::line);
  CHECK(code_end_named("pause") == CodeEnd::pause);
  CHECK_FALSE(code_end_named("CR"));
  CHECK_FALSE(code_end_named(""));
}

}  // namespace
}  // namespace lanyard::scanner
