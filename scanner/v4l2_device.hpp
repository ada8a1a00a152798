// An open, streaming video device. Everything it took is given back when it goes; memory that readers still
// look at turns black and goes with the last of them.
// Threads: those of the camera that has it; what it lends may be let go of on any thread.
//
// Source: Linux media, "Streaming I/O (Memory Mapping)" and "Camera Control Reference".
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <linux/videodev2.h>

#include "scanner/camera.hpp"
#include "scanner/frame_pool.hpp"
#include "scanner/v4l2_mode.hpp"
#include "scanner/video_system.hpp"

namespace lanyard::scanner {

// What a device needs of its camera, and outlives none of: memory for frames, and the decoder of its JPEGs.
struct FrameMakers {
  FramePool pool;
  JpegReader jpeg;
};

class V4l2Device {
 public:
  struct Refusal {
    CameraTrouble trouble{CameraTrouble::not_usable};
    std::string message;
  };
  using Opened = tl::expected<std::unique_ptr<V4l2Device>, Refusal>;

  static Opened open(const std::string& path, const V4l2Options& options, VideoSystem& system,
                     FrameMakers& makers);
  V4l2Device(const V4l2Device&) = delete;
  V4l2Device& operator=(const V4l2Device&) = delete;
  ~V4l2Device();

  enum class Wait : std::uint8_t { ready, quiet, gone };
  [[nodiscard]] Wait wait(std::chrono::milliseconds patience);

  struct Taken {
    std::shared_ptr<const GrayFrame> frame;  // null: it was not wanted
    std::size_t compressed_bytes{0};
  };
  // The newest of the filled buffers; the older ones go back unread. Nullopt: the device is gone, and errno
  // says why. An error: there was a picture, or half of one, that cannot be used.
  [[nodiscard]] std::optional<tl::expected<Taken, PictureError>> take_newest(const Wanted& wanted);

  [[nodiscard]] std::string mode() const { return described(mode_); }
  [[nodiscard]] const std::string& remarks() const { return remarks_; }

 private:
  class Buffers;
  using Failure = std::optional<Refusal>;

  V4l2Device(VideoSystem& system, FrameMakers& makers, const V4l2Options& options);
  int control(unsigned long request, void* argument) { return system_.ioctl(fd_, request, argument); }
  static v4l2_buffer blank_buffer(std::uint32_t index);
  bool give_back(std::size_t index);
  bool give_back_returned();
  tl::expected<Taken, PictureError> convert(const v4l2_buffer& buffer, const Wanted& wanted, bool& lent);
  tl::expected<Taken, PictureError> read_jpeg(const RawPicture& picture);

  Failure start(const std::string& path);
  [[nodiscard]] std::vector<VideoMode> offered();
  void list_sizes(VideoMode mode, std::vector<VideoMode>& modes);
  void list_rates(VideoMode mode, std::vector<VideoMode>& modes);
  Failure choose_mode();
  Failure set_mode(VideoMode wish);
  void set_rate();
  Failure start_streaming();

  VideoSystem& system_;
  FrameMakers& makers_;
  const V4l2Options& options_;
  int fd_{-1};
  VideoMode mode_;
  RawPicture raw_;
  std::shared_ptr<Buffers> buffers_;
  std::size_t with_driver_{0};  // buffers that the driver has
  bool lends_{false};
  std::string remarks_;
};

// Sets the camera to its profile; what it does not have or refuses is told, in one line, empty if all was
// done. `control` is as ioctl of the device.
[[nodiscard]] std::string apply_profile(const CameraProfile& profile,
                                        const std::function<int(unsigned long, void*)>& control);

}  // namespace lanyard::scanner
