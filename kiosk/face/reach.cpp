#include "kiosk/face/reach.hpp"

#include <cmath>

namespace lanyard::kiosk {
namespace {

// The lowest that every screen is known to fit into: the height of a 15.6-inch panel that lies.
constexpr float kLeastHighMm = 195;

}  // namespace

Rect place_of(const Metrics& panel, bool within_reach) {
  const Rect whole{0, 0, static_cast<float>(panel.width_px), static_cast<float>(panel.height_px)};
  if (panel.lower_edge_mm <= 0) return whole;
  const float least = std::min(panel.height_mm(), kLeastHighMm);
  const float foot = std::clamp(kReachLowMm - panel.lower_edge_mm, 0.0F, panel.height_mm() - least);
  float high = panel.height_mm() - foot;
  if (within_reach) {
    const float lowest = panel.lower_edge_mm + foot;
    high = std::clamp(kReachHighMm - lowest, least, high);
  }
  const float bottom = std::round(whole.h - panel.px(foot));
  const float top = std::round(std::max(0.0F, bottom - panel.px(high)));
  return {0, top, whole.w, bottom - top};
}

bool reaches_too_high(const Metrics& panel) {
  constexpr float kWorthMm = 60;
  return place_of(panel, true).y - place_of(panel, false).y > panel.px(kWorthMm);
}

}  // namespace lanyard::kiosk
