#include "scanner/picture_jpeg.hpp"

// jpeglib.h uses FILE and size_t without saying where they come from.
#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <jerror.h>
#include <jpeglib.h>

namespace lanyard::scanner {
namespace {

tl::unexpected<PictureError> unreadable(std::string message) {
  return tl::make_unexpected(PictureError{std::move(message)});
}

// libjpeg-turbo's own memory is aligned and padded so that vector code may run past the end of a row.
constexpr std::size_t kRowAlignment = 64;

std::size_t padded(std::size_t bytes) {
  return (bytes + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
}

// Memory that is given away in one piece after the other, and taken back all at once.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() {
    for (const Chunk& chunk : chunks_) ::operator delete (chunk.start, std::align_val_t{kRowAlignment});
  }

  // nullptr: there is no more of it.
  void* take(std::size_t bytes) noexcept {
    const std::size_t wanted = padded(bytes);
    for (Chunk& chunk : chunks_) {
      if (chunk.start == nullptr && !make(chunk, std::max(wanted, kChunkBytes))) return nullptr;
      if (chunk.size - chunk.used < wanted) continue;
      return chunk.start + std::exchange(chunk.used, chunk.used + wanted);
    }
    return nullptr;
  }
  void take_back_all() noexcept {
    for (Chunk& chunk : chunks_) chunk.used = 0;
  }

 private:
  static constexpr std::size_t kChunkBytes = 256U << 10U;
  struct Chunk {
    std::byte* start{nullptr};
    std::size_t size{0};
    std::size_t used{0};
  };
  bool make(Chunk& chunk, std::size_t bytes) noexcept {
    if (bytes > kMaxJpegArenaBytes - total_) return false;
    chunk.start =
        static_cast<std::byte*>(::operator new (bytes, std::align_val_t{kRowAlignment}, std::nothrow));
    if (chunk.start == nullptr) return false;
    chunk.size = bytes;
    total_ += bytes;
    return true;
  }
  std::array<Chunk, 128> chunks_{};
  std::size_t total_{0};
};

// Which tables a picture brings along before its first scan, a bit for each. Another set than the last
// picture's, and tables of that one could show in this one.
std::uint32_t tables_of(std::span<const std::uint8_t> jpeg) {
  constexpr std::uint8_t kHuffman = 0xC4;
  constexpr std::uint8_t kQuantisation = 0xDB;
  constexpr std::uint8_t kScan = 0xDA;
  std::uint32_t tables = 0;
  for (std::size_t at = 2; at + 4 < jpeg.size() && jpeg[at] == 0xFF && jpeg[at + 1] != kScan;) {
    const std::uint8_t kind = jpeg[at + 1];
    const std::size_t length = std::size_t{jpeg[at + 2]} * 256 + jpeg[at + 3];
    const std::size_t end = std::min(at + 2 + length, jpeg.size());
    std::size_t table = at + 4;
    while ((kind == kHuffman || kind == kQuantisation) && table < end) {
      const std::uint8_t id = jpeg[table];
      if (kind == kQuantisation) {
        tables |= 1U << (16U + (id & 3U));
        table += id >= 16 ? 129 : 65;
        continue;
      }
      tables |= 1U << ((id & 3U) + (id >= 16 ? 4U : 0U));
      std::size_t values = 0;
      for (std::size_t i = table + 1; i < std::min(table + 17, end); ++i) values += jpeg[i];
      table += 17 + values;
    }
    at += 2 + length;
  }
  return tables;
}

}  // namespace

// libjpeg leaves by longjmp, which must not jump over anything that has a destructor: in the functions that
// call it there are plain values alone.
struct JpegReader::Inside {
  jpeg_error_mgr base{};  // what libjpeg calls when it can go no further
  std::jmp_buf give_up{};
  jpeg_progress_mgr progress{};
  std::array<char, JMSG_LENGTH_MAX> message{};
  bool broken_off{false};

  jpeg_decompress_struct jpeg{};
  bool made{false};
  bool stale{false};  // the last picture left something behind that is not told by its tables
  std::uint32_t tables{0};
  void (*free_their_pool)(j_common_ptr, int){nullptr};
  void* (*their_small)(j_common_ptr, int, std::size_t){nullptr};
  void* (*their_large)(j_common_ptr, int, std::size_t){nullptr};
  JSAMPARRAY (*their_rows)(j_common_ptr, int, JDIMENSION, JDIMENSION){nullptr};
  JBLOCKARRAY (*their_blocks)(j_common_ptr, int, JDIMENSION, JDIMENSION){nullptr};
  Arena arena;

  static Inside& of(j_common_ptr jpeg) { return *static_cast<Inside*>(jpeg->client_data); }
  [[nodiscard]] bool make();
  void unmake();
  [[nodiscard]] bool read_header(std::span<const std::uint8_t> bytes, JpegScale scale);
  [[nodiscard]] bool read_rows(GrayFrame& into);
  void use_arena();
  [[nodiscard]] PictureError error() const {
    return {broken_off ? "the JPEG breaks off"
                       : std::string("not a JPEG that can be read: ") + message.data()};
  }

  [[noreturn]] static void leave(j_common_ptr jpeg) {
    std::longjmp(of(jpeg).give_up, 1);  // NOLINT(cert-err52-cpp): no exception may pass through libjpeg
  }
  [[noreturn]] static void on_error(j_common_ptr jpeg) {
    jpeg->err->format_message(jpeg, of(jpeg).message.data());
    leave(jpeg);
  }
  static void on_warning(j_common_ptr jpeg, int level);
  static void on_progress(j_common_ptr jpeg);
  static void* take(j_common_ptr jpeg, std::size_t bytes);
  static void* small(j_common_ptr jpeg, int pool, std::size_t bytes);
  static void* large(j_common_ptr jpeg, int pool, std::size_t bytes);
  static JSAMPARRAY rows(j_common_ptr jpeg, int pool, JDIMENSION samples, JDIMENSION count);
  static JBLOCKARRAY blocks(j_common_ptr jpeg, int pool, JDIMENSION across, JDIMENSION count);
  static void free_pool(j_common_ptr jpeg, int pool);
};

void JpegReader::Inside::on_warning(j_common_ptr jpeg, int level) {
  if (level >= 0 || jpeg->err->msg_code != JWRN_JPEG_EOF || jpeg->is_decompressor == 0) return;
  const auto* decompress = reinterpret_cast<j_decompress_ptr>(jpeg);
  // Within the last row of blocks nothing but the end marker need be missing.
  const auto rows_left =
      decompress->output_height - std::min(decompress->output_scanline, decompress->output_height);
  if (decompress->output_height == 0 ||
      rows_left > static_cast<JDIMENSION>(DCTSIZE * decompress->max_v_samp_factor)) {
    of(jpeg).broken_off = true;
  }
}

void JpegReader::Inside::on_progress(j_common_ptr jpeg) {
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= kMaxJpegPasses) return;
  auto& message = of(jpeg).message;
  (void)std::snprintf(message.data(), message.size(), "more than %d passes", kMaxJpegPasses);
  leave(jpeg);
}

// --- libjpeg's memory for one picture, from the arena
// --------------------------------------------------------------

void* JpegReader::Inside::take(j_common_ptr jpeg, std::size_t bytes) {
  void* memory = of(jpeg).arena.take(bytes);
  if (memory != nullptr) return memory;
  (void)std::snprintf(of(jpeg).message.data(), of(jpeg).message.size(), "it takes too much memory");
  leave(jpeg);
}

void* JpegReader::Inside::small(j_common_ptr jpeg, int pool, std::size_t bytes) {
  return pool == JPOOL_IMAGE ? take(jpeg, bytes) : of(jpeg).their_small(jpeg, pool, bytes);
}

void* JpegReader::Inside::large(j_common_ptr jpeg, int pool, std::size_t bytes) {
  return pool == JPOOL_IMAGE ? take(jpeg, bytes) : of(jpeg).their_large(jpeg, pool, bytes);
}

JSAMPARRAY JpegReader::Inside::rows(j_common_ptr jpeg, int pool, JDIMENSION samples, JDIMENSION count) {
  if (pool != JPOOL_IMAGE) return of(jpeg).their_rows(jpeg, pool, samples, count);
  const std::size_t row_bytes = padded(std::size_t{samples} * sizeof(JSAMPLE));
  auto* rows = static_cast<JSAMPARRAY>(take(jpeg, count * sizeof(JSAMPROW)));
  auto* memory = static_cast<JSAMPLE*>(take(jpeg, row_bytes * count));
  for (JDIMENSION row = 0; row < count; ++row) rows[row] = memory + row * row_bytes;
  return rows;
}

JBLOCKARRAY JpegReader::Inside::blocks(j_common_ptr jpeg, int pool, JDIMENSION across, JDIMENSION count) {
  if (pool != JPOOL_IMAGE) return of(jpeg).their_blocks(jpeg, pool, across, count);
  auto* rows = static_cast<JBLOCKARRAY>(take(jpeg, count * sizeof(JBLOCKROW)));
  auto* memory = static_cast<JBLOCK*>(take(jpeg, std::size_t{across} * count * sizeof(JBLOCK)));
  for (JDIMENSION row = 0; row < count; ++row) rows[row] = memory + std::size_t{row} * across;
  return rows;
}

void JpegReader::Inside::free_pool(j_common_ptr jpeg, int pool) {
  if (pool == JPOOL_IMAGE) of(jpeg).arena.take_back_all();
  of(jpeg).free_their_pool(jpeg, pool);
}

void JpegReader::Inside::use_arena() {
  jpeg_memory_mgr& memory = *jpeg.mem;
  their_small = std::exchange(memory.alloc_small, small);
  their_large = std::exchange(memory.alloc_large, large);
  their_rows = std::exchange(memory.alloc_sarray, rows);
  their_blocks = std::exchange(memory.alloc_barray, blocks);
  free_their_pool = std::exchange(memory.free_pool, free_pool);
}

// --- One picture
// ---------------------------------------------------------------------------------------------------

bool JpegReader::Inside::make() {
  jpeg = {};
  jpeg.err = jpeg_std_error(&base);
  jpeg.client_data = this;
  base.error_exit = on_error;
  base.emit_message = on_warning;
  if (setjmp(give_up) != 0) return false;  // NOLINT(cert-err52-cpp): as above
  jpeg_create_decompress(&jpeg);
  made = true;
  use_arena();
  progress.progress_monitor = on_progress;
  jpeg.progress = &progress;
  jpeg.mem->max_memory_to_use = kMaxJpegWorkBytes;
  return true;
}

void JpegReader::Inside::unmake() {
  if (std::exchange(made, false)) jpeg_destroy_decompress(&jpeg);
  arena.take_back_all();
}

bool JpegReader::Inside::read_header(std::span<const std::uint8_t> bytes, JpegScale scale) {
  if (setjmp(give_up) != 0) return false;  // NOLINT(cert-err52-cpp): as above
  jpeg_abort_decompress(&jpeg);
  jpeg_mem_src(&jpeg, bytes.data(), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&jpeg, TRUE);
  jpeg.out_color_space = JCS_GRAYSCALE;
  jpeg.scale_num = static_cast<unsigned>(scale);
  jpeg.scale_denom = DCTSIZE;
  stale = jpeg_has_multiple_scans(&jpeg) != 0;
  if (fits_frame(jpeg.image_width, jpeg.image_height)) jpeg_calc_output_dimensions(&jpeg);
  return !broken_off;
}

bool JpegReader::Inside::read_rows(GrayFrame& into) {
  if (setjmp(give_up) != 0) return false;  // NOLINT(cert-err52-cpp): as above
  jpeg_start_decompress(&jpeg);
  while (jpeg.output_scanline < jpeg.output_height && !broken_off) {
    JSAMPROW row = into.row(static_cast<int>(jpeg.output_scanline));
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_abort_decompress(&jpeg);  // and not finish, which would read on to an end that may be missing
  return !broken_off;
}

JpegReader::JpegReader() : inside_(std::make_unique<Inside>()) {}

JpegReader::~JpegReader() {
  inside_->unmake();
}

tl::expected<JpegReader::Measures, PictureError> JpegReader::begin(std::span<const std::uint8_t> bytes,
                                                                   JpegScale scale) {
  if (bytes.empty()) return unreadable("an empty picture");
  Inside& inside = *inside_;
  const std::uint32_t tables = tables_of(bytes);
  if (inside.stale || tables != inside.tables) inside.unmake();
  inside.tables = tables;
  inside.broken_off = false;
  inside.message.front() = '\0';
  // What a picture that failed has left behind is not known.
  const auto fail = [&inside](PictureError error) {
    inside.unmake();
    return tl::make_unexpected(std::move(error));
  };
  if (!inside.made && !inside.make()) return fail(inside.error());
  if (!inside.read_header(bytes, scale)) return fail(inside.error());
  const jpeg_decompress_struct& jpeg = inside.jpeg;
  if (!fits_frame(jpeg.image_width, jpeg.image_height)) {
    return fail(refused_measures(jpeg.image_width, jpeg.image_height).error());
  }
  return Measures{static_cast<int>(jpeg.image_width), static_cast<int>(jpeg.image_height),
                  static_cast<int>(jpeg.output_width), static_cast<int>(jpeg.output_height)};
}

tl::expected<void, PictureError> JpegReader::finish(GrayFrame& into) {
  Inside& inside = *inside_;
  const bool fits = inside.made && into.width() == static_cast<int>(inside.jpeg.output_width) &&
                    into.height() == static_cast<int>(inside.jpeg.output_height);
  if (!fits) std::abort();  // a caller's bug: it would write past the frame
  if (inside.read_rows(into)) return {};
  PictureError error = inside.error();
  inside.unmake();
  return tl::make_unexpected(std::move(error));
}

PictureResult gray_from_jpeg(std::span<const std::uint8_t> bytes, JpegScale scale) {
  JpegReader reader;
  const auto measures = reader.begin(bytes, scale);
  if (!measures) return tl::make_unexpected(measures.error());
  GrayFrame frame(measures->width, measures->height);
  if (auto finished = reader.finish(frame); !finished) return tl::make_unexpected(finished.error());
  return frame;
}

}  // namespace lanyard::scanner
