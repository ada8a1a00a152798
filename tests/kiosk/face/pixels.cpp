#include "tests/kiosk/face/pixels.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "kiosk/face/reading.hpp"

namespace lanyard::kiosk {
namespace {

// A picture that may be asked for what lies outside of it.
struct Looked {
  const RgbPicture& picture;

  [[nodiscard]] bool has(int x, int y) const {
    return x >= 0 && y >= 0 && x < picture.width && y < picture.height;
  }
  [[nodiscard]] Rgb at(int x, int y) const {
    const auto i = (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                    static_cast<std::size_t>(x)) *
                   3;
    return {picture.rgb[i], picture.rgb[i + 1], picture.rgb[i + 2]};
  }
};

struct Box {
  int left, top, right, bottom;  // the last ones are outside
};

Box box_of(const Rect& r, int grown) {
  return {static_cast<int>(std::floor(r.x)) - grown, static_cast<int>(std::floor(r.y)) - grown,
          static_cast<int>(std::ceil(r.right())) + grown, static_cast<int>(std::ceil(r.bottom())) + grown};
}

template <class Each>
void for_each_pixel(const Looked& looked, const Box& box, Each each) {
  for (int y = box.top; y < box.bottom; ++y) {
    for (int x = box.left; x < box.right; ++x) {
      if (looked.has(x, y)) each(looked.at(x, y));
    }
  }
}

// The line of pixels round a box.
template <class Each>
void for_each_on_edge(const Looked& looked, const Box& box, Each each) {
  for (int x = box.left; x < box.right; ++x) {
    for (const int y : {box.top, box.bottom - 1}) {
      if (looked.has(x, y)) each(looked.at(x, y));
    }
  }
  for (int y = box.top; y < box.bottom; ++y) {
    for (const int x : {box.left, box.right - 1}) {
      if (looked.has(x, y)) each(looked.at(x, y));
    }
  }
}

// What there is most of round a box: what it stands on.
Rgb ground_round(const Looked& looked, const Box& box) {
  std::map<std::uint32_t, int> seen;
  for_each_on_edge(looked, box, [&](Rgb c) {
    ++seen[static_cast<std::uint32_t>(c.r) << 16U | static_cast<std::uint32_t>(c.g) << 8U | c.b];
  });
  const auto most = std::ranges::max_element(seen, {}, [](const auto& entry) { return entry.second; });
  return most == seen.end() ? Rgb{} : rgb(most->first);
}

// The strongest ink, against the faintest ground. A letter of the line above may reach into the ring, so one
// pixel in twenty of it may be anything.
double text_contrast(const Looked& looked, const SemanticItem& item) {
  const Box ring = box_of(item.rect, 2);
  const Rgb ground = ground_round(looked, ring);
  Rgb ink = ground;
  double strongest = 1;
  for_each_pixel(looked, box_of(item.rect, 0), [&](Rgb c) {
    const double is = contrast(c, ground);
    if (is > strongest) strongest = is, ink = c;
  });
  std::vector<double> round;
  for_each_on_edge(looked, ring, [&](Rgb c) { round.push_back(contrast(ink, c)); });
  if (round.empty()) return 1;
  std::ranges::sort(round);
  return round[round.size() / 20];
}

double control_contrast(const Looked& looked, const SemanticItem& item, const Metrics& panel) {
  const int out = std::max(3, static_cast<int>(panel.px(1.0F)));
  const Rgb outside = ground_round(looked, box_of(item.rect, out));
  double strongest = 1;
  for_each_pixel(looked, box_of(item.rect, 1),
                 [&](Rgb c) { strongest = std::max(strongest, contrast(c, outside)); });
  return strongest;
}

bool is_control(const SemanticItem& item) {
  return item.role == Role::button || item.role == Role::field;
}

}  // namespace

std::vector<PixelFinding> too_faint(const SemanticList& list, const RgbPicture& picture,
                                    const Metrics& panel) {
  const Looked looked{picture};
  std::vector<PixelFinding> findings;
  for (const SemanticItem& item : on_top(list)) {
    if (!item.drawn || item.rect.empty() || item.role == Role::corner || item.role == Role::picture) continue;
    if (is_control(item)) {
      if (!item.enabled) continue;
      const double is = control_contrast(looked, item, panel);
      if (is < kControlContrast) findings.push_back({item.id, item.label, is, kControlContrast});
      continue;
    }
    const double is = text_contrast(looked, item);
    // What is meant to be 7 to 1 may lose a little in the rounding of its edges.
    if (is < kTextContrast - 0.1) findings.push_back({item.id, item.label, is, kTextContrast});
  }
  return findings;
}

std::vector<std::string> not_mirrored(const SemanticList& one, const SemanticList& mirror,
                                      const Metrics& panel) {
  const auto width = static_cast<float>(panel.width_px);
  std::vector<std::string> findings;
  for (const SemanticItem& item : one) {
    // Keys lie as on every keyboard; what is in the middle is there in its mirror too.
    if (!item.drawn || item.id.empty() || item.id.starts_with("search.key") || item.id == "search.erase" ||
        item.id.starts_with("pin.")) {
      continue;
    }
    const SemanticItem* other = find_item(mirror, item.id);
    if (other == nullptr || !other->drawn) continue;
    const float here = item.rect.centre().x - width / 2;
    const float there = other->rect.centre().x - width / 2;
    if (std::abs(here) < width * 0.2F || std::abs(there) < width * 0.05F) continue;
    if ((here > 0) == (there > 0)) findings.push_back(item.id);
  }
  return findings;
}

std::vector<std::string> too_close(const SemanticList& list, const Metrics& panel) {
  constexpr float kApartMm = 2;
  std::vector<const SemanticItem*> controls;
  for (const SemanticItem& item : on_top(list)) {
    if (item.drawn && is_control(item)) controls.push_back(&item);
  }
  std::vector<std::string> findings;
  for (std::size_t i = 0; i < controls.size(); ++i) {
    for (std::size_t k = i + 1; k < controls.size(); ++k) {
      const Rect& a = controls[i]->rect;
      const Rect& b = controls[k]->rect;
      const float dx = std::max(a.x, b.x) - std::min(a.right(), b.right());
      const float dy = std::max(a.y, b.y) - std::min(a.bottom(), b.bottom());
      if (std::max(dx, dy) < panel.px(kApartMm) - 0.5F) {
        findings.push_back(controls[i]->id + " and " + controls[k]->id);
      }
    }
  }
  return findings;
}

}  // namespace lanyard::kiosk
