#include "scanner/picture.hpp"

// jpeglib.h uses FILE and size_t without saying where they come from.
#include <algorithm>
#include <array>
#include <cerrno>
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include <jerror.h>
#include <jpeglib.h>
#include <png.h>

namespace lanyard::scanner {
namespace {

tl::unexpected<PictureError> unreadable(std::string message) {
  return tl::make_unexpected(PictureError{std::move(message)});
}

// What libjpeg calls when it can go no further, and what it noticed on the way.
struct JpegTrouble {
  jpeg_error_mgr base{};  // first, so that libjpeg's pointer is ours
  std::jmp_buf give_up{};
  jpeg_progress_mgr progress{};
  std::array<char, JMSG_LENGTH_MAX> message{};
  bool broken_off{false};
};

[[noreturn]] void give_up(j_common_ptr jpeg) {
  auto* trouble = reinterpret_cast<JpegTrouble*>(jpeg->err);
  jpeg->err->format_message(jpeg, trouble->message.data());
  std::longjmp(trouble->give_up, 1);  // NOLINT(cert-err52-cpp): no exception may pass through libjpeg
}

void note_warning(j_common_ptr jpeg, int level) {
  if (level >= 0 || jpeg->err->msg_code != JWRN_JPEG_EOF || jpeg->is_decompressor == 0) return;
  const auto* decompress = reinterpret_cast<j_decompress_ptr>(jpeg);
  // Within the last row of blocks nothing but the end marker need be missing.
  const auto rows_left =
      decompress->output_height - std::min(decompress->output_scanline, decompress->output_height);
  if (decompress->output_height == 0 ||
      rows_left > static_cast<JDIMENSION>(DCTSIZE * decompress->max_v_samp_factor)) {
    reinterpret_cast<JpegTrouble*>(jpeg->err)->broken_off = true;
  }
}

void count_passes(j_common_ptr jpeg) {
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= kMaxJpegPasses) return;
  auto* trouble = reinterpret_cast<JpegTrouble*>(jpeg->err);
  (void)std::snprintf(trouble->message.data(), trouble->message.size(), "more than %d passes",
                      kMaxJpegPasses);
  std::longjmp(trouble->give_up, 1);  // NOLINT(cert-err52-cpp): as above
}

enum class JpegEnd { whole, broken_off, too_large, failed };

// libjpeg leaves by longjmp, which must not jump over anything that has a destructor: everything owned lives
// in the caller, here are plain values alone.
JpegEnd run_jpeg(jpeg_decompress_struct& jpeg, JpegTrouble& trouble, std::span<const std::uint8_t> bytes,
                 GrayFrame& out) {
  if (setjmp(trouble.give_up) != 0) return JpegEnd::failed;  // NOLINT(cert-err52-cpp): as above
  jpeg_create_decompress(&jpeg);
  trouble.progress.progress_monitor = count_passes;
  jpeg.progress = &trouble.progress;
  jpeg.mem->max_memory_to_use = kMaxJpegWorkBytes;
  jpeg_mem_src(&jpeg, bytes.data(), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&jpeg, TRUE);
  if (!fits_frame(jpeg.image_width, jpeg.image_height)) return JpegEnd::too_large;
  jpeg.out_color_space = JCS_GRAYSCALE;
  jpeg_start_decompress(&jpeg);
  out = GrayFrame(static_cast<int>(jpeg.output_width), static_cast<int>(jpeg.output_height));
  while (jpeg.output_scanline < jpeg.output_height && !trouble.broken_off) {
    JSAMPROW row = out.row(static_cast<int>(jpeg.output_scanline));
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  return trouble.broken_off ? JpegEnd::broken_off : JpegEnd::whole;
}

// One read of a whole file, or why not.
tl::expected<std::vector<std::uint8_t>, PictureError> read_file(const std::filesystem::path& path) {
  // Asked first, because opening a pipe that nobody writes to would wait for ever.
  std::error_code unknown;
  const auto kind = std::filesystem::status(path, unknown).type();
  if (kind == std::filesystem::file_type::not_found) return unreadable("no such file");
  if (kind != std::filesystem::file_type::regular) return unreadable("is not a file");
  errno = 0;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return unreadable(errno != 0 ? std::strerror(errno) : "cannot be opened");
  const std::streamoff size = file.tellg();
  if (size < 0) return unreadable("has no length");
  if (static_cast<std::uintmax_t>(size) > kMaxPictureBytes) {
    return unreadable("has more than " + std::to_string(kMaxPictureBytes >> 20U) + " MiB");
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (file.gcount() != size) return unreadable("cannot be read to its end");
  return bytes;
}

}  // namespace

PictureResult refused_measures(std::int64_t width, std::int64_t height) {
  return unreadable("a picture of " + std::to_string(width) + "x" + std::to_string(height) +
                    " pixels is refused, a side may have " + std::to_string(kMaxFrameSidePixels));
}

PictureResult gray_from_jpeg(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return unreadable("an empty picture");
  jpeg_decompress_struct jpeg{};
  JpegTrouble trouble;
  jpeg.err = jpeg_std_error(&trouble.base);
  trouble.base.error_exit = give_up;
  trouble.base.emit_message = note_warning;
  GrayFrame frame;
  const JpegEnd end = run_jpeg(jpeg, trouble, bytes, frame);
  const std::int64_t width = jpeg.image_width;
  const std::int64_t height = jpeg.image_height;
  jpeg_destroy_decompress(&jpeg);
  switch (end) {
    case JpegEnd::whole:
      return frame;
    case JpegEnd::too_large:
      return refused_measures(width, height);
    case JpegEnd::broken_off:
      return unreadable("the JPEG breaks off");
    case JpegEnd::failed:
      break;
  }
  return unreadable(std::string("not a JPEG that can be read: ") + trouble.message.data());
}

PictureResult gray_from_png(std::span<const std::uint8_t> bytes) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  const auto give_up_with = [&png](const char* doing) {
    std::string message = std::string(doing) + ": " + png.message;
    png_image_free(&png);
    return unreadable(std::move(message));
  };
  if (bytes.empty()) return unreadable("an empty picture");
  if (png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()) == 0) {
    return give_up_with("not a PNG that can be read");
  }
  if (!fits_frame(png.width, png.height)) {
    png_image_free(&png);
    return refused_measures(png.width, png.height);
  }
  png.format = PNG_FORMAT_GRAY;
  GrayFrame frame(static_cast<int>(png.width), static_cast<int>(png.height));
  const png_color paper{255, 255, 255};
  if (png_image_finish_read(&png, &paper, frame.row(0), frame.width(), nullptr) == 0) {
    return give_up_with("the PNG cannot be read to its end");
  }
  return frame;
}

PictureResult gray_from_picture(std::span<const std::uint8_t> bytes) {
  constexpr std::array<std::uint8_t, 4> kPng{0x89, 'P', 'N', 'G'};
  constexpr std::array<std::uint8_t, 3> kJpeg{0xFF, 0xD8, 0xFF};
  constexpr std::array<std::uint8_t, 4> kRiff{'R', 'I', 'F', 'F'};
  constexpr std::array<std::uint8_t, 4> kWebp{'W', 'E', 'B', 'P'};
  const auto begins = [bytes](std::span<const std::uint8_t> magic) {
    return bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), bytes.begin());
  };
  if (bytes.empty()) return unreadable("an empty picture");
  if (begins(kPng)) return gray_from_png(bytes);
  if (begins(kJpeg)) return gray_from_jpeg(bytes);
  if (begins(kRiff) && bytes.size() >= 12 && std::equal(kWebp.begin(), kWebp.end(), bytes.begin() + 8)) {
    return gray_from_webp(bytes);
  }
  return unreadable("none of PNG, JPEG and WebP");
}

PictureResult read_picture(const std::filesystem::path& path) {
  const auto in_path = [&path](const PictureError& error) {
    return PictureError{path.string() + ": " + error.message};
  };
  auto bytes = read_file(path);
  if (!bytes) return tl::make_unexpected(in_path(bytes.error()));
  return gray_from_picture(*bytes).map_error(in_path);
}

}  // namespace lanyard::scanner
