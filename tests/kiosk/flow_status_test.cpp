// How this kiosk is, on the screen that staff open for it: promises of the state machine.
#include "tests/catch.hpp"
#include "tests/kiosk/flow_stage.hpp"

using namespace lanyard;
using namespace lanyard::kiosk;
using namespace std::chrono_literals;

namespace {

const StaffStatus& shown_by(const Step& s) {
  return std::get<StaffStatus>(s.next.screen);
}

Step opened() {
  return step(at(StaffSearch{{"mw"}, "ot", {}, false, kStart + 60s}), event::StatusAsked{}, kConfig, kStart);
}

event::StatusRead status_with(std::size_t alerts) {
  event::StatusRead read;
  read.status.alerts.resize(alerts);
  return read;
}

}  // namespace

TEST_CASE("whoever is in staff mode sees how the kiosk is, before the journal has answered", "[flow]") {
  const Step s = opened();
  CHECK_FALSE(shown_by(s).status);
  REQUIRE(s.effects.size() == 1);
  CHECK(std::holds_alternative<effect::ReadStatus>(s.effects[0]));
  CHECK(is_staff(s.next.screen));
  CHECK(name_of(s.next.screen) == "staff_status");
}

TEST_CASE("nobody gets to see how the kiosk is from outside of staff mode, nor while a place is taken over",
          "[flow]") {
  for (const Screen& screen : {Screen(Idle{}), Screen(StaffPin{{}, false, false, kStart + 20s})}) {
    const Step s = step(at(screen), event::StatusAsked{}, kConfig, kStart);
    CHECK(s.next.screen.index() == screen.index());
    CHECK(s.effects.empty());
    CHECK(step(at(screen), event::StatusRead{}, kConfig, kStart).next.screen.index() == screen.index());
  }
  StaffSearch substitute{{"mw"}, "ot", {}, false, kStart + 60s};
  substitute.arrived = StaffRecord{};
  CHECK(step(at(substitute), event::StatusAsked{}, kConfig, kStart).effects.empty());
}

TEST_CASE("the status is asked for anew some seconds after each answer, and never twice at once", "[flow]") {
  Step s = step(opened().next, status_with(0), kConfig, kStart + 1s);
  REQUIRE(shown_by(s).status);
  CHECK(wake_at(s.next) == kStart + 1s + kConfig.status_every);
  s = step(s.next, event::Tick{}, kConfig, kStart + 1s + kConfig.status_every);
  REQUIRE(s.effects.size() == 1);
  CHECK(std::holds_alternative<effect::ReadStatus>(s.effects[0]));
  CHECK(shown_by(s).status);  // what was known stays until more is
  CHECK(step(s.next, event::Tick{}, kConfig, kStart + 12s).effects.empty());
}

TEST_CASE("a journal that does not answer is asked again, but not often", "[flow]") {
  const Step s = opened();
  CHECK(wake_at(s.next) == kStart + kConfig.status_patience);
  CHECK(step(s.next, event::Tick{}, kConfig, kStart + kConfig.status_patience - 1ms).effects.empty());
  CHECK(step(s.next, event::Tick{}, kConfig, kStart + kConfig.status_patience).effects.size() == 1);
}

TEST_CASE("the status closes when it is left alone, however often it was read anew", "[flow]") {
  State state = opened().next;
  for (int second = 1; second < 60; ++second) {
    state = step(state, status_with(1), kConfig, kStart + std::chrono::seconds(second)).next;
    state = step(state, event::Tick{}, kConfig, kStart + std::chrono::seconds(second)).next;
    REQUIRE(std::holds_alternative<StaffStatus>(state.screen));
  }
  const Step s = step(state, event::Tick{}, kConfig, kStart + kConfig.staff_idle);
  CHECK(std::holds_alternative<Idle>(s.next.screen));
  CHECK(s.effects.empty());
  const State touched = step(state, event::Touched{}, kConfig, kStart + 50s).next;
  CHECK(std::holds_alternative<StaffStatus>(
      step(touched, event::Tick{}, kConfig, kStart + kConfig.staff_idle).next.screen));
}

TEST_CASE("back from the status leads to what was typed", "[flow]") {
  const Step s = step(opened().next, event::Back{}, kConfig, kStart + 2s);
  CHECK(std::get<StaffSearch>(s.next.screen).query == "ot");
  // An answer that comes late opens nothing again.
  CHECK(std::holds_alternative<StaffSearch>(step(s.next, status_with(1), kConfig, kStart + 3s).next.screen));
}

TEST_CASE("the alerts are turned page by page, and stay where they are while they are read anew", "[flow]") {
  Step s = step(opened().next, event::PageTurned{1}, kConfig, kStart);
  CHECK(shown_by(s).page == 0);  // none has come
  s = step(s.next, status_with(5), kConfig, kStart);
  s = step(s.next, event::PageTurned{1}, kConfig, kStart);
  CHECK(shown_by(s).page == 1);
  s = step(s.next, status_with(6), kConfig, kStart + 5s);
  CHECK(shown_by(s).page == 1);
  CHECK(shown_by(step(s.next, event::PageTurned{-9}, kConfig, kStart)).page == 0);
  CHECK(shown_by(step(s.next, event::PageTurned{99}, kConfig, kStart)).page == 6);
}
