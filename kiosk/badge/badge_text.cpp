#include "kiosk/badge/badge_text.hpp"

#include <algorithm>
#include <memory>

#include <pango/pangocairo.h>

namespace lanyard::kiosk {

namespace {

// The page's unit is a millimetre, so Pango's "device units" are millimetres too.
constexpr double kPangoPerMm = PANGO_SCALE;

// Noto Sans: a capital letter is this share of the em (OS/2 sCapHeight 714 of 1000).
constexpr double kCapOfEm = 0.714;
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
  return safe;
}

struct Measured {
  double width_mm;
  double height_mm;
  int lines;
};

Measured measure(PangoLayout* layout, PangoFontDescription* font, double cap_mm) {
  pango_font_description_set_absolute_size(font, cap_mm / kCapOfEm * kPangoPerMm);
  pango_layout_set_font_description(layout, font);
  PangoRectangle logical;
  pango_layout_get_extents(layout, nullptr, &logical);
  return {logical.width / kPangoPerMm, logical.height / kPangoPerMm, pango_layout_get_line_count(layout)};
}

// The largest capitals at which the text keeps to the slot on at most `lines` lines; 0 if none down to
// `smallest_mm`.
double fitting_size(PangoLayout* layout, PangoFontDescription* font, const TextSlot& slot, int lines,
                    double smallest_mm) {
  pango_layout_set_width(layout, lines == 1 ? -1 : static_cast<int>(slot.width_mm * kPangoPerMm));
  double size = slot.size_mm;
  while (size >= smallest_mm) {
    const Measured box = measure(layout, font, size);
    if (box.width_mm <= slot.width_mm && box.height_mm <= slot.height_mm && box.lines <= lines) return size;
    size *= 0.97;
  }
  return 0;
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

bool draw_text(cairo_t* cairo, const TextSlot& slot, std::string_view text, std::string_view language) {
  const std::string safe = valid_utf8(text);
  if (safe.empty()) return true;
  std::unique_ptr<PangoLayout, Unref> layout(pango_cairo_create_layout(cairo));
  PangoContext* context = pango_layout_get_context(layout.get());
  pango_cairo_context_set_resolution(context, 72);
  // A glyph may stand anywhere: rounded to whole units, that is to millimetres, the letters would dance.
  pango_context_set_round_glyph_positions(context, FALSE);
  pango_context_set_language(context, pango_language_from_string(std::string(language).c_str()));
  // Hinting to the pixels of a page measured in millimetres would round every letter to a whole millimetre.
  std::unique_ptr<cairo_font_options_t, decltype(&cairo_font_options_destroy)> options(
      cairo_font_options_create(), &cairo_font_options_destroy);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context, options.get());

  std::unique_ptr<PangoFontDescription, FreeFont> font(pango_font_description_from_string("Noto Sans"));
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
  cairo_move_to(cairo, slot.x_mm, slot.y_mm + offset_in(slot.valign, slot.height_mm - box.height_mm));
  pango_cairo_show_layout(cairo, layout.get());
  return fitted.fits;
}

}  // namespace lanyard::kiosk
