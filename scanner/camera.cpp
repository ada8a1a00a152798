#include "scanner/camera.hpp"

#include <utility>

namespace lanyard::scanner {
namespace {

// A kiosk without a camera: the rest need not know that there is none.
class NoCamera final : public Camera {
 public:
  tl::expected<Captured, CameraError> next(std::chrono::milliseconds) override {
    return tl::make_unexpected(CameraError{CameraError::Kind::ended, "no camera is set up"});
  }
  [[nodiscard]] CameraStatus status() const override { return {}; }
};

constexpr double kReplayFramesPerSecond = 10;

}  // namespace

tl::expected<Captured, CameraError> Camera::next_wanted(std::chrono::milliseconds patience, const Wanted&) {
  return next(patience);
}

const char* name_of(CameraTrouble trouble) {
  switch (trouble) {
    case CameraTrouble::none:
      return "none";
    case CameraTrouble::not_there:
      return "not there";
    case CameraTrouble::not_usable:
      return "not usable";
    case CameraTrouble::no_format:
      return "no format";
    case CameraTrouble::unplugged:
      return "unplugged";
    case CameraTrouble::stalled:
      return "stalled";
    case CameraTrouble::broken_only:
      return "broken frames alone";
  }
  return "?";
}

OpenedCamera open_camera(std::string_view spec, const V4l2Options& options) {
  if (spec == "none") return std::make_unique<NoCamera>();
  const auto colon = spec.find(':');
  const std::string_view kind = spec.substr(0, colon);
  const std::string where(colon == std::string_view::npos ? std::string_view{} : spec.substr(colon + 1));
  if (!where.empty()) {
    if (kind == "v4l2") return open_v4l2(where, options);
    if (kind == "replay")
      return open_replay(where, {.loop = true, .frames_per_second = kReplayFramesPerSecond});
    if (kind == "follow")
      return open_replay(where, {.follow = true, .frames_per_second = kReplayFramesPerSecond});
  }
  return tl::make_unexpected(CameraError{
      CameraError::Kind::failed, "camera \"" + std::string(spec.substr(0, 200)) +
                                     "\" is none of v4l2:DEVICE, replay:FOLDER, follow:FOLDER, none"});
}

}  // namespace lanyard::scanner
