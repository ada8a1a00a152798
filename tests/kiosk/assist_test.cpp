// Who gets help at the screen, and until when. Speech and keypad are in keypad_test.cpp.
#include "tests/catch.hpp"
#include "tests/kiosk/flow_stage.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;
using namespace std::chrono_literals;

namespace {

State idle() {
  return at(Idle{});
}

Decision decision(Verdict verdict, std::vector<std::string> needs) {
  Decision d;
  d.verdict = verdict;
  d.rule = verdict == Verdict::refused ? Rule::pending : Rule::admit;
  d.attendee = sync::Attendee();
  d.attendee->id = "A0001";
  d.attendee->name = "Ana";
  d.attendee->access_needs = std::move(needs);
  return d;
}

State after(State state, std::initializer_list<Event> events, Moment now = kStart) {
  for (const Event& e : events) state = step(state, e, kConfig, now).next;
  return state;
}

State answered(Verdict verdict, std::vector<std::string> needs) {
  return after(idle(), {event::SymbolSeen{"X"}, event::Decided{decision(verdict, std::move(needs))}});
}

}  // namespace

TEST_CASE("what the roster says that somebody needs is given without a touch", "[flow]") {
  for (const Verdict verdict : {Verdict::admitted, Verdict::refused}) {
    CHECK(answered(verdict, {"large-text"}).assist.large_type);
    CHECK(answered(verdict, {"high-contrast"}).assist.high_contrast);
    CHECK(answered(verdict, {"wheelchair"}).assist.within_reach);
    CHECK(answered(verdict, {"audio"}).assist.speech);
    const Assist none = answered(verdict, {"quiet room", ""}).assist;
    CHECK_FALSE(none.active());
  }
}

TEST_CASE("who needs large type has longer to read it", "[flow]") {
  const auto until = [](const State& state) { return std::get<Admitted>(state.screen).until; };
  CHECK(until(answered(Verdict::admitted, {"large-text"})) > until(answered(Verdict::admitted, {})));
}

TEST_CASE("whoever comes after somebody with a need finds the kiosk as everybody does", "[flow]") {
  const State welcome = answered(Verdict::admitted, {"large-text", "wheelchair", "audio"});
  const Moment later = kStart + kConfig.result_at_least;
  const Step next = step(welcome, event::SymbolSeen{"Y"}, kConfig, later);
  CHECK_FALSE(next.next.assist.active());
  CHECK(std::holds_alternative<Checking>(next.next.screen));
  // Nor is the last one's sentence said to its end.
  CHECK(std::holds_alternative<effect::Hush>(next.effects.front()));
}

TEST_CASE("what the roster gave to somebody who was refused is not for whoever comes next", "[flow]") {
  const State first = answered(Verdict::refused, {"audio", "large-text", "wheelchair"});
  REQUIRE(first.assist.active());
  Decision next = decision(Verdict::admitted, {});
  next.attendee->id = "A0002";
  const Moment later = kStart + kConfig.result_at_least;
  const State second = after(first, {event::SymbolSeen{"Y"}, event::Decided{next}}, later);
  CHECK_FALSE(second.assist.active());
  CHECK(std::get<Admitted>(second.screen).until == later + kConfig.admitted_for);
  // The same person with another badge keeps it; and so does whoever asked by hand, as nobody can tell them
  // apart.
  CHECK(after(first, {event::SymbolSeen{"Y"}, event::Decided{decision(Verdict::refused, {})}}, later)
            .assist.large_type);
  const State by_hand = after(first, {event::AidAsked{Aid::high_contrast}});
  CHECK(after(by_hand, {event::SymbolSeen{"Y"}, event::Decided{next}}, later).assist.high_contrast);
}

TEST_CASE("a kiosk gives what it has: no speech without a voice, no low screen where it makes no difference",
          "[flow]") {
  FlowConfig plain;
  plain.can_speak = plain.can_lower = false;
  const State checking = step(idle(), event::SymbolSeen{"X"}, plain, kStart).next;
  const Decision d = decision(Verdict::admitted, {"audio", "wheelchair"});
  const State welcome = step(checking, event::Decided{d}, plain, kStart).next;
  CHECK_FALSE(welcome.assist.active());
  CHECK(std::get<Admitted>(welcome.screen).until == kStart + plain.admitted_for);
}

TEST_CASE("all of it ends with the visit", "[flow]") {
  State state = answered(Verdict::refused, {"large-text", "high-contrast", "wheelchair"});
  for (int i = 0; i < 4 && state.assist.active(); ++i) {
    state = step(state, event::Tick{}, kConfig, *wake_at(state)).next;
  }
  CHECK(std::holds_alternative<Idle>(state.screen));
  CHECK_FALSE(state.assist.active());
}

TEST_CASE("each aid is asked for and given back by its own button", "[flow]") {
  const State large = after(idle(), {event::AidAsked{Aid::large_type}});
  CHECK(large.assist.large_type);
  CHECK_FALSE(large.assist.high_contrast);
  const State both = after(large, {event::AidAsked{Aid::within_reach}});
  CHECK(both.assist.large_type);
  CHECK(both.assist.within_reach);
  const State low = after(both, {event::AidAsked{Aid::large_type}});
  CHECK(low.assist.within_reach);
  CHECK_FALSE(low.assist.large_type);
  CHECK_FALSE(after(low, {event::AidAsked{Aid::within_reach}}).assist.active());
}

TEST_CASE("staff who asked for a low screen keep it in staff mode, and it ends when they leave", "[flow]") {
  const State low = after(idle(), {event::AidAsked{Aid::within_reach}, event::CornerHeld{}});
  REQUIRE(std::holds_alternative<StaffPin>(low.screen));
  CHECK(low.assist.within_reach);
  const State in = after(low, {event::PinChecked{true, {"S1", local_role()}}}, kStart + 30min);
  REQUIRE(std::holds_alternative<StaffSearch>(in.screen));
  CHECK(in.assist.within_reach);
  CHECK_FALSE(after(in, {event::Leave{}, event::Tick{}}, kStart + 30min).assist.active());
}

TEST_CASE("a pause after too many unknown codes tells nothing of whoever showed the last", "[flow]") {
  State state = idle();
  for (std::size_t i = 0; i <= kUnknownCodes; ++i) {
    Decision unknown = decision(Verdict::refused, {"large-text"});
    unknown.attendee->id = "A" + std::to_string(i);
    unknown.rule = Rule::unknown;
    state.screen = Idle{};
    state = after(state, {event::SymbolSeen{"X"}, event::Decided{unknown}});
  }
  CHECK(std::holds_alternative<Paused>(state.screen));
  CHECK_FALSE(state.assist.active());
}
