// A compressed picture (PNG, JPEG, WebP) as a grey frame, straight, without a detour over colours.
// PURE but for read_picture, which reads a file. Threads: reentrant. No picture, however broken, ends the
// process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include <tl/expected.hpp>

#include "scanner/frame.hpp"

namespace lanyard::scanner {

inline constexpr std::size_t kMaxPictureBytes = 64U << 20U;
// A progressive JPEG may send any number of passes over the same pixels; ten are usual.
inline constexpr int kMaxJpegPasses = 64;
// A progressive JPEG is held whole, at six bytes a pixel; a baseline one needs a few rows.
inline constexpr long kMaxJpegWorkBytes = 256L << 20U;

// What a JPEG's rows, tables and trees take while it is read, beside the above.
inline constexpr std::size_t kMaxJpegArenaBytes = 32U << 20U;

// A JPEG in fewer pixels, for less work; eighths, as libjpeg counts.
enum class JpegScale : std::uint8_t { full = 8, half = 4, quarter = 2, eighth = 1 };

// Why a picture cannot be had, in one line of English for a log.
struct PictureError {
  std::string message;
};
using PictureResult = tl::expected<GrayFrame, PictureError>;

// The error of a picture whose sides are beyond fits_frame.
[[nodiscard]] PictureResult refused_measures(std::int64_t width, std::int64_t height);

// JFIF, Exif and the Motion JPEG of cameras, with or without Huffman tables (T.81, K.3), baseline or
// progressive. A picture that breaks off is an error; one that lacks the end marker alone is whole, since
// cameras forget it. A scaled picture has its sides rounded up.
[[nodiscard]] PictureResult gray_from_jpeg(std::span<const std::uint8_t> bytes,
                                           JpegScale scale = JpegScale::full);

// PNG of any depth and colour; what is transparent is white.
[[nodiscard]] PictureResult gray_from_png(std::span<const std::uint8_t> bytes);

// A still WebP, with loss or without; what is transparent is white. One that moves is refused.
[[nodiscard]] PictureResult gray_from_webp(std::span<const std::uint8_t> bytes);

// Any of them, by the first bytes; the name of the file says nothing.
[[nodiscard]] PictureResult gray_from_picture(std::span<const std::uint8_t> bytes);

// The file's picture. The message names the path.
[[nodiscard]] PictureResult read_picture(const std::filesystem::path& path);

}  // namespace lanyard::scanner
