// Surnames in Chinese and Korean letters as passports have them, where no rule of reading gives that: 吴 is
// Wu, and of somebody from Hong Kong Ng; 이 is Lee. Those that are common in either place, from memory of how
// they are spelt; who is not among them is found under the reading, and under what the list says in Latin
// letters. PURE. Threads: any.
#pragma once

#include <span>
#include <string_view>

namespace lanyard::sync {

// Of a name's first letter, as it is or simplified; in lower-case ASCII. Empty for what is no such surname.
[[nodiscard]] std::span<const std::string_view> surname_spellings(char32_t first);

}  // namespace lanyard::sync
