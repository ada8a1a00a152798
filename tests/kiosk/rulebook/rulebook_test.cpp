// Every scenario of the event manager's table.
#include <algorithm>
#include <iostream>

#include "sync/event_toml.hpp"
#include "tests/kiosk/demo_event.hpp"
#include "tests/kiosk/rulebook/scenario.hpp"

namespace lanyard::kiosk::rulebook {
namespace {

constexpr std::size_t kAtLeast = 250;

std::filesystem::path folder() {
  return std::filesystem::path(LANYARD_RULEBOOK);
}

sync::EventFile demo() {
  const auto event = sync::parse_event_toml(demo_file("event.toml"), "event.toml");
  if (!event) {
    for (const std::string& problem : event.error()) FAIL_CHECK(problem);
  }
  REQUIRE(event.has_value());
  return *event;
}

std::vector<Scenario> all_scenarios() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    const auto& path = entry.path();
    if (path.extension() == ".toml" && path.filename() != "cast.toml") files.push_back(path);
  }
  std::ranges::sort(files);
  std::vector<Scenario> all;
  for (const auto& file : files) std::ranges::move(read_scenarios(file), std::back_inserter(all));
  return all;
}

TEST_CASE("every scenario of the rulebook comes out as it is written", "[rulebook]") {
  const sync::EventFile event = demo();
  Stage stage(event, read_cast(folder() / "cast.toml", event));
  std::size_t count = 0;
  for (const Scenario& scenario : all_scenarios()) {
    const std::string wrong = stage.play(scenario);
    INFO(scenario.file << ": " << scenario.name << "\n    " << wrong);
    CHECK(wrong.empty());
    ++count;
  }
  std::cout << count << " scenarios\n";
  CHECK(count >= kAtLeast);
}

TEST_CASE("no two scenarios have the same name", "[rulebook]") {
  std::set<std::string> names;
  for (const Scenario& scenario : all_scenarios()) {
    INFO(scenario.file << ": " << scenario.name);
    CHECK(names.insert(scenario.name).second);
  }
}

TEST_CASE("the scenarios meet every rule but those of a broken code", "[rulebook]") {
  std::set<std::string> met;
  for (const Scenario& scenario : all_scenarios()) met.insert(scenario.rule);
  for (int i = 0; i < sync::kRuleCount; ++i) {
    const std::string name(sync::to_name(static_cast<Rule>(i)));
    INFO(name);
    CHECK(std::ranges::any_of(
        met, [&](const std::string& rule) { return rule == name || rule.starts_with(name + "."); }));
  }
}

TEST_CASE("the scenarios have somebody of each of the 28 categories let in somewhere", "[rulebook]") {
  const sync::EventFile event = demo();
  const Cast cast = read_cast(folder() / "cast.toml", event);
  std::set<std::string> met;
  for (const Scenario& scenario : all_scenarios()) {
    if (scenario.verdict == "admitted" && cast.contains(scenario.who))
      met.insert(cast.at(scenario.who).attendee.category);
  }
  CHECK(event.event.categories.size() == 28);
  for (const sync::Category& category : event.event.categories) {
    INFO(category.id);
    CHECK(met.contains(category.id));
  }
}

}  // namespace
}  // namespace lanyard::kiosk::rulebook
