// How staff find a name in any script with the keys they have: 张伟 is found as "zhang wei", Müller as
// "muller" or "mueller", Щербаков as "shcherbakov", محمد as "mohammed", and all of these in their own letters
// where the list has Latin ones. What is compared with what, and who stands first: name_index.hpp. Threads:
// one SearchFolding belongs to one thread (ICU transliterators are not shared).
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sync/record.hpp"

namespace lanyard::sync {

inline constexpr std::size_t kMaxSearchWords = 112;  // kept of one attendee
inline constexpr std::size_t kMaxQueryBytes = 128;
inline constexpr std::size_t kMaxQueryWords = 8;

// By what an attendee is found.
struct SearchWord {
  // The numbers stand in the kiosk's store.
  enum class Kind : std::uint8_t {
    name = 0,
    place = 1,  // organisation, delegation
    id = 2,
    sound = 3,  // sound_key.hpp
    form = 4,   // words of a name as one, and a surname as it is spelt elsewhere
  };
  Kind kind{Kind::name};
  std::string text;  // folded; UTF-8

  // NOLINTNEXTLINE(modernize-use-nullptr): sees its own 0
  friend auto operator<=>(const SearchWord&, const SearchWord&) = default;
};

// One word of those that were typed.
struct QueryWord {
  std::string typed;             // folded, in its own letters
  std::set<std::string> texts;   // as it is, and by its reading in Latin letters
  std::set<std::string> sounds;  // its keys
  // An article or a particle, as al, bin, van: nobody is lost for whom it is not written.
  bool may_be_absent{false};
  bool joined{false};  // of two that were typed
};

inline constexpr std::size_t kSearchWordKinds = 5;

class SearchFolding {
 public:
  SearchFolding();  // the first of a thread builds the transliterators: some milliseconds

  // Under what the attendee can be found, at most kMaxSearchWords.
  [[nodiscard]] std::set<SearchWord> words(const Attendee& attendee) const;
  // The ways to take a query: its words, and the same with two neighbours as one ("xiao ming", "xiaoming").
  // None for one without letters and digits.
  [[nodiscard]] std::vector<std::vector<QueryWord>> readings(std::string_view query) const;

 private:
  struct Inside;
  std::shared_ptr<const Inside> in_;
};

}  // namespace lanyard::sync
