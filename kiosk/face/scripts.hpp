// The scripts that delegates' names are written in, and which of them this machine has no letters for.
// Threads: the window's thread alone, or a program that has no window.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lanyard::kiosk {

struct Script {
  std::string_view name;
  std::string_view sample;   // letters that a font of this script must have
  std::string_view package;  // Debian's, that brings them
};

// The face's own words are in it: without its letters no screen can say anything.
inline constexpr std::string_view kScriptOfTheFace = "Latin";

[[nodiscard]] std::vector<Script> scripts_without_letters();

// "Latin, Cyrillic (install fonts-noto-core); Han (install fonts-noto-cjk)". Empty for none.
[[nodiscard]] std::string described(const std::vector<Script>& scripts);

}  // namespace lanyard::kiosk
