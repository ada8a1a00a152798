#include "sync/name_index.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "sync/letters.hpp"

namespace lanyard::sync {
namespace {

using Kind = SearchWord::Kind;

constexpr std::size_t kMostLoose = 4096;

// How far a question goes: what is spelt so, then what is spelt or sounds nearly so, then what sounds nearly
// so.
enum class Reach : std::uint8_t { spelt, alike, far };

// So few, and it is asked for those who are alike too, and then from afar: they stand below.
constexpr std::size_t kFewHits = 3;
constexpr std::size_t kLeastForTypo = 4;        // letters of a query
constexpr std::size_t kLeastForSoundBegun = 2;  // classes of a key that need not be all of a name
constexpr std::size_t kMostForOneSound = 4;     // letters of a query that has one class alone: Lee, Li
constexpr std::size_t kLeastForSoundTypo = 4;   // classes of a key of which one may be wrong

// What a word costs by how it is found: less stands first. Their order is what matters, and that two words of
// a name weigh more than one of an organisation.
namespace cost {
constexpr std::uint8_t id = 0;
constexpr std::uint8_t name = 0;
constexpr std::uint8_t id_begun = 3;
constexpr std::uint8_t name_begun = 2;
constexpr std::uint8_t form = 1;
constexpr std::uint8_t form_begun = 4;
constexpr std::uint8_t place = 6;
constexpr std::uint8_t place_begun = 8;
constexpr std::uint8_t sound = 11;
constexpr std::uint8_t sound_begun = 17;
constexpr std::uint8_t sound_typo = 32;
constexpr std::uint8_t sound_typo_begun = 40;
constexpr std::uint8_t typo = 13;
constexpr std::uint8_t typo_begun = 16;
constexpr std::uint8_t in_place = 6;  // more, for a typo in an organisation
constexpr std::uint8_t both = 4;      // less, for what is spelt nearly so, and sounds so
constexpr std::uint8_t absent = 5;    // for a particle that the list has not
constexpr std::uint8_t joined = 3;    // for two words of the query taken as one
constexpr std::uint8_t none = std::numeric_limits<std::uint8_t>::max();
}  // namespace cost

std::uint8_t cost_of(Kind kind, bool whole) {
  switch (kind) {
    case Kind::name:
      return whole ? cost::name : cost::name_begun;
    case Kind::place:
      return whole ? cost::place : cost::place_begun;
    case Kind::id:
      return whole ? cost::id : cost::id_begun;
    case Kind::sound:
      return whole ? cost::sound : cost::sound_begun;
    case Kind::form:
      return whole ? cost::form : cost::form_begun;
  }
  return cost::none;
}

std::uint8_t cost_of_typo(Kind kind, bool whole) {
  if (kind == Kind::sound) return whole ? cost::sound_typo : cost::sound_typo_begun;
  const std::uint8_t more = kind == Kind::place ? cost::in_place : std::uint8_t{0};
  return static_cast<std::uint8_t>((whole ? cost::typo : cost::typo_begun) + more);
}

}  // namespace

std::string_view NameIndex::Shelf::word(std::size_t i) const {
  return {letters.data() + begins[i], begins[i + 1] - begins[i]};
}

std::pair<std::size_t, std::size_t> NameIndex::Shelf::beginning_with(std::string_view text) const {
  const auto first_not = [&](auto before) {
    std::size_t low = 0;
    std::size_t high = size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (before(word(middle))) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
  const std::size_t from = first_not([&](std::string_view one) { return one < text; });
  const std::size_t to = first_not([&](std::string_view one) { return one < text || one.starts_with(text); });
  return {from, to};
}

void NameIndex::Shelf::add(std::string_view word) {
  begins.push_back(static_cast<std::uint32_t>(letters.size()));
  first.push_back(static_cast<std::uint32_t>(persons.size()));
  letters += word;
}

void NameIndex::Shelf::take_back() {
  letters.resize(begins.back());
  begins.pop_back();
  first.pop_back();
}

void NameIndex::Shelf::end() {
  if (begins.empty()) return;
  begins.push_back(static_cast<std::uint32_t>(letters.size()));
  first.push_back(static_cast<std::uint32_t>(persons.size()));
}

void NameIndex::Loader::add(SearchWord::Kind kind, std::string_view word, const std::string& attendee) {
  Shelf& shelf = index_.shelves_[static_cast<std::size_t>(kind)];
  const bool another =
      shelf.begins.empty() || std::string_view(shelf.letters).substr(shelf.begins.back()) != word;
  if (another) shelf.add(word);
  shelf.persons.push_back(index_.person(attendee));
}

NameIndex::Loader::~Loader() {
  for (Shelf& shelf : index_.shelves_) shelf.end();
}

void NameIndex::remove(const std::string& attendee) {
  const auto found = by_id_.find(attendee);
  if (found == by_id_.end()) return;
  people_[found->second].clear();
  here_[found->second] = false;
  gone_.push_back(found->second);
  by_id_.erase(found);
}

NameIndex::Person NameIndex::person(const std::string& attendee) {
  const auto [found, is_new] = by_id_.try_emplace(attendee, static_cast<Person>(people_.size()));
  if (!is_new) return found->second;
  if (free_.empty()) {
    people_.push_back(attendee);
    here_.push_back(true);
    return found->second;
  }
  found->second = free_.back();
  free_.pop_back();
  people_[found->second] = attendee;
  here_[found->second] = true;
  return found->second;
}

void NameIndex::put(const std::string& attendee, const std::vector<SearchWord>& words) {
  remove(attendee);
  if (words.empty() || attendee.empty()) return;
  const Person who = person(attendee);
  for (const SearchWord& word : words) loose_.emplace_back(word, who);
  if (loose_.size() > kMostLoose + people_.size() / 16) settle();
}

void NameIndex::keep_only(const std::unordered_set<std::string>& attendees) {
  std::vector<std::string> gone;
  for (const auto& [attendee, person] : by_id_) {
    if (!attendees.contains(attendee)) gone.push_back(attendee);
  }
  for (const std::string& attendee : gone) remove(attendee);
  if (!gone.empty()) settle();
}

// All words on the shelves anew, without those of who is gone.
void NameIndex::settle() {
  std::ranges::sort(loose_);
  auto next = loose_.begin();
  for (std::size_t k = 0; k < shelves_.size(); ++k) {
    const Shelf old = std::move(shelves_[k]);
    Shelf made;
    std::size_t at = 0;
    const auto loose_here = [&] {
      return next != loose_.end() && static_cast<std::size_t>(next->first.kind) == k;
    };
    while (at < old.size() || loose_here()) {
      const bool from_loose = at == old.size() || (loose_here() && next->first.text < old.word(at));
      const std::string_view text = from_loose ? std::string_view(next->first.text) : old.word(at);
      const std::size_t before = made.persons.size();
      made.add(text);
      if (!from_loose) {
        for (std::uint32_t i = old.first[at]; i < old.first[at + 1]; ++i) {
          if (here_[old.persons[i]]) made.persons.push_back(old.persons[i]);
        }
      }
      for (; loose_here() && next->first.text == text; ++next) {
        if (here_[next->second]) made.persons.push_back(next->second);
      }
      if (made.persons.size() == before) made.take_back();
      if (!from_loose) ++at;
    }
    made.end();
    shelves_[k] = std::move(made);
  }
  loose_.clear();
  loose_.shrink_to_fit();
  free_.insert(free_.end(), gone_.begin(), gone_.end());
  gone_.clear();
}

// One question.
class NameIndex::Search {
 public:
  explicit Search(const NameIndex& index)
      : index_(index), best_(index.people_.size(), std::numeric_limits<std::uint16_t>::max()) {}

  // Everybody who has all words of a reading, at what they cost.
  void take(const std::vector<QueryWord>& reading, Reach reach, std::uint8_t more) {
    std::vector<std::uint16_t> total(index_.people_.size(), more);
    for (const QueryWord& word : reading) {
      const std::vector<std::uint8_t>& costs = costs_of(word, reach);
      const std::uint32_t absent = word.may_be_absent ? cost::absent : kNobody;
      for (std::size_t i = 0; i < total.size(); ++i) {
        const std::uint32_t here = costs[i] == cost::none ? absent : costs[i];
        total[i] = static_cast<std::uint16_t>(std::min(total[i] + here, kNobody));
      }
    }
    for (std::size_t i = 0; i < total.size(); ++i) best_[i] = std::min(best_[i], total[i]);
  }

  [[nodiscard]] std::size_t hits() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < best_.size(); ++i) {
      if (best_[i] != kNobody && index_.here_[i]) ++count;
    }
    return count;
  }

  [[nodiscard]] std::vector<std::string> first(std::size_t most) const {
    std::vector<std::pair<std::uint16_t, std::string_view>> hits;
    for (std::size_t i = 0; i < best_.size(); ++i) {
      if (best_[i] != kNobody && index_.here_[i]) hits.emplace_back(best_[i], index_.people_[i]);
    }
    const std::size_t count = std::min(most, hits.size());
    std::ranges::partial_sort(hits, hits.begin() + static_cast<std::ptrdiff_t>(count));
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < count; ++i) ids.emplace_back(hits[i].second);
    return ids;
  }

 private:
  static constexpr std::uint32_t kNobody = std::numeric_limits<std::uint16_t>::max();
  using Costs = std::vector<std::uint8_t>;

  static constexpr std::array kSpelt{Kind::name, Kind::form, Kind::place, Kind::id};

  const Costs& costs_of(const QueryWord& word, Reach reach) {
    auto& known = known_[static_cast<std::size_t>(reach)];
    const std::string key = word.typed + (word.joined ? " " : "");
    const auto found = known.find(key);
    if (found != known.end()) return found->second;
    Costs costs(index_.people_.size(), cost::none);
    if (reach == Reach::spelt) {
      for (const std::string& text : word.texts) {
        for (const Kind kind : kSpelt) mark_beginnings(costs, kind, text, true);
      }
    } else {
      costs = costs_of(word, reach == Reach::alike ? Reach::spelt : Reach::alike);
      if (reach == Reach::alike) mark_alike(costs, word);
      if (reach == Reach::far) mark_far(costs, word);
    }
    return known.emplace(key, std::move(costs)).first->second;
  }

  static void mark(Costs& costs, Person person, std::uint8_t cost) {
    costs[person] = std::min(costs[person], cost);
  }
  void mark(Costs& costs, const Shelf& shelf, std::size_t word, std::uint8_t cost) const {
    for (std::uint32_t i = shelf.first[word]; i < shelf.first[word + 1]; ++i)
      mark(costs, shelf.persons[i], cost);
  }

  void mark_beginnings(Costs& costs, Kind kind, std::string_view text, bool begun) const {
    const Shelf& shelf = index_.shelves_[static_cast<std::size_t>(kind)];
    const auto [from, to] = shelf.beginning_with(text);
    for (std::size_t i = from; i < to; ++i) {
      const bool whole = shelf.word(i).size() == text.size();
      if (whole || begun) mark(costs, shelf, i, cost_of(kind, whole));
    }
    for (const auto& [word, person] : index_.loose_) {
      if (word.kind != kind || !word.text.starts_with(text)) continue;
      const bool whole = word.text.size() == text.size();
      if (whole || begun) mark(costs, person, cost_of(kind, whole));
    }
  }

  void mark_alike(Costs& costs, const QueryWord& word) const {
    Costs spelt(index_.people_.size(), cost::none);
    Costs heard(index_.people_.size(), cost::none);
    for (const std::string& text : word.texts) {
      if (word.joined || count_letters(text) < kLeastForTypo) continue;
      mark_typos(spelt, Kind::name, text);
      mark_typos(spelt, Kind::place, text);
    }
    for (const std::string& key : word.sounds) {
      if (key.size() == 1 && count_letters(word.typed) > kMostForOneSound) continue;
      mark_beginnings(heard, Kind::sound, key, key.size() >= kLeastForSoundBegun);
    }
    for (std::size_t i = 0; i < costs.size(); ++i) {
      std::uint8_t like = std::min(spelt[i], heard[i]);
      if (spelt[i] != cost::none && heard[i] != cost::none) {
        like = static_cast<std::uint8_t>(like - cost::both);
      }
      costs[i] = std::min(costs[i], like);
    }
  }

  void mark_far(Costs& costs, const QueryWord& word) const {
    for (const std::string& key : word.sounds) {
      if (key.size() >= kLeastForSoundTypo) mark_typos(costs, Kind::sound, key);
    }
  }

  void mark_typos(Costs& costs, Kind kind, const std::string& text) const {
    const OneTypo typo(text);
    const Shelf& shelf = index_.shelves_[static_cast<std::size_t>(kind)];
    for (std::size_t i = 0; i < shelf.size(); ++i) {
      const auto whole = typo.in(shelf.word(i));
      if (whole) mark(costs, shelf, i, cost_of_typo(kind, *whole));
    }
    for (const auto& [word, person] : index_.loose_) {
      if (word.kind != kind) continue;
      const auto whole = typo.in(word.text);
      if (whole) mark(costs, person, cost_of_typo(kind, *whole));
    }
  }

  const NameIndex& index_;
  std::vector<std::uint16_t> best_;                    // of each person
  std::array<std::map<std::string, Costs>, 3> known_;  // by Reach
};

std::vector<std::string> NameIndex::find(const std::vector<std::vector<QueryWord>>& readings,
                                         std::size_t most) const {
  if (readings.empty() || people_.empty()) return {};
  Search search(*this);
  const auto take_all = [&](Reach reach) {
    for (std::size_t i = 0; i < readings.size(); ++i) {
      search.take(readings[i], reach, i == 0 ? std::uint8_t{0} : cost::joined);
    }
  };
  take_all(Reach::spelt);
  if (search.hits() < kFewHits) take_all(Reach::alike);
  if (search.hits() < kFewHits) take_all(Reach::far);
  return search.first(most);
}

}  // namespace lanyard::sync
