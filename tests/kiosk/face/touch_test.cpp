// What a finger and a keyboard do to the screens.
#include <algorithm>

#include "kiosk/face/screens.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Metrics kPanel{1080, 1920, 3.61F};

Rect place_of(BareFace& face, const State& state, std::string_view id) {
  const SemanticList list = face.frame(view_of(state)).semantics;
  const SemanticItem* item = find_item(list, id);
  return item == nullptr ? Rect{} : item->rect;
}

template <class E>
std::vector<E> taps(BareFace& face, const State& state, std::string_view id) {
  const Rect place = place_of(face, state, id);
  INFO(id);
  REQUIRE(!place.empty());
  std::vector<E> out;
  for (const Event& event : face.tap(view_of(state), place)) {
    if (const E* e = std::get_if<E>(&event)) out.push_back(*e);
  }
  return out;
}

State pin(std::string digits) {
  return samples::with(StaffPin{std::move(digits), false, false, samples::moment_now() + seconds{20}}, "en");
}

TEST_CASE("a tap on a language picks it, once") {
  BareFace face(kPanel);
  const auto picked = taps<event::LanguagePicked>(face, samples::with(Idle{}, "en"), "language.zh");
  REQUIRE(picked.size() == 1);
  CHECK(picked[0].language == "zh");
}

TEST_CASE("the pad gives digits, erases, and enters when there are enough") {
  BareFace face(kPanel);
  for (char c = '0'; c <= '9'; ++c) {
    const auto digit = taps<event::Digit>(face, pin("12"), std::string("pin.digit.") + c);
    REQUIRE(digit.size() == 1);
    CHECK(digit[0].digit == c);
  }
  CHECK(taps<event::Erase>(face, pin("12"), "pin.erase").size() == 1);
  CHECK(taps<event::PinEntered>(face, pin("12"), "pin.enter").empty());
  CHECK(taps<event::PinEntered>(face, pin("1234"), "pin.enter").size() == 1);
}

TEST_CASE("a closed pad takes nothing") {
  BareFace face(kPanel);
  State locked = pin("");
  locked.pin_locked_until = samples::moment_now() + seconds{30};
  CHECK(taps<event::Digit>(face, locked, "pin.digit.5").empty());
  face.type("1234");
  const DrawResult result = face.frame(view_of(locked));
  CHECK(std::ranges::none_of(result.intents,
                             [](const Event& e) { return std::holds_alternative<event::Digit>(e); }));
}

TEST_CASE("keys, space, erasing and a plugged-in keyboard type a query") {
  BareFace face(kPanel);
  const State search = samples::with(StaffSearch{{"S7"}, "wu", samples::attendees(), true, {}}, "en");
  const auto letter = taps<event::Typed>(face, search, "search.key.a");
  REQUIRE(letter.size() == 1);
  CHECK(letter[0].letters == "a");
  CHECK(taps<event::Typed>(face, search, "search.key.space").at(0).letters == " ");
  CHECK(taps<event::Erase>(face, search, "search.erase").size() == 1);
  face.type("Ng");
  std::string typed;
  for (const Event& e : face.frame(view_of(search)).intents) {
    if (const auto* t = std::get_if<event::Typed>(&e)) typed += t->letters;
  }
  CHECK(typed == "Ng");
}

TEST_CASE("a tap on a hit chooses that delegate") {
  BareFace face(kPanel);
  const State search = samples::with(StaffSearch{{"S7"}, "wu", samples::attendees(), true, {}}, "en");
  const auto chosen = taps<event::Chosen>(face, search, "search.hit.A0102");
  REQUIRE(chosen.size() == 1);
  CHECK(chosen[0].attendee == "A0102");
}

TEST_CASE("a reprint asks for its reason, and gives the one that was tapped") {
  BareFace face(kPanel);
  StaffRecord record;
  record.who.role = local_role();
  record.attendee = samples::attendee();
  CHECK(taps<event::ActionAsked>(face, samples::with(record, "en"), "record.reprint").size() == 1);
  record.asking = sync::StaffAction::reprint;
  for (const ReprintReason reason :
       {ReprintReason::lost, ReprintReason::damaged, ReprintReason::wrong_data, ReprintReason::misprint}) {
    const auto chosen = taps<event::ReasonChosen>(face, samples::with(record, "en"),
                                                  "reason." + std::string(to_name(reason)));
    REQUIRE(chosen.size() == 1);
    CHECK(chosen[0].reason == Reason(reason));
  }
  record.asking.reset();
  record.reprint = StaffRecord::Reprint::working;
  CHECK(taps<event::ActionAsked>(face, samples::with(record, "en"), "record.reprint").empty());
}

TEST_CASE("a record offers what the role may do, and asks before it is done") {
  BareFace face(kPanel);
  StaffRecord record;
  record.attendee = samples::attendee();
  record.who = {"S8", {"guide", {}, {sync::StaffAction::stop}, {}}};
  const State guide = samples::with(record, "en");
  CHECK(place_of(face, guide, "record.admit").empty());
  CHECK(place_of(face, guide, "record.reprint").empty());
  CHECK(place_of(face, guide, "record.why").empty());
  const auto asked = taps<event::ActionAsked>(face, guide, "record.stop");
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].action == sync::StaffAction::stop);
  record.asking = sync::StaffAction::stop;
  const auto chosen = taps<event::ReasonChosen>(face, samples::with(record, "en"), "reason.surrendered");
  REQUIRE(chosen.size() == 1);
  CHECK(chosen[0].reason == Reason(StopReason::surrendered));
  record.asking = sync::StaffAction::day_badge;
  CHECK(taps<event::Confirmed>(face, samples::with(record, "en"), "confirm").size() == 1);
  CHECK(taps<event::Back>(face, samples::with(record, "en"), "cancel").size() == 1);
}

TEST_CASE("a row of the history is asked why, and whoever is tapped is left out of a hand-over") {
  BareFace face(kPanel);
  StaffRecord record;
  record.attendee = samples::attendee();
  record.history.resize(1);
  record.history[0].id = "row-1";
  const auto why = taps<event::WhyAsked>(face, samples::with(record, "en"), "history.row-1");
  REQUIRE(why.size() == 1);
  CHECK(why[0].row == "row-1");
  StaffHandOver many;
  many.people = samples::attendees();
  const auto left = taps<event::LeftOut>(face, samples::with(many, "en"), "hand_over.A0102");
  REQUIRE(left.size() == 1);
  CHECK(left[0].attendee == "A0102");
  CHECK(taps<event::Confirmed>(face, samples::with(many, "en"), "hand_over.confirm").size() == 1);
}

TEST_CASE("the evacuation list is one tap from the search, for those who may, and is counted again") {
  BareFace face(kPanel);
  const State guide = samples::with(StaffSearch{{"S8"}, "", {}, true, {}}, "en");
  CHECK(place_of(face, guide, "search.evacuation").empty());
  const State chief = samples::with(StaffSearch{{"S7", local_role()}, "", {}, true, {}}, "en");
  CHECK(taps<event::EvacuationAsked>(face, chief, "search.evacuation").size() == 1);
  StaffInside inside;
  inside.people.resize(400, {"Ann", "", "site", {}});
  const State list = samples::with(inside, "en");
  CHECK(taps<event::EvacuationAsked>(face, list, "inside.again").size() == 1);
  CHECK(taps<event::PageTurned>(face, list, "page.on").at(0).by == 1);
  CHECK(taps<event::PageTurned>(face, list, "page.back").empty());
}

TEST_CASE("back and close are on every record, close on every staff screen") {
  BareFace face(kPanel);
  StaffRecord record;
  record.attendee = samples::attendee();
  CHECK(taps<event::Back>(face, samples::with(record, "en"), "back").size() == 1);
  CHECK(taps<event::Leave>(face, samples::with(record, "en"), "leave").size() == 1);
  CHECK(taps<event::Leave>(face, pin(""), "leave").size() == 1);
}

TEST_CASE("the corner opens after two seconds of holding, and not before") {
  BareFace face(kPanel);
  const State state = samples::with(Idle{}, "en");
  const Rect corner = place_of(face, state, "staff.corner");
  REQUIRE(!corner.empty());
  const auto held = [&](milliseconds since) {
    View view = view_of(state);
    view.now += since;
    const DrawResult result = face.frame(view);
    return std::ranges::any_of(result.intents,
                               [](const Event& e) { return std::holds_alternative<event::CornerHeld>(e); });
  };
  face.finger(corner.centre(), false);
  CHECK(!held(milliseconds{0}));
  face.finger(corner.centre(), true);
  CHECK(!held(milliseconds{0}));
  CHECK(!held(milliseconds{1900}));
  CHECK(held(milliseconds{2010}));
}

TEST_CASE("a corner that was let go begins anew") {
  BareFace face(kPanel);
  const State state = samples::with(Idle{}, "en");
  const Rect corner = place_of(face, state, "staff.corner");
  const auto frame = [&](bool down, milliseconds since) {
    face.finger(corner.centre(), down);
    View view = view_of(state);
    view.now += since;
    const DrawResult result = face.frame(view);
    return std::ranges::any_of(result.intents,
                               [](const Event& e) { return std::holds_alternative<event::CornerHeld>(e); });
  };
  static_cast<void>(frame(false, milliseconds{0}));
  static_cast<void>(frame(true, milliseconds{0}));
  static_cast<void>(frame(true, milliseconds{1500}));
  static_cast<void>(frame(false, milliseconds{1600}));
  static_cast<void>(frame(true, milliseconds{1700}));
  CHECK(!frame(true, milliseconds{2500}));
  CHECK(frame(true, milliseconds{3750}));
}

TEST_CASE("a touch that hits nothing still says that someone is there") {
  BareFace face(kPanel);
  const State state =
      samples::with(Refused{samples::refusal(Rule::pending), samples::moment_now() + seconds{9}}, "en");
  const auto intents = face.tap(view_of(state), {500, 900, 10, 10});
  CHECK(std::ranges::count_if(intents,
                              [](const Event& e) { return std::holds_alternative<event::Touched>(e); }) == 1);
}

}  // namespace
}  // namespace lanyard::kiosk
