// Credentials in bulk: with the import that they are for, or not at all.
#include "sync/hub/issue.hpp"

#include <fstream>
#include <iterator>

#include <sys/stat.h>

#include "sync/hub/keys.hpp"
#include "sync/hub/roster_import.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::size_t files_in(const std::filesystem::path& folder) {
  const std::filesystem::directory_iterator all(folder);
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

Expected<ImportCount> import_and_issue(HubFixture& hub, std::string_view csv, PrivateFile& file) {
  const RosterCsv roster = parse_roster_csv(csv, small_event().event, [](auto) { return false; });
  REQUIRE(roster.problem_count == 0);
  return import_roster(hub.store(), roster, false, [&](const ImportCount& count) -> Expected<void> {
    return issue_to(file, hub.store(), count.touched).map([](std::size_t) {});
  });
}

// "id,text" lines behind the header, each verified.
std::vector<std::string> ids_of(HubFixture& hub, std::string text) {
  REQUIRE(text.starts_with(kIssuedHeader));
  text.erase(0, kIssuedHeader.size());
  KeyRing ring;
  const Ring whole = hub.store().ring().value();
  for (const RingKey& key : whole.keys) ring.push_back(key.key);
  std::vector<std::string> ids;
  while (!text.empty()) {
    const std::string line = text.substr(0, text.find('\n'));
    text.erase(0, line.size() + 1);
    const auto comma = line.find(',');
    ids.push_back(line.substr(0, comma));
    const auto read = read_credential(line.substr(comma + 1), ring, event_tag("forum-2026"));
    REQUIRE(read.has_value());
    CHECK(std::get<SignedCredential>(*read).attendee == ids.back());
  }
  return ids;
}

constexpr std::string_view kFour =
    "id,name,category,status\nA1,One,delegate,approved\nA2,Two,delegate,blocked\nA3,Three,delegate,pending\n"
    "A4,Four,delegate,withdrawn\n";

TEST_CASE("whom an import adds or changes gets a credential, unless blocked or withdrawn") {
  HubFixture hub;
  TemporaryFolder folder;
  const auto out = folder.path() / "out.csv";
  {
    PrivateFile file(out);
    REQUIRE(file.open().has_value());
    REQUIRE(import_and_issue(hub, kFour, file).has_value());
    CHECK_FALSE(std::filesystem::exists(out));  // not before the import is committed
    REQUIRE(file.keep().has_value());
  }
  CHECK(ids_of(hub, contents(out)) == std::vector<std::string>{"A1", "A3"});
  struct stat status {};
  REQUIRE(::stat(out.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777U) == 0600);
  CHECK(files_in(folder.path()) == 1);

  PrivateFile again(out);
  REQUIRE(again.open().has_value());
  REQUIRE(import_and_issue(hub,
                           "id,name,category,status\nA1,One,delegate,approved\nA2,Two,delegate,approved\n"
                           "A3,Other,delegate,pending\nA5,Five,guest,approved\n",
                           again)
              .has_value());
  REQUIRE(again.keep().has_value());
  CHECK(ids_of(hub, contents(out)) == std::vector<std::string>{"A2", "A3", "A5"});
}

TEST_CASE("credentials are signed by the current key, of the generation that is alive") {
  HubFixture hub;
  REQUIRE(hub.store().put_attendee(attendee_of("A1")));
  REQUIRE(hub.store().put_credential({{1}, "A1", 3}));
  const PublicKey next = add_next_key(hub.store(), hub.random(), hub.now).value();
  REQUIRE(use_key(hub.store(), key_name(next)).has_value());
  auto issue = CredentialIssue::begin(hub.store()).value();
  std::string line = issue.line(attendee_of("A1")).value();
  line.pop_back();
  const auto read =
      read_credential(std::string_view(line).substr(3), {{next, "hub"}}, event_tag("forum-2026"));
  REQUIRE(read.has_value());
  CHECK(std::get<SignedCredential>(*read).generation == 3);
}

TEST_CASE("an import that fails leaves no credentials, and credentials that fail leave no import") {
  HubFixture hub;
  TemporaryFolder folder;
  const auto out = folder.path() / "out.csv";
  std::ofstream(out) << "of yesterday";
  {
    PrivateFile file(out);
    REQUIRE(file.open().has_value());
    const RosterCsv roster = parse_roster_csv(kFour, small_event().event, [](auto) { return false; });
    const auto done =
        import_roster(hub.store(), roster, false, [&](const ImportCount& count) -> Expected<void> {
          REQUIRE(issue_to(file, hub.store(), count.touched).value() == 2);
          return fail(Error::Kind::storage, "the disk is full");
        });
    CHECK_FALSE(done.has_value());
  }
  CHECK(contents(out) == "of yesterday");
  CHECK(files_in(folder.path()) == 1);
  CHECK(hub.store().attendee_count().value() == 0);

  PrivateFile closed(out);  // cannot be written to
  CHECK_FALSE(import_and_issue(hub, kFour, closed).has_value());
  CHECK(hub.store().attendee_count().value() == 0);
}

TEST_CASE("a private file is made only where a plain file is or none") {
  TemporaryFolder folder;
  CHECK_FALSE(PrivateFile(folder.path()).open().has_value());
  CHECK_FALSE(PrivateFile(folder.path() / "none" / "out.csv").open().has_value());
  CHECK_FALSE(PrivateFile("/dev/stdout").open().has_value());
  const auto link = folder.path() / "link";
  std::filesystem::create_symlink(folder.path() / "elsewhere", link);
  CHECK_FALSE(PrivateFile(link).open().has_value());
  CHECK(files_in(folder.path()) == 1);
}

}  // namespace
}  // namespace lanyard::sync::hub
