#include "sync/event_toml.hpp"

#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

std::string only_problem(const std::string& text) {
  const auto parsed = parse_event_toml(text, "event.toml");
  REQUIRE_FALSE(parsed.has_value());
  std::string all;
  for (const std::string& problem : parsed.error()) all += (all.empty() ? "" : " | ") + problem;
  return all;
}

TEST_CASE("an event's file becomes an event in UTC and its checkpoints") {
  const EventFile file = small_event();
  CHECK(file.event.id == "forum-2026");
  CHECK(file.event.calendar.utc_offset == 480min);
  CHECK(to_rfc3339(file.event.runs.from) == "2026-11-22T16:00:00.000Z");
  CHECK(to_rfc3339(file.event.runs.until) == "2026-11-25T16:00:00.000Z");
  CHECK(file.event.categories.at(0).colour_rgb == 0x004e86);
  REQUIRE(file.checkpoints.size() == 2);
  const Checkpoint& main = file.checkpoints[0];
  CHECK(main.badge == BadgePolicy::on_first_entry);
  CHECK(main.reentry);
  REQUIRE(main.access.size() == 1);
  CHECK(to_rfc3339(main.access[0].windows.at(0).from) == "2026-11-22T23:30:00.000Z");
  CHECK(to_rfc3339(main.access[0].windows.at(0).until) == "2026-11-23T12:00:00.000Z");
  CHECK(file.checkpoints[1].mode == Mode::unlimited);
  CHECK(file.checkpoints[1].access.at(0).windows.empty());
}

TEST_CASE("what is wrong is named with file, line and key") {
  CHECK(only_problem(small_event_with("days = 3", "days = 0")) ==
        "event.toml:6: event.days: must be a whole number from 1 to 60");
  CHECK(
      only_problem(small_event_with("days = 3", "days = \"3\"")).find("event.days: must be a whole number") !=
      std::string::npos);
  CHECK(only_problem(small_event_with("id = \"forum-2026\"", "id = \"forum 2026\""))
            .find("event.id: 'forum 2026' is not an id") != std::string::npos);
  CHECK(only_problem(small_event_with("first_day = 2026-11-23", "first_day = \"2026-11-23\""))
            .find("without quotes") != std::string::npos);
  CHECK(only_problem(small_event_with("utc_offset = \"+08:00\"", "utc_offset = \"8\""))
            .find("event.utc_offset: must be as") != std::string::npos);
  CHECK(only_problem(small_event_with("colour = \"#004e86\"", "colour = \"blue\""))
            .find("category[0].colour") != std::string::npos);
  CHECK(only_problem(small_event_with("mode = \"unlimited\"", "mode = \"open\"")) ==
        "event.toml:46: checkpoint[1].mode: unknown name 'open'");
  CHECK(only_problem(small_event_with("zone = \"lounge\"", "zone = \"cellar\""))
            .find("there is no zone 'cellar'") != std::string::npos);
  CHECK(only_problem(small_event_with("from = \"07:30\"", "from = \"7:30\"")).find("must be a time of day") !=
        std::string::npos);
  CHECK(only_problem(small_event_with("day = 1,", "day = 4,"))
            .find("windows[0].day: must be a whole number from 1 to 3") != std::string::npos);
  CHECK(only_problem(small_event_with("until = \"20:00\"", "until = \"07:30\""))
            .find("is the same as 'from'") != std::string::npos);
  CHECK(only_problem("[event\n").rfind("event.toml:1: ", 0) == 0);
  CHECK(only_problem("").find("event: is missing") != std::string::npos);
}

TEST_CASE("a key that nobody knows is an error, so that a misspelt one is seen") {
  CHECK(only_problem(small_event_with("days = 3", "days = 3\ndasy = 3")) ==
        "event.toml:7: event.dasy: unknown key");
  CHECK(only_problem(small_event_with("direction = \"entry\"", "direction = \"entry\"\ncapactiy = 5"))
            .find("unknown key") != std::string::npos);
  CHECK(only_problem(std::string(kSmallEvent) + "\n[printer]\nname = \"x\"\n").find("printer: unknown key") !=
        std::string::npos);
}

TEST_CASE("rules that can never be reached and windows that overlap are named") {
  CHECK(only_problem(std::string(kSmallEvent) +
                     "[[checkpoint.access]]\nid = \"late\"\ncategories = [\"guest\"]\n")
            .find("this rule is never reached") != std::string::npos);
  CHECK(
      only_problem(small_event_with(
                       "categories = [\"*\"]",
                       "categories = [\"guest\"]\n[[checkpoint.access]]\nid=\"x\"\ncategories = [\"guest\"]"))
          .find("'guest' is governed by a rule before this one") != std::string::npos);
  CHECK(only_problem(small_event_with("categories = [\"*\"]", "categories = [\"vip\"]"))
            .find("there is no category 'vip'") != std::string::npos);
  CHECK(
      only_problem(small_event_with("until = \"20:00\" }",
                                    "until = \"20:00\" }, { day = 1, from = \"19:59\", until = \"24:00\" }"))
          .find("overlaps") != std::string::npos);
  // Windows that touch do not overlap.
  CHECK(parse_event_toml(
            small_event_with("until = \"20:00\" }",
                             "until = \"20:00\" }, { day = 1, from = \"20:00\", until = \"24:00\" }"),
            "event.toml")
            .has_value());
  CHECK(only_problem(small_event_with("id = \"lounge\"\nname = { en = \"Lounge\" }\nzone",
                                      "id = \"main\"\nname = { en = \"Lounge\" }\nzone"))
            .find("is the second of that id") != std::string::npos);
}

// A kiosk reads the event off the wire, and would answer what its hub had taken with an error, for ever.
TEST_CASE("an event that no kiosk could be sent is refused") {
  const std::string_view name = "name = { en = \"Forum\" }";
  CHECK(only_problem(small_event_with(name, "name = { en_GB = \"Forum\" }"))
            .find("'en_GB' is not a language tag") != std::string::npos);
  std::string many;
  for (int i = 0; i < 33; ++i) many += (many.empty() ? "x" : ", x") + std::to_string(i) + " = \"Forum\"";
  CHECK(only_problem(small_event_with(name, "name = { " + many + " }"))
            .find("event.name: has more than 32 languages") != std::string::npos);
  CHECK(only_problem(small_event_with("first_day = 2026-11-23", "first_day = 9999-12-30"))
            .find("event.first_day: is not within the years") != std::string::npos);
  CHECK(only_problem(small_event_with("first_day = 2026-11-23", "first_day = 0000-01-01"))
            .find("event.first_day: is not within the years") != std::string::npos);
}

TEST_CASE("what is quoted of a file moves no terminal's cursor") {
  CHECK(only_problem(small_event_with("mode = \"unlimited\"", "mode = \"\\u001b[2J\"")) ==
        "event.toml:46: checkpoint[1].mode: unknown name '?[2J'");
}

TEST_CASE("all problems are listed at once") {
  std::string text = small_event_with("days = 3", "days = 0");
  text.replace(text.find("#004e86"), 7, "#00");
  const auto parsed = parse_event_toml(text, "event.toml");
  REQUIRE_FALSE(parsed.has_value());
  CHECK(parsed.error().size() >= 2);
}

TEST_CASE("a rehearsal moves the programme, and midnight stays midnight on the venue's clocks") {
  const Timestamp now = parse_rfc3339("2026-05-01T14:17:00Z").value();
  const EventFile real = small_event();
  const Timestamp moment = real.event.runs.from + parse_day_clock("day 1 09:30", 3).value();
  const auto shift = std::chrono::floor<std::chrono::minutes>(now - moment);
  const EventFile moved = parse_event_toml(kSmallEvent, "event.toml", shift).value();
  CHECK(moved.event.runs.from == now - 9h - 30min);
  CHECK(moved.checkpoints[0].access[0].windows[0].from == now - 2h);
  // The venue's clocks say 09:30 now, and its days begin when the event's do.
  const Calendar& clocks = moved.event.calendar;
  CHECK((now + clocks.utc_offset - std::chrono::floor<std::chrono::days>(now + clocks.utc_offset)) == 570min);
  CHECK(venue_day(moved.event.runs.from, clocks) == venue_day(moved.event.runs.from - 1ms, clocks) + 1);
  CHECK(clocks.utc_offset <= 720min);
  CHECK(clocks.utc_offset > -720min);
}

TEST_CASE("times of day are read strictly") {
  CHECK(parse_clock("00:00") == 0min);
  CHECK(parse_clock("24:00") == 1440min);
  for (const char* wrong : {"24:01", "7:30", "07:60", "07-30", "", "0730", "07:3x", "99:99"}) {
    INFO(wrong);
    CHECK_FALSE(parse_clock(wrong).has_value());
  }
  CHECK(parse_day_clock("day 2 09:30", 3) == 1440min + 570min);
  for (const char* wrong :
       {"day 0 09:30", "day 4 09:30", "2 09:30", "day 2", "day 2  09:30", "day -1 09:30"}) {
    INFO(wrong);
    CHECK_FALSE(parse_day_clock(wrong, 3).has_value());
  }
}

}  // namespace
}  // namespace lanyard::sync::hub
