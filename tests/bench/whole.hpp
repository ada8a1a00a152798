// All of it, through the kiosk's own threads and loop: from the frame that the camera hands over to the green
// on the screen.
#pragma once

#include <filesystem>

#include "kiosk/face/window.hpp"
#include "tests/bench/samples.hpp"
#include "tests/bench/stage.hpp"

namespace lanyard::bench {

struct WholeResult {
  Series whole{"WHOLE: from the frame to the green", {}};
  Series decided{"  of which until the decision is known", {}};
  Series shown{"  of which until it is drawn and presented", {}};
  std::size_t missed{0};  // guests who never came to be welcomed
};
// `store`: a furnished one, that nobody has open.
[[nodiscard]] WholeResult run_whole(const Stage& stage, const std::filesystem::path& store,
                                    kiosk::Window& window, kiosk::Canvas& canvas);

}  // namespace lanyard::bench
