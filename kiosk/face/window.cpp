#include "kiosk/face/window.hpp"

#include <imgui.h>

// After imgui.h, or they would not know it.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include <GLFW/glfw3.h>
#include <backends/imgui_impl_glfw.h>
#include <backends/imgui_impl_opengl3.h>

#include "kiosk/face/gl_textures.hpp"

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

// Whether another thread, and not a person, ended the sleep.
std::atomic<bool> g_woken{false};

// Whoever touches or types is owed an answer; the news of another thread are shown in one frame.
bool person_did_something() {
  const ImGuiIO& io = ImGui::GetIO();
  return io.MouseDown[0] || io.MouseReleased[0] || io.MouseDelta.x != 0 || io.MouseDelta.y != 0 ||
         !io.InputQueueCharacters.empty();
}

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
  float px_per_mm{kUsualPxPerMm};
  float lower_edge_mm{0};
  bool vsync{false};
  bool paced_by_display{true};
  int fast_frames{0};
  int frames_owed{kFramesPerTouch};
  Moment presented{};
  GlTextures textures;
  Preview preview;
  std::vector<KeypadKey> keys;
};

namespace {

constexpr std::size_t kMaxKeys = 32;  // between two frames

std::optional<KeypadKey> keypad_key(int code) {
  switch (code) {
    case GLFW_KEY_RIGHT:
    case GLFW_KEY_DOWN:
    case GLFW_KEY_TAB:
      return KeypadKey::next;
    case GLFW_KEY_LEFT:
    case GLFW_KEY_UP:
      return KeypadKey::previous;
    case GLFW_KEY_ENTER:
    case GLFW_KEY_KP_ENTER:
    case GLFW_KEY_SPACE:
      return KeypadKey::choose;
    case GLFW_KEY_F1:
      return KeypadKey::speech;
    case GLFW_KEY_PAGE_UP:
      return KeypadKey::louder;
    case GLFW_KEY_PAGE_DOWN:
      return KeypadKey::softer;
    case GLFW_KEY_F15:
      return KeypadKey::headset_in;
    case GLFW_KEY_F16:
      return KeypadKey::headset_out;
    default:
      return std::nullopt;
  }
}

// Its own, before ImGui's: ImGui of Debian 12 looks at what is down when a frame begins, and a key that was
// pressed and let go between two frames never was.
void take_key(GLFWwindow* window, int code, int, int action, int) {
  auto* keys = static_cast<std::vector<KeypadKey>*>(glfwGetWindowUserPointer(window));
  const std::optional<KeypadKey> key = keypad_key(code);
  if (action != GLFW_PRESS || !key || keys == nullptr || keys->size() >= kMaxKeys) return;
  keys->push_back(*key);
}

void set_up_imgui(GLFWwindow* window) {
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
  ImGui_ImplGlfw_InitForOpenGL(window, true);
  ImGui_ImplOpenGL3_Init("#version 330 core");
}

// Into the back buffer. The lists, and the textures in them, stay valid until the next frame begins.
void render_last(GLFWwindow* window) {
  int width = 0;
  int height = 0;
  glfwGetFramebufferSize(window, &width, &height);
  glViewport(0, 0, width, height);
  glClearColor(0, 0, 0, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
}

GLFWwindow* make_window(const WindowConfig& config, GLFWmonitor* monitor) {
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
  glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
  glfwWindowHint(GLFW_AUTO_ICONIFY, GLFW_FALSE);
  glfwWindowHint(GLFW_RESIZABLE, GLFW_FALSE);
  const GLFWvidmode* mode = monitor == nullptr ? nullptr : glfwGetVideoMode(monitor);
  if (config.full_screen && mode != nullptr) {
    return glfwCreateWindow(mode->width, mode->height, config.title.c_str(), monitor, nullptr);
  }
  return glfwCreateWindow(config.width_px, config.height_px, config.title.c_str(), nullptr, nullptr);
}

}  // namespace

sync::Expected<std::unique_ptr<Window>> Window::open(const WindowConfig& config) {
  using Kind = sync::Error::Kind;
  if (!has_display()) return sync::fail(Kind::unavailable, "no display: is DISPLAY or WAYLAND_DISPLAY set?");
  if (glfwInit() == GLFW_FALSE) {
    return sync::fail(Kind::unavailable,
                      "no display (" + glfw_problem() + "): is DISPLAY or WAYLAND_DISPLAY set?");
  }
  GLFWmonitor* monitor = glfwGetPrimaryMonitor();
  GLFWwindow* window = make_window(config, monitor);
  if (window == nullptr) {
    std::string problem = "no window with OpenGL 3.3: " + glfw_problem();
    glfwTerminate();
    return sync::fail(Kind::unavailable, std::move(problem));
  }
  glfwMakeContextCurrent(window);
  auto inside = std::make_unique<Inside>();
  inside->window = window;
  inside->px_per_mm = kiosk::px_per_mm(config, monitor);
  inside->lower_edge_mm = config.lower_edge_mm;
  // On Wayland, swapping the buffers of a hidden window waits for ever; there the window keeps the time by
  // itself.
  const char* wayland = std::getenv("WAYLAND_DISPLAY");
  inside->paced_by_display = wayland == nullptr || *wayland == '\0';
  glfwSwapInterval(inside->paced_by_display ? 1 : 0);
  inside->vsync = inside->paced_by_display;
  glfwSetWindowUserPointer(window, &inside->keys);
  glfwSetKeyCallback(window, take_key);
  if (config.hide_pointer) glfwSetInputMode(window, GLFW_CURSOR, GLFW_CURSOR_HIDDEN);
  set_up_imgui(window);
  return std::unique_ptr<Window>(new Window(std::move(inside)));
}

Window::Window(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Window::~Window() {
  if (inside_->preview.texture != 0) inside_->textures.drop(inside_->preview.texture);
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
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
  // Without the display's own pace, no faster than it could be seen; and a display that claims a pace and
  // keeps none (a virtual one, or one that has gone to sleep) is not drawn on as fast as the machine can.
  until = std::max(until, inside_->presented + (inside_->vsync ? kFrameTime * 6 / 10 : kFrameTime));
  if (inside_->frames_owed > 0) --inside_->frames_owed;
  const double seconds = std::chrono::duration<double>(until - now).count();
  if (seconds <= 0) {
    glfwPollEvents();
  } else {
    glfwWaitEventsTimeout(seconds);
    const bool by_wake = g_woken.exchange(false);
    if (!by_wake && std::chrono::steady_clock::now() < until) inside_->frames_owed = kFramesPerTouch;
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
  if (vsync != inside_->vsync) glfwSwapInterval(vsync ? 1 : 0);
  inside_->vsync = vsync;
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
  if (person_did_something()) inside_->frames_owed = kFramesPerTouch;
}

bool Window::present() {
  ImGui::Render();
  render_last(inside_->window);
  glfwSwapBuffers(inside_->window);
  const Moment now = std::chrono::steady_clock::now();
  inside_->fast_frames = now - inside_->presented < kTooFast ? inside_->fast_frames + 1 : 0;
  if (inside_->fast_frames >= kTooFastFrames) inside_->paced_by_display = false;
  inside_->presented = now;
  return !closing();
}

std::vector<KeypadKey> Window::take_keys() {
  return std::exchange(inside_->keys, {});
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
  return inside_->textures;
}

void Window::show_preview(const scanner::GrayView& picture, std::optional<std::array<Point, 4>> symbol,
                          Moment now) {
  if (picture.empty()) return;
  Preview& preview = inside_->preview;
  const Pixels pixels{picture.data, picture.width, picture.height, picture.stride};
  if (preview.texture != 0 && preview.width == picture.width && preview.height == picture.height) {
    inside_->textures.refill(preview.texture, pixels);
  } else {
    if (preview.texture != 0) inside_->textures.drop(preview.texture);
    preview.texture = inside_->textures.make(Channel::grey, pixels);
    preview.width = picture.width;
    preview.height = picture.height;
  }
  if (symbol && !preview.symbol) preview.symbol_seen = now;
  preview.symbol = symbol;
}

void Window::forget_preview() {
  if (inside_->preview.texture != 0) inside_->textures.drop(inside_->preview.texture);
  inside_->preview = {};
}

const Preview& Window::preview() const {
  return inside_->preview;
}

RgbPicture Window::screenshot() const {
  RgbPicture picture;
  glfwGetFramebufferSize(inside_->window, &picture.width, &picture.height);
  // Drawn once more: what is in front may not be read back on every driver.
  render_last(inside_->window);
  const auto row = static_cast<std::size_t>(picture.width) * 3;
  std::vector<std::uint8_t> upside_down(row * static_cast<std::size_t>(picture.height));
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadBuffer(GL_BACK);
  glReadPixels(0, 0, picture.width, picture.height, GL_RGB, GL_UNSIGNED_BYTE, upside_down.data());
  picture.rgb.resize(upside_down.size());
  for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y) {
    std::memcpy(&picture.rgb[y * row], &upside_down[(static_cast<std::size_t>(picture.height) - 1 - y) * row],
                row);
  }
  return picture;
}

}  // namespace lanyard::kiosk
