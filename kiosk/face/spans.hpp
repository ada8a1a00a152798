// Pixels of one row, side by side: the inner loops of raster.cpp. Threads: reentrant.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "kiosk/face/memory_textures.hpp"

namespace lanyard::kiosk::spans {

// A value along the row, 16.16.
struct Ramp {
  std::int64_t at{0};
  std::int64_t step{0};
  [[nodiscard]] std::int64_t operator[](int i) const { return at + step * i; }
};

[[nodiscard]] inline std::uint8_t byte_of(std::int64_t fixed) {
  return static_cast<std::uint8_t>(std::clamp<std::int64_t>((fixed + 32768) >> 16, 0, 255));
}

struct Ink {
  std::array<std::uint8_t, 4> rgba{};  // of all pixels, if flat; else of the first
  bool flat{true};
  std::array<Ramp, 4> planes{};
};

// A grey picture in a tint: what each of its greys looks like.
struct Tints {
  explicit Tints(const std::array<std::uint8_t, 4>& tint);
  std::array<std::uint8_t, 4> rgba;
  std::array<std::uint32_t, 256> colours{};
};

// Where the texture is read, in its pixels: 0 is the middle of the first.
struct Read {
  const MemoryTexture* texture;
  Ramp across;
  std::int64_t down{0};
  const Tints* tints{nullptr};  // of an opaque grey picture
};

void plain(std::uint32_t* to, int count, const Ink& ink);
void textured(std::uint32_t* to, int count, const Ink& ink, const Read& read);

}  // namespace lanyard::kiosk::spans
