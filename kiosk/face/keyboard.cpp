// Keys to type a name with. From left to right in every language, as on every desk: staff find the letters
// blindly.
#include <algorithm>

#include "kiosk/desk/query.hpp"
#include "kiosk/face/keyboard_layout.hpp"
#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

constexpr std::string_view kDigits = "1 2 3 4 5 6 7 8 9 0";
constexpr std::size_t kDigitColumns = 10;
constexpr float kLetterMm = 6.4F;
constexpr float kHanMm = 8;

// A row of keys of one width, from the left.
class Row {
 public:
  Row(const Rect& line, std::size_t columns, float gap)
      : rest_(line),
        gap_(gap),
        width_((line.w - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns)) {}
  [[nodiscard]] Rect key() { return keys(1); }
  [[nodiscard]] Rect keys(std::size_t count) {
    const auto across = static_cast<float>(count);
    const Rect place = take_left(rest_, across * width_ + (across - 1) * gap_);
    static_cast<void>(take_left(rest_, gap_));
    return place;
  }
  [[nodiscard]] Rect rest() const { return rest_; }

 private:
  Rect rest_;
  float gap_;
  float width_;
};

// What may stand in place of the end of a query.
struct Offer {
  std::string tail;   // that it replaces
  std::string after;  // and what stays behind it
  std::vector<std::string_view> signs;
  std::string_view language;
};

Offer forms_offered(const StaffSearch& search) {
  const std::string_view last = std::string_view(search.query).substr(last_letter(search.query));
  Offer offer{std::string(last), {}, forms_of(last), {}};
  const char32_t letter = letter_at(last, 0);
  if (letter >= 0x600 && letter < 0x700) offer.language = "ar";
  if (letter >= 0x400 && letter < 0x530) offer.language = "ru";
  return offer;
}

// Pinyin keys offer characters and nothing else: an accent upon a letter of pinyin finds nobody more.
Offer offer_of(const Drawing& d, const StaffSearch& search) {
  if (keyboard_of(d) != Keyboard::pinyin) return forms_offered(search);
  const auto spelling = spelling_of(d, search);
  if (!spelling) return {};
  const auto found = d.view.pinyin->candidates(spelling->syllable);
  return {spelling->tail, spelling->rest, {found.begin(), found.end()}, layout_of(Keyboard::pinyin).language};
}

// The pages of a strip that does not hold all that it offers.
void draw_strip_pages(Drawing& d, Rect& strip, float width, int page, int pages) {
  Canvas& c = d.canvas;
  const auto key = [&](int by, bool enabled) {
    draw_page_key(d, take_end(strip, width, c.reading()), "search.strip.", by, enabled);
    static_cast<void>(take_end(strip, c.px(kKeyGapMm), c.reading()));
  };
  key(1, page + 1 < pages);
  key(-1, page > 0);
}

void draw_strip(Drawing& d, Rect strip, const StaffSearch& search) {
  const Offer offer = offer_of(d, search);
  if (offer.signs.empty()) return;
  Canvas& c = d.canvas;
  const float gap = c.px(kKeyGapMm);
  const auto fit = static_cast<std::size_t>(std::max(3.0F, (strip.w + gap) / (c.px(kKeyWidthMm) + gap)));
  const float width = (strip.w - gap * static_cast<float>(fit - 1)) / static_cast<float>(fit);
  const std::size_t count = offer.signs.size();
  const std::size_t each = count > fit ? fit - 2 : fit;
  const int pages = static_cast<int>((count + each - 1) / each);
  const int page = std::clamp(search.page, 0, pages - 1);
  if (pages > 1) draw_strip_pages(d, strip, width, page, pages);
  const std::size_t first = static_cast<std::size_t>(page) * each;
  for (std::size_t i = first; i < std::min(count, first + each); ++i) {
    const std::string sign(offer.signs[i]);
    const bool is_typed = sign == offer.tail;
    const Rect place = take_start(strip, width, c.reading());
    static_cast<void>(take_start(strip, gap, c.reading()));
    if (draw_button(d, place,
                    {.id = "search.strip." + sign,
                     .label = sign,
                     .language = std::string(offer.language),
                     .look = Look::key,
                     .chosen = is_typed,
                     .type_mm = keyboard_of(d) == Keyboard::pinyin ? kHanMm : kLetterMm},
                    c.theme().paper) &&
        !is_typed) {
      d.intend(event::Replaced{offer.tail, sign + offer.after});
    }
  }
}

void draw_key(Drawing& d, const Rect& place, std::string_view letter, std::string_view shown,
              std::string_view language) {
  if (draw_button(d, place,
                  {.id = "search.key." + std::string(letter),
                   .label = std::string(shown),
                   .language = std::string(language),
                   .look = Look::key,
                   .type_mm = kLetterMm},
                  d.canvas.theme().paper)) {
    d.intend(event::Typed{std::string(shown)});
  }
}

void draw_letters(Drawing& d, const Rect& line, const KeyboardLayout& layout, std::size_t row, bool capital) {
  const float gap = d.canvas.px(kKeyGapMm);
  Row keys(line, layout.columns, gap);
  const auto letters = letters_of(layout.rows.at(row));
  const auto shown = letters_of(capital ? layout.capitals.at(row) : layout.rows.at(row));
  for (std::size_t i = 0; i < letters.size(); ++i) {
    draw_key(d, keys.key(), letters[i], shown[i], layout.language);
  }
  if (row + 1 == layout.rows.size() && draw_button(d, keys.rest(),
                                                   {.id = "search.erase",
                                                    .label = d.canvas.tongue().say_in("key", "Erase"),
                                                    .glyph = Glyph::erase,
                                                    .glyph_alone = true,
                                                    .look = Look::key},
                                                   d.canvas.theme().paper)) {
    d.intend(event::Erase{});
  }
}

// They stand in the same places whichever is chosen; the other half is the space key's.
void draw_keyboards(Drawing& d, const Rect& line, Keyboard chosen) {
  Canvas& c = d.canvas;
  Row keys(line, 2 * kKeyboards.size(), c.px(kKeyGapMm));
  for (const Keyboard keyboard : kKeyboards) {
    const KeyboardLayout& layout = layout_of(keyboard);
    if (draw_button(d, keys.key(),
                    {.id = "search.keyboard." + std::string(to_name(keyboard)),
                     .label = std::string(layout.label),
                     .language = std::string(layout.language),
                     .look = Look::key,
                     .chosen = keyboard == chosen,
                     .type_mm = kType.staff},
                    c.theme().paper)) {
      d.intend(event::KeyboardPicked{keyboard});
    }
  }
  if (draw_button(d, keys.rest(),
                  {.id = "search.key.space",
                   .label = c.tongue().say_in("key", "Space"),
                   .look = Look::key,
                   .type_mm = kType.staff},
                  c.theme().paper)) {
    d.intend(event::Typed{" "});
  }
}

}  // namespace

Keyboard keyboard_of(const Drawing& d) {
  return d.view.state.keyboard.value_or(usual_keyboard(d.language()));
}

std::optional<Spelling> spelling_of(const Drawing& d, const StaffSearch& search) {
  if (keyboard_of(d) != Keyboard::pinyin || d.view.pinyin == nullptr) return std::nullopt;
  return d.view.pinyin->spelling(search.query);
}

void draw_keyboard(Drawing& d, Rect area, const StaffSearch& search) {
  const Keyboard keyboard = keyboard_of(d);
  const KeyboardLayout& layout = layout_of(keyboard);
  const float gap = d.canvas.px(kKeyGapMm);
  const float height = (area.h - (kKeyRows - 1) * gap) / kKeyRows;
  const auto line = [&] {
    const Rect row = take_top(area, height);
    static_cast<void>(take_top(area, gap));
    return row;
  };
  draw_strip(d, line(), search);
  Row digits(line(), kDigitColumns, gap);
  for (const std::string_view digit : letters_of(kDigits)) draw_key(d, digits.key(), digit, digit, {});
  const bool capital = begins_name(search.query);
  for (std::size_t row = 0; row < layout.rows.size(); ++row) draw_letters(d, line(), layout, row, capital);
  draw_keyboards(d, line(), keyboard);
}

}  // namespace lanyard::kiosk
