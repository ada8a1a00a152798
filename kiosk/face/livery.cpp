#include "kiosk/face/livery.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <set>
#include <utility>

#include "kiosk/face/svg_picture.hpp"
#include "kiosk/face/text_file.hpp"
#include "sync/toml_reader.hpp"

namespace lanyard::kiosk {
namespace {

using sync::Error;
using sync::Expected;
using sync::TomlTable;

std::optional<Rgb> colour_named(std::string_view text) {
  if (text.size() != 7 || text[0] != '#') return std::nullopt;
  std::uint32_t value = 0;
  const auto [end, bad] = std::from_chars(text.data() + 1, text.data() + text.size(), value, 16);
  if (bad != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return rgb(value);
}

void take_colour(TomlTable& table, const char* key, Rgb& colour) {
  if (!table.has(key)) return;
  const auto read = colour_named(table.text(key));
  if (!read) return table.wrong(key, "expected a colour as \"#0c1a2e\"");
  colour = *read;
}

std::string ratio(double value) {
  std::array<char, 16> text{};
  (void)std::snprintf(text.data(), text.size(), "%.2f", value);
  return text.data();
}

void take_field(TomlTable table, Field& field) {
  take_colour(table, "ground", field.ground);
  take_colour(table, "text", field.ink);
  take_colour(table, "quiet", field.quiet);
  take_colour(table, "accent", field.accent);
  take_colour(table, "hairline", field.hairline);
  table.no_other_keys();
}

// Each colour is said once, of whichever of its grounds it fails on first.
void demand_contrast(TomlTable& top, const Theme& theme) {
  std::set<std::pair<std::string_view, std::string_view>> said;
  for (const Pair& pair : pairs_of(theme)) {
    const double is = contrast(pair.one, pair.other);
    if (is >= pair.least || !top.has(pair.field) || !said.emplace(pair.field, pair.colour).second) continue;
    const std::string what =
        "its contrast to the ground is " + ratio(is) + " to 1, and " + ratio(pair.least) + " is the least";
    const auto table = top.table(pair.field);
    if (table && *pair.colour != '\0') {
      table->wrong(pair.colour, what);
    } else {
      top.wrong(pair.field, what);
    }
  }
}

// Beside the theme's file, and nowhere else: what an event brings stays together.
std::string take_drawing(TomlTable& table, const std::filesystem::path& folder) {
  const std::string name = table.text("file");
  if (name.empty()) return {};
  if (name.find('/') != std::string::npos || name.front() == '.') {
    table.wrong("file", "expected the name of a file in the folder of the theme");
    return {};
  }
  auto svg = read_text_file(folder / name, kMaxSvgBytes);
  if (!svg) {
    table.wrong("file", svg.error().message);
    return {};
  }
  if (const auto shape = svg_shape(*svg); !shape) {
    table.wrong("file", name + ": " + shape.error().message);
    return {};
  }
  return std::move(*svg);
}

void take_logo(TomlTable table, const std::filesystem::path& folder, Livery& livery) {
  livery.logo = take_drawing(table, folder);
  if (table.has("height_mm")) livery.logo_height_mm = static_cast<float>(table.number("height_mm", 5, 60));
  livery.logo_says_name = table.flag("says_name", false);
  table.no_other_keys();
}

void take_background(TomlTable table, const std::filesystem::path& folder, Livery& livery) {
  livery.background = take_drawing(table, folder);
  if (table.has("strength_percent")) {
    livery.background_strength = static_cast<float>(table.number("strength_percent", 1, 100)) / 100;
  }
  table.no_other_keys();
}

void take_categories(std::vector<TomlTable> tables, Livery& livery) {
  for (TomlTable& table : tables) {
    Rgb colour;
    const std::string id = table.id("id");
    if (!table.has("colour")) table.wrong("colour", "missing");
    take_colour(table, "colour", colour);
    table.no_other_keys();
    livery.categories.emplace(id, colour);
  }
}

}  // namespace

Expected<Livery> read_livery(const std::filesystem::path& file, Scheme usual) {
  const auto text = read_text_file(file, kMaxLiveryBytes);
  if (!text) return tl::make_unexpected(text.error());
  sync::TomlTrouble trouble(file.string());
  Livery livery;
  const auto parsed = sync::parse_toml(*text, trouble);
  if (parsed) {
    TomlTable top(*parsed, "", trouble);
    livery.theme = theme_of(top.has("base") ? top.named("base", scheme_named) : usual);
    const std::array<std::pair<const char*, Field*>, 4> fields{{{"waiting", &livery.theme.night},
                                                                {"welcome", &livery.theme.welcome},
                                                                {"refusal", &livery.theme.pause},
                                                                {"paper", &livery.theme.paper}}};
    for (const auto& [key, field] : fields) {
      if (auto table = top.table(key)) take_field(std::move(*table), *field);
    }
    demand_contrast(top, livery.theme);
    take_categories(top.tables("category", kMaxLiveryCategories), livery);
    if (auto table = top.table("logo")) take_logo(std::move(*table), file.parent_path(), livery);
    if (auto table = top.table("background")) take_background(std::move(*table), file.parent_path(), livery);
    top.no_other_keys();
  }
  if (!trouble.any()) return livery;
  return trouble.error();
}

}  // namespace lanyard::kiosk
