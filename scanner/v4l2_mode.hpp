// Which of a camera's formats, sizes and rates reads codes best. PURE. Threads: reentrant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scanner/pixels.hpp"

namespace lanyard::scanner {

// As V4L2 numbers formats; nullopt: not understood here.
[[nodiscard]] std::optional<PixelFormat> known_format(std::uint32_t fourcc);

struct VideoMode {
  std::uint32_t fourcc{0};
  PixelFormat format{PixelFormat::mjpeg};
  int width{0};  // pixels
  int height{0};
  // Seconds of one frame, as the driver writes them; zeros: it does not say.
  std::uint32_t interval_numerator{0};
  std::uint32_t interval_denominator{0};
};

// Frames a second; where the driver does not say, what USB 2 carries, and no more than 30.
[[nodiscard]] double rate_of(const VideoMode& mode);
// "MJPEG 1920x1080, 30 a second".
[[nodiscard]] std::string described(const VideoMode& mode);

// The best first, each size and format once at its best rate; none is larger than wished for, unless all are.
// Best is a steady rate at 720 lines or more: a badge at arm's length has too few pixels in less, and a
// person does not hold still for a slow camera. Then more pixels; then raw before compressed, which costs
// decoding and blurs edges.
[[nodiscard]] std::vector<VideoMode> ranked(std::vector<VideoMode> modes, int wished_width,
                                            int wished_height);

}  // namespace lanyard::scanner
