// What an import says that it does, and that it does all of it or nothing: with either store.
#include "sync/hub/roster_import.hpp"

#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "sync/hub/roster_preview.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

RosterCsv read(const std::string& text) {
  RosterCsv roster = parse_roster_csv(text, small_event().event, [](auto) { return false; });
  REQUIRE(roster.problem_count == 0);
  return roster;
}

std::string list_of(int from, int until, const std::string& name = "Name of ") {
  std::string text = "id,name,category,status\n";
  for (int i = from; i < until; ++i)
    text += "A" + std::to_string(i) + "," + name + std::to_string(i) + ",delegate,approved\n";
  return text;
}

ImportCount take(HubFixture& hub, const std::string& text, bool replace = false) {
  return import_roster(hub.store(), read(text), replace).value();
}

TEST_CASE("an import tells who came, who went, and what changed from what to what") {
  HubFixture hub;
  take(hub,
       "id,name,category,status,title,credential\nA1,One,delegate,pending,Dr,C1\nA2,Two,guest,approved,,\n");
  const ImportCount count = take(
      hub,
      "id,name,category,status,title,credential\nA3,Three,guest,approved,,\nA1,Uno,delegate,approved,Dr,C9\n",
      true);
  REQUIRE(count.changes.size() == 3);
  CHECK(count.changes[0].kind == RosterChange::Kind::removed);
  CHECK(count.changes[0].id == "A2");
  CHECK(count.changes[1].kind == RosterChange::Kind::added);
  CHECK(count.changes[2].fields == std::vector<RosterChange::Field>{{"name", "One", "Uno"},
                                                                    {"status", "pending", "approved"},
                                                                    {"credential", "", "another"}});
  CHECK(summary_of(count) == "1 added, 1 changed, 0 unchanged, 1 removed");
  CHECK(changes_in_words(count, 2) == "  - A2 Two\n  + A3 Three\n  and 1 more\n");
  CHECK(changes_in_words(count, 9).find(
            "  ~ A1 Uno: name 'One' -> 'Uno', status 'pending' -> 'approved', credential"
            " another\n") != std::string::npos);
}

TEST_CASE("what a list says must go with what the roster keeps where the list has no column of it") {
  HubFixture hub;
  take(hub,
       "id,name,category,status,valid_from,companion_of\nA1,One,delegate,approved,2026-11-25T08:00:00Z,\n"
       "A2,Two,guest,approved,,A1\n");
  const auto until = [&](const std::string& time) {
    return import_roster(hub.store(),
                         read("id,name,category,status,valid_until\nA1,One,delegate,approved," + time + "\n"),
                         false);
  };
  CHECK(until("2026-11-24T08:00:00Z").error().message ==
        "line 2: column valid_until: is not after valid_from");
  CHECK_FALSE(hub.store().attendee("A1").value()->valid_until.has_value());
  CHECK(until("2026-11-26T08:00:00Z").has_value());

  const auto alone =
      import_roster(hub.store(), read("id,name,category,status\nA2,Two,guest,approved\n"), true);
  REQUIRE_FALSE(alone.has_value());
  CHECK(alone.error().message == "line 2: column companion_of: is of 'A1', whom this list would remove");
  CHECK(hub.store().attendee_count().value() == 2);
}

TEST_CASE("a preview says what the import then does, and changes nothing") {
  HubFixture hub;
  take(hub, list_of(0, 20));
  const std::int64_t version = hub.store().roster_version().value();
  const RosterCsv roster = read(list_of(10, 30, "Nom "));
  ImportCount told;
  const auto preview =
      import_roster(hub.store(), roster, true, [&](const ImportCount& count) -> Expected<void> {
        told = count;
        return fail(Error::Kind::invalid, "");
      });
  CHECK_FALSE(preview.has_value());
  CHECK(hub.store().roster_version().value() == version);
  CHECK(hub.store().attendee("A3").value()->name == "Name of 3");
  const ImportCount done = import_roster(hub.store(), roster, true).value();
  CHECK(import_as_json(roster, told, "", false) == import_as_json(roster, done, "", false));
  CHECK(done.removed == 10);
  CHECK(done.changed == 10);
  CHECK(done.added == 10);
}

TEST_CASE("more than a tenth removed is a doubt, and so are other names for most") {
  HubFixture hub;
  CHECK(doubt(take(hub, list_of(0, 40), true)).empty());
  CHECK(doubt(take(hub, list_of(0, 36), true)).empty());
  CHECK(doubt(take(hub, list_of(0, 30), true)) == "6 of 36 people would be removed");
  CHECK(doubt(take(hub, list_of(0, 30, "Nom "))) ==
        "30 of 30 people have another name in this list: it may be that of another event");
  CHECK(doubt(take(hub, list_of(0, 9, "Imya "))).empty());  // a few corrections
}

TEST_CASE("every line that the store says no to is named, and nothing of the list is taken") {
  HubFixture hub;
  take(hub, "id,name,category,status,credential\nA1,One,delegate,approved,C1\nA2,Two,delegate,approved,C2\n");
  const auto refused = import_roster(hub.store(),
                                     read("id,name,category,status,credential\nA3,X,guest,approved,C1\nA4,X,"
                                          "guest,approved,C3\nA5,X,guest,approved,C2\n"),
                                     false);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message ==
        "line 2: column credential: is that of A1 already\nline 4: column credential: is that of A2 already");
  CHECK(hub.store().attendee_count().value() == 2);
}

TEST_CASE("a store that fails within an import has taken nothing of it") {
  HubFixture hub;
  take(hub, list_of(0, 5));
  const std::string page = to_body(hub.store().roster_page(0, "", 1000).value());
  hub.place().refuse_attendee("A25");
  const auto failed = import_roster(hub.store(), read(list_of(3, 30, "Nom ")), true);
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().kind == Error::Kind::storage);
  CHECK(to_body(hub.store().roster_page(0, "", 1000).value()) == page);
}

TEST_CASE("a program that is killed within an import has taken nothing of it") {
  HubFixture hub;
  take(hub, list_of(0, 5));
  const std::string page = to_body(hub.store().roster_page(0, "", 1000).value());
  const RosterCsv roster = read(list_of(3, 500, "Nom "));
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    // A connection of its own: nothing of the parent's is touched.
    auto store = hub.place().open(kSmallEventId);
    if (store) {
      (void)import_roster(**store, roster, true, [](const ImportCount&) -> Expected<void> {
        (void)::raise(SIGKILL);
        return {};
      });
    }
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(to_body(hub.store().roster_page(0, "", 1000).value()) == page);
  CHECK(take(hub, list_of(3, 500, "Nom "), true).added == 495);
}

}  // namespace
}  // namespace lanyard::sync::hub
