#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <wayland-client.h>

#include "kiosk/face/touch.hpp"

namespace lanyard::kiosk {
namespace {

// wl_touch of it has down, up, motion, frame and cancel.
constexpr std::uint32_t kSeatVersion = 3;

// On the display's own queue, not on one beside it: GLFW 3.4 goes on sleeping if none of its own events came.
class WaylandTouch : public Touch {
 public:
  WaylandTouch(wl_display* display, wl_surface* surface, std::function<void(Point, bool)> told)
      : surface_(surface), told_(std::move(told)) {
    registry_ = wl_display_get_registry(display);
    wl_registry_add_listener(registry_, &kRegistryListener, this);
    // Which seats there are, and then what each of them has.
    wl_display_roundtrip(display);
    wl_display_roundtrip(display);
  }
  ~WaylandTouch() override {
    leave();
    if (seat_ != nullptr) wl_seat_destroy(seat_);
    wl_registry_destroy(registry_);
  }
  WaylandTouch(const WaylandTouch&) = delete;
  WaylandTouch& operator=(const WaylandTouch&) = delete;

 private:
  static WaylandTouch& self(void* data) { return *static_cast<WaylandTouch*>(data); }

  static void on_global(void* data, wl_registry* registry, std::uint32_t name, const char* interface,
                        std::uint32_t version) {
    WaylandTouch& touch = self(data);
    if (touch.seat_ != nullptr || std::string_view(interface) != wl_seat_interface.name) return;
    touch.seat_name_ = name;
    touch.seat_ = static_cast<wl_seat*>(
        wl_registry_bind(registry, name, &wl_seat_interface, std::min(version, kSeatVersion)));
    wl_seat_add_listener(touch.seat_, &kSeatListener, data);
  }
  static void on_global_gone(void* data, wl_registry*, std::uint32_t name) {
    WaylandTouch& touch = self(data);
    if (touch.seat_ == nullptr || name != touch.seat_name_) return;
    touch.leave();
    wl_seat_destroy(std::exchange(touch.seat_, nullptr));
  }

  static void on_capabilities(void* data, wl_seat* seat, std::uint32_t has) {
    WaylandTouch& touch = self(data);
    const bool has_touch = (has & WL_SEAT_CAPABILITY_TOUCH) != 0;
    if (has_touch && touch.touch_ == nullptr) {
      touch.touch_ = wl_seat_get_touch(seat);
      wl_touch_add_listener(touch.touch_, &kTouchListener, data);
    } else if (!has_touch) {
      touch.leave();
    }
  }
  static void on_name(void*, wl_seat*, const char*) {}

  static void on_down(void* data, wl_touch*, std::uint32_t, std::uint32_t, wl_surface* surface,
                      std::int32_t finger, wl_fixed_t x, wl_fixed_t y) {
    WaylandTouch& touch = self(data);
    // The frame that GLFW draws round a window is a surface of its own.
    if (touch.finger_ || surface != touch.surface_) return;
    touch.finger_ = finger;
    touch.tell(x, y, true);
  }
  static void on_up(void* data, wl_touch*, std::uint32_t, std::uint32_t, std::int32_t finger) {
    WaylandTouch& touch = self(data);
    if (touch.finger_ != finger) return;
    touch.finger_.reset();
    touch.told_(touch.at_, false);
  }
  static void on_motion(void* data, wl_touch*, std::uint32_t, std::int32_t finger, wl_fixed_t x,
                        wl_fixed_t y) {
    WaylandTouch& touch = self(data);
    if (touch.finger_ == finger) touch.tell(x, y, true);
  }
  static void on_frame(void*, wl_touch*) {}
  // The compositor has made a gesture of it: nothing was touched.
  static void on_cancel(void* data, wl_touch*) { self(data).let_go(); }

  void tell(wl_fixed_t x, wl_fixed_t y, bool down) {
    at_ = {static_cast<float>(wl_fixed_to_double(x)), static_cast<float>(wl_fixed_to_double(y))};
    told_(at_, down);
  }

  // Lifted where nothing is.
  void let_go() {
    if (finger_) told_({-1, -1}, false);
    finger_.reset();
  }

  void leave() {
    let_go();
    if (touch_ == nullptr) return;
    if (wl_touch_get_version(touch_) >= WL_TOUCH_RELEASE_SINCE_VERSION) {
      wl_touch_release(touch_);
    } else {
      wl_touch_destroy(touch_);
    }
    touch_ = nullptr;
  }

  static constexpr wl_registry_listener kRegistryListener{.global = on_global,
                                                          .global_remove = on_global_gone};
  static constexpr wl_seat_listener kSeatListener{.capabilities = on_capabilities, .name = on_name};
  static constexpr wl_touch_listener kTouchListener{.down = on_down,
                                                    .up = on_up,
                                                    .motion = on_motion,
                                                    .frame = on_frame,
                                                    .cancel = on_cancel,
                                                    .shape = nullptr,  // since version 6
                                                    .orientation = nullptr};

  wl_surface* surface_;
  std::function<void(Point, bool)> told_;
  wl_registry* registry_{nullptr};
  wl_seat* seat_{nullptr};
  std::uint32_t seat_name_{0};
  wl_touch* touch_{nullptr};
  std::optional<std::int32_t> finger_;
  Point at_;
};

}  // namespace

std::unique_ptr<Touch> wayland_touch(void* display, void* surface,
                                     std::function<void(Point at, bool down)> told) {
  return std::make_unique<WaylandTouch>(static_cast<wl_display*>(display), static_cast<wl_surface*>(surface),
                                        std::move(told));
}

}  // namespace lanyard::kiosk
