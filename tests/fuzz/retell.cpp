// Damage to files and bodies that leaves most of them well formed: by words, and by lines.
#include <algorithm>
#include <array>
#include <span>

#include "tests/fuzz/record_seeds.hpp"

namespace lanyard::sync::fuzz {
namespace {

// What readers mistake: ends of ranges, and of the calendar.
constexpr std::array<std::string_view, 24> kWords{"0",
                                                  "1",
                                                  "60",
                                                  "-1",
                                                  "65536",
                                                  "1000000001",
                                                  "9223372036854775807",
                                                  "9223372036854775808",
                                                  "18446744073709551616",
                                                  "1e3",
                                                  "0000-01-01",
                                                  "9999-12-31",
                                                  "2024-02-29",
                                                  "24:00",
                                                  "00:00",
                                                  "-14:00",
                                                  "Z",
                                                  "true",
                                                  "null",
                                                  "en_GB",
                                                  ".",
                                                  "",
                                                  "\\u001b[2J",
                                                  "\xe2\x80\xae"};

struct Piece {
  std::size_t at{0};
  std::size_t size{0};
};

bool is_of_word(std::uint8_t byte) {
  return byte >= 0x80 || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= 'a' && byte <= 'z') ||
         std::string_view("_.:+#-").find(static_cast<char>(byte)) != std::string_view::npos;
}

std::vector<Piece> words_of(const Bytes& text) {
  std::vector<Piece> words;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_of_word(text[i])) continue;
    Piece word{i, 0};
    while (i < text.size() && is_of_word(text[i])) ++i;
    word.size = i - word.at;
    words.push_back(word);
  }
  return words;
}

// With their ends.
std::vector<Piece> lines_of(const Bytes& text) {
  std::vector<Piece> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end =
        std::find(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), std::uint8_t{'\n'});
    const auto past = static_cast<std::size_t>(end - text.begin()) + (end == text.end() ? 0U : 1U);
    lines.push_back({at, past - at});
    at = past;
  }
  return lines;
}

Bytes cut(const Bytes& text, Piece piece) {
  const auto from = text.begin() + static_cast<std::ptrdiff_t>(piece.at);
  return {from, from + static_cast<std::ptrdiff_t>(piece.size)};
}

Bytes with(const Bytes& text, Piece piece, std::span<const std::uint8_t> instead) {
  Bytes made = cut(text, {0, piece.at});
  made.insert(made.end(), instead.begin(), instead.end());
  const Bytes rest = cut(text, {piece.at + piece.size, text.size() - piece.at - piece.size});
  made.insert(made.end(), rest.begin(), rest.end());
  return made;
}

}  // namespace

Bytes retold(const Bytes& text, std::size_t most, std::uint32_t chance, const Change& change) {
  // One number chooses all: each choice takes its part and leaves the rest.
  const auto below = [&chance](std::size_t number) {
    chance = chance * 2'891'336'453U + 12'345U;
    return (chance >> 8U) % std::max<std::size_t>(number, 1);
  };
  const std::size_t way = below(8);
  auto pieces = way < 3 ? lines_of(text) : words_of(text);
  if (pieces.size() == 1) pieces = words_of(text);  // JSON on one line
  if (pieces.empty() || way == 7) return change(text, most);
  const Piece one = pieces[below(pieces.size())];
  const Bytes another = cut(text, pieces[below(pieces.size())]);
  Bytes made;
  if (way == 0) {
    made = with(text, one, {});
  } else if (way == 1) {
    made = with(text, {one.at, 0}, another);
  } else if (way == 2 || way == 3) {
    made = with(text, one, another);
  } else if (way == 4) {
    const std::string_view word = kWords[below(kWords.size())];
    made = with(text, one, Bytes(word.begin(), word.end()));
  } else {
    made = with(text, one, change(cut(text, one), one.size + 8));
  }
  made.resize(std::min(made.size(), most));
  return made;
}

}  // namespace lanyard::sync::fuzz
