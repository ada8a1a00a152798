// A hand scanner that poses as a keyboard: its events, grabbed, as what it types. Source: linux/input.h.
#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <functional>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/input.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "scanner/errno_text.hpp"
#include "scanner/hand_port.hpp"
#include "scanner/hand_readers.hpp"

namespace lanyard::scanner {
namespace {

namespace fs = std::filesystem;
using OpenedFd = tl::expected<int, std::string>;

// A machine has a dozen; a folder with more than this is not /dev/input.
constexpr std::size_t kMaxInputDevices = 256;

int open_to_read(const std::string& path) {
  return ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

bool is_named(int fd, const std::string& name) {
  std::array<char, 256> given{};
  return ::ioctl(fd, EVIOCGNAME(given.size() - 1), given.data()) >= 0 && name == given.data();
}

bool types_keys(int fd) {
  std::array<std::uint8_t, KEY_MAX / 8 + 1> keys{};
  if (::ioctl(fd, EVIOCGBIT(EV_KEY, keys.size()), keys.data()) < 0) return false;
  return (keys[KEY_ENTER / 8] & (1U << (KEY_ENTER % 8U))) != 0;
}

// As open() of one device, by the name that it gives itself.
OpenedFd open_named(const std::string& name) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator entry("/dev/input", error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (paths.size() < kMaxInputDevices && entry->path().filename().string().starts_with("event")) {
      paths.push_back(entry->path().string());
    }
  }
  std::sort(paths.begin(), paths.end());  // the same one each time, if there are two
  for (const std::string& path : paths) {
    const int fd = open_to_read(path);
    if (fd < 0) continue;
    if (is_named(fd, name) && types_keys(fd)) return fd;
    ::close(fd);
  }
  return tl::make_unexpected("no keyboard of this name that may be read");
}

OpenedFd open_and_grab(const std::string& where) {
  const bool is_path = where.starts_with('/');
  OpenedFd opened = is_path ? OpenedFd(open_to_read(where)) : open_named(where);
  if (!opened) return opened;
  if (*opened < 0) return tl::make_unexpected(because("cannot be opened"));
  std::string why;
  if (!types_keys(*opened)) {
    why = "is not a keyboard";
  } else if (::ioctl(*opened, EVIOCGRAB, 1) != 0) {
    // Not used unless grabbed: a code could type into the window, or worse.
    why = because("cannot be had alone");
  }
  if (why.empty()) return opened;
  ::close(*opened);
  return tl::make_unexpected(why);
}

class KeyStream final : public HandPort {
 public:
  KeyStream(std::string name, std::function<OpenedFd()> open, KeyLayout layout)
      : HandPort(std::move(name)), open_(std::move(open)), layout_(layout), typing_(layout) {}
  ~KeyStream() override { close(); }

 protected:
  OpenedFd open() override {
    typing_ = KeyTyping(layout_);
    begun_.clear();
    return open_();
  }
  void release(int fd) override { ::ioctl(fd, EVIOCGRAB, 0); }
  // The kernel hands on whole events alone; a pipe may cut them.
  void translate(std::span<const std::byte> bytes, std::string& into) override {
    begun_.insert(begun_.end(), bytes.begin(), bytes.end());
    std::size_t at = 0;
    for (; begun_.size() - at >= sizeof(input_event); at += sizeof(input_event)) {
      input_event event{};
      std::memcpy(&event, begun_.data() + at, sizeof event);
      typing_.take({event.type, event.code, event.value}, into);
    }
    begun_.erase(begun_.begin(), begun_.begin() + static_cast<std::ptrdiff_t>(at));
  }

 private:
  std::function<OpenedFd()> open_;
  KeyLayout layout_;
  KeyTyping typing_;
  std::vector<std::byte> begun_;  // less than one event, between calls
};

}  // namespace

std::unique_ptr<HandDevice> open_key_stream(std::function<OpenedFd()> open, KeyLayout layout) {
  return std::make_unique<KeyStream>("keys", std::move(open), layout);
}

std::unique_ptr<HandDevice> open_hid(std::string where, KeyLayout layout) {
  std::string name = where;
  return std::make_unique<KeyStream>(
      std::move(name), [where = std::move(where)] { return open_and_grab(where); }, layout);
}

}  // namespace lanyard::scanner
