// What is there for whoever sees little, or sits: it fits like everything else.
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
    {2160, 3840, 5.42F, 780},  // 32 inch, upright
    {1920, 1080, 2.3F, 600},   // 38 inch
};

TEST_CASE("large type fits every panel too") {
  for (const Metrics& panel : kPanels) {
    BareFace face(panel);
    for (Sample& sample : of_all_languages()) {
      sample.state.assist.large_type = true;
      const SemanticList list = face.frame(view_of(sample)).semantics;
      const std::string where = "large " + sample.name + " " + sample.state.language + " " + name_of(panel);
      check_fit(list, panel, sample.state, where);
      check_apart(list, where);
    }
  }
}

TEST_CASE("within reach, nothing is to be touched below 800 mm or above 1100 mm") {
  for (const Metrics& panel : kMounted) {
    BareFace face(panel);
    for (Sample& sample : of_all_languages()) {
      for (const bool asked : {false, true}) {
        sample.state.assist.within_reach = asked;
        const DrawResult result = face.frame(view_of(sample));
        const std::string where = (asked ? "within reach " : "usual ") + sample.name + " " +
                                  sample.state.language + " " + name_of(panel);
        check_fit(result.semantics, panel, sample.state, where);
        check_apart(result.semantics, where);
        for (const SemanticItem& item : result.semantics) {
          const bool touched = item.role == Role::button || item.role == Role::corner;
          if (!item.drawn && item.role != Role::corner) continue;
          CAPTURE(where, item.label, item.rect.y, item.rect.h);
          const auto above_floor = [&](float y) {
            return panel.lower_edge_mm + panel.height_mm() - y / panel.px_per_mm;
          };
          if (touched) CHECK(above_floor(item.rect.bottom()) >= 799);
          if (touched && asked) CHECK(above_floor(item.rect.y) <= 1101);
        }
      }
    }
  }
}

}  // namespace
}  // namespace lanyard::kiosk
