// A camera's profile, as V4L2 controls. Source: Linux media, "Camera Control Reference", "User Controls".
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "scanner/v4l2_device.hpp"

namespace lanyard::scanner {
namespace {

// In which V4L2_CID_EXPOSURE_ABSOLUTE counts.
constexpr int kExposureUnitUs = 100;

class Controls {
 public:
  explicit Controls(const std::function<int(unsigned long, void*)>& control) : control_(control) {}

  bool set(std::uint32_t id, int value) {
    v4l2_control wish{id, value};
    return control_(VIDIOC_S_CTRL, &wish) == 0;
  }

  // As near as the device comes; what stands in the way is noted.
  void wish(const char* name, std::uint32_t id, int value) {
    v4l2_queryctrl known{};
    known.id = id;
    if (control_(VIDIOC_QUERYCTRL, &known) != 0 || (known.flags & V4L2_CTRL_FLAG_DISABLED) != 0) {
      return note(std::string(name) + " cannot be set");
    }
    const int bounded = std::clamp(value, known.minimum, std::max(known.minimum, known.maximum));
    if (!set(id, bounded)) return note(std::string(name) + " is refused: " + std::strerror(errno));
    if (bounded != value) note(std::string(name) + " goes to " + std::to_string(bounded) + " at the most");
  }

  [[nodiscard]] const std::string& notes() const { return notes_; }

 private:
  void note(const std::string& what) { notes_ += (notes_.empty() ? "" : "; ") + what; }

  const std::function<int(unsigned long, void*)>& control_;
  std::string notes_;
};

void set_exposure(Controls& controls, const CameraProfile& profile) {
  // A steady rate of frames rather than long, blurred exposures in a dim hall.
  controls.set(V4L2_CID_EXPOSURE_AUTO_PRIORITY, 0);
  if (profile.exposure_us) {
    controls.set(V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_MANUAL);
    controls.wish("exposure", V4L2_CID_EXPOSURE_ABSOLUTE,
                  std::max(1, *profile.exposure_us / kExposureUnitUs));
    return;
  }
  // USB cameras call it aperture priority, others automatic; a program before us may have turned it off.
  if (!controls.set(V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_APERTURE_PRIORITY)) {
    controls.set(V4L2_CID_EXPOSURE_AUTO, V4L2_EXPOSURE_AUTO);
  }
}

void set_lamps(Controls& controls, const CameraProfile& profile) {
  constexpr std::uint32_t kLamps = V4L2_CID_POWER_LINE_FREQUENCY;
  if (profile.power_line_hz) {
    const bool sixty = *profile.power_line_hz == 60;
    controls.wish("power_line_hz", kLamps,
                  sixty ? V4L2_CID_POWER_LINE_FREQUENCY_60HZ : V4L2_CID_POWER_LINE_FREQUENCY_50HZ);
  } else if (!controls.set(kLamps, V4L2_CID_POWER_LINE_FREQUENCY_AUTO)) {
    controls.set(kLamps, V4L2_CID_POWER_LINE_FREQUENCY_50HZ);
  }
}

}  // namespace

std::string apply_profile(const CameraProfile& profile,
                          const std::function<int(unsigned long, void*)>& control) {
  Controls controls(control);
  set_exposure(controls, profile);
  set_lamps(controls, profile);
  controls.set(V4L2_CID_AUTOGAIN, profile.gain ? 0 : 1);
  if (profile.gain) controls.wish("gain", V4L2_CID_GAIN, *profile.gain);
  controls.set(V4L2_CID_FOCUS_AUTO, profile.focus ? 0 : 1);
  if (profile.focus) controls.wish("focus", V4L2_CID_FOCUS_ABSOLUTE, *profile.focus);
  if (profile.brightness) controls.wish("brightness", V4L2_CID_BRIGHTNESS, *profile.brightness);
  return controls.notes();
}

}  // namespace lanyard::scanner
