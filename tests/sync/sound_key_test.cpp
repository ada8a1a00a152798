// How a name sounds, whoever writes it.
#include "sync/sound_key.hpp"

#include <algorithm>

#include "tests/catch.hpp"

namespace lanyard::sync {
namespace {

using Keys = std::set<std::string>;

bool alike(const Keys& a, const Keys& b) {
  return std::ranges::any_of(a, [&](const std::string& key) { return b.contains(key); });
}
bool alike(std::string_view a, std::string_view b) {
  return alike(sound_keys(a), sound_keys(b));
}
bool alike(std::u32string_view letters, std::string_view latin) {
  return alike(sound_keys(letters), sound_keys(latin));
}

TEST_CASE("a name sounds alike, by whichever road it came into Latin letters") {
  const std::pair<const char*, const char*> pairs[] = {
      {"mohammed", "muhammad"}, {"mohammed", "mehmet"}, {"qaddafi", "kadhafi"}, {"yusuf", "youssef"},
      {"iurii", "yuri"},        {"walid", "oualid"},    {"khaled", "haled"},    {"cyril", "kirill"},
      {"wagner", "vagner"},     {"sarah", "sara"},      {"othman", "osman"},    {"giorgos", "yorgos"},
      {"zhang", "chang"},       {"hsu", "su"},          {"shapira", "schapira"}};
  for (const auto& [a, b] : pairs) {
    INFO(a << ", " << b);
    CHECK(alike(std::string_view(a), std::string_view(b)));
  }
  CHECK_FALSE(alike(std::string_view("martin"), std::string_view("norbert")));
  CHECK_FALSE(alike(std::string_view("anna"), std::string_view("otto")));
}

TEST_CASE("letters that leave the vowels out sound as the Latin ones") {
  const std::pair<const char32_t*, const char*> pairs[] = {
      {U"محمد", "mohammed"}, {U"يوسف", "youssef"}, {U"حسين", "hussain"},  {U"خالد", "khalid"},
      {U"عمر", "omar"},      {U"وليد", "walid"},   {U"جمال", "gamal"},    {U"عثمان", "osman"},
      {U"صالح", "saleh"},    {U"جواد", "javad"},   {U"כהן", "cohen"},     {U"דוד", "david"},
      {U"רחל", "rachel"},    {U"שרה", "sara"},     {U"สมชาย", "somchai"}, {U"วันเพ็ญ", "wanphen"},
      {U"อนันต์", "anan"},     {U"กมล", "kamon"},    {U"มُحَمَّد", "mohammed"}};
  for (const auto& [letters, latin] : pairs) {
    INFO(latin);
    CHECK(alike(std::u32string_view(letters), std::string_view(latin)));
  }
  // Of a script without a table nothing is said.
  CHECK(sound_keys(std::u32string_view(U"張偉")).empty());
}

TEST_CASE("a word of any letters has few keys") {
  CHECK(sound_keys(std::string_view()).empty());
  CHECK(sound_keys(std::string_view("123")).empty());
  for (const char* word : {"chchchchchch", "thdhthdhthdhcecice", "hhhhhhhh", "jjjjjj", "yyyy"}) {
    INFO(word);
    CHECK(sound_keys(std::string_view(word)).size() <= 2 * kMaxSoundKeys);
  }
}

}  // namespace
}  // namespace lanyard::sync
