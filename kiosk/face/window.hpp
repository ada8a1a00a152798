// The window: GLFW, ImGui and who draws behind one door. It waits, hands over a frame to draw in, and
// presents it.
//
// Threads: all of it on the thread that opened it, but for wake(). Errors: no display, or no OpenGL 3.3 where
// the card is insisted on: sync::Error (unavailable) with what to look at.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/face/keypad.hpp"
#include "kiosk/face/png_file.hpp"
#include "kiosk/face/renderer.hpp"
#include "kiosk/face/screens.hpp"
#include "kiosk/face/textures.hpp"
#include "kiosk/face/theme.hpp"
#include "kiosk/face/turn.hpp"
#include "scanner/frame.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

struct WindowConfig {
  std::string title{"Lanyard"};
  bool full_screen{true};
  int width_px{1080};  // when not full-screen
  int height_px{1920};
  float diagonal_mm{0};    // of the panel, if its makers' word is not to be taken; 0: it is
  float lower_edge_mm{0};  // Metrics
  float px_per_mm{0};      // 0: as the display says; and if it says nonsense, that of a 24-inch panel
  bool hide_pointer{true};
  Turn turn{Turn::none};  // of the panel
  Renderer renderer{Renderer::automatic};
};

class Window {
 public:
  [[nodiscard]] static sync::Expected<std::unique_ptr<Window>> open(const WindowConfig& config);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // Sleeps until something is touched or typed, wake() is called, the picture is due again, or `deadline` (of
  // the desk) comes. The last frame's result says when it is due.
  void wait(const DrawResult& last, std::optional<Moment> deadline);
  // From any thread.
  static void wake();

  // Between the two, draw().
  void begin_frame();
  // False if the picture did not get to the screen (the window, or its panel, is gone).
  bool present();

  // Pressed since the last call, in order; however short the press was.
  [[nodiscard]] std::vector<KeypadKey> take_keys();

  [[nodiscard]] bool closing() const;
  [[nodiscard]] bool draws_by_card() const;
  [[nodiscard]] Metrics metrics() const;
  [[nodiscard]] Textures& textures();
  // The camera's picture. Corners are those of the last symbol, in the camera's frame.
  void show_preview(const scanner::GrayView& picture, std::optional<std::array<Point, 4>> symbol, Moment now);
  void forget_preview();
  [[nodiscard]] const Preview& preview() const;
  // What was presented last.
  [[nodiscard]] RgbPicture screenshot() const;

 private:
  void sleep(Moment until);

  struct Inside;
  explicit Window(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

}  // namespace lanyard::kiosk
