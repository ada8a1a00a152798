#include "kiosk/face/pinyin.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include "kiosk/desk/query.hpp"

namespace lanyard::kiosk {
namespace {

constexpr char32_t kFirstHan = 0x4E00;
constexpr char32_t kLastHan = 0x9FFF;
constexpr std::size_t kLongestSyllable = 6;  // zhuang

// What Chinese people are called most often: the hundred surnames that more than four in five share, and then
// what parents choose. Roughly in order of how common they are, which is all that the order of a strip needs.
constexpr std::string_view kOfNames =
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
    "钟"
    "姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫雷龙黎史陶贺毛段郝顾龚邵覃武钱戴严莫孔向常欧单解查仇区"
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国文志红玉春梅海永晓小丹婷雪琳玲燕辉鹏飞斌波宇浩鑫俊"
    "峰"
    "凯云龙立新民生成光荣兴庆福德学东南北宏振家佳嘉欣怡思雨子梓轩涵若诗语晨阳泽博睿一依雅淑珍珠莲凤琴慧惠美爱"
    "容蓉"
    "莉萍青清倩颖洁薇瑶璐琪琦悦月星亮少安宁康健天中正义忠信诚仁礼智良才元利胜武力山川";

std::unique_ptr<icu::Transliterator> transliterator(const char* id) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> made(icu::Transliterator::createInstance(id, UTRANS_FORWARD, status));
  if (U_FAILURE(status) || made == nullptr) std::abort();  // ICU's own data is damaged: nothing to go on with
  return made;
}

// A national standard's table, which has its commoner characters in front.
class Table {
 public:
  explicit Table(const char* name) {
    UErrorCode status = U_ZERO_ERROR;
    converter_.reset(ucnv_open(name, &status));
    if (U_FAILURE(status)) std::abort();
    ucnv_setFromUCallBack(converter_.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  }
  // The two bytes of a character; 0 if it is not in the table.
  [[nodiscard]] unsigned place_of(char32_t han) const {
    const auto unit = static_cast<UChar>(han);  // none here is beyond the first plane
    std::array<char, 8> bytes{};
    UErrorCode status = U_ZERO_ERROR;
    const int32_t count = ucnv_fromUChars(converter_.get(), bytes.data(), static_cast<int32_t>(bytes.size()),
                                          &unit, 1, &status);
    if (U_FAILURE(status) || count != 2) return 0;
    return static_cast<unsigned char>(bytes[0]) * 256U + static_cast<unsigned char>(bytes[1]);
  }

 private:
  struct Close {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
  };
  std::unique_ptr<UConverter, Close> converter_;
};

std::string utf8(char32_t letter) {
  std::string out;
  icu::UnicodeString(static_cast<UChar32>(letter)).toUTF8String(out);
  return out;
}

// All of the block, the commonest first: of names, in simplified and in traditional forms; of GB 2312, its
// level 1 and its level 2; of Big5, its level 1; and the rest.
std::vector<char32_t> by_commonness() {
  constexpr unsigned kUnranked = 0xFFFFFFFF;
  std::vector<unsigned> rank(kLastHan - kFirstHan + 1, kUnranked);
  const auto place = [&](char32_t han, unsigned at) {
    if (han >= kFirstHan && han <= kLastHan) rank[han - kFirstHan] = std::min(rank[han - kFirstHan], at);
  };
  icu::UnicodeString names =
      icu::UnicodeString::fromUTF8({kOfNames.data(), static_cast<int32_t>(kOfNames.size())});
  unsigned next = 0;
  for (const bool traditional : {false, true}) {
    if (traditional) transliterator("Simplified-Traditional")->transliterate(names);
    for (int32_t i = 0; i < names.length(); ++i) place(names.charAt(i), next++);
  }
  const Table gb("gb2312");
  const Table big5("Big5");
  constexpr unsigned kLevel1 = 0x10000;
  constexpr unsigned kLevel2 = 0x20000;
  constexpr unsigned kBig5 = 0x30000;
  constexpr unsigned kRest = 0x40000;
  for (char32_t han = kFirstHan; han <= kLastHan; ++han) {
    place(han, kRest + static_cast<unsigned>(han));
    // Rows 16 to 55 of GB 2312 are its level 1; 0xA440 to 0xC67E of Big5 are its own.
    if (const unsigned at = gb.place_of(han); at >= 0xB0A1)
      place(han, (at < 0xD8A1 ? kLevel1 : kLevel2) + at);
    if (const unsigned at = big5.place_of(han); at >= 0xA440 && at <= 0xC67E) place(han, kBig5 + at);
  }
  std::vector<char32_t> all(rank.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = kFirstHan + static_cast<char32_t>(i);
  std::ranges::sort(all, {}, [&](char32_t han) { return rank[han - kFirstHan]; });
  return all;
}

// "lǚ" as "lv". "" for what nobody types: a character that ICU leaves as it is, or a hum.
std::string syllable_of(const icu::Transliterator& how, const icu::Normalizer2& apart, char32_t han) {
  icu::UnicodeString said(static_cast<UChar32>(han));
  how.transliterate(said);
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString letters = apart.normalize(said, status);
  std::string syllable;
  bool vowel = false;
  for (int32_t i = 0; i < letters.length(); ++i) {
    const char16_t c = letters.charAt(i);
    constexpr char16_t kDots = 0x308;
    if (c >= u'a' && c <= u'z') {
      syllable += static_cast<char>(c);
      vowel = vowel || std::string_view("aeiou").find(syllable.back()) != std::string_view::npos;
    } else if (c == kDots && !syllable.empty() && syllable.back() == 'u') {
      syllable.back() = 'v';
    } else if (c < 0x300 || c > 0x36F) {
      return {};
    }
  }
  return vowel && syllable.size() <= kLongestSyllable ? syllable : std::string();
}

// How many bytes of a word's letter there are at the front of `text`, and what is looked up for it; 0: no
// letter.
struct Key {
  std::size_t bytes{0};
  char letter{0};
};
Key key_at(std::string_view text) {
  const char32_t c = letter_at(text, 0);
  if (c >= U'a' && c <= U'z') return {1, static_cast<char>(c)};
  if (c >= U'A' && c <= U'Z') return {1, static_cast<char>(c - U'A' + U'a')};
  if (c == 0xFC || c == 0xDC) return {2, 'v'};  // ü and Ü
  return {};
}

bool parts(char sign) {
  return sign == ' ' || sign == '\'';
}

// As typed, and as looked up; of one length each.
struct Word {
  std::size_t begin{0};  // within the query
  std::string keys;
  std::vector<std::size_t> ends;  // of each key, within the query
};

// The words at the end of a query, the last one first.
std::vector<Word> last_words(std::string_view query) {
  std::vector<Word> words;
  std::size_t at = query.size();
  const auto skip = [&] {
    while (at > 0 && parts(query[at - 1])) --at;
  };
  for (skip(); at > 0; skip()) {
    std::size_t begin = at;
    while (begin > 0) {
      const std::size_t before = last_letter(query.substr(0, begin));
      if (key_at(query.substr(before)).bytes != begin - before) break;
      begin = before;
    }
    if (begin == at) break;
    Word word{begin, {}, {}};
    for (std::size_t i = begin; i < at;) {
      const Key key = key_at(query.substr(i));
      word.keys += key.letter;
      word.ends.push_back(i += key.bytes);
    }
    at = begin;
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace

Pinyin::Pinyin() {
  const auto words = transliterator("Han-Latin");
  const auto names = transliterator("Han-Latin/Names");
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* apart = icu::Normalizer2::getNFDInstance(status);
  if (U_FAILURE(status)) std::abort();
  for (const char32_t han : by_commonness()) {
    const std::string character = utf8(han);
    const auto add = [&](Index& index, std::string key) {
      std::vector<std::string>& list = index[std::move(key)];
      if (list.size() < kMaxCandidates && (list.empty() || list.back() != character))
        list.push_back(character);
    };
    const std::string word = syllable_of(*words, *apart, han);
    const std::string name = syllable_of(*names, *apart, han);
    for (const std::string* syllable : {&word, &name}) {
      if (syllable->empty() || (syllable == &name && name == word)) continue;
      add(by_syllable_, *syllable);
      // Most type them so, as no other syllable is spelled like these.
      if (*syllable == "lve" || *syllable == "nve") add(by_syllable_, syllable->substr(0, 1) + "ue");
      for (std::size_t length = 1; length < syllable->size(); ++length) {
        add(by_beginning_, syllable->substr(0, length));
      }
    }
  }
}

std::span<const std::string> Pinyin::candidates(std::string_view syllable) const {
  const std::string key(syllable);
  if (const auto whole = by_syllable_.find(key); whole != by_syllable_.end()) return whole->second;
  if (const auto begun = by_beginning_.find(key); begun != by_beginning_.end()) return begun->second;
  return {};
}

std::size_t Pinyin::first_syllable(std::string_view word, bool open) const {
  // From the end: what it costs to make syllables of what begins at each letter, and how long the first of
  // them is. A vowel begins one only behind an apostrophe, as spelling has it: "lina" is li and na, "xi'an"
  // xi and an. It is taken for one all the same where nothing else fits. Else the longest is meant: "xian".
  constexpr std::size_t kImpossible = 1000;
  struct Parting {
    std::size_t cost{kImpossible};
    std::size_t length{0};
  };
  std::vector<Parting> partings(word.size() + 1);
  partings.back().cost = 0;
  for (std::size_t from = word.size(); from-- > 0;) {
    const std::size_t left = word.size() - from;
    const bool vowel = from > 0 && std::string_view("aoe").find(word[from]) != std::string_view::npos;
    for (std::size_t n = std::min(left, kLongestSyllable); n > 0; --n) {
      const std::string part(word.substr(from, n));
      const bool whole = by_syllable_.contains(part);
      if (!whole && !(n == left && open && by_beginning_.contains(part))) continue;
      const std::size_t cost = partings[from + n].cost + (vowel ? 1 : 0);
      if (cost < partings[from].cost) partings[from] = {cost, n};
    }
  }
  return partings.front().cost < kImpossible ? partings.front().length : 0;
}

std::optional<Spelling> Pinyin::spelling(std::string_view query) const {
  const std::vector<Word> words = last_words(query);
  const Word* first = nullptr;
  std::size_t letters = 0;
  for (const Word& word : words) {
    const std::size_t length = first_syllable(word.keys, first == nullptr);
    if (length == 0) break;
    first = &word;
    letters = length;
  }
  if (first == nullptr) return std::nullopt;
  std::size_t begin = first->begin;
  std::size_t rest = first->ends[letters - 1];
  while (rest < query.size() && parts(query[rest])) ++rest;
  // A blank that parts it from the characters before goes with it: 张伟 is one word.
  std::size_t gap = begin;
  while (gap > 0 && parts(query[gap - 1])) --gap;
  if (gap > 0 && is_han(letter_at(query, last_letter(query.substr(0, gap))))) begin = gap;
  return Spelling{std::string(query.substr(begin)), first->keys.substr(0, letters),
                  std::string(query.substr(rest))};
}

}  // namespace lanyard::kiosk
