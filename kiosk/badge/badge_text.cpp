#include "kiosk/badge/badge_text.hpp"

#include <algorithm>
#include <memory>

#include <pango/pangocairo.h>

namespace lanyard::kiosk {

namespace {

// Pango lays out in points of its own; a millimetre of the page is this many.
constexpr double kPangoPerMm = PANGO_SCALE;

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

Measured measure(PangoLayout* layout, PangoFontDescription* font, double size_mm) {
  pango_font_description_set_absolute_size(font, size_mm * kPangoPerMm);
  pango_layout_set_font_description(layout, font);
  PangoRectangle logical;
  pango_layout_get_extents(layout, nullptr, &logical);
  return {logical.width / kPangoPerMm, logical.height / kPangoPerMm, pango_layout_get_line_count(layout)};
}

// The largest size at which the text keeps to the slot: first on one line, then on as many as it may take.
double fitting_size(PangoLayout* layout, PangoFontDescription* font, const TextSlot& slot, int lines,
                    double smallest_mm) {
  pango_layout_set_width(layout, lines == 1 ? -1 : static_cast<int>(slot.width_mm * kPangoPerMm));
  for (double size = slot.size_mm; size >= smallest_mm; size *= 0.97) {
    const Measured box = measure(layout, font, size);
    if (box.width_mm <= slot.width_mm && box.height_mm <= slot.height_mm && box.lines <= lines) return size;
  }
  return 0;
}

}  // namespace

bool draw_text(cairo_t* cairo, const TextSlot& slot, std::string_view text, std::string_view language) {
  const std::string safe = valid_utf8(text);
  if (safe.empty()) return true;
  std::unique_ptr<PangoLayout, Unref> layout(pango_cairo_create_layout(cairo));
  PangoContext* context = pango_layout_get_context(layout.get());
  pango_cairo_context_set_resolution(context, 72);
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
  pango_layout_set_line_spacing(layout.get(), 0.95F);
  // Alignment is the designer's, whatever the script: "start" stays the left edge of the slot.
  pango_layout_set_auto_dir(layout.get(), TRUE);

  // Shrinking a little reads better than breaking a name; a broken name reads better than a tiny one.
  const double comfortable = std::max(slot.min_size_mm, slot.size_mm * 0.7);
  int lines = 1;
  double size =
      fitting_size(layout.get(), font.get(), slot, 1, slot.lines > 1 ? comfortable : slot.min_size_mm);
  for (lines = 1; size == 0 && lines < slot.lines;) {
    ++lines;
    size = fitting_size(layout.get(), font.get(), slot, lines, slot.min_size_mm);
  }
  const bool fits = size != 0;
  if (!fits) {
    lines = std::max(slot.lines, 2);
    size = fitting_size(layout.get(), font.get(), slot, lines, 0.3);
    if (size == 0) size = 0.3;
  }
  const Measured box = measure(layout.get(), font.get(), size);
  double x = slot.x_mm;
  if (slot.align != TextSlot::Align::start) {
    const double spare = slot.width_mm - box.width_mm;
    x += slot.align == TextSlot::Align::center ? spare / 2 : spare;
  }
  if (lines > 1) {
    // The layout is as wide as the slot: its lines align inside it.
    x = slot.x_mm;
    pango_layout_set_alignment(layout.get(), slot.align == TextSlot::Align::center ? PANGO_ALIGN_CENTER
                                             : slot.align == TextSlot::Align::end  ? PANGO_ALIGN_RIGHT
                                                                                   : PANGO_ALIGN_LEFT);
  }
  cairo_set_source_rgb(cairo, ((slot.colour_rgb >> 16) & 0xff) / 255.0,
                       ((slot.colour_rgb >> 8) & 0xff) / 255.0, (slot.colour_rgb & 0xff) / 255.0);
  cairo_move_to(cairo, x, slot.y_mm + (slot.height_mm - box.height_mm) / 2);
  pango_cairo_show_layout(cairo, layout.get());
  return fits;
}

}  // namespace lanyard::kiosk
