#include "kiosk/face/canvas.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <type_traits>

#include <imgui.h>

#include "kiosk/face/reach.hpp"
#include "kiosk/face/reading.hpp"

namespace lanyard::kiosk {
namespace {

constexpr float kTurn = 2.0F * std::numbers::pi_v<float>;
constexpr std::size_t kMaxStrokePoints = 128;

ImVec2 vec(Point p) {
  return {p.x, p.y};
}

// An integer in newer versions of ImGui, a pointer in older ones.
template <class Id>
Id imgui_texture(TextureId id) {
  if constexpr (std::is_pointer_v<Id>) {
    return reinterpret_cast<Id>(id);  // NOLINT(performance-no-int-to-ptr): a name, never followed
  } else {
    return static_cast<Id>(id);
  }
}

// How dark a shadow is where a share of its reach is gone.
float shade(float share) {
  return 0.87F * (1 - share) * (1 - 0.12F * share);
}

std::string utf8(unsigned c) {
  std::string out;
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0U | (c >> 6U)));
    out.push_back(static_cast<char>(0x80U | (c & 0x3FU)));
  } else {
    out.push_back(static_cast<char>(0xE0U | (c >> 12U)));
    out.push_back(static_cast<char>(0x80U | ((c >> 6U) & 0x3FU)));
    out.push_back(static_cast<char>(0x80U | (c & 0x3FU)));
  }
  return out;
}

constexpr float kFocusMm = 0.9F;
constexpr float kEnlarged = 1.6F;
constexpr int kEnlargedLines = 2;  // more than at the usual size
constexpr float kLargeOneLineFrom = 0.94F;

}  // namespace

Canvas::Canvas(Texts& texts, const Phrases& phrases, Scheme usual)
    : texts_(texts),
      phrases_(phrases),
      usual_(&theme_of(usual)),
      theme_(usual_),
      tongue_(&phrases.in("en")) {}

void Canvas::begin(const std::string& language, Moment moment, const Assist& assist) {
  texts_.begin_frame();
  now = moment;
  tongue_ = &phrases_.in(language);
  language_ = tongue_->language();
  reading_ = reading_of(language_);
  semantics_.clear();
  theme_ = assist.high_contrast ? &theme_of(Scheme::high_contrast) : usual_;
  large_type_ = assist.large_type;
  place_ = place_of(metrics, assist.within_reach);
  layout_ = metrics;
  layout_.height_px = static_cast<int>(place_.h);
  zoom_ = 1;
  dy_ = 0;
  visible_ = 1;
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize({static_cast<float>(metrics.width_px), static_cast<float>(metrics.height_px)});
  ImGui::Begin("lanyard", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoBackground |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoNav |
                   ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoScrollWithMouse);
  list_ = ImGui::GetWindowDrawList();
  list_->PushClipRect({0, 0}, {panel().w, panel().h});
}

// Two lines, dark and light: seen on any ground.
void Canvas::draw_focus() {
  const SemanticItem* item = nullptr;
  for (const SemanticItem& one : semantics_) {
    if (one.drawn && !focus_.empty() && key_of(one) == focus_) item = &one;
  }
  if (item == nullptr) return;
  const float thick = metrics.px(kFocusMm);
  const Rect round = item->rect.inset(-2 * thick);
  frame(round, rgb(0x000000), thick * 2.4F, metrics.px(3.5F));
  frame(round, rgb(0xFFFFFF), thick, metrics.px(3.5F));
}

SemanticList Canvas::finish() {
  draw_focus();
  pressed_.clear();
  list_->PopClipRect();
  ImGui::End();
  list_ = nullptr;
  return std::move(semantics_);
}

Rect Canvas::panel() const {
  return {0, 0, static_cast<float>(metrics.width_px), static_cast<float>(metrics.height_px)};
}

float Canvas::type(float mm) const {
  constexpr float kFullTypeSideMm = 290;
  const float least_side = std::min(layout_.width_mm(), layout_.height_mm());
  const float scaled = mm * std::clamp(least_side / kFullTypeSideMm, 0.55F, 1.0F);
  return std::max(std::min(mm, kType.body), scaled);
}

float Canvas::margin() const {
  const float least_side = std::min(layout_.width_mm(), layout_.height_mm());
  return px(std::clamp(least_side * 0.055F, 6.0F, 16.0F));
}

std::uint32_t Canvas::tint(Rgb c, float alpha) const {
  const float a = std::clamp(alpha * visible_, 0.0F, 1.0F);
  return IM_COL32(c.r, c.g, c.b, static_cast<int>(std::lround(a * 255)));
}

// To whole pixels: the edges of a card are crisp, and two pieces of it meet without a seam.
void Canvas::fill(const Rect& area, Rgb colour, float radius, float alpha) {
  list_->AddRectFilled({std::round(area.x), std::round(area.y + dy_)},
                       {std::round(area.right()), std::round(area.bottom() + dy_)}, tint(colour, alpha),
                       radius);
}

void Canvas::gradient(const Rect& area, Rgb top, Rgb bottom) {
  const std::uint32_t a = tint(top, 1);
  const std::uint32_t b = tint(bottom, 1);
  list_->AddRectFilledMultiColor({area.x, area.y + dy_}, {area.right(), area.bottom() + dy_}, a, a, b, b);
}

void Canvas::frame(const Rect& area, Rgb colour, float thick, float radius, float alpha) {
  list_->AddRect({std::round(area.x), std::round(area.y + dy_)},
                 {std::round(area.right()), std::round(area.bottom() + dy_)}, tint(colour, alpha), radius, 0,
                 thick);
}

// Rings round the area, each fainter than the one within it, and one next to the other: laid upon each other
// they would be nine tenths of the time of a frame on a machine that draws with its processor.
void Canvas::shadow(const Rect& area, float radius, float reach, float alpha) {
  constexpr int kRings = 12;
  constexpr int kCornerSteps = 6;
  constexpr int kAround = 4 * (kCornerSteps + 1);
  const ImVec2 white = ImGui::GetFontTexUvWhitePixel();
  const auto ring = [&](const Rect& r, float round, float dark) {
    round = std::min({round, r.w / 2, r.h / 2});
    const std::array<Point, 4> middles{{{r.right() - round, r.y + round},
                                        {r.right() - round, r.bottom() - round},
                                        {r.x + round, r.bottom() - round},
                                        {r.x + round, r.y + round}}};
    for (int i = 0; i < kAround; ++i) {
      const int corner = i / (kCornerSteps + 1);
      const float turn = (static_cast<float>(corner) - 1 +
                          static_cast<float>(i % (kCornerSteps + 1)) / static_cast<float>(kCornerSteps)) /
                         4 * kTurn;
      const Point& middle = middles[static_cast<std::size_t>(corner)];
      list_->PrimWriteVtx({middle.x + std::cos(turn) * round, middle.y + std::sin(turn) * round + dy_}, white,
                          tint(rgb(0x000000), dark));
    }
  };
  list_->PrimReserve((kRings + 1) * kAround * 6, (kRings + 2) * kAround);
  const auto first = list_->_VtxCurrentIdx;
  // What casts the shadow hides its middle.
  ring(area.inset(radius), 0, shade(0) * alpha);
  for (int i = 0; i <= kRings; ++i) {
    const float share = static_cast<float>(i) / kRings;
    ring(area.inset(-reach * share * share).moved(0, reach * 0.3F), radius + reach * share,
         shade(share) * alpha);
  }
  for (unsigned k = 0; k <= kRings; ++k) {
    for (unsigned i = 0; i < kAround; ++i) {
      const unsigned inner = first + k * kAround + i;
      const unsigned next = first + k * kAround + (i + 1) % kAround;
      for (const unsigned corner : {inner, inner + kAround, next + kAround, inner, next + kAround, next}) {
        list_->PrimWriteIdx(static_cast<ImDrawIdx>(corner));
      }
    }
  }
}

void Canvas::line(Point from, Point to, Rgb colour, float thick, float alpha) {
  list_->AddLine({from.x, from.y + dy_}, {to.x, to.y + dy_}, tint(colour, alpha), thick);
}

void Canvas::disc(Point centre, float radius, Rgb colour, float alpha) {
  list_->AddCircleFilled({centre.x, centre.y + dy_}, radius, tint(colour, alpha), 0);
}

void Canvas::arc(Point centre, float radius, float from, float to, Rgb colour, float thick, float alpha) {
  if (to - from <= 0.0005F) return;
  if (to - from >= 0.9995F) {  // closed: an arc has two ends that show
    list_->AddCircle({centre.x, centre.y + dy_}, radius, tint(colour, alpha), 0, thick);
    return;
  }
  const float quarter = kTurn / 4;
  const int parts = std::clamp(static_cast<int>(radius * (to - from) * 2.4F), 20, 180);
  list_->PathArcTo({centre.x, centre.y + dy_}, radius, from * kTurn - quarter, to * kTurn - quarter, parts);
  list_->PathStroke(tint(colour, alpha), 0, thick);
}

void Canvas::stroke(std::span<const Point> points, Rgb colour, float thick, float drawn, float alpha) {
  if (points.size() < 2 || points.size() > kMaxStrokePoints || drawn <= 0) return;
  float whole = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    whole += std::hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y);
  }
  float left = whole * std::min(drawn, 1.0F);
  const std::uint32_t ink = tint(colour, alpha);
  std::vector<ImVec2> path{{points[0].x, points[0].y + dy_}};
  for (std::size_t i = 1; i < points.size() && left > 0; ++i) {
    const Point a = points[i - 1];
    const Point b = points[i];
    const float length = std::hypot(b.x - a.x, b.y - a.y);
    const float share = length > 0 ? std::min(1.0F, left / length) : 1.0F;
    path.emplace_back(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share + dy_);
    left -= length;
  }
  // Piece by piece: a whole polyline has pointed joints. (AddLine would move it by half a pixel.)
  for (std::size_t i = 1; i < path.size(); ++i) list_->AddPolyline(&path[i - 1], 2, ink, 0, thick);
  // Round joints and ends. On a thin or a pale line they would show as beads.
  if (thick < 3 || alpha < 1) return;
  for (const ImVec2& joint : path) list_->AddCircleFilled(joint, thick / 2, ink, 0);
}

void Canvas::polygon(std::span<const Point> convex, Rgb colour, float alpha) {
  std::vector<ImVec2> path;
  for (const Point& p : convex) path.push_back(vec({p.x, p.y + dy_}));
  list_->AddConvexPolyFilled(path.data(), static_cast<int>(path.size()), tint(colour, alpha));
}

void Canvas::picture(TextureId texture, const Rect& area, Point uv_min, Point uv_max, Rgb colour,
                     float radius) {
  list_->AddImageRounded(imgui_texture<ImTextureID>(texture), {area.x, area.y + dy_},
                         {area.right(), area.bottom() + dy_}, vec(uv_min), vec(uv_max), tint(colour, 1),
                         radius);
}

// To whole pixels, so that all who draw cut alike.
void Canvas::clip(const Rect& area) {
  list_->PushClipRect({std::round(area.x), std::round(area.y)},
                      {std::round(area.right()), std::round(area.bottom())}, true);
}

void Canvas::unclip() {
  list_->PopClipRect();
}

void Canvas::enter(float dy, float visible) {
  dy_ = std::round(dy);
  visible_ = visible;
}

const TextPicture& Canvas::picture_of(const Rect& box, std::string_view words, const Words& how) {
  return texts_.get({.text = words,
                     .language = how.language.empty() ? std::string_view(language_) : how.language,
                     .size_px = px(how.size_mm),
                     .least_px = px(how.least_mm > 0 ? how.least_mm : how.size_mm),
                     .weight = how.weight,
                     .align = how.align,
                     .reading = reading_,
                     .width_px = box.w,
                     .height_px = box.h,
                     .lines_most = how.lines,
                     .one_line_from = large_type_ && !how.quiet ? kLargeOneLineFrom : kOneLineFrom});
}

// What is to be read and may shrink, may grow. What only staff need stays as it is.
Words Canvas::enlarged(Words how) const {
  if (!large_type_ || how.quiet || how.least_mm <= 0) return how;
  how.size_mm *= kEnlarged;
  if (how.lines > 1) how.lines += kEnlargedLines;
  return how;
}

Rect Canvas::measure(const Rect& box, std::string_view words, const Words& how) {
  return measure_set(box, words, enlarged(how));
}

Rect Canvas::measure_set(const Rect& box, std::string_view words, const Words& how) {
  const TextPicture& made = picture_of(box, words, how);
  Rect block{box.x, box.y, made.width, made.height};
  const bool at_left = (how.align == Align::start) == (reading_ == Reading::left_to_right);
  if (how.align == Align::centre) {
    block.x = box.x + (box.w - made.width) / 2;
  } else if (!at_left) {
    block.x = box.right() - made.width;
  }
  if (how.stand == Stand::middle) block.y = box.y + (box.h - made.height) / 2;
  if (how.stand == Stand::bottom) block.y = box.bottom() - made.height;
  return block;
}

Rect Canvas::text(const Rect& box, std::string_view words, const Words& how, Rgb ink, Rgb ground) {
  return set(box, words, enlarged(how), ink, ground);
}

Rect Canvas::set(const Rect& box, std::string_view words, const Words& how, Rgb ink, Rgb ground) {
  const TextPicture& made = picture_of(box, words, how);
  if (made.texture == 0) return {box.x, box.y, 0, 0};
  const Rect block = measure_set(box, words, how);
  // Whole pixels: a texture between them is a blurred text.
  const Rect place{std::round(block.x + made.ink.x), std::round(block.y + made.ink.y), made.ink.w,
                   made.ink.h};
  list_->AddImage(imgui_texture<ImTextureID>(made.texture), {place.x, place.y + dy_},
                  {place.right(), place.bottom() + dy_}, {0, 0}, {1, 1}, tint(ink, 1));
  semantics_.push_back({.role = how.role,
                        .id = std::string(how.id),
                        .label = std::string(words),
                        .value = {},
                        .language = how.language.empty() ? language_ : std::string(how.language),
                        .rect = place,
                        .box = box,
                        .personal = how.personal,
                        .quiet = how.quiet,
                        .cap_mm = made.size_px * kCapHeight / metrics.px_per_mm,
                        .ink = ink,
                        .ground = ground,
                        .shortened = made.shortened,
                        .unknown_glyphs = made.unknown_glyphs});
  return block;
}

float Canvas::column_height(const Rect& box, const std::vector<Line>& lines) {
  std::vector<Line> grown = lines;
  for (Line& line : grown) line.words = enlarged(line.words);
  return height_of(box, grown);
}

float Canvas::least_column_height(const Rect& box, std::vector<Line> lines) {
  for (Line& line : lines) {
    if (line.words.least_mm > 0) line.words.size_mm = line.words.least_mm;
  }
  return height_of(box, lines);
}

float Canvas::height_of(const Rect& box, const std::vector<Line>& lines) {
  float height = 0;
  float gap = 0;
  for (const Line& line : lines) {
    if (line.text.empty()) continue;
    const Rect block = measure_set({box.x, box.y, box.w, screen().h}, line.text, line.words);
    if (block.h <= 0) continue;
    height += gap + block.h;
    gap = px(line.gap_mm);
  }
  return height;
}

Rect Canvas::column(const Rect& box, std::vector<Line> lines, Rgb ground, Stand stand) {
  for (Line& line : lines) line.words = enlarged(line.words);
  return set_column(box, std::move(lines), ground, stand);
}

Rect Canvas::set_column(const Rect& box, std::vector<Line> lines, Rgb ground, Stand stand) {
  constexpr int kSteps = 9;
  constexpr int kLargeSteps = 16;  // there is more to give
  std::vector<Line> whole = lines;
  float height = height_of(box, lines);
  // Whoever wants it large has no use for what is spare.
  int steps = kSteps;
  if (large_type_) steps = std::ranges::any_of(lines, &Line::spare) ? 0 : kLargeSteps;
  for (int i = 0; i < steps && height > box.h; ++i) {
    for (Line& line : lines) {
      const float least = line.words.least_mm > 0 ? line.words.least_mm : line.words.size_mm;
      line.words.size_mm = std::max(least, line.words.size_mm * 0.93F);
      line.gap_mm *= 0.9F;
    }
    height = height_of(box, lines);
  }
  if (height > box.h + 1 && std::ranges::any_of(lines, &Line::spare)) {
    // Said all the same.
    for (const Line& line : whole) {
      if (line.spare && !line.text.empty()) speak(line.words.role, line.words.id, line.text);
    }
    std::erase_if(whole, &Line::spare);
    return set_column(box, std::move(whole), ground, stand);
  }
  float y = box.y;
  if (stand == Stand::middle) y += std::max(0.0F, (box.h - height) / 2);
  if (stand == Stand::bottom) y += std::max(0.0F, box.h - height);
  const float top = y;
  for (const Line& line : lines) {
    if (line.text.empty()) continue;
    const Rect used = set({box.x, y, box.w, box.bottom() - y}, line.text, line.words, line.ink, ground);
    if (used.h > 0) y += used.h + px(line.gap_mm);
  }
  return {box.x, top, box.w, height};
}

void Canvas::speak_to_one(Role role, std::string_view id, std::string_view words, std::string_view aloud) {
  speak(role, id, words);
  semantics_.back().personal = true;
  semantics_.back().aloud = std::string(aloud);
}

void Canvas::speak(Role role, std::string_view id, std::string_view words, std::string_view language) {
  semantics_.push_back({.role = role,
                        .id = std::string(id),
                        .label = std::string(words),
                        .value = {},
                        .language = language.empty() ? language_ : std::string(language),
                        .rect = {},
                        .box = {},
                        .drawn = false,
                        .ink = {},
                        .ground = {}});
}

Canvas::Touch Canvas::touch(const Rect& area, const std::string& id) {
  ImGui::SetCursorScreenPos({area.x, area.y});
  const bool tapped = ImGui::InvisibleButton(id.c_str(), {std::max(1.0F, area.w), std::max(1.0F, area.h)});
  return {tapped || (!pressed_.empty() && pressed_ == id), ImGui::IsItemActive() && ImGui::IsItemHovered()};
}

std::string Canvas::typed() {
  std::string letters;
  for (const ImWchar c : ImGui::GetIO().InputQueueCharacters) {
    if (c >= 0x20 && c != 0x7F) letters += utf8(c);
  }
  return letters;
}

bool Canvas::key(Key key) {
  const auto wanted = key == Key::erase   ? ImGuiKey_Backspace
                      : key == Key::enter ? ImGuiKey_Enter
                                          : ImGuiKey_Escape;
#if IMGUI_VERSION_NUM < 18700
  return ImGui::IsKeyPressed(ImGui::GetKeyIndex(wanted), key == Key::erase);
#else
  return ImGui::IsKeyPressed(wanted, key == Key::erase);
#endif
}

bool Canvas::touched_anywhere() const {
  return ImGui::IsMouseClicked(0);
}

}  // namespace lanyard::kiosk
