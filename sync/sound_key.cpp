#include "sync/sound_key.hpp"

#include <algorithm>
#include <array>

namespace lanyard::sync {
namespace {

// The ways in which the beginning of a rest may sound: each a key, and how many letters it takes.
struct Sound {
  std::string_view letters;
  std::string_view first;   // its key
  std::string_view second;  // another, or the same
};

// The longest first. Vowels, and w and y inside a word, are not here: they leave nothing.
constexpr auto kLatin = std::to_array<Sound>({
    {"shch", "S", "S"}, {"sch", "S", "SK"}, {"tsch", "S", "K"}, {"dzh", "K", "S"}, {"tch", "K", "S"},
    {"sh", "S", "S"},   {"zh", "S", "K"},   {"ch", "K", "S"},   {"kh", "H", "K"},  {"gh", "K", "H"},
    {"ph", "F", "B"},   {"th", "T", "S"},   {"dh", "T", "S"},   {"dj", "K", "K"},  {"dz", "S", "S"},
    {"ts", "S", "TS"},  {"tz", "S", "TS"},  {"cz", "S", "K"},   {"ng", "N", "NK"}, {"hs", "S", "HS"},
    {"ck", "K", "K"},   {"ce", "S", "K"},   {"ci", "S", "K"},   {"cy", "S", "K"},  {"mp", "B", "MB"},
    {"nt", "NT", "T"},  {"b", "B", "B"},    {"p", "B", "B"},    {"f", "F", "F"},   {"v", "F", "F"},
    {"h", "H", "H"},    {"k", "K", "K"},    {"q", "K", "K"},    {"c", "K", "K"},   {"g", "K", "K"},
    {"j", "K", "K"},    {"x", "KS", "S"},   {"l", "L", "L"},    {"m", "M", "M"},   {"n", "N", "N"},
    {"r", "R", "R"},    {"s", "S", "S"},    {"z", "S", "S"},    {"d", "T", "T"},   {"t", "T", "T"},
});

// Of a letter: its key, and another. '-': none; '1': at the beginning of a word alone; '2': everywhere else.
struct Letter {
  char32_t letter;
  std::string_view first;
  std::string_view second;
};

constexpr auto kLetters = std::to_array<Letter>({
    // Arabic: alif and its kinds, ayn, the half vowels, then the alphabet, then Persian's and Urdu's own.
    {0x0627, "1A", "1A"},
    {0x0623, "1A", "1A"},
    {0x0625, "1A", "1A"},
    {0x0622, "1A", "1A"},
    {0x0671, "1A", "1A"},
    {0x0639, "1A", "1A"},
    {0x0621, "-", "-"},
    {0x0624, "-", "-"},
    {0x0626, "-", "-"},
    {0x0649, "-", "-"},
    {0x0629, "-", "-"},
    {0x0648, "1W", "F"},
    {0x064A, "1Y", "1Y"},
    {0x06CC, "1Y", "1Y"},
    {0x0628, "B", "B"},
    {0x062A, "T", "T"},
    {0x062B, "T", "S"},
    {0x062C, "K", "K"},
    {0x062D, "H", "H"},
    {0x062E, "H", "K"},
    {0x062F, "T", "T"},
    {0x0630, "T", "S"},
    {0x0631, "R", "R"},
    {0x0632, "S", "S"},
    {0x0633, "S", "S"},
    {0x0634, "S", "S"},
    {0x0635, "S", "S"},
    {0x0636, "T", "S"},
    {0x0637, "T", "T"},
    {0x0638, "S", "T"},
    {0x063A, "K", "K"},
    {0x0641, "F", "F"},
    {0x0642, "K", "K"},
    {0x0643, "K", "K"},
    {0x0644, "L", "L"},
    {0x0645, "M", "M"},
    {0x0646, "N", "N"},
    {0x0647, "H", "H"},
    {0x067E, "B", "B"},
    {0x0686, "K", "S"},
    {0x0698, "S", "K"},
    {0x06A9, "K", "K"},
    {0x06AF, "K", "K"},
    {0x0679, "T", "T"},
    {0x0688, "T", "T"},
    {0x0691, "R", "R"},
    {0x06BA, "N", "N"},
    {0x06BE, "-", "H"},
    {0x06C1, "H", "H"},
    {0x06D2, "-", "-"},
    // Hebrew, with the letters' forms at a word's end.
    {0x05D0, "1A", "1A"},
    {0x05D1, "B", "F"},
    {0x05D2, "K", "K"},
    {0x05D3, "T", "T"},
    {0x05D4, "H", "H"},
    {0x05D5, "1F", "F"},
    {0x05D6, "S", "S"},
    {0x05D7, "H", "K"},
    {0x05D8, "T", "T"},
    {0x05D9, "1Y", "1A"},
    {0x05DB, "K", "H"},
    {0x05DA, "H", "K"},
    {0x05DC, "L", "L"},
    {0x05DE, "M", "M"},
    {0x05DD, "M", "M"},
    {0x05E0, "N", "N"},
    {0x05DF, "N", "N"},
    {0x05E1, "S", "S"},
    {0x05E2, "1A", "1A"},
    {0x05E4, "B", "F"},
    {0x05E3, "F", "F"},
    {0x05E6, "S", "TS"},
    {0x05E5, "S", "TS"},
    {0x05E7, "K", "K"},
    {0x05E8, "R", "R"},
    {0x05E9, "S", "S"},
    {0x05EA, "T", "T"},
    // Thai: what ends a syllable is spoken as n, t or p, and written in Latin letters by the one or the
    // other.
    {0x0E01, "K", "K"},
    {0x0E02, "K", "K"},
    {0x0E04, "K", "K"},
    {0x0E06, "K", "K"},
    {0x0E07, "N", "N"},
    {0x0E08, "K", "S"},
    {0x0E09, "K", "S"},
    {0x0E0A, "K", "S"},
    {0x0E0B, "S", "S"},
    {0x0E0C, "K", "S"},
    {0x0E0D, "N", "1Y"},
    {0x0E0E, "T", "T"},
    {0x0E0F, "T", "T"},
    {0x0E10, "T", "T"},
    {0x0E11, "T", "T"},
    {0x0E12, "T", "T"},
    {0x0E13, "N", "N"},
    {0x0E14, "T", "T"},
    {0x0E15, "T", "T"},
    {0x0E16, "T", "T"},
    {0x0E17, "T", "T"},
    {0x0E18, "T", "T"},
    {0x0E19, "N", "N"},
    {0x0E1A, "B", "B"},
    {0x0E1B, "B", "B"},
    {0x0E1C, "B", "B"},
    {0x0E1D, "F", "F"},
    {0x0E1E, "B", "B"},
    {0x0E1F, "F", "F"},
    {0x0E20, "B", "B"},
    {0x0E21, "M", "M"},
    {0x0E22, "1Y", "1Y"},
    {0x0E23, "R", "2N"},
    {0x0E25, "L", "2N"},
    {0x0E27, "1W", "1F"},
    {0x0E28, "S", "S"},
    {0x0E29, "S", "S"},
    {0x0E2A, "S", "2T"},
    {0x0E2B, "1H", "1H"},
    {0x0E2C, "L", "L"},
    {0x0E2D, "1A", "1A"},
    {0x0E2E, "H", "H"},
});

constexpr char32_t kThaiSilent = 0x0E4C;  // over a letter that is not spoken

using Keys = std::set<std::string>;

bool is_vowel(char c) {
  return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

// Appends either sound to each key, so far as there is room for both.
void append(Keys& keys, std::string_view first, std::string_view second) {
  Keys longer;
  const bool both = first != second && keys.size() * 2 <= kMaxSoundKeys;
  const auto add = [&](std::string key, std::string_view sound) {
    for (const char c : sound) {
      if (key.empty() || key.back() != c) key += c;
    }
    longer.insert(std::move(key));
  };
  for (const std::string& key : keys) {
    add(key, first);
    if (both) add(key, second);
  }
  keys = std::move(longer);
}

// An h at the end of a word is written or is not: Sarah, Sara.
Keys with_and_without_h(Keys keys) {
  Keys all = keys;
  for (const std::string& key : keys) {
    if (key.size() > 1 && key.back() == 'H') all.insert(key.substr(0, key.size() - 1));
  }
  return all;
}

// How a word begins that begins with a vowel, or with what may be one.
std::size_t begin_latin(Keys& keys, std::string_view word) {
  const bool then_vowel = word.size() > 1 && is_vowel(word[1]);
  const char c = word[0];
  if (word.starts_with("ou") && word.size() > 2 && is_vowel(word[2])) {
    append(keys, "W", "W");  // Oualid
    return 2;
  }
  if (c == 'i' && then_vowel) {
    append(keys, "Y", "A");  // Iurii, Yuri
    return 1;
  }
  if (c == 'g' && word.size() > 1 && (word[1] == 'e' || word[1] == 'i')) {
    append(keys, "K", "Y");  // Giorgos, Yorgos
    return 1;
  }
  if (c == 'y') {
    append(keys, then_vowel ? "Y" : "A", then_vowel ? "A" : "Y");
    return 1;
  }
  if (c == 'j' && then_vowel) {
    append(keys, "K", "Y");  // Jamal; Jelena, Johann
    return 1;
  }
  if (c == 'w') {
    append(keys, "W", "F");  // Wagner
    return 1;
  }
  if (is_vowel(c)) {
    append(keys, "A", "A");
    return 1;
  }
  return 0;
}

// Vowels and signs above and below letters, and those that Thai writes before or after.
bool is_mark(char32_t c) {
  return (c >= 0x0591 && c <= 0x05C7) || (c >= 0x064B && c <= 0x065F) || c == 0x0670 || c == 0x0640 ||
         (c >= 0x0E2F && c <= 0x0E4E);
}

bool is_silent(std::u32string_view word, std::size_t at) {
  std::size_t next = at + 1;
  while (next < word.size() && is_mark(word[next]) && word[next] != kThaiSilent) ++next;
  return next < word.size() && word[next] == kThaiSilent;
}

}  // namespace

std::set<std::string> sound_keys(std::string_view word) {
  Keys keys{""};
  if (word.empty() || std::ranges::any_of(word, [](char c) { return c >= '0' && c <= '9'; })) return {};
  std::size_t at = begin_latin(keys, word);
  while (at < word.size()) {
    const auto sound = std::ranges::find_if(
        kLatin, [&](const Sound& one) { return word.substr(at).starts_with(one.letters); });
    if (sound == kLatin.end()) {
      ++at;
      continue;
    }
    append(keys, sound->first, sound->second);
    at += sound->letters.size();
    // The vowel that softened a c is a vowel.
    if (sound->letters == "ce" || sound->letters == "ci" || sound->letters == "cy") --at;
  }
  keys.erase("");
  return with_and_without_h(std::move(keys));
}

std::set<std::string> sound_keys(std::u32string_view word) {
  Keys keys{""};
  bool first = true;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const auto letter = std::ranges::find(kLetters, word[i], &Letter::letter);
    if (letter == kLetters.end()) {
      if (!is_mark(word[i])) return {};
      continue;
    }
    if (is_silent(word, i)) continue;
    const auto here = [&](std::string_view sound) -> std::string_view {
      if (sound == "-") return "";
      if (sound[0] != '1' && sound[0] != '2') return sound;
      return (sound[0] == '1') == first ? sound.substr(1) : std::string_view();
    };
    const std::string_view one = here(letter->first);
    const std::string_view other = here(letter->second);
    append(keys, one, other.empty() && letter->second[0] == '2' ? one : other);
    first = false;
  }
  keys.erase("");
  return with_and_without_h(std::move(keys));
}

}  // namespace lanyard::sync
