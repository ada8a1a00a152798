#include "kiosk/badge/artwork.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <sstream>

#include <pugixml.hpp>

#include "kiosk/badge/svg_safety.hpp"
#include "kiosk/badge/svg_style.hpp"
#include "kiosk/badge/text_places.hpp"
#include "sync/base64.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

void each_element(const pugi::xml_node& root, const std::function<void(pugi::xml_node)>& visit) {
  std::vector<pugi::xml_node> found;  // visiting may change what it stands on
  (void)root.find_node([&](const pugi::xml_node& node) {
    if (node.type() == pugi::node_element) found.push_back(node);
    return false;
  });
  for (const pugi::xml_node& node : found) visit(node);
}

// --- sides

struct SideLabel {
  std::string piece;
  bool back;
};

// "card back" -> card, its back; "Front" -> badge.
SideLabel side_label(std::string_view label) {
  SideLabel side{"badge", false};
  std::istringstream words(lower_case(label));
  std::string word;
  std::string piece;
  while (words >> word) {
    if (word == "back") {
      side.back = true;
    } else if (word != "front") {
      piece += (piece.empty() ? "" : "-") + word;
    }
  }
  if (sync::is_id(piece)) side.piece = piece;
  return side;
}

// Inkscape writes each page of its own as one <inkscape:page> within the <sodipodi:namedview>.
std::vector<pugi::xml_node> inkscape_pages(const pugi::xml_node& svg) {
  std::vector<pugi::xml_node> pages;
  for (const pugi::xml_node& view : svg.children()) {
    if (!std::string_view(view.name()).ends_with(":namedview")) continue;
    for (const pugi::xml_node& page : view.children()) {
      if (std::string_view(page.name()).ends_with(":page")) pages.push_back(page);
    }
  }
  return pages;
}

struct ViewBox {
  double x{0};
  double y{0};
  double width{0};
  double height{0};
};

std::optional<ViewBox> view_box_of(const pugi::xml_node& svg) {
  std::string text = svg.attribute("viewBox").value();
  std::ranges::replace(text, ',', ' ');
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  ViewBox box;
  in >> box.x >> box.y >> box.width >> box.height;
  if (!in || !(box.width > 0) || !(box.height > 0)) return std::nullopt;
  return box;
}

std::string number_text(double value) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  out.precision(9);
  out << value;
  return out.str();
}

void take_out(pugi::xml_node node) {
  node.parent().remove_child(node);
}

// --- filling in

// Whatever is not for this attendee goes before anything is looked at.
void apply_conditions(pugi::xml_node svg, const BadgeContent& content) {
  std::vector<pugi::xml_node> gone;
  (void)svg.find_node([&](const pugi::xml_node& node) {
    const pugi::xml_attribute condition = node.attribute("data-if");
    if (condition && !holds(condition.value(), content)) gone.push_back(node);
    return false;
  });
  // The innermost first: an outer one takes its children with it.
  for (auto node = gone.rbegin(); node != gone.rend(); ++node) take_out(*node);
}

void set_fill(pugi::xml_node node, const std::string& colour) {
  for (const char* name : {"fill", "style"}) node.remove_attribute(name);
  node.append_attribute("fill") = colour.c_str();
}

void colour_bands(pugi::xml_node svg, const BadgeContent& content) {
  const sync::Category* category = sync::find_category(content.event, content.attendee.category);
  const std::string colour = css_colour(category == nullptr ? 0x444444 : category->colour_rgb);
  each_element(svg, [&](pugi::xml_node node) {
    const bool banded = node.attribute("data-fill").value() == std::string_view("category");
    if (banded || id_of(node) == "category-band") set_fill(node, colour);
  });
}

void copy_attributes(const pugi::xml_node& from, pugi::xml_node to,
                     std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (from.attribute(name)) to.append_attribute(name) = from.attribute(name).value();
  }
}

// The photo fills its rectangle, rounded corners and all, and is cut where it is not of the same shape.
void place_photo(pugi::xml_node slot, const std::string& jpeg) {
  pugi::xml_node parent = slot.parent();
  const std::string clip = "lanyard-clip-" + id_of(slot);
  pugi::xml_node cut = parent.insert_child_before("clipPath", slot);
  cut.append_attribute("id") = clip.c_str();
  pugi::xml_node shape = cut.append_child("rect");
  copy_attributes(slot, shape, {"x", "y", "width", "height", "rx", "ry"});
  pugi::xml_node image = parent.insert_child_before("image", slot);
  copy_attributes(slot, image, {"x", "y", "width", "height"});
  copy_attributes(slot, image, {"transform"});  // the clip stands in its image's own coordinates
  image.append_attribute("preserveAspectRatio") = "xMidYMid slice";
  image.append_attribute("clip-path") = ("url(#" + clip + ")").c_str();
  image.append_attribute("href") = ("data:image/jpeg;base64," + sync::base64_encode(jpeg)).c_str();
}

// Takes all that is written off the artwork, and says where it was.
Expected<void> collect(pugi::xml_node svg, const Placing& side, const BadgeContent& content,
                       FilledSide& out) {
  const auto stands_here = [&](const Box& box) {
    const double x = box.x + box.width / 2;
    const double y = box.y + box.height / 2;
    return x >= 0 && y >= 0 && x <= side.width_mm && y <= side.height_mm;
  };
  const auto take_slot = [&](pugi::xml_node node) -> Expected<void> {
    const auto box = box_of(node, side);
    if (!box) return tl::make_unexpected(box.error());
    if (stands_here(*box)) {
      if (!is_inside(*box, side)) return wrong_slot(node, "it reaches over the edge of its side");
      const std::string field = field_of_slot(id_of(node));
      out.slots.push_back(id_of(node));
      if (field == "qr") {
        out.codes.push_back(*box);
      } else if (field != "photo") {
        out.texts.push_back(place_of_rect(node, *box));
        if (auto fields = fields_in(out.texts.back().pattern); !fields)
          return tl::make_unexpected(fields.error().within(id_of(node)));
      } else if (!content.photo.starts_with("\xff\xd8")) {  // no JPEG
        out.photo_missing = true;
      } else {
        place_photo(node, content.photo);
      }
    }
    take_out(node);
    return {};
  };
  const auto take_text = [&](pugi::xml_node node) -> Expected<void> {
    for (pugi::xml_node line : lines_with_fields(node)) {
      if (auto fields = fields_in(words_of(line)); !fields) return tl::make_unexpected(fields.error());
      auto place = place_of_text(line, side);
      if (!place) return tl::make_unexpected(place.error());
      const TextSlot& slot = place->slot;
      if (stands_here({slot.x_mm, slot.y_mm, slot.width_mm, slot.height_mm}))
        out.texts.push_back(std::move(*place));
      take_out(line);
    }
    return {};
  };
  std::vector<pugi::xml_node> written;
  each_element(svg, [&](pugi::xml_node node) {
    const auto is_written = [](const pugi::xml_node& one) {
      return is_slot(one) || std::string_view(one.name()) == "text";
    };
    if (!is_written(node)) return;
    // What stands within another goes with it.
    for (pugi::xml_node above = node.parent(); above; above = above.parent()) {
      if (is_written(above)) return;
    }
    written.push_back(node);
  });
  for (const pugi::xml_node& node : written) {
    auto taken = is_slot(node) ? take_slot(node) : take_text(node);
    if (!taken) return taken;
  }
  return {};
}

Expected<void> check_conditions(const pugi::xml_node& svg) {
  std::optional<Error> problem;
  each_element(svg, [&](const pugi::xml_node& node) {
    if (problem) return;
    const auto checked = check_condition(node.attribute("data-if").value());
    if (!checked) problem = checked.error();
  });
  return problem ? Expected<void>(tl::make_unexpected(*problem)) : Expected<void>();
}

std::vector<std::string> fonts_of(const pugi::xml_node& svg) {
  std::vector<std::string> fonts;
  const auto add = [&](std::string family) {
    if (std::ranges::find(fonts, family) == fonts.end()) fonts.push_back(std::move(family));
  };
  each_element(svg, [&](const pugi::xml_node& node) {
    if (node.attribute("data-font")) add(node.attribute("data-font").value());
    const std::string_view name = node.name();
    if (name == "text" || name == "tspan") {
      const std::string family = style_of(node, "font-family");
      if (!family.empty()) add(first_family(family));
    }
  });
  return fonts;
}

// What is checked and what is drawn must be the same: no other encoding.
constexpr unsigned kParse = pugi::parse_full | pugi::parse_ws_pcdata;
constexpr pugi::xml_encoding kEncoding = pugi::encoding_utf8;

Expected<void> parse_checked(pugi::xml_document& document, const std::string& svg_text) {
  const auto parsed = document.load_buffer(svg_text.data(), svg_text.size(), kParse, kEncoding);
  if (!parsed) return fail(Error::Kind::invalid, std::string("it is not XML: ") + parsed.description());
  for (const pugi::xml_node& first : document.children()) {
    if (first.type() != pugi::node_declaration) continue;
    if (lower_case(first.attribute("encoding").as_string("utf-8")) != "utf-8")
      return fail(Error::Kind::invalid, "it is not in UTF-8: save it so");
  }
  if (!document.child("svg")) return fail(Error::Kind::invalid, "it is not SVG");
  if (auto safe = check_safe(document); !safe) return safe;
  return check_conditions(document.child("svg"));
}

struct SideFound {
  BadgeSide side;
  Placing placing;
};

// Inkscape's pages, or the whole drawing.
Expected<std::vector<SideFound>> find_sides(const pugi::xml_node& svg) {
  const auto width = millimetres(svg.attribute("width").value());
  const auto height = millimetres(svg.attribute("height").value());
  if (!width || !height)
    return fail(Error::Kind::invalid, "its width and height are not in mm (width=\"105mm\")");
  const auto view = view_box_of(svg);
  if (!view) return fail(Error::Kind::invalid, "it has no viewBox");
  const double mm_per_unit = *width / view->width;
  if (std::abs(view->height * mm_per_unit - *height) > 0.05)
    return fail(Error::Kind::invalid, "its viewBox is not of the same shape as its width and height");

  std::vector<SideFound> sides;
  for (const pugi::xml_node& page : inkscape_pages(svg)) {
    const auto number = [&](const char* name) { return page.attribute(name).as_double(); };
    const double across = number("width") * mm_per_unit;
    const double down = number("height") * mm_per_unit;
    const SideLabel label = side_label(page.attribute("inkscape:label").value());
    if (!(across > 0) || !(down > 0)) return wrong_slot(page, "the page has no size");
    sides.push_back({{label.piece, label.back, across, down, page.attribute("data-if").value()},
                     {number("x"), number("y"), mm_per_unit, across, down}});
  }
  if (sides.empty())
    sides.push_back({{"badge", false, *width, *height}, {view->x, view->y, mm_per_unit, *width, *height}});
  if (sides.size() > kMaxSides) return fail(Error::Kind::invalid, "it has more than 8 pages");
  return sides;
}

// Everything is placed once, without its conditions, so that what is wrong shows before the first guest.
Expected<void> check_places(const pugi::xml_document& document, const std::vector<SideFound>& sides) {
  bool has_code = false;
  std::vector<std::string> placed;
  for (const SideFound& one : sides) {
    pugi::xml_document copy;
    copy.reset(document);
    FilledSide filled;
    if (auto taken = collect(copy.child("svg"), one.placing, {}, filled); !taken) return taken;
    has_code = has_code || !filled.codes.empty();
    placed.insert(placed.end(), filled.slots.begin(), filled.slots.end());
  }
  std::string astray;
  each_element(document.child("svg"), [&](const pugi::xml_node& node) {
    if (is_slot(node) && std::ranges::find(placed, id_of(node)) == placed.end()) astray = id_of(node);
  });
  if (!astray.empty()) return fail(Error::Kind::invalid, astray + ": it reaches over the edge of its page");
  if (!has_code) return fail(Error::Kind::invalid, "it has no rectangle with the id slot-qr");
  return {};
}

}  // namespace

Expected<Artwork> Artwork::read(std::string svg_text) {
  if (svg_text.size() > kMaxTemplateBytes) return fail(Error::Kind::invalid, "it is larger than 8 MiB");
  pugi::xml_document document;
  if (auto parsed = parse_checked(document, svg_text); !parsed) return tl::make_unexpected(parsed.error());
  const auto sides = find_sides(document.child("svg"));
  if (!sides) return tl::make_unexpected(sides.error());
  if (auto placed = check_places(document, *sides); !placed) return tl::make_unexpected(placed.error());
  Artwork made;
  for (const SideFound& one : *sides) {
    made.sides_.push_back(one.side);
    made.placings_.push_back(one.placing);
  }
  made.fonts_ = fonts_of(document.child("svg"));
  made.svg_ = std::move(svg_text);
  return made;
}

Expected<FilledSide> Artwork::fill(std::size_t side, const BadgeContent& content) const {
  pugi::xml_document document;
  (void)document.load_buffer(svg_.data(), svg_.size(), kParse, kEncoding);  // `read` has read it
  pugi::xml_node svg = document.child("svg");
  const Placing& on = placings_.at(side);
  apply_conditions(svg, content);
  colour_bands(svg, content);
  FilledSide filled;
  if (auto taken = collect(svg, on, content, filled); !taken) return tl::make_unexpected(taken.error());
  svg.attribute("width") = (number_text(on.width_mm) + "mm").c_str();
  svg.attribute("height") = (number_text(on.height_mm) + "mm").c_str();
  svg.attribute("viewBox") =
      (number_text(on.x) + " " + number_text(on.y) + " " + number_text(on.width_mm / on.mm_per_unit) + " " +
       number_text(on.height_mm / on.mm_per_unit))
          .c_str();
  std::ostringstream out;
  document.save(out, "", pugi::format_raw);
  filled.svg = out.str();
  return filled;
}

}  // namespace lanyard::kiosk
