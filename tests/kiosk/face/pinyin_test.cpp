// Which characters a spelling offers, and how much of a query is one.
#include "kiosk/face/pinyin.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "tests/catch.hpp"

namespace lanyard::kiosk {
namespace {

const Pinyin& pinyin() {
  static const Pinyin kBuilt;
  return kBuilt;
}

// Its place in what a syllable offers; far behind if it is not there.
std::size_t place_of(std::string_view character, std::string_view syllable) {
  const auto offered = pinyin().candidates(syllable);
  const auto at = std::ranges::find(offered, character);
  return at == offered.end() ? kMaxCandidates : static_cast<std::size_t>(at - offered.begin());
}

bool offers(std::string_view syllable, std::string_view character) {
  return place_of(character, syllable) < kMaxCandidates;
}

std::string spelled(std::string_view query) {
  const auto found = pinyin().spelling(query);
  return found ? found->tail + "|" + found->syllable + "|" + found->rest : std::string("none");
}

TEST_CASE("the surname is among the first that its syllable offers") {
  for (const auto& [character, syllable] : std::vector<std::pair<std::string, std::string>>{{"张", "zhang"},
                                                                                            {"王", "wang"},
                                                                                            {"李", "li"},
                                                                                            {"刘", "liu"},
                                                                                            {"陈", "chen"},
                                                                                            {"伟", "wei"},
                                                                                            {"娜", "na"}}) {
    INFO(syllable);
    CHECK(place_of(character, syllable) < 5);
  }
  CHECK(place_of("張", "zhang") < 5);
}

TEST_CASE("the common come before the rare: level 1 of GB 2312, its level 2, and the rest") {
  // 章 and 樟 are of level 1, 獐 of level 2, 騿 of neither.
  CHECK(place_of("樟", "zhang") < place_of("獐", "zhang"));
  CHECK(place_of("獐", "zhang") < place_of("騿", "zhang"));
  CHECK(offers("zhang", "騿"));
}

TEST_CASE("a character is offered as a word is read and as a surname is") {
  CHECK(offers("dan", "单"));
  CHECK(offers("shan", "单"));
  CHECK(offers("ceng", "曾"));
  CHECK(offers("zeng", "曾"));
  CHECK(offers("cha", "查"));
  CHECK(offers("zha", "查"));
}

TEST_CASE("ü is typed as such, or as v") {
  CHECK(spelled("lü") == "lü|lv|");
  CHECK(spelled("lv") == "lv|lv|");
  CHECK(place_of("吕", "lv") < 3);
  CHECK_FALSE(offers("lu", "吕"));
  CHECK(offers("lue", "略"));
  CHECK(offers("lve", "略"));
}

TEST_CASE("the beginning of a syllable offers the commonest of all that begin so, once each") {
  CHECK(place_of("张", "zh") < 5);
  CHECK(place_of("赵", "z") < 5);
  for (const char* begun : {"z", "zh", "s", "zen"}) {
    const auto offered = pinyin().candidates(begun);
    CHECK(offered.size() <= kMaxCandidates);
    const std::set<std::string> once(offered.begin(), offered.end());
    CHECK(once.size() == offered.size());
  }
}

TEST_CASE("what is no pinyin offers nothing") {
  for (const char* no : {"", "v", "mueller", "zhangg", "3", "张"}) CHECK(pinyin().candidates(no).empty());
  for (const char* no : {"", "张", "smith", "Щ", "A0042", "3", " ", "'", "张 ", "\xFF"}) {
    INFO(no);
    CHECK(spelled(no) == "none");
  }
}

TEST_CASE("of what was spelled the first syllable is next, and the others stay behind its character") {
  CHECK(spelled("zhangwei") == "zhangwei|zhang|wei");
  CHECK(spelled("zhang wei") == "zhang wei|zhang|wei");
  CHECK(spelled("zhang ") == "zhang |zhang|");
  CHECK(spelled("张wei") == "wei|wei|");
  CHECK(spelled("ZhangWei") == "ZhangWei|zhang|Wei");
  CHECK(spelled("ouyangxiu") == "ouyangxiu|ou|yangxiu");
  CHECK(spelled("zhangx") == "zhangx|zhang|x");
}

TEST_CASE("syllables are parted as spelling has it") {
  CHECK(spelled("lina") == "lina|li|na");
  CHECK(spelled("xian") == "xian|xian|");
  CHECK(spelled("xi'an") == "xi'an|xi|an");
  CHECK(spelled("jianguo") == "jianguo|jian|guo");
  CHECK(spelled("fangan") == "fangan|fan|gan");
  CHECK(spelled("fang'an") == "fang'an|fang|an");
  CHECK(spelled("tiane") == "tiane|tian|e");
}

TEST_CASE("a name in other letters before the pinyin is left alone, and a blank behind a character is not") {
  CHECK(spelled("Smith wei") == "wei|wei|");
  CHECK(spelled("Щ wei") == "wei|wei|");
  CHECK(spelled("张 wei") == " wei|wei|");
  CHECK(spelled("7 wei") == "wei|wei|");
}

}  // namespace
}  // namespace lanyard::kiosk
