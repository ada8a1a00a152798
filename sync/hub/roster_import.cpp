#include "sync/hub/roster_import.hpp"

#include <map>

#include "sync/erasure.hpp"
#include "sync/pin.hpp"

namespace lanyard::sync::hub {

namespace {

// What differs, in the words of an export.
std::vector<RosterChange::Field> fields_changed(const Attendee& before, const Attendee& after) {
  const std::vector<std::string> from = exported_cells(before);
  const std::vector<std::string> to = exported_cells(after);
  std::vector<RosterChange::Field> fields;
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] != to[i]) fields.push_back({std::string(exported_field(i)), from[i], to[i]});
  }
  if (before.pin_hash != after.pin_hash)
    fields.push_back({"pin", "", after.pin_hash.empty() ? "none" : "another"});
  return fields;
}

class Import {
 public:
  Import(HubStore& store, const RosterCsv& roster, const EventInfo& event, const FingerprintKey& key,
         bool replace)
      : store_(store), roster_(roster), event_(event), key_(key), replace_(replace) {
    for (const RosterRow& row : roster.rows) rows_.emplace(row.attendee.id, &row);
  }

  // The slow part of check_pin and pin_hash_of, before the transaction for which uploads wait: what Argon2
  // says is remembered. They are asked again inside, where what the store says counts, as does their verdict.
  void work_out_pins() {
    if (replace_) other_pins_.emplace();  // nobody else will be left
    for (const RosterRow& row : roster_.rows) {
      if (row.pin.empty()) continue;
      const auto known = store_.attendee(row.attendee.id);
      const std::string hash = known && *known ? (*known)->pin_hash : "";
      if (!known || !check_pin(row, hash)) break;
      (void)pin_hash_of(row, hash);
    }
    pins_.clear();
    other_pins_.reset();
  }

  // What is wrong with the list is gathered, so that all of it is named at once; a store that fails ends it.
  Expected<void> put_all() {
    std::vector<std::string> wrong;
    for (const RosterRow& row : roster_.rows) {
      auto put = this->put(row);
      if (put) continue;
      Error error = put.error().within("line " + std::to_string(row.line));
      if (error.kind != Error::Kind::invalid) return tl::make_unexpected(std::move(error));
      wrong.push_back(std::move(error.message));
    }
    if (wrong.empty()) return {};
    std::string all;
    for (std::size_t i = 0; i < wrong.size() && i < kMaxListedProblems; ++i)
      all += (i == 0 ? "" : "\n") + wrong[i];
    if (wrong.size() > kMaxListedProblems)
      all += "\nand " + std::to_string(wrong.size() - kMaxListedProblems) + " more";
    return fail(Error::Kind::invalid, std::move(all));
  }

  Expected<void> learn_whom_to_forget() {
    const auto forgetting = store_.forgetting();
    if (!forgetting) return tl::make_unexpected(forgetting.error());
    some_were_erased_ = forgetting->has_erased;
    if (forgetting->was_purged) {
      return fail(Error::Kind::invalid,
                  "the event was purged: another event, or the same again, needs a hub of its own");
    }
    return {};
  }

  Expected<void> count_known() {
    const auto known = store_.attendee_count();
    if (!known) return tl::make_unexpected(known.error());
    count_.known = *known;
    return {};
  }

  Expected<void> remove_unnamed() {
    return store_.each_attendee([&](const Attendee& attendee) -> Expected<void> {
      if (rows_.contains(attendee.id)) return {};
      if (auto removed = store_.remove_attendee(attendee.id); !removed) return removed;
      ++count_.removed;
      count_.changes.push_back({RosterChange::Kind::removed, attendee.id, attendee.name, {}});
      return {};
    });
  }

  [[nodiscard]] const ImportCount& count() const { return count_; }

 private:
  Expected<void> put(const RosterRow& row) {
    if (auto there = check_not_erased(row.attendee.id); !there) return there;
    const auto known = store_.attendee(row.attendee.id);
    if (!known) return tl::make_unexpected(known.error());
    Attendee attendee = *known ? completed(row.attendee, **known) : row.attendee;
    if (auto together = check_together(row, attendee); !together) return together;
    if (auto alone = check_pin(row, *known ? (*known)->pin_hash : ""); !alone) return alone;
    attendee.pin_hash = pin_hash_of(row, *known ? (*known)->pin_hash : "");
    if (!row.pin.empty() && attendee.pin_hash.empty())
      return fail(Error::Kind::storage, "there is too little memory to keep a PIN");
    const bool same = *known && **known == attendee;
    if (!same) {
      if (auto put = store_.put_attendee(attendee); !put) return put;
    }
    const auto new_credential = put_credential(row, known->has_value());
    if (!new_credential) return tl::make_unexpected(new_credential.error());
    if (same && !*new_credential) {
      ++count_.unchanged;
      return {};
    }
    count_.touched.push_back(attendee.id);
    note(*known, attendee, *new_credential);
    return {};
  }

  // As the roster completes what the list says: the list by itself has been looked at.
  Expected<void> check_together(const RosterRow& row, const Attendee& attendee) {
    const std::string& principal = attendee.companion_of;
    if (replace_ && !principal.empty() && !rows_.contains(principal) && !is_pseudonym(principal)) {
      return fail(Error::Kind::invalid,
                  "column companion_of: is of '" + principal + "', whom this list would remove");
    }
    const auto found = contradictions_in(attendee, !row.pin.empty(), event_);
    if (found.empty()) return {};
    return fail(Error::Kind::invalid,
                "column " + std::string(found[0].field) + ": " + std::string(found[0].what));
  }

  // The registration system may well have them on its list still.
  Expected<void> check_not_erased(const std::string& id) {
    if (!some_were_erased_) return {};
    const auto erased = store_.pseudonym(fingerprint(id, key_));
    if (!erased) return tl::make_unexpected(erased.error());
    if (!*erased) return {};
    return fail(Error::Kind::invalid,
                "column id: '" + id +
                    "' was erased from this event: take the line out of the list, or give a"
                    " person who has registered anew another id");
  }

  void note(const std::optional<Attendee>& before, const Attendee& after, bool new_credential) {
    if (!before) {
      ++count_.added;
      count_.changes.push_back({RosterChange::Kind::added, after.id, after.name, {}});
      return;
    }
    ++count_.changed;
    if (before->name != after.name) ++count_.renamed;
    count_.changes.push_back(
        {RosterChange::Kind::changed, after.id, after.name, fields_changed(*before, after)});
    if (new_credential) count_.changes.back().fields.push_back({"credential", "", "another"});
  }

  // A hash is salted: the one that is there stays while the PIN is the same, so that nothing has changed.
  [[nodiscard]] std::string pin_hash_of(const RosterRow& row, const std::string& known) {
    if (!roster_.columns.contains("pin")) return known;
    if (row.pin.empty()) return {};
    if (!known.empty() && fits(known, row.pin)) return known;
    std::string& made = made_[row.pin];
    if (made.empty()) made = hash_pin(row.pin);
    return made;
  }

  bool fits(const std::string& hash, const std::string& pin) {
    const auto [found, is_new] = fits_.try_emplace(std::pair(hash, pin), false);
    if (is_new) found->second = fits_pin(hash, pin);
    return found->second;
  }

  // By a PIN alone it must be plain who stands at the kiosk.
  Expected<void> check_pin(const RosterRow& row, const std::string& known) {
    if (row.pin.empty()) return {};
    const auto [other, first] = pins_.emplace(row.pin, row.attendee.id);
    if (!first)
      return fail(Error::Kind::invalid, "column pin: is that of " + std::string(other->second) + " too");
    if (!known.empty() && fits(known, row.pin)) return {};
    if (auto read = read_other_pins(); !read) return read;
    for (const auto& [id, hash] : *other_pins_) {
      if (fits(hash, row.pin)) return fail(Error::Kind::invalid, "column pin: is that of " + id + " too");
    }
    return {};
  }

  // Of those whom the file does not name. Once an import, and only if a PIN is new.
  Expected<void> read_other_pins() {
    if (other_pins_) return {};
    std::map<std::string, std::string> pins;
    auto read = store_.each_attendee([&](const Attendee& attendee) -> Expected<void> {
      if (!attendee.pin_hash.empty() && !rows_.contains(attendee.id))
        pins.emplace(attendee.id, attendee.pin_hash);
      return {};
    });
    if (!read) return read;
    other_pins_ = std::move(pins);
    return {};
  }

  // What the file has no column for stays as it is.
  Attendee completed(Attendee given, const Attendee& known) const {
    const auto keep = [&](const char* column, auto Attendee::*member) {
      if (!roster_.columns.contains(column)) given.*member = known.*member;
    };
    given.photo = known.photo;  // no list has one
    keep("name_native", &Attendee::name_native);
    keep("name_sort", &Attendee::name_sort);
    keep("badge_names", &Attendee::badge_names);
    keep("title", &Attendee::title);
    keep("organisation", &Attendee::organisation);
    keep("delegation", &Attendee::delegation);
    keep("zones", &Attendee::zones);
    keep("languages", &Attendee::languages);
    keep("access_needs", &Attendee::access_needs);
    keep("companion_of", &Attendee::companion_of);
    keep("valid_from", &Attendee::valid_from);
    keep("valid_until", &Attendee::valid_until);
    keep("other_categories", &Attendee::other_categories);
    keep("tags", &Attendee::tags);
    keep("role", &Attendee::role);
    keep("seats", &Attendee::seats);
    return given;
  }

  // True if the attendee has a credential that was not theirs before.
  Expected<bool> put_credential(const RosterRow& row, bool known_attendee) {
    if (row.credential.empty()) return false;
    const Fingerprint print = fingerprint(row.credential, key_);
    const auto known = store_.credential(print);
    if (!known) return tl::make_unexpected(known.error());
    if (*known && (*known)->attendee == row.attendee.id) return false;
    if (*known && keeps(**known)) {
      return fail(Error::Kind::invalid, "column credential: is that of " + (*known)->attendee + " already");
    }
    std::uint32_t generation = 1;
    if (known_attendee) {
      const auto alive = store_.generation(row.attendee.id);
      if (!alive) return tl::make_unexpected(alive.error());
      const auto had_one = store_.has_credential(row.attendee.id);
      if (!had_one) return tl::make_unexpected(had_one.error());
      // The first opaque text of an attendee whose badge was never reprinted is generation 1, as everybody's.
      generation = *alive == 1 && !*had_one ? 1 : *alive + 1;
    }
    if (auto put = store_.put_credential({print, row.attendee.id, generation}); !put) {
      return tl::make_unexpected(put.error());
    }
    return true;
  }

  // Does its owner stay the owner after this import?
  [[nodiscard]] bool keeps(const CredentialRecord& known) const {
    const auto owner = rows_.find(known.attendee);
    if (owner == rows_.end()) return true;
    const std::string& given = owner->second->credential;
    return given.empty() || fingerprint(given, key_) == known.fingerprint;
  }

  HubStore& store_;
  const RosterCsv& roster_;
  const EventInfo& event_;
  FingerprintKey key_;
  bool replace_;
  std::map<std::string_view, const RosterRow*> rows_;
  std::map<std::string_view, std::string_view> pins_;             // of the file, and whose they are
  std::optional<std::map<std::string, std::string>> other_pins_;  // whose, and their hashes
  std::map<std::pair<std::string, std::string>, bool> fits_;      // hash and PIN
  std::map<std::string, std::string> made_;                       // PIN, and its hash
  bool some_were_erased_{false};
  ImportCount count_;
};

}  // namespace

std::string doubt(const ImportCount& count) {
  constexpr std::size_t kFewPeople = 10;
  const auto of_known = [&](std::size_t some) {
    return std::to_string(some) + " of " + std::to_string(count.known);
  };
  if (count.removed * 10 > count.known) return of_known(count.removed) + " people would be removed";
  const std::size_t met = count.changed + count.unchanged;
  if (met >= kFewPeople && count.renamed * 2 > met) {
    return std::to_string(count.renamed) + " of " + std::to_string(met) +
           " people have another name in this list: it may be that of another event";
  }
  return {};
}

Expected<ImportCount> import_roster(HubStore& store, const RosterCsv& roster, bool replace,
                                    const std::function<Expected<void>(const ImportCount&)>& then) {
  const auto founding = store.founding();
  if (!founding) return tl::make_unexpected(founding.error());
  if (!*founding) return fail(Error::Kind::unavailable, "the hub has not been set up");
  const auto event = store.event();
  if (!event) return tl::make_unexpected(event.error());
  if (!*event) return fail(Error::Kind::invalid, "the hub has no event yet");
  Import import(store, roster, **event, (*founding)->fingerprint_key, replace);
  import.work_out_pins();
  ImportCount count;
  const auto done = store.transact([&]() -> Expected<void> {
    // In this order, which is that of an erasure.
    if (auto known = import.learn_whom_to_forget(); !known) return known;
    if (auto held = store.hold_roster(); !held) return held;
    if (auto counted = import.count_known(); !counted) return counted;
    // First, so that the credentials of those who go are free.
    if (replace) {
      if (auto removed = import.remove_unnamed(); !removed) return removed;
    }
    if (auto put = import.put_all(); !put) return put;
    const auto total = store.attendee_count();
    if (!total) return tl::make_unexpected(total.error());
    if (*total > kMaxRosterRecords) {
      return fail(Error::Kind::invalid,
                  "the roster would hold more than " + std::to_string(kMaxRosterRecords));
    }
    count = import.count();
    if (count.removed > 0) {
      if (auto dropped = store.drop_unused_photos(); !dropped) return dropped;
    }
    return then ? then(count) : Expected<void>();
  });
  if (!done) return tl::make_unexpected(done.error());
  return count;
}

}  // namespace lanyard::sync::hub
