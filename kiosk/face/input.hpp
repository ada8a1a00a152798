// What people do at the window, handed to ImGui frame by frame: GLFW's pointer, letters and keys, and the
// fingers that GLFW does not know of (touch_wayland.cpp).
//
// In place of ImGui's own piece for GLFW, which on Wayland asks for the shapes of a pointer: GLFW 3.3 crashes
// on that where there is none, as on a panel that can only be touched.
//
// Threads: the window's thread alone.
#pragma once

#include <chrono>
#include <deque>
#include <vector>

#include "kiosk/face/geometry.hpp"
#include "kiosk/face/keypad.hpp"
#include "kiosk/face/turn.hpp"

struct GLFWwindow;

namespace lanyard::kiosk {

class Input {
 public:
  // Takes the window's callbacks and its user pointer; must be gone before the window, and after ImGui's
  // context was made.
  explicit Input(GLFWwindow* window, Turn turn = Turn::none);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  // Before a frame of ImGui's begins. A touch that came and went since the last is down in one frame and up
  // in the next; true: there is more for the next frame.
  [[nodiscard]] bool feed();
  // Whoever touches or types is owed an answer; the news of another thread are shown in one frame.
  [[nodiscard]] static bool person_did_something();
  // Pressed since the last call, in order; however short the press was.
  [[nodiscard]] std::vector<KeypadKey> take_keys();

  // Whether the display has lost what was shown since the last call, all of it or a part.
  [[nodiscard]] bool take_loss();

  // Whether anything came since the last call of take_heard.
  [[nodiscard]] bool heard() const { return heard_; }
  [[nodiscard]] bool take_heard();

  // --- what comes. Pixels of the window, as the display tells them: by the panel's own edges.
  void lose();
  void finger(Point at, bool down);
  void button(bool down);  // of the pointer, where it is
  void move(Point at);
  void letter(unsigned codepoint);
  void key(int code, bool down);

 private:
  struct Finger {
    Point at;
    bool down{false};
    bool moves{false};  // neither put down nor lifted
  };
  struct Typed {
    unsigned letter{0};  // else a key
    int code{0};
    bool down{false};
  };
  void feed_typed();
  [[nodiscard]] Point as_seen(Point at) const;
  void add(Point at, bool down);

  GLFWwindow* window_;
  Turn turn_;
  std::deque<Finger> fingers_;
  std::deque<Typed> typed_;
  std::vector<KeypadKey> keys_;
  Finger last_;
  Point pointer_{-1, -1};
  bool heard_{false};
  bool lost_{false};
  std::chrono::steady_clock::time_point fed_{};
};

}  // namespace lanyard::kiosk
