#include "kiosk/badge/badge.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <optional>
#include <system_error>

#include <cairo-pdf.h>
#include <librsvg/rsvg.h>

#include "kiosk/badge/badge_text.hpp"
#include "kiosk/badge/pixels.hpp"
#include "kiosk/badge/qr_code.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

constexpr double kPointsPerMm = 72.0 / 25.4;

struct UnrefHandle {
  void operator()(RsvgHandle* handle) const { g_object_unref(handle); }
};
struct FreeSurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct FreeCairo {
  void operator()(cairo_t* cairo) const { cairo_destroy(cairo); }
};
using HandlePtr = std::unique_ptr<RsvgHandle, UnrefHandle>;
using SurfacePtr = std::unique_ptr<cairo_surface_t, FreeSurface>;
using CairoPtr = std::unique_ptr<cairo_t, FreeCairo>;

// Squares on the printer's own grid: a module that is 7.3 dots wide prints as 7 here and 8 there.
// Returns its modules a side.
Expected<int> draw_qr(cairo_t* cairo, const Box& box, std::string_view text, int dpi) {
  const double slot_mm = std::min(box.width, box.height);
  auto code = encode_for(text, slot_mm, dpi);
  if (!code) return tl::make_unexpected(code.error());
  const double dot_mm = 25.4 / dpi;
  const double module_mm = dots_per_module(*code, slot_mm, dpi) * dot_mm;
  const double code_mm = module_mm * code->side;
  const auto on_grid = [&](double mm) { return std::round(mm / dot_mm) * dot_mm; };
  const double left = on_grid(box.x + (box.width - code_mm) / 2);
  const double top = on_grid(box.y + (box.height - code_mm) / 2);

  cairo_save(cairo);
  cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
  cairo_set_source_rgb(cairo, 1, 1, 1);
  const double quiet_mm = module_mm * kQuietModules;
  cairo_rectangle(cairo, left - quiet_mm, top - quiet_mm, code_mm + 2 * quiet_mm, code_mm + 2 * quiet_mm);
  cairo_fill(cairo);
  cairo_set_source_rgb(cairo, 0, 0, 0);
  for (int y = 0; y < code->side; ++y) {
    for (int x = 0; x < code->side;) {
      int run = 0;
      while (x + run < code->side && code->is_dark(x + run, y)) ++run;
      if (run > 0)
        cairo_rectangle(cairo, left + x * module_mm, top + y * module_mm, run * module_mm, module_mm);
      x += run + 1;
    }
  }
  cairo_fill(cairo);
  cairo_restore(cairo);
  return code->side;
}

// How a side is put onto its paper.
struct Drawing {
  int dpi{300};  // the printer's grid
  // Of one bit a dot: called once the artwork is there, to make it so; what is written then has no grey
  // edges.
  std::function<void()> make_black_and_white{};
};

Expected<void> draw_artwork(cairo_t* cairo, const std::string& svg, const BadgeSide& side) {
  GError* problem = nullptr;
  // Without a base URI: librsvg itself loads nothing from anywhere.
  const HandlePtr handle(
      rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(svg.data()), svg.size(), &problem));
  const RsvgRectangle viewport{0, 0, side.width_mm, side.height_mm};
  if (handle && rsvg_handle_render_document(handle.get(), cairo, &viewport, &problem)) return {};
  std::string why = problem == nullptr ? "it cannot be drawn" : problem->message;
  g_clear_error(&problem);
  return fail(Error::Kind::invalid, why);
}

// Paper of one bit a dot has no grey ink: a colour on it is black or white.
std::uint32_t black_or_white(std::uint32_t rgb) {
  const unsigned bright = ((rgb >> 16U) & 255U) * 54 + ((rgb >> 8U) & 255U) * 183 + (rgb & 255U) * 19;
  return bright < 140U * 256U ? 0x000000 : 0xffffff;
}

std::string place_name(const TextPlace& place) {
  constexpr std::string_view kSlot = "slot-";
  return place.id.starts_with(kSlot) ? place.id.substr(kSlot.size()) : place.id;
}

struct SideDrawn {
  std::vector<Misfit> misfits;
  int code_modules{0};
};

// Draws on a context whose unit is a millimetre.
Expected<SideDrawn> draw_side(cairo_t* cairo, const Artwork& artwork, std::size_t index,
                              const BadgeContent& content, const Drawing& how) {
  const auto filled = artwork.fill(index, content);
  if (!filled) return tl::make_unexpected(filled.error());
  if (auto drawn = draw_artwork(cairo, filled->svg, artwork.sides()[index]); !drawn)
    return tl::make_unexpected(drawn.error());
  const bool mono = static_cast<bool>(how.make_black_and_white);
  if (mono) {
    how.make_black_and_white();
    cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
  }
  SideDrawn out;
  const auto note = [&](std::string place, Misfit::Why why) {
    out.misfits.push_back({std::move(place), why});
  };
  for (const TextPlace& place : filled->texts) {
    const auto fields = fields_in(place.pattern);
    const std::string language =
        fields && !fields->empty() ? field_language(fields->front(), content) : content.language;
    TextSlot slot = place.slot;
    if (mono) slot.colour_rgb = black_or_white(slot.colour_rgb);
    const TextDrawn drawn = draw_text(cairo, slot, filled_in(place.pattern, content), language);
    if (!drawn.fits) note(place_name(place), Misfit::Why::too_small);
    if (drawn.without_letters > 0) note(place_name(place), Misfit::Why::no_letters);
  }
  if (filled->photo_missing && !content.attendee.photo.empty()) note("photo", Misfit::Why::no_photo);
  for (const Box& box : filled->codes) {
    const auto modules = draw_qr(cairo, box, content.credential, how.dpi);
    if (!modules) return tl::make_unexpected(modules.error());
    out.code_modules = *modules;
  }
  return out;
}

void add_misfits(std::vector<Misfit>& all, std::vector<Misfit> more) {
  for (Misfit& one : more) {
    if (std::ranges::find(all, one) == all.end()) all.push_back(std::move(one));
  }
}

cairo_status_t append_bytes(void* closure, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

cairo_status_t write_bytes(void* closure, const unsigned char* data, unsigned int length) {
  auto& file = *static_cast<std::ofstream*>(closure);
  file.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(length));
  return file ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

// The sides that stand on somebody's badge; of one piece, or "" for all.
std::vector<std::size_t> sides_for(const Artwork& artwork, const BadgeContent& content,
                                   std::string_view piece = {}) {
  std::vector<std::size_t> sides;
  for (std::size_t i = 0; i < artwork.sides().size(); ++i) {
    const BadgeSide& side = artwork.sides()[i];
    if ((piece.empty() || side.piece == piece) && holds(side.condition, content)) sides.push_back(i);
  }
  return sides;
}

// One side as a page of a PDF.
Expected<SideDrawn> pdf_page(cairo_surface_t* surface, cairo_t* cairo, const Artwork& artwork,
                             std::size_t side, const BadgeContent& content, int dpi) {
  const BadgeSide& of = artwork.sides()[side];
  cairo_pdf_surface_set_size(surface, of.width_mm * kPointsPerMm, of.height_mm * kPointsPerMm);
  cairo_save(cairo);
  cairo_scale(cairo, kPointsPerMm, kPointsPerMm);
  auto drawn = draw_side(cairo, artwork, side, content, {.dpi = dpi});
  cairo_restore(cairo);
  cairo_show_page(cairo);
  return drawn;
}

Expected<BadgePage> make_pdf(const Artwork& artwork, const std::vector<std::size_t>& sides,
                             const BadgeContent& content, int dpi) {
  BadgePage out;
  if (sides.empty()) return fail(Error::Kind::invalid, "it has no page for this attendee");
  out.width_mm = artwork.sides()[sides.front()].width_mm;
  out.height_mm = artwork.sides()[sides.front()].height_mm;
  const SurfacePtr surface(cairo_pdf_surface_create_for_stream(append_bytes, &out.bytes, 100, 100));
  const CairoPtr cairo(cairo_create(surface.get()));
  for (const std::size_t side : sides) {
    auto drawn = pdf_page(surface.get(), cairo.get(), artwork, side, content, dpi);
    if (!drawn) return tl::make_unexpected(drawn.error());
    add_misfits(out.misfits, std::move(drawn->misfits));
    out.code_modules = std::max(out.code_modules, drawn->code_modules);
  }
  cairo_surface_finish(surface.get());
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS)
    return fail(Error::Kind::invalid, "the page cannot be written as PDF");
  return out;
}

PagePixels pixels_of(cairo_surface_t* surface, int dpi) {
  cairo_surface_flush(surface);
  PagePixels pixels{cairo_image_surface_get_width(surface), cairo_image_surface_get_height(surface), dpi, {}};
  pixels.rgb.resize(static_cast<std::size_t>(pixels.width) * static_cast<std::size_t>(pixels.height) * 3);
  const unsigned char* const data = cairo_image_surface_get_data(surface);
  const std::ptrdiff_t stride = cairo_image_surface_get_stride(surface);
  std::uint8_t* to = pixels.rgb.data();
  for (std::ptrdiff_t y = 0; y < pixels.height; ++y) {
    const auto* const row = reinterpret_cast<const std::uint32_t*>(data + y * stride);
    for (std::ptrdiff_t x = 0; x < pixels.width; ++x) {
      *to++ = static_cast<std::uint8_t>(row[x] >> 16U);
      *to++ = static_cast<std::uint8_t>(row[x] >> 8U);
      *to++ = static_cast<std::uint8_t>(row[x]);
    }
  }
  return pixels;
}

void mix_from_black_and_white(cairo_surface_t* surface) {
  const PagePixels page = pixels_of(surface, 300);
  const std::string dots = dots_of(page);
  unsigned char* const data = cairo_image_surface_get_data(surface);
  const std::ptrdiff_t stride = cairo_image_surface_get_stride(surface);
  const std::size_t row_bytes = (static_cast<std::size_t>(page.width) + 7) / 8;
  for (std::ptrdiff_t y = 0; y < page.height; ++y) {
    auto* const row = reinterpret_cast<std::uint32_t*>(data + y * stride);
    for (std::ptrdiff_t x = 0; x < page.width; ++x) {
      const auto byte = static_cast<unsigned char>(
          dots[static_cast<std::size_t>(y) * row_bytes + static_cast<std::size_t>(x) / 8]);
      row[x] = (byte & (0x80U >> (static_cast<unsigned>(x) % 8U))) != 0 ? 0x000000U : 0xffffffU;
    }
  }
  cairo_surface_mark_dirty(surface);
}

struct Drawn {
  SurfacePtr surface;
  SideDrawn side;
};

Expected<Drawn> draw_picture(const Artwork& artwork, std::size_t side, const BadgeContent& content, int dpi,
                             bool mono) {
  const BadgeSide& of = artwork.sides()[side];
  const double per_mm = dpi / 25.4;
  Drawn out;
  out.surface.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                               static_cast<int>(std::lround(of.width_mm * per_mm)),
                                               static_cast<int>(std::lround(of.height_mm * per_mm))));
  if (cairo_surface_status(out.surface.get()) != CAIRO_STATUS_SUCCESS)
    return fail(Error::Kind::invalid, "the page is too large for a picture");
  const CairoPtr cairo(cairo_create(out.surface.get()));
  cairo_set_source_rgb(cairo.get(), 1, 1, 1);
  cairo_paint(cairo.get());
  cairo_scale(cairo.get(), per_mm, per_mm);
  Drawing how{.dpi = dpi};
  if (mono) how.make_black_and_white = [&] { mix_from_black_and_white(out.surface.get()); };
  auto drawn = draw_side(cairo.get(), artwork, side, content, how);
  if (!drawn) return tl::make_unexpected(drawn.error());
  out.side = std::move(*drawn);
  return out;
}

Expected<PrintedPiece> make_raster(const Artwork& artwork, const std::vector<std::size_t>& sides,
                                   const BadgeContent& content, const PageWish& wish) {
  PrintedPiece out;
  std::vector<PagePixels> pages;
  for (const std::size_t side : sides) {
    auto drawn = draw_picture(artwork, side, content, wish.dpi, wish.form == PageForm::dots);
    if (!drawn) return tl::make_unexpected(drawn.error());
    pages.push_back(pixels_of(drawn->surface.get(), wish.dpi));
    add_misfits(out.misfits, std::move(drawn->side.misfits));
    out.code_modules = std::max(out.code_modules, drawn->side.code_modules);
  }
  out.page.width_px = pages.front().width;
  out.page.height_px = pages.front().height;
  if (wish.form == PageForm::pwg_raster) {
    auto file = pwg_of(pages, wish.two_sided && pages.size() > 1);
    if (!file) return tl::make_unexpected(file.error());
    out.page.files.push_back(std::move(*file));
    return out;
  }
  for (const PagePixels& page : pages) {
    auto file = wish.form == PageForm::jpeg ? jpeg_of(page) : Expected<std::string>(dots_of(page));
    if (!file) return tl::make_unexpected(file.error());
    out.page.files.push_back(std::move(*file));
  }
  return out;
}

std::string_view in_words(Misfit::Why why) {
  switch (why) {
    case Misfit::Why::too_small:
      return "too long, set smaller than it should be";
    case Misfit::Why::no_letters:
      return "letters that no font here has";
    case Misfit::Why::no_photo:
      return "not there or not readable";
  }
  return "";
}

}  // namespace

std::string described(const std::vector<Misfit>& misfits) {
  std::string text;
  for (const Misfit& one : misfits)
    text += (text.empty() ? "" : "; ") + one.place + ": " + std::string(in_words(one.why));
  return text;
}

Expected<BadgeTemplate> BadgeTemplate::load(const std::filesystem::path& svg) {
  BadgeTemplate made;
  made.name_ = svg.string();
  const std::string doing = "badge template " + made.name_;
  std::error_code error;
  const auto bytes = std::filesystem::file_size(svg, error);
  if (!error && bytes > kMaxTemplateBytes)
    return fail(Error::Kind::invalid, doing + ": it is larger than 8 MiB");
  std::ifstream file(svg, std::ios::binary);
  if (error || !file) return fail(Error::Kind::invalid, doing + ": it cannot be opened");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  auto artwork = Artwork::read(std::move(text));
  if (!artwork) return tl::make_unexpected(artwork.error().within(doing));
  for (const std::string& font : artwork->fonts()) {
    if (!is_font_here(font))
      made.warnings_.push_back("the font \"" + font + "\" is not on this machine; another stands in for it");
  }
  bool named = false;
  for (std::size_t i = 0; i < artwork->sides().size(); ++i) {
    const auto filled = artwork->fill(i, {});
    for (const TextPlace& place : filled ? filled->texts : std::vector<TextPlace>{})
      named = named || place.pattern.find("{{name}}") != std::string::npos;
  }
  if (!named) made.warnings_.emplace_back("it has no place for the name");
  made.artwork_ = std::make_shared<const Artwork>(std::move(*artwork));
  // Drawn once, so that what librsvg does not like shows before the first guest.
  BadgeContent anybody;
  anybody.credential = "L1:-";
  for (std::size_t i = 0; i < made.artwork_->sides().size(); ++i) {
    if (auto drawn = draw_picture(*made.artwork_, i, anybody, 50, false); !drawn)
      return tl::make_unexpected(drawn.error().within(doing));
  }
  return made;
}

std::vector<std::string> BadgeTemplate::pieces(const BadgeContent& content) const {
  std::vector<std::string> pieces;
  for (const std::size_t side : sides_for(*artwork_, content)) {
    const std::string& piece = artwork_->sides()[side].piece;
    if (std::ranges::find(pieces, piece) == pieces.end()) pieces.push_back(piece);
  }
  return pieces;
}

Expected<PrintedPiece> BadgeTemplate::piece(const BadgeContent& content, std::string_view piece,
                                            const PageWish& wish) const {
  const std::string doing = "badge template " + name_;
  const auto sides = sides_for(*artwork_, content, piece);
  if (sides.empty()) return fail(Error::Kind::invalid, doing + ": it has no page for this attendee");
  PrintedPiece out;
  if (wish.form == PageForm::pdf) {
    auto made = make_pdf(*artwork_, sides, content, wish.dpi);
    if (!made) return tl::make_unexpected(made.error().within(doing));
    out.page.files.push_back(std::move(made->bytes));
    out.misfits = std::move(made->misfits);
    out.code_modules = made->code_modules;
  } else {
    auto made = make_raster(*artwork_, sides, content, wish);
    if (!made) return tl::make_unexpected(made.error().within(doing));
    out = std::move(*made);
  }
  out.page.sides = static_cast<int>(sides.size());
  out.page.form = wish.form;
  out.page.dpi = wish.dpi;
  out.page.width_mm = artwork_->sides()[sides.front()].width_mm;
  out.page.height_mm = artwork_->sides()[sides.front()].height_mm;
  return out;
}

Expected<BadgePage> BadgeTemplate::pdf(const BadgeContent& content, int printer_dpi) const {
  auto made = make_pdf(*artwork_, sides_for(*artwork_, content), content, printer_dpi);
  if (!made) return tl::make_unexpected(made.error().within("badge template " + name_));
  return made;
}

Expected<BadgePage> BadgeTemplate::png(const BadgeContent& content, int dpi) const {
  const std::string doing = "badge template " + name_;
  const auto sides = sides_for(*artwork_, content);
  if (sides.empty()) return fail(Error::Kind::invalid, doing + ": it has no page for this attendee");
  auto drawn = draw_picture(*artwork_, sides.front(), content, dpi, false);
  if (!drawn) return tl::make_unexpected(drawn.error().within(doing));
  const BadgeSide& side = artwork_->sides()[sides.front()];
  BadgePage out{{}, side.width_mm, side.height_mm, std::move(drawn->side.misfits), drawn->side.code_modules};
  if (cairo_surface_write_to_png_stream(drawn->surface.get(), append_bytes, &out.bytes) !=
      CAIRO_STATUS_SUCCESS) {
    return fail(Error::Kind::invalid, doing + ": the page cannot be written as PNG");
  }
  return out;
}

struct BadgeBook::Inside {
  const BadgeTemplate& badge;
  std::filesystem::path file;
  int dpi;
  std::ofstream out;
  SurfacePtr surface;
  CairoPtr cairo;
  int pages{0};
  bool finished{false};
};

BadgeBook::BadgeBook(const BadgeTemplate& badge, const std::filesystem::path& file, int printer_dpi)
    : inside_(new Inside{badge, file, printer_dpi, std::ofstream(file, std::ios::binary | std::ios::trunc),
                         nullptr, nullptr}) {
  inside_->surface.reset(cairo_pdf_surface_create_for_stream(write_bytes, &inside_->out, 100, 100));
  inside_->cairo.reset(cairo_create(inside_->surface.get()));
}

BadgeBook::~BadgeBook() {
  inside_->cairo.reset();
  inside_->surface.reset();  // writes its end
  if (inside_->finished) return;
  std::error_code error;  // half of a book is none
  std::filesystem::remove(inside_->file, error);
}

Expected<std::vector<Misfit>> BadgeBook::add(const BadgeContent& content) {
  const Artwork& artwork = *inside_->badge.artwork_;
  std::vector<Misfit> misfits;
  for (const std::size_t side : sides_for(artwork, content)) {
    auto drawn = pdf_page(inside_->surface.get(), inside_->cairo.get(), artwork, side, content, inside_->dpi);
    if (!drawn) return tl::make_unexpected(drawn.error());
    ++inside_->pages;
    add_misfits(misfits, std::move(drawn->misfits));
  }
  return misfits;
}

int BadgeBook::pages() const {
  return inside_->pages;
}

Expected<void> BadgeBook::finish() {
  cairo_surface_finish(inside_->surface.get());
  const bool good = cairo_surface_status(inside_->surface.get()) == CAIRO_STATUS_SUCCESS;
  inside_->out.close();
  inside_->finished = good && !inside_->out.fail();
  if (inside_->finished) return {};
  return fail(Error::Kind::storage, inside_->file.string() + " cannot be written");
}

}  // namespace lanyard::kiosk
