#include "kiosk/badge/svg_style.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <vector>

namespace lanyard::kiosk {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

// Takes a number off the front. Never a locale's comma.
std::optional<double> take_number(std::string_view& text) {
  text = text.substr(std::min(text.size(), text.find_first_not_of(" \t\r\n,+")));
  double value = 0;
  const auto [rest, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (bad != std::errc{} || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  return value;
}

std::optional<Affine> one_transform(std::string_view name, const std::vector<double>& n) {
  constexpr double kRadian = 3.14159265358979323846 / 180;
  if (name == "matrix" && n.size() == 6) return Affine{n[0], n[1], n[2], n[3], n[4], n[5]};
  if (name == "translate" && (n.size() == 1 || n.size() == 2))
    return Affine{1, 0, 0, 1, n[0], n.size() == 2 ? n[1] : 0};
  if (name == "scale" && (n.size() == 1 || n.size() == 2))
    return Affine{n[0], 0, 0, n.size() == 2 ? n[1] : n[0], 0, 0};
  if (name == "rotate" && (n.size() == 1 || n.size() == 3)) {
    const double turn = n[0] * kRadian;
    const Affine turned{std::cos(turn), std::sin(turn), -std::sin(turn), std::cos(turn), 0, 0};
    if (n.size() == 1) return turned;
    return Affine{1, 0, 0, 1, n[1], n[2]} * turned * Affine{1, 0, 0, 1, -n[1], -n[2]};
  }
  if (name == "skewX" && n.size() == 1) return Affine{1, 0, std::tan(n[0] * kRadian), 1, 0, 0};
  if (name == "skewY" && n.size() == 1) return Affine{1, std::tan(n[0] * kRadian), 0, 1, 0, 0};
  return std::nullopt;
}

// Of "fill:#fff;font-size:4px": "4px".
std::string_view declared(std::string_view style, std::string_view property) {
  while (!style.empty()) {
    const std::string_view one = style.substr(0, style.find(';'));
    style.remove_prefix(std::min(style.size(), one.size() + 1));
    const std::size_t colon = one.find(':');
    if (colon != std::string_view::npos && trimmed(one.substr(0, colon)) == property)
      return trimmed(one.substr(colon + 1));
  }
  return {};
}

struct NamedColour {
  std::string_view name;
  std::uint32_t rgb;
};
constexpr std::array<NamedColour, 16> kColours{{{"black", 0x000000},
                                                {"silver", 0xc0c0c0},
                                                {"gray", 0x808080},
                                                {"white", 0xffffff},
                                                {"maroon", 0x800000},
                                                {"red", 0xff0000},
                                                {"purple", 0x800080},
                                                {"fuchsia", 0xff00ff},
                                                {"green", 0x008000},
                                                {"lime", 0x00ff00},
                                                {"olive", 0x808000},
                                                {"yellow", 0xffff00},
                                                {"navy", 0x000080},
                                                {"blue", 0x0000ff},
                                                {"teal", 0x008080},
                                                {"aqua", 0x00ffff}}};

std::optional<std::uint32_t> hex_colour(std::string_view digits) {
  std::uint32_t value = 0;
  const auto [rest, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (bad != std::errc{} || rest != digits.data() + digits.size()) return std::nullopt;
  if (digits.size() == 6) return value;
  if (digits.size() != 3) return std::nullopt;
  return ((value >> 8U) & 15U) * 0x110000U + ((value >> 4U) & 15U) * 0x1100U + (value & 15U) * 0x11U;
}

std::optional<std::uint32_t> rgb_colour(std::string_view text) {
  std::uint32_t value = 0;
  for (int i = 0; i < 3; ++i) {
    const auto part = take_number(text);
    if (!part || *part < 0 || *part > 255) return std::nullopt;
    value = value << 8U | static_cast<std::uint32_t>(*part);
  }
  return trimmed(text) == ")" ? std::optional(value) : std::nullopt;
}

}  // namespace

bool Affine::is_upright() const {
  constexpr double kNothing = 1e-6;
  return std::abs(b) < kNothing && std::abs(c) < kNothing && a > 0 && d > 0;
}

Affine operator*(const Affine& o, const Affine& i) {
  return {o.a * i.a + o.c * i.b, o.b * i.a + o.d * i.b,       o.a * i.c + o.c * i.d,
          o.b * i.c + o.d * i.d, o.a * i.e + o.c * i.f + o.e, o.b * i.e + o.d * i.f + o.f};
}

std::optional<Affine> parse_transform(std::string_view text) {
  Affine all;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    const std::size_t open = text.find('(');
    const std::size_t close = text.find(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
      return std::nullopt;
    std::vector<double> numbers;
    std::string_view inside = text.substr(open + 1, close - open - 1);
    while (!trimmed(inside).empty() && numbers.size() < 6) {
      const auto number = take_number(inside);
      if (!number) return std::nullopt;
      numbers.push_back(*number);
    }
    const auto one = one_transform(trimmed(text.substr(0, open)), numbers);
    if (!one || !trimmed(inside).empty()) return std::nullopt;
    all = all * *one;
    text.remove_prefix(close + 1);
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  return all;
}

std::optional<Affine> to_root(pugi::xml_node node) {
  Affine all;
  for (; node; node = node.parent()) {
    const auto own = parse_transform(node.attribute("transform").value());
    if (!own) return std::nullopt;
    all = *own * all;
  }
  return all;
}

std::string style_of(pugi::xml_node node, const char* property) {
  for (; node; node = node.parent()) {
    const std::string_view in_style = declared(node.attribute("style").value(), property);
    const std::string_view own = in_style.empty() ? node.attribute(property).value() : in_style;
    if (!own.empty() && own != "inherit") return std::string(own);
  }
  return "";
}

std::optional<double> length_of(std::string_view text) {
  const auto value = take_number(text);
  if (!value) return std::nullopt;
  const std::string_view unit = trimmed(text);
  if (unit.empty() || unit == "px") return *value;
  if (unit == "pt") return *value * 96 / 72;
  if (unit == "mm") return *value * 96 / 25.4;
  if (unit == "cm") return *value * 96 / 2.54;
  if (unit == "in") return *value * 96;
  return std::nullopt;
}

std::optional<std::uint32_t> colour_of(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('#')) return hex_colour(text.substr(1));
  if (text.starts_with("rgb(")) return rgb_colour(text.substr(4));
  const auto* const named = std::ranges::find(kColours, text, &NamedColour::name);
  return named == kColours.end() ? std::nullopt : std::optional(named->rgb);
}

std::string css_colour(std::uint32_t rgb) {
  std::array<char, 8> text{};
  (void)std::snprintf(text.data(), text.size(), "#%06x", rgb & 0xffffffU);
  return text.data();
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return lower;
}

std::optional<double> millimetres(std::string_view text) {
  const auto value = take_number(text);
  if (!value || trimmed(text) != "mm" || !(*value > 5 && *value < 1000)) return std::nullopt;
  return value;
}

}  // namespace lanyard::kiosk
