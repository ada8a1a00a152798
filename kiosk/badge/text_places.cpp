#include "kiosk/badge/text_places.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "kiosk/badge/svg_style.hpp"

namespace lanyard::kiosk {

namespace {

using sync::Error;
using sync::Expected;
using sync::fail;

constexpr std::string_view kSlotPrefix = "slot-";
constexpr double kAscentOfCap = 1.5;  // of its line above the baseline, generously
constexpr double kMarginMm = 3;       // of a text that says no width of its own

Expected<Affine> to_side(const pugi::xml_node& node, const Placing& side) {
  const auto all = to_root(node);
  if (!all) return wrong_slot(node, "its transform cannot be read");
  const double s = side.mm_per_unit;
  const Affine made = Affine{s, 0, 0, s, -side.x * s, -side.y * s} * *all;
  if (!made.is_upright()) return wrong_slot(node, "it is turned, mirrored or skewed");
  return made;
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

int weight_of(const std::string& css) {
  if (css == "bold") return 700;
  const int value = std::atoi(css.c_str());
  return value >= 100 && value <= 900 ? value : 400;
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

}  // namespace

std::string id_of(const pugi::xml_node& node) {
  return node.attribute("id").value();
}

tl::unexpected<Error> wrong_slot(const pugi::xml_node& node, std::string_view what) {
  const std::string id = id_of(node);
  return fail(Error::Kind::invalid,
              (id.empty() ? "<" + std::string(node.name()) + ">" : id) + ": " + std::string(what));
}

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

std::string first_family(const std::string& css) {
  std::string first = css.substr(0, css.find(','));
  std::erase_if(first, [](char c) { return c == '\'' || c == '"'; });
  while (first.ends_with(' ')) first.pop_back();
  first.erase(0, first.find_first_not_of(' '));
  const bool generic = first.empty() || first == "sans-serif" || first == "serif" || first == "monospace";
  return generic ? "Noto Sans" : first;
}

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

}  // namespace lanyard::kiosk
