// A panel that hangs turned, as most that stand upright do: the compositor turns the picture, and where a
// finger is, which it goes on telling by the panel's own edges, is turned here.
//
// Threads: turn_outputs, one at a time; the rest is PURE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/face/geometry.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

// How far, clockwise, as one stands before it.
enum class Turn : std::uint8_t { none, quarter, half, three_quarters };

// Of 0, 90, 180 and 270.
[[nodiscard]] std::optional<Turn> turn_of_degrees(std::int64_t degrees);

// `at` is where the compositor says that a finger is, in a window of that size, as if the panel hung
// straight. That is so with cage, which knows no panel of fingers as a screen's own (unless udev's WL_OUTPUT
// says so).
[[nodiscard]] Point turned(Point at, Turn turn, float width, float height);

// The screens' names in what wlr-randr(1) prints of them.
[[nodiscard]] std::vector<std::string> outputs_named_in(std::string_view text);

// Has the compositor turn the picture on all its screens, and returns once it has. Wayland's alone, by
// wlr-randr(1) and a compositor that can be asked (zwlr_output_manager_v1: cage since 0.1.5). No screen at
// all is well: it may be switched off. Error::Kind::unavailable.
[[nodiscard]] sync::Expected<void> turn_outputs(Turn turn);

}  // namespace lanyard::kiosk
