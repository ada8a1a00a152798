// Whom staff mean by a few letters: all words under which attendees can be found, in memory, and the best for
// a query. A word of the query is found in a word that begins with it, else in one with one letter too many,
// too few, another, or two exchanged, else in one that sounds alike (sound_key.hpp); the whole of a name
// before its beginning, and a name before an organisation. With a hundred thousand attendees some 30 MB, and
// some milliseconds a query. PURE. Threads: one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sync/search_key.hpp"

namespace lanyard::sync {

class NameIndex {
 public:
  // The words of an attendee, in place of those they had; none: they are found no more.
  void put(const std::string& attendee, const std::vector<SearchWord>& words);
  // Nobody else is found any more, nor is a word of theirs kept.
  void keep_only(const std::unordered_set<std::string>& attendees);
  [[nodiscard]] std::size_t attendees() const { return by_id_.size(); }

  // Fills an empty index with words that come in order of their kind, and then of their text.
  class Loader {
   public:
    explicit Loader(NameIndex& index) : index_(index) {}
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;
    ~Loader();
    void add(SearchWord::Kind kind, std::string_view word, const std::string& attendee);

   private:
    NameIndex& index_;
  };

  // Ids, the best first, at most `most`. Whoever lacks a word of all readings is not among them.
  [[nodiscard]] std::vector<std::string> find(const std::vector<std::vector<QueryWord>>& readings,
                                              std::size_t most) const;

 private:
  using Person = std::uint32_t;  // place in people_

  // Of one kind, sorted by its text: the letters of all words one after the other, and who has each.
  struct Shelf {
    std::string letters;
    std::vector<std::uint32_t> begins;  // in letters; one more than words
    std::vector<std::uint32_t> first;   // in persons; one more than words
    std::vector<Person> persons;

    void add(std::string_view word);  // whose persons follow
    void take_back();                 // the last, which nobody has
    void end();                       // after the last
    [[nodiscard]] std::size_t size() const { return begins.empty() ? 0 : begins.size() - 1; }
    [[nodiscard]] std::string_view word(std::size_t i) const;
    [[nodiscard]] std::pair<std::size_t, std::size_t> beginning_with(std::string_view text) const;
  };
  class Search;

  void settle();
  [[nodiscard]] Person person(const std::string& attendee);
  void remove(const std::string& attendee);

  std::vector<std::string> people_;  // ids; empty for who is gone
  std::vector<char> here_;           // whether somebody has that place
  std::vector<Person> gone_;         // and may still be on a shelf
  std::vector<Person> free_;
  std::unordered_map<std::string, Person> by_id_;
  // What was put since the shelves were made. A question looks at each, and settle() puts them on the
  // shelves.
  std::vector<std::pair<SearchWord, Person>> loose_;
  std::array<Shelf, kSearchWordKinds> shelves_;  // by SearchWord::Kind
};

}  // namespace lanyard::sync
