// Who is found by what is typed, and who stands first.
#include "sync/name_index.hpp"

#include <algorithm>
#include <random>

#include "sync/letters.hpp"
#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

using WordKind = SearchWord::Kind;
using Ids = std::vector<std::string>;

std::vector<std::vector<QueryWord>> asked(const std::vector<std::string>& words) {
  std::vector<QueryWord> reading;
  for (const std::string& word : words) reading.push_back({word, {word}, {}, false, false});
  return {reading};
}

TEST_CASE("one letter may be wrong, one too many, one too few, or two exchanged") {
  const OneTypo typo("martin");
  CHECK(typo.in("marten") == true);
  CHECK(typo.in("mmartin") == true);
  CHECK(typo.in("martn") == true);
  CHECK(typo.in("marti") == true);
  CHECK(typo.in("amrtin") == true);
  CHECK(typo.in("martni") == true);
  CHECK(typo.in("bartin") == true);
  CHECK(typo.in("martenson") == false);  // goes on
  CHECK_FALSE(typo.in("martin").has_value());
  CHECK_FALSE(typo.in("martinez").has_value());  // begins with it as it is
  CHECK_FALSE(typo.in("morten").has_value());
  CHECK_FALSE(typo.in("mart").has_value());
  CHECK_FALSE(typo.in("").has_value());
  CHECK_FALSE(OneTypo("").in("martin").has_value());
  const OneTypo cyrillic("петров");
  CHECK(cyrillic.in("питров") == true);
  CHECK(cyrillic.in("петрв") == true);
  CHECK(cyrillic.in("птеров") == true);
  CHECK_FALSE(cyrillic.in("petrov").has_value());
}

TEST_CASE(
    "a whole word stands before a beginning, a name before an organisation, and both before what is alike") {
  NameIndex index;
  index.put("place", {{WordKind::place, "martin"}});
  index.put("begun", {{WordKind::name, "martinez"}});
  index.put("whole", {{WordKind::name, "martin"}});
  CHECK(index.find(asked({"martin"}), 10) == Ids{"whole", "begun", "place"});
  CHECK(index.find(asked({"martin"}), 1) == Ids{"whole"});
  CHECK(index.find(asked({"martin"}), 0).empty());
  CHECK(index.find({}, 10).empty());
  CHECK(index.find(asked({"mxrtin"}), 10) == Ids{"whole", "begun", "place"});
  CHECK(index.find(asked({"martin", "other"}), 10).empty());
}

TEST_CASE("who was put again is found by the new words alone, however often") {
  NameIndex index;
  std::mt19937 random(7);
  std::map<std::string, std::string> truth;
  for (int round = 0; round < 20'000; ++round) {
    const std::string who = "A" + std::to_string(random() % 300);
    const std::string word = "w" + std::to_string(random() % 1000) + "x";
    if (random() % 10 == 0) {
      index.put(who, {});
      truth.erase(who);
    } else {
      index.put(who, {{WordKind::name, word}, {WordKind::sound, "S"}});
      truth[who] = word;
    }
  }
  CHECK(index.attendees() == truth.size());
  for (const auto& [who, word] : truth) {
    std::set<std::string> wanted;
    for (const auto& [other, theirs] : truth) {
      if (theirs == word) wanted.insert(other);
    }
    // Those who are alike come behind.
    const Ids hits = index.find(asked({word}), 1000);
    INFO(who << " " << word);
    REQUIRE(hits.size() >= wanted.size());
    CHECK(std::set<std::string>(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(wanted.size())) ==
          wanted);
    CHECK(std::set<std::string>(hits.begin(), hits.end()).size() == hits.size());
    for (const std::string& hit : hits) CHECK(truth.contains(hit));
  }
}

TEST_CASE("of who is not kept nobody is found, and a place that is free is taken by the next") {
  NameIndex index;
  for (int i = 0; i < 6000; ++i)
    index.put("A" + std::to_string(i), {{WordKind::name, "n" + std::to_string(i) + "x"}});
  index.keep_only({"A3", "A5999"});
  CHECK(index.attendees() == 2);
  CHECK(index.find(asked({"n4x"}), 10).empty());
  index.put("B", {{WordKind::name, "n4x"}});
  CHECK(index.find(asked({"n4x"}), 10) == Ids{"B"});
  CHECK(index.find(asked({"n3x"}), 1) == Ids{"A3"});
  index.keep_only({});
  CHECK(index.attendees() == 0);
  CHECK(index.find(asked({"n"}), 10).empty());
}

TEST_CASE("words that come in order are found as those that are put one by one") {
  NameIndex index;
  {
    NameIndex::Loader loader(index);
    loader.add(WordKind::name, "keller", "A2");
    loader.add(WordKind::name, "schmidt", "A1");
    loader.add(WordKind::name, "schmidt", "A3");
    loader.add(WordKind::sound, "KLR", "A2");
  }
  CHECK(index.attendees() == 3);
  CHECK(index.find(asked({"schmidt"}), 10) == Ids{"A1", "A3"});
  CHECK(index.find(asked({"kell"}), 10) == Ids{"A2"});
  index.put("A1", {{WordKind::name, "meier"}});
  CHECK(index.find(asked({"schmidt"}), 10) == Ids{"A3"});
  CHECK(index.find(asked({"meier"}), 10) == Ids{"A1"});
}

}  // namespace
}  // namespace lanyard::sync
