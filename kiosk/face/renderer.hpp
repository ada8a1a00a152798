// Who draws the screen. Threads: values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace lanyard::kiosk {

// Automatic: the graphics card, and the processor where there is none.
enum class Renderer : std::uint8_t { automatic, card, processor };

inline constexpr std::array<std::pair<std::string_view, Renderer>, 3> kRendererNames{
    {{"automatic", Renderer::automatic}, {"card", Renderer::card}, {"processor", Renderer::processor}}};

[[nodiscard]] inline std::optional<Renderer> renderer_named(std::string_view name) {
  for (const auto& [known, renderer] : kRendererNames) {
    if (known == name) return renderer;
  }
  return std::nullopt;
}

}  // namespace lanyard::kiosk
