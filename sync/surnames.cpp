#include "sync/surnames.hpp"

#include <algorithm>
#include <array>

namespace lanyard::sync {
namespace {

struct Surname {
  char32_t letter;
  std::array<std::string_view, 4> spelt;  // filled from the front
};

// Chinese, simplified: Cantonese, Hokkien, Wade-Giles. Korean: as in passports since the 1950s.
constexpr auto kSurnames = std::to_array<Surname>({
    {U'吴', {"ng", "goh", "woo"}},
    {U'陈', {"chan", "tan", "chin", "tran"}},
    {U'黄', {"wong", "ng", "ooi", "hwang"}},
    {U'李', {"lee", "ly"}},
    {U'张', {"cheung", "chang", "teo", "cheong"}},
    {U'林', {"lam", "lim"}},
    {U'梁', {"leung", "leong", "neo"}},
    {U'何', {"ho", "hoo"}},
    {U'郑', {"cheng", "tay", "chang"}},
    {U'周', {"chow", "chou", "chew", "chau"}},
    {U'许', {"hui", "hsu", "koh", "khaw"}},
    {U'叶', {"yip", "yeh", "yap"}},
    {U'郭', {"kwok", "kuo", "kuok", "quek"}},
    {U'赵', {"chiu", "chao", "jew"}},
    {U'谢', {"tse", "hsieh", "chia", "cheah"}},
    {U'蔡', {"choi", "tsai", "chua", "choy"}},
    {U'曾', {"tsang", "tseng", "chan"}},
    {U'朱', {"chu", "choo"}},
    {U'徐', {"tsui", "hsu", "chui"}},
    {U'邓', {"tang", "teng"}},
    {U'冯', {"fung", "foong", "pang"}},
    {U'罗', {"lo", "law", "loh"}},
    {U'杨', {"yeung", "yeo", "yong", "young"}},
    {U'王', {"wong", "ong", "heng"}},
    {U'刘', {"lau", "low", "liew"}},
    {U'关', {"kwan", "kuan"}},
    {U'高', {"ko", "kao"}},
    {U'潘', {"poon", "phua", "pan"}},
    {U'余', {"yu", "yee", "eu"}},
    {U'吕', {"lui", "lu", "loo", "lyu"}},
    {U'孙', {"suen", "sun"}},
    {U'苏', {"so", "soh", "su"}},
    {U'江', {"kong", "chiang"}},
    {U'蒋', {"chiang", "cheung"}},
    {U'沈', {"shum", "sim", "shen"}},
    {U'胡', {"wu", "foo", "oh"}},
    {U'김', {"kim", "gim"}},
    {U'이', {"lee", "yi", "rhee", "yie"}},
    {U'박', {"park", "bak", "pak"}},
    {U'최', {"choi", "choe"}},
    {U'정', {"jung", "jeong", "chung", "cheong"}},
    {U'강', {"kang", "gang"}},
    {U'조', {"cho", "jo"}},
    {U'윤', {"yoon", "yun"}},
    {U'장', {"jang", "chang"}},
    {U'임', {"lim", "im", "yim"}},
    {U'오', {"oh", "o"}},
    {U'한', {"han", "hahn"}},
    {U'신', {"shin", "sin"}},
    {U'서', {"seo", "suh"}},
    {U'권', {"kwon", "gwon"}},
    {U'황', {"hwang", "whang"}},
    {U'안', {"ahn", "an"}},
    {U'송', {"song"}},
    {U'유', {"yoo", "ryu", "yu"}},
    {U'류', {"ryu", "yoo"}},
    {U'홍', {"hong"}},
    {U'전', {"jeon", "chun"}},
    {U'고', {"ko", "koh", "go"}},
    {U'문', {"moon", "mun"}},
    {U'손', {"son", "sohn"}},
    {U'양', {"yang"}},
    {U'백', {"baek", "paik"}},
    {U'노', {"noh", "roh"}},
    {U'우', {"woo", "u"}},
    {U'구', {"koo", "goo", "ku"}},
    {U'주', {"joo", "ju", "chu"}},
    {U'나', {"na", "ra"}},
});

}  // namespace

std::span<const std::string_view> surname_spellings(char32_t first) {
  const auto found = std::ranges::find(kSurnames, first, &Surname::letter);
  if (found == kSurnames.end()) return {};
  const auto end = std::ranges::find(found->spelt, std::string_view());
  return {found->spelt.begin(), static_cast<std::size_t>(end - found->spelt.begin())};
}

}  // namespace lanyard::sync
