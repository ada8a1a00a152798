// How a QR code is built: which module is what, and how its codewords lie in it.
// PURE. Threads: reentrant. Source: ISO/IEC 18004:2015, sections 6.3, 6.5, 6.7, 6.9, 6.10, table 9, annexes
// C, D, E.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <vector>

namespace lanyard::scanner::qr {

inline constexpr int kMinVersion = 1;
inline constexpr int kMaxVersion = 40;
inline constexpr int kMaxDimension = 177;
// What a finder pattern's side measures, in modules; its middle lies half of that from the symbol's edges.
inline constexpr int kFinderModules = 7;

[[nodiscard]] constexpr int dimension_of(int version) {
  return 17 + 4 * version;
}
// 0 if no version has that many modules a side.
[[nodiscard]] constexpr int version_of(int dimension) {
  const bool fits =
      dimension >= dimension_of(kMinVersion) && dimension <= kMaxDimension && dimension % 4 == 1;
  return fits ? (dimension - 17) / 4 : 0;
}

enum class Level : std::uint8_t { low, medium, quartile, high };

// How the codewords of a symbol are spread: the first blocks may be a data codeword shorter than the last.
struct Blocks {
  int count{1};
  int check_codewords{0};  // of each block
  int codewords{0};        // of all blocks together, data and check
};
[[nodiscard]] Blocks blocks_of(int version, Level level);

struct Format {
  Level level{Level::low};
  int mask{0};  // 0..7
  friend bool operator==(const Format&, const Format&) = default;
};
inline constexpr int kFormats = 32;
inline constexpr int kFormatBits = 15;
// As drawn, the mask of annex C applied; the first bit is the highest.
[[nodiscard]] std::uint32_t format_bits(Format format);
[[nodiscard]] Format format_numbered(int number);  // 0..kFormats-1

// Whether data mask `mask` turns the module at column x, row y.
[[nodiscard]] bool is_masked(int mask, int x, int y);

struct Module {
  std::uint8_t x{0};
  std::uint8_t y{0};
};

// Something of each version, built at its first use and kept. Threads: reentrant.
template <class T>
class PerVersion {
 public:
  // Aborts unless there is such a version. `make` returns a unique_ptr<const T>.
  template <class Make>
  [[nodiscard]] const T& of(int version, Make make) {
    if (version < kMinVersion || version > kMaxVersion) std::abort();
    const auto at = static_cast<std::size_t>(version - 1);
    std::call_once(built_[at], [&] { things_[at] = make(); });
    return *things_[at];
  }

 private:
  std::array<std::once_flag, kMaxVersion> built_;
  std::array<std::unique_ptr<const T>, kMaxVersion> things_;
};

// What is the same in all symbols of a version. Built at its first use, kept until the end.
class Layout {
 public:
  [[nodiscard]] static const Layout& of(int version);

  [[nodiscard]] int version() const { return version_; }
  [[nodiscard]] int dimension() const { return dimension_of(version_); }

  // Finder patterns with their separators, timing and alignment patterns: these are known beforehand.
  struct Known {
    Module at;
    bool dark{false};
  };
  [[nodiscard]] const std::vector<Known>& known() const { return known_; }
  // The middles of the alignment patterns.
  [[nodiscard]] const std::vector<Module>& alignments() const { return alignments_; }
  // Where the bits of the codewords lie, the first codeword's highest bit first; the last few may be spare.
  [[nodiscard]] const std::vector<Module>& data() const { return data_; }
  // Where the bits of the two copies of the format lie, the highest bit first.
  [[nodiscard]] const std::array<std::array<Module, kFormatBits>, 2>& format() const { return format_; }
  // The version's own two copies (from version 7 on), with their bits; empty below.
  [[nodiscard]] const std::vector<Known>& version_marks() const { return version_marks_; }

 private:
  explicit Layout(int version);
  void lay_finder(int left, int top, std::vector<bool>& taken);
  void lay_timing(std::vector<bool>& taken);
  void lay_alignments(std::vector<bool>& taken);
  void lay_format(std::vector<bool>& taken);
  void lay_version(std::vector<bool>& taken);
  void lay_data(const std::vector<bool>& taken);
  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(dimension()) + static_cast<std::size_t>(x);
  }

  int version_;
  std::vector<Known> known_;
  std::vector<Module> alignments_;
  std::vector<Module> data_;
  std::array<std::array<Module, kFormatBits>, 2> format_{};
  std::vector<Known> version_marks_;
};

}  // namespace lanyard::scanner::qr
