#include <cstring>
#include <vector>

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#include "kiosk/face/panel.hpp"

namespace lanyard::kiosk {
namespace {

using Kind = sync::Error::Kind;

// Xlib tells of a refused request by a call, some time later; there is no other way to know.
bool g_refused = false;
int note_refusal(Display*, XErrorEvent*) {
  g_refused = true;
  return 0;
}

// Memory that the X server reads too.
class SharedMemory {
 public:
  SharedMemory(Display* display, std::size_t bytes) : display_(display) {
    segment_.shmid = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
    if (segment_.shmid < 0) return;
    void* at = shmat(segment_.shmid, nullptr, 0);
    if (at !=
        reinterpret_cast<void*>(-1)) {  // NOLINT(performance-no-int-to-ptr): shmat's own word for failure
      segment_.shmaddr = static_cast<char*>(at);
      segment_.readOnly = True;
      attach();
    }
    // Gone as soon as neither side has it any more.
    shmctl(segment_.shmid, IPC_RMID, nullptr);
  }
  ~SharedMemory() {
    if (attached_) XShmDetach(display_, &segment_);
    if (segment_.shmaddr != nullptr) shmdt(segment_.shmaddr);
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  [[nodiscard]] bool attached() const { return attached_; }
  [[nodiscard]] XShmSegmentInfo* segment() { return &segment_; }

 private:
  // A server on another machine has the extension and refuses all the same.
  void attach() {
    XSync(display_, False);
    g_refused = false;
    const auto before = XSetErrorHandler(note_refusal);
    attached_ = XShmAttach(display_, &segment_) != 0;
    XSync(display_, False);
    XSetErrorHandler(before);
    attached_ = attached_ && !g_refused;
  }

  Display* display_;
  XShmSegmentInfo segment_{};
  bool attached_{false};
};

class X11Panel : public Panel {
 public:
  X11Panel(Display* display, ::Window window, const XWindowAttributes& looks, int width, int height)
      : display_(display), window_(window), context_(XCreateGC(display, window, 0, nullptr)) {
    const std::size_t bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4;
    if (XShmQueryExtension(display) != 0) shared_ = std::make_unique<SharedMemory>(display, bytes);
    if (shared_ && !shared_->attached()) shared_.reset();
    char* data = nullptr;
    if (shared_) {
      data = shared_->segment()->shmaddr;
    } else {
      own_.resize(bytes / 4);
      data = reinterpret_cast<char*>(own_.data());
    }
    image_ = XCreateImage(display, looks.visual, static_cast<unsigned>(looks.depth), ZPixmap, 0, data,
                          static_cast<unsigned>(width), static_cast<unsigned>(height), 32, width * 4);
    if (image_ != nullptr && shared_) image_->obdata = reinterpret_cast<char*>(shared_->segment());
    picture_ = {reinterpret_cast<std::uint32_t*>(data), width, height, width};
  }
  ~X11Panel() override {
    if (image_ != nullptr) {
      image_->data = nullptr;  // not its own, nor is what says where it is shared
      image_->obdata = nullptr;
      XDestroyImage(image_);
    }
    XFreeGC(display_, context_);
  }
  X11Panel(const X11Panel&) = delete;
  X11Panel& operator=(const X11Panel&) = delete;

  [[nodiscard]] bool ready() const { return image_ != nullptr; }
  [[nodiscard]] PixelBuffer picture() override { return picture_; }

  [[nodiscard]] Shown show(std::span<const PixelRect> changed) override {
    for (const PixelRect& r : changed) {
      const auto w = static_cast<unsigned>(r.width());
      const auto h = static_cast<unsigned>(r.height());
      if (shared_) {
        XShmPutImage(display_, window_, context_, image_, r.left, r.top, r.left, r.top, w, h, False);
      } else {
        XPutImage(display_, window_, context_, image_, r.left, r.top, r.left, r.top, w, h);
      }
    }
    // The server has read all of it before the next frame is drawn there.
    if (shared_ && !changed.empty()) {
      XSync(display_, False);
    } else {
      XFlush(display_);
    }
    return Shown::yes;
  }

 private:
  Display* display_;
  ::Window window_;
  GC context_;
  std::unique_ptr<SharedMemory> shared_;
  std::vector<std::uint32_t> own_;
  XImage* image_{nullptr};
  PixelBuffer picture_;
};

}  // namespace

sync::Expected<std::unique_ptr<Panel>> x11_panel(void* display, unsigned long window, int width_px,
                                                 int height_px) {
  auto* connection = static_cast<Display*>(display);
  XWindowAttributes looks{};
  if (XGetWindowAttributes(connection, window, &looks) == 0) {
    return sync::fail(Kind::unavailable, "X11 knows nothing of the window");
  }
  const Visual& visual = *looks.visual;
  if (visual.red_mask != 0xFF0000 || visual.green_mask != 0xFF00 || visual.blue_mask != 0xFF) {
    return sync::fail(Kind::unavailable, "the display has not eight bits of red, green and blue a pixel");
  }
  auto panel = std::make_unique<X11Panel>(connection, window, looks, width_px, height_px);
  if (!panel->ready()) return sync::fail(Kind::unavailable, "X11 makes no picture of the window's size");
  return panel;
}

}  // namespace lanyard::kiosk
