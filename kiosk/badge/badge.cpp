#include "kiosk/badge/badge.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>

#include <cairo-pdf.h>
#include <librsvg/rsvg.h>
#include <pugixml.hpp>

#include "kiosk/badge/badge_text.hpp"
#include "kiosk/badge/qr_code.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

constexpr double kPointsPerMm = 72.0 / 25.4;
constexpr std::string_view kSlotPrefix = "slot-";

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

struct Page {
  HandlePtr artwork;
  double width_mm{0};
  double height_mm{0};
};

pugi::xml_node find_by_id(const pugi::xml_node& root, const char* id) {
  return root.find_node(
      [id](const pugi::xml_node& node) { return std::strcmp(node.attribute("id").value(), id) == 0; });
}

std::uint32_t rgb_of(std::string_view text, std::uint32_t otherwise) {
  if (text.size() != 7 || text[0] != '#') return otherwise;
  return static_cast<std::uint32_t>(std::strtoul(std::string(text.substr(1)).c_str(), nullptr, 16));
}

std::string css_colour(std::uint32_t rgb) {
  std::array<char, 8> text{};
  (void)std::snprintf(text.data(), text.size(), "#%06x", rgb & 0xffffffU);
  return text.data();
}

// "105mm" -> 105. The page's size is what the printer is asked for, so it has to be in millimetres.
std::optional<double> millimetres(const char* text) {
  char* end = nullptr;
  const double value = std::strtod(text, &end);
  if (end == text || std::strcmp(end, "mm") != 0 || !(value > 5 && value < 1000)) return std::nullopt;
  return value;
}

std::string zones_text(const BadgeContent& content) {
  std::string text;
  for (const std::string& id : content.attendee.zones) {
    const sync::Zone* zone = sync::find_zone(content.event, id);
    if (!text.empty()) text += "  ·  ";
    text += zone == nullptr ? id : std::string(sync::text_in(zone->name, content.language));
  }
  return text;
}

std::string slot_text(std::string_view slot, const BadgeContent& content) {
  const sync::Attendee& who = content.attendee;
  if (slot == "event") return std::string(sync::text_in(content.event.name, content.language));
  if (slot == "name") return who.name;
  if (slot == "native") return who.name_native == who.name ? "" : who.name_native;
  if (slot == "title") return who.title;
  if (slot == "organisation") return who.organisation;
  if (slot == "zones") return zones_text(content);
  if (slot == "number") return who.id;
  if (slot == "category") {
    const sync::Category* category = sync::find_category(content.event, who.category);
    return category == nullptr ? who.category : std::string(sync::text_in(category->name, content.language));
  }
  return "";
}

// A slot is a plain rectangle of the page, in millimetres: nothing that a designer draws may turn or scale
// it.
struct Box {
  double x{0};
  double y{0};
  double width{0};
  double height{0};
};

Expected<Box> slot_box(const pugi::xml_node& node, const Page& page) {
  const Box box{node.attribute("x").as_double(), node.attribute("y").as_double(),
                node.attribute("width").as_double(), node.attribute("height").as_double()};
  const bool inside = box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0 &&
                      box.x + box.width <= page.width_mm + 0.01 &&
                      box.y + box.height <= page.height_mm + 0.01;
  if (std::string_view(node.name()) != "rect" || !inside) {
    return fail(Error::Kind::invalid,
                std::string(node.attribute("id").value()) + ": not a rectangle of the page");
  }
  for (pugi::xml_node above = node; above; above = above.parent()) {
    if (above.attribute("transform")) {
      return fail(Error::Kind::invalid,
                  std::string(node.attribute("id").value()) + ": it stands in a transformed group");
    }
  }
  return box;
}

// The page's user unit must be a millimetre: the slots are read in it.
bool is_in_millimetres(const pugi::xml_node& svg, double width_mm, double height_mm) {
  std::istringstream view_box(svg.attribute("viewBox").value());
  double x = -1;
  double y = -1;
  double width = 0;
  double height = 0;
  view_box >> x >> y >> width >> height;
  return view_box && x == 0 && y == 0 && std::abs(width - width_mm) < 0.01 &&
         std::abs(height - height_mm) < 0.01;
}

TextSlot text_slot(const pugi::xml_node& node, const Box& box) {
  TextSlot slot;
  slot.x_mm = box.x;
  slot.y_mm = box.y;
  slot.width_mm = box.width;
  slot.height_mm = box.height;
  slot.size_mm = node.attribute("data-size-mm").as_double(5);
  slot.min_size_mm = node.attribute("data-min-size-mm").as_double(slot.size_mm / 2);
  slot.weight = node.attribute("data-weight").as_int(400);
  slot.lines = node.attribute("data-lines").as_int(1);
  slot.colour_rgb = rgb_of(node.attribute("data-colour").value(), 0x1a1a1a);
  const auto align = [&](const char* name) {
    const std::string_view value = node.attribute(name).as_string("start");
    return value == "center" ? TextSlot::Align::center
           : value == "end"  ? TextSlot::Align::end
                             : TextSlot::Align::start;
  };
  slot.align = align("data-align");
  slot.valign = align("data-valign");
  return slot;
}

// The same page again and again: the SVG with the category's colour, and its slots made invisible.
Expected<Page> artwork_of(pugi::xml_document& document, const BadgeContent& content) {
  pugi::xml_node svg = document.child("svg");
  const auto width = millimetres(svg.attribute("width").value());
  const auto height = millimetres(svg.attribute("height").value());
  if (!width || !height)
    return fail(Error::Kind::invalid, "its width and height are not in mm (width=\"105mm\")");

  if (!is_in_millimetres(svg, *width, *height)) {
    return fail(Error::Kind::invalid, "its viewBox is not \"0 0 WIDTH HEIGHT\" in millimetres");
  }
  if (pugi::xml_node band = find_by_id(svg, "category-band")) {
    const sync::Category* category = sync::find_category(content.event, content.attendee.category);
    const std::string colour = css_colour(category == nullptr ? 0x444444 : category->colour_rgb);
    for (const char* name : {"fill", "style"}) band.remove_attribute(name);
    band.append_attribute("fill") = colour.c_str();
  }
  std::ostringstream text;
  document.save(text, "", pugi::format_raw);
  const std::string bytes = text.str();
  GError* problem = nullptr;
  Page page{HandlePtr(rsvg_handle_new_from_data(reinterpret_cast<const guint8*>(bytes.data()), bytes.size(),
                                                &problem)),
            *width, *height};
  if (!page.artwork) {
    std::string why = problem == nullptr ? "not an SVG" : problem->message;
    g_clear_error(&problem);
    return fail(Error::Kind::invalid, why);
  }
  return page;
}

// Squares on the printer's own grid: a module that is 7.3 dots wide prints as 7 here and 8 there.
Expected<void> draw_qr(cairo_t* cairo, const Box& box, std::string_view text, int dpi) {
  auto code = encode_qr(text);
  if (!code) return tl::make_unexpected(code.error());
  const double slot_mm = std::min(box.width, box.height);
  const int dots = dots_per_module(*code, slot_mm, dpi);
  if (dots < 1) return fail(Error::Kind::invalid, "the code is too fine for its slot");
  const double dot_mm = 25.4 / dpi;
  const double module_mm = dots * dot_mm;
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
  return {};
}

// Draws on a context whose unit is a millimetre.
Expected<std::vector<std::string>> draw_badge(cairo_t* cairo, const pugi::xml_document& document,
                                              const Page& page, const BadgeContent& content, int dpi) {
  const RsvgRectangle viewport{0, 0, page.width_mm, page.height_mm};
  GError* problem = nullptr;
  if (!rsvg_handle_render_document(page.artwork.get(), cairo, &viewport, &problem)) {
    std::string why = problem == nullptr ? "it cannot be drawn" : problem->message;
    g_clear_error(&problem);
    return fail(Error::Kind::invalid, why);
  }
  std::vector<pugi::xml_node> slots;
  document.find_node([&](const pugi::xml_node& node) {
    if (std::string_view(node.attribute("id").value()).starts_with(kSlotPrefix)) slots.push_back(node);
    return false;
  });
  std::vector<std::string> did_not_fit;
  for (const pugi::xml_node& node : slots) {
    const std::string id = node.attribute("id").value();
    const auto box = slot_box(node, page);
    if (!box) return tl::make_unexpected(box.error());
    if (id == "slot-qr") {
      if (auto drawn = draw_qr(cairo, *box, content.credential, dpi); !drawn) {
        return tl::make_unexpected(drawn.error());
      }
      continue;
    }
    const std::string text = slot_text(std::string_view(id).substr(kSlotPrefix.size()), content);
    // A name is set in its owner's language: Han in Chinese, Japanese or Korean forms.
    const bool own = (id == "slot-native" || id == "slot-name") && !content.attendee.languages.empty();
    const std::string& language = own ? content.attendee.languages.front() : content.language;
    if (!draw_text(cairo, text_slot(node, *box), text, language)) did_not_fit.push_back(id);
  }
  return did_not_fit;
}

cairo_status_t append_bytes(void* closure, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

using Draw = std::function<Expected<std::vector<std::string>>(cairo_t*, const Page&)>;

Expected<BadgePage> make_pdf(const Page& page, const Draw& draw) {
  BadgePage out{{}, page.width_mm, page.height_mm, {}};
  SurfacePtr surface(cairo_pdf_surface_create_for_stream(
      append_bytes, &out.bytes, page.width_mm * kPointsPerMm, page.height_mm * kPointsPerMm));
  CairoPtr cairo(cairo_create(surface.get()));
  cairo_scale(cairo.get(), kPointsPerMm, kPointsPerMm);
  auto drawn = draw(cairo.get(), page);
  if (!drawn) return tl::make_unexpected(drawn.error());
  out.did_not_fit = std::move(*drawn);
  cairo_show_page(cairo.get());
  cairo_surface_finish(surface.get());
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) {
    return fail(Error::Kind::invalid, "the page cannot be written as PDF");
  }
  return out;
}

Expected<BadgePage> make_png(const Page& page, int dpi, const Draw& draw) {
  BadgePage out{{}, page.width_mm, page.height_mm, {}};
  const double per_mm = dpi / 25.4;
  SurfacePtr surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24,
                                                static_cast<int>(std::lround(page.width_mm * per_mm)),
                                                static_cast<int>(std::lround(page.height_mm * per_mm))));
  CairoPtr cairo(cairo_create(surface.get()));
  cairo_set_source_rgb(cairo.get(), 1, 1, 1);
  cairo_paint(cairo.get());
  cairo_scale(cairo.get(), per_mm, per_mm);
  auto drawn = draw(cairo.get(), page);
  if (!drawn) return tl::make_unexpected(drawn.error());
  out.did_not_fit = std::move(*drawn);
  cairo.reset();
  if (cairo_surface_write_to_png_stream(surface.get(), append_bytes, &out.bytes) != CAIRO_STATUS_SUCCESS) {
    return fail(Error::Kind::invalid, "the page cannot be written as PNG");
  }
  return out;
}

Expected<BadgePage> render(const std::string& svg, const std::string& name, const BadgeContent& content,
                           int grid_dpi,
                           const std::function<Expected<BadgePage>(const Page&, const Draw&)>& make) {
  const std::string doing = "badge template " + name;
  pugi::xml_document document;
  if (!document.load_buffer(svg.data(), svg.size()))
    return fail(Error::Kind::invalid, doing + ": it is not XML");
  auto page = artwork_of(document, content);
  if (!page) return tl::make_unexpected(page.error().within(doing));
  auto made = make(*page, [&](cairo_t* cairo, const Page& on) {
    return draw_badge(cairo, document, on, content, grid_dpi);
  });
  if (!made) return tl::make_unexpected(made.error().within(doing));
  return made;
}

}  // namespace

Expected<BadgeTemplate> BadgeTemplate::load(const std::filesystem::path& svg) {
  std::ifstream file(svg, std::ios::binary);
  if (!file) return fail(Error::Kind::invalid, "badge template " + svg.string() + ": it cannot be opened");
  BadgeTemplate made;
  made.name_ = svg.string();
  made.svg_.assign(std::istreambuf_iterator<char>(file), {});
  if (made.svg_.size() > kMaxTemplateBytes) {
    return fail(Error::Kind::invalid, "badge template " + made.name_ + ": larger than 8 MiB");
  }
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(made.svg_.data(), made.svg_.size());
  if (!parsed)
    return fail(Error::Kind::invalid, "badge template " + made.name_ + ": " + parsed.description());
  if (!document.child("svg") || !find_by_id(document.child("svg"), "slot-qr")) {
    return fail(Error::Kind::invalid,
                "badge template " + made.name_ + ": it has no element with the id slot-qr");
  }
  if (auto page = artwork_of(document, {}); !page) {
    return tl::make_unexpected(page.error().within("badge template " + made.name_));
  }
  return made;
}

Expected<BadgePage> BadgeTemplate::pdf(const BadgeContent& content, int printer_dpi) const {
  return render(svg_, name_, content, printer_dpi, make_pdf);
}

Expected<BadgePage> BadgeTemplate::png(const BadgeContent& content, int dpi) const {
  return render(svg_, name_, content, dpi,
                [dpi](const Page& page, const Draw& draw) { return make_png(page, dpi, draw); });
}

}  // namespace lanyard::kiosk
