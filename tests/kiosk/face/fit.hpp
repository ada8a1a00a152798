// What must hold of every screen that is drawn, whatever it shows. Each finding fails the test, with its
// place.
#pragma once

#include <string>
#include <vector>

#include "kiosk/face/semantics.hpp"
#include "kiosk/face/theme.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {

inline const std::vector<Metrics> kPanels{
    {1080, 1920, 3.61F},  // 24 inch, upright
    {1920, 1080, 3.61F},  // 24 inch
    {1280, 720, 3.71F},   // 15.6 inch
    {1920, 1080, 5.57F},  // 15.6 inch
    {768, 1024, 3.36F},   // 15 inch, upright
    {2160, 3840, 5.42F},  // 32 inch, upright
};
[[nodiscard]] std::string name_of(const Metrics& panel);

[[nodiscard]] std::vector<samples::Sample> of_all_languages();

// It is within its box and the screen, can be read, and can be touched. `where`: which screen it is of.
void check_fit(const SemanticList& list, const Metrics& panel, const State& state, const std::string& where);
// No text lies on another.
void check_apart(const SemanticList& list, const std::string& where);

}  // namespace lanyard::kiosk
