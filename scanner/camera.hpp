// Where frames come from: a video device, or a folder of pictures as if it were one.
// Threads: a camera belongs to the one thread that calls it. The frames it gave may be read anywhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

#include "scanner/frame.hpp"
#include "scanner/picture.hpp"

namespace lanyard::scanner {

// A text that costs nothing to copy, since each frame carries one.
class SharedText {
 public:
  SharedText() = default;
  SharedText(std::string text)  // NOLINT(google-explicit-constructor): it is used as the text that it is
      : text_(text.empty() ? nullptr : std::make_shared<const std::string>(std::move(text))) {}
  SharedText(const char* text) : SharedText(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  operator const std::string&() const { return get(); }            // NOLINT(google-explicit-constructor)
  [[nodiscard]] const std::string& get() const {
    static const std::string nothing;
    return text_ == nullptr ? nothing : *text_;
  }
  friend bool operator==(const SharedText& a, const SharedText& b) {
    return a.text_ == b.text_ || a.get() == b.get();
  }
  template <class Text>
  friend bool operator==(const SharedText& a, const Text& b) {
    return a.get() == b;
  }

 private:
  std::shared_ptr<const std::string> text_;
};

struct Captured {
  std::shared_ptr<const GrayFrame> frame;  // never null; shared by preview and decoder without a copy
  std::uint64_t sequence{0};               // rises by one with each frame that a camera gives
  std::chrono::steady_clock::time_point at;
  SharedText source;  // the device, or the path of the picture
  // What the frame had as a JPEG, which says how much there is in it; 0: it came otherwise.
  std::size_t compressed_bytes{0};
};

// Whether a frame is worth decoding, judged by what it has as a JPEG (0: it came otherwise, and costs
// little).
using Wanted = std::function<bool(std::size_t compressed_bytes)>;

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

// What was last wrong with a camera, so that each kind can be told, counted and mended apart.
enum class CameraTrouble : std::uint8_t {
  none,
  not_there,    // there is no such device, or it may not be opened
  not_usable,   // it is something else, in use elsewhere, or refuses to stream
  no_format,    // it sends nothing that is understood here
  unplugged,    // it was there, and is gone
  stalled,      // it is there, and sends nothing
  broken_only,  // it sends, but no frame that can be read
};
[[nodiscard]] const char* name_of(CameraTrouble trouble);

struct CameraStatus {
  std::uint64_t frames{0};                     // given so far
  std::uint64_t skipped{0};                    // pictures that could not be read, so far
  std::string last_skipped{};                  // why the last of them could not; empty if all could
  std::uint64_t passed_over{0};                // frames that were not wanted, so far
  std::uint64_t lost{0};                       // how often it was lost
  CameraTrouble trouble{CameraTrouble::none};  // for as long as it gives no frame
  SharedText mode{};     // what it was asked to send, "MJPEG 1920x1080, 30 a second"; empty: unknown
  SharedText remarks{};  // wishes of its profile that it does not fulfil; empty if it does
};

class Camera {
 public:
  Camera() = default;
  Camera(const Camera&) = delete;
  Camera& operator=(const Camera&) = delete;
  virtual ~Camera() = default;

  // The newest frame, waiting up to `patience` for it. Errors other than no_frame_yet may come at once.
  [[nodiscard]] virtual tl::expected<Captured, CameraError> next(std::chrono::milliseconds patience) = 0;
  // As next(), but frames that `wanted` turns down are passed over undecoded, as if they had not come.
  [[nodiscard]] virtual tl::expected<Captured, CameraError> next_wanted(std::chrono::milliseconds patience,
                                                                        const Wanted& wanted);
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

// The PNG, JPEG and WebP pictures of a folder (by their suffix), in the natural order of their names: 2
// before 10. A picture that cannot be read is skipped and counted. Error `failed`: no folder there, or
// nothing in it and `follow` is off.
[[nodiscard]] OpenedCamera open_replay(const std::filesystem::path& folder, const ReplayOptions& options);

// What a camera is set to at each opening. Without a value the camera's own automatic stands, which does best
// before phones: they dim themselves, and a fixed exposure that suits paper leaves them black.
struct CameraProfile {
  std::optional<int> exposure_us;    // turns automatic exposure off
  std::optional<int> gain;           // in the device's own units; turns automatic gain off
  std::optional<int> focus;          // in the device's own units; turns autofocus off
  std::optional<int> brightness;     // in the device's own units
  std::optional<int> power_line_hz;  // 50 or 60, of the lamps; else automatic where there is that, or 50
};

struct V4l2Options {
  int width{1920};  // the largest that is wished for; chosen is what reads best of what there is
  int height{1080};
  CameraProfile profile{};
  JpegScale scale{JpegScale::full};  // of MJPEG
  // USB cameras pause while they measure the light anew, and after their start; without a frame for this long
  // they are stuck, and opened again.
  std::chrono::milliseconds silent_for{1500};
  std::chrono::milliseconds first_frame_within{2500};
  bool copy_frames{false};  // never hands on the driver's own memory
};

// The longest pause between two looks for a device that is away: one that is put back gives frames within 3
// s.
inline constexpr std::chrono::milliseconds kLongestCameraPause{1000};

// A video device by its path. It need not be there yet: it is looked for, with growing pauses, by next(),
// which says `lost` meanwhile; so a plug pulled and put back is survived.
[[nodiscard]] std::unique_ptr<Camera> open_v4l2(std::string device, const V4l2Options& options);

// A camera by its name in settings: "v4l2:/dev/video0", "replay:/folder" (looped, 10 frames a second),
// "follow:/folder" (as it grows), or "none", which has ended from the start.
[[nodiscard]] OpenedCamera open_camera(std::string_view spec, const V4l2Options& options = {});

// 2 before 10, and otherwise byte by byte: whether `a` comes before `b`.
[[nodiscard]] bool natural_less(std::string_view a, std::string_view b);

}  // namespace lanyard::scanner
