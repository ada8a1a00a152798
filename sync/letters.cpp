#include "sync/letters.hpp"

#include <algorithm>
#include <utility>

namespace lanyard::sync {
namespace {

constexpr char32_t kNoLetter = 0x110000;  // and the byte that is none

std::size_t bytes_of(unsigned char lead) {
  return lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
}

// Each word of a large event is looked at in this way: by pointers, and left at the first letter that settles
// it.
template <class Letter>
std::optional<bool> one_typo(std::basic_string_view<Letter> text, std::basic_string_view<Letter> word) {
  const Letter* t = text.data();
  const Letter* w = word.data();
  std::size_t n = text.size();
  std::size_t m = word.size();
  std::size_t common = 0;
  for (const std::size_t most = std::min(n, m); common < most && t[common] == w[common];) ++common;
  if (common == n) return std::nullopt;
  // Both without what they have in common at the beginning.
  t += common, n -= common;
  w += common, m -= common;
  if (m == 0) return n == 1 ? std::optional(true) : std::nullopt;  // one too many, at the end
  std::optional<bool> found;
  const auto try_rest = [&](std::size_t of_text, std::size_t of_word) {
    const std::size_t left = n - of_text;
    if (left > m - of_word || !std::equal(t + of_text, t + n, w + of_word)) return;
    found = found.value_or(false) || left == m - of_word;
  };
  if (n == 1 || (m > 1 && t[1] == w[1])) try_rest(1, 1);  // another
  if (n == 1 || t[1] == w[0]) try_rest(1, 0);             // one too many
  if (m > 1 && t[0] == w[1]) {
    try_rest(0, 1);                             // one too few
    if (n > 1 && t[1] == w[0]) try_rest(2, 2);  // two exchanged
  }
  return found;
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool continues_letter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

char32_t letter_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return kUnknownLetter;
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return lead;
  const std::size_t bytes = bytes_of(lead);
  if (lead < 0xC2 || lead > 0xF4 || at + bytes > text.size()) return kUnknownLetter;
  char32_t letter = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if (!continues_letter(text[at + i])) return kUnknownLetter;
    letter = letter << 6U | (static_cast<unsigned char>(text[at + i]) & 0x3FU);
  }
  return letter;
}

std::u32string letters_of(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const char32_t letter = letter_at(text, at);
    out += letter == kUnknownLetter ? kNoLetter + lead : letter;
    at += letter == kUnknownLetter ? 1 : bytes_of(lead);
  }
  return out;
}

std::size_t count_letters(std::string_view text) {
  return letters_of(text).size();
}

OneTypo::OneTypo(std::string text) : text_(std::move(text)) {
  if (!is_ascii(text_)) letters_ = letters_of(text_);
}

std::optional<bool> OneTypo::in(std::string_view word) const {
  if (word.empty() || text_.empty()) return std::nullopt;
  if (letters_.empty()) return one_typo<char>(text_, word);
  // Nobody types the one script for the other by mistake.
  if (static_cast<unsigned char>(word[0]) < 0x80) return std::nullopt;
  const std::u32string letters = letters_of(word);
  return one_typo<char32_t>(letters_, letters);
}

}  // namespace lanyard::sync
