#include "tests/scanner/pictures.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <stdexcept>

#include <jpeglib.h>
#include <png.h>
#include <qrencode.h>
#include <webp/encode.h>

namespace lanyard::scanner::testing {

GrayFrame qr_of(std::string_view bytes, int module_pixels) {
  constexpr int kQuietModules = 4;
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeData(static_cast<int>(bytes.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
                        0, QR_ECLEVEL_L),
      QRcode_free);
  if (!code) throw std::runtime_error("no QR code holds that");
  const int side = (code->width + 2 * kQuietModules) * module_pixels;
  GrayFrame frame = flat(side, side, 255);
  for (int y = 0; y < code->width * module_pixels; ++y) {
    for (int x = 0; x < code->width * module_pixels; ++x) {
      const bool dark = (code->data[y / module_pixels * code->width + x / module_pixels] & 1U) != 0;
      if (dark) frame.row(y + kQuietModules * module_pixels)[x + kQuietModules * module_pixels] = 0;
    }
  }
  return frame;
}

GrayFrame flat(int width, int height, std::uint8_t grey) {
  GrayFrame frame(width, height);
  for (int y = 0; y < height; ++y) std::fill_n(frame.row(y), width, grey);
  return frame;
}

void paste(GrayFrame& onto, GrayView view, int x, int y) {
  for (int row = 0; row < view.height; ++row) std::copy_n(view.row(row), view.width, onto.row(y + row) + x);
}

GrayFrame ramp(int width, int height) {
  GrayFrame frame(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) frame.row(y)[x] = static_cast<std::uint8_t>((x * 3 + y * 7) % 251);
  }
  return frame;
}

Bytes jpeg_of(GrayView view, int quality, bool progressive) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &memory, &size);
  jpeg.image_width = static_cast<JDIMENSION>(view.width);
  jpeg.image_height = static_cast<JDIMENSION>(view.height);
  jpeg.input_components = 1;
  jpeg.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, quality, TRUE);
  if (progressive) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  std::vector<JSAMPLE> line(static_cast<std::size_t>(view.width));
  while (jpeg.next_scanline < jpeg.image_height) {
    std::copy_n(view.row(static_cast<int>(jpeg.next_scanline)), view.width, line.data());
    JSAMPROW row = line.data();
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  Bytes bytes(memory, memory + size);
  std::free(memory);
  return bytes;
}

Bytes png_of(GrayView view) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  png.format = PNG_FORMAT_GRAY;
  png.width = static_cast<png_uint_32>(view.width);
  png.height = static_cast<png_uint_32>(view.height);
  png_alloc_size_t size = 0;
  if (png_image_write_get_memory_size(png, size, 0, view.data, view.stride, nullptr) == 0) {
    throw std::runtime_error(png.message);
  }
  Bytes bytes(size);
  if (png_image_write_to_memory(&png, bytes.data(), &size, 0, view.data, view.stride, nullptr) == 0) {
    throw std::runtime_error(png.message);
  }
  bytes.resize(size);
  return bytes;
}

namespace {

Bytes rgba_of(GrayView view, std::uint8_t alpha) {
  Bytes rgba;
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) {
      const std::uint8_t grey = view.row(y)[x];
      rgba.insert(rgba.end(), {grey, grey, grey, alpha});
    }
  }
  return rgba;
}

Bytes taken_over(std::uint8_t* memory, std::size_t size) {
  if (size == 0) throw std::runtime_error("no WebP was made");
  Bytes bytes(memory, memory + size);
  WebPFree(memory);
  return bytes;
}

}  // namespace

Bytes webp_of(GrayView view, std::uint8_t alpha) {
  const Bytes rgba = rgba_of(view, alpha);
  std::uint8_t* memory = nullptr;
  const std::size_t size =
      WebPEncodeLosslessRGBA(rgba.data(), view.width, view.height, view.width * 4, &memory);
  return taken_over(memory, size);
}

Bytes lossy_webp_of(GrayView view) {
  const Bytes rgba = rgba_of(view, 255);
  std::uint8_t* memory = nullptr;
  const std::size_t size = WebPEncodeRGBA(rgba.data(), view.width, view.height, view.width * 4, 95, &memory);
  return taken_over(memory, size);
}

Bytes png_header(std::uint32_t width, std::uint32_t height) {
  Bytes bytes{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  const auto put_number = [&bytes](std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(number >> shift));
  };
  put_number(13);
  const std::size_t covered = bytes.size();
  for (const char c : {'I', 'H', 'D', 'R'}) bytes.push_back(static_cast<std::uint8_t>(c));
  put_number(width);
  put_number(height);
  for (const std::uint8_t byte : Bytes{8, 0, 0, 0, 0}) bytes.push_back(byte);  // 8 bits of grey
  std::uint32_t crc = 0xFFFFFFFFU;
  for (std::size_t i = covered; i < bytes.size(); ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  put_number(~crc);
  put_number(1000);
  for (const char c : {'I', 'D', 'A', 'T'}) bytes.push_back(static_cast<std::uint8_t>(c));
  return bytes;
}

void write_file(const std::filesystem::path& path, const Bytes& bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw std::runtime_error(path.string() + " cannot be written");
}

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "lanyard-scanner-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for the test");
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace lanyard::scanner::testing
