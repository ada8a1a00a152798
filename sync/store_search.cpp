// The roster as staff search it: the words of each attendee in the file, and an index of them in memory,
// which follows what the daemon writes.
#include <unordered_set>

#include "sync/store_inside.hpp"

namespace lanyard::sync {
namespace {

// So many attendees are folded in one transaction, and so many for a search that waits for them: after an
// upgrade.
constexpr std::size_t kFoldedAtOnce = 100;
constexpr std::size_t kFoldedForSearch = 500;
// More changes than these, and the index is read anew.
constexpr std::int64_t kMostFollowed = 5000;

SearchFolding& folding_of(Store::Inside& in) {
  if (!in.folding) in.folding = std::make_unique<SearchFolding>();
  return *in.folding;
}

struct State {
  std::int64_t stamp{0};
  std::int64_t removals{0};
};

State state_of(Store::Inside& in) {
  SQLite::Statement& get = in.use("SELECT stamp, removals FROM search_state");
  State state;
  if (get.executeStep()) state = {get.getColumn(0).getInt64(), get.getColumn(1).getInt64()};
  get.reset();
  return state;
}

std::vector<std::pair<std::string, std::string>> unfolded(Store::Inside& in) {
  SQLite::Statement& get = in.use("SELECT id, record FROM attendee WHERE words_at = 0 LIMIT ?");
  get.bind(1, static_cast<int>(kFoldedAtOnce));
  std::vector<std::pair<std::string, std::string>> list;
  while (get.executeStep()) list.emplace_back(get.getColumn(0).getString(), get.getColumn(1).getString());
  get.reset();
  return list;
}

// Somebody else may have erased them, changed them or folded them meanwhile.
bool still_unfolded(Store::Inside& in, const std::string& id, const std::string& record) {
  SQLite::Statement& get = in.use("SELECT 1 FROM attendee WHERE id = ? AND record = ? AND words_at = 0");
  get.bind(1, id);
  get.bind(2, record);
  const bool found = get.executeStep();
  get.reset();
  return found;
}

// The words of up to `most` who have none yet: after a migration that has taken them.
void fold_unfolded(Store::Inside& in, std::size_t most) {
  for (std::size_t done = 0; done < most;) {
    const auto list = unfolded(in);
    if (list.empty()) return;
    std::vector<std::set<SearchWord>> words;
    for (const auto& [id, record] : list) {
      const auto attendee = parse_attendee(record);
      Attendee unreadable;
      unreadable.id = id;
      words.push_back(fold(in, attendee ? *attendee : unreadable));
    }
    WriteScope write(in);
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (still_unfolded(in, list[i].first, list[i].second)) put_words(in, list[i].first, words[i]);
    }
    write.commit();
    done += list.size();
  }
}

void load(Store::Inside& in) {
  in.search = {};
  const State now = state_of(in);
  NameIndex::Loader loader(in.search.index);
  SQLite::Statement& get =
      in.use("SELECT kind, word, attendee FROM search_word ORDER BY kind, word, attendee");
  while (get.executeStep()) {
    const auto kind = get.getColumn(0).getUInt();
    if (kind >= kSearchWordKinds) continue;
    loader.add(static_cast<SearchWord::Kind>(kind), get.getColumn(1).getText(), get.getColumn(2).getText());
  }
  get.reset();
  in.search.stamp = now.stamp;
  in.search.removals = now.removals;
  in.search.loaded = true;
}

// Forgets who is gone, in memory too.
void follow_removals(Store::Inside& in) {
  std::unordered_set<std::string> here;
  SQLite::Statement& get = in.use("SELECT id FROM attendee");
  while (get.executeStep()) here.insert(get.getColumn(0).getString());
  get.reset();
  in.search.index.keep_only(here);
}

void follow(Store::Inside& in) {
  const State now = state_of(in);
  if (!in.search.loaded || now.stamp - in.search.stamp > kMostFollowed || now.stamp < in.search.stamp) {
    load(in);
    return;
  }
  if (now.removals != in.search.removals) follow_removals(in);
  in.search.removals = now.removals;
  if (now.stamp == in.search.stamp) return;
  std::vector<std::string> changed;
  SQLite::Statement& get = in.use("SELECT id FROM attendee WHERE words_at > ?");
  get.bind(1, in.search.stamp);
  while (get.executeStep()) changed.push_back(get.getColumn(0).getString());
  get.reset();
  for (const std::string& attendee : changed) {
    SQLite::Statement& words = in.use("SELECT kind, word FROM search_word WHERE attendee = ?");
    words.bind(1, attendee);
    std::vector<SearchWord> list;
    while (words.executeStep()) {
      list.push_back(
          {static_cast<SearchWord::Kind>(words.getColumn(0).getUInt()), words.getColumn(1).getString()});
    }
    words.reset();
    in.search.index.put(attendee, list);
  }
  in.search.stamp = now.stamp;
}

}  // namespace

std::set<SearchWord> fold(Store::Inside& in, const Attendee& attendee) {
  return folding_of(in).words(attendee);
}

void put_words(Store::Inside& in, const std::string& attendee, const std::set<SearchWord>& words) {
  SQLite::Statement& forget = in.use("DELETE FROM search_word WHERE attendee = ?");
  forget.bind(1, attendee);
  forget.exec();
  for (const SearchWord& word : words) {
    SQLite::Statement& add =
        in.use("INSERT OR IGNORE INTO search_word (kind, word, attendee) VALUES (?, ?, ?)");
    add.bind(1, static_cast<int>(word.kind));
    add.bind(2, word.text);
    add.bind(3, attendee);
    add.exec();
  }
  in.use("UPDATE search_state SET stamp = stamp + 1").exec();
  SQLite::Statement& note =
      in.use("UPDATE attendee SET words_at = (SELECT stamp FROM search_state) WHERE id = ?");
  note.bind(1, attendee);
  note.exec();
}

Expected<void> Store::keep_search_current() {
  return guarded("following the roster", [&]() -> Expected<void> {
    if (in_->setting("withdrawn")) {
      in_->search = {};
      return {};
    }
    fold_unfolded(*in_, kFoldedAtOnce);
    if (in_->search.loaded) follow(*in_);
    return {};
  });
}

Expected<std::vector<Attendee>> Store::search(std::string_view query, std::size_t most) {
  return guarded("searching", [&]() -> Expected<std::vector<Attendee>> {
    const auto readings = folding_of(*in_).readings(query);
    std::vector<Attendee> hits;
    if (readings.empty()) return hits;
    fold_unfolded(*in_, kFoldedForSearch);
    follow(*in_);
    for (const std::string& id : in_->search.index.find(readings, std::min(most, kMaxSearchHits))) {
      SQLite::Statement& get = in_->use("SELECT record FROM attendee WHERE id = ?");
      get.bind(1, id);
      std::optional<std::string> record;
      if (get.executeStep()) record = get.getColumn(0).getString();
      get.reset();
      if (!record) continue;  // gone since
      auto attendee = parse_attendee(*record);
      if (attendee) hits.push_back(std::move(*attendee));  // one that is damaged hides no others
    }
    return hits;
  });
}

}  // namespace lanyard::sync
