// Han characters by how they are spelled in pinyin, the commonest first: what a strip above Latin keys
// offers. The readings are ICU's, so that a character is offered under the spelling by which the search finds
// it.
//
// Threads: reentrant once built. Units: bytes of UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxCandidates = 200;  // of one spelling

// The end of a query, as far as it is pinyin that no character stands for yet: of "张weimin", "weimin".
struct Spelling {
  std::string tail;      // all of it, with the blanks that part it: what a candidate and `rest` replace
  std::string syllable;  // the first, as `Pinyin::candidates` takes it: "lv" of "lü"
  std::string rest;      // what stays behind the character: "min"
};

class Pinyin {
 public:
  Pinyin();  // a third of a second: on a thread that draws nothing

  // Of a syllable, or of the beginning of one, without tones and with v for ü. Empty for what is no pinyin.
  [[nodiscard]] std::span<const std::string> candidates(std::string_view syllable) const;
  // nullopt: the query does not end in pinyin.
  [[nodiscard]] std::optional<Spelling> spelling(std::string_view query) const;

 private:
  using Index = std::unordered_map<std::string, std::vector<std::string>>;
  // How long the first syllable of a word is, if all of it is made of syllables; 0 if it is not. `open`: the
  // last one may still lack its end.
  [[nodiscard]] std::size_t first_syllable(std::string_view word, bool open) const;

  Index by_syllable_;
  Index by_beginning_;
};

}  // namespace lanyard::kiosk
