#include "kiosk/face/memory_textures.hpp"

#include <algorithm>
#include <utility>

namespace lanyard::kiosk {
namespace {

void copy_rows(const Pixels& from, MemoryTexture& to) {
  const std::size_t row = static_cast<std::size_t>(to.width) * (to.channel == Channel::colour ? 4 : 1);
  to.bytes.resize(row * static_cast<std::size_t>(to.height));
  for (int y = 0; y < to.height; ++y) {
    std::copy_n(from.data + std::ptrdiff_t{y} * from.stride, row,
                to.bytes.data() + static_cast<std::size_t>(y) * row);
  }
}

}  // namespace

TextureId MemoryTextures::make(Channel channel, const Pixels& pixels) {
  if (pixels.data == nullptr || pixels.width <= 0 || pixels.height <= 0) return 0;
  auto made = std::make_unique<MemoryTexture>();
  made->channel = channel;
  made->width = pixels.width;
  made->height = pixels.height;
  made->edition = ++editions_;
  copy_rows(pixels, *made);
  textures_.emplace(++names_, std::move(made));
  return names_;
}

void MemoryTextures::refill(TextureId id, const Pixels& pixels) {
  const auto found = textures_.find(id);
  if (found == textures_.end()) return;
  MemoryTexture& texture = *found->second;
  if (pixels.width != texture.width || pixels.height != texture.height) return;
  copy_rows(pixels, texture);
  texture.edition = ++editions_;
}

void MemoryTextures::drop(TextureId id) {
  textures_.erase(id);
}

const MemoryTexture* MemoryTextures::find(TextureId id) const {
  const auto found = textures_.find(id);
  return found == textures_.end() ? nullptr : found->second.get();
}

}  // namespace lanyard::kiosk
