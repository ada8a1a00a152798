// `lanyard-kiosk check`: tries each part, and says a line for each.
#pragma once

#include <filesystem>

#include "kiosk/config.hpp"
#include "scanner/camera.hpp"

namespace lanyard::kiosk {

// Prints "ok", "fail" or "note", the part, and what was found, on stdout. True if nothing failed.
bool run_checks(const KioskConfig& config, const std::filesystem::path& assets);

// The template of the settings, or the one that comes with Lanyard.
[[nodiscard]] std::filesystem::path badge_template(const KioskConfig& config,
                                                   const std::filesystem::path& assets);

[[nodiscard]] scanner::OpenedCamera open_configured_camera(const CameraConfig& config);

// A camera that is lost for the reason given, and stays so: what is shown instead of one that cannot be
// opened.
[[nodiscard]] std::unique_ptr<scanner::Camera> missing_camera(std::string why);

}  // namespace lanyard::kiosk
