#include "kiosk/face/touch.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/socket.h>
#include <wayland-client.h>
#include <wayland-server.h>

#include "tests/catch.hpp"

namespace lanyard::kiosk {
namespace {

// A compositor that has a seat, and surfaces that nobody sees, at the other end of a socket.
class Compositor {
 public:
  Compositor() : server_(wl_display_create()) {
    std::array<int, 2> ends{};
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    wl_global_create(server_, &wl_seat_interface, 5, this, bind);
    wl_global_create(server_, &wl_compositor_interface, 4, this, bind_surfaces);
    REQUIRE(wl_client_create(server_, ends[0]) != nullptr);
    client = wl_display_connect_to_fd(ends[1]);
    REQUIRE(client != nullptr);
    thread_ = std::thread([this] { serve(); });
    make_surface();
  }
  ~Compositor() {
    wl_surface_destroy(seen_);
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

 private:
  // A touch is always of one.
  void make_surface() {
    wl_registry* registry = wl_display_get_registry(client);
    wl_compositor* compositor = nullptr;
    static constexpr wl_registry_listener kListener{
        .global =
            [](void* data, wl_registry* from, std::uint32_t name, const char* interface, std::uint32_t) {
              if (std::string_view(interface) != wl_compositor_interface.name) return;
              *static_cast<wl_compositor**>(data) =
                  static_cast<wl_compositor*>(wl_registry_bind(from, name, &wl_compositor_interface, 1));
            },
        .global_remove = [](void*, wl_registry*, std::uint32_t) {}};
    wl_registry_add_listener(registry, &kListener, &compositor);
    wl_display_roundtrip(client);
    REQUIRE(compositor != nullptr);
    seen_ = wl_compositor_create_surface(compositor);
    wl_display_roundtrip(client);
    wl_compositor_destroy(compositor);
    wl_registry_destroy(registry);
  }

  void serve() {
    while (!stop_) {
      {
        const std::lock_guard lock(mutex_);
        for (const auto& what : todo_) what();
        todo_.clear();
        wl_display_flush_clients(server_);
      }
      wl_event_loop_dispatch(wl_display_get_event_loop(server_), 2);
      wl_display_flush_clients(server_);
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
    static const struct wl_surface_interface surface = [] {
      struct wl_surface_interface only_destroyed {};
      only_destroyed.destroy = release;
      return only_destroyed;
    }();
    wl_resource_set_implementation(self->surface_, &surface, self, nullptr);
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
  wl_surface* seen_{nullptr};
  std::mutex mutex_;
  std::vector<std::function<void()>> todo_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

struct Told {
  float x, y;
  bool down;
  bool operator==(const Told&) const = default;
};

struct Stage {
  Compositor compositor;
  std::vector<Told> told;
  std::unique_ptr<Touch> touch = wayland_touch(compositor.client, [this](Point at, bool down) {
    told.push_back({at.x, at.y, down});
  });
};

TEST_CASE("a finger on the panel is told where it is, until it is lifted") {
  Stage s;
  s.compositor.down(0, 100.5, 20);
  s.compositor.move(0, 101, 25.25);
  s.compositor.up(0);
  CHECK(s.told == std::vector<Told>{{100.5F, 20, true}, {101, 25.25F, true}, {101, 25.25F, false}});
}

TEST_CASE("of several fingers the first counts, and after it the next that is put down") {
  Stage s;
  s.compositor.down(3, 10, 10);
  s.compositor.down(4, 500, 500);
  s.compositor.move(4, 510, 510);
  s.compositor.up(3);
  s.compositor.up(4);
  s.compositor.down(5, 30, 30);
  CHECK(s.told == std::vector<Told>{{10, 10, true}, {10, 10, false}, {30, 30, true}});
}

TEST_CASE("a touch that the compositor made a gesture of is lifted where nothing is") {
  Stage s;
  s.compositor.down(0, 10, 10);
  s.compositor.cancel();
  CHECK(s.told == std::vector<Told>{{10, 10, true}, {-1, -1, false}});
}

TEST_CASE("a panel unplugged under a finger lifts it, and plugged in again it tells") {
  Stage s;
  s.compositor.down(0, 10, 10);
  s.compositor.plug(false);
  s.compositor.plug(true);
  s.compositor.down(0, 40, 40);
  CHECK(s.told == std::vector<Told>{{10, 10, true}, {-1, -1, false}, {40, 40, true}});
}

}  // namespace
}  // namespace lanyard::kiosk
