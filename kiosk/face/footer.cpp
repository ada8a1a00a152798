// The foot of a delegate's screen: the languages, each one touch away, and which kiosk this is.
#include <numeric>
#include <ranges>

#include "kiosk/face/parts.hpp"
#include "kiosk/face/reach.hpp"

namespace lanyard::kiosk {
namespace {

constexpr float kGapMm = 4;
constexpr float kLanguageWidthMm = 50;  // where there is room; a name that needs more gets it
constexpr float kStripMm = 8;           // of the station, where the languages take the whole width
constexpr float kStripGapMm = 4;

// The languages as a table, whose columns are as wide as the longest name in them.
struct Table {
  std::size_t rows{0};
  std::vector<float> columns{};  // px
};

// Of the fewest rows for which the names fit into `width` at their full size; with the buttons of whoever
// sees little at the end, or without.
Table table_of(Canvas& c, std::span<const std::string> languages, std::size_t aids, float width) {
  std::vector<float> needs;
  for (const std::string& language : languages) {
    // As large as it is always: which language is whose is known by its letters.
    const Words how{.size_mm = kType.body, .weight = Weight::bold, .language = language};
    const Rect name = c.measure({0, 0, c.screen().w, c.px(kDelegateTargetMm)}, endonym(language), how);
    needs.push_back(std::max(name.w + c.px(5), c.px(kDelegateTargetMm)));
  }
  needs.insert(needs.end(), aids, c.px(kDelegateTargetMm));
  const float gap = c.px(kGapMm);
  Table table;
  for (table.rows = 1; table.rows <= needs.size(); ++table.rows) {
    const std::size_t columns = (needs.size() + table.rows - 1) / table.rows;
    table.columns.assign(columns, 0);
    for (std::size_t i = 0; i < needs.size(); ++i) {
      table.columns[i % columns] = std::max(table.columns[i % columns], needs[i]);
    }
    const float free = width - gap * static_cast<float>(columns - 1) -
                       std::accumulate(table.columns.begin(), table.columns.end(), 0.0F);
    if (free < 0 && table.rows < needs.size()) continue;
    const float more = std::max(0.0F, free) / static_cast<float>(columns);
    for (float& column : table.columns) {
      column = std::max(column, std::min(column + more, c.px(kLanguageWidthMm)));
    }
    break;
  }
  return table;
}

float height_of(const Canvas& c, const Table& table) {
  const auto rows = static_cast<float>(table.rows);
  return rows * c.px(kDelegateTargetMm) + std::max(0.0F, rows - 1) * c.px(kGapMm);
}

// For whoever sees little, or sits, each one touch away.
enum class Help : std::uint8_t { contrast, large_type, within_reach, speech };

std::vector<Help> helps_of(const Drawing& d) {
  std::vector<Help> helps{Help::contrast, Help::large_type};
  if (reaches_too_high(d.canvas.metrics)) helps.push_back(Help::within_reach);
  if (d.view.can_speak) helps.push_back(Help::speech);
  return helps;
}

void draw_switch(Drawing& d, const Rect& area, Aid aid, bool on, Button button, const Field& field) {
  button.glyph_alone = true;
  button.look = on ? Look::strong : Look::plain;
  button.chosen = on;
  if (draw_button(d, area, button, field)) d.intend(event::AidAsked{aid});
}

void draw_help(Drawing& d, const Rect& area, Help help, const Field& field) {
  const Tongue& t = d.canvas.tongue();
  const Assist& assist = d.view.state.assist;
  switch (help) {
    case Help::contrast:
      return draw_switch(d, area, Aid::high_contrast, assist.high_contrast,
                         {.id = "contrast", .label = t.say("High contrast"), .glyph = Glyph::contrast},
                         field);
    case Help::large_type:
      return draw_switch(d, area, Aid::large_type, assist.large_type,
                         {.id = "large-type", .label = t.say("Large type"), .glyph = Glyph::large_type},
                         field);
    case Help::within_reach:
      return draw_switch(
          d, area, Aid::within_reach, assist.within_reach,
          {.id = "within-reach", .label = t.say("Show everything lower"), .glyph = Glyph::within_reach},
          field);
    case Help::speech:
      break;
  }
  if (draw_button(d, area,
                  {.id = "speech",
                   .label = assist.speech ? t.say("Read again") : t.say("Read aloud"),
                   .glyph = Glyph::speech,
                   .glyph_alone = true,
                   .look = assist.speech ? Look::strong : Look::plain},
                  field)) {
    d.intend(event::SpeechAsked{});
  }
}

void draw_languages(Drawing& d, Rect area, const Table& table, std::span<const Help> helps,
                    const Field& field) {
  Canvas& c = d.canvas;
  Rect row;
  const std::size_t languages = d.view.languages.size();
  for (std::size_t i = 0; i < languages + helps.size(); ++i) {
    const std::size_t column = i % table.columns.size();
    if (column == 0) {
      row = take_top(area, c.px(kDelegateTargetMm));
      static_cast<void>(take_top(area, c.px(kGapMm)));
    }
    const Rect place = take_start(row, table.columns[column], c.reading());
    static_cast<void>(take_start(row, c.px(kGapMm), c.reading()));
    if (i >= languages) {
      draw_help(d, place, helps[i - languages], field);
      continue;
    }
    const std::string& language = d.view.languages[i];
    const bool chosen = language == c.tongue().language();
    if (draw_button(d, place,
                    {.id = "language." + language,
                     .label = endonym(language),
                     .language = language,
                     .look = chosen ? Look::strong : Look::plain,
                     .chosen = chosen},
                    field)) {
      d.intend(event::LanguagePicked{language});
    }
  }
}

// What staff look for: which door this is, and whether the hub is heard.
struct Station {
  std::string place;
  std::string network;
  bool online{false};
};

Station station_of(const Drawing& d) {
  const Tongue& t = d.canvas.tongue();
  const bool online = d.view.state.online;
  return {d.view.checkpoint == nullptr ? std::string(d.view.kiosk_name) : d.local(d.view.checkpoint->name),
          online ? t.say_in("network", "Online") : t.say_in("network", "Offline"), online};
}

constexpr Words kPlace{
    .size_mm = kType.quiet + 0.8F, .least_mm = 4, .weight = Weight::bold, .quiet = true, .id = "checkpoint"};
constexpr Words kNetwork{
    .size_mm = kType.quiet, .least_mm = 4, .align = Align::end, .quiet = true, .id = "network"};

// Full when online, a ring when not: the shape says it too.
void draw_dot(Canvas& c, const Rect& word, bool online, const Field& field) {
  const bool leftwards = c.reading() == Reading::right_to_left;
  const Point dot{leftwards ? word.right() + c.px(3.4F) : word.x - c.px(3.4F), word.centre().y};
  const float radius = c.px(1.5F);
  if (online) {
    c.disc(dot, radius, field.accent);
  } else {
    c.arc(dot, radius, 0, 1, field.accent, c.px(0.7F));
  }
}

// At the end of the line of languages.
void draw_station_block(Drawing& d, Rect area, std::span<const Help> helps, const Field& field) {
  Canvas& c = d.canvas;
  for (const Help help : std::views::reverse(helps)) {
    const Rect side = take_end(area, c.px(kDelegateTargetMm), c.reading());
    draw_help(d, side.middle(side.w, c.px(kDelegateTargetMm)), help, field);
    static_cast<void>(take_end(area, c.px(kGapMm), c.reading()));
  }
  const Station station = station_of(d);
  Words place = kPlace;
  place.align = Align::end;
  place.lines = 2;
  const Rect most{area.x, area.y, area.w, std::min(area.h, c.px(kDelegateTargetMm)) * 0.65F};
  const Rect shown = c.measure(area, station.network, kNetwork);
  const float name = station.place.empty() ? 0 : c.measure(most, station.place, place).h;
  const float gap = c.px(2);
  const float top = area.y + (area.h - name - gap - shown.h) / 2;
  c.text({area.x, top, area.w, most.h}, station.place, place, field.ink, field.ground);
  const Rect word = c.text({area.x, top + name + gap, area.w, shown.h}, station.network, kNetwork,
                           field.quiet, field.ground);
  draw_dot(c, word, station.online, field);
}

// On a line of its own, below the languages.
void draw_station_strip(Drawing& d, Rect area, const Field& field) {
  Canvas& c = d.canvas;
  const Station station = station_of(d);
  Words place = kPlace;
  Words network = kNetwork;
  place.stand = network.stand = Stand::middle;
  const Rect word =
      c.text(take_end(area, area.w * 0.4F, c.reading()), station.network, network, field.quiet, field.ground);
  draw_dot(c, word, station.online, field);
  c.text(area, station.place, place, field.ink, field.ground);
}

}  // namespace

void take_footer(Drawing& d, Rect& rest, const Field& field, Foot foot) {
  Canvas& c = d.canvas;
  constexpr float kLittle = 0.2F;
  const std::vector<Help> helps = helps_of(d);
  const float station =
      std::max(c.px(50 + (kDelegateTargetMm + kGapMm) * static_cast<float>(helps.size())), rest.w * 0.32F);
  const Table beside = table_of(c, d.view.languages, 0, rest.w - station - c.px(6));
  const Table above = table_of(c, d.view.languages, helps.size(), rest.w);
  const float strip = c.px(kStripMm + kStripGapMm);
  const float least = std::min(height_of(c, above) + strip, height_of(c, beside));
  if (foot == Foot::if_room && least > rest.h * kLittle) {
    draw_station_strip(d, take_bottom(rest, c.px(kStripMm)), field);
    return;
  }
  if (height_of(c, above) + strip < height_of(c, beside)) {
    Rect footer = take_bottom(rest, height_of(c, above) + strip);
    draw_languages(d, take_top(footer, height_of(c, above)), above, helps, field);
    static_cast<void>(take_top(footer, c.px(kStripGapMm)));
    draw_station_strip(d, footer, field);
    return;
  }
  Rect footer = take_bottom(rest, std::max(height_of(c, beside), c.px(kDelegateTargetMm)));
  draw_station_block(d, take_end(footer, station, c.reading()), helps, field);
  static_cast<void>(take_end(footer, c.px(6), c.reading()));
  draw_languages(d, footer, beside, {}, field);
}

}  // namespace lanyard::kiosk
