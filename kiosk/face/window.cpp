#include "kiosk/face/window.hpp"

#include <imgui.h>

// After imgui.h, or they would not know it.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

#include <GLFW/glfw3.h>
#include <dlfcn.h>

#include "kiosk/face/input.hpp"
#include "kiosk/face/painter.hpp"
#include "kiosk/face/touch.hpp"
#include "sync/log.hpp"

namespace lanyard::kiosk {
namespace {

using std::chrono::milliseconds;

constexpr float kUsualPxPerMm = 3.61F;  // a 24-inch panel of 1080 by 1920
constexpr std::chrono::microseconds kFrameTime{16'600};
// A display that lets frames through faster than this, so many times running, does not keep the time at all.
constexpr milliseconds kTooFast{6};
constexpr int kTooFastFrames = 5;
// A touch is seen in one frame and answered in the next; a frame more, so that what was let go is drawn let
// go.
constexpr int kFramesPerTouch = 3;
// A compositor that holds every buffer, as while the screen is off, is asked again so often.
constexpr milliseconds kHeldPause{100};

// Whether another thread, and not a person, ended the sleep.
std::atomic<bool> g_woken{false};
// Whether a screen was plugged in, or switched on, since it was last asked.
std::atomic<bool> g_screen_came{false};

std::string glfw_problem() {
  const char* description = nullptr;
  glfwGetError(&description);
  return description == nullptr ? std::string("unknown reason") : std::string(description);
}

bool has_display() {
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  return set("DISPLAY") || set("WAYLAND_DISPLAY");
}

float px_per_mm(const WindowConfig& config, GLFWmonitor* monitor) {
  if (config.px_per_mm > 0) return config.px_per_mm;
  if (monitor == nullptr) return kUsualPxPerMm;
  int width_mm = 0;
  int height_mm = 0;
  glfwGetMonitorPhysicalSize(monitor, &width_mm, &height_mm);
  const GLFWvidmode* mode = glfwGetVideoMode(monitor);
  if (mode != nullptr && config.diagonal_mm > 0) {
    return std::hypot(static_cast<float>(mode->width), static_cast<float>(mode->height)) / config.diagonal_mm;
  }
  if (width_mm <= 0 || mode == nullptr) return kUsualPxPerMm;
  const float said = static_cast<float>(mode->width) / static_cast<float>(width_mm);
  // Below a big television, above a telephone, or an EDID that gives the ratio 16:9 for millimetres.
  const bool credible = said >= 1.2F && said <= 20.0F && width_mm > 50;
  return credible ? said : kUsualPxPerMm;
}

}  // namespace

struct Window::Inside {
  GLFWwindow* window{nullptr};
  bool by_card{false};
  bool is_held{false};
  float px_per_mm{kUsualPxPerMm};
  float lower_edge_mm{0};
  Turn turn{Turn::none};
  bool vsync{false};
  bool paced_by_display{true};
  int fast_frames{0};
  int frames_owed{kFramesPerTouch};
  Moment presented{};
  std::unique_ptr<Painter> painter;
  Preview preview;
  std::unique_ptr<Input> input;
  std::unique_ptr<Touch> touch;
};

namespace {

void set_up_imgui() {
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.LogFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NoMouseCursorChange;
  ImGuiStyle& style = ImGui::GetStyle();
  style.WindowPadding = {0, 0};
  style.WindowBorderSize = 0;
  style.WindowMinSize = {1, 1};
  style.AntiAliasedLinesUseTex = false;
  style.CircleTessellationMaxError = 0.15F;
  style.CurveTessellationTol = 0.6F;
}

GLFWwindow* make_window(const WindowConfig& config, GLFWmonitor* monitor, bool by_card) {
  glfwDefaultWindowHints();
  if (by_card) {
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  } else {
    glfwWindowHint(GLFW_CLIENT_API, GLFW_NO_API);
  }
  glfwWindowHint(GLFW_AUTO_ICONIFY, GLFW_FALSE);
  glfwWindowHint(GLFW_RESIZABLE, GLFW_FALSE);
  const GLFWvidmode* mode = monitor == nullptr ? nullptr : glfwGetVideoMode(monitor);
  if (config.full_screen && mode != nullptr) {
    return glfwCreateWindow(mode->width, mode->height, config.title.c_str(), monitor, nullptr);
  }
  return glfwCreateWindow(config.width_px, config.height_px, config.title.c_str(), nullptr, nullptr);
}

// What could not be turned is shown as it hangs, and touched so.
Turn turn_screen(Turn wanted) {
  if (wanted == Turn::none) return wanted;
  const auto done = turn_outputs(wanted);
  if (done) return wanted;
  log::warn("screen: it is not turned: {}", done.error().message);
  return Turn::none;
}

void on_monitor(GLFWmonitor*, int event) {
  if (event == GLFW_CONNECTED) g_screen_came.store(true);
}

// A card that draws has a node for it; without one, OpenGL would be played by the processor, and Mesa with
// all that it loads is not even begun. A virtual machine's has a node whether it draws or not, and the
// processor is as good there.
bool has_card() {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/dri", failed)) {
    const std::string node = entry.path().filename().string();
    if (!node.starts_with("renderD")) continue;
    const auto driver = std::filesystem::read_symlink("/sys/class/drm/" + node + "/device/driver", failed);
    if (driver.filename() != "virtio_gpu") return true;
  }
  return std::filesystem::exists("/dev/nvidiactl", failed);
}

// Debian 12 has GLFW once for X11 and once for Wayland, later versions for both at once: which of the doors
// there are is only known where it runs.
template <class Door>
Door door(const char* name) {
  return reinterpret_cast<Door>(dlsym(RTLD_DEFAULT, name));
}

// What Wayland knows the window by; nullptr twice: this is not Wayland.
struct Wayland {
  explicit Wayland(GLFWwindow* window) {
    const auto of_display = door<void* (*)()>("glfwGetWaylandDisplay");
    const auto of_window = door<void* (*)(GLFWwindow*)>("glfwGetWaylandWindow");
    if (of_display == nullptr || of_window == nullptr || of_display() == nullptr) return;
    display = of_display();
    surface = of_window(window);
  }
  void* display{nullptr};
  void* surface{nullptr};
};

sync::Expected<std::unique_ptr<Panel>> open_panel(GLFWwindow* window, int width_px, int height_px) {
  if (const Wayland wayland(window); wayland.display != nullptr) {
    return wayland_panel(wayland.display, wayland.surface, width_px, height_px);
  }
  const auto x11_display = door<void* (*)()>("glfwGetX11Display");
  const auto x11_window = door<unsigned long (*)(GLFWwindow*)>("glfwGetX11Window");
  if (x11_display != nullptr && x11_window != nullptr && x11_display() != nullptr) {
    return x11_panel(x11_display(), x11_window(window), width_px, height_px);
  }
  return sync::fail(sync::Error::Kind::unavailable, "the display is neither X11's nor Wayland's");
}

struct Size {
  int width_px{0};
  int height_px{0};
};

// On a display that scales, a card draws all its pixels, and the processor those of the window.
Size size_px(GLFWwindow* window, bool by_card) {
  Size size;
  (by_card ? glfwGetFramebufferSize : glfwGetWindowSize)(window, &size.width_px, &size.height_px);
  return size;
}

// nullptr: GLFW tells of fingers itself, as of a pointer.
std::unique_ptr<Touch> touch_of(GLFWwindow* window, Input& input) {
  const Wayland wayland(window);
  if (wayland.display == nullptr) return nullptr;
  return wayland_touch(wayland.display, wayland.surface, [&input](Point at, bool down) {
    input.finger(at, down);
    // Whoever swaps buffers may have taken the touch in: GLFW would sleep on, with nothing more to come.
    glfwPostEmptyEvent();
  });
}

struct Opened {
  GLFWwindow* window{nullptr};
  bool by_card{false};
};

// With the card if it draws by itself, else with the processor; or as the settings say.
Opened open_window(const WindowConfig& config, GLFWmonitor* monitor) {
  const bool is_asked_for = config.renderer == Renderer::card;
  if (is_asked_for || (config.renderer == Renderer::automatic && has_card())) {
    GLFWwindow* window = make_window(config, monitor, true);
    if (window != nullptr) glfwMakeContextCurrent(window);
    if (is_asked_for || (window != nullptr && !card_is_software())) return {window, true};
    log::info("screen: {}, so the processor draws",
              window == nullptr ? "no OpenGL 3.3 (" + glfw_problem() + ")" : "OpenGL has no card here");
    if (window != nullptr) glfwDestroyWindow(window);
  }
  return {make_window(config, monitor, false), false};
}

}  // namespace

sync::Expected<std::unique_ptr<Window>> Window::open(const WindowConfig& config) {
  using Kind = sync::Error::Kind;
  if (!has_display()) return sync::fail(Kind::unavailable, "no display: is DISPLAY or WAYLAND_DISPLAY set?");
  const Turn turn = turn_screen(config.turn);
  if (glfwInit() == GLFW_FALSE) {
    return sync::fail(Kind::unavailable,
                      "no display (" + glfw_problem() + "): is DISPLAY or WAYLAND_DISPLAY set?");
  }
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  const auto [window, by_card] = open_window(config, monitor);
  if (window == nullptr) {
    std::string problem =
        (config.renderer == Renderer::card ? "no window with OpenGL 3.3: " : "no window: ") + glfw_problem();
    glfwTerminate();
    return sync::fail(Kind::unavailable, std::move(problem));
  }
  auto inside = std::make_unique<Inside>();
  inside->window = window;
  inside->px_per_mm = kiosk::px_per_mm(config, monitor);
  inside->lower_edge_mm = config.lower_edge_mm;
  inside->turn = turn;
  glfwSetMonitorCallback(on_monitor);
  // On Wayland, swapping the buffers of a hidden window waits for ever; there the window keeps the time by
  // itself, as it does without a card.
  const char* wayland = std::getenv("WAYLAND_DISPLAY");
  inside->by_card = by_card;
  inside->paced_by_display = by_card && (wayland == nullptr || *wayland == '\0');
  if (by_card) glfwSwapInterval(inside->paced_by_display ? 1 : 0);
  inside->vsync = inside->paced_by_display;
  if (config.hide_pointer) glfwSetInputMode(window, GLFW_CURSOR, GLFW_CURSOR_HIDDEN);
  set_up_imgui();
  if (by_card) {
    inside->painter = card_painter([window = window] { glfwSwapBuffers(window); });
  } else {
    const Size size = size_px(window, by_card);
    auto painter = processor_painter([window = window](int w, int h) { return open_panel(window, w, h); },
                                     size.width_px, size.height_px);
    if (!painter) {
      ImGui::DestroyContext();
      glfwDestroyWindow(window);
      glfwTerminate();
      return tl::make_unexpected(painter.error());
    }
    inside->painter = std::move(*painter);
  }
  inside->input = std::make_unique<Input>(window, turn);
  inside->touch = touch_of(window, *inside->input);
  return std::unique_ptr<Window>(new Window(std::move(inside)));
}

Window::Window(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Window::~Window() {
  forget_preview();
  inside_->touch.reset();
  inside_->input.reset();
  inside_->painter.reset();
  ImGui::DestroyContext();
  glfwDestroyWindow(inside_->window);
  glfwTerminate();
}

void Window::wait(const DrawResult& last, std::optional<Moment> deadline) {
  const Moment now = std::chrono::steady_clock::now();
  Moment until = now + std::chrono::seconds{1};  // the watchdog wants a frame now and then
  if (deadline) until = std::min(until, *deadline);
  if (last.redraw_at) until = std::min(until, *last.redraw_at);
  if (last.animating || inside_->frames_owed > 0) until = now;
  if (inside_->is_held) until = now + kHeldPause;
  // Without the display's own pace, no faster than it could be seen; and a display that claims a pace and
  // keeps none (a virtual one, or one that has gone to sleep) is not drawn on as fast as the machine can.
  until = std::max(until, inside_->presented + (inside_->vsync ? kFrameTime * 6 / 10 : kFrameTime));
  if (inside_->frames_owed > 0) --inside_->frames_owed;
  sleep(until);
  if (inside_->input->take_heard()) inside_->frames_owed = kFramesPerTouch;
  // To the compositor, one that was plugged in again hangs straight.
  if (g_screen_came.exchange(false)) static_cast<void>(turn_screen(inside_->turn));
}

// The display also wakes whoever sleeps to say that it has done with a buffer: that is nobody's business.
void Window::sleep(Moment until) {
  glfwPollEvents();
  while (!inside_->input->heard() && !g_woken.exchange(false) && !closing()) {
    const double seconds = std::chrono::duration<double>(until - std::chrono::steady_clock::now()).count();
    if (seconds <= 0) return;
    glfwWaitEventsTimeout(seconds);
  }
}

void Window::wake() {
  g_woken.store(true);
  glfwPostEmptyEvent();
}

void Window::begin_frame() {
  // Nobody sees a minimised window: its buffers are swapped without waiting.
  const bool hidden = glfwGetWindowAttrib(inside_->window, GLFW_ICONIFIED) != 0;
  const bool vsync = inside_->paced_by_display && !hidden;
  if (inside_->by_card && vsync != inside_->vsync) glfwSwapInterval(vsync ? 1 : 0);
  inside_->vsync = vsync;
  inside_->painter->begin_frame();
  const bool more_to_feed = inside_->input->feed();
  ImGui::NewFrame();
  if (more_to_feed || Input::person_did_something()) inside_->frames_owed = kFramesPerTouch;
}

bool Window::present() {
  ImGui::Render();
  const auto [width, height] = size_px(inside_->window, inside_->by_card);
  if (inside_->input->take_loss()) inside_->painter->lose();
  const Shown shown = inside_->painter->show(*ImGui::GetDrawData(), width, height);
  inside_->is_held = shown == Shown::held;
  if (shown == Shown::look_again) inside_->frames_owed = std::max(inside_->frames_owed, 1);
  const Moment now = std::chrono::steady_clock::now();
  inside_->fast_frames = now - inside_->presented < kTooFast ? inside_->fast_frames + 1 : 0;
  if (inside_->fast_frames >= kTooFastFrames) inside_->paced_by_display = false;
  inside_->presented = now;
  // One that holds all its buffers shows what it has, and that is its own affair.
  return shown != Shown::no && !closing();
}

std::vector<KeypadKey> Window::take_keys() {
  return inside_->input->take_keys();
}

bool Window::draws_by_card() const {
  return inside_->by_card;
}

bool Window::closing() const {
  return glfwWindowShouldClose(inside_->window) != 0;
}

Metrics Window::metrics() const {
  Metrics metrics;
  glfwGetWindowSize(inside_->window, &metrics.width_px, &metrics.height_px);
  metrics.px_per_mm = inside_->px_per_mm;
  metrics.lower_edge_mm = inside_->lower_edge_mm;
  return metrics;
}

Textures& Window::textures() {
  return inside_->painter->textures();
}

void Window::show_preview(const scanner::GrayView& picture, std::optional<std::array<Point, 4>> symbol,
                          Moment now) {
  if (picture.empty()) return;
  Preview& preview = inside_->preview;
  const Pixels pixels{picture.data, picture.width, picture.height, picture.stride};
  if (preview.texture != 0 && preview.width == picture.width && preview.height == picture.height) {
    textures().refill(preview.texture, pixels);
  } else {
    if (preview.texture != 0) textures().drop(preview.texture);
    preview.texture = textures().make(Channel::grey, pixels);
    preview.width = picture.width;
    preview.height = picture.height;
  }
  if (symbol && !preview.symbol) preview.symbol_seen = now;
  preview.symbol = symbol;
}

void Window::forget_preview() {
  if (inside_->preview.texture != 0) textures().drop(inside_->preview.texture);
  inside_->preview = {};
}

const Preview& Window::preview() const {
  return inside_->preview;
}

RgbPicture Window::screenshot() const {
  const auto [width, height] = size_px(inside_->window, inside_->by_card);
  return inside_->painter->screenshot(*ImGui::GetDrawData(), width, height);
}

}  // namespace lanyard::kiosk
