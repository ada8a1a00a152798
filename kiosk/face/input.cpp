#include "kiosk/face/input.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <GLFW/glfw3.h>
#include <imgui.h>

namespace lanyard::kiosk {
namespace {

constexpr std::size_t kMaxKeys = 32;  // between two frames, of each kind

KeypadKey keypad_key(int code) {
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
      return KeypadKey::other;
  }
}

// By one name up to ImGui 1.88, by another since.
using EditKey = decltype(ImGuiKey_Backspace);

// The keys that Canvas asks for.
constexpr std::array<std::pair<int, EditKey>, 3> kEdits{{{GLFW_KEY_BACKSPACE, ImGuiKey_Backspace},
                                                         {GLFW_KEY_ENTER, ImGuiKey_Enter},
                                                         {GLFW_KEY_ESCAPE, ImGuiKey_Escape}}};

Input* input_of(GLFWwindow* window) {
  return static_cast<Input*>(glfwGetWindowUserPointer(window));
}

void on_button(GLFWwindow* window, int button, int action, int) {
  if (button == GLFW_MOUSE_BUTTON_LEFT) input_of(window)->button(action == GLFW_PRESS);
}

void on_move(GLFWwindow* window, double x, double y) {
  input_of(window)->move({static_cast<float>(x), static_cast<float>(y)});
}

void on_letter(GLFWwindow* window, unsigned codepoint) {
  input_of(window)->letter(codepoint);
}

void on_key(GLFWwindow* window, int code, int, int action, int) {
  if (action != GLFW_REPEAT) input_of(window)->key(code, action == GLFW_PRESS);
}

void on_refresh(GLFWwindow* window) {
  input_of(window)->lose();
}

void set_key(const std::pair<int, EditKey>& edit, bool down) {
  ImGuiIO& io = ImGui::GetIO();
#if IMGUI_VERSION_NUM < 18700
  io.KeyMap[edit.second] = edit.first;
  io.KeysDown[edit.first] = down;
#else
  io.AddKeyEvent(static_cast<ImGuiKey>(edit.second), down);
#endif
}

}  // namespace

Input::Input(GLFWwindow* window, Turn turn) : window_(window), turn_(turn) {
  ImGui::GetIO().BackendPlatformName = "lanyard";
  for (const auto& edit : kEdits) set_key(edit, false);
  glfwSetWindowUserPointer(window, this);
  glfwSetMouseButtonCallback(window, on_button);
  glfwSetCursorPosCallback(window, on_move);
  glfwSetCharCallback(window, on_letter);
  glfwSetKeyCallback(window, on_key);
  glfwSetWindowRefreshCallback(window, on_refresh);
  last_.at = {-1, -1};
}

Input::~Input() {
  glfwSetMouseButtonCallback(window_, nullptr);
  glfwSetCursorPosCallback(window_, nullptr);
  glfwSetCharCallback(window_, nullptr);
  glfwSetKeyCallback(window_, nullptr);
  glfwSetWindowRefreshCallback(window_, nullptr);
  glfwSetWindowUserPointer(window_, nullptr);
}

// A finger that is nowhere stays there.
Point Input::as_seen(Point at) const {
  if (turn_ == Turn::none || at.x < 0 || at.y < 0) return at;
  int width = 0;
  int height = 0;
  glfwGetWindowSize(window_, &width, &height);
  return turned(at, turn_, static_cast<float>(width), static_cast<float>(height));
}

void Input::finger(Point at, bool down) {
  add(as_seen(at), down);
}

void Input::add(Point at, bool down) {
  heard_ = true;
  const bool was_down = fingers_.empty() ? last_.down : fingers_.back().down;
  // Where it was on its way is of no interest once it is elsewhere; where it was put down, and lifted, is.
  if (!fingers_.empty() && fingers_.back().moves) fingers_.pop_back();
  if (fingers_.size() < kMaxKeys || !down) fingers_.push_back({at, down, down == was_down});
}

// Not where the pointer is by now, which GLFW would say: of two quick taps the first would be at the second's
// place.
void Input::button(bool down) {
  add(pointer_, down);
}

void Input::move(Point at) {
  pointer_ = as_seen(at);
  add(pointer_, fingers_.empty() ? last_.down : fingers_.back().down);
}

void Input::lose() {
  heard_ = lost_ = true;
}

void Input::letter(unsigned codepoint) {
  heard_ = true;
  if (typed_.size() < kMaxKeys) typed_.push_back({codepoint, 0, false});
}

void Input::key(int code, bool down) {
  heard_ = true;
  // Whoever types a long word, or what does, leaves room for the headset's keys.
  const KeypadKey keypad = keypad_key(code);
  const bool again = keypad == KeypadKey::other && !keys_.empty() && keys_.back() == keypad;
  if (down && !again && keys_.size() < kMaxKeys) keys_.push_back(keypad);
  if (std::ranges::find(kEdits, code, &std::pair<int, EditKey>::first) == kEdits.end()) return;
  if (typed_.size() < kMaxKeys || !down) typed_.push_back({0, code, down});
}

// Letters up to the next key, and that: they come in the order in which they were typed.
void Input::feed_typed() {
  while (!typed_.empty()) {
    const Typed next = typed_.front();
    typed_.pop_front();
    if (next.letter != 0) {
      ImGui::GetIO().AddInputCharacter(next.letter);
      continue;
    }
    set_key(*std::ranges::find(kEdits, next.code, &std::pair<int, EditKey>::first), next.down);
    return;
  }
}

bool Input::feed() {
  ImGuiIO& io = ImGui::GetIO();
  int width = 0;
  int height = 0;
  glfwGetWindowSize(window_, &width, &height);
  io.DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
  int width_px = 0;
  int height_px = 0;
  glfwGetFramebufferSize(window_, &width_px, &height_px);
  if (width > 0 && height > 0) {
    io.DisplayFramebufferScale = {static_cast<float>(width_px) / static_cast<float>(width),
                                  static_cast<float>(height_px) / static_cast<float>(height)};
  }
  const auto now = std::chrono::steady_clock::now();
  constexpr float kLeastSeconds = 0.0001F;  // ImGui wants some
  io.DeltaTime = std::max(kLeastSeconds, std::chrono::duration<float>(now - fed_).count());
  if (fed_ == decltype(fed_){}) io.DeltaTime = 1.0F / 60;
  fed_ = now;

  if (!fingers_.empty()) {
    last_ = fingers_.front();
    fingers_.pop_front();
  }
  io.MousePos = {last_.at.x, last_.at.y};
  io.MouseDown[0] = last_.down;
  feed_typed();
  return !fingers_.empty() || !typed_.empty();
}

bool Input::person_did_something() {
  const ImGuiIO& io = ImGui::GetIO();
  return io.MouseDown[0] || io.MouseReleased[0] || io.MouseDelta.x != 0 || io.MouseDelta.y != 0 ||
         !io.InputQueueCharacters.empty();
}

bool Input::take_heard() {
  return std::exchange(heard_, false);
}

bool Input::take_loss() {
  return std::exchange(lost_, false);
}

std::vector<KeypadKey> Input::take_keys() {
  return std::exchange(keys_, {});
}

}  // namespace lanyard::kiosk
