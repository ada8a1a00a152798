// The entrance hall as a kiosk's camera sees it: walls, lamps, a banner, and people who walk by. Seen
// somewhat out of focus, so it is painted at half the frame's size. PURE. Threads: a Hall is read-only once
// made.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/e2e/arrivals/canvas.hpp"
#include "tests/e2e/arrivals/geometry.hpp"

namespace lanyard::arrivals {

// Who stands before the kiosk.
struct Visitor {
  double at{0.5};    // share of the frame's width
  double near{1};    // 1 = at arm's length; smaller is further off
  double skin{150};  // grey levels
  double hair{50};
  double coat{60};
  double shirt{200};
  bool tie{false};
  Vec2 hand_px;  // of the frame; where the arm ends
  bool reaches{false};
};
[[nodiscard]] Visitor any_visitor(std::uint64_t seed);

class Hall {
 public:
  Hall(Size frame, std::uint64_t seed);

  [[nodiscard]] Size frame() const { return frame_; }
  // At half the frame's size, rounded up. The same at the same time.
  [[nodiscard]] Canvas at(double seconds) const;

 private:
  struct Walker {
    double begin{0};              // widths of the frame
    double widths_per_second{0};  // to the right
    double height{0.4};           // of the frame's height
    double feet{0.8};
    double coat{80};
    double skin{140};
    double hair{50};
    double pace{1};
    double phase{0};
  };
  void paint_walker(Canvas& canvas, const Walker& walker, double seconds) const;

  Size frame_;
  Canvas still_;  // all that does not move
  std::vector<Walker> walkers_;
};

// Onto the half-size picture.
void paint_visitor(Canvas& half, const Visitor& visitor);

// The half-size picture at its full size.
[[nodiscard]] scanner::GrayFrame full_size(const Canvas& half, Size frame, double light);

}  // namespace lanyard::arrivals
