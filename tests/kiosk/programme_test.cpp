// Where somebody is expected next.
#include "kiosk/desk/programme.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/kiosk/demo_event.hpp"

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
  who.seats = {{"workshop", ""}, {"vip", "1"}};  // of the one behind a door that is closed to them, too
  CHECK(p.next(who) == "workshop");
  CHECK(upcoming_for(who, p.event, kMorning)->personal);
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

TEST_CASE("whoever comes a little late is told of their own session, and not of the next for everybody",
          "[programme]") {
  Session own = session("own", 0min, 120min);
  own.signed_up = true;
  const Programme p({own, session("coffee", 30min, 60min)});
  sync::Attendee who = delegate();
  who.seats = {{"own", ""}};
  CHECK(p.next(who, 15min) == "own");
  CHECK(p.next(who, 16min) == "coffee");
}

TEST_CASE("nobody is told of a session for which their badge is not valid", "[programme]") {
  const Programme p({session("first", 60min, 120min), session("second", 180min, 240min)});
  sync::Attendee who = delegate();
  who.valid_from = kMorning + 120min;
  CHECK(p.next(who) == "second");
  who.valid_from.reset();
  who.valid_until = kMorning + 180min;
  CHECK(p.next(who) == "first");
  CHECK(p.next(who, 121min).empty());
}

TEST_CASE("only what is so of everybody is not personal", "[programme]") {
  const auto is_personal = [](Session one, const sync::Attendee& who) {
    return upcoming_for(who, Programme({std::move(one)}).event, kMorning)->personal;
  };
  Session open = session("open", 60min, 120min);
  sync::Attendee who = delegate();
  CHECK_FALSE(is_personal(open, who));
  Session closed = open;
  closed.zone = "plenary";
  CHECK(is_personal(closed, who));
  Session theirs = open;
  theirs.categories = {"delegate"};
  CHECK(is_personal(theirs, who));
  who.seats = {{"open", "1"}};
  CHECK(is_personal(open, who));
}

TEST_CASE("in the demo everybody may enter where they have a seat of their own", "[programme]") {
  const sync::RosterPage demo = demo_roster();
  std::size_t seats = 0;
  for (const sync::Attendee& one : demo.attendees) {
    for (const sync::Seat& seat : one.seats) {
      if (seat.session.empty()) continue;
      const Session* of = sync::find_session(*demo.event, seat.session);
      REQUIRE(of != nullptr);
      CAPTURE(one.id, seat.session);
      CHECK(std::ranges::find(one.zones, of->zone) != one.zones.end());
      ++seats;
    }
  }
  CHECK(seats > 50);
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
  CHECK(place(130min) == "Table 7");
  CHECK(place(250min).empty());
  who.seats = {{"gala", ""}, {"", "C 14"}};
  CHECK(place(130min) == "C 14");
}

}  // namespace
}  // namespace lanyard::kiosk
