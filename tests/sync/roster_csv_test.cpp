#include "sync/hub/roster_csv.hpp"

#include "sync/hub/roster_import.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

RosterCsv parse(std::string_view text, std::string_view known = "") {
  static const EventInfo event = [] {
    EventInfo small = small_event().event;
    small.sessions.resize(2);
    small.sessions[0].id = "opening";
    small.sessions[0].name = {{"en", "Opening"}, {"fr", "Ouverture"}};
    small.sessions[1].id = "workshop";
    small.sessions[1].name = {{"en", "Workshop"}};
    return small;
  }();
  return parse_roster_csv(text, event, [&](std::string_view id) { return !known.empty() && id == known; });
}

std::vector<std::string> problems(const RosterCsv& roster) {
  std::vector<std::string> texts;
  for (const RosterProblem& problem : roster.problems) texts.push_back(to_text(problem));
  return texts;
}

constexpr std::string_view kHeader = "id,name,category,status\n";

// A list of one person with this in one more column.
RosterCsv with_cell(const std::string& column, const std::string& cell) {
  return parse("id,name,category,status," + column + "\nA1,X,delegate,approved,\"" + cell + "\"\n");
}

TEST_CASE("a whole line is read into a record") {
  const RosterCsv roster = parse(
      "\xEF\xBB\xBFstatus,id,name,name_native,name_sort,title,organisation,delegation,category,zones,"
      "languages,"
      "access_needs,companion_of,valid_from,valid_until,credential\r\n"
      "approved,A1,\"Zhang, \"\"Will\"\" Wei\",\xE5\xBC\xA0\xE4\xBC\x9F,\"Zhang, "
      "Wei\",Director,WTO,wto,delegate,"
      "site; lounge,zh-Hans;en,wheelchair,,day 1 07:30,day 2 24:00,X1Y2\r\n");
  CHECK(problems(roster).empty());
  REQUIRE(roster.rows.size() == 1);
  const Attendee& a = roster.rows[0].attendee;
  CHECK(a.id == "A1");
  CHECK(a.name == "Zhang, \"Will\" Wei");
  CHECK(a.name_native == "\xE5\xBC\xA0\xE4\xBC\x9F");
  CHECK(a.zones == std::vector<std::string>{"site", "lounge"});
  CHECK(a.languages == std::vector<std::string>{"zh-Hans", "en"});
  CHECK(a.status == Status::approved);
  CHECK(a.valid_from == parse_rfc3339("2026-11-23T07:30:00+08:00"));
  CHECK(a.valid_until == parse_rfc3339("2026-11-25T00:00:00+08:00"));
  CHECK(roster.rows[0].credential == "X1Y2");
}

TEST_CASE("what a badge may say in place of the name is a list, and a short one") {
  const auto names = [](const std::string& cell) { return with_cell("badge_names", cell); };
  const RosterCsv good = names("Will Zhang; 张伟 ;");
  CHECK(problems(good).empty());
  REQUIRE(good.rows.size() == 1);
  CHECK(good.rows[0].attendee.badge_names == std::vector<std::string>{"Will Zhang", "张伟"});
  CHECK(problems(names("a;b;c;d;e;f")) ==
        std::vector<std::string>{"line 2, column badge_names: has more than 5 items"});
  CHECK(problems(names("Will\nZhang")).size() == 1);
}

TEST_CASE("a seat is of one session, by its id or name, or the usual one; nobody has two in one place") {
  const auto seats = [](const std::string& cell) { return with_cell("seats", cell); };
  const RosterCsv good = seats("Row 4, seat 12; Ouverture = A 1 ;workshop=");
  CHECK(problems(good).empty());
  REQUIRE(good.rows.size() == 1);
  CHECK(good.rows[0].attendee.seats ==
        std::vector<Seat>{{"", "Row 4, seat 12"}, {"opening", "A 1"}, {"workshop", ""}});
  CHECK(seats("").rows.at(0).attendee.seats.empty());
  const auto wrong = [&](const std::string& cell) { return problems(seats(cell)).at(0); };
  CHECK(wrong("gala=7") == "line 2, column seats: the event has no session 'gala'");
  CHECK(wrong("Workshop") ==
        "line 2, column seats: 'Workshop' is a session: write 'Workshop =' to sign up for it");
  CHECK(wrong("A 1;A 2") == "line 2, column seats: has two seats of no session (write: session = seat)");
  CHECK(wrong("opening=1;Opening=2") == "line 2, column seats: has two seats in 'opening'");
  CHECK(wrong(std::string(121, 'x')).ends_with("is longer than 120 bytes"));
}

TEST_CASE("columns that are wrong are named and nothing is read") {
  CHECK(problems(parse("id,name,status\n")) ==
        std::vector<std::string>{"line 1: column 'category' is missing"});
  CHECK(problems(parse("id,id,name,category,status\n")) ==
        std::vector<std::string>{"line 1: columns 1 'id' and 2 'id' both say the field 'id': choose one by"
                                 " --column id=HEADING"});
  CHECK(problems(parse("")) == std::vector<std::string>{"line 1: the file is empty"});
  CHECK_FALSE(parse("id,name,status\nA1,X,approved\n").header_is_good);
  CHECK(parse("id,name,status\nA1,X,approved\n").rows.empty());
}

TEST_CASE("a column that says nothing Lanyard knows is reported and left out, and the others are read") {
  const RosterCsv roster = parse("id,name,category,status,shoe_size\nA1,X,delegate,approved,44\n");
  CHECK(problems(roster).empty());
  CHECK(roster.left_out == std::vector<std::string>{"column 5 'shoe_size'"});
  CHECK(roster.rows.size() == 1);
}

TEST_CASE("every bad line is named with its line, its column and what is wrong") {
  const RosterCsv roster = parse(
      "id,name,category,status,zones,companion_of,valid_from,valid_until,credential\n"
      "A1,Good,delegate,approved,site,,,,C1\n"               // 2
      "A1,Again,delegate,approved,,,,,\n"                    // 3
      "A 2,Bad id,delegate,approved,,,,,\n"                  // 4
      "A3,,delegate,approved,,,,,\n"                         // 5
      "A4,X,vip,approved,,,,,\n"                             // 6
      "A5,X,delegate,invited,,,,,\n"                         // 7
      "A6,X,delegate,approved,site;moon,,,,\n"               // 8
      "A7,X,delegate,approved,,A999,,,\n"                    // 9
      "A8,X,delegate,approved,,,yesterday,,\n"               // 10
      "A9,X,delegate,approved,,,day 2 10:00,day 1 10:00,\n"  // 11
      "A10,X,delegate,approved,,,day 4 10:00,,\n"            // 12
      "A11,X,delegate,approved,,,,,C1\n"                     // 13
      "A12,X,delegate,approved,,,,,L1:ABC\n"                 // 14
      "A13,X,delegate\n"                                     // 15
      "A14,\"X\"Y,delegate,approved,,,,,\n"                  // 16
      "A15,\"line\nbreak\",delegate,approved,,,,,\n"         // 17, 18
      "A16,X,delegate,approved,,A16,,,\n");                  // 19
  CHECK(problems(roster) ==
        std::vector<std::string>{
            "line 3, column id: 'A1' is in line 2 too",
            "line 4, column id: 'A 2' is not an id (letters, digits, '.', '_', '-', at most 32)",
            "line 5, column name: is empty",
            "line 6, column category: the event has no category 'vip'",
            "line 7, column status: unknown status 'invited' (approved, pending, blocked, withdrawn)",
            "line 8, column zones: the event has no zone 'moon'",
            "line 9, column companion_of: there is no good line for 'A999'",
            "line 10, column valid_from: 'yesterday' is neither a time of RFC 3339 nor 'day N HH:MM' within "
            "the "
            "event's 3 days",
            "line 11, column valid_until: is not after valid_from",
            "line 12, column valid_from: 'day 4 10:00' is neither a time of RFC 3339 nor 'day N HH:MM' "
            "within the "
            "event's 3 days",
            "line 13, column credential: is that of line 2 too",
            "line 14, column credential: begins as a credential that Lanyard signs",
            "line 15: has 3 fields, and the header 9",
            "line 16: text behind a closing quote",
            "line 17, column name: holds a line break or another control character",
            "line 19, column companion_of: a companion of oneself",
        });
  REQUIRE(roster.rows.size() == 1);
  CHECK(roster.rows[0].attendee.name == "Good");
}

TEST_CASE("bytes that are not UTF-8 are named by their line") {
  const RosterCsv roster = parse(std::string(kHeader) +
                                 "A1,Good,delegate,approved\nA2,M\xFCller,delegate,approved\n"
                                 "A3,Good,delegate,approved\n");
  CHECK(problems(roster) == std::vector<std::string>{"line 3: is not UTF-8"});
  CHECK(roster.rows.size() == 2);
}

TEST_CASE("a line of two megabytes is named without being quoted, and the next line is read") {
  const RosterCsv roster = parse(std::string(kHeader) + "A1," + std::string(2'000'000, 'x') +
                                 ",delegate,approved\nA2,Good,delegate,approved\n");
  CHECK(problems(roster) == std::vector<std::string>{"line 2: is longer than 65536 bytes"});
  REQUIRE(roster.rows.size() == 1);
  CHECK(roster.rows[0].line == 3);
}

TEST_CASE("a quote that is never closed costs its own line only") {
  const RosterCsv roster =
      parse(std::string(kHeader) + "A1,\"open,delegate,approved\nA2,Good,delegate,approved\n");
  CHECK(problems(roster) == std::vector<std::string>{"line 2: a quote is never closed"});
  CHECK(roster.rows.size() == 1);
}

TEST_CASE("what is invisible and harms is refused in a text, and what spelling needs is kept") {
  for (const char* harmful : {"\u0085", "\u009B", "\u2028", "\u202A", "\u202E", "\u2066", "\u2069", "\x7F"}) {
    const RosterCsv roster = parse(std::string(kHeader) + "A1,X" + harmful + "Y,delegate,approved\n");
    CHECK(problems(roster) ==
          std::vector<std::string>{"line 2, column name: holds a line break or another control character"});
  }
  // A Persian and a Sinhala name with their joiners, a Hebrew one with its mark, a no-break space.
  for (const char* name : {"علی\u200Cرضا", "ශ්\u200Dරී", "צה\u05F4ל\u200F!", "Jean\u00A0Luc", "\u202F"}) {
    const RosterCsv roster = parse(std::string(kHeader) + "A1," + name + ",delegate,approved\n");
    CHECK(problems(roster).empty());
    CHECK(roster.rows.at(0).attendee.name == name);
  }
}

TEST_CASE("a ticket that pretix signed is a credential as any other text of a registration system") {
  const std::string text = write_pretix_secret({"k3v9xq2pt", 11, 0, 0, {}, {}}, key_pair({3}).secret_key);
  const RosterCsv roster = parse("id,name,category,status,credential\nA1,X,delegate,approved," + text + "\n");
  CHECK(roster.problem_count == 0);
  REQUIRE(roster.rows.size() == 1);
  CHECK(roster.rows[0].credential == text);
}

TEST_CASE("a credential is taken exactly if the kiosk's reader would find it again") {
  for (const char* text : {"X1", "X 1", "é\u202Ex", "X\u0085", "X\nY", "\nX", "X\r", "X\x7F", "\x01"}) {
    INFO(text);
    const auto read = read_credential(text, {}, {});
    const bool found = read && *read == Credential(OpaqueCredential{text});
    const RosterCsv roster =
        parse("id,name,category,status,credential\nA1,X,delegate,approved,\"" + std::string(text) + "\"\n");
    CHECK(roster.rows.size() == (found ? 1U : 0U));
    CHECK(roster.problem_count == (found ? 0U : 1U));
  }
}

TEST_CASE("at most a hundred problems are listed, and all are counted") {
  std::string text(kHeader);
  for (int i = 0; i < 1000; ++i) text += "A" + std::to_string(i) + ",X,nobody,approved\n";
  const RosterCsv roster = parse(text);
  CHECK(roster.problem_count == 1000);
  REQUIRE(roster.problems.size() == kMaxListedProblems);
  CHECK(roster.problems.front().line == 2);
  CHECK(roster.problems.back().line == 101);
}

TEST_CASE("a companion whose principal's line is bad is left out with it, through a whole chain") {
  const RosterCsv roster = parse(
      "id,name,category,status,companion_of\n"
      "A3,X,delegate,approved,A2\n"
      "A2,X,delegate,approved,A1\n"
      "A1,X,nonsense,approved,\n"
      "A5,X,delegate,approved,A4\n",
      "A4");
  CHECK(roster.problem_count == 3);
  REQUIRE(roster.rows.size() == 1);
  CHECK(roster.rows[0].attendee.id == "A5");  // of someone on the roster already
}

TEST_CASE("a chain of companions as long as the roster is followed once from its bad end") {
  // Each is the companion of the next; whoever looks at all lines again for each one that falls never ends.
  std::string text = "id,name,category,status,companion_of\n";
  for (int i = 0; i < 50'000; ++i) {
    text += "A" + std::to_string(i) + ",X,delegate,approved,A" + std::to_string(i + 1) + "\n";
  }
  const RosterCsv missing = parse(text);
  CHECK(missing.problem_count == 50'000);
  CHECK(missing.rows.empty());
  CHECK(parse(text, "A50000").rows.size() == 50'000);
  CHECK(parse(text + "A50000,X,delegate,approved,A0\n").rows.size() == 50'001);  // a ring has no bad end
}

TEST_CASE("what is exported reads back as it was") {
  Attendee a = attendee_of("A1");
  a.name = "Doe, \"J\"";
  a.languages = {"en", "fr"};
  a.valid_until = parse_rfc3339("2026-11-24T00:00:00Z");
  a.seats = {{"", "C 14"}, {"opening", "Row 4, seat 12"}, {"workshop", ""}};
  const RosterCsv roster = parse(roster_csv_header() + to_csv_line(a));
  CHECK(problems(roster).empty());
  REQUIRE(roster.rows.size() == 1);
  CHECK(roster.rows[0].attendee == a);
}

// --- into the store
// ---------------------------------------------------------------------------------------------

ImportCount import(HubFixture& hub, std::string_view text, bool replace = false) {
  const RosterCsv roster = parse(text);
  REQUIRE(roster.problem_count == 0);
  const auto count = import_roster(hub.store(), roster, replace);
  REQUIRE(count.has_value());
  return *count;
}

std::optional<CredentialRecord> credential(HubFixture& hub, std::string_view text) {
  const auto key = hub.store().founding().value().value().fingerprint_key;
  return hub.store().credential(fingerprint(text, key)).value();
}

TEST_CASE("an import adds and updates, says how many, and removes only when told") {
  HubFixture hub;
  const ImportCount first =
      import(hub, std::string(kHeader) + "A1,One,delegate,approved\nA2,Two,guest,pending\n");
  CHECK(first.added == 2);
  const std::int64_t version = hub.store().roster_version().value();
  const ImportCount same = import(hub, std::string(kHeader) + "A1,One,delegate,approved\n");
  CHECK(same.unchanged == 1);
  CHECK(same.removed == 0);
  CHECK(hub.store().roster_version().value() == version);
  const ImportCount replaced =
      import(hub, std::string(kHeader) + "A1,Uno,delegate,approved\nA3,Three,guest,approved\n", true);
  CHECK(replaced.changed == 1);
  CHECK(replaced.added == 1);
  CHECK(replaced.removed == 1);
  CHECK_FALSE(hub.store().attendee("A2").value().has_value());
}

TEST_CASE("a column that the file does not have leaves what is known") {
  HubFixture hub;
  import(hub, "id,name,category,status,zones,title\nA1,One,delegate,approved,site,Dr\n");
  import(hub, std::string(kHeader) + "A1,One,delegate,blocked\n");
  const Attendee known = hub.store().attendee("A1").value().value();
  CHECK(known.status == Status::blocked);
  CHECK(known.title == "Dr");
  CHECK(known.zones == std::vector<std::string>{"site"});
  import(hub, "id,name,category,status,title\nA1,One,delegate,blocked,\n");
  CHECK(hub.store().attendee("A1").value().value().title.empty());
}

TEST_CASE("seats stay where a list has no column of them") {
  HubFixture hub;
  (void)import(hub, "id,name,category,status,seats\nA1,X,delegate,approved,Row 4\n");
  (void)import(hub, "id,name,category,status\nA1,Y,delegate,approved\n");
  CHECK(hub.store().attendee("A1").value()->name == "Y");
  CHECK(hub.store().attendee("A1").value()->seats == std::vector<Seat>{{"", "Row 4"}});
  (void)import(hub, "id,name,category,status,seats\nA1,Y,delegate,approved,\n");
  CHECK(hub.store().attendee("A1").value()->seats.empty());
}

TEST_CASE("a new credential of a known attendee is a new generation, and kills the old") {
  HubFixture hub;
  const std::string header = "id,name,category,status,credential\n";
  import(hub, header + "A1,One,delegate,approved,OLD\n");
  CHECK(credential(hub, "OLD")->generation == 1);
  import(hub, header + "A1,One,delegate,approved,NEW\n");
  CHECK(credential(hub, "NEW")->generation == 2);
  CHECK(hub.store().generation("A1").value() == 2);
  import(hub, header + "A1,One,delegate,approved,\n");
  CHECK(hub.store().generation("A1").value() == 2);
}

TEST_CASE("a credential of someone else is refused, and two may be exchanged") {
  HubFixture hub;
  const std::string header = "id,name,category,status,credential\n";
  import(hub, header + "A1,One,delegate,approved,C1\nA2,Two,delegate,approved,C2\n");
  const auto stolen =
      import_roster(hub.store(), parse(header + "A3,X,guest,approved,\nA4,X,guest,approved,C1\n"), false);
  REQUIRE_FALSE(stolen.has_value());
  CHECK(stolen.error().message == "line 3: column credential: is that of A1 already");
  CHECK_FALSE(hub.store().attendee("A3").value().has_value());  // all of it, or nothing
  import(hub, header + "A1,One,delegate,approved,C2\nA2,Two,delegate,approved,C1\n");
  CHECK(credential(hub, "C1")->attendee == "A2");
  CHECK(credential(hub, "C2")->attendee == "A1");
}

}  // namespace
}  // namespace lanyard::sync::hub
