#include "sync/hub/erase.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sync/erasure.hpp"
#include "sync/hub/own_row.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kReadAtOnce = 500;
constexpr std::size_t kLeastWordBytes = 3;    // of a name; shorter ones stand in too many rows
constexpr std::size_t kStrangersAtOnce = 50;  // in one transaction, of whom nothing is known

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

// What is known of somebody.
struct Person {
  Forgotten who;                    // the pseudonym is that of an earlier erasure, or ""
  std::vector<Fingerprint> prints;  // of the ids
  std::string category;
  bool on_roster{false};
  std::size_t credentials{0};
};

Expected<FingerprintKey> fingerprint_key(HubStore& store) {
  const auto founding = store.founding();
  if (!founding) return tl::make_unexpected(founding.error());
  if (!*founding) return fail(Error::Kind::unavailable, "the hub has not been set up");
  return (*founding)->fingerprint_key;
}

Expected<Person> learn(HubStore& store, const std::string& id) {
  const auto key = fingerprint_key(store);
  if (!key) return tl::make_unexpected(key.error());
  const auto attendee = store.attendee(id);
  if (!attendee) return tl::make_unexpected(attendee.error());
  const auto credentials = store.credentials_of(id);
  if (!credentials) return tl::make_unexpected(credentials.error());
  Person person;
  person.who.ids = {id};
  for (const Fingerprint& print : *credentials) person.who.ids.push_back(ticket_subject(print));
  person.credentials = credentials->size();
  for (const std::string& one : person.who.ids) person.prints.push_back(fingerprint(one, *key));
  if (*attendee) {
    const Attendee& known = **attendee;
    person.who.names = {known.name, known.name_native, known.name_sort};
    person.on_roster = true;
    person.category = known.category;
  }
  const auto before = store.pseudonym(person.prints.front());
  if (!before) return tl::make_unexpected(before.error());
  if (!*before) return person;
  person.who.pseudonym = **before;
  const auto categories = store.pseudonyms();
  if (!categories) return tl::make_unexpected(categories.error());
  if (const auto found = categories->find(**before); found != categories->end() && !*attendee)
    person.category = found->second;
  return person;
}

std::vector<std::string> words_of(const Forgotten& who) {
  std::vector<std::string> words = who.ids;
  for (const std::string& name : who.names) {
    if (name.size() >= kLeastWordBytes) words.push_back(in_json(name));
  }
  return words;
}

// As they are to be left.
using RowsLeft = std::map<RowPlace, JournalRow>;

// Of the rows behind `after`.
Expected<RowsLeft> rows_of(HubStore& store, const Forgotten& who, std::int64_t after) {
  RowsLeft found;
  for (const std::string& word : words_of(who)) {
    for (std::int64_t from = after;;) {
      const auto some = store.rows_saying(word, from, kReadAtOnce);
      if (!some) return tl::make_unexpected(some.error());
      if (some->empty()) break;
      from = some->back().hub_seq;
      for (const FeedRow& feed : *some) {
        if (auto left = without(feed.row, who)) found[{feed.row.device, feed.row.seq}] = std::move(*left);
      }
    }
  }
  return found;
}

// Outside of a transaction, as it takes seconds where there are many rows.
Expected<Sought> seek(HubStore& store, const std::string& id) {
  const auto head = store.feed_head();
  if (!head) return tl::make_unexpected(head.error());
  auto person = learn(store, id);
  if (!person) return tl::make_unexpected(person.error());
  const auto rows = rows_of(store, person->who, 0);
  if (!rows) return tl::make_unexpected(rows.error());
  Sought sought{std::move(person->who.ids), std::move(person->who.names), {}, head->seq};
  for (const auto& [place, left] : *rows) sought.rows.push_back(place);
  return sought;
}

class Erasing {
 public:
  // `pseudonym`: "" for the one that they have already, or a new one. `sought`: in which rows they stand, if
  // that was looked for already, or nullptr.
  Erasing(HubStore& store, const std::string& id, std::string pseudonym, const Sought* sought, Timestamp now,
          const Random& random)
      : store_(store), id_(id), sought_(sought), now_(now), random_(random) {
    done_.pseudonym = std::move(pseudonym);
  }

  // The journal and the roster are held.
  Expected<Erasure> run() {
    for (const auto step : {&Erasing::learn_who, &Erasing::find_rows, &Erasing::clear_rows_set_aside,
                            &Erasing::rename_in_companions}) {
      if (auto done = (this->*step)(); !done) return tl::make_unexpected(done.error());
    }
    if (!done_.on_roster && rows_.empty() && done_.set_aside == 0 && !was_erased_)
      return fail(Error::Kind::invalid,
                  "nothing is known of an attendee '" + printable(id_, kMaxIdBytes) + "'");
    for (const Fingerprint& print : prints_) {
      if (auto put = store_.put_pseudonym(print, who_.pseudonym, done_.category); !put)
        return tl::make_unexpected(put.error());
    }
    // The tombstone of an earlier removal too.
    if (auto removed = store_.forget_attendee(id_); !removed) return tl::make_unexpected(removed.error());
    if (was_erased_ && !done_.on_roster && rows_.empty()) return done_;  // there is nothing new to vouch for
    std::vector<JournalRow> rows;
    for (auto& [place, row] : rows_) rows.push_back(std::move(row));
    if (auto vouched = vouch(store_, rows, true, who_.pseudonym, now_, random_); !vouched)
      return tl::make_unexpected(vouched.error());
    return done_;
  }

 private:
  // Who they are, under which ids and names, and under which pseudonym they will be.
  Expected<void> learn_who() {
    auto person = learn(store_, id_);
    if (!person) return tl::make_unexpected(person.error());
    who_ = std::move(person->who);
    prints_ = std::move(person->prints);
    done_.category = std::move(person->category);
    done_.on_roster = person->on_roster;
    done_.credentials = person->credentials;
    was_erased_ = !who_.pseudonym.empty();
    if (!done_.pseudonym.empty()) {
      if (auto free = refuse_anothers(done_.pseudonym); !free) return free;
      who_.pseudonym = done_.pseudonym;
    }
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
    const auto theirs = store_.pseudonyms_of(prints_);
    if (!theirs) return tl::make_unexpected(theirs.error());
    if (std::ranges::any_of(*theirs, [&](const auto& one) { return one.second == pseudonym; })) return {};
    const auto all = store_.pseudonyms();
    if (!all) return tl::make_unexpected(all.error());
    if (!all->contains(pseudonym)) return {};  // this hub has lost it
    return fail(Error::Kind::invalid, pseudonym + " is the pseudonym of somebody else who was erased");
  }

  // What was looked for holds if it was for the same ids and names: a row that said nothing of them then does
  // not now, as no row changes but by an erasure, and it may say less now.
  Expected<void> find_rows() {
    const bool was_sought = sought_ != nullptr && sought_->ids == who_.ids && sought_->names == who_.names;
    auto found = rows_of(store_, who_, was_sought ? sought_->until : 0);
    if (!found) return tl::make_unexpected(found.error());
    rows_ = std::move(*found);
    if (was_sought) {
      for (const auto& [device, seq] : sought_->rows) {
        const auto now = store_.rows_of_device(device, seq - 1, 1);
        if (!now) return tl::make_unexpected(now.error());
        if (now->empty() || now->front().seq != seq) continue;
        if (auto left = without(now->front(), who_)) rows_[{device, seq}] = std::move(*left);
      }
    }
    done_.rows = rows_.size();
    return {};
  }

  Expected<void> clear_rows_set_aside() {
    const auto devices = store_.devices();
    if (!devices) return tl::make_unexpected(devices.error());
    const auto all_words = words_of(who_);
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
  const Sought* sought_;
  Timestamp now_;
  const Random& random_;
  Forgotten who_;
  bool was_erased_{false};
  std::vector<Fingerprint> prints_;
  RowsLeft rows_;
  Erasure done_;  // its pseudonym is the one that was given until it is known
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
  const auto sought = seek(store, id);
  if (!sought) return tl::make_unexpected(sought.error());
  Erasure erasure;
  const auto done = store.transact([&]() -> Expected<void> {
    if (auto held = hold_all(store); !held) return held;
    auto erased = Erasing(store, id, pseudonym, &*sought, now, random).run();
    if (!erased) return tl::make_unexpected(erased.error());
    erasure = std::move(*erased);
    if (auto dropped = store.drop_unused_photos(); !dropped) return dropped;
    return then ? then(erasure) : Expected<void>();
  });
  if (!done) return tl::make_unexpected(done.error());
  return erasure;
}

Expected<ErasuresOfCentre> ErasuresOfCentre::look(HubStore& store, const std::vector<ErasedId>& erased) {
  ErasuresOfCentre erasures(store);
  std::vector<Fingerprint> subjects;
  subjects.reserve(erased.size());
  for (const ErasedId& one : erased) subjects.push_back(one.subject);
  const auto known = store.pseudonyms_of(subjects);
  if (!known) return tl::make_unexpected(known.error());
  std::vector<ErasedId> fresh;
  for (const ErasedId& one : erased) {
    const auto before = known->find(one.subject);
    if (before != known->end() && before->second == one.pseudonym) continue;
    if (erasures.ids_.emplace(one.subject, "").second) fresh.push_back(one);
  }
  if (fresh.empty()) return erasures;
  const auto key = fingerprint_key(store);
  if (!key) return tl::make_unexpected(key.error());
  erasures.key_ = *key;
  if (auto found = erasures.find_ids(); !found) return tl::make_unexpected(found.error());
  for (const auto& [subject, id] : erasures.ids_) {
    if (id.empty()) continue;
    auto sought = seek(store, id);
    if (!sought) return tl::make_unexpected(sought.error());
    erasures.sought_.emplace(id, std::move(*sought));
  }
  erasures.divide(fresh);
  return erasures;
}

// Whoever is known by himself, with their tickets; the others, of whom a pseudonym is noted, many at once.
void ErasuresOfCentre::divide(const std::vector<ErasedId>& fresh) {
  std::map<std::string_view, std::vector<ErasedId>> people;
  for (const ErasedId& one : fresh) people[one.pseudonym].push_back(one);
  std::vector<ErasedId> strangers;
  for (auto& [pseudonym, theirs] : people) {
    const bool is_known =
        std::ranges::any_of(theirs, [&](const ErasedId& one) { return !ids_.at(one.subject).empty(); });
    if (is_known) {
      parts_.push_back(std::move(theirs));
      continue;
    }
    strangers.insert(strangers.end(), theirs.begin(), theirs.end());
    if (strangers.size() < kStrangersAtOnce) continue;
    parts_.push_back(std::exchange(strangers, {}));
  }
  if (!strangers.empty()) parts_.push_back(std::move(strangers));
}

// Among all that have come since the last time.
Expected<void> ErasuresOfCentre::find_ids() {
  const auto head = store_->feed_head();
  if (!head) return tl::make_unexpected(head.error());
  const auto version = store_->roster_version();
  if (!version) return tl::make_unexpected(version.error());
  const auto come = store_->ids_of_people(found_until_);
  if (!come) return tl::make_unexpected(come.error());
  found_until_ = {head->seq, *version};
  for (const std::string& id : *come) {
    if (const auto wanted = ids_.find(fingerprint(id, key_)); wanted != ids_.end()) wanted->second = id;
  }
  return {};
}

// Nobody is missed who comes while others are erased. Of the rows of theirs, those up to `found_until_` were
// there when the ids were looked through; those behind it are looked at here, when uploads are held; and who
// uploads later finds the pseudonym. That is noted with their rows or not at all: if all were noted first,
// whoever a crash left with rows would be passed over for good.
Expected<void> ErasuresOfCentre::take_part(const std::vector<ErasedId>& part, Timestamp now,
                                           const Random& random) {
  if (auto held = hold_all(*store_); !held) return held;
  if (auto found = find_ids(); !found) return found;
  std::vector<std::pair<std::string, std::string>> known;  // id, pseudonym
  for (const ErasedId& one : part) {
    if (auto put = store_->put_pseudonym(one.subject, one.pseudonym, ""); !put) return put;
    if (const std::string& id = ids_.at(one.subject); !id.empty()) known.emplace_back(id, one.pseudonym);
  }
  if (known.empty()) return {};
  // Attendees before tickets, which are theirs.
  (void)std::stable_partition(known.begin(), known.end(),
                              [](const auto& one) { return !ticket_of(one.first); });
  for (const auto& [id, pseudonym] : known) {
    const auto sought = sought_.find(id);
    const auto erased =
        Erasing(*store_, id, pseudonym, sought == sought_.end() ? nullptr : &sought->second, now, random)
            .run();
    if (!erased) return tl::make_unexpected(erased.error());
  }
  if (auto noted = store_->note_uplink_traces(true); !noted) return noted;
  return store_->drop_unused_photos();
}

Expected<void> ErasuresOfCentre::take_some(Timestamp now, const Random& random) {
  if (is_done()) return {};
  auto taken = store_->transact([&] { return take_part(parts_[next_], now, random); });
  if (taken) ++next_;
  return taken;
}

Expected<void> take_erasures(HubStore& store, const std::vector<ErasedId>& erased, Timestamp now,
                             const Random& random) {
  auto erasures = ErasuresOfCentre::look(store, erased);
  if (!erasures) return tl::make_unexpected(erasures.error());
  while (!erasures->is_done()) {
    if (auto taken = erasures->take_some(now, random); !taken) return taken;
  }
  return {};
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
