#include "tests/e2e/arrivals/jpeg.hpp"

// jpeglib.h uses FILE and size_t without saying where they come from.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include <jpeglib.h>

namespace lanyard::arrivals {

std::vector<std::uint8_t> jpeg_of(scanner::GrayView view, int quality) {
  if (view.empty()) std::abort();
  // libjpeg's own error handler ends the process: there is nothing in a picture of ours that can go wrong.
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
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < jpeg.image_height) {
    // libjpeg asks for mutable rows, and only reads them.
    auto* row = const_cast<JSAMPROW>(view.row(static_cast<int>(jpeg.next_scanline)));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::vector<std::uint8_t> bytes(memory, memory + size);
  std::free(memory);
  return bytes;
}

sync::Expected<void> write_whole(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  const std::filesystem::path growing = path.parent_path() / ("." + path.filename().string() + ".part");
  std::ofstream file(growing, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code error;
  if (!file) {
    std::filesystem::remove(growing, error);
    return sync::fail(sync::Error::Kind::storage, path.string() + " cannot be written");
  }
  std::filesystem::rename(growing, path, error);
  if (error) return sync::fail(sync::Error::Kind::storage, path.string() + ": " + error.message());
  return {};
}

}  // namespace lanyard::arrivals
