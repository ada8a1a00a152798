// Which entrance is right for whoever stands at the wrong one: the demo's event, as its policy has it.
#include "kiosk/desk/other_entrances.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/kiosk/demo_event.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;
using namespace std::chrono_literals;

namespace {

struct Forum {
  sync::EventFile file = sync::parse_event_toml(demo_file("event.toml"), "event.toml").value();

  const sync::Checkpoint& at(std::string_view id) const {
    return *std::ranges::find(file.checkpoints, id, &sync::Checkpoint::id);
  }
  std::vector<std::string> others(const sync::Attendee& who, std::string_view here, int day, int hour) const {
    const sync::Timestamp now = file.event.runs.from + std::chrono::hours(24 * (day - 1) + hour);
    std::vector<std::string> ids;
    for (const sync::Checkpoint* one : entrances_for(who, file.event, file.checkpoints, at(here), now)) {
      ids.push_back(one->id);
    }
    return ids;
  }
};

sync::Attendee of(std::string category, std::vector<std::string> zones = {"site", "plenary", "exhibition"}) {
  sync::Attendee a;
  a.id = "A1";
  a.name = "Ana";
  a.category = std::move(category);
  a.zones = std::move(zones);
  a.status = sync::Status::approved;
  return a;
}

bool has(const std::vector<std::string>& ids, std::string_view id) {
  return std::ranges::find(ids, id) != ids.end();
}

}  // namespace

TEST_CASE("a day visitor before the plenary is sent to the exhibition", "[entrances]") {
  const Forum forum;
  const auto ids = forum.others(of("day-visitor", {"site", "exhibition"}), "plenary", 2, 10);
  REQUIRE_FALSE(ids.empty());
  CHECK(forum.at(ids.front()).zone == "exhibition");
  CHECK_FALSE(has(ids, "vip"));
  CHECK_FALSE(has(ids, "plenary"));
}

TEST_CASE("nobody is sent to where badges are given out", "[entrances]") {
  const Forum forum;
  REQUIRE(forum.at("badges").badge == sync::BadgePolicy::station);
  for (const int hour : {5, 9}) CHECK_FALSE(has(forum.others(of("delegate"), "plenary", 1, hour), "badges"));
}

TEST_CASE("another entrance to the same zone comes first", "[entrances]") {
  const Forum forum;
  const auto ids =
      forum.others(of("supplier", {"site", "plenary", "exhibition"}), "exhibition-visitors", 2, 10);
  REQUIRE_FALSE(ids.empty());
  CHECK(ids.front() == "exhibition");
}

TEST_CASE("nobody is sent to an exit, nor into a zone that they stand in", "[entrances]") {
  const Forum forum;
  for (const sync::Checkpoint& here : forum.file.checkpoints) {
    const auto ids =
        forum.others(of("secretariat", {"site", "plenary", "exhibition", "backstage"}), here.id, 1, 10);
    CHECK_FALSE(has(ids, "main-exit"));
    CHECK_FALSE(has(ids, "plenary-exit"));
    if (here.zone == "plenary" || here.zone == "backstage") CHECK_FALSE(has(ids, "main"));
  }
}

TEST_CASE("an entrance that opens later today is named after those that are open, tomorrow's is not",
          "[entrances]") {
  const Forum forum;
  const auto who = of("guest", {"site", "plenary", "exhibition", "reception"});
  const auto morning = forum.others(who, "vip", 2, 10);
  REQUIRE(has(morning, "gala"));
  CHECK(morning.back() == "gala");
  CHECK_FALSE(has(forum.others(who, "vip", 1, 10), "gala"));
}

TEST_CASE("whom no entrance takes is sent to none", "[entrances]") {
  const Forum forum;
  sync::Attendee blocked = of("delegate");
  blocked.status = sync::Status::blocked;
  CHECK(forum.others(blocked, "vip", 2, 10).empty());
  CHECK(forum.others(of("nobody's category", {}), "plenary", 2, 10).empty());
}

TEST_CASE("only an entrance that is not for the badge has another in its place", "[entrances]") {
  for (int i = 0; i < sync::kRuleCount; ++i) {
    const auto rule = static_cast<sync::Rule>(i);
    if (sync::is_private(rule)) CHECK_FALSE(is_wrong_entrance(rule));
  }
  CHECK(is_wrong_entrance(sync::Rule::wrong_zone));
  CHECK(is_wrong_entrance(sync::Rule::wrong_category));
  CHECK_FALSE(is_wrong_entrance(sync::Rule::too_early));
  CHECK_FALSE(is_wrong_entrance(sync::Rule::already_inside));
}
