#include "sync/search_key.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include "sync/letters.hpp"
#include "sync/sound_key.hpp"
#include "sync/surnames.hpp"

namespace lanyard::sync {

namespace {

using Kind = SearchWord::Kind;
using Words = std::vector<std::string>;

// What people write, or do not, between the parts of a name. Sorted.
constexpr auto kParticles =
    std::to_array<std::string_view>({"ad", "al", "an", "ar",  "as", "ash", "at",  "az",  "ben", "bin", "bint",
                                     "bt", "d",  "da", "das", "de", "del", "den", "der", "di",  "do",  "dos",
                                     "du", "e",  "el", "ibn", "la", "le",  "ter", "ul",  "van", "von", "y"});

constexpr std::size_t kMostReadings = 12;

std::unique_ptr<icu::Transliterator> transliterator(const char* id) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> made(icu::Transliterator::createInstance(id, UTRANS_FORWARD, status));
  if (U_FAILURE(status) || made == nullptr) std::abort();  // ICU's own data is damaged: nothing to go on with
  return made;
}

// Letters and digits of any script stay; all else parts words.
std::vector<icu::UnicodeString> split(const icu::UnicodeString& text) {
  std::vector<icu::UnicodeString> words;
  icu::UnicodeString word;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (c == 0x27 || c == 0x2019 || c == 0x02bc || c == 0x02bb || c == 0x2be || c == 0x2bf || c == 0x02b9) {
      continue;  // O'Brien is found as "obrien"
    }
    const bool mark = (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
    if (u_isalnum(c) || (mark && !word.isEmpty())) {
      word.append(c);
    } else if (!word.isEmpty()) {
      words.push_back(word);
      word.remove();
    }
  }
  if (!word.isEmpty()) words.push_back(word);
  return words;
}

std::string utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

icu::UnicodeString wide(std::string_view text) {
  return icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
}

std::string utf8(std::u32string_view letters) {
  icu::UnicodeString text;
  for (const char32_t c : letters) text.append(static_cast<UChar32>(c));
  return utf8(text);
}

// As `fold` does it by any of the transliterators, of which none has a rule for these: most rosters are
// mostly of them, and this is a hundred times as fast.
Words fold_ascii(std::string_view text) {
  Words words(1);
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if ((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9')) {
      words.back() += lower;
    } else if (c != '\'' && !words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

Words fold(const icu::Transliterator& how, std::string_view text) {
  if (is_ascii(text)) return fold_ascii(text);
  icu::UnicodeString folded = wide(text);
  how.transliterate(folded);
  Words out;
  for (const icu::UnicodeString& word : split(folded)) out.push_back(utf8(word));
  return out;
}

// The scripts of a text's letters, as far as they are treated in ways of their own.
struct Scripts {
  bool latin{false};
  bool cyrillic{false};
  bool greek{false};
  bool by_letters{false};  // sound_keys has a table of them
  bool han{false};
  bool hangul{false};
};

Scripts scripts_of(std::string_view text) {
  Scripts found;
  for (const char32_t c : letters_of(text)) {
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript(static_cast<UChar32>(c), &status)) {
      case USCRIPT_COMMON:
      case USCRIPT_INHERITED:
        break;
      case USCRIPT_LATIN:
        found.latin = true;
        break;
      case USCRIPT_CYRILLIC:
        found.cyrillic = true;
        break;
      case USCRIPT_GREEK:
        found.greek = true;
        break;
      case USCRIPT_ARABIC:
      case USCRIPT_HEBREW:
      case USCRIPT_THAI:
        found.by_letters = true;
        break;
      case USCRIPT_HAN:
        found.han = true;
        break;
      case USCRIPT_HANGUL:
        found.hangul = true;
        break;
      default:
        break;
    }
  }
  return found;
}

// Letters that are written one way or the other.
char32_t usual(char32_t c) {
  switch (c) {
    case 0x0649:  // alif maqsura
    case 0x06CC:
      return 0x064A;  // Persian's ya
    case 0x0629:      // ta marbuta
    case 0x06C1:
      return 0x0647;  // Urdu's ha
    case 0x06A9:
      return 0x0643;  // Persian's kaf
    case 0x03C2:
      return 0x03C3;  // sigma at a word's end
    default:
      return c;
  }
}

// Without the article that Arabic writes as one with the word; empty where there is none.
std::u32string_view without_article(std::u32string_view word) {
  return word.size() > 4 && word.starts_with(U"\u0627\u0644") ? word.substr(2) : std::u32string_view();
}

}  // namespace

struct SearchFolding::Inside {
  // As it is, but for case and for the marks that people leave away: accents, vowels of Arabic and Hebrew.
  std::unique_ptr<icu::Transliterator> raw = transliterator(
      "NFKD; [[\\u0300-\\u036F][\\u0591-\\u05C7][\\u0610-\\u061A][\\u064B-\\u065F]\\u0670\\u0640] Remove; "
      "NFC;"
      "Any-Lower");
  // Chinese surnames are read as names (单 is shan, not dan) before the rest is read as words.
  std::unique_ptr<icu::Transliterator> names =
      transliterator("Han-Latin/Names; Any-Latin; Latin-ASCII; Any-Lower");
  // The same, and what is left of the accents is that of ü, which passports have as yu, and keyboards as v.
  std::unique_ptr<icu::Transliterator> umlaut =
      transliterator("Han-Latin/Names; NFD; [[:Mn:]-[\\u0308]] Remove; NFC; Any-Lower");
  std::unique_ptr<icu::Transliterator> simplified = transliterator("Traditional-Simplified");
  std::unique_ptr<icu::Transliterator> russian =
      transliterator("Russian-Latin/BGN; Any-Latin; Latin-ASCII; Any-Lower");
  std::unique_ptr<icu::Transliterator> ukrainian =
      transliterator("Ukrainian-Latin/BGN; Any-Latin; Latin-ASCII; Any-Lower");
  std::unique_ptr<icu::Transliterator> greek =
      transliterator("Greek-Latin/UNGEGN; Any-Latin; Latin-ASCII; Any-Lower");
  // German-speaking staff type ae, oe, ue.
  std::unique_ptr<icu::Transliterator> german = transliterator("de-ASCII; Any-Latin; Latin-ASCII; Any-Lower");

  [[nodiscard]] std::string in_simplified(std::string_view text) const;
  [[nodiscard]] Words as_written(std::string_view text) const;
  [[nodiscard]] std::vector<Words> in_latin(std::string_view text) const;
  [[nodiscard]] QueryWord read(const std::string& word) const;
  [[nodiscard]] QueryWord read_joined(const std::string& first, const std::string& second) const;
  [[nodiscard]] std::vector<QueryWord> read_parted(const std::string& word) const;
};

std::string SearchFolding::Inside::in_simplified(std::string_view text) const {
  icu::UnicodeString letters = wide(text);
  simplified->transliterate(letters);
  return utf8(letters);
}

// The words in their own letters, each in the one form that both sides of a comparison have.
Words SearchFolding::Inside::as_written(std::string_view text) const {
  if (is_ascii(text)) return fold_ascii(text);
  Words words = fold(*raw, text);
  for (std::string& word : words) {
    if (is_ascii(word)) continue;
    std::u32string letters = letters_of(scripts_of(word).han ? in_simplified(word) : word);
    std::ranges::transform(letters, letters.begin(), usual);
    word = utf8(letters);
  }
  return words;
}

// The words in Latin letters, by each reading that somebody may go by.
std::vector<Words> SearchFolding::Inside::in_latin(std::string_view text) const {
  if (is_ascii(text)) return {fold_ascii(text)};
  const Scripts scripts = scripts_of(text);
  // Surnames are known to ICU by their simplified letters.
  std::string plain;
  if (scripts.han) text = plain = in_simplified(text);
  std::vector<Words> readings{fold(*names, text)};
  if (scripts.cyrillic) {
    readings.push_back(fold(*russian, text));
    readings.push_back(fold(*ukrainian, text));
  }
  if (scripts.greek) readings.push_back(fold(*greek, text));
  if (scripts.latin) readings.push_back(fold(*german, text));
  if (scripts.han) {
    const Words with_umlauts = fold(*umlaut, text);
    for (const char* written : {"v", "yu"}) {
      Words words = with_umlauts;
      for (std::string& word : words) {
        for (std::size_t at = word.find("\u00fc"); at != std::string::npos; at = word.find("\u00fc")) {
          word.replace(at, 2, written);
        }
      }
      if (words != with_umlauts) readings.push_back(std::move(words));
    }
  }
  if (scripts.hangul) {
    Words with_r = readings[0];  // Boram, Bolam: one letter
    for (std::string& word : with_r) std::ranges::replace(word, 'l', 'r');
    readings.push_back(std::move(with_r));
  }
  std::ranges::sort(readings);
  readings.erase(std::unique(readings.begin(), readings.end()), readings.end());
  return readings;
}

SearchFolding::SearchFolding() {
  static thread_local const std::shared_ptr<const Inside> of_thread = std::make_shared<Inside>();
  in_ = of_thread;
}

namespace {

std::string joined(const Words& words) {
  std::string whole;
  for (const std::string& word : words) whole += word;
  return whole;
}

// What one attendee is found under.
class Found {
 public:
  void add(Kind kind, std::string text) {
    if (!text.empty()) of_kind_[static_cast<std::size_t>(kind)].insert(std::move(text));
  }
  void add_sounds(const std::set<std::string>& keys) {
    for (const std::string& key : keys) add(Kind::sound, key);
  }
  // Where the blanks of a name go is anyone's guess: "zhangwei" is found too, and "abdelrahman".
  void add_joined(const Words& words) {
    if (words.size() < 2) return;
    add(Kind::form, joined(words));
    if (words.size() == 2) add(Kind::form, words[1] + words[0]);  // and which comes first
    for (std::size_t i = 0; words.size() > 2 && i + 1 < words.size(); ++i) {
      add(Kind::form, words[i] + words[i + 1]);
    }
  }
  // kMaxSearchWords at most: no name is so long that its id is not found, or the organisation.
  void add_to(std::set<SearchWord>& words) const {
    for (const auto& [kind, most] : kShares) {
      auto have = static_cast<std::size_t>(std::ranges::count(words, kind, &SearchWord::kind));
      for (const std::string& text : of_kind_[static_cast<std::size_t>(kind)]) {
        if (have >= most || words.size() == kMaxSearchWords) break;
        have += words.insert({kind, text}).second ? 1U : 0U;
      }
    }
  }

 private:
  // Most by most, what is needed first; each so many at most.
  static constexpr std::array<std::pair<Kind, std::size_t>, kSearchWordKinds> kShares{
      {{Kind::id, 8}, {Kind::name, 40}, {Kind::place, 24}, {Kind::form, 24}, {Kind::sound, 40}}};
  std::array<std::set<std::string>, kSearchWordKinds> of_kind_;
};

void add_letters(Found& found, std::u32string_view word) {
  found.add_sounds(sound_keys(word));
  const std::u32string_view bare = without_article(word);
  if (bare.empty()) return;
  found.add(Kind::name, utf8(bare));
  found.add_sounds(sound_keys(bare));
}

// In the letters that the list has.
void add_as_written(Found& found, const Words& words) {
  std::u32string before;
  for (const std::string& word : words) {
    found.add(Kind::name, word);
    if (is_ascii(word)) continue;
    const std::u32string letters = letters_of(word);
    for (const std::string_view surname : surname_spellings(letters[0])) {
      found.add(Kind::form, std::string(surname));
    }
    const Scripts scripts = scripts_of(word);
    if (scripts.by_letters) {
      add_letters(found, letters);
      // Abd al-Rahman is one word, or two, or three.
      if (!before.empty()) {
        found.add_sounds(sound_keys(before + letters));
        const std::u32string_view bare = without_article(letters);
        if (!bare.empty()) found.add_sounds(sound_keys(before + std::u32string(bare)));
      }
      before = letters;
    }
    // 伟 of 张伟: no blank says where the given name begins.
    for (std::size_t from = 1; (scripts.han || scripts.hangul) && from <= 2 && from < letters.size();
         ++from) {
      found.add(Kind::name, utf8(std::u32string_view(letters).substr(from)));
    }
  }
}

// How a name that is one in the list, and two to others, sounds; not where that is how one of the two sounds
// already, but for syllables: Seung-woo.
std::set<std::string> joined_sounds(const std::string& first, const std::string& second) {
  constexpr std::size_t kMostOfSyllables = 8;
  std::set<std::string> keys = sound_keys(first + second);
  if (first.size() + second.size() <= kMostOfSyllables) return keys;
  for (const std::string& part : {first, second}) {
    for (const std::string& key : sound_keys(part)) keys.erase(key);
  }
  return keys;
}

void add_in_latin(Found& found, const Words& words, bool by_ear) {
  for (const std::string& word : words) found.add(Kind::name, word);
  found.add_joined(words);
  if (!by_ear) return;
  for (std::size_t i = 0; i < words.size(); ++i) {
    found.add_sounds(sound_keys(words[i]));
    if (i + 1 < words.size()) found.add_sounds(joined_sounds(words[i], words[i + 1]));
  }
}

// Of names that are written as one word, surname first: 志强 of 单志强, 민수 of 김민수.
Words given_names(std::string_view name) {
  Words found;
  for (const icu::UnicodeString& word : split(wide(name))) {
    const std::string text = utf8(word);
    const Scripts scripts = scripts_of(text);
    if (!(scripts.hangul || scripts.han) || word.countChar32() < 2 || word.countChar32() > 4) continue;
    found.push_back(utf8(std::u32string_view(letters_of(text)).substr(1)));
  }
  return found;
}

}  // namespace

std::set<SearchWord> SearchFolding::words(const Attendee& attendee) const {
  const auto add_name = [this](Found& found, const std::string& name) {
    if (name.empty()) return;
    const bool ascii = is_ascii(name);
    if (!ascii) add_as_written(found, in_->as_written(name));
    // sound_key.hpp: a transliteration of these is no spelling.
    const bool by_ear = ascii || !scripts_of(name).by_letters;
    for (const Words& words : in_->in_latin(name)) add_in_latin(found, words, by_ear);
    if (ascii) return;
    for (const std::string& given : given_names(name)) {
      for (const Words& words : in_->in_latin(given)) {
        add_in_latin(found, words, true);
        found.add(Kind::name, joined(words));  // one name, of several syllables
      }
    }
  };
  Found found;
  const Words id = in_->as_written(attendee.id);
  for (const std::string& word : id) found.add(Kind::id, word);
  found.add(Kind::id, joined(id));
  for (const std::string* name : {&attendee.name, &attendee.name_native, &attendee.name_sort})
    add_name(found, *name);
  for (const std::string* place : {&attendee.organisation, &attendee.delegation}) {
    if (place->empty()) continue;
    for (const std::string& word : in_->as_written(*place)) found.add(Kind::place, word);
    if (is_ascii(*place)) continue;
    for (const std::string& word : fold(*in_->names, *place)) found.add(Kind::place, word);
  }
  std::set<SearchWord> words;
  found.add_to(words);
  // What else their badge may say has what room is left.
  Found others;
  for (const std::string& name : attendee.badge_names) add_name(others, name);
  others.add_to(words);
  return words;
}

namespace {

QueryWord read_letters(const std::string& word) {
  QueryWord made;
  made.typed = word;
  made.texts.insert(word);
  const std::u32string letters = letters_of(word);
  made.sounds = sound_keys(letters);
  if (const std::u32string_view bare = without_article(letters); !bare.empty()) {
    made.texts.insert(utf8(bare));
    made.sounds.merge(sound_keys(bare));
  }
  return made;
}

bool is_by_letters(const std::string& word) {
  return !is_ascii(word) && scripts_of(word).by_letters;
}

}  // namespace

QueryWord SearchFolding::Inside::read(const std::string& word) const {
  if (is_by_letters(word)) return read_letters(word);
  QueryWord made;
  made.typed = word;
  made.may_be_absent = std::ranges::binary_search(kParticles, std::string_view(word));
  made.texts.insert(word);
  // ü, by the key that has it on a Chinese keyboard.
  if (word.starts_with("lv") || word.starts_with("nv")) {
    for (const char* written : {"u", "yu"}) made.texts.insert(word.substr(0, 1) + written + word.substr(2));
  }
  for (const Words& latin : in_latin(word)) {
    std::string whole = joined(latin);
    if (whole.empty()) continue;
    made.sounds.merge(sound_keys(whole));
    made.texts.insert(std::move(whole));
  }
  return made;
}

// Two words that may be one in the list.
QueryWord SearchFolding::Inside::read_joined(const std::string& first, const std::string& second) const {
  QueryWord made = read(first + second);
  made.may_be_absent = false;
  made.joined = true;
  if (!is_by_letters(first) || !is_by_letters(second)) {
    made.sounds = joined_sounds(first, second);
    return made;
  }
  const std::u32string letters = letters_of(second);
  const std::u32string_view bare = without_article(letters);
  made.sounds.clear();
  if (!bare.empty()) {
    made.sounds = sound_keys(letters_of(first) + letters);
    made.sounds.merge(sound_keys(letters_of(first) + std::u32string(bare)));
  }
  return made;
}

// A name in one word, surname first, as surname and given name; empty for any other.
std::vector<QueryWord> SearchFolding::Inside::read_parted(const std::string& word) const {
  if (is_ascii(word)) return {};
  const Scripts scripts = scripts_of(word);
  const std::u32string letters = letters_of(word);
  if (!(scripts.han || scripts.hangul) || letters.size() < 2 || letters.size() > 4) return {};
  QueryWord surname = read(utf8(std::u32string_view(letters).substr(0, 1)));
  for (const std::string_view spelt : surname_spellings(letters[0])) surname.texts.insert(std::string(spelt));
  return {std::move(surname), read(utf8(std::u32string_view(letters).substr(1)))};
}

std::vector<std::vector<QueryWord>> SearchFolding::readings(std::string_view query) const {
  const std::string_view cut = query.substr(0, kMaxQueryBytes);
  Words words = in_->as_written(cut);
  const Words german = fold(*in_->german, cut);  // of which as_written leaves no trace: Müller, Mueller
  const bool has_umlauts = !is_ascii(cut) && german.size() == words.size();
  if (words.size() > kMaxQueryWords) words.resize(kMaxQueryWords);
  std::vector<std::vector<QueryWord>> readings;
  if (words.empty()) return readings;
  std::vector<QueryWord> apart;
  for (std::size_t i = 0; i < words.size(); ++i) {
    apart.push_back(in_->read(words[i]));
    if (has_umlauts && is_ascii(words[i])) apart.back().texts.insert(german[i]);
  }
  readings.push_back(apart);
  const auto add = [&](std::size_t at, std::size_t taken, const std::vector<QueryWord>& as) {
    if (readings.size() == kMostReadings) return;
    std::vector<QueryWord> other(apart.begin(), apart.begin() + static_cast<std::ptrdiff_t>(at));
    other.insert(other.end(), as.begin(), as.end());
    other.insert(other.end(), apart.begin() + static_cast<std::ptrdiff_t>(at + taken), apart.end());
    readings.push_back(std::move(other));
  };
  for (std::size_t i = 0; i + 1 < words.size(); ++i) add(i, 2, {in_->read_joined(words[i], words[i + 1])});
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::vector<QueryWord> parted = in_->read_parted(words[i]);
    if (!parted.empty()) add(i, 1, parted);
  }
  // Nur al-Din, Noureddine.
  for (std::size_t i = 0; i + 2 < words.size(); ++i) {
    if (apart[i + 1].may_be_absent) add(i, 3, {in_->read_joined(words[i], words[i + 2])});
  }
  // Who types nothing else means them.
  for (std::vector<QueryWord>& reading : readings) {
    if (!std::ranges::all_of(reading, &QueryWord::may_be_absent)) continue;
    for (QueryWord& word : reading) word.may_be_absent = false;
  }
  return readings;
}

}  // namespace lanyard::sync
