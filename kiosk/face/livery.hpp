// What an event wears: its colours, its logo, the ground that everybody waits before. From a TOML file and
// two SVG drawings beside it, written by whoever designs the event; the keys are explained in
// assets/themes/README.md. Threads: values.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "kiosk/face/theme.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxLiveryBytes = 64UL * 1024;
inline constexpr std::size_t kMaxLiveryCategories = 256;

struct Livery {
  Theme theme;
  std::map<std::string, Rgb, std::less<>> categories;  // by their ids: in place of the policy's colours
  std::string logo;                                    // an SVG, or ""
  float logo_height_mm{16};
  bool logo_says_name{false};  // the event's name need not stand beside it
  std::string background;      // an SVG, or ""
  float background_strength{1};
};

// `usual`: what it is laid upon, if it does not say so itself. Errors: invalid, a line for each thing wrong:
// "theme.toml:12: waiting.text: ..."; colours that could not be read are wrong too.
[[nodiscard]] sync::Expected<Livery> read_livery(const std::filesystem::path& file, Scheme usual);

}  // namespace lanyard::kiosk
