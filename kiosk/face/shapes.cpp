#include "kiosk/face/shapes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include <imgui.h>

namespace lanyard::kiosk {
namespace {

// Two areas are drawn as one where that costs no more than so many pixels.
constexpr std::int64_t kMergeFor = 4096;
// An integer in newer versions of ImGui, a pointer in older ones.
template <class Id>
TextureId texture_of(Id id) {
  if constexpr (std::is_pointer_v<Id>) {
    return reinterpret_cast<TextureId>(id);
  } else {
    return static_cast<TextureId>(id);
  }
}

std::uint64_t mixed(std::uint64_t mark, std::uint64_t more) {
  return (mark ^ (more + 0x9E3779B97F4A7C15U + (mark << 6U) + (mark >> 2U))) * 0xFF51AFD7ED558CCDU;
}

template <class T>
std::uint64_t mark_of(const T* first, std::size_t count) {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(first), count * sizeof(T)});
}

int whole(float value, float (*round)(float)) {
  return static_cast<int>(round(std::clamp(value, -kMostPixels, kMostPixels)));
}

// Not so a corner that is not a number.
bool is_near(const ImDrawVert& corner) {
  return std::abs(corner.pos.x) < kMostPixels && std::abs(corner.pos.y) < kMostPixels &&
         std::isfinite(corner.uv.x) && std::isfinite(corner.uv.y);
}

// Takes one command of a list apart.
class Cutter {
 public:
  Cutter(const ImDrawList& list, const ImDrawCmd& command, const MemoryTextures& textures, Shapes& out)
      : list_(list), command_(command), out_(out) {
    texture_ = texture_of(command.GetTexID());
    const MemoryTexture* pixels = texture_ == 0 ? nullptr : textures.find(texture_);
    edition_ = pixels == nullptr ? 0 : pixels->edition;
    const ImVec4& clip = command.ClipRect;
    // Whole already: Canvas rounds them.
    clip_ = {whole(clip.x, std::trunc), whole(clip.y, std::trunc), whole(clip.z, std::trunc),
             whole(clip.w, std::trunc)};
  }

  // The corners of one shape stand together, and no other shape has a part in them.
  void cut() {
    const ImDrawIdx* order = list_.IdxBuffer.Data + command_.IdxOffset;
    for (unsigned begin = 0; begin + 3 <= command_.ElemCount;) {
      unsigned low = order[begin];
      unsigned high = low;
      unsigned end = begin;
      for (; end + 3 <= command_.ElemCount; end += 3) {
        const unsigned least = std::min({order[end], order[end + 1], order[end + 2]});
        const unsigned most = std::max({order[end], order[end + 1], order[end + 2]});
        if (end > begin && least > high) break;
        low = std::min(low, least);
        high = std::max(high, most);
      }
      take({order + begin, end - begin}, low, high);
      begin = end;
    }
  }

 private:
  void take(std::span<const ImDrawIdx> order, unsigned low, unsigned high) {
    const ImDrawVert* corners = list_.VtxBuffer.Data + command_.VtxOffset + low;
    const std::size_t count = high - low + 1;
    if (command_.VtxOffset + high >= static_cast<unsigned>(list_.VtxBuffer.Size)) return;
    if (!std::ranges::all_of(std::span(corners, count), is_near)) return;
    Shape shape;
    shape.texture = texture_;
    shape.clip = clip_;
    shape.box = box_of({corners, count}).within(clip_);
    if (shape.box.empty()) return;
    shape.mark = mixed(mark_of(corners, count), edition_);
    shape.mark = mixed(shape.mark, texture_ == 0 ? 0 : 1);
    shape.mark = mixed(shape.mark, mark_of(&clip_, 1));
    shape.first = static_cast<std::uint32_t>(out_.order.size());
    shape.count = static_cast<std::uint32_t>(order.size());
    const auto base = static_cast<std::uint32_t>(out_.corners.size());
    std::uint64_t sequence = order.size();
    for (const ImDrawIdx index : order) {
      out_.order.push_back(base + index - low);
      sequence = sequence * 31 + index - low;
    }
    shape.mark = mixed(shape.mark, sequence);
    for (std::size_t i = 0; i < count; ++i) out_.corners.push_back(corner_of(corners[i]));
    out_.list.push_back(shape);
  }

  static PixelRect box_of(std::span<const ImDrawVert> corners) {
    ImVec2 least = corners[0].pos;
    ImVec2 most = least;
    for (const ImDrawVert& corner : corners) {
      least = {std::min(least.x, corner.pos.x), std::min(least.y, corner.pos.y)};
      most = {std::max(most.x, corner.pos.x), std::max(most.y, corner.pos.y)};
    }
    return {whole(least.x, std::floor), whole(least.y, std::floor), whole(most.x, std::ceil),
            whole(most.y, std::ceil)};
  }

  static Corner corner_of(const ImDrawVert& from) {
    const auto channel = [&](unsigned shift) { return static_cast<std::uint8_t>(from.col >> shift); };
    return {from.pos.x,
            from.pos.y,
            from.uv.x,
            from.uv.y,
            {channel(IM_COL32_R_SHIFT), channel(IM_COL32_G_SHIFT), channel(IM_COL32_B_SHIFT),
             channel(IM_COL32_A_SHIFT)}};
  }

  const ImDrawList& list_;
  const ImDrawCmd& command_;
  Shapes& out_;
  TextureId texture_{0};
  std::uint64_t edition_{0};
  PixelRect clip_;
};

void add(std::vector<PixelRect>& areas, PixelRect area, const PixelRect& all) {
  area = area.within(all);
  if (area.empty()) return;
  // A merged area may meet others that it did not meet before.
  for (bool merged = true; merged;) {
    merged = false;
    for (std::size_t i = 0; i < areas.size(); ++i) {
      const PixelRect both = areas[i].with(area);
      const bool is_full = areas.size() >= kMaxRedrawn;
      if (both.area() > areas[i].area() + area.area() + kMergeFor && !is_full) continue;
      if (is_full) {
        // Whichever grows the least.
        const auto growth = [&](const PixelRect& r) { return r.with(area).area() - r.area(); };
        for (std::size_t k = 0; k < areas.size(); ++k) {
          if (growth(areas[k]) < growth(areas[i])) i = k;
        }
      }
      area = areas[i].with(area);
      areas.erase(areas.begin() + static_cast<std::ptrdiff_t>(i));
      merged = true;
      break;
    }
  }
  areas.push_back(area);
}

}  // namespace

void take_shapes(const ImDrawData& drawn, const MemoryTextures& textures, Shapes& out) {
  out.corners.clear();
  out.order.clear();
  out.list.clear();
  for (int i = 0; i < drawn.CmdListsCount; ++i) {
    const ImDrawList& list = *drawn.CmdLists[i];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback == nullptr) Cutter(list, command, textures, out).cut();
    }
  }
}

std::vector<PixelRect> difference(std::span<const Shape> before, std::span<const Shape> after,
                                  const PixelRect& all) {
  std::vector<PixelRect> areas;
  // Mostly all is as it was but for something in between.
  while (!before.empty() && !after.empty() && before.front().mark == after.front().mark) {
    before = before.subspan(1);
    after = after.subspan(1);
  }
  while (!before.empty() && !after.empty() && before.back().mark == after.back().mark) {
    before = before.first(before.size() - 1);
    after = after.first(after.size() - 1);
  }
  std::unordered_multimap<std::uint64_t, std::size_t> places;
  for (std::size_t i = 0; i < before.size(); ++i) places.emplace(before[i].mark, i);
  // What is in both, and in the same order, is left as it is: nothing that lies over or under it has moved
  // past it. All the rest changes the place where it is and the place where it was.
  std::size_t next = 0;
  for (const Shape& shape : after) {
    std::size_t found = before.size();
    const auto [first, last] = places.equal_range(shape.mark);
    for (auto it = first; it != last; ++it) {
      if (it->second >= next) found = std::min(found, it->second);
    }
    if (found == before.size()) {
      add(areas, shape.box, all);
      continue;
    }
    for (; next < found; ++next) add(areas, before[next].box, all);
    ++next;
  }
  for (; next < before.size(); ++next) add(areas, before[next].box, all);
  return areas;
}

}  // namespace lanyard::kiosk
