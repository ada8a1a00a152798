#include "kiosk/badge/artwork.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <optional>
#include <sstream>

#include <pugixml.hpp>

#include "kiosk/badge/svg_safety.hpp"
#include "kiosk/badge/svg_style.hpp"
#include "sync/base64.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

constexpr std::string_view kSlotPrefix = "slot-";
constexpr double kAscentOfCap = 1.5;  // of its line above the baseline, generously
constexpr double kMarginMm = 3;       // of a text that says no width of its own

std::string id_of(const pugi::xml_node& node) {
  return node.attribute("id").value();
}

tl::unexpected<Error> wrong_slot(const pugi::xml_node& node, std::string_view what) {
  const std::string id = id_of(node);
  return fail(Error::Kind::invalid,
              (id.empty() ? "<" + std::string(node.name()) + ">" : id) + ": " + std::string(what));
}

void each_element(const pugi::xml_node& root, const std::function<void(pugi::xml_node)>& visit) {
  std::vector<pugi::xml_node> found;  // visiting may change what it stands on
  (void)root.find_node([&](const pugi::xml_node& node) {
    if (node.type() == pugi::node_element) found.push_back(node);
    return false;
  });
  for (const pugi::xml_node& node : found) visit(node);
}

// "slot-name" and "slot-name-2" are both of the name: an id may stand but once in a file.
std::string field_of_slot(const std::string& id) {
  std::string field = id.substr(kSlotPrefix.size());
  const std::size_t digits = field.find_last_not_of("0123456789");
  if (digits != std::string::npos && digits + 1 < field.size() && digits > 0 && field[digits] == '-')
    field.resize(digits);
  return field;
}

bool is_slot(const pugi::xml_node& node) {
  return std::string_view(node.attribute("id").value()).starts_with(kSlotPrefix);
}

// --- sides

struct SideLabel {
  std::string piece;
  bool back;
};

// "card back" -> card, its back; "Front" -> badge.
SideLabel side_label(std::string label) {
  for (char& c : label) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  SideLabel side{"badge", false};
  std::istringstream words(label);
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

// --- what the program writes

struct Placing {  // of a side
  double x;       // of its upper left corner, in the root's units
  double y;
  double mm_per_unit;
  double width_mm;
  double height_mm;
};

Expected<Affine> to_side(const pugi::xml_node& node, const Placing& side) {
  const auto all = to_root(node);
  if (!all) return wrong_slot(node, "its transform cannot be read");
  const double s = side.mm_per_unit;
  const Affine made = Affine{s, 0, 0, s, -side.x * s, -side.y * s} * *all;
  if (!made.is_upright()) return wrong_slot(node, "it is turned, mirrored or skewed");
  return made;
}

bool is_inside(const Box& box, const Placing& side) {
  constexpr double kLoose = 0.05;
  return box.x >= -kLoose && box.y >= -kLoose && box.x + box.width <= side.width_mm + kLoose &&
         box.y + box.height <= side.height_mm + kLoose;
}

Expected<Box> box_of(const pugi::xml_node& node, const Placing& side) {
  if (std::string_view(node.name()) != "rect") return wrong_slot(node, "it is no rectangle");
  const auto map = to_side(node, side);
  if (!map) return tl::make_unexpected(map.error());
  const auto number = [&](const char* name) {
    return length_of(node.attribute(name).as_string("0")).value_or(0);
  };
  const Box box{map->a * number("x") + map->e, map->d * number("y") + map->f, map->a * number("width"),
                map->d * number("height")};
  if (!(box.width > 0) || !(box.height > 0)) return wrong_slot(node, "it has no size");
  return box;
}

TextSlot::Align align_named(std::string_view name) {
  return name == "center" || name == "middle" ? TextSlot::Align::center
         : name == "end"                      ? TextSlot::Align::end
                                              : TextSlot::Align::start;
}

// What a designer may say of any text, whichever way it is drawn.
void read_look(const pugi::xml_node& node, TextSlot& slot) {
  slot.size_mm = node.attribute("data-size-mm").as_double(slot.size_mm);
  slot.min_size_mm = node.attribute("data-min-size-mm").as_double(slot.size_mm / 2);
  slot.weight = node.attribute("data-weight").as_int(slot.weight);
  slot.lines = std::clamp(node.attribute("data-lines").as_int(slot.lines), 1, 20);
  if (const auto colour = colour_of(node.attribute("data-colour").value())) slot.colour_rgb = *colour;
  if (node.attribute("data-font")) slot.font = node.attribute("data-font").value();
  if (node.attribute("data-align")) slot.align = align_named(node.attribute("data-align").value());
  if (node.attribute("data-valign")) slot.valign = align_named(node.attribute("data-valign").value());
  slot.size_mm = std::clamp(slot.size_mm, 0.3, 200.0);
  slot.min_size_mm = std::clamp(slot.min_size_mm, 0.3, slot.size_mm);
}

TextPlace place_of_rect(const pugi::xml_node& node, const Box& box) {
  TextPlace place;
  place.id = id_of(node);
  place.pattern = node.attribute("data-text") ? node.attribute("data-text").value()
                                              : "{{" + field_of_slot(place.id) + "}}";
  place.slot.x_mm = box.x;
  place.slot.y_mm = box.y;
  place.slot.width_mm = box.width;
  place.slot.height_mm = box.height;
  place.slot.colour_rgb = 0x1a1a1a;
  read_look(node, place.slot);
  return place;
}

int weight_of(const std::string& css) {
  if (css == "bold") return 700;
  const int value = std::atoi(css.c_str());
  return value >= 100 && value <= 900 ? value : 400;
}

std::string first_family(const std::string& css) {
  std::string first = css.substr(0, css.find(','));
  std::erase_if(first, [](char c) { return c == '\'' || c == '"'; });
  while (first.ends_with(' ')) first.pop_back();
  first.erase(0, first.find_first_not_of(' '));
  const bool generic = first.empty() || first == "sans-serif" || first == "serif" || first == "monospace";
  return generic ? "Noto Sans" : first;
}

// All that stands in an element, the words of its children as well.
std::string words_of(const pugi::xml_node& node) {
  std::string words;
  (void)node.find_node([&](const pugi::xml_node& one) {
    if (one.type() == pugi::node_pcdata || one.type() == pugi::node_cdata) words += one.value();
    return false;
  });
  for (char& c : words) c = c == '\n' || c == '\t' || c == '\r' ? ' ' : c;
  while (words.ends_with(' ')) words.pop_back();
  words.erase(0, std::min(words.size(), words.find_first_not_of(' ')));
  return words;
}

// The frame that Inkscape flows a text into.
pugi::xml_node frame_of(const pugi::xml_node& text) {
  const std::string css = style_of(text, "shape-inside");
  const std::size_t begin = css.find("url(#");
  const std::size_t end = css.find(')', begin);
  if (begin == std::string::npos || end == std::string::npos) return {};
  const std::string id = css.substr(begin + 5, end - begin - 5);
  return text.root().find_node(
      [&](const pugi::xml_node& node) { return node.attribute("id").value() == id; });
}

// So wide that the text stays within the side's margins, wherever it is anchored.
void widen_to_margins(TextSlot& slot, double anchor_mm, double side_mm) {
  const double before = std::max(1.0, anchor_mm - kMarginMm);
  const double behind = std::max(1.0, side_mm - kMarginMm - anchor_mm);
  const double width = slot.align == TextSlot::Align::start    ? behind
                       : slot.align == TextSlot::Align::center ? 2 * std::min(before, behind)
                                                               : before;
  slot.width_mm = slot.width_mm > 0 ? slot.width_mm : width;
  slot.x_mm = anchor_mm - (slot.align == TextSlot::Align::start    ? 0
                           : slot.align == TextSlot::Align::center ? slot.width_mm / 2
                                                                   : slot.width_mm);
}

// A line of text with fields in it: <text> or one of its <tspan>s.
Expected<TextPlace> place_of_text(const pugi::xml_node& line, const Placing& side) {
  TextPlace place;
  place.pattern = words_of(line);
  place.id = place.pattern;
  const auto map = to_side(line, side);
  if (!map) return tl::make_unexpected(map.error());
  TextSlot& slot = place.slot;
  slot.size_mm = length_of(style_of(line, "font-size")).value_or(16) * map->d * kCapOfEm;
  slot.weight = weight_of(style_of(line, "font-weight"));
  slot.font = first_family(style_of(line, "font-family"));
  slot.align = align_named(style_of(line, "text-anchor"));
  slot.colour_rgb = colour_of(style_of(line, "fill")).value_or(0);
  read_look(line.name() == std::string_view("text") ? line : line.parent(), slot);
  if (const pugi::xml_node frame = frame_of(line)) {
    const auto box = box_of(frame, side);
    if (!box) return tl::make_unexpected(box.error());
    slot.x_mm = box->x;
    slot.y_mm = box->y;
    slot.width_mm = box->width;
    slot.height_mm = box->height;
    return place;
  }
  const auto at = [&](const char* name) {
    return length_of(style_of(line, name)).value_or(0);  // a line without its own place has its text's
  };
  slot.width_mm = line.attribute("data-width-mm").as_double(0);
  widen_to_margins(slot, map->a * at("x") + map->e, side.width_mm);
  slot.baseline_mm = map->d * at("y") + map->f;
  slot.y_mm = *slot.baseline_mm - slot.size_mm * kAscentOfCap;
  slot.height_mm = slot.size_mm * kAscentOfCap * 1.6 * slot.lines;
  return place;
}

// The lines of a <text> that have fields in them: Inkscape's <tspan sodipodi:role="line">, or the whole.
std::vector<pugi::xml_node> lines_with_fields(const pugi::xml_node& text) {
  std::vector<pugi::xml_node> lines;
  bool in_lines = false;
  for (const pugi::xml_node& child : text.children("tspan")) {
    if (!child.attribute("y") && !child.attribute("sodipodi:role")) continue;
    in_lines = true;
    if (words_of(child).find("{{") != std::string::npos) lines.push_back(child);
  }
  if (!in_lines && words_of(text).find("{{") != std::string::npos) lines.push_back(text);
  return lines;
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

constexpr unsigned kParse = pugi::parse_full | pugi::parse_ws_pcdata;
constexpr pugi::xml_encoding kEncoding = pugi::encoding_utf8;

}  // namespace

Expected<Artwork> Artwork::read(std::string svg_text) {
  Artwork made;
  if (svg_text.size() > kMaxTemplateBytes) return fail(Error::Kind::invalid, "it is larger than 8 MiB");
  pugi::xml_document document;
  const auto parsed = document.load_buffer(svg_text.data(), svg_text.size(), kParse, kEncoding);
  if (!parsed) return fail(Error::Kind::invalid, std::string("it is not XML: ") + parsed.description());
  for (pugi::xml_node first = document.first_child(); first; first = first.next_sibling()) {
    std::string encoding =
        first.type() == pugi::node_declaration ? first.attribute("encoding").as_string("UTF-8") : "UTF-8";
    std::ranges::transform(encoding, encoding.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    // What is checked here and what is drawn must be the same.
    if (encoding != "UTF-8") return fail(Error::Kind::invalid, "it is not in UTF-8: save it so");
  }
  const pugi::xml_node svg = document.child("svg");
  if (!svg) return fail(Error::Kind::invalid, "it is not SVG");
  if (auto safe = check_safe(document); !safe) return tl::make_unexpected(safe.error());
  if (auto sane = check_conditions(svg); !sane) return tl::make_unexpected(sane.error());

  const auto width = millimetres(svg.attribute("width").value());
  const auto height = millimetres(svg.attribute("height").value());
  if (!width || !height)
    return fail(Error::Kind::invalid, "its width and height are not in mm (width=\"105mm\")");
  const auto view = view_box_of(svg);
  if (!view) return fail(Error::Kind::invalid, "it has no viewBox");
  made.mm_per_unit_ = *width / view->width;
  if (std::abs(view->height * made.mm_per_unit_ - *height) > 0.05)
    return fail(Error::Kind::invalid, "its viewBox is not of the same shape as its width and height");

  for (const pugi::xml_node& page : inkscape_pages(svg)) {
    const auto number = [&](const char* name) { return page.attribute(name).as_double(); };
    const View on{number("x"), number("y"), number("width"), number("height")};
    const SideLabel label = side_label(page.attribute("inkscape:label").value());
    if (!(on.width > 0) || !(on.height > 0)) return wrong_slot(page, "the page has no size");
    made.views_.push_back(on);
    made.sides_.push_back({label.piece, label.back, on.width * made.mm_per_unit_,
                           on.height * made.mm_per_unit_, page.attribute("data-if").value()});
  }
  if (made.sides_.empty()) {
    made.views_.push_back({view->x, view->y, view->width, view->height});
    made.sides_.push_back({"badge", false, *width, *height});
  }
  if (made.sides_.size() > kMaxSides) return fail(Error::Kind::invalid, "it has more than 8 pages");
  made.fonts_ = fonts_of(svg);
  made.svg_ = std::move(svg_text);

  // Everything is placed once, without its conditions, so that what is wrong shows before the first guest.
  bool has_code = false;
  std::vector<std::string> placed;
  for (std::size_t side = 0; side < made.sides_.size(); ++side) {
    BadgeContent anybody;
    pugi::xml_document copy;
    copy.reset(document);
    FilledSide filled;
    const View& on = made.views_[side];
    const Placing placing{on.x, on.y, made.mm_per_unit_, made.sides_[side].width_mm,
                          made.sides_[side].height_mm};
    if (auto taken = collect(copy.child("svg"), placing, anybody, filled); !taken)
      return tl::make_unexpected(taken.error());
    has_code = has_code || !filled.codes.empty();
    placed.insert(placed.end(), filled.slots.begin(), filled.slots.end());
  }
  std::string astray;
  each_element(svg, [&](const pugi::xml_node& node) {
    if (is_slot(node) && std::ranges::find(placed, id_of(node)) == placed.end()) astray = id_of(node);
  });
  if (!astray.empty()) return fail(Error::Kind::invalid, astray + ": it reaches over the edge of its page");
  if (!has_code) return fail(Error::Kind::invalid, "it has no rectangle with the id slot-qr");
  return made;
}

Expected<FilledSide> Artwork::fill(std::size_t side, const BadgeContent& content) const {
  pugi::xml_document document;
  (void)document.load_buffer(svg_.data(), svg_.size(), kParse, kEncoding);  // `read` has read it
  pugi::xml_node svg = document.child("svg");
  const View& on = views_.at(side);
  const BadgeSide& of = sides_.at(side);
  apply_conditions(svg, content);
  colour_bands(svg, content);
  FilledSide filled;
  if (auto taken = collect(svg, {on.x, on.y, mm_per_unit_, of.width_mm, of.height_mm}, content, filled);
      !taken)
    return tl::make_unexpected(taken.error());
  svg.attribute("width") = (number_text(of.width_mm) + "mm").c_str();
  svg.attribute("height") = (number_text(of.height_mm) + "mm").c_str();
  svg.attribute("viewBox") = (number_text(on.x) + " " + number_text(on.y) + " " + number_text(on.width) +
                              " " + number_text(on.height))
                                 .c_str();
  std::ostringstream out;
  document.save(out, "", pugi::format_raw);
  filled.svg = out.str();
  return filled;
}

}  // namespace lanyard::kiosk
