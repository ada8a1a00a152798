// What a badge template may not bring along, since it comes from whoever drew it: anything that would be
// fetched, run, or grow without end. PURE. Threads: reentrant.
#pragma once

#include <cstddef>

#include <pugixml.hpp>

#include "sync/error.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxTemplateElements = 50'000;
inline constexpr int kMaxTemplateDepth = 100;
// Of all embedded pictures together: at four bytes a pixel they are 160 MB while they are drawn.
inline constexpr double kMaxTemplatePixels = 40e6;

// Errors: invalid, naming the element and what is wrong with it.
[[nodiscard]] sync::Expected<void> check_safe(const pugi::xml_document&);

}  // namespace lanyard::kiosk
