// Staff, tags and second categories on their way from a file to the roster; and what the hub keeps of
// policies and times.
#include <algorithm>

#include "sync/chain.hpp"
#include "sync/hub/roster_csv.hpp"
#include "sync/hub/roster_import.hpp"
#include "sync/pin.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

EventInfo staffed_event() {
  EventInfo event = small_event().event;
  event.roles.push_back({"steward", {{"en", "Steward"}}, {StaffAction::undo}, {}});
  event.categories.push_back({"card", {{"en", "Card"}}, 0, true});
  return event;
}

RosterCsv parse_staff(const std::string& text) {
  static const EventInfo event = staffed_event();
  return parse_roster_csv(text, event, [](std::string_view) { return false; });
}

std::string only_problem(const std::string& line) {
  const RosterCsv roster =
      parse_staff("id,name,category,status,delegation,other_categories,tags,role,pin\n" + line + "\n");
  REQUIRE(roster.problem_count == 1);
  return to_text(roster.problems[0]);
}

TEST_CASE("tags, other categories, role and PIN are read off the roster's file") {
  const RosterCsv roster = parse_staff(
      "id,name,category,status,other_categories,tags,role,pin\n"
      "A1,Somebody,delegate,approved,guest,editor-letter;minor,steward,24680\n");
  REQUIRE(roster.problem_count == 0);
  const Attendee& who = roster.rows.at(0).attendee;
  CHECK(who.other_categories == std::vector<std::string>{"guest"});
  CHECK(who.tags == std::vector<std::string>{"editor-letter", "minor"});
  CHECK(who.role == "steward");
  CHECK(roster.rows[0].pin == "24680");
  CHECK(who.pin_hash.empty());  // made as it is imported
}

TEST_CASE("a PIN is digits, of somebody with a role that there is, and is never quoted") {
  CHECK(only_problem("A1,S,delegate,approved,,,,steward,12a45").find("12a45") == std::string::npos);
  CHECK(only_problem("A1,S,delegate,approved,,,,steward,123") == "line 2, column pin: is not 4 to 8 digits");
  CHECK(only_problem("A1,S,delegate,approved,,,,,12345") == "line 2, column pin: is of nobody with a role");
  CHECK(only_problem("A1,S,delegate,approved,,,,king,").find("the event has no role 'king'") !=
        std::string::npos);
  CHECK(only_problem("A1,S,delegate,approved,,vip,,,").find("the event has no category 'vip'") !=
        std::string::npos);
}

TEST_CASE("a transferable card belongs to a delegation") {
  CHECK(only_problem("A1,Card,card,approved,,,,,").find("column delegation: is missing") !=
        std::string::npos);
}

TEST_CASE("a PIN is kept as a hash, that stays while the PIN does, and leaves the hub on no export") {
  HubFixture hub;
  REQUIRE(hub.store().set_event(staffed_event(), small_event().checkpoints).has_value());
  const std::string header = "id,name,category,status,role,pin\n";
  const auto import = [&](const std::string& pin) {
    return import_roster(hub.store(), parse_staff(header + "A1,S,delegate,approved,steward," + pin + "\n"),
                         false)
        .value();
  };
  CHECK(import("24680").added == 1);
  const std::string hash = hub.store().attendee("A1").value()->pin_hash;
  CHECK(fits_pin(hash, "24680"));
  CHECK(import("24680").unchanged == 1);
  CHECK(hub.store().attendee("A1").value()->pin_hash == hash);
  CHECK(import("13579").changed == 1);
  CHECK_FALSE(fits_pin(hub.store().attendee("A1").value()->pin_hash, "24680"));
  CHECK(to_csv_line(*hub.store().attendee("A1").value()).find("argon2") == std::string::npos);
  // A file without the column leaves the PIN alone.
  REQUIRE(import_roster(hub.store(), parse_staff("id,name,category,status\nA1,S2,delegate,approved\n"), false)
              .has_value());
  CHECK(fits_pin(hub.store().attendee("A1").value()->pin_hash, "13579"));
}

TEST_CASE("a list without a column of roles sets the PIN of who has a role, and of nobody else") {
  HubFixture hub;
  REQUIRE(hub.store().set_event(staffed_event(), small_event().checkpoints).has_value());
  REQUIRE(import_roster(hub.store(),
                        parse_staff("id,name,category,status,role\nS1,S,delegate,approved,steward\n"
                                    "A1,A,delegate,approved,\n"),
                        false)
              .has_value());
  const auto pin_of = [&](const std::string& id) {
    return import_roster(hub.store(),
                         parse_staff("id,name,category,status,pin\n" + id + ",S,delegate,approved,24680\n"),
                         false);
  };
  CHECK(pin_of("S1").value().changed == 1);
  CHECK(fits_pin(hub.store().attendee("S1").value()->pin_hash, "24680"));
  CHECK(pin_of("A1").error().message == "line 2: column pin: is of nobody with a role");
}

TEST_CASE("no two of the staff have one PIN, in one file or two, and people may swap theirs") {
  HubFixture hub;
  REQUIRE(hub.store().set_event(staffed_event(), small_event().checkpoints).has_value());
  const auto import = [&](const std::string& lines, bool replace = false) {
    return import_roster(hub.store(), parse_staff("id,name,category,status,role,pin\n" + lines), replace);
  };
  const std::string first = "S1,S,delegate,approved,steward,24680\n";
  const auto twice = import(first + "S2,T,delegate,approved,steward,24680\n");
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().message == "line 3: column pin: is that of S1 too");
  CHECK(hub.store().attendee_count().value() == 0);  // all of a file, or nothing
  REQUIRE(import(first + "S2,T,delegate,approved,steward,13579\n").has_value());
  const auto taken = import("S3,U,delegate,approved,steward,24680\n");
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().message == "line 2: column pin: is that of S1 too");
  CHECK(import("S1,S,delegate,approved,steward,13579\nS2,T,delegate,approved,steward,24680\n")->changed == 2);
  CHECK(import("S3,U,delegate,approved,steward,24680\n", true)->removed == 2);  // who is gone keeps no PIN
}

TEST_CASE("every policy that was ever in force is kept by its name") {
  HubFixture hub;
  EventFile event = small_event();
  const std::string first = policy_id(to_json(policy_of(event.event, event.checkpoints[0])));
  event.checkpoints[0].mode = Mode::once;
  REQUIRE(hub.store()
              .transact([&] { return hub.store().set_event(event.event, event.checkpoints); })
              .has_value());
  const std::string second = policy_id(to_json(policy_of(event.event, event.checkpoints[0])));
  CHECK(hub.store().policy(first).value()->checkpoint.mode == Mode::entry_and_exit);
  CHECK(hub.store().policy(second).value()->checkpoint.mode == Mode::once);
  CHECK_FALSE(hub.store().policy("0000000000000000").value().has_value());
}

TEST_CASE("a row is found by its id, and by device and number") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  const JournalRow row = writer.write(RowKind::admitted, "A1", hub.now);
  hub.upload(token, {row});
  CHECK(hub.store().row(row.id).value() == row);
  CHECK(hub.store().row("north-1:1").value() == row);
  for (const char* none :
       {"north-1:2", "north-1:", "north-1:x", ":", "nobody", "north-1:1x", "north-1:99999999999999999999"})
    CHECK_FALSE(hub.store().row(none).value().has_value());
}

TEST_CASE("a time that a device comes to know later corrects its rows of the same boot, raw times staying") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  const auto wrong_by = 5h;
  std::vector<JournalRow> rows;
  Digest before{};
  for (int i = 0; i < 3; ++i) {
    JournalRow row = writer.write(RowKind::admitted, "A" + std::to_string(i), hub.now + wrong_by + i * 1min);
    row.monotonic_ms = 60'000L * i;
    row.offset_ms =
        i == 2 ? std::optional<std::int64_t>(-std::chrono::milliseconds(wrong_by).count()) : std::nullopt;
    row.prev_hash = before;
    row.hash = before = chain_hash(row);
    rows.push_back(row);
  }
  hub.upload(token, {rows[0], rows[1]});
  CHECK(corrected_time(hub.store(), rows[0].id) == rows[0].wall);  // nobody knows better yet
  hub.upload(token, {rows[2]});
  for (int i = 0; i < 3; ++i) {
    CHECK(corrected_time(hub.store(), rows[static_cast<std::size_t>(i)].id) == hub.now + i * 1min);
    CHECK(hub.store().row(rows[static_cast<std::size_t>(i)].id).value()->wall ==
          hub.now + wrong_by + i * 1min);
  }
  CHECK(hub.store().moves_since(hub.now + 1min).value().size() == 2);
}

}  // namespace
}  // namespace lanyard::sync::hub
