// How staff find a name in any script with the keys they have: 张伟 is found as "zhang wei", Müller as
// "muller" or "mueller", Щербаков as "shcherbakov". Threads: one SearchFolding belongs to one thread (ICU
// transliterators are not shared).
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sync/record.hpp"

namespace lanyard::sync {

inline constexpr std::size_t kMaxSearchWords = 64;  // kept of one attendee
inline constexpr std::size_t kMaxQueryBytes = 128;

class SearchFolding {
 public:
  SearchFolding();  // the first of a thread builds the transliterators: some milliseconds

  // Every folded word under which the attendee can be found: names, organisation, delegation and id.
  [[nodiscard]] std::set<std::string> words(const Attendee& attendee) const;
  // The words of a query, folded; each is to be the beginning of a word of the attendee.
  [[nodiscard]] std::vector<std::string> query_words(std::string_view query) const;

 private:
  struct Inside;
  std::shared_ptr<const Inside> in_;
};

}  // namespace lanyard::sync
