// `lanyard-kiosk badge ...`: a template looked at before the day, with one person on it or with all of them.
// What it draws opens no door: its code is signed by a key that is thrown away.
#pragma once

#include <filesystem>
#include <string>

#include "kiosk/config.hpp"

namespace lanyard::kiosk {

struct BadgeCommand {
  std::filesystem::path badge_template;  // "" = the settings'
  std::string attendee;                  // id; "": somebody made up
  std::filesystem::path output;
  int dpi{0};            // 0 = the settings'
  std::string language;  // "" = as the attendee would have it
};

// One badge. The name of `output` says as what: .pdf, .png, .pwg, .jpg or .pbm (one bit a dot). False on
// failure, which is then on stderr.
bool render_badge(const BadgeCommand& command, const KioskConfig& config,
                  const std::filesystem::path& assets);

// Everybody's, in one PDF; on stdout a line for each who needs a look: id, name and what does not fit, with
// tabs between them.
bool preview_roster(const BadgeCommand& command, const KioskConfig& config,
                    const std::filesystem::path& assets);

}  // namespace lanyard::kiosk
