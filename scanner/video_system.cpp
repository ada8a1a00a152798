#include "scanner/video_system.hpp"

#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace lanyard::scanner {
namespace {

class Kernel final : public VideoSystem {
 public:
  int open(const std::string& path) override { return ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC); }
  void close(int fd) override { ::close(fd); }
  // Repeats what a signal interrupted.
  int ioctl(int fd, unsigned long request, void* argument) override {
    int result = -1;
    do {
      result = ::ioctl(fd, request, argument);
    } while (result != 0 && errno == EINTR);
    return result;
  }
  int poll(int fd, std::chrono::milliseconds patience, short& events) override {
    pollfd asked{fd, POLLIN, 0};
    const int result = ::poll(&asked, 1, static_cast<int>(patience.count()));
    events = asked.revents;
    return result;
  }
  void* map(int fd, std::size_t bytes, std::int64_t offset) override {
    return ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
  }
  void unmap(void* memory, std::size_t bytes) override { ::munmap(memory, bytes); }
  // In the place of the old mapping, in one step: no reader falls into a gap.
  void blacken(void* memory, std::size_t bytes) override {
    (void)::mmap(memory, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  }
};

}  // namespace

VideoSystem& kernel_video() {
  static Kernel kernel;
  return kernel;
}

}  // namespace lanyard::scanner
