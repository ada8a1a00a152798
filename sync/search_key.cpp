#include "sync/search_key.hpp"

#include <algorithm>
#include <cstdlib>

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

namespace lanyard::sync {

namespace {

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
    if (c == 0x27 || c == 0x2019 || c == 0x02bc || c == 0x02bb || c == 0x2be || c == 0x2bf) {
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

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// As `fold` does it by any of the transliterators, of which none has a rule for these: most rosters are
// mostly of them, and this is a hundred times as fast.
std::vector<std::string> fold_ascii(std::string_view text) {
  std::vector<std::string> words(1);
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

std::vector<std::string> fold(const icu::Transliterator& how, std::string_view text) {
  if (is_ascii(text)) return fold_ascii(text);
  icu::UnicodeString wide = icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  how.transliterate(wide);
  std::vector<std::string> out;
  for (const icu::UnicodeString& word : split(wide)) out.push_back(utf8(word));
  return out;
}

}  // namespace

struct SearchFolding::Inside {
  // Chinese surnames are read as names (单 is shan, not dan) before the rest is read as words.
  std::unique_ptr<icu::Transliterator> names =
      transliterator("Han-Latin/Names; Any-Latin; Latin-ASCII; Any-Lower");
  std::unique_ptr<icu::Transliterator> cyrillic =
      transliterator("Russian-Latin/BGN; Any-Latin; Latin-ASCII; Any-Lower");
  // German-speaking staff type ae, oe, ue.
  std::unique_ptr<icu::Transliterator> german = transliterator("de-ASCII; Any-Latin; Latin-ASCII; Any-Lower");
  std::unique_ptr<icu::Transliterator> raw = transliterator("NFKC; Any-Lower");
};

SearchFolding::SearchFolding() {
  static thread_local const std::shared_ptr<const Inside> of_thread = std::make_shared<Inside>();
  in_ = of_thread;
}

std::set<std::string> SearchFolding::words(const Attendee& attendee) const {
  std::set<std::string> found;
  const auto add = [&](std::string_view text, const icu::Transliterator& how, bool joined) {
    if (text.empty()) return;
    std::string whole;
    for (const std::string& word : fold(how, text)) {
      whole += word;
      if (found.size() < kMaxSearchWords) found.insert(word);
    }
    // Where the blanks of a romanised name go is anyone's guess: "zhangwei" is found too.
    if (joined && !whole.empty() && found.size() < kMaxSearchWords) found.insert(whole);
  };
  add(attendee.id, *in_->raw, true);  // first: no name is so long that the id is not found
  for (const std::string* name : {&attendee.name, &attendee.name_native, &attendee.name_sort}) {
    for (const auto* how : {&in_->names, &in_->raw, &in_->cyrillic, &in_->german}) add(*name, **how, true);
  }
  add(attendee.organisation, *in_->names, false);
  add(attendee.delegation, *in_->names, false);
  return found;
}

std::vector<std::string> SearchFolding::query_words(std::string_view query) const {
  // The query is folded as the Latin names are; a query in another script is matched as typed, too, since the
  // raw words are kept: only Latin letters change here, so 张 stays 张.
  const std::string_view cut = query.substr(0, kMaxQueryBytes);
  std::vector<std::string> words;
  for (const std::string& word : fold(*in_->raw, cut)) {
    icu::UnicodeString wide = icu::UnicodeString::fromUTF8(word);
    bool latin = true;
    for (int32_t i = 0; i < wide.length(); i = wide.moveIndex32(i, 1)) {
      UErrorCode status = U_ZERO_ERROR;
      const UScriptCode script = uscript_getScript(wide.char32At(i), &status);
      latin = latin && (script == USCRIPT_LATIN || script == USCRIPT_COMMON || script == USCRIPT_INHERITED);
    }
    if (!latin) {
      words.push_back(word);
      continue;
    }
    for (std::string& folded : fold(*in_->names, word)) words.push_back(std::move(folded));
  }
  return words;
}

}  // namespace lanyard::sync
