#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wayland-client.h>

#include "kiosk/face/panel.hpp"

namespace lanyard::kiosk {
namespace {

using Kind = sync::Error::Kind;

// One that is shown, one that will be, one to copy into.
constexpr std::size_t kBuffers = 3;
constexpr std::uint32_t kVersionWithScale = 3;   // wl_surface.set_buffer_scale
constexpr std::uint32_t kVersionWithDamage = 4;  // wl_surface.damage_buffer

struct Buffer {
  wl_buffer* handle{nullptr};
  std::uint32_t* pixels{nullptr};
  bool held{false};  // by the compositor
  std::vector<PixelRect> stale;
};

void on_release(void* data, wl_buffer*) {
  static_cast<Buffer*>(data)->held = false;
}
constexpr wl_buffer_listener kBufferListener{.release = on_release};

void on_global(void* data, wl_registry* registry, std::uint32_t name, const char* interface, std::uint32_t) {
  auto** shm = static_cast<wl_shm**>(data);
  if (*shm == nullptr && std::string_view(interface) == wl_shm_interface.name) {
    *shm = static_cast<wl_shm*>(wl_registry_bind(registry, name, &wl_shm_interface, 1));
  }
}
void on_global_gone(void*, wl_registry*, std::uint32_t) {}
constexpr wl_registry_listener kRegistryListener{.global = on_global, .global_remove = on_global_gone};

// Memory that the compositor reads too.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t bytes) : bytes_(bytes) {
    file_ = memfd_create("lanyard-screen", MFD_CLOEXEC);
    if (file_ < 0 || ftruncate(file_, static_cast<off_t>(bytes)) != 0) return;
    void* at = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    if (at != MAP_FAILED) at_ = static_cast<std::byte*>(at);
  }
  ~SharedMemory() {
    if (at_ != nullptr) munmap(at_, bytes_);
    if (file_ >= 0) close(file_);
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  [[nodiscard]] std::byte* at() const { return at_; }
  [[nodiscard]] int file() const { return file_; }

 private:
  std::size_t bytes_;
  int file_{-1};
  std::byte* at_{nullptr};
};

// Its own queue: GLFW's callbacks are not called in the middle of a frame.
class WaylandPanel : public Panel {
 public:
  WaylandPanel(wl_display* display, wl_surface* surface, int width, int height)
      : display_(display),
        surface_(surface),
        queue_(wl_display_create_queue(display)),
        memory_(kBuffers * static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4),
        pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)) {
    picture_ = {pixels_.data(), width, height, width};
    if (memory_.at() == nullptr || !find_shm()) return;
    const int bytes = width * height * 4;
    wl_shm_pool* pool = wl_shm_create_pool(shm_, memory_.file(), static_cast<int>(kBuffers) * bytes);
    int offset = 0;
    for (Buffer& buffer : buffers_) {
      buffer.handle =
          wl_shm_pool_create_buffer(pool, offset, width, height, width * 4, WL_SHM_FORMAT_XRGB8888);
      buffer.pixels = reinterpret_cast<std::uint32_t*>(memory_.at() + offset);
      buffer.stale = {picture_.all()};
      wl_buffer_add_listener(buffer.handle, &kBufferListener, &buffer);
      offset += bytes;
    }
    wl_shm_pool_destroy(pool);
  }
  ~WaylandPanel() override {
    for (const Buffer& buffer : buffers_) {
      if (buffer.handle != nullptr) wl_buffer_destroy(buffer.handle);
    }
    if (shm_ != nullptr) wl_shm_destroy(shm_);
    wl_event_queue_destroy(queue_);
  }
  WaylandPanel(const WaylandPanel&) = delete;
  WaylandPanel& operator=(const WaylandPanel&) = delete;

  [[nodiscard]] bool ready() const { return buffers_[0].handle != nullptr; }
  [[nodiscard]] PixelBuffer picture() override { return picture_; }

  [[nodiscard]] Shown show(std::span<const PixelRect> changed) override {
    unshown_.insert(unshown_.end(), changed.begin(), changed.end());
    for (Buffer& buffer : buffers_) buffer.stale.insert(buffer.stale.end(), changed.begin(), changed.end());
    tidy();
    if (unshown_.empty()) return Shown::yes;
    wl_display_dispatch_queue_pending(display_, queue_);
    auto free = std::ranges::find(buffers_, false, &Buffer::held);
    const bool are_all_held = free == buffers_.end();
    if (are_all_held) {
      take_events();
      free = std::ranges::find(buffers_, false, &Buffer::held);
      if (free == buffers_.end()) return Shown::held;
    }
    for (const PixelRect& r : free->stale) copy(r, *free);
    free->stale.clear();
    // GLFW sets the scale of the output; the picture has the size of the window, whatever that is.
    if (wl_surface_get_version(surface_) >= kVersionWithScale) wl_surface_set_buffer_scale(surface_, 1);
    wl_surface_attach(surface_, free->handle, 0, 0);
    for (const PixelRect& r : unshown_) {
      // At scale 1, surface and buffer have the same coordinates.
      if (wl_surface_get_version(surface_) >= kVersionWithDamage) {
        wl_surface_damage_buffer(surface_, r.left, r.top, r.width(), r.height());
      } else {
        wl_surface_damage(surface_, r.left, r.top, r.width(), r.height());
      }
    }
    wl_surface_commit(surface_);
    wl_display_flush(display_);
    free->held = true;
    unshown_.clear();
    // GLFW waits for events that are yet to come: those that were taken in here it must be told to look for.
    return are_all_held ? Shown::look_again : Shown::yes;
  }

 private:
  // Without waiting. GLFW takes them in between two frames, and mostly that is enough.
  void take_events() {
    while (wl_display_prepare_read_queue(display_, queue_) != 0) {
      // The compositor is gone; GLFW says so too.
      if (wl_display_dispatch_queue_pending(display_, queue_) < 0) return;
    }
    wl_display_flush(display_);
    pollfd news{.fd = wl_display_get_fd(display_), .events = POLLIN, .revents = 0};
    if (poll(&news, 1, 0) > 0) {
      wl_display_read_events(display_);
    } else {
      wl_display_cancel_read(display_);
    }
    wl_display_dispatch_queue_pending(display_, queue_);
  }

  bool find_shm() {
    // What is asked for through the wrapper answers into the queue.
    auto* wrapper = static_cast<wl_display*>(wl_proxy_create_wrapper(display_));
    if (wrapper == nullptr) return false;
    wl_proxy_set_queue(reinterpret_cast<wl_proxy*>(wrapper), queue_);
    wl_registry* registry = wl_display_get_registry(wrapper);
    wl_proxy_wrapper_destroy(wrapper);
    wl_registry_add_listener(registry, &kRegistryListener, &shm_);
    wl_display_roundtrip_queue(display_, queue_);
    wl_registry_destroy(registry);
    return shm_ != nullptr;
  }

  // The fourth byte means nothing; but there are pictures of screens in which it makes holes.
  void copy(const PixelRect& r, const Buffer& to) const {
    constexpr std::uint32_t kOpaque = 0xFF000000;
    for (int y = r.top; y < r.bottom; ++y) {
      const std::uint32_t* from = picture_.row(y) + r.left;
      std::transform(from, from + r.width(), to.pixels + (from - picture_.pixels),
                     [](std::uint32_t pixel) { return pixel | kOpaque; });
    }
  }

  // A list that nobody takes must not grow.
  void tidy() {
    const auto shorten = [this](std::vector<PixelRect>& areas) {
      if (areas.size() > kMostAreas) areas = {picture_.all()};
    };
    shorten(unshown_);
    for (Buffer& buffer : buffers_) shorten(buffer.stale);
  }

  static constexpr std::size_t kMostAreas = 48;
  wl_display* display_;
  wl_surface* surface_;
  wl_event_queue* queue_;
  SharedMemory memory_;
  std::vector<std::uint32_t> pixels_;
  wl_shm* shm_{nullptr};
  PixelBuffer picture_;
  std::array<Buffer, kBuffers> buffers_{};
  std::vector<PixelRect> unshown_;
};

}  // namespace

sync::Expected<std::unique_ptr<Panel>> wayland_panel(void* display, void* surface, int width_px,
                                                     int height_px) {
  auto panel = std::make_unique<WaylandPanel>(static_cast<wl_display*>(display),
                                              static_cast<wl_surface*>(surface), width_px, height_px);
  if (!panel->ready()) {
    return sync::fail(Kind::unavailable, "the compositor takes no pictures from memory (wl_shm)");
  }
  return panel;
}

}  // namespace lanyard::kiosk
