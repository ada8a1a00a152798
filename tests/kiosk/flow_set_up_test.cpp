// A kiosk that nobody has set up yet.
#include "kiosk/desk/flow.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/flow_stage.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::seconds;

FlowConfig with_set_up() {
  FlowConfig config;
  config.can_set_up = true;
  return config;
}
const event::SymbolSeen kCode{"lanyard-enrol:K7QF@https://hub"};

TEST_CASE("a kiosk that nobody has set up asks for a code, where there is one who acts on it") {
  const Step without = step(at(Idle{}), event::FaultChanged{Fault::not_enrolled}, FlowConfig{}, kStart);
  CHECK(std::holds_alternative<OutOfOrder>(without.next.screen));
  const Step asked = step(at(Idle{}), event::FaultChanged{Fault::not_enrolled}, with_set_up(), kStart);
  CHECK(std::get<SetUp>(asked.next.screen).stage == SetUpStage::waiting);
}

TEST_CASE("a kiosk that has forgotten all may be set up anew") {
  const Step forgot = step(at(Idle{}), event::FaultChanged{Fault::withdrawn}, with_set_up(), kStart);
  CHECK(std::get<SetUp>(forgot.next.screen).stage == SetUpStage::waiting);
}

TEST_CASE("a badge says nothing to a kiosk that is not set up, and is not looked up") {
  const Step badge =
      step(at(SetUp{}, Fault::not_enrolled), event::SymbolSeen{"L1:ABC"}, with_set_up(), kStart);
  CHECK(std::get<SetUp>(badge.next.screen).stage == SetUpStage::not_a_code);
  CHECK(badge.effects.empty());
}

TEST_CASE("a set-up code is handed over, and while it is under way a second one is in the way") {
  const Step code = step(at(SetUp{}, Fault::not_enrolled), kCode, with_set_up(), kStart);
  CHECK(std::get<SetUp>(code.next.screen).stage == SetUpStage::handed_over);
  REQUIRE(code.effects.size() == 1);
  CHECK(std::get<effect::HandOverSetUp>(code.effects.front()).code == kCode.text);
  CHECK(step(code.next, kCode, with_set_up(), kStart + seconds(1)).effects.empty());
  const Step told =
      step(code.next, event::SetUpTold{SetUpStage::refused, "used"}, with_set_up(), kStart + seconds(2));
  CHECK(std::get<SetUp>(told.next.screen).problem == "used");
  CHECK(step(told.next, kCode, with_set_up(), kStart + seconds(3)).effects.size() == 1);
}

TEST_CASE("a kiosk that has been set up waits for its roster as any other does") {
  const State under_way = at(SetUp{.stage = SetUpStage::done}, Fault::not_enrolled);
  const Step enrolled = step(under_way, event::FaultChanged{Fault::no_roster}, with_set_up(), kStart);
  CHECK(std::holds_alternative<OutOfOrder>(enrolled.next.screen));
  const Step open = step(under_way, event::FaultChanged{Fault::none}, with_set_up(), kStart);
  CHECK(std::holds_alternative<Idle>(open.next.screen));
}

TEST_CASE("a set-up code that nobody acts on is said to have failed") {
  const Step code = step(at(SetUp{}, Fault::not_enrolled), kCode, with_set_up(), kStart);
  const auto wake = wake_at(code.next);
  REQUIRE(wake);
  const Step late = step(code.next, event::Tick{}, with_set_up(), *wake);
  CHECK(std::get<SetUp>(late.next.screen).stage == SetUpStage::failed);
  CHECK_FALSE(wake_at(late.next));
}

TEST_CASE("each stage of a set-up has a name that stands for it alone") {
  for (int at = 0; at <= static_cast<int>(SetUpStage::failed); ++at) {
    const auto stage = static_cast<SetUpStage>(at);
    CHECK(stage_named(to_name(stage)) == stage);
  }
  CHECK_FALSE(stage_named("unheard-of"));
}

}  // namespace
}  // namespace lanyard::kiosk
