// A Wayland compositor for tests, in this process.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <wayland-client.h>
#include <wayland-server.h>

#include "kiosk/face/pixel_rect.hpp"
#include "tests/catch.hpp"

namespace lanyard::kiosk {

// A compositor that has a seat with a panel to touch, and one surface, of which it keeps what would be seen,
// at the other end of a socket.
class Compositor {
 public:
  Compositor() : server_(wl_display_create()) {
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    wl_display_init_shm(server_);
    wl_global_create(server_, &wl_seat_interface, 5, this, bind);
    wl_global_create(server_, &wl_compositor_interface, 4, this, bind_surfaces);
    REQUIRE(wl_client_create(server_, ends[0]) != nullptr);
    client = wl_display_connect_to_fd(ends[1]);
    REQUIRE(client != nullptr);
    thread_ = std::thread([this] { serve(); });
  }
  // To be called once, first.
  void make_surface() {
    wl_registry* registry = wl_display_get_registry(client);
    wl_compositor* compositor = nullptr;
    static constexpr wl_registry_listener kListener{
        .global =
            [](void* data, wl_registry* from, std::uint32_t name, const char* interface, std::uint32_t) {
              if (std::string_view(interface) != wl_compositor_interface.name) return;
              *static_cast<wl_compositor**>(data) =
                  static_cast<wl_compositor*>(wl_registry_bind(from, name, &wl_compositor_interface, 4));
            },
        .global_remove = [](void*, wl_registry*, std::uint32_t) {}};
    wl_registry_add_listener(registry, &kListener, &compositor);
    wl_display_roundtrip(client);
    REQUIRE(compositor != nullptr);
    surface = wl_compositor_create_surface(compositor);
    wl_display_roundtrip(client);
    wl_compositor_destroy(compositor);
    wl_registry_destroy(registry);
  }
  ~Compositor() {
    if (surface != nullptr) wl_surface_destroy(surface);
    wl_display_disconnect(client);
    stop_ = true;
    thread_.join();
    wl_display_destroy_clients(server_);
    wl_display_destroy(server_);
  }
  Compositor(const Compositor&) = delete;
  Compositor& operator=(const Compositor&) = delete;

  // On its own thread, and then all that came of it at the client.
  void act(std::function<void()> what) {
    wl_display_roundtrip(client);  // what the client has asked for is known there
    {
      const std::lock_guard lock(mutex_);
      todo_.push_back(std::move(what));
    }
    while (true) {
      wl_display_roundtrip(client);
      const std::lock_guard lock(mutex_);
      if (todo_.empty()) break;
    }
    wl_display_roundtrip(client);
  }
  void plug(bool has_touch) {
    act([=, this] { wl_seat_send_capabilities(seat_, has_touch ? WL_SEAT_CAPABILITY_TOUCH : 0); });
  }
  void down(int finger, double x, double y) {
    act([=, this] {
      wl_touch_send_down(touch_, 1, 1, surface_, finger, wl_fixed_from_double(x), wl_fixed_from_double(y));
    });
  }
  void move(int finger, double x, double y) {
    act([=, this] {
      wl_touch_send_motion(touch_, 2, finger, wl_fixed_from_double(x), wl_fixed_from_double(y));
    });
  }
  void up(int finger) {
    act([=, this] { wl_touch_send_up(touch_, 3, 3, finger); });
  }
  void cancel() {
    act([this] { wl_touch_send_cancel(touch_); });
  }

  wl_display* client{nullptr};
  wl_surface* surface{nullptr};

  // --- what is seen: of each commit, the areas alone that were said to be damaged
  [[nodiscard]] std::vector<std::uint32_t> seen() {
    act([] {});
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  // From now on buffers stay with the compositor, or go back as soon as another one is shown.
  void hold(bool all) {
    act([=, this] {
      holds_all_ = all;
      if (!all) release_all_but_last();
    });
  }
  int commits{0};

 private:
  void serve() {
    while (!stop_) {
      {
        const std::lock_guard lock(mutex_);
        for (const auto& what : todo_) what();
        todo_.clear();
        wl_event_loop_dispatch(wl_display_get_event_loop(server_), 0);
        wl_display_flush_clients(server_);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }

  static void bind(wl_client* client, void* data, std::uint32_t version, std::uint32_t id) {
    auto* self = static_cast<Compositor*>(data);
    self->seat_ = wl_resource_create(client, &wl_seat_interface, static_cast<int>(version), id);
    wl_resource_set_implementation(self->seat_, &kSeat, data, nullptr);
    wl_seat_send_capabilities(self->seat_, WL_SEAT_CAPABILITY_TOUCH);
  }
  static void bind_surfaces(wl_client* client, void* data, std::uint32_t version, std::uint32_t id) {
    wl_resource* compositor =
        wl_resource_create(client, &wl_compositor_interface, static_cast<int>(version), id);
    wl_resource_set_implementation(compositor, &kCompositor, data, nullptr);
  }
  static void create_surface(wl_client* client, wl_resource* compositor, std::uint32_t id) {
    auto* self = static_cast<Compositor*>(wl_resource_get_user_data(compositor));
    self->surface_ = wl_resource_create(client, &wl_surface_interface, 4, id);
    static const struct wl_surface_interface kSurface = [] {
      struct wl_surface_interface some {};
      some.destroy = release;
      some.attach = [](wl_client*, wl_resource* r, wl_resource* buffer, std::int32_t, std::int32_t) {
        of(r).attached_ = buffer;
      };
      some.damage_buffer = [](wl_client*, wl_resource* r, std::int32_t x, std::int32_t y, std::int32_t w,
                              std::int32_t h) {
        of(r).damage_.push_back({x, y, x + w, y + h});
      };
      some.set_buffer_scale = [](wl_client*, wl_resource*, std::int32_t) {};
      some.commit = [](wl_client*, wl_resource* r) { of(r).show(); };
      return some;
    }();
    wl_resource_set_implementation(self->surface_, &kSurface, self, nullptr);
  }
  static Compositor& of(wl_resource* resource) {
    return *static_cast<Compositor*>(wl_resource_get_user_data(resource));
  }
  // Called with the lock held, on the compositor's thread.
  void show() {
    ++commits;
    wl_shm_buffer* buffer = wl_shm_buffer_get(attached_);
    const int width = wl_shm_buffer_get_width(buffer);
    const int height = wl_shm_buffer_get_height(buffer);
    seen_.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    const auto* pixels = static_cast<const std::uint32_t*>(wl_shm_buffer_get_data(buffer));
    for (const PixelRect& area : damage_) {
      for (int y = area.top; y < area.bottom; ++y) {
        for (int x = area.left; x < area.right; ++x) {
          const auto at =
              static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
          seen_[at] = pixels[at];
        }
      }
    }
    damage_.clear();
    held_.push_back(attached_);
    if (!holds_all_) release_all_but_last();
  }
  void release_all_but_last() {
    for (std::size_t i = 0; i + 1 < held_.size(); ++i) wl_buffer_send_release(held_[i]);
    if (held_.size() > 1) held_.erase(held_.begin(), held_.end() - 1);
  }
  static void no_pointer(wl_client*, wl_resource*, std::uint32_t) {}
  static void get_touch(wl_client* client, wl_resource* seat, std::uint32_t id) {
    auto* self = static_cast<Compositor*>(wl_resource_get_user_data(seat));
    self->touch_ = wl_resource_create(client, &wl_touch_interface, wl_resource_get_version(seat), id);
    wl_resource_set_implementation(self->touch_, &kTouch, self, nullptr);
  }
  static void release(wl_client*, wl_resource* resource) { wl_resource_destroy(resource); }

  static constexpr struct wl_seat_interface kSeat {
    .get_pointer = no_pointer, .get_keyboard = no_pointer, .get_touch = get_touch, .release = release
  };
  static constexpr struct wl_compositor_interface kCompositor {
    .create_surface = create_surface, .create_region = no_pointer
  };
  static constexpr struct wl_touch_interface kTouch { .release = release };

  wl_display* server_;
  wl_resource* seat_{nullptr};
  wl_resource* touch_{nullptr};
  wl_resource* surface_{nullptr};
  std::vector<std::uint32_t> seen_;
  std::vector<PixelRect> damage_;
  wl_resource* attached_{nullptr};
  std::vector<wl_resource*> held_;
  bool holds_all_{false};
  std::mutex mutex_;
  std::vector<std::function<void()>> todo_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace lanyard::kiosk
