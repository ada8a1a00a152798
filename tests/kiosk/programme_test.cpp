// Where somebody is expected next.
#include "kiosk/desk/programme.hpp"

#include "tests/catch.hpp"

namespace lanyard::kiosk {
namespace {

using namespace std::chrono_literals;
using sync::Session;

const sync::Timestamp kMorning = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + 9h;

Session session(std::string id, std::chrono::minutes from, std::chrono::minutes until) {
  Session s;
  s.id = std::move(id);
  s.time = {kMorning + from, kMorning + until};
  return s;
}

sync::Attendee delegate() {
  sync::Attendee a;
  a.id = "A1";
  a.category = "delegate";
  a.zones = {"site", "plenary"};
  return a;
}

struct Programme {
  sync::EventInfo event;
  explicit Programme(std::vector<Session> sessions) { event.sessions = std::move(sessions); }
  // "": nothing is told
  [[nodiscard]] std::string next(const sync::Attendee& who, std::chrono::minutes at = 0min) const {
    const auto found = upcoming_for(who, event, kMorning + at);
    return found ? found->session->id : std::string();
  }
};

TEST_CASE("the next session is the first to begin, of whatever day, until the last is over", "[programme]") {
  const Programme p({session("later", 300min, 360min), session("first", 60min, 120min),
                     session("tomorrow", 24h + 60min, 24h + 120min)});
  CHECK(p.next(delegate()) == "first");
  CHECK(p.next(delegate(), 121min) == "later");
  CHECK(p.next(delegate(), 361min) == "tomorrow");
  CHECK(p.next(delegate(), 48h).empty());
}

TEST_CASE("a session that is on is told until it is nearly over", "[programme]") {
  const Programme p({session("on", -30min, 60min), session("later", 200min, 260min)});
  CHECK(p.next(delegate()) == "on");
  CHECK(upcoming_for(delegate(), p.event, kMorning)->begun);
  CHECK(p.next(delegate(), 50min) == "on");
  CHECK(p.next(delegate(), 51min) == "later");
  CHECK_FALSE(upcoming_for(delegate(), p.event, kMorning + 51min)->begun);
}

TEST_CASE("what begins soon goes before what has begun, and an exhibition that is open all day hides nothing",
          "[programme]") {
  const Programme p({session("exhibition", -60min, 600min), session("talk", 60min, 120min)});
  CHECK(p.next(delegate()) == "exhibition");
  CHECK(p.next(delegate(), 29min) == "exhibition");
  CHECK(p.next(delegate(), 30min) == "talk");
  CHECK(p.next(delegate(), 60min) == "talk");
  CHECK(p.next(delegate(), 115min) == "exhibition");
}

TEST_CASE("a session is for its categories, for the zone's people, or for those who signed up",
          "[programme]") {
  Session press = session("press", 60min, 120min);
  press.categories = {"media"};
  Session vip = session("vip", 60min, 120min);
  vip.zone = "vip";
  Session workshop = session("workshop", 60min, 120min);
  workshop.signed_up = true;
  const Programme p({press, vip, workshop});
  sync::Attendee who = delegate();
  CHECK(p.next(who).empty());
  who.other_categories = {"media"};
  CHECK(p.next(who) == "press");
  who.other_categories.clear();
  who.zones.emplace_back("vip");
  CHECK(p.next(who) == "vip");
  who.zones = {"site"};
  who.seats = {{"workshop", ""}};
  CHECK(p.next(who) == "workshop");
  CHECK(upcoming_for(who, p.event, kMorning)->own);
}

TEST_CASE("of two sessions at once their own goes first, then their category's, and of two alike neither",
          "[programme]") {
  Session all = session("all", 60min, 120min);
  Session theirs = session("theirs", 60min, 120min);
  theirs.categories = {"delegate"};
  Session own = session("own", 60min, 120min);
  own.signed_up = true;
  sync::Attendee who = delegate();
  who.seats = {{"own", "4"}};
  CHECK(Programme({all, theirs, own}).next(who) == "own");
  CHECK(Programme({own, theirs, all}).next(delegate()) == "theirs");
  CHECK(Programme({all, all}).next(who).empty());
  CHECK(Programme({all, all, theirs}).next(who) == "theirs");
  CHECK(Programme({theirs, all, all}).next(who) == "theirs");
  // A few minutes make no difference to whose it is.
  Session sooner = session("sooner", 10min, 120min);
  Session soon = session("own", 20min, 120min);
  soon.signed_up = true;
  CHECK(Programme({sooner, soon}).next(who) == "own");
}

TEST_CASE("the place is that of the session, else the usual one where seats are numbered", "[programme]") {
  Session hall = session("hall", 60min, 120min);
  hall.seated = true;
  Session gala = session("gala", 180min, 240min);
  gala.seated = true;
  Session open = session("open", 300min, 360min);
  const Programme p({hall, gala, open});
  sync::Attendee who = delegate();
  who.seats = {{"gala", "Table 7"}, {"", "C 14"}};
  const auto place = [&](std::chrono::minutes at) {
    return upcoming_for(who, p.event, kMorning + at)->place;
  };
  CHECK(place(0min) == "C 14");
  CHECK_FALSE(upcoming_for(who, p.event, kMorning)->own);
  CHECK(place(130min) == "Table 7");
  CHECK(place(250min).empty());
  who.seats = {{"gala", ""}, {"", "C 14"}};
  CHECK(place(130min) == "C 14");
}

}  // namespace
}  // namespace lanyard::kiosk
