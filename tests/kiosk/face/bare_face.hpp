// A face without a display: ImGui alone, with textures that nobody sees, and a finger of its own.
#pragma once

#include <memory>

#include "kiosk/face/screens.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {

class NoTextures : public Textures {
 public:
  [[nodiscard]] TextureId make(Channel, const Pixels& pixels) override {
    bytes += pixels.width * pixels.height;
    ++alive;
    return ++made;
  }
  void refill(TextureId, const Pixels&) override {}
  void drop(TextureId) override { --alive; }
  TextureId made{0};
  int alive{0};
  std::int64_t bytes{0};
};

// One at a time: ImGui has one context.
class BareFace {
 public:
  explicit BareFace(Metrics metrics, Scheme usual = Scheme::dark) : BareFace(metrics, usual, nullptr) {}
  // With textures that someone looks at, and that live longer.
  BareFace(Metrics metrics, Textures& seen) : BareFace(metrics, Scheme::dark, &seen) {}
  ~BareFace();
  BareFace(const BareFace&) = delete;
  BareFace& operator=(const BareFace&) = delete;

  // One frame, with the finger where it is.
  DrawResult frame(const View& view);
  // A finger down and up in the middle of it: the intents of all the frames that this takes.
  std::vector<Event> tap(const View& view, const Rect& place);
  void finger(Point at, bool down);
  void type(std::string_view ascii);

  NoTextures textures;
  Phrases phrases;
  Texts texts;
  Canvas canvas;

 private:
  BareFace(Metrics metrics, Scheme usual, Textures* seen);
};

// A view of the samples' forum; what it points at lives as long as the program.
[[nodiscard]] View view_of(const State& state);
// With its advice, and without a camera's picture.
[[nodiscard]] View view_of(const samples::Sample& sample);

}  // namespace lanyard::kiosk
