// What staff type to find somebody, as letters: the query is UTF-8, and a letter of it is more than a byte.
// PURE. Threads: reentrant. Units: bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sync/letters.hpp"

namespace lanyard::kiosk {

// Where the last letter begins, with the marks that stand upon it: an accent that was typed as a sign of its
// own goes with its letter, as does the vowel mark of an Arabic one. 0 of an empty query. What is no UTF-8 is
// taken byte by byte.
[[nodiscard]] std::size_t last_letter(std::string_view query);

// 0x3400 to 0x9FFF and the planes of rare characters.
[[nodiscard]] bool is_han(char32_t letter);

using sync::letter_at;

// As the roster is asked for it. While 张伟 is spelled it stands there as "张wei", of which the roster has no
// word; "张 wei" are two, and it has both.
[[nodiscard]] std::string in_words(std::string_view query);

}  // namespace lanyard::kiosk
