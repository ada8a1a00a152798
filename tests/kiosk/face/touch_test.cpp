#include "kiosk/face/touch.hpp"

#include <memory>
#include <vector>

#include "tests/catch.hpp"
#include "tests/kiosk/face/compositor.hpp"

namespace lanyard::kiosk {
namespace {

struct Told {
  float x, y;
  bool down;
  bool operator==(const Told&) const = default;
};

struct Stage {
  Stage() {
    compositor.make_surface();
    touch = wayland_touch(compositor.client, compositor.surface, [this](Point at, bool down) {
      told.push_back({at.x, at.y, down});
    });
  }
  Compositor compositor;
  std::vector<Told> told;
  std::unique_ptr<Touch> touch;
};

TEST_CASE("a finger on the panel is told where it is, until it is lifted") {
  Stage s;
  s.compositor.down(0, 100.5, 20);
  s.compositor.move(0, 101, 25.25);
  s.compositor.up(0);
  CHECK(s.told == std::vector<Told>{{100.5F, 20, true}, {101, 25.25F, true}, {101, 25.25F, false}});
}

TEST_CASE("of several fingers the first counts, and after it the next that is put down") {
  Stage s;
  s.compositor.down(3, 10, 10);
  s.compositor.down(4, 500, 500);
  s.compositor.move(4, 510, 510);
  s.compositor.up(3);
  s.compositor.up(4);
  s.compositor.down(5, 30, 30);
  CHECK(s.told == std::vector<Told>{{10, 10, true}, {10, 10, false}, {30, 30, true}});
}

TEST_CASE("a touch that the compositor made a gesture of is lifted where nothing is") {
  Stage s;
  s.compositor.down(0, 10, 10);
  s.compositor.cancel();
  CHECK(s.told == std::vector<Told>{{10, 10, true}, {-1, -1, false}});
}

TEST_CASE("a panel unplugged under a finger lifts it, and plugged in again it tells") {
  Stage s;
  s.compositor.down(0, 10, 10);
  s.compositor.plug(false);
  s.compositor.plug(true);
  s.compositor.down(0, 40, 40);
  CHECK(s.told == std::vector<Told>{{10, 10, true}, {-1, -1, false}, {40, 40, true}});
}

}  // namespace
}  // namespace lanyard::kiosk
