// Lists as spreadsheets save them: encodings, separators, formulas, workbooks.
#include <fstream>

#include "sync/hub/roster_csv.hpp"
#include "sync/hub/table_text.hpp"
#include "sync/hub/workbook.hpp"
#include "tests/sync/hub_fixture.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::sync::hub {
namespace {

RosterCsv parse_list(std::string_view text, const RosterReading& how = {}) {
  static const EventInfo event = small_event().event;
  return parse_roster_csv(
      text, event, [](std::string_view) { return false; }, how);
}

std::vector<std::string> problems(const RosterCsv& roster) {
  std::vector<std::string> texts;
  for (const RosterProblem& problem : roster.problems) texts.push_back(to_text(problem));
  return texts;
}

std::string as_utf16(std::u16string_view text, bool big_endian) {
  std::string bytes = big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char16_t unit : text) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xFF);
    bytes += big_endian ? high : low;
    bytes += big_endian ? low : high;
  }
  return bytes;
}

TEST_CASE("UTF-16 of either order is read, with letters beyond its first plane") {
  const std::string utf8 = "id\tИмя\n1\t\U00020BB7野, é\n";
  for (const bool big_endian : {false, true})
    CHECK(utf8_of_table(as_utf16(u"id\tИмя\n1\t\U00020BB7野, é\n", big_endian)) == utf8);
  CHECK(utf8_of_table("\xEF\xBB\xBFname\n") == "\xEF\xBB\xBFname\n");  // the reader passes over its mark
  CHECK(utf8_of_table("") == "");
}

TEST_CASE("what is neither UTF-8 nor UTF-16 is refused with its line and how to save it") {
  const auto latin = utf8_of_table("id,name\n1,Good\n2,M\xFCller\n");
  REQUIRE_FALSE(latin.has_value());
  CHECK(latin.error().message.find("line 3 is in neither UTF-8 nor UTF-16: save it from Excel as") == 0);
  std::string unmarked = as_utf16(u"id,name\n", false).substr(2);
  CHECK(utf8_of_table(unmarked).error().message.find("this is no text in UTF-8: save it") == 0);
  // A half of a pair, a pair the wrong way round, half a unit.
  CHECK_FALSE(utf8_of_table(as_utf16(std::u16string{u'a', char16_t{0xD800}}, false)).has_value());
  CHECK_FALSE(utf8_of_table(as_utf16(std::u16string{char16_t{0xDC00}, char16_t{0xD800}}, true)).has_value());
  CHECK(utf8_of_table(as_utf16(u"a\n", false) + "x").error().message.find("line 2 is not UTF-16") == 0);
}

TEST_CASE("commas, semicolons and tabs are told apart by the first line") {
  const std::vector<std::string> lists{
      "id,name,category,status,zones\nA1,\"Doe; John, Jr\",delegate,approved,site;lounge\n",
      "id;name;category;status;zones\nA1;\"Doe; John, Jr\";delegate;approved;\"site;lounge\"\n",
      "sep=;\nid;name;category;status;zones\nA1;\"Doe; John, Jr\";delegate;approved;\"site;lounge\"\n",
      "id\tname\tcategory\tstatus\tzones\nA1\tDoe; John, Jr\tdelegate\tapproved\tsite;lounge\n",
      "\xEF\xBB\xBF\"id;x\",name,category,status,zones,id\n,\"Doe; John, "
      "Jr\",delegate,approved,site;lounge,A1\n"};
  for (const std::string& list : lists) {
    INFO(list);
    const RosterCsv roster = parse_list(list);
    CHECK(problems(roster).empty());
    REQUIRE(roster.rows.size() == 1);
    CHECK(roster.rows[0].attendee.id == "A1");
    CHECK(roster.rows[0].attendee.name == "Doe; John, Jr");
    CHECK(roster.rows[0].attendee.zones == std::vector<std::string>{"site", "lounge"});
  }
}

TEST_CASE("a list of another system, in its language and its order, is read; empty rows are passed over") {
  const RosterCsv roster = parse_list(
      "Статус;Фамилия;Имя;Категория;Регистрационный номер;Размер;Зоны\r\n"
      "Подтверждён;Щербакова;Анна;Delegate;R-1;42;\"Site;LOUNGE\"\r\n"
      ";;;;;;\r\n"
      "На рассмотрении;;Пеле;guest;R-2;;\r\n"
      "Одобрен;;;guest;R-3;;\r\n"
      "может быть;Иванов;Пётр;vip;R-4;;\r\n");
  CHECK(roster.left_out == std::vector<std::string>{"column 6 'Размер'"});
  CHECK(problems(roster) ==
        std::vector<std::string>{
            "line 5, column 'Фамилия' (family_name): is empty, as is the other part of it",
            "line 6, column 'Статус' (status): unknown status 'может быть' (approved, pending,"
            " blocked, withdrawn)",
            "line 6, column 'Категория' (category): the event has no category 'vip'"});
  REQUIRE(roster.rows.size() == 2);
  const Attendee& anna = roster.rows[0].attendee;
  CHECK(anna.name == "Анна Щербакова");
  CHECK(anna.name_sort == "Щербакова, Анна");
  CHECK(anna.category == "delegate");
  CHECK(anna.zones == std::vector<std::string>{"site", "lounge"});
  CHECK(anna.status == Status::approved);
  CHECK(roster.rows[1].attendee.name == "Пеле");
  const RosterCsv han = parse_list("编号,姓,名,类别,状态\n1,欧阳,娜娜,guest,已批准\n");
  CHECK(problems(han).empty());
  CHECK(han.rows.at(0).attendee.name == "欧阳娜娜");
}

TEST_CASE("every bad line can be asked for, however many") {
  std::string list = "id,name,category,status\n";
  for (int i = 0; i < 1000; ++i) list += "A" + std::to_string(i) + ",X,nobody,approved\n";
  RosterReading how;
  how.most_problems = 5000;
  CHECK(parse_list(list, how).problems.size() == 1000);
}

TEST_CASE("nothing that is exported begins as a formula, and all of it comes back") {
  for (const std::string text :
       {"=1+1",      "+49 30",  "-",     "@SUM(A1)", "'=x",    "''-", "'Abdu'l-Bahá", "'s-Gravenhage",
        "\uFF1Dcmd", "'\uFF0B", "",      "'",        "O'Neil", "a,b", "=\"x\"",       "X;=HYPERLINK(1)",
        "X; =1",     "X;'=1",   "X;-;+", "a;b",      "X;' =1", "; x", "X;'"}) {
    INFO(text);
    const std::string field = spreadsheet_field(text);
    const char first = field.empty() ? ' ' : field.front() == '"' ? field[1] : field.front();
    CHECK(std::string("=+-@").find(first) == std::string::npos);
    // Nor where a spreadsheet separates by semicolons.
    for (std::size_t at = field.find(';'); at != std::string::npos; at = field.find(';', at + 1)) {
      const std::size_t next = field.find_first_not_of(' ', at + 1);
      CHECK((next == std::string::npos || std::string("=+-@").find(field[next]) == std::string::npos));
    }
    CHECK(from_spreadsheet(text.empty() ? "" : CsvReader(field).next()->value().fields.at(0)) == text);
    if (text.empty()) continue;
    Attendee a = attendee_of("A1");
    a.name = a.title = a.organisation = text;
    const RosterCsv again = parse_list(roster_csv_header() + to_csv_line(a));
    REQUIRE(again.rows.size() == 1);
    CHECK(again.rows[0].attendee == a);
  }
  CHECK(spreadsheet_field("\tx").front() == '\'');
  CHECK(spreadsheet_field("\rx") == "\"'\rx\"");
  CHECK(spreadsheet_field("X\n=1;\t+2") == "\"X\n'=1;'\t'+2\"");
  CHECK(from_spreadsheet("X\n'=1;'\t'+2") == "X\n=1;\t+2");
}

TEST_CASE("a roster of any texts is exported and imported again as it was") {
  const std::vector<std::string> parts{"=", "+",  "'", "\"", ",", ";", ";=",    " ",
                                       "é", "张", "ﷺ", "-",  "@", "a", "\uFF1D"};
  std::uint32_t state = 7;
  const auto draw = [&](std::size_t below) {
    state = state * 1664525U + 1013904223U;
    return (state >> 8U) % below;
  };
  for (int round = 0; round < 2000; ++round) {
    Attendee a = attendee_of("A1");
    for (std::string* text : {&a.name, &a.title, &a.organisation, &a.name_sort}) {
      text->clear();
      for (std::size_t n = draw(6) + 1; n > 0; --n) *text += parts[draw(parts.size())];
      // Blanks at the ends are not kept by any import.
      while (!text->empty() && text->back() == ' ') text->pop_back();
      while (!text->empty() && text->front() == ' ') text->erase(0, 1);
    }
    if (a.name.empty()) a.name = "x";
    const RosterCsv again = parse_list(roster_csv_header() + to_csv_line(a));
    INFO(to_csv_line(a));
    REQUIRE(again.rows.size() == 1);
    REQUIRE(again.rows[0].attendee == a);
  }
}

// --- workbooks: scripts in the place of xlsx2csv, to pass the limits by; of real workbooks see
// tests/e2e/lists_test.py

std::filesystem::path file_with(const TemporaryFolder& folder, const std::string& bytes) {
  const auto file = folder.path() / "list.xlsx";
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

TEST_CASE("a program that is not there is named, with what to install") {
  const TemporaryFolder folder;
  WorkbookLimits limits;
  limits.program = "xlsx2csv-that-is-not-there";
  const auto read = csv_of_workbook(file_with(folder, "PK\x03\x04"), "", limits);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().kind == Error::Kind::unavailable);
  CHECK(read.error().message.find("apt install xlsx2csv") != std::string::npos);
}

TEST_CASE("what writes without end is ended at the limit of the text") {
  const TemporaryFolder folder;
  WorkbookLimits limits;
  limits.text_bytes = 100'000;
  const auto endless = folder.path() / "endless";
  std::ofstream(endless) << "#!/bin/sh\nwhile :; do echo x; done\n";
  std::filesystem::permissions(endless, std::filesystem::perms::owner_all);
  limits.program = endless.string();
  const auto read = csv_of_workbook(file_with(folder, "PK\x03\x04"), "", limits);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().message.find("its sheet is larger than 100000 bytes") != std::string::npos);
}

TEST_CASE("what takes all the time it can have is ended, whether it works or sleeps") {
  const TemporaryFolder folder;
  const auto program = folder.path() / "slow";
  const bool works = GENERATE(true, false);
  std::ofstream(program) << (works ? "#!/bin/sh\nwhile :; do :; done\n" : "#!/bin/sh\nexec sleep 600\n");
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  WorkbookLimits limits;
  limits.program = program.string();
  limits.cpu = std::chrono::seconds(works ? 1 : 100);
  limits.wait = std::chrono::seconds(works ? 100 : 1);
  const auto read = csv_of_workbook(file_with(folder, "PK\x03\x04"), "", limits);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().message.find(works ? "more than 1 s to unpack" : "longer than 1 s") !=
        std::string::npos);
}

TEST_CASE("a workbook that is too large is not unpacked, and an old one is known by its bytes") {
  const TemporaryFolder folder;
  WorkbookLimits limits;
  limits.file_bytes = 3;
  CHECK(csv_of_workbook(file_with(folder, "PK\x03\x04"), "", limits)
            .error()
            .message.find("larger than 3 bytes") != std::string::npos);
  CHECK(is_workbook("PK\x03\x04rest"));
  CHECK_FALSE(is_workbook("id,name\n"));
  CHECK(is_old_workbook("\xD0\xCF\x11\xE0\xA1"));
}

}  // namespace
}  // namespace lanyard::sync::hub
