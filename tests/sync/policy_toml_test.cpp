// What a policy can say beyond the rules of old, and what is wrong with one before anybody stands at the
// door.
#include "sync/event_toml.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

bool says(const std::string& text, std::string_view wanted) {
  const auto parsed = parse_event_toml(text, "event.toml");
  if (parsed) return false;
  for (const std::string& problem : parsed.error()) {
    if (problem.find(wanted) != std::string::npos) return true;
  }
  for (const std::string& problem : parsed.error()) UNSCOPED_INFO(problem);
  return false;
}

EventFile read(const std::string& text) {
  const auto parsed = parse_event_toml(text, "event.toml");
  if (!parsed) {
    for (const std::string& problem : parsed.error()) UNSCOPED_INFO(problem);
  }
  REQUIRE(parsed.has_value());
  return *parsed;
}

constexpr std::string_view kMain = "zone = \"site\"\ndirection = \"entry\"\nmode = \"entry_and_exit\"";
constexpr std::string_view kEverybody = "categories = [\"*\"]\nwindows";

std::string at_main(const std::string& more) {
  return small_event_with(kMain, std::string(kMain) + "\n" + more);
}
std::string in_rule(const std::string& more) {
  return small_event_with(kEverybody, "categories = [\"*\"]\n" + more + "\nwindows");
}

TEST_CASE("a checkpoint says grace, reserve, quotas and how many may come unknown", "[policy]") {
  std::string text = in_rule("reserve = true");
  text.replace(text.find(kMain), kMain.size(),
               std::string(kMain) +
                   "\ngrace_minutes = 10\ncapacity = 100\nreserve = 8\ndelegation_quota = 4\n"
                   "delegation_quotas = { \"min-kenya\" = 6 }\norganisation_quota = 3\n"
                   "companions_each = 1\nprovisional = 20\ncompanion = \"after_principal\"");
  const Checkpoint main = read(text).checkpoints.at(0);
  CHECK(main.grace == 10min);
  CHECK(main.capacity == 100U);
  CHECK(main.reserve == 8);
  CHECK(main.delegation_quota == 4U);
  CHECK(main.delegation_quotas.at("min-kenya") == 6);
  CHECK(main.organisation_quota == 3U);
  CHECK(main.companions_each == 1U);
  CHECK(main.provisional == 20);
  CHECK(main.companion == CompanionPolicy::after_principal);
  CHECK(main.access.at(0).reserve);
}

TEST_CASE("a reserve that nobody may take, or that is more than the room, is wrong", "[policy]") {
  CHECK(says(at_main("capacity = 10\nreserve = 2"), "checkpoint[0].reserve: no access rule may take it"));
  CHECK(says(at_main("capacity = 10\nreserve = 20"), "is more than the capacity"));
  CHECK(says(at_main("reserve = 1"), "is more than the capacity"));
}

TEST_CASE("a rule that asks for what it bars lets nobody pass, and is wrong", "[policy]") {
  CHECK(says(in_rule("needs_tags = [\"letter\"]\nbars_tags = [\"letter\"]"), "nobody can pass"));
  CHECK(says(in_rule("needs_tags = [\"a letter\"]"), "is not an id"));
  const auto rule =
      read(in_rule("needs_tags = [\"letter\"]\nbars_tags = [\"minor\"]")).checkpoints[0].access[0];
  CHECK(rule.needs_tags == std::vector<std::string>{"letter"});
  CHECK(rule.bars_tags == std::vector<std::string>{"minor"});
}

TEST_CASE("escorts are of categories that there are, and of a delegation only where they are asked for",
          "[policy]") {
  CHECK(says(in_rule("escorts = [\"police\"]"), "there is no category 'police'"));
  CHECK(says(in_rule("escort_of = \"delegation\""), "is without effect"));
  CHECK(says(in_rule("escorts = [\"guest\"]\nescort_of = \"anything\""),
             "must be \"anyone\" or \"delegation\""));
  CHECK(read(in_rule("escorts = [\"guest\"]\nescort_of = \"delegation\""))
            .checkpoints[0]
            .access[0]
            .escort_of_delegation);
}

TEST_CASE("a window that ends before it begins ends on the next day, and may be of several days",
          "[policy]") {
  const auto over_midnight =
      read(small_event_with("until = \"20:00\"", "until = \"02:00\"")).checkpoints[0].access[0].windows;
  REQUIRE(over_midnight.size() == 1);
  CHECK(over_midnight[0].until - over_midnight[0].from == 18h + 30min);
  const auto three = read(small_event_with("day = 1,", "days = [1, 2, 3],")).checkpoints[0].access[0].windows;
  REQUIRE(three.size() == 3);
  CHECK(three[2].from - three[0].from == 48h);
  CHECK(says(small_event_with("day = 1,", "day = 1, days = [2],"), "`days` says it already"));
  CHECK(says(small_event_with("day = 1,", "days = [4],"), "must be whole numbers from 1 to 3"));
  CHECK(says(small_event_with(
                 "day = 1, from = \"07:30\", until = \"20:00\"",
                 "days = [1, 2], from = \"20:00\", until = \"20:30\" }, { day = 1, from = \"20:15\", until "
                 "= \"19:00\""),
             "overlaps"));
}

TEST_CASE("zones lie within each other without a circle, and leave zones that there are", "[policy]") {
  const auto lounge = [](const std::string& more) {
    return small_event_with("id = \"lounge\"\nname = { en = \"Lounge\" }\n\n[[checkpoint]]",
                            "id = \"lounge\"\nname = { en = \"Lounge\" }\n" + more + "\n\n[[checkpoint]]");
  };
  const EventFile file = read(lounge("within = \"site\"\nleaves = [\"site\"]"));
  CHECK(find_zone(file.event, "lounge")->within == "site");
  CHECK(says(lounge("within = \"cellar\""), "there is no zone 'cellar'"));
  CHECK(says(lounge("leaves = [\"cellar\"]"), "there is no zone 'cellar'"));
  CHECK(says(lounge("leaves = [\"lounge\"]"), "a zone cannot leave itself"));
  CHECK(says(lounge("within = \"lounge\""), "goes round in a circle"));
}

TEST_CASE("a role may only what there is to do, and sets aside only what may be set aside", "[policy]") {
  const auto role = [](const std::string& lines) {
    return std::string(kSmallEvent) + "\n[[role]]\nid = \"steward\"\nname = { en = \"Steward\" }\n" + lines;
  };
  const EventFile file =
      read(role("may = [\"admit\", \"undo\"]\noverrides = [\"presence.*\", \"window.early\"]"));
  REQUIRE(file.event.roles.size() == 1);
  CHECK(may(file.event.roles[0], StaffAction::undo));
  CHECK_FALSE(may(file.event.roles[0], StaffAction::stop));
  CHECK(says(role("may = [\"fly\"]"), "there is no action 'fly'"));
  CHECK(says(role("may = [\"undo\"]\noverrides = [\"presence.*\"]"), "without effect"));
  for (const char* never :
       {"status.blocked", "status.withdrawn", "credential.replaced", "event.test", "*", ".*", "capacity"}) {
    INFO(never);
    CHECK(says(role("may = [\"admit\"]\noverrides = [\"" + std::string(never) + "\"]"),
               "no rule that may be set aside"));
  }
}

TEST_CASE("a ticket item that another has all tickets of is never reached", "[policy]") {
  const auto items = [](const std::string& lines) { return std::string(kSmallEvent) + lines; };
  const std::string any = "\n[[ticket_item]]\nitem = 0\ncategory = \"guest\"\nzones = [\"site\"]\n";
  const std::string one = "\n[[ticket_item]]\nitem = 7\ncategory = \"delegate\"\nzones = [\"site\"]\n";
  CHECK(read(items(one + any)).event.ticket_items.size() == 2);
  CHECK(says(items(any + one), "this one is never reached"));
  CHECK(says(items("\n[[ticket_item]]\nitem = 7\ncategory = \"vip\"\nzones = [\"cellar\"]\n"),
             "there is no zone 'cellar'"));
}

TEST_CASE("a session has an hour and a place, and is for somebody", "[policy]") {
  const auto session = [](const std::string& lines,
                          const std::string& hours = "from = \"22:30\"\nuntil = \"01:00\"") {
    return std::string(kSmallEvent) + "\n[[session]]\nid = \"gala\"\nname = { en = \"Gala\" }\nday = 1\n" +
           hours + "\n" + lines;
  };
  const EventFile file =
      read(session("room = { en = \"Hall 1\" }\nzone = \"site\"\nseated = true\ncategories = [\"guest\"]"));
  REQUIRE(file.event.sessions.size() == 1);
  const Session& gala = file.event.sessions[0];
  CHECK(gala.time.until - gala.time.from == 150min);  // over midnight
  CHECK(gala.seated);
  CHECK(gala.room.at("en") == "Hall 1");
  CHECK(read(session("signed_up = true")).event.sessions[0].signed_up);
  CHECK(says(session("zone = \"cellar\""), "there is no zone 'cellar'"));
  CHECK(says(session("categories = [\"vip\"]"), "there is no category 'vip'"));
  CHECK(says(session("signed_up = true\ncategories = [\"guest\"]"), "without effect"));
  CHECK(says(session("", "from = \"10:00\"\nuntil = \"10:00\""), "is the same as 'from'"));
  CHECK(says(session("row = 4"), "row"));
  CHECK(says(session("\n[[session]]\nid = \"gala\"\nname = { en = \"Again\" }\nday = 1\nfrom = "
                     "\"10:00\"\nuntil = \"11:00\""),
             "is the second of that id"));
}

TEST_CASE("the venue's clocks are a time zone or an offset, and one of them", "[policy]") {
  const EventFile shanghai = read(
      small_event_with("utc_offset = \"+08:00\"", "time_zone = \"Asia/Shanghai\"\nday_begins = \"04:00\""));
  CHECK(shanghai.event.calendar.utc_offset == 8h);
  CHECK(shanghai.event.calendar.day_begins == 4h);
  CHECK(shanghai.event.runs.from == small_event().event.runs.from);
  CHECK(says(small_event_with("utc_offset = \"+08:00\"", "time_zone = \"Asia/Shangai\""),
             "there is no time zone 'Asia/Shangai'"));
  CHECK(says(
      small_event_with("utc_offset = \"+08:00\"", "utc_offset = \"+08:00\"\ntime_zone = \"Asia/Shanghai\""),
      "says it already"));
  CHECK(says(small_event_with("utc_offset = \"+08:00\"", "utc_offset = \"+08:00\"\nday_begins = \"13:00\""),
             "must be in the morning"));
  CHECK(says(small_event_with("utc_offset = \"+08:00\"\n", ""), "event.utc_offset: is missing"));
}

TEST_CASE("windows follow the clocks when they change during the event", "[policy]") {
  std::string text = small_event_with("utc_offset = \"+08:00\"", "time_zone = \"Europe/Berlin\"");
  text.replace(text.find("2026-11-23"), 10, "2026-10-24");
  text.replace(text.find("day = 1,"), 8, "days = [1, 2],");
  const auto windows = read(text).checkpoints[0].access[0].windows;
  REQUIRE(windows.size() == 2);
  CHECK(to_rfc3339(windows[0].from) == "2026-10-24T05:30:00.000Z");
  CHECK(to_rfc3339(windows[1].from) == "2026-10-25T06:30:00.000Z");  // the clocks went back in the night
}

TEST_CASE("a rehearsal moves the clocks and their changes along with the programme", "[policy]") {
  std::string text = small_event_with("utc_offset = \"+08:00\"", "time_zone = \"Europe/Berlin\"");
  text.replace(text.find("2026-11-23"), 10, "2026-10-24");
  text.replace(text.find("day = 1,"), 8, "days = [1, 2],");
  const EventFile real = read(text);
  const auto shift = 33h + 7min;
  const EventFile moved = parse_event_toml(text, "event.toml", shift).value();
  for (std::size_t i = 0; i < 2; ++i) {
    const Timestamp then = real.checkpoints[0].access[0].windows[i].from;
    const Timestamp now = moved.checkpoints[0].access[0].windows[i].from;
    CHECK(now - then == shift);
    const auto clock = [](Timestamp when, const Calendar& calendar) {
      const auto local = when + utc_offset_at(when, calendar);
      return local - std::chrono::floor<std::chrono::days>(local);
    };
    CHECK(clock(now, moved.event.calendar) == clock(then, real.event.calendar));
  }
}

TEST_CASE("what a policy says survives the wire", "[policy]") {
  const EventFile file =
      read(at_main("grace_minutes = 10\ncapacity = 100\ndelegation_quotas = { \"min-kenya\" = 6 }\n"
                   "organisation_quota = 3\ncompanions_each = 1\nprovisional = 20"));
  for (const Checkpoint& one : file.checkpoints) CHECK(parse_checkpoint(to_json(one)).value() == one);
  CHECK(parse_event(to_json(file.event)).value() == file.event);
  const Policy policy = policy_of(file.event, file.checkpoints[0]);
  CHECK(parse_policy(to_json(policy)).value() == policy);
  Policy other = policy;
  other.checkpoint.grace = 11min;
  CHECK(policy_id(to_json(policy)) != policy_id(to_json(other)));
  CHECK(policy_id(to_json(policy)).size() == 16);
}

TEST_CASE("an event of the first version of the wire still has its clocks", "[policy]") {
  std::string json = to_json(small_event().event);
  const auto at = json.find("\"calendar\":{\"utc_offset_minutes\":480}");
  REQUIRE(at != std::string::npos);
  json.replace(at, std::string_view("\"calendar\":{\"utc_offset_minutes\":480}").size(),
               "\"utc_offset_minutes\":480");
  CHECK(parse_event(json).value().calendar.utc_offset == 8h);
}

}  // namespace
}  // namespace lanyard::sync::hub
