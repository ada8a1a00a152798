#include "kiosk/face/text.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include <fontconfig/fontconfig.h>
#include <pango/pangofc-fontmap.h>
#include <pango/pangoft2.h>

#include "kiosk/face/safe_text.hpp"

namespace lanyard::kiosk {
namespace {

// Above this size the display cut, with its tighter spacing, reads better than the text cut.
constexpr float kDisplayFromPx = 44;
constexpr float kShrinkStep = 0.94F;
// A text that fits one line at this part of its size is not broken into two.
// What a line takes up above and below its baseline, in em: capitals with an accent, and descenders.
constexpr float kAscent = 0.80F;
constexpr float kDescent = 0.24F;

template <class T>
struct Unref {
  void operator()(T* object) const { g_object_unref(object); }
};
using LayoutPtr = std::unique_ptr<PangoLayout, Unref<PangoLayout>>;

std::string key_of(const TextAsk& ask) {
  const auto whole = [](float px) { return static_cast<std::int32_t>(std::lround(px * 4)); };
  const std::array<std::int32_t, 7> numbers{whole(ask.size_px),
                                            whole(ask.least_px),
                                            whole(ask.width_px),
                                            whole(ask.height_px),
                                            ask.lines_most,
                                            whole(ask.one_line_from * 64),
                                            static_cast<std::int32_t>(ask.weight) * 16 +
                                                static_cast<std::int32_t>(ask.align) * 4 +
                                                static_cast<std::int32_t>(ask.reading)};
  std::string key(sizeof numbers, '\0');
  std::memcpy(key.data(), numbers.data(), sizeof numbers);
  key.append(ask.language).push_back('\0');
  key.append(ask.text.substr(0, 4 * kMaxShownBytes));
  return key;
}

struct Measured {
  PangoRectangle ink{};      // pixels, from the layout's origin
  PangoRectangle logical{};  // pixels
  float first_baseline{0};
  float last_baseline{0};
  int lines{0};
  bool shortened{false};

  [[nodiscard]] float top(float size) const {
    return std::min(first_baseline - kAscent * size, static_cast<float>(ink.y));
  }
  [[nodiscard]] float bottom(float size) const {
    return std::max(last_baseline + kDescent * size, static_cast<float>(ink.y + ink.height));
  }
  [[nodiscard]] float left() const { return static_cast<float>(std::min(ink.x, logical.x)); }
  [[nodiscard]] float right() const {
    return static_cast<float>(std::max(ink.x + ink.width, logical.x + logical.width));
  }
};

Measured measure(PangoLayout* layout) {
  Measured m;
  pango_layout_get_pixel_extents(layout, &m.ink, &m.logical);
  m.lines = pango_layout_get_line_count(layout);
  m.shortened = pango_layout_is_ellipsized(layout) != 0;
  m.first_baseline = static_cast<float>(pango_layout_get_baseline(layout)) / PANGO_SCALE;
  PangoLayoutIter* iter = pango_layout_get_iter(layout);
  while (pango_layout_iter_next_line(iter) != 0) {
  }
  m.last_baseline = static_cast<float>(pango_layout_iter_get_baseline(iter)) / PANGO_SCALE;
  pango_layout_iter_free(iter);
  return m;
}

// Glyphs as they were designed: shapes that hinting bends stand unevenly at these sizes.
void unhinted(FcPattern* pattern, gpointer) {
  for (const char* what : {FC_HINTING, FC_AUTOHINT, FC_ANTIALIAS}) FcPatternDel(pattern, what);
  FcPatternAddBool(pattern, FC_HINTING, FcFalse);
  FcPatternAddBool(pattern, FC_AUTOHINT, FcFalse);
  FcPatternAddBool(pattern, FC_ANTIALIAS, FcTrue);
}

// Pango swaps left and right in paragraphs that run from right to left; the face places its blocks by itself.
PangoAlignment alignment(PangoLayout* layout, const TextAsk& ask) {
  if (ask.align == Align::centre) return PANGO_ALIGN_CENTER;
  const bool wants_left = (ask.align == Align::start) == (ask.reading == Reading::left_to_right);
  const bool runs_left = pango_layout_get_direction(layout, 0) == PANGO_DIRECTION_RTL;
  return wants_left != runs_left ? PANGO_ALIGN_LEFT : PANGO_ALIGN_RIGHT;
}

}  // namespace

struct Texts::Engine {
  // FreeType straight, not through Cairo: of all threads, that of the printer alone may use Cairo. It keeps
  // the font files of the whole process in one list, and closes one to open another (more than ten are soon
  // open) without waiting for the thread that draws with it.
  PangoFontMap* fonts{pango_ft2_font_map_new()};
  PangoContext* context{pango_font_map_create_context(fonts)};
  std::uint64_t* layouts_made{nullptr};

  Engine() {
    pango_fc_font_map_set_default_substitute(PANGO_FC_FONT_MAP(fonts), unhinted, nullptr, nullptr);
    pango_context_set_round_glyph_positions(context, FALSE);
  }
  ~Engine() {
    g_object_unref(context);
    g_object_unref(fonts);
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  [[nodiscard]] LayoutPtr layout(const TextAsk& ask, const std::string& text) const {
    const std::string language(ask.language);
    pango_context_set_language(context, pango_language_from_string(language.c_str()));
    pango_context_set_base_dir(
        context, ask.reading == Reading::right_to_left ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    LayoutPtr made(pango_layout_new(context));
    pango_layout_set_text(made.get(), text.data(), static_cast<int>(text.size()));
    pango_layout_set_wrap(made.get(), PANGO_WRAP_WORD);
    pango_layout_set_line_spacing(made.get(), 0.98F);
    PangoAttrList* attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum=1"));
    pango_layout_set_attributes(made.get(), attributes);
    pango_attr_list_unref(attributes);
    return made;
  }

  void set_size(PangoLayout* layout, const TextAsk& ask, float px) const {
    PangoFontDescription* font = pango_font_description_new();
    // Both cuts are named, so that one missing leaves the other; the Han of the mainland before any other.
    pango_font_description_set_family_static(font, px >= kDisplayFromPx
                                                       ? "Noto Sans Display,Noto Sans,Noto Sans CJK SC"
                                                       : "Noto Sans,Noto Sans CJK SC");
    pango_font_description_set_weight(font,
                                      ask.weight == Weight::bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, static_cast<double>(px) * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    ++*layouts_made;
  }

  static void set_width(PangoLayout* layout, float px) {
    pango_layout_set_width(layout, px < 0 ? -1 : static_cast<int>(std::floor(px)) * PANGO_SCALE);
  }

  // The size at which the text fits, set in the layout.
  [[nodiscard]] float fit(PangoLayout* layout, const TextAsk& ask) const {
    const float least = std::min(ask.least_px, ask.size_px);
    set_size(layout, ask, ask.size_px);
    set_width(layout, -1);
    const Measured natural = measure(layout);
    const float width = natural.right() - natural.left();
    const float height = natural.bottom(ask.size_px) - natural.top(ask.size_px);
    const float by_width = width > ask.width_px ? ask.width_px / width : 1.0F;
    const float by_height = height > ask.height_px ? ask.height_px / height : 1.0F;
    float one_line = ask.size_px * std::min(by_width, by_height);
    if (one_line < ask.size_px) one_line = std::floor(one_line * 3.98F) / 4.0F;
    const float one_least = ask.lines_most == 1 ? least : std::max(least, ask.size_px * ask.one_line_from);
    if (natural.lines == 1 && fit_one(layout, ask, one_line, one_least)) return one_line;
    return ask.lines_most > 1 ? fit_lines(layout, ask, least) : shorten(layout, ask, least);
  }

  // A smaller size may be of the other cut, and so a little wider than was reckoned.
  bool fit_one(PangoLayout* layout, const TextAsk& ask, float& size, float least) const {
    for (int i = 0; i < 4 && size >= least; ++i) {
      set_size(layout, ask, size);
      const Measured m = measure(layout);
      if (m.right() - m.left() <= ask.width_px) return true;
      size = std::floor(size * 3.9F) / 4.0F;
    }
    return false;
  }

  [[nodiscard]] float fit_lines(PangoLayout* layout, const TextAsk& ask, float least) const {
    float size = ask.size_px;
    while (true) {
      set_size(layout, ask, size);
      set_width(layout, ask.width_px);
      const Measured m = measure(layout);
      if (m.lines <= ask.lines_most && m.right() - m.left() <= ask.width_px &&
          m.bottom(size) - m.top(size) <= ask.height_px) {
        balance(layout, m.lines, ask.width_px);
        return size;
      }
      if (size <= least) return shorten(layout, ask, least);
      size = std::max(least, size * kShrinkStep);
    }
  }

  // The narrowest width that keeps the number of lines: no single word, and no single Han, is left on the
  // last.
  void balance(PangoLayout* layout, int lines, float width) const {
    if (lines < 2 || lines > 3) return;
    float narrow = width / static_cast<float>(lines);
    float wide = width;
    for (int i = 0; i < 5; ++i) {
      const float middle = (narrow + wide) / 2;
      set_width(layout, middle);
      const Measured m = measure(layout);
      const bool holds = m.lines <= lines && m.right() - m.left() <= middle;
      (holds ? wide : narrow) = middle;
    }
    set_width(layout, wide);
  }

  // Nothing helps: as many lines as there is room for, broken within words, then an ellipsis.
  [[nodiscard]] float shorten(PangoLayout* layout, const TextAsk& ask, float least) const {
    set_size(layout, ask, least);
    set_width(layout, ask.width_px);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    for (int lines = ask.lines_most; lines >= 1; --lines) {
      pango_layout_set_height(layout, -lines);
      const Measured m = measure(layout);
      if (m.lines <= lines && m.bottom(least) - m.top(least) <= ask.height_px) break;
    }
    // Pango fits the advances; the last letter's ink may reach beyond them.
    const Measured m = measure(layout);
    const float over = m.right() - m.left() - ask.width_px;
    if (over > 0) set_width(layout, ask.width_px - std::ceil(over));
    return least;
  }

  [[nodiscard]] TextPicture draw(const TextAsk& ask, Textures& textures) const {
    const std::string text = safe_whole(ask.text);
    TextPicture picture;
    if (text.empty()) return picture;
    const LayoutPtr made = layout(ask, text);
    picture.size_px = fit(made.get(), ask);
    pango_layout_set_alignment(made.get(), alignment(made.get(), ask));
    const Measured m = measure(made.get());
    picture.lines = m.lines;
    picture.shortened = m.shortened;
    picture.unknown_glyphs = pango_layout_get_unknown_glyphs_count(made.get());
    picture.width = m.right() - m.left();
    picture.height = m.bottom(picture.size_px) - m.top(picture.size_px);
    picture.ink =
        Rect{static_cast<float>(m.ink.x) - m.left(), static_cast<float>(m.ink.y) - m.top(picture.size_px),
             static_cast<float>(std::min(m.ink.width, kMaxTextSidePixels)),
             static_cast<float>(std::min(m.ink.height, kMaxTextSidePixels))};
    if (m.ink.width > 0 && m.ink.height > 0) picture.texture = raster(made.get(), m.ink, textures);
    return picture;
  }

  [[nodiscard]] static TextureId raster(PangoLayout* layout, const PangoRectangle& ink, Textures& textures) {
    const int width = std::min(ink.width, kMaxTextSidePixels);
    const int height = std::min(ink.height, kMaxTextSidePixels);
    std::vector<std::uint8_t> covered(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    FT_Bitmap bitmap{};
    bitmap.rows = static_cast<unsigned>(height);
    bitmap.width = static_cast<unsigned>(width);
    bitmap.pitch = width;
    bitmap.buffer = covered.data();
    bitmap.num_grays = 256;
    bitmap.pixel_mode = FT_PIXEL_MODE_GRAY;
    pango_ft2_render_layout(&bitmap, layout, -ink.x, -ink.y);
    return textures.make(Channel::coverage, {covered.data(), width, height, width});
  }
};

Texts::Texts(Textures& textures) : textures_(textures), engine_(std::make_unique<Engine>()) {
  engine_->layouts_made = &layouts_made_;
}

Texts::~Texts() {
  for (const auto& [key, entry] : pictures_) {
    if (entry.picture.texture != 0) textures_.drop(entry.picture.texture);
  }
}

// Between frames alone: no draw list points at a texture that is dropped here.
void Texts::begin_frame() {
  while (pictures_.size() > kMaxCachedTexts || bytes_ > kMaxCachedTextBytes) {
    const auto oldest = pictures_.find(*order_.back());
    if (oldest->second.picture.texture != 0) textures_.drop(oldest->second.picture.texture);
    bytes_ -= oldest->second.bytes;
    order_.pop_back();
    pictures_.erase(oldest);
  }
}

const TextPicture& Texts::get(const TextAsk& ask) {
  const std::string key = key_of(ask);
  if (const auto found = pictures_.find(key); found != pictures_.end()) {
    order_.splice(order_.begin(), order_, found->second.place);
    return found->second.picture;
  }
  const TextPicture drawn = engine_->draw(ask, textures_);
  const auto bytes = static_cast<std::size_t>(drawn.ink.w) * static_cast<std::size_t>(drawn.ink.h);
  const auto made = pictures_.emplace(key, Entry{drawn, bytes, {}}).first;
  bytes_ += bytes;
  order_.push_front(&made->first);
  made->second.place = order_.begin();
  return made->second.picture;
}

Reading reading_of(std::string_view language) {
  const std::string_view base = language.substr(0, language.find('-'));
  const bool leftwards = base == "ar" || base == "fa" || base == "he" || base == "ur" || base == "ps" ||
                         base == "ckb" || base == "dv" || base == "yi";
  return leftwards ? Reading::right_to_left : Reading::left_to_right;
}

}  // namespace lanyard::kiosk
