#include "kiosk/face/window.hpp"

#include <cstdlib>

#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"

namespace lanyard::kiosk {
namespace {

WindowConfig small() {
  WindowConfig config;
  config.full_screen = false;
  config.width_px = 640;
  config.height_px = 360;
  return config;
}

Rgb pixel(const RgbPicture& picture, int x, int y) {
  const auto at =
      (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(x)) *
      3;
  return {picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2]};
}

TEST_CASE("a window without a display says what to look at") {
  const char* display = std::getenv("DISPLAY");
  const std::string before = display == nullptr ? "" : display;
  unsetenv("DISPLAY");
  unsetenv("WAYLAND_DISPLAY");
  const auto window = Window::open(small());
  setenv("DISPLAY", before.c_str(), 1);
  REQUIRE(!window);
  CHECK(window.error().message == "no display: is DISPLAY or WAYLAND_DISPLAY set?");
}

TEST_CASE("a display that is not there is an error, not an abort") {
  const std::string before = std::getenv("DISPLAY");
  setenv("DISPLAY", ":9987", 1);
  const auto window = Window::open(small());
  setenv("DISPLAY", before.c_str(), 1);
  REQUIRE(!window);
  CHECK(window.error().message.find("no display") == 0);
}

TEST_CASE("the camera's picture is shown mirrored") {
  auto opened = Window::open(small());
  INFO((opened ? "" : opened.error().message));
  REQUIRE(opened);
  Window& window = **opened;
  const Phrases phrases(LANYARD_LOCALE_DIR, samples::languages());
  Texts texts(window.textures());
  Canvas canvas(texts, phrases);
  canvas.metrics = window.metrics();
  scanner::GrayFrame frame(64, 48);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) frame.row(y)[x] = x < 32 ? 250 : 5;
  }
  const State state = samples::with(Idle{}, "en");
  window.show_preview(frame.view(), std::nullopt, samples::moment_now());
  window.begin_frame();
  Canvas* brush = &canvas;
  const Rect area{100, 100, 200, 150};
  brush->begin("en", samples::moment_now());
  brush->picture(window.preview().texture, area, {1, 0}, {0, 1}, rgb(0xFFFFFF), 0);
  static_cast<void>(brush->finish());
  window.present();
  const RgbPicture picture = window.screenshot();
  CHECK(picture.width == 640);
  CHECK(pixel(picture, 130, 175).r < 20);
  CHECK(pixel(picture, 270, 175).r > 230);
}

TEST_CASE("what is drawn is what the screenshot holds") {
  auto opened = Window::open(small());
  INFO((opened ? "" : opened.error().message));
  REQUIRE(opened);
  Window& window = **opened;
  const Phrases phrases(LANYARD_LOCALE_DIR, samples::languages());
  Texts texts(window.textures());
  Canvas canvas(texts, phrases);
  canvas.metrics = window.metrics();
  State state = samples::with(StaffPin{}, "en");
  window.begin_frame();
  static_cast<void>(draw(view_of(state), canvas));
  window.present();
  const RgbPicture picture = window.screenshot();
  CHECK(pixel(picture, 320, 355) == theme_of(Scheme::dark).paper.ground);
  int inked = 0;
  for (int x = 0; x < picture.width; ++x) {
    for (int y = 0; y < 60; ++y) inked += pixel(picture, x, y).r > 200 ? 1 : 0;
  }
  CHECK(inked > 50);
}

}  // namespace
}  // namespace lanyard::kiosk
