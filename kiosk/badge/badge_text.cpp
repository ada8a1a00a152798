#include "kiosk/badge/badge_text.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include <pango/pangocairo.h>

namespace lanyard::kiosk {

namespace {

// The page's unit is a millimetre, so Pango's "device units" are millimetres too.
constexpr double kPangoPerMm = PANGO_SCALE;

constexpr double kSmallestCapMm = 0.3;

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
struct FreeFont {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};

std::string valid_utf8(std::string_view text) {
  std::unique_ptr<char, decltype(&g_free)> made(
      g_utf8_make_valid(text.data(), static_cast<gssize>(text.size())), &g_free);
  std::string safe(made.get());
  for (char& c : safe) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  // What would end a line of its own accord: U+0085, U+2028, U+2029.
  for (const std::string_view ends : {"\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"}) {
    for (std::size_t at = safe.find(ends); at != std::string::npos; at = safe.find(ends, at))
      safe.replace(at, ends.size(), " ");
  }
  return safe;
}

// What a text takes up: its lines, and whatever of its letters reaches beyond them, as stacked marks do.
struct Measured {
  double width_mm;
  double height_mm;
  double above_mm;     // by which ink reaches over the first line's top
  double baseline_mm;  // of the first line, below its top
  int lines;
};

Measured measure(PangoLayout* layout, PangoFontDescription* font, double cap_mm) {
  pango_font_description_set_absolute_size(font, cap_mm / kCapOfEm * kPangoPerMm);
  pango_layout_set_font_description(layout, font);
  PangoRectangle ink;
  PangoRectangle logical;
  pango_layout_get_extents(layout, &ink, &logical);
  const int top = std::min(ink.y, logical.y);
  const int bottom = std::max(ink.y + ink.height, logical.y + logical.height);
  return {std::max(ink.width, logical.width) / kPangoPerMm, (bottom - top) / kPangoPerMm,
          (logical.y - top) / kPangoPerMm, (pango_layout_get_baseline(layout) - logical.y) / kPangoPerMm,
          pango_layout_get_line_count(layout)};
}

// The largest capitals at which the text keeps to the slot on at most `lines` lines; 0 if none down to
// `smallest_mm`. By halves: what fits at a size fits at any smaller one.
double fitting_size(PangoLayout* layout, PangoFontDescription* font, const TextSlot& slot, int lines,
                    double smallest_mm) {
  constexpr double kStep = 0.97;
  pango_layout_set_width(layout, lines == 1 ? -1 : static_cast<int>(slot.width_mm * kPangoPerMm));
  const auto size_at = [&](int step) { return slot.size_mm * std::pow(kStep, step); };
  const auto fits = [&](int step) {
    const Measured box = measure(layout, font, size_at(step));
    return box.width_mm <= slot.width_mm && box.height_mm <= slot.height_mm && box.lines <= lines;
  };
  if (slot.size_mm < smallest_mm) return 0;
  if (fits(0)) return slot.size_mm;
  int too_large = 0;
  int small = static_cast<int>(std::floor(std::log(smallest_mm / slot.size_mm) / std::log(kStep)));
  if (small <= 0 || !fits(small)) return 0;
  while (small - too_large > 1) {
    const int between = (small + too_large) / 2;
    (fits(between) ? small : too_large) = between;
  }
  return size_at(small);
}

struct Fitted {
  double cap_mm;
  int lines;
  bool fits;
};

Fitted fit(PangoLayout* layout, PangoFontDescription* font, const TextSlot& slot) {
  Fitted best{0, 1, true};
  for (int lines = 1; lines <= slot.lines; ++lines) {
    // A line more has to be worth it: a name on one line is read at a glance.
    const double size =
        fitting_size(layout, font, slot, lines, std::max(slot.min_size_mm, best.cap_mm * 1.08));
    if (size > best.cap_mm) best = {size, lines, true};
  }
  if (best.cap_mm > 0) return best;
  // Nothing that staff would call legible: as large as it can be all the same, on as many lines as it takes.
  const double size = fitting_size(layout, font, slot, 1000, kSmallestCapMm);
  return {size > 0 ? size : kSmallestCapMm, 1000, false};
}

double offset_in(TextSlot::Align align, double spare) {
  return align == TextSlot::Align::start ? 0 : align == TextSlot::Align::center ? spare / 2 : spare;
}

}  // namespace

TextDrawn draw_text(cairo_t* cairo, const TextSlot& slot, std::string_view text, std::string_view language) {
  const std::string safe = valid_utf8(text);
  if (safe.empty()) return {};
  std::unique_ptr<PangoLayout, Unref> layout(pango_cairo_create_layout(cairo));
  PangoContext* context = pango_layout_get_context(layout.get());
  pango_cairo_context_set_resolution(context, 72);
  // A glyph may stand anywhere: rounded to whole units, that is to millimetres, the letters would dance.
  pango_context_set_round_glyph_positions(context, FALSE);
  pango_context_set_language(context, pango_language_from_string(std::string(language).c_str()));
  // Hinting to the pixels of a page measured in millimetres would round every letter to a whole millimetre.
  std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)> options(
      cairo_font_options_create(), &cairo_font_options_destroy);
  cairo_get_font_options(cairo, options.get());  // on paper of one bit a dot: without grey edges
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context, options.get());

  std::unique_ptr<PangoFontDescription, FreeFont> font(pango_font_description_new());
  pango_font_description_set_family(font.get(), slot.font.c_str());
  pango_font_description_set_weight(font.get(), static_cast<PangoWeight>(slot.weight));
  pango_layout_set_text(layout.get(), safe.c_str(), static_cast<int>(safe.size()));
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  pango_layout_set_line_spacing(layout.get(), 0.9F);

  const Fitted fitted = fit(layout.get(), font.get(), slot);
  // The layout is as wide as the slot, and its lines stand in it: a text from right to left begins at the
  // right.
  pango_layout_set_width(layout.get(), static_cast<int>(slot.width_mm * kPangoPerMm));
  pango_layout_set_alignment(layout.get(), slot.align == TextSlot::Align::center ? PANGO_ALIGN_CENTER
                                           : slot.align == TextSlot::Align::end  ? PANGO_ALIGN_RIGHT
                                                                                 : PANGO_ALIGN_LEFT);
  const Measured box = measure(layout.get(), font.get(), fitted.cap_mm);
  cairo_set_source_rgb(cairo, ((slot.colour_rgb >> 16) & 0xff) / 255.0,
                       ((slot.colour_rgb >> 8) & 0xff) / 255.0, (slot.colour_rgb & 0xff) / 255.0);
  const double top = slot.baseline_mm
                         ? *slot.baseline_mm - box.baseline_mm
                         : slot.y_mm + box.above_mm + offset_in(slot.valign, slot.height_mm - box.height_mm);
  cairo_move_to(cairo, slot.x_mm, top);
  pango_cairo_show_layout(cairo, layout.get());
  return {fitted.fits, pango_layout_get_unknown_glyphs_count(layout.get())};
}

bool is_font_here(const std::string& family) {
  PangoFontFamily** families = nullptr;
  int count = 0;
  pango_font_map_list_families(pango_cairo_font_map_get_default(), &families, &count);
  const std::unique_ptr<PangoFontFamily*, decltype(&g_free)> owner(families, &g_free);
  return std::any_of(families, families + count, [&](PangoFontFamily* one) {
    return g_ascii_strcasecmp(pango_font_family_get_name(one), family.c_str()) == 0;
  });
}

}  // namespace lanyard::kiosk
