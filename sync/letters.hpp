// The letters of a text, and words that are one letter apart. PURE. Threads: any.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lanyard::sync {

inline constexpr char32_t kUnknownLetter = 0xFFFD;

[[nodiscard]] bool is_ascii(std::string_view text);
// Whether a byte of UTF-8 is a later one of its letter.
[[nodiscard]] bool continues_letter(char byte);
// The letter that begins at `at`; 0xFFFD for what is no UTF-8.
[[nodiscard]] char32_t letter_at(std::string_view text, std::size_t at);
// Of a UTF-8 text; bytes that are none count as letters of their own, beyond all that there are.
[[nodiscard]] std::u32string letters_of(std::string_view text);
[[nodiscard]] std::size_t count_letters(std::string_view text);

// Looks for a text in which one letter is wrong: another, one too many, one too few, or two exchanged
// (Damerau, 1964: four of five misspellings).
class OneTypo {
 public:
  explicit OneTypo(std::string text);
  // Whether a word begins with the text, but for exactly one such error: true if the word ends there too,
  // else false. nullopt: it does not, or begins with the text as it is.
  [[nodiscard]] std::optional<bool> in(std::string_view word) const;

 private:
  std::string text_;
  std::u32string letters_;  // empty where all are ASCII
};

}  // namespace lanyard::sync
