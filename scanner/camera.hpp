// Where frames come from: a video device, or a folder of pictures as if it were one.
// Threads: a camera belongs to the one thread that calls it. The frames it gave may be read anywhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "scanner/frame.hpp"

namespace lanyard::scanner {

struct Captured {
  std::shared_ptr<const GrayFrame> frame;  // never null; shared by preview and decoder without a copy
  std::uint64_t sequence{0};               // rises by one with each frame that a camera gives
  std::chrono::steady_clock::time_point at;
  std::string source;  // the device, or the path of the picture
};

struct CameraError {
  enum class Kind : std::uint8_t {
    no_frame_yet,  // nothing within the patience: ask again
    lost,          // the device or the folder is away; asking again also looks for it again
    ended,         // there will be no further frame
    failed,        // it cannot work as it is set up
  };
  Kind kind{Kind::failed};
  std::string message;  // one line of English for logs and staff
};

struct CameraStatus {
  std::uint64_t frames{0};   // given so far
  std::uint64_t skipped{0};  // pictures that could not be read, so far
  std::string last_skipped;  // why the last of them could not; empty if all could
};

class Camera {
 public:
  Camera() = default;
  Camera(const Camera&) = delete;
  Camera& operator=(const Camera&) = delete;
  virtual ~Camera() = default;

  // The newest frame, waiting up to `patience` for it. Errors other than no_frame_yet may come at once.
  [[nodiscard]] virtual tl::expected<Captured, CameraError> next(std::chrono::milliseconds patience) = 0;
  [[nodiscard]] virtual CameraStatus status() const = 0;
};

using OpenedCamera = tl::expected<std::unique_ptr<Camera>, CameraError>;

inline constexpr std::size_t kMaxReplayPictures = 100'000;

struct ReplayOptions {
  bool loop{false};
  // Waits for further pictures instead of ending; a picture that is replaced is shown again. Files must come
  // into the folder by a rename, so that they are whole, under a name that does not begin with a dot.
  bool follow{false};
  double frames_per_second{0};  // no faster than this, and none is left out; 0: as fast as asked
};

// The PNG, JPEG and WebP pictures of a folder (by their suffix), in the natural order of their names: 2 before 10.
// A picture that cannot be read is skipped and counted. Error `failed`: no folder there, or nothing in it and
// `follow` is off.
[[nodiscard]] OpenedCamera open_replay(const std::filesystem::path& folder, const ReplayOptions& options);

struct V4l2Options {
  int width{1920};  // wished for; the device has the last word
  int height{1080};
  // USB cameras stall for a second when the light changes much; without a frame for this long they are gone.
  std::chrono::milliseconds silent_for{3000};
};

// A video device by its path. It need not be there yet: it is looked for, with growing pauses, by next(),
// which says `lost` meanwhile; so a plug pulled and put back is survived.
[[nodiscard]] std::unique_ptr<Camera> open_v4l2(std::string device, const V4l2Options& options);

// A camera by its name in settings: "v4l2:/dev/video0", "replay:/folder" (looped, 10 frames a second),
// "follow:/folder" (as it grows), or "none", which has ended from the start.
[[nodiscard]] OpenedCamera open_camera(std::string_view spec);

// 2 before 10, and otherwise byte by byte: whether `a` comes before `b`.
[[nodiscard]] bool natural_less(std::string_view a, std::string_view b);

}  // namespace lanyard::scanner
