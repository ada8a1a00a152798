// Textures in the machine's own memory, for the processor to draw with.
// Threads: the window's thread alone.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "kiosk/face/textures.hpp"

namespace lanyard::kiosk {

struct MemoryTexture {
  Channel channel{Channel::coverage};
  int width{0};                     // pixels
  int height{0};                    // pixels
  std::vector<std::uint8_t> bytes;  // rows without gaps; 1 byte a pixel, 4 of Channel::colour
  std::uint64_t edition{0};         // no two contents have the same

  [[nodiscard]] const std::uint8_t* row(int y) const {
    const std::size_t pixel = channel == Channel::colour ? 4 : 1;
    return bytes.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width) * pixel;
  }
};

class MemoryTextures : public Textures {
 public:
  [[nodiscard]] TextureId make(Channel channel, const Pixels& pixels) override;
  void refill(TextureId id, const Pixels& pixels) override;
  void drop(TextureId id) override;
  // nullptr: none of that name. Valid until it is dropped.
  [[nodiscard]] const MemoryTexture* find(TextureId id) const;

 private:
  std::unordered_map<TextureId, std::unique_ptr<MemoryTexture>> textures_;
  TextureId names_{0};
  std::uint64_t editions_{0};
};

}  // namespace lanyard::kiosk
