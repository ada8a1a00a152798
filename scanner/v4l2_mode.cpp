#include "scanner/v4l2_mode.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include <linux/videodev2.h>

namespace lanyard::scanner {
namespace {

constexpr int kFineLines = 720;
constexpr double kSteady = 24;  // frames a second
constexpr double kBearable = 10;
// More than this costs without reading more.
constexpr double kEnough = 30;
// What a USB 2 camera may send at most, in bytes a second: 3 packets of 1024 bytes each 125 us.
constexpr double kUsb2 = 24.576e6;

int tier(const VideoMode& mode) {
  const double rate = rate_of(mode);
  if (mode.height >= kFineLines && rate >= kSteady) return 3;
  if (mode.height >= kFineLines && rate >= kBearable) return 2;
  return rate >= kSteady ? 1 : 0;
}

int rank_of(PixelFormat format) {
  switch (format) {
    case PixelFormat::grey:
      return 3;
    case PixelFormat::nv12:
      return 2;
    case PixelFormat::yuyv:
      return 1;
    case PixelFormat::mjpeg:
      break;
  }
  return 0;
}

// Rates beyond enough are all the same, and the one nearest to it is taken.
double worth(double rate) {
  return rate <= kEnough + 0.5 ? rate : kEnough - rate / 1000;
}

bool is_better(const VideoMode& a, const VideoMode& b) {
  const auto key = [](const VideoMode& mode) {
    return std::tuple(tier(mode), std::int64_t{mode.width} * mode.height, rank_of(mode.format),
                      worth(rate_of(mode)));
  };
  return key(a) > key(b);
}

}  // namespace

std::optional<PixelFormat> known_format(std::uint32_t fourcc) {
  switch (fourcc) {
    case V4L2_PIX_FMT_GREY:
      return PixelFormat::grey;
    case V4L2_PIX_FMT_YUYV:
      return PixelFormat::yuyv;
    case V4L2_PIX_FMT_NV12:
      return PixelFormat::nv12;
    case V4L2_PIX_FMT_MJPEG:
    case V4L2_PIX_FMT_JPEG:
      return PixelFormat::mjpeg;
    default:
      return std::nullopt;
  }
}

double rate_of(const VideoMode& mode) {
  if (mode.interval_numerator != 0 && mode.interval_denominator != 0) {
    return static_cast<double>(mode.interval_denominator) / mode.interval_numerator;
  }
  if (mode.format == PixelFormat::mjpeg) return kEnough;
  const double bytes_per_pixel = mode.format == PixelFormat::yuyv   ? 2
                                 : mode.format == PixelFormat::nv12 ? 1.5
                                                                    : 1;
  return std::min(kEnough, kUsb2 / (bytes_per_pixel * mode.width * mode.height));
}

std::string described(const VideoMode& mode) {
  std::string text = std::string(name_of(mode.format)) + " " + std::to_string(mode.width) + "x" +
                     std::to_string(mode.height);
  if (mode.interval_numerator != 0) text += ", " + std::to_string(std::lround(rate_of(mode))) + " a second";
  return text;
}

std::vector<VideoMode> ranked(std::vector<VideoMode> modes, int wished_width, int wished_height) {
  std::erase_if(modes, [](const VideoMode& mode) { return !fits_frame(mode.width, mode.height); });
  const auto larger = [&](const VideoMode& mode) {
    return mode.width > wished_width || mode.height > wished_height;
  };
  if (!std::all_of(modes.begin(), modes.end(), larger)) {
    std::erase_if(modes, larger);
    std::stable_sort(modes.begin(), modes.end(), is_better);
  } else {
    // All are larger: the smallest that is steady.
    std::stable_sort(modes.begin(), modes.end(), [](const VideoMode& a, const VideoMode& b) {
      const auto key = [](const VideoMode& mode) {
        return std::tuple(rate_of(mode) >= kSteady, -std::int64_t{mode.width} * mode.height,
                          rank_of(mode.format), worth(rate_of(mode)));
      };
      return key(a) > key(b);
    });
  }
  // Rates of one size and format lie apart if its tier depends on them; the best comes first.
  std::vector<VideoMode> best;
  for (const VideoMode& mode : modes) {
    const bool seen = std::any_of(best.begin(), best.end(), [&](const VideoMode& known) {
      return known.fourcc == mode.fourcc && known.width == mode.width && known.height == mode.height;
    });
    if (!seen) best.push_back(mode);
  }
  return best;
}

}  // namespace lanyard::scanner
