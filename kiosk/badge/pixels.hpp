// A page as pixels, and what printers take of it. Threads: values, and reentrant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sync/error.hpp"

namespace lanyard::kiosk {

struct PagePixels {
  int width{0};
  int height{0};
  int dpi{300};
  std::vector<std::uint8_t> rgb;  // width * height * 3, row by row
};

// A baseline JPEG that says how large it is on paper.
[[nodiscard]] sync::Expected<std::string> jpeg_of(const PagePixels&);
// PWG Raster (PWG 5102.4) of 8-bit sRGB, all sides in one file. `two_sided`: printed on one sheet.
[[nodiscard]] sync::Expected<std::string> pwg_of(const std::vector<PagePixels>& sides, bool two_sided);
// Black or white, as print_page.hpp has dots. What is neither is mixed from both (Floyd and Steinberg, 1976).
[[nodiscard]] std::string dots_of(const PagePixels&);

}  // namespace lanyard::kiosk
