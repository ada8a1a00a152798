// How to go from a kiosk to another entrance. PURE. Threads: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lanyard::kiosk {

// As whoever stands before the screen sees it.
enum class Way : std::uint8_t { somewhere, left, right, ahead, behind, upstairs, downstairs };
// "left", "upstairs"; nullopt for "somewhere" too, which is what nobody said.
[[nodiscard]] std::optional<Way> way_named(std::string_view name);

struct WaySign {
  std::string to;  // checkpoint id
  Way way{Way::somewhere};
};

}  // namespace lanyard::kiosk
