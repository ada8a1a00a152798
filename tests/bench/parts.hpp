// Each part of an answer by itself.
#pragma once

#include <filesystem>

#include "kiosk/face/window.hpp"
#include "tests/bench/samples.hpp"
#include "tests/bench/stage.hpp"

namespace lanyard::bench {

[[nodiscard]] Series decode_frames(const Stage& stage);
// Credential, lookup and decision, without a row.
[[nodiscard]] sync::Expected<Series> decide_all(const Stage& stage, sync::Store store, std::string name);
// A row and its commit, on the disk of the store.
[[nodiscard]] sync::Expected<Series> commit_rows(const Stage& stage, sync::Store store);
// The first frame of each guest's welcome, which has their name in it; and one of the idle screen with the
// camera's picture.
struct Drawn {
  Series idle{"draw: idle, with the camera's picture", {}};
  Series admitted{"draw: admitted", {}};
};
[[nodiscard]] Drawn draw_screens(const Stage& stage, kiosk::Window& window, kiosk::Canvas& canvas);

}  // namespace lanyard::bench
