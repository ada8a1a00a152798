// What is left of a name when it is written by ear: its consonants, in eight classes. Mohammed, Muhammad,
// Mehmet and محمد have one key; so have Qaddafi and Kadhafi, Yusuf and Youssef. It finds people whose name
// came into Latin letters by another road than the one that staff take, and finds others beside them: a last
// resort, behind what is spelt alike.
//
// A key is made of  A (any first vowel)  B (b p)  F (f v)  H  K (c g j k q x)  L  M  N  R  S (s z sh zh)  T
// (d t)  W  Y. Vowels inside are left out, and what stands twice stands once. Where a letter may sound in two
// ways a name has several keys. PURE. Threads: any.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace lanyard::sync {

inline constexpr std::size_t kMaxSoundKeys = 8;  // of one word

// Of one word of lower-case ASCII letters, as SearchFolding makes them. Empty for what has digits.
[[nodiscard]] std::set<std::string> sound_keys(std::string_view latin);
// Of one word in Arabic, Hebrew or Thai letters (also Persian's and Urdu's), from the letters themselves: a
// transliteration of them, letter by letter, has not the vowels that are spoken, or has them elsewhere. Empty
// for any other word.
[[nodiscard]] std::set<std::string> sound_keys(std::u32string_view letters);

}  // namespace lanyard::sync
