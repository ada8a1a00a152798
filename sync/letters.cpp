#include "sync/letters.hpp"

#include <algorithm>
#include <utility>

namespace lanyard::sync {
namespace {

constexpr char32_t kNoLetter = 0x110000;  // and the byte that is none

std::size_t bytes_of(unsigned char lead) {
  return lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
}

// Both without what they have in common at the beginning.
template <class View>
std::optional<bool> one_typo(View text, View word) {
  const auto [t, w] = std::ranges::mismatch(text, word);
  if (t == text.end()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(t - text.begin()));
  word.remove_prefix(static_cast<std::size_t>(w - word.begin()));
  if (word.empty()) return text.size() == 1 ? std::optional(true) : std::nullopt;  // one too many, at the end
  std::optional<bool> found;
  const auto try_rest = [&](View rest_of_text, View rest_of_word) {
    // Nearly all words part here already.
    if (!rest_of_text.empty() && (rest_of_word.empty() || rest_of_word[0] != rest_of_text[0])) return;
    if (rest_of_word.starts_with(rest_of_text))
      found = found.value_or(false) || rest_of_word.size() == rest_of_text.size();
  };
  try_rest(text.substr(1), word.substr(1));  // another
  try_rest(text.substr(1), word);            // one too many
  try_rest(text, word.substr(1));            // one too few
  if (text.size() > 1 && word.size() > 1 && text[0] == word[1] && text[1] == word[0]) {
    try_rest(text.substr(2), word.substr(2));
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
  if (letters_.empty()) return one_typo(std::string_view(text_), word);
  // Nobody types the one script for the other by mistake.
  if (static_cast<unsigned char>(word[0]) < 0x80) return std::nullopt;
  const std::u32string letters = letters_of(word);
  return one_typo(std::u32string_view(letters_), std::u32string_view(letters));
}

}  // namespace lanyard::sync
