// Reads the cast and the scenarios.
#include <fstream>
#include <iterator>

#include "sync/event_toml.hpp"
#include "sync/toml_reader.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/rulebook/scenario.hpp"

namespace lanyard::kiosk::rulebook {

namespace {

constexpr std::size_t kMaxPeople = 1000;
constexpr std::size_t kMaxCases = 5000;

std::string read_all(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  INFO(file);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), {}};
}

void must_be_well(const sync::TomlTrouble& trouble) {
  for (const std::string& problem : trouble.problems()) FAIL_CHECK(problem);
  REQUIRE_FALSE(trouble.any());
}

std::string text_or_empty(sync::TomlTable& table, const char* key) {
  return table.has(key) ? table.text(key) : std::string();
}

std::vector<std::string> texts_or_none(sync::TomlTable& table, const char* key) {
  return table.has(key) ? table.texts(key, sync::kMaxListItems) : std::vector<std::string>();
}

std::optional<Timestamp> moment_in(sync::TomlTable& table, const char* key, const sync::EventFile& event) {
  if (!table.has(key)) return std::nullopt;
  const auto since = sync::parse_day_clock(table.text(key), 3);
  if (!since) table.wrong(key, "must be as \"day 2 09:30\"");
  return event.event.runs.from + since.value_or(std::chrono::minutes(0));
}

Person read_person(sync::TomlTable& table, const sync::EventFile& event) {
  Person person;
  person.key = table.id("key");
  sync::Attendee& who = person.attendee;
  who.id = table.has("id") ? table.id("id") : "C-" + person.key;
  who.name = table.text("name");
  who.category = table.id("category");
  who.other_categories = texts_or_none(table, "other_categories");
  who.zones = texts_or_none(table, "zones");
  who.tags = texts_or_none(table, "tags");
  who.delegation = text_or_empty(table, "delegation");
  who.organisation = text_or_empty(table, "organisation");
  who.companion_of = text_or_empty(table, "companion_of");
  if (!who.companion_of.empty()) who.companion_of = "C-" + who.companion_of;
  who.status = table.has("status") ? table.named("status", sync::status_named) : sync::Status::approved;
  who.valid_from = moment_in(table, "valid_from", event);
  who.valid_until = moment_in(table, "valid_until", event);
  person.code = text_or_empty(table, "code");
  person.on_roster = table.flag("on_roster", true);
  if (sync::find_category(event.event, who.category) == nullptr)
    table.wrong("category", "there is none such");
  for (const std::string& zone : who.zones) {
    if (sync::find_zone(event.event, zone) == nullptr) table.wrong("zones", "there is no zone " + zone);
  }
  table.no_other_keys();
  return person;
}

Scenario read_case(sync::TomlTable& table, const std::string& file) {
  Scenario scenario;
  scenario.file = file;
  scenario.name = table.text("name");
  scenario.who = text_or_empty(table, "who");
  scenario.at = table.id("at");
  scenario.when = table.text("when");
  scenario.shows = table.has("shows") ? table.text("shows", 2000) : "badge";
  if (table.has("before")) scenario.before = table.texts("before", 100);
  scenario.verdict = table.text("verdict");
  scenario.rule = table.text("rule");
  scenario.opens = text_or_empty(table, "opens");
  scenario.way_on = text_or_empty(table, "way_on");
  if (table.has("badge_owed")) scenario.badge_owed = table.flag("badge_owed", false);
  constexpr std::string_view kByHand = "nothing, by hand as ";
  if (scenario.shows.starts_with(kByHand)) scenario.as = scenario.shows.substr(kByHand.size());
  table.no_other_keys();
  return scenario;
}

}  // namespace

Cast read_cast(const std::filesystem::path& file, const sync::EventFile& event) {
  sync::TomlTrouble trouble(file.filename().string());
  const auto document = sync::parse_toml(read_all(file), trouble);
  must_be_well(trouble);
  sync::TomlTable root(*document, "", trouble);
  Cast cast;
  for (sync::TomlTable& table : root.tables("person", kMaxPeople)) {
    Person person = read_person(table, event);
    if (cast.contains(person.key)) table.wrong("key", "is there twice");
    cast.emplace(person.key, std::move(person));
  }
  root.no_other_keys();
  must_be_well(trouble);
  return cast;
}

std::vector<Scenario> read_scenarios(const std::filesystem::path& file) {
  sync::TomlTrouble trouble(file.filename().string());
  const auto document = sync::parse_toml(read_all(file), trouble);
  must_be_well(trouble);
  sync::TomlTable root(*document, "", trouble);
  std::vector<Scenario> cases;
  for (sync::TomlTable& table : root.tables("case", kMaxCases))
    cases.push_back(read_case(table, file.filename().string()));
  root.no_other_keys();
  must_be_well(trouble);
  return cases;
}

}  // namespace lanyard::kiosk::rulebook
