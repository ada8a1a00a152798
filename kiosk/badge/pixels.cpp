#include "kiosk/badge/pixels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <csetjmp>
#include <cstddef>
#include <cstdio>  // for jpeglib.h, which does not say so
#include <cstdlib>
#include <cstring>
#include <memory>

#include <cups/raster.h>
#include <jpeglib.h>

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

constexpr int kJpegQuality = 92;

struct JpegTrouble {
  jpeg_error_mgr base;
  std::jmp_buf out;
};

// libjpeg's errors come by a jump: nothing between here and the jump owns anything.
bool compress(jpeg_compress_struct& jpeg, JpegTrouble& trouble, const PagePixels& page, unsigned char** bytes,
              unsigned long* length) {  // NOLINT(google-runtime-int): libjpeg's type
  if (setjmp(trouble.out) != 0) return false;
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, bytes, length);
  jpeg.image_width = static_cast<JDIMENSION>(page.width);
  jpeg.image_height = static_cast<JDIMENSION>(page.height);
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, kJpegQuality, TRUE);
  jpeg.density_unit = 1;  // dots an inch
  jpeg.X_density = static_cast<UINT16>(page.dpi);
  jpeg.Y_density = static_cast<UINT16>(page.dpi);
  for (int i = 0; i < 3; ++i) {  // no coarser colour than brightness: a code keeps its edges
    jpeg.comp_info[i].h_samp_factor = 1;
    jpeg.comp_info[i].v_samp_factor = 1;
  }
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    const std::size_t at = std::size_t{jpeg.next_scanline} * static_cast<std::size_t>(page.width) * 3;
    JSAMPROW row = const_cast<JSAMPROW>(page.rgb.data() + at);  // NOLINT: libjpeg reads it alone
    (void)jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  return true;
}

ssize_t append_raster(void* to, unsigned char* bytes, size_t length) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), length);
  return static_cast<ssize_t>(length);
}

struct CloseRaster {
  void operator()(cups_raster_t* raster) const { cupsRasterClose(raster); }
};

bool write_side(cups_raster_t* raster, const PagePixels& side, unsigned sides, bool two_sided) {
  const auto hundredths = [&](int px) { return static_cast<int>(std::lround(px * 2540.0 / side.dpi)); };
  pwg_media_t* media = pwgMediaForSize(hundredths(side.width), hundredths(side.height));
  cups_page_header2_t header;
  std::memset(&header, 0, sizeof(header));
  if (media == nullptr ||
      !cupsRasterInitPWGHeader(&header, media, "srgb_8", side.dpi, side.dpi,
                               two_sided ? "two-sided-long-edge" : "one-sided", "normal")) {
    return false;
  }
  // As many dots as were drawn: the medium's own size may be one more or less.
  header.cupsWidth = static_cast<unsigned>(side.width);
  header.cupsHeight = static_cast<unsigned>(side.height);
  header.cupsBytesPerLine = header.cupsWidth * 3;
  header.cupsInteger[CUPS_RASTER_PWG_TotalPageCount] = sides;
  header.cupsInteger[CUPS_RASTER_PWG_ImageBoxRight] = header.cupsWidth;
  header.cupsInteger[CUPS_RASTER_PWG_ImageBoxBottom] = header.cupsHeight;
  if (!cupsRasterWriteHeader2(raster, &header)) return false;
  std::vector<std::uint8_t> row(header.cupsBytesPerLine);
  for (int y = 0; y < side.height; ++y) {
    const auto begin = side.rgb.begin() + std::ptrdiff_t{y} * static_cast<std::ptrdiff_t>(row.size());
    std::copy(begin, begin + static_cast<std::ptrdiff_t>(row.size()), row.begin());
    if (cupsRasterWritePixels(raster, row.data(), header.cupsBytesPerLine) != header.cupsBytesPerLine)
      return false;
  }
  return true;
}

// Rec. 709's weights, of 255.
int brightness(const std::uint8_t* rgb) {
  return (rgb[0] * 54 + rgb[1] * 183 + rgb[2] * 19) / 256;
}

}  // namespace

Expected<std::string> jpeg_of(const PagePixels& page) {
  jpeg_compress_struct jpeg{};
  JpegTrouble trouble{};
  jpeg.err = jpeg_std_error(&trouble.base);
  trouble.base.error_exit = [](j_common_ptr about) {
    std::longjmp(reinterpret_cast<JpegTrouble*>(about->err)->out, 1);  // `base` is its first member
  };
  unsigned char* bytes = nullptr;
  unsigned long length = 0;  // NOLINT(google-runtime-int)
  const bool made = compress(jpeg, trouble, page, &bytes, &length);
  jpeg_destroy_compress(&jpeg);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(bytes, &std::free);
  if (!made) return fail(Error::Kind::invalid, "the page cannot be written as JPEG");
  return std::string(reinterpret_cast<const char*>(bytes), length);
}

Expected<std::string> pwg_of(const std::vector<PagePixels>& sides, bool two_sided) {
  std::string bytes;
  {
    const std::unique_ptr<cups_raster_t, CloseRaster> raster(
        cupsRasterOpenIO(append_raster, &bytes, CUPS_RASTER_WRITE_PWG));
    for (const PagePixels& side : sides) {
      if (!raster || !write_side(raster.get(), side, static_cast<unsigned>(sides.size()), two_sided))
        return fail(Error::Kind::invalid, "the page cannot be written as PWG raster");
    }
  }
  return bytes;
}

std::string dots_of(const PagePixels& page) {
  const auto width = static_cast<std::size_t>(page.width);
  const std::size_t row_bytes = (width + 7) / 8;
  std::string dots(row_bytes * static_cast<std::size_t>(page.height), '\0');
  // What the dots before left over, in sixteenths; a place more at each end.
  std::vector<int> here(width + 2);
  std::vector<int> below(width + 2);
  for (std::size_t y = 0; y < static_cast<std::size_t>(page.height); ++y) {
    std::ranges::fill(below, 0);
    for (std::size_t x = 0; x < width; ++x) {
      const int own = brightness(&page.rgb[(y * width + x) * 3]);
      // Paper and ink are as they are: what is left over of a photo beside them leaves no specks there.
      const bool pure = own <= 8 || own >= 247;
      const int value = pure ? own : own + here[x + 1] / 16;
      const bool black = value < 128;
      if (black) {
        auto& byte = dots[y * row_bytes + x / 8];
        byte = static_cast<char>(static_cast<unsigned char>(byte) | (0x80U >> (x % 8)));
      }
      if (pure) continue;
      const int over = value - (black ? 0 : 255);
      here[x + 2] += over * 7;
      below[x] += over * 3;
      below[x + 1] += over * 5;
      below[x + 2] += over;
    }
    std::swap(here, below);
  }
  return dots;
}

}  // namespace lanyard::kiosk
