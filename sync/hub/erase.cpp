#include "sync/hub/erase.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "sync/erasure.hpp"
#include "sync/hub/own_row.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kReadAtOnce = 500;
constexpr std::size_t kLeastWordBytes = 3;  // of a name; shorter ones stand in too many rows

std::string detail_of(std::size_t rows, const std::string& digest) {
  return std::to_string(rows) + " row(s) are erased: " + digest;
}

// As it stands in a record's JSON.
std::string in_json(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// Marks the rows, takes over those that earlier erasures of any of them vouched for, and vouches for all.
Expected<void> vouch(HubStore& store, const std::vector<JournalRow>& rows, bool replace,
                     const std::string& pseudonym, Timestamp now, const Random& random) {
  const auto self = own_chain(store);
  if (!self) return tl::make_unexpected(self.error());
  const auto end = store.chain_end(*self);
  if (!end) return tl::make_unexpected(end.error());
  const std::uint64_t erasure = end->seq + 1;
  std::set<std::uint64_t> earlier;
  for (const JournalRow& row : rows) {
    const auto before = store.erasure_of(row.device, row.seq);
    if (!before) return tl::make_unexpected(before.error());
    if (*before) earlier.insert(**before);
    if (auto marked = store.mark_erased(row.device, row.seq, erasure); !marked) return marked;
    if (!replace) continue;
    if (auto replaced = store.replace_row(row); !replaced) return replaced;
  }
  for (const std::uint64_t other : earlier) {
    const auto theirs = store.rows_erased_by(other);
    if (!theirs) return tl::make_unexpected(theirs.error());
    for (const JournalRow& row : *theirs) {
      if (auto marked = store.mark_erased(row.device, row.seq, erasure); !marked) return marked;
    }
  }
  const auto all = store.rows_erased_by(erasure);
  if (!all) return tl::make_unexpected(all.error());
  JournalRow voucher;
  voucher.kind = RowKind::alert;
  voucher.rule = std::string(kErasedRule);
  voucher.attendee = pseudonym;
  voucher.detail = detail_of(all->size(), digest_of_erased(*all));
  const auto appended = append_own_row(store, std::move(voucher), now, random);
  if (!appended) return tl::make_unexpected(appended.error());
  if (appended->seq != erasure) return fail(Error::Kind::storage, "the hub's chain went on meanwhile");
  return {};
}

class Erasing {
 public:
  // `pseudonym`: "" for the one that they have already, or a new one.
  Erasing(HubStore& store, const std::string& id, std::string pseudonym, Timestamp now, const Random& random)
      : store_(store), id_(id), now_(now), random_(random) {
    who_.pseudonym = std::move(pseudonym);
  }

  // The journal and the roster are held.
  Expected<Erasure> run() {
    for (const auto step : {&Erasing::learn, &Erasing::find_rows, &Erasing::clear_rows_set_aside,
                            &Erasing::rename_in_companions}) {
      if (auto done = (this->*step)(); !done) return tl::make_unexpected(done.error());
    }
    const bool was_erased = !known_pseudonym_.empty();
    if (!done_.on_roster && rows_.empty() && done_.set_aside == 0 && !was_erased)
      return fail(Error::Kind::invalid,
                  "nothing is known of an attendee '" + printable(id_, kMaxIdBytes) + "'");
    for (const Fingerprint& print : prints_) {
      if (auto put = store_.put_pseudonym(print, who_.pseudonym, done_.category); !put)
        return tl::make_unexpected(put.error());
    }
    // The tombstone of an earlier removal too.
    if (auto removed = store_.forget_attendee(id_); !removed) return tl::make_unexpected(removed.error());
    if (was_erased && !done_.on_roster && rows_.empty()) return done_;  // there is nothing new to vouch for
    std::vector<JournalRow> rows;
    for (auto& [place, row] : rows_) rows.push_back(std::move(row));
    if (auto vouched = vouch(store_, rows, true, who_.pseudonym, now_, random_); !vouched)
      return tl::make_unexpected(vouched.error());
    return done_;
  }

 private:
  // Who they are, under which ids and names, and under which pseudonym they will be.
  Expected<void> learn() {
    const auto founding = store_.founding();
    if (!founding) return tl::make_unexpected(founding.error());
    if (!*founding) return fail(Error::Kind::unavailable, "the hub has not been set up");
    const FingerprintKey& key = (*founding)->fingerprint_key;
    const auto attendee = store_.attendee(id_);
    if (!attendee) return tl::make_unexpected(attendee.error());
    const auto credentials = store_.credentials_of(id_);
    if (!credentials) return tl::make_unexpected(credentials.error());
    who_.ids = {id_};
    for (const Fingerprint& print : *credentials) who_.ids.push_back(ticket_subject(print));
    if (*attendee) {
      const Attendee& known = **attendee;
      who_.names = {known.name, known.name_native, known.name_sort};
      done_.on_roster = true;
      done_.category = known.category;
    }
    done_.credentials = credentials->size();
    for (const std::string& id : who_.ids) prints_.push_back(fingerprint(id, key));
    const auto before = store_.pseudonym(prints_.front());
    if (!before) return tl::make_unexpected(before.error());
    if (auto free = refuse_anothers(who_.pseudonym); !free) return free;
    if (*before) {
      known_pseudonym_ = **before;
      const auto categories = store_.pseudonyms();
      if (!categories) return tl::make_unexpected(categories.error());
      if (const auto found = categories->find(known_pseudonym_); found != categories->end() && !*attendee)
        done_.category = found->second;
    }
    if (who_.pseudonym.empty()) who_.pseudonym = known_pseudonym_;
    if (who_.pseudonym.empty()) {
      std::array<std::uint8_t, 16> bytes{};
      random_(bytes);
      who_.pseudonym = pseudonym_of(bytes);
    }
    done_.pseudonym = who_.pseudonym;
    return {};
  }

  // Two people under one pseudonym would be counted as one, and nobody could part them again.
  Expected<void> refuse_anothers(const std::string& pseudonym) {
    if (pseudonym.empty()) return {};
    const auto all = store_.pseudonyms();
    if (!all) return tl::make_unexpected(all.error());
    if (!all->contains(pseudonym)) return {};  // this hub has lost it
    const auto theirs = store_.pseudonyms_of(prints_);
    if (!theirs) return tl::make_unexpected(theirs.error());
    if (std::ranges::any_of(*theirs, [&](const auto& one) { return one.second == pseudonym; })) return {};
    return fail(Error::Kind::invalid, pseudonym + " is the pseudonym of somebody else who was erased");
  }

  [[nodiscard]] std::vector<std::string> words() const {
    std::vector<std::string> words = who_.ids;
    for (const std::string& name : who_.names) {
      if (name.size() >= kLeastWordBytes) words.push_back(in_json(name));
    }
    return words;
  }

  Expected<void> find_rows() {
    for (const std::string& word : words()) {
      std::int64_t after = 0;
      for (;;) {
        const auto some = store_.rows_saying(word, after, kReadAtOnce);
        if (!some) return tl::make_unexpected(some.error());
        if (some->empty()) break;
        after = some->back().hub_seq;
        for (const FeedRow& feed : *some) {
          if (auto left = without(feed.row, who_)) rows_[{feed.row.device, feed.row.seq}] = std::move(*left);
        }
      }
    }
    done_.rows = rows_.size();
    return {};
  }

  Expected<void> clear_rows_set_aside() {
    const auto devices = store_.devices();
    if (!devices) return tl::make_unexpected(devices.error());
    const auto all_words = words();
    for (const Device& device : *devices) {
      const auto aside = store_.rows_set_aside(device.id);
      if (!aside) return tl::make_unexpected(aside.error());
      for (const SetAside& row : *aside) {
        const bool says = std::ranges::any_of(
            all_words, [&](const std::string& word) { return row.record.find(word) != std::string::npos; });
        if (!says) continue;
        if (auto cleared = store_.clear_set_aside(device.id, row.seq); !cleared) return cleared;
        ++done_.set_aside;
      }
    }
    return {};
  }

  // A companion of nobody is let in by himself: he stays the companion of somebody who does not come.
  Expected<void> rename_in_companions() {
    return store_.each_attendee([&](const Attendee& attendee) -> Expected<void> {
      if (attendee.companion_of != id_ || attendee.id == id_) return {};
      Attendee changed = attendee;
      changed.companion_of = who_.pseudonym;
      if (auto put = store_.put_attendee(changed); !put) return put;
      done_.companions.push_back(attendee.id);
      return {};
    });
  }

  HubStore& store_;
  const std::string& id_;
  Timestamp now_;
  const Random& random_;
  Forgotten who_;
  std::string known_pseudonym_;  // of an earlier time
  std::vector<Fingerprint> prints_;
  std::map<std::pair<std::string, std::uint64_t>, JournalRow> rows_;  // as they are left
  Erasure done_;
};

// What uploads and imports read waits until the end.
Expected<void> hold_all(HubStore& store) {
  if (auto held = store.hold_rows(); !held) return held;
  return store.hold_roster();
}

}  // namespace

Expected<Erasure> erase_person(HubStore& store, const std::string& id, Timestamp now, const Random& random,
                               const std::function<Expected<void>(const Erasure&)>& then,
                               const std::string& pseudonym) {
  if (!is_id(id) || is_pseudonym(id)) return fail(Error::Kind::invalid, "this is no attendee's id");
  if (!pseudonym.empty() && !is_pseudonym(pseudonym))
    return fail(Error::Kind::invalid, "this is no pseudonym that an erasure has given");
  Erasure erasure;
  const auto done = store.transact([&]() -> Expected<void> {
    if (auto held = hold_all(store); !held) return held;
    auto erased = Erasing(store, id, pseudonym, now, random).run();
    if (!erased) return tl::make_unexpected(erased.error());
    erasure = std::move(*erased);
    if (auto dropped = store.drop_unused_photos(); !dropped) return dropped;
    return then ? then(erasure) : Expected<void>();
  });
  if (!done) return tl::make_unexpected(done.error());
  return erasure;
}

Expected<std::vector<Erasure>> take_erasures(HubStore& store, const std::vector<ErasedId>& erased,
                                             Timestamp now, const Random& random) {
  std::vector<Erasure> done;
  if (erased.empty()) return done;
  const auto taken = store.transact([&]() -> Expected<void> {
    done.clear();
    if (auto held = hold_all(store); !held) return held;
    const auto founding = store.founding();
    if (!founding) return tl::make_unexpected(founding.error());
    if (!*founding) return fail(Error::Kind::unavailable, "the hub has not been set up");
    std::map<Fingerprint, std::string> fresh;
    for (const ErasedId& one : erased) {
      const auto known = store.pseudonym(one.subject);
      if (!known) return tl::make_unexpected(known.error());
      if (*known == one.pseudonym) continue;
      fresh.emplace(one.subject, one.pseudonym);
      if (auto put = store.put_pseudonym(one.subject, one.pseudonym, ""); !put) return put;
    }
    if (fresh.empty()) return {};
    auto ids = store.ids_of_people();
    if (!ids) return tl::make_unexpected(ids.error());
    // Attendees before tickets, which are theirs.
    std::ranges::stable_partition(*ids, [](const std::string& id) { return !ticket_of(id); });
    for (const std::string& id : *ids) {
      const auto whose = fresh.find(fingerprint(id, (*founding)->fingerprint_key));
      if (whose == fresh.end()) continue;
      auto one = Erasing(store, id, whose->second, now, random).run();
      if (!one) return tl::make_unexpected(one.error());
      done.push_back(std::move(*one));
    }
    return store.drop_unused_photos();
  });
  if (!taken) return tl::make_unexpected(taken.error());
  return done;
}

Expected<std::map<std::string, std::string>> pseudonyms_in(HubStore& store,
                                                           const std::vector<const JournalRow*>& rows,
                                                           const FingerprintKey& key) {
  std::vector<Fingerprint> prints;
  std::map<std::string, Fingerprint> print_of;
  for (const JournalRow* row : rows) {
    for (std::string& id : people_in(*row)) {
      if (print_of.contains(id)) continue;
      prints.push_back(fingerprint(id, key));
      print_of.emplace(std::move(id), prints.back());
    }
  }
  const auto known = store.pseudonyms_of(prints);
  if (!known) return tl::make_unexpected(known.error());
  std::map<std::string, std::string> found;
  for (const auto& [id, print] : print_of) {
    if (const auto pseudonym = known->find(print); pseudonym != known->end())
      found.emplace(id, pseudonym->second);
  }
  return found;
}

Expected<void> vouch_for(HubStore& store, const std::vector<JournalRow>& kept, Timestamp now,
                         const Random& random) {
  if (kept.empty()) return {};
  return vouch(store, kept, false, "", now, random);
}

Expected<bool> is_vouched_for(HubStore& store, std::uint64_t erasure, const std::vector<JournalRow>& rows) {
  const auto self = own_chain(store);
  if (!self) return tl::make_unexpected(self.error());
  const auto voucher = store.rows_of_device(*self, erasure - 1, 1);
  if (!voucher) return tl::make_unexpected(voucher.error());
  if (voucher->empty()) return false;
  const JournalRow& row = voucher->front();
  return row.seq == erasure && row.rule == kErasedRule &&
         row.detail == detail_of(rows.size(), digest_of_erased(rows));
}

}  // namespace lanyard::sync::hub
