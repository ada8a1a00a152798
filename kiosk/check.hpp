// `lanyard-kiosk check`: tries each part, and says a line for each.
#pragma once

#include <filesystem>

#include "kiosk/config.hpp"
#include "kiosk/print_run.hpp"
#include "scanner/camera.hpp"

namespace lanyard::kiosk {

// Prints "ok", "fail" or "note", the part, and what was found, on stdout. True if nothing failed.
bool run_checks(const KioskConfig& config, const std::filesystem::path& assets);

// The template of the settings, or the one that comes with Lanyard.
[[nodiscard]] std::filesystem::path badge_template(const KioskConfig& config,
                                                   const std::filesystem::path& assets);

// Its own first, then its neighbours'; none if it has none of its own. Errors: invalid.
[[nodiscard]] sync::Expected<std::vector<PoolPrinter>> printers_of(const PrinterConfig& config);

[[nodiscard]] scanner::OpenedCamera open_configured_camera(const CameraConfig& config);

// A camera that is lost for the reason given, and stays so: what is shown instead of one that cannot be
// opened.
[[nodiscard]] std::unique_ptr<scanner::Camera> missing_camera(std::string why);

}  // namespace lanyard::kiosk
