#include "tests/simulation/event.hpp"

namespace lanyard::simulation {

namespace {

using namespace std::chrono_literals;
using sync::Checkpoint;
using sync::Direction;
using sync::Mode;

std::uint32_t number(Dice& dice, std::int64_t least, std::int64_t most) {
  return static_cast<std::uint32_t>(dice.between(least, most));
}

Checkpoint door(const std::string& id, const std::string& zone, Mode mode,
                Direction direction = Direction::entry) {
  Checkpoint made;
  made.id = id;
  made.name = {{"en", id}};
  made.zone = zone;
  made.direction = direction;
  made.mode = mode;
  sync::AccessRule high;
  high.id = id + ".high";
  high.categories = {"minister"};
  high.reserve = true;
  sync::AccessRule all;
  all.id = id + ".all";
  all.categories = {"*"};
  made.access = {high, all};
  return made;
}

}  // namespace

Plan plan_of(Dice dice) {
  Plan plan;
  sync::EventInfo& event = plan.event;
  event.id = "forum";
  event.name = {{"en", "Forum"}};
  event.help_desk = event.protocol_desk = {{"en", "Desk"}};
  event.calendar.utc_offset = 8h;
  event.calendar.day_begins = dice.one_in(2) ? 4h : 0h;
  event.runs = {std::chrono::sys_days(std::chrono::year(2026) / 11 / 19) - 8h,
                std::chrono::sys_days(std::chrono::year(2026) / 12 / 5) - 8h};
  event.undo_within = 10min;
  for (const char* id : {"delegate", "minister"}) event.categories.push_back({id, {{"en", id}}});
  event.zones = {{"site", {{"en", "Site"}}},
                 {"hall", {{"en", "Hall"}}, "site"},
                 {"lunch", {{"en", "Lunch"}}, "site"},
                 {"gifts", {{"en", "Gifts"}}, "site"},
                 {"garden", {{"en", "Garden"}}, "site", {"hall"}}};

  Checkpoint main = door("main", "site", Mode::entry_and_exit);
  main.badge = sync::BadgePolicy::on_first_entry;
  main.provisional = number(dice, 0, 4);
  main.reentry = !dice.one_in(4);
  if (dice.one_in(2)) main.capacity = number(dice, 60, 160);
  Checkpoint hall = door("hall", "hall", Mode::entry_and_exit);
  hall.capacity = number(dice, 15, 60);
  hall.reserve = number(dice, 0, 5);
  if (dice.one_in(2)) hall.delegation_quota = number(dice, 3, 12);
  if (dice.one_in(3)) hall.delegation_quotas["D1"] = number(dice, 0, 5);
  if (dice.one_in(2)) hall.organisation_quota = number(dice, 3, 12);
  plan.checkpoints = {main,
                      door("out", "site", Mode::entry_and_exit, Direction::exit),
                      hall,
                      door("hall-out", "hall", Mode::entry_and_exit, Direction::exit),
                      door("lunch", "lunch", Mode::once_a_day),
                      door("gifts", "gifts", Mode::once),
                      door("garden", "garden", Mode::unlimited)};
  return plan;
}

std::vector<Person> people_of(Dice dice, std::size_t count) {
  std::vector<Person> people;
  for (std::size_t i = 0; i < count; ++i) {
    Person person;
    sync::Attendee& who = person.attendee;
    who.id = "A" + std::to_string(1000 + i);
    who.name = "Ann " + std::to_string(i);
    who.category = dice.one_in(10) ? "minister" : "delegate";
    who.delegation = dice.one_in(5) ? "" : "D" + std::to_string(dice.below(6));
    who.organisation = dice.one_in(3) ? "" : "O" + std::to_string(dice.below(8));
    who.zones = {"site", "hall", "lunch", "gifts", "garden"};
    if (dice.one_in(20)) who.zones.pop_back();
    who.status = dice.one_in(30) ? sync::Status::pending : sync::Status::approved;
    if (dice.one_in(3)) person.code = "ticket-" + std::to_string(dice.next());
    person.listed = !dice.one_in(25);
    people.push_back(std::move(person));
  }
  return people;
}

std::vector<std::string> places_of(Dice dice, std::size_t kiosks) {
  std::vector<std::string> places{"main", "main", "out", "hall", "hall", "hall-out", "lunch", "gifts"};
  std::vector<std::string> more{"main", "out", "hall", "lunch", "lunch", "gifts", "garden", "hall-out"};
  // Two at lunch in some seeds, two for the gifts in others: else nobody contradicts anybody there.
  places[6] = dice.one_in(2) ? "lunch" : "gifts";
  places[7] = dice.one_in(3) ? dice.pick(more) : places[6];
  while (places.size() < kiosks) places.push_back(dice.pick(more));
  places.resize(kiosks);
  return places;
}

}  // namespace lanyard::simulation
