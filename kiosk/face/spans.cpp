#include "kiosk/face/spans.hpp"

#include <optional>
#include <vector>

namespace lanyard::kiosk::spans {
namespace {

constexpr std::uint32_t kRedBlue = 0x00FF00FF;
constexpr std::uint32_t kGreen = 0x0000FF00;

std::uint32_t packed(std::uint32_t r, std::uint32_t g, std::uint32_t b) {
  return (r << 16U) | (g << 8U) | b;
}

// x / 255, rounded to the nearest, for all x up to 255 * 255.
std::uint32_t over_255(std::uint32_t x) {
  x += 128;
  return (x + (x >> 8U)) >> 8U;
}

// Red and blue at once: each has sixteen bits to itself, and 255 * 255 + 128 fits.
std::uint32_t blend(std::uint32_t under, std::uint32_t colour, std::uint32_t alpha) {
  const std::uint32_t rest = 255 - alpha;
  std::uint32_t rb = (under & kRedBlue) * rest + (colour & kRedBlue) * alpha + 0x00800080;
  rb = ((rb + ((rb >> 8U) & kRedBlue)) >> 8U) & kRedBlue;
  std::uint32_t g = ((under & kGreen) >> 8U) * rest + ((colour & kGreen) >> 8U) * alpha + 0x80;
  g = (g + (g >> 8U)) & kGreen;
  return rb | g;
}

std::uint32_t mixed(std::uint32_t a, std::uint32_t b, std::uint32_t share) {
  return (a * (256 - share) + b * share + 128) >> 8U;
}

struct Between {
  int low{0};
  int high{0};
  std::uint32_t share{0};  // of `high`, of 256
};

Between between(std::int64_t fixed, int size) {
  const auto whole = static_cast<int>(fixed >> 16);
  const auto share = static_cast<std::uint32_t>((fixed & 0xFFFF) >> 8);
  return {std::clamp(whole, 0, size - 1), std::clamp(whole + 1, 0, size - 1), share};
}

// One channel of a texture's pixels, between four of them.
std::uint32_t sample(const std::uint8_t* upper, const std::uint8_t* lower, const Between& u,
                     std::uint32_t down, int pixel, int channel) {
  const int low = u.low * pixel + channel;
  const int high = u.high * pixel + channel;
  return mixed(mixed(upper[low], lower[low], down), mixed(upper[high], lower[high], down), u.share);
}

// Two rows of a texture, and how much there is of the lower one.
struct Rows {
  explicit Rows(const Read& read) : texture(*read.texture) {
    const Between v = between(read.down, texture.height);
    upper = texture.row(v.low);
    lower = texture.row(v.high);
    share = v.share;
  }
  const MemoryTexture& texture;
  const std::uint8_t* upper{nullptr};
  const std::uint8_t* lower{nullptr};
  std::uint32_t share{0};
};

std::array<std::uint8_t, 4> texel(const Rows& rows, std::int64_t across) {
  const Between u = between(across, rows.texture.width);
  const auto channel = [&](int pixel, int c) {
    return static_cast<std::uint8_t>(sample(rows.upper, rows.lower, u, rows.share, pixel, c));
  };
  switch (rows.texture.channel) {
    case Channel::coverage:
      return {255, 255, 255, channel(1, 0)};
    case Channel::grey: {
      const std::uint8_t grey = channel(1, 0);
      return {grey, grey, grey, 255};
    }
    case Channel::colour:
      break;
  }
  return {channel(4, 0), channel(4, 1), channel(4, 2), channel(4, 3)};
}

std::array<std::uint8_t, 4> ink_at(const Ink& ink, int i) {
  if (ink.flat) return ink.rgba;
  return {byte_of(ink.planes[0][i]), byte_of(ink.planes[1][i]), byte_of(ink.planes[2][i]),
          byte_of(ink.planes[3][i])};
}

// Any colour, any texture.
void general(std::uint32_t* to, int count, const Ink& ink, const Read* read) {
  std::optional<Rows> rows;
  if (read != nullptr) rows.emplace(*read);
  for (int i = 0; i < count; ++i) {
    std::array<std::uint8_t, 4> c = ink_at(ink, i);
    if (rows) {
      const std::array<std::uint8_t, 4> t = texel(*rows, read->across[i]);
      for (std::size_t k = 0; k < 4; ++k) {
        c[k] = static_cast<std::uint8_t>(over_255(std::uint32_t{c[k]} * t[k]));
      }
    }
    to[i] = blend(to[i], packed(c[0], c[1], c[2]), c[3]);
  }
}

// Words: of one colour, each pixel of the texture on one of the screen.
void letters(std::uint32_t* to, int count, std::uint32_t colour, std::uint32_t alpha,
             const std::uint8_t* covered) {
  for (int i = 0; i < count; ++i) {
    if (covered[i] != 0) to[i] = blend(to[i], colour, over_255(covered[i] * alpha));
  }
}

// The camera's picture, in one tint: a table knows its colours. What is `sample` elsewhere, in two strides:
// the two rows to one, and along that.
void camera(std::uint32_t* to, int count, const Read& read) {
  const Rows rows(read);
  const int width = rows.texture.width;
  const Between begin = between(read.across[0], width);
  const Between end = between(read.across[count - 1], width);
  const int first = std::min(begin.low, end.low);
  const int columns = std::max(begin.high, end.high) - first + 1;
  std::vector<std::uint8_t> row(static_cast<std::size_t>(columns));
  for (int i = 0; i < columns; ++i) {
    row[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(mixed(rows.upper[first + i], rows.lower[first + i], rows.share));
  }
  const std::uint32_t* colours = read.tints->colours.data();
  const std::uint8_t* at = row.data() - first;
  std::int64_t across = read.across.at;
  for (int i = 0; i < count; ++i, across += read.across.step) {
    // Within the picture, which is all but its rim, nothing has to be clamped.
    const auto low = static_cast<int>(across >> 16);
    if (low < 0 || low + 1 >= width) {
      const Between rim = between(across, width);
      to[i] = colours[mixed(at[rim.low], at[rim.high], rim.share)];
      continue;
    }
    to[i] = colours[mixed(at[low], at[low + 1], static_cast<std::uint32_t>(across >> 8) & 0xFFU)];
  }
}

// The first of `count` pixels of a texture that lie one on each of the screen's; nullptr: they do not.
const std::uint8_t* pixel_on_pixel(const Read& read, int count) {
  const MemoryTexture& t = *read.texture;
  const std::int64_t first = read.across.at >> 16;
  const std::int64_t row = read.down >> 16;
  const bool on_pixels =
      read.across.step == 65536 && (read.across.at & 0xFFFF) == 0 && (read.down & 0xFFFF) == 0;
  if (t.channel != Channel::coverage || !on_pixels) return nullptr;
  if (first < 0 || first + count > t.width || row < 0 || row >= t.height) return nullptr;
  return t.row(static_cast<int>(row)) + first;
}

}  // namespace

Tints::Tints(const std::array<std::uint8_t, 4>& tint) : rgba(tint) {
  for (std::uint32_t grey = 0; grey < 256; ++grey) {
    colours[grey] = packed(over_255(grey * tint[0]), over_255(grey * tint[1]), over_255(grey * tint[2]));
  }
}

void plain(std::uint32_t* to, int count, const Ink& ink) {
  const std::uint32_t colour = packed(ink.rgba[0], ink.rgba[1], ink.rgba[2]);
  if (!ink.flat) {
    const auto& p = ink.planes;
    const bool fades_alone = p[0].step == 0 && p[1].step == 0 && p[2].step == 0;
    if (!fades_alone) return general(to, count, ink, nullptr);
    for (int i = 0; i < count; ++i) to[i] = blend(to[i], colour, byte_of(p[3][i]));
    return;
  }
  const std::uint32_t alpha = ink.rgba[3];
  if (alpha == 255) {
    std::fill_n(to, count, colour);
  } else {
    for (int i = 0; i < count; ++i) to[i] = blend(to[i], colour, alpha);
  }
}

void textured(std::uint32_t* to, int count, const Ink& ink, const Read& read) {
  if (ink.flat) {
    if (const std::uint8_t* covered = pixel_on_pixel(read, count)) {
      return letters(to, count, packed(ink.rgba[0], ink.rgba[1], ink.rgba[2]), ink.rgba[3], covered);
    }
    if (read.tints != nullptr && read.tints->rgba == ink.rgba) return camera(to, count, read);
  }
  general(to, count, ink, &read);
}

}  // namespace lanyard::kiosk::spans
