// What is there for whoever sees little, or sits: it fits like everything else.
#include "kiosk/desk/flow.hpp"
#include "kiosk/face/reach.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/fit.hpp"

namespace lanyard::kiosk {
namespace {

using samples::Sample;

// How panels hang: a totem from near the floor, one at the height of a table, one for whoever stands.
const std::vector<Metrics> kMounted{
    {1080, 1920, 1.58F, 400},  // 55 inch, upright
    {1080, 1920, 3.61F, 800},  // 24 inch, upright
    {1920, 1080, 2.3F, 600},   // 38 inch
};

TEST_CASE("large type fits every panel too") {
  for (const Metrics& panel : kPanels) {
    BareFace face(panel);
    for (Sample& sample : of_all_languages()) {
      if (is_staff(sample.state.screen)) continue;  // what only staff read is as it was
      sample.state.assist.large_type = true;
      const SemanticList list = face.frame(view_of(sample)).semantics;
      const std::string where = "large " + sample.name + " " + sample.state.language;
      check_fit(list, panel, sample.state, where);
      check_apart(list, where + " " + name_of(panel));
    }
  }
}

// Nothing that is to be touched lies lower, or higher, in mm above the floor.
void check_reach(const SemanticList& list, const Metrics& panel, float lowest, float highest,
                 const std::string& where) {
  for (const SemanticItem& item : list) {
    if (item.role != Role::button && item.role != Role::corner) continue;
    const auto above_floor = [&](float y) {
      return panel.lower_edge_mm + panel.height_mm() - y / panel.px_per_mm;
    };
    CAPTURE(where, item.label);
    CHECK(above_floor(item.rect.bottom()) >= lowest - 1);
    CHECK(above_floor(item.rect.y) <= highest + 1);
  }
}

TEST_CASE("whoever asks for a low screen finds all that is to be touched between 800 and 1100 mm") {
  for (const Metrics& panel : kMounted) {
    BareFace face(panel);
    for (Sample& sample : of_all_languages()) {
      sample.state.assist.within_reach = true;
      const SemanticList list = face.frame(view_of(sample)).semantics;
      const std::string where = "low " + sample.name + " " + sample.state.language + " " + name_of(panel);
      check_fit(list, panel, sample.state, where);
      check_apart(list, where);
      check_reach(list, panel, kReachLowMm, kReachHighMm, where);
    }
  }
}

TEST_CASE("on a totem, nothing is to be touched below 800 mm, whoever stands there") {
  const Metrics& totem = kMounted.front();
  BareFace face(totem);
  for (const Sample& sample : samples::all("en")) {
    const SemanticList list = face.frame(view_of(sample)).semantics;
    check_fit(list, totem, sample.state, "usual " + sample.name);
    check_reach(list, totem, kReachLowMm, 3000, "usual " + sample.name);
  }
}

TEST_CASE("a low screen is offered where it makes a difference, and where it is known how the panel hangs") {
  CHECK(reaches_too_high(kMounted[0]));
  CHECK(reaches_too_high(kMounted[1]));
  CHECK_FALSE(reaches_too_high(Metrics{1080, 1920, 3.61F}));      // nobody said how it hangs
  CHECK_FALSE(reaches_too_high(Metrics{1280, 720, 3.71F, 880}));  // low as it is
  const auto button = [](const Metrics& panel) {
    BareFace face(panel);
    const State idle = samples::with(Idle{}, "en");
    return find_item(face.frame(view_of(idle)).semantics, "within-reach") != nullptr;
  };
  CHECK(button(kMounted[1]));
  CHECK_FALSE(button(Metrics{1080, 1920, 3.61F}));
}

}  // namespace
}  // namespace lanyard::kiosk
