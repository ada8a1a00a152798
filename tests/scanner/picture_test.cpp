#include "scanner/picture.hpp"

#include <algorithm>
#include <cstdlib>

#include "scanner/picture_jpeg.hpp"
#include "tests/catch.hpp"
#include "tests/scanner/pictures.hpp"

namespace lanyard::scanner {
namespace {

using namespace testing;

int largest_difference(GrayView a, GrayView b) {
  int largest = 0;
  for (int y = 0; y < a.height; ++y) {
    for (int x = 0; x < a.width; ++x) largest = std::max(largest, std::abs(a.row(y)[x] - b.row(y)[x]));
  }
  return largest;
}

// Where a JPEG's segment of this kind begins.
std::size_t segment(const Bytes& jpeg, std::uint8_t kind) {
  for (std::size_t i = 2; i + 3 < jpeg.size();) {
    if (jpeg[i + 1] == kind) return i;
    i += 2U + static_cast<std::size_t>(jpeg[i + 2] << 8U) + jpeg[i + 3];
  }
  return jpeg.size();
}

std::size_t segment_bytes(const Bytes& jpeg, std::size_t at) {
  return 2U + static_cast<std::size_t>(jpeg[at + 2] << 8U) + jpeg[at + 3];
}

Bytes first(const Bytes& bytes, std::size_t count) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count)};
}

TEST_CASE("a PNG comes back pixel by pixel") {
  const GrayFrame made = ramp(53, 31);
  const auto read = gray_from_png(png_of(made.view()));
  REQUIRE(read);
  REQUIRE(read->width() == 53);
  REQUIRE(read->height() == 31);
  CHECK(largest_difference(read->view(), made.view()) == 0);
}

TEST_CASE("a JPEG comes back nearly, baseline or progressive") {
  const GrayFrame made = qr_of("nearly");
  for (const bool progressive : {false, true}) {
    const auto read = gray_from_jpeg(jpeg_of(made.view(), 95, progressive));
    REQUIRE(read);
    REQUIRE(read->width() == made.width());
    CHECK(largest_difference(read->view(), made.view()) < 40);
  }
}

TEST_CASE("a JPEG cut at any sixteenth of its length is an error and no crash") {
  const GrayFrame made = ramp(320, 240);
  for (const bool progressive : {false, true}) {
    const Bytes whole = jpeg_of(made.view(), 95, progressive);
    for (std::size_t part = 0; part < 16; ++part) {
      CAPTURE(progressive, part);
      CHECK_FALSE(gray_from_picture(first(whole, whole.size() * part / 16)));
    }
  }
}

TEST_CASE("a PNG cut at any sixteenth of its length is an error and no crash") {
  const GrayFrame made = ramp(320, 240);
  const Bytes whole = png_of(made.view());
  for (std::size_t part = 0; part < 16; ++part) {
    CAPTURE(part);
    CHECK_FALSE(gray_from_picture(first(whole, whole.size() * part / 16)));
  }
}

TEST_CASE("a JPEG that lacks its end marker alone is whole") {
  const GrayFrame made = ramp(320, 240);
  const Bytes whole = jpeg_of(made.view());
  const auto read = gray_from_jpeg(first(whole, whole.size() - 2));
  REQUIRE(read);
  CHECK(largest_difference(read->view(), gray_from_jpeg(whole)->view()) == 0);
}

TEST_CASE("a JPEG without Huffman tables is read with the standard ones, as cameras mean it") {
  const GrayFrame made = ramp(64, 48);
  const Bytes whole = jpeg_of(made.view());
  Bytes bare = whole;
  int removed = 0;
  for (std::size_t at = segment(bare, 0xC4); at < bare.size(); at = segment(bare, 0xC4)) {
    const auto from = bare.begin() + static_cast<std::ptrdiff_t>(at);
    bare.erase(from, from + static_cast<std::ptrdiff_t>(segment_bytes(bare, at)));
    ++removed;
  }
  REQUIRE(removed > 0);
  const auto read = gray_from_jpeg(bare);
  REQUIRE(read);
  CHECK(largest_difference(read->view(), gray_from_jpeg(whole)->view()) == 0);
}

TEST_CASE("a picture that claims giant measures is refused by its header") {
  const auto png = gray_from_picture(png_header(60'000, 60'000));
  REQUIRE_FALSE(png);
  CHECK(png.error().message.find("60000x60000") != std::string::npos);

  Bytes jpeg = jpeg_of(flat(32, 32, 128).view());
  const std::size_t frame_header = segment(jpeg, 0xC0);
  REQUIRE(frame_header < jpeg.size());
  for (const std::size_t side : {frame_header + 5, frame_header + 7}) {
    jpeg[side] = 60'000 >> 8U;
    jpeg[side + 1] = 60'000 & 0xFF;
  }
  const auto read = gray_from_picture(jpeg);
  REQUIRE_FALSE(read);
  CHECK(read.error().message.find("60000x60000") != std::string::npos);
}

TEST_CASE("a progressive JPEG of endless passes is given up") {
  // The first scan over and over: each decodes, none is new.
  const Bytes whole = jpeg_of(ramp(64, 64).view(), 90, true);
  const std::size_t scan = segment(whole, 0xDA);
  REQUIRE(scan < whole.size());
  std::size_t end = scan + segment_bytes(whole, scan);
  while (end + 1 < whole.size() && (whole[end] != 0xFF || whole[end + 1] == 0)) ++end;
  Bytes endless = first(whole, end);
  for (int pass = 0; pass < 10 * kMaxJpegPasses; ++pass) {
    endless.insert(endless.end(), whole.begin() + static_cast<std::ptrdiff_t>(scan),
                   whole.begin() + static_cast<std::ptrdiff_t>(end));
  }
  endless.insert(endless.end(), {0xFF, 0xD9});
  const auto read = gray_from_jpeg(endless);
  REQUIRE_FALSE(read);
  CHECK(read.error().message.find("passes") != std::string::npos);
}

TEST_CASE("a JPEG in fewer pixels is the same picture, its sides rounded up") {
  GrayFrame made = flat(83, 61, 200);
  paste(made, flat(40, 61, 30).view(), 0, 0);
  const Bytes whole = jpeg_of(made.view());
  for (const JpegScale scale : {JpegScale::half, JpegScale::quarter, JpegScale::eighth}) {
    const int part = 8 / static_cast<int>(scale);
    CAPTURE(part);
    const auto read = gray_from_jpeg(whole, scale);
    REQUIRE(read);
    CHECK(read->width() == (83 + part - 1) / part);
    CHECK(read->height() == (61 + part - 1) / part);
    CHECK(std::abs(read->row(3)[1] - 30) < 8);
    CHECK(std::abs(read->row(3)[read->width() - 2] - 200) < 8);
  }
}

GrayFrame read_by(JpegReader& reader, const Bytes& jpeg) {
  const auto measures = reader.begin(jpeg);
  REQUIRE(measures);
  GrayFrame frame(measures->width, measures->height);
  REQUIRE(reader.finish(frame));
  return frame;
}

Bytes without_segments(Bytes jpeg, std::uint8_t kind) {
  for (std::size_t at = segment(jpeg, kind); at < jpeg.size(); at = segment(jpeg, kind)) {
    const auto from = jpeg.begin() + static_cast<std::ptrdiff_t>(at);
    jpeg.erase(from, from + static_cast<std::ptrdiff_t>(segment_bytes(jpeg, at)));
  }
  return jpeg;
}

TEST_CASE("a reader of JPEGs reads each as if it were its first, whatever came before") {
  const GrayFrame one = ramp(320, 240);
  const GrayFrame other = qr_of("another picture");
  const Bytes baseline = jpeg_of(one.view());
  const Bytes rough = jpeg_of(one.view(), 30);
  const Bytes progressive = jpeg_of(other.view(), 90, true);
  const Bytes bare = without_segments(baseline, 0xC4);  // the standard tables are meant
  Bytes broken = baseline;
  for (std::size_t i = broken.size() / 2; i < broken.size(); i += 3) broken[i] = 0xFF;
  const Bytes half = first(baseline, baseline.size() / 2);
  const std::vector<const Bytes*> all{&baseline, &progressive, &rough, &bare, &broken, &half};
  for (const Bytes* before : all) {
    for (const Bytes* jpeg : {&baseline, &progressive, &rough, &bare}) {
      JpegReader reader;
      if (const auto measures = reader.begin(*before)) {
        GrayFrame frame(measures->width, measures->height);
        (void)reader.finish(frame);
      }
      CHECK(largest_difference(read_by(reader, *jpeg).view(), gray_from_jpeg(*jpeg)->view()) == 0);
    }
    // Tables of the picture before are not borrowed.
    JpegReader reader;
    if (const auto measures = reader.begin(*before)) {
      GrayFrame frame(measures->width, measures->height);
      (void)reader.finish(frame);
    }
    const Bytes lacking = without_segments(baseline, 0xDB);
    const auto measures = reader.begin(lacking);
    if (!measures) continue;
    GrayFrame frame(measures->width, measures->height);
    CHECK_FALSE(reader.finish(frame));
  }
}

TEST_CASE("a reader of JPEGs may be left after any header") {
  const Bytes whole = jpeg_of(ramp(64, 48).view());
  JpegReader reader;
  for (int i = 0; i < 3; ++i) CHECK(reader.begin(whole));
  CHECK(largest_difference(read_by(reader, whole).view(), gray_from_jpeg(whole)->view()) == 0);
}

TEST_CASE("a WebP comes back nearly, with loss or without") {
  const GrayFrame made = qr_of("nearly");
  for (const Bytes& bytes : {webp_of(made.view()), lossy_webp_of(made.view())}) {
    const auto read = gray_from_picture(bytes);
    REQUIRE(read);
    REQUIRE(read->width() == made.width());
    REQUIRE(read->height() == made.height());
    CHECK(largest_difference(read->view(), made.view()) < 40);
  }
  const GrayFrame shades = ramp(64, 48);
  CHECK(largest_difference(gray_from_webp(webp_of(shades.view()))->view(), shades.view()) <= 2);
}

TEST_CASE("what is transparent in a WebP is white") {
  const auto read = gray_from_picture(webp_of(flat(16, 16, 40).view(), 0));
  REQUIRE(read);
  CHECK(read->row(7)[7] == 255);
}

TEST_CASE("a WebP cut at any sixteenth of its length, or of giant measures, is an error and no crash") {
  for (const Bytes& whole : {webp_of(ramp(320, 240).view()), lossy_webp_of(ramp(320, 240).view())}) {
    for (std::size_t part = 0; part < 16; ++part) {
      CAPTURE(part);
      CHECK_FALSE(gray_from_picture(first(whole, whole.size() * part / 16)));
    }
  }
  constexpr int kWide = kMaxFrameSidePixels + 1;
  const Bytes black(std::size_t{2} * kWide);
  const auto read = gray_from_picture(webp_of(GrayView{black.data(), kWide, 2, kWide}));
  REQUIRE_FALSE(read);
  CHECK(read.error().message.find("8193x2") != std::string::npos);
}

TEST_CASE("what is no picture is an error") {
  CHECK_FALSE(gray_from_picture({}));
  CHECK_FALSE(gray_from_jpeg({}));
  CHECK_FALSE(gray_from_png({}));
  CHECK_FALSE(gray_from_webp({}));
  CHECK_FALSE(gray_from_picture(Bytes{'G', 'I', 'F', '8', '9', 'a'}));
  CHECK_FALSE(gray_from_picture(Bytes{'R', 'I', 'F', 'F', 4, 0, 0, 0, 'W', 'A', 'V', 'E'}));
  CHECK_FALSE(gray_from_picture(Bytes{'R', 'I', 'F', 'F', 4, 0, 0, 0, 'W', 'E', 'B', 'P'}));
  CHECK_FALSE(gray_from_picture(Bytes(1000, 0xFF)));
  CHECK_FALSE(gray_from_picture(png_header(0, 0)));
}

TEST_CASE("a file that cannot be a picture is named in the error") {
  const TempFolder folder;
  write_file(folder / "empty.png", {});
  for (const char* name : {"empty.png", "nothing.png", "."}) {
    const auto read = read_picture(folder / name);
    REQUIRE_FALSE(read);
    CHECK(read.error().message.find((folder / name).string()) == 0);
  }
}

TEST_CASE("the bytes of a file decide its kind, not its name") {
  const TempFolder folder;
  write_file(folder / "photo.png", jpeg_of(ramp(20, 10).view()));
  const auto read = read_picture(folder / "photo.png");
  REQUIRE(read);
  CHECK(read->width() == 20);
}

}  // namespace
}  // namespace lanyard::scanner
