#include "kiosk/desk/query.hpp"

#include <algorithm>
#include <array>

namespace lanyard::kiosk {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Of the scripts that have a keyboard here, and what is common to all. Source: Unicode 15, categories Mn and
// Me.
constexpr auto kMarks = std::to_array<Range>({{0x0300, 0x036F},  // accents
                                              {0x0483, 0x0489},  // Cyrillic
                                              {0x0610, 0x061A},  // Arabic
                                              {0x064B, 0x065F},  // its vowels
                                              {0x0670, 0x0670},
                                              {0x06D6, 0x06DC},
                                              {0x06DF, 0x06E4},
                                              {0x06E7, 0x06E8},
                                              {0x06EA, 0x06ED},
                                              {0x1AB0, 0x1AFF},
                                              {0x1DC0, 0x1DFF},
                                              {0x20D0, 0x20F0},
                                              {0xFE00, 0xFE0F},  // variants of Han
                                              {0xFE20, 0xFE2F},
                                              {0xE0100, 0xE01EF}});
constexpr auto kHan =
    std::to_array<Range>({{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF}});

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t letter) {
  return std::ranges::any_of(ranges, [&](const Range& r) { return letter >= r.first && letter <= r.last; });
}

// ASCII, Latin-1 and both of its extensions; the signs of times and division are no letters.
bool is_latin(char32_t letter) {
  return (letter >= U'a' && letter <= U'z') || (letter >= U'A' && letter <= U'Z') ||
         (letter >= 0xC0 && letter <= 0x24F && letter != 0xD7 && letter != 0xF7);
}

std::size_t last_sign(std::string_view text) {
  if (text.empty()) return 0;
  constexpr std::size_t kMostBytes = 4;
  std::size_t at = text.size() - 1;
  while (at > 0 && sync::continues_letter(text[at]) && text.size() - at < kMostBytes) --at;
  return at;
}

}  // namespace

std::size_t last_letter(std::string_view query) {
  std::size_t at = last_sign(query);
  while (at > 0 && is_in(kMarks, letter_at(query, at))) at = last_sign(query.substr(0, at));
  return at;
}

bool is_han(char32_t letter) {
  return is_in(kHan, letter);
}

std::string in_words(std::string_view query) {
  std::string words;
  bool after_han = false;
  for (std::size_t at = 0; at < query.size(); ++at) {
    if (!sync::continues_letter(query[at])) {
      const char32_t letter = letter_at(query, at);
      if (after_han && is_latin(letter)) words += ' ';
      after_han = is_han(letter);
    }
    words += query[at];
  }
  return words;
}

}  // namespace lanyard::kiosk
