// A piece of a badge as a printer takes it. Plain values; threads: any.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lanyard::kiosk {

enum class PageForm : std::uint8_t {
  pdf,
  pwg_raster,  // PWG 5102.4
  jpeg,
  dots,  // one bit a dot, for label printers
};

// What a printer takes, and how fine it prints.
struct PageWish {
  PageForm form{PageForm::pdf};
  int dpi{300};
  bool two_sided{false};
  friend bool operator==(const PageWish&, const PageWish&) = default;
};

struct PrintPage {
  PageForm form{PageForm::pdf};
  int dpi{300};
  double width_mm{0};
  double height_mm{0};
  // Of jpeg and dots, in printer dots.
  int width_px{0};
  int height_px{0};
  int sides{1};
  // pdf and pwg_raster: one file with all its sides. jpeg and dots: one a side. Dots are rows of whole bytes,
  // (width_px + 7) / 8 each, the leftmost dot in the highest bit, 1 = black, and what is over is 0.
  std::vector<std::string> files;
};

}  // namespace lanyard::kiosk
