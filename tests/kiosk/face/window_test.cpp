#include "kiosk/face/window.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include <GLFW/glfw3.h>
#include <imgui.h>

#include "kiosk/face/input.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/face/bare_face.hpp"
#include "tests/kiosk/face/samples.hpp"

// After all others: it makes macros of everyday words.
#include <X11/Xlib.h>
#include <X11/Xutil.h>

namespace lanyard::kiosk {
namespace {

WindowConfig small(Renderer renderer = Renderer::automatic) {
  WindowConfig config;
  config.renderer = renderer;
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

std::unique_ptr<Window> opened(const WindowConfig& config) {
  auto window = Window::open(config);
  INFO((window ? "" : window.error().message));
  REQUIRE(window);
  return std::move(*window);
}

// A window, and all that it takes to draw there.
struct Stage {
  explicit Stage(const WindowConfig& config) : window(opened(config)) { canvas.metrics = window->metrics(); }
  std::unique_ptr<Window> window;
  const Phrases phrases{LANYARD_LOCALE_DIR, samples::languages()};
  Texts texts{window->textures()};
  Canvas canvas{texts, phrases};
};

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

// What somebody before the screen sees there.
Rgb on_display(int x, int y) {
  Display* display = XOpenDisplay(nullptr);
  REQUIRE(display != nullptr);
  XImage* image = XGetImage(display, DefaultRootWindow(display), x, y, 1, 1, AllPlanes, ZPixmap);
  REQUIRE(image != nullptr);
  const unsigned long seen = XGetPixel(image, 0, 0);
  XDestroyImage(image);
  XCloseDisplay(display);
  return rgb(static_cast<std::uint32_t>(seen & 0xFFFFFFU));
}

TEST_CASE("the camera's picture is shown mirrored") {
  Stage stage(small(GENERATE(Renderer::card, Renderer::processor)));
  Window& window = *stage.window;
  Canvas& canvas = stage.canvas;
  scanner::GrayFrame frame(64, 48);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) frame.row(y)[x] = x < 32 ? 250 : 5;
  }
  const State state = samples::with(Idle{}, "en");
  window.show_preview(frame.view(), std::nullopt, samples::moment_now());
  window.begin_frame();
  const Rect area{100, 100, 200, 150};
  canvas.begin("en", samples::moment_now());
  canvas.picture(window.preview().texture, area, {1, 0}, {0, 1}, rgb(0xFFFFFF), 0);
  static_cast<void>(canvas.finish());
  window.present();
  const RgbPicture picture = window.screenshot();
  CHECK(picture.width == 640);
  CHECK(pixel(picture, 130, 175).r < 20);
  CHECK(pixel(picture, 270, 175).r > 230);
}

TEST_CASE("what is drawn is what the screenshot holds, and what is seen") {
  Stage stage(small(GENERATE(Renderer::card, Renderer::processor)));
  Window& window = *stage.window;
  Canvas& canvas = stage.canvas;
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
  CHECK(on_display(320, 355) == theme_of(Scheme::dark).paper.ground);
}

TEST_CASE("a change is seen on the display, and so is what has not changed") {
  Stage stage(small(Renderer::processor));
  Window& window = *stage.window;
  Canvas& canvas = stage.canvas;
  for (const Rgb colour : {rgb(0x206040), rgb(0xC0A010)}) {
    window.begin_frame();
    canvas.begin("en", samples::moment_now());
    canvas.fill(canvas.panel(), rgb(0x102030));
    canvas.fill({100, 100, 60, 40}, colour);
    static_cast<void>(canvas.finish());
    REQUIRE(window.present());
    CHECK(on_display(130, 120) == colour);
    CHECK(on_display(99, 120) == rgb(0x102030));
    CHECK(on_display(639, 359) == rgb(0x102030));
  }
}

// As when another window stood before this one, and is gone.
void wipe_display() {
  Display* display = XOpenDisplay(nullptr);
  REQUIRE(display != nullptr);
  ::Window root = 0;
  ::Window parent = 0;
  ::Window* windows = nullptr;
  unsigned count = 0;
  REQUIRE(XQueryTree(display, DefaultRootWindow(display), &root, &parent, &windows, &count) != 0);
  for (unsigned i = 0; i < count; ++i) {
    XWindowAttributes looks{};
    const bool is_seen = XGetWindowAttributes(display, windows[i], &looks) != 0 &&
                         looks.c_class == InputOutput && looks.map_state == IsViewable;
    if (!is_seen) continue;
    GC black = XCreateGC(display, windows[i], 0, nullptr);
    XFillRectangle(display, windows[i], black, 0, 0, 640, 360);
    XFreeGC(display, black);
    XClearArea(display, windows[i], 0, 0, 0, 0, True);  // tells whose it is
  }
  if (windows != nullptr) XFree(windows);
  XSync(display, False);
  XCloseDisplay(display);
}

TEST_CASE("what the display has lost is shown again, though nothing has changed") {
  Stage stage(small(Renderer::processor));
  Window& window = *stage.window;
  Canvas& canvas = stage.canvas;
  const auto frame = [&] {
    window.wait({}, std::nullopt);
    window.begin_frame();
    canvas.begin("en", samples::moment_now());
    canvas.fill(canvas.panel(), rgb(0x102030));
    static_cast<void>(canvas.finish());
    REQUIRE(window.present());
  };
  for (int i = 0; i < 6; ++i) frame();
  wipe_display();
  REQUIRE(on_display(50, 50) == rgb(0x000000));
  for (int i = 0; i < 2; ++i) frame();
  CHECK(on_display(50, 50) == rgb(0x102030));
}

std::vector<RgbPicture> pictures_of(Renderer renderer, const std::string& language) {
  WindowConfig config = small(renderer);
  config.width_px = 540;
  config.height_px = 960;
  config.px_per_mm = 1.8F;
  Stage stage(config);
  Window& window = *stage.window;
  Canvas& canvas = stage.canvas;
  std::vector<RgbPicture> pictures;
  for (const samples::Sample& sample : samples::all(language)) {
    window.begin_frame();
    static_cast<void>(draw(view_of(sample), canvas));
    REQUIRE(window.present());
    pictures.push_back(window.screenshot());
  }
  return pictures;
}

TEST_CASE("card and processor draw the same screens") {
  const std::string language = GENERATE("en", "ar");
  const std::vector<RgbPicture> by_card = pictures_of(Renderer::card, language);
  const std::vector<RgbPicture> by_processor = pictures_of(Renderer::processor, language);
  REQUIRE(by_card.size() == by_processor.size());
  for (std::size_t i = 0; i < by_card.size(); ++i) {
    REQUIRE(by_card[i].rgb.size() == by_processor[i].rgb.size());
    int most = 0;
    for (std::size_t k = 0; k < by_card[i].rgb.size(); ++k) {
      most = std::max(most, std::abs(by_card[i].rgb[k] - by_processor[i].rgb[k]));
    }
    INFO(samples::all(language)[i].name << " in " << language);
    CHECK(most <= 8);  // of 255: they round differently
  }
}

TEST_CASE("what people do between two frames is told in its order, and in its place") {
  REQUIRE(glfwInit() == GLFW_TRUE);
  glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
  GLFWwindow* bare = glfwCreateWindow(64, 64, "", nullptr, nullptr);
  REQUIRE(bare != nullptr);
  ImGui::CreateContext();
  {
    Input input(bare);
    input.finger({10, 20}, true);
    input.finger({11, 21}, true);
    input.finger({11, 21}, false);
    input.key(GLFW_KEY_PAGE_UP, true);
    const ImGuiIO& io = ImGui::GetIO();
    CHECK(input.feed());
    CHECK(io.MouseDown[0]);
    CHECK(io.MousePos.x == 10);
    CHECK(!input.feed());
    CHECK(!io.MouseDown[0]);
    CHECK(io.MousePos.x == 11);
    CHECK(input.take_keys() == std::vector{KeypadKey::louder});
    CHECK(input.take_keys().empty());

    // Two quick taps, each where it was.
    input.move({30, 30});
    input.button(true);
    input.button(false);
    input.move({50, 50});
    input.button(true);
    input.button(false);
    std::vector<float> pressed;
    for (bool more = true; more;) {
      more = input.feed();
      if (io.MouseDown[0]) pressed.push_back(io.MousePos.x);
    }
    CHECK(pressed == std::vector<float>{30, 50});

    // Letters and keys in the order in which they were typed: a, b, erased, c.
    input.letter('a');
    input.letter('b');
    input.key(GLFW_KEY_BACKSPACE, true);
    input.key(GLFW_KEY_BACKSPACE, false);
    input.letter('c');
    ImGui::GetIO().InputQueueCharacters.resize(0);
    CHECK(input.feed());
    CHECK(io.InputQueueCharacters.Size == 2);
    CHECK(input.take_heard());
    while (input.feed()) CHECK(io.InputQueueCharacters.Size == 2);
    CHECK(io.InputQueueCharacters.Size == 3);
    CHECK(!input.take_heard());
  }
  ImGui::DestroyContext();
  glfwDestroyWindow(bare);
  glfwTerminate();
}

TEST_CASE("a machine without a card has a window all the same") {
  // The display of this test has none.
  auto opened = Window::open(small());
  INFO((opened ? "" : opened.error().message));
  REQUIRE(opened);
  CHECK((*opened)->metrics().width_px == 640);
  CHECK(!(*opened)->draws_by_card());
  opened->reset();
  auto insisted = Window::open(small(Renderer::card));
  REQUIRE(insisted);
  CHECK((*insisted)->draws_by_card());
}

}  // namespace
}  // namespace lanyard::kiosk
