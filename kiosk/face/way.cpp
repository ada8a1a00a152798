#include "kiosk/face/way.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lanyard::kiosk {

std::optional<Way> way_named(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Way>, 6> kNames{{{"left", Way::left},
                                                                           {"right", Way::right},
                                                                           {"ahead", Way::ahead},
                                                                           {"behind", Way::behind},
                                                                           {"upstairs", Way::upstairs},
                                                                           {"downstairs", Way::downstairs}}};
  const auto* const found = std::ranges::find(kNames, name, &std::pair<std::string_view, Way>::first);
  return found == kNames.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace lanyard::kiosk
