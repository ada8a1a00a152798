// The system calls that a video device needs, as one small door: behind it is the kernel, or a test that
// plays one. Threads: those of the camera that uses it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "scanner/camera.hpp"

namespace lanyard::scanner {

// Each as the call of its name in section 2 of the manual: -1 (MAP_FAILED for map) and errno if it fails.
class VideoSystem {
 public:
  VideoSystem() = default;
  VideoSystem(const VideoSystem&) = delete;
  VideoSystem& operator=(const VideoSystem&) = delete;
  virtual ~VideoSystem() = default;

  virtual int open(const std::string& path) = 0;
  virtual void close(int fd) = 0;
  virtual int ioctl(int fd, unsigned long request, void* argument) = 0;
  // What poll says for POLLIN: its result, and `events`.
  virtual int poll(int fd, std::chrono::milliseconds patience, short& events) = 0;
  virtual void* map(int fd, std::size_t bytes, std::int64_t offset) = 0;
  virtual void unmap(void* memory, std::size_t bytes) = 0;
  // What is mapped there is let go of, and the memory stays, black, for those who still look at it; it is to
  // be unmapped as before.
  virtual void blacken(void* memory, std::size_t bytes) = 0;
};

[[nodiscard]] VideoSystem& kernel_video();

// As open_v4l2 of camera.hpp; `system` must outlive the camera.
[[nodiscard]] std::unique_ptr<Camera> open_v4l2(std::string device, const V4l2Options& options,
                                                VideoSystem& system);

}  // namespace lanyard::scanner
