// Every screen, drawn from a state that it cannot change. What the person does comes back as intents, for
// `step`. Threads: the window's thread alone.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/desk/state.hpp"
#include "kiosk/face/canvas.hpp"
#include "kiosk/face/livery_pictures.hpp"
#include "kiosk/face/photo.hpp"
#include "kiosk/face/pinyin.hpp"
#include "kiosk/face/semantics.hpp"
#include "kiosk/face/way.hpp"
#include "scanner/advice.hpp"
#include "sync/orders.hpp"

namespace lanyard::kiosk {

inline constexpr std::chrono::milliseconds kCornerHold{2000};

// What the camera sees now. Drawn mirrored, as one knows oneself.
struct Preview {
  TextureId texture{0};  // 0: no picture
  int width{0};          // of the camera's frame, px
  int height{0};
  std::optional<std::array<Point, 4>>
      symbol{};          // corners of what is in sight, in the camera's frame, in order
  Moment symbol_seen{};  // when it came into sight
};

// What codes are read with, for staff.
struct ReadersNow {
  enum class Camera : std::uint8_t { none, starting, alive, away };
  Camera camera{Camera::none};
  int frames_per_second{0};
  bool unplugged{false};                        // away, and not in its socket
  std::optional<sync::Timestamp> last_picture;  // when it came; nullopt: none has
  int hand_scanners{0};
  int hand_scanners_away{0};
};

struct View {
  const State& state;
  const sync::EventInfo* event{nullptr};            // null: no roster yet
  const sync::Checkpoint* checkpoint{nullptr};      // null: not enrolled
  std::span<const sync::Checkpoint> checkpoints{};  // those known, for "admitted at ..."
  std::span<const WaySign> ways{};                  // from here, where somebody said
  std::string_view kiosk_name{};
  sync::Timestamp wall_now{};
  Moment now{};
  Preview preview{};
  scanner::Advice advice{scanner::Advice::none};  // to whoever holds up a code that is not read
  Moment advised{};                               // when it came
  std::span<const std::string> languages{};       // that can be picked, in this order
  bool can_speak{false};                          // there is a voice
  const Pinyin* pinyin{nullptr};                  // null: it is still being built
  ReadersNow readers{};
  GateNow gate{GateNow::none};
  bool by_hand{false};                      // a hand scanner alone reads codes now
  const Livery* livery{nullptr};            // what the event wears; null: nothing of its own
  const LiveryPictures* drawings{nullptr};  // of the livery
  Photo* photo{nullptr};                    // where one is drawn; null: none is
  std::span<const sync::Notice> notices{};  // of the office; the idle screen shows one after the other
};

struct DrawResult {
  std::vector<Event> intents;
  SemanticList semantics;
  bool animating{false};            // draw again as soon as the display takes it
  std::optional<Moment> redraw_at;  // else then; nullopt: when something happens
};

// Within a frame of the window (or of a bare ImGui, in tests).
[[nodiscard]] DrawResult draw(const View& view, Canvas& canvas);

}  // namespace lanyard::kiosk
