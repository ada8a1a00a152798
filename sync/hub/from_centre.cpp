#include "sync/hub/from_centre.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "sync/chain.hpp"
#include "sync/erasure.hpp"
#include "sync/hub/erase.hpp"
#include "sync/hub/venue.hpp"
#include "sync/log.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kRecordsAtOnce = 50;  // in one transaction

Expected<Uplink> joined(HubStore& store) {
  auto uplink = store.uplink();
  if (!uplink) return tl::make_unexpected(uplink.error());
  if (!*uplink) return fail(Error::Kind::invalid, "this hub has not joined another");
  return std::move(**uplink);
}

// So many of the list in each transaction.
template <class T, class Work>
Expected<void> some_at_a_time(HubStore& store, const std::vector<T>& list, Work&& work) {
  for (std::size_t from = 0; from < list.size(); from += kRecordsAtOnce) {
    const auto some = std::span(list).subspan(from, std::min(kRecordsAtOnce, list.size() - from));
    auto done = store.transact([&]() -> Expected<void> {
      for (const T& one : some) {
        if (auto worked = work(one); !worked) return worked;
      }
      return {};
    });
    if (!done) return done;
  }
  return {};
}

}  // namespace

Expected<RosterCursor> RosterFromCentre::question() {
  if (whole_) return whole_->next;
  return joined(store_).map([](const Uplink& uplink) {
    return RosterCursor{uplink.roster_epoch, uplink.roster_version, uplink.page_version};
  });
}

Expected<void> RosterFromCentre::take(const RosterPage& page, Timestamp now) {
  const auto asked = question();
  if (!asked) return tl::make_unexpected(asked.error());
  if (auto sound = check_progress(page, asked->version); !sound) return sound;
  const auto uplink = joined(store_);
  if (!uplink) return tl::make_unexpected(uplink.error());
  if (page.from_start) whole_ = Whole{};
  if (auto taken = take_frame(page, *uplink, now); !taken) return taken;
  if (auto taken = take_erasures(store_, page.erased, now, random_); !taken) return taken;
  if (auto taken = take_people(page); !taken) return taken;
  if (auto removed = remove(page.removed); !removed) return removed;
  if (whole_ && page.more) {
    whole_->next = {page.epoch, page.next, page.version};
    return {};
  }
  if (whole_) {
    if (auto removed = remove_unnamed(); !removed) return removed;
    whole_.reset();
  }
  // An older ring was not taken (take_frame), and does not count.
  const std::int64_t keys = std::max(uplink->keys_version, page.keys ? page.keys_version : 0);
  return store_.transact(
      [&] { return store_.note_uplink_roster(page.epoch, page.next, keys, page.version); });
}

Expected<void> RosterFromCentre::take_frame(const RosterPage& page, const Uplink& uplink, Timestamp now) {
  const bool has_ring = page.keys && page.keys_version >= uplink.keys_version;
  if (page.keys && !has_ring) {
    log::warn("the centre's key ring is older ({}) than ours ({}): ours is kept; was the centre restored?",
              page.keys_version, uplink.keys_version);
  }
  if (!page.event && page.checkpoints.empty() && !has_ring) return {};
  return store_.transact([&]() -> Expected<void> {
    if (auto held = store_.hold_roster(); !held) return held;
    const auto event = store_.event();
    if (!event) return tl::make_unexpected(event.error());
    const auto checkpoints = store_.checkpoints();
    if (!checkpoints) return tl::make_unexpected(checkpoints.error());
    if (page.event && *event && page.event->id != (*event)->id) {
      return fail(Error::Kind::invalid, "the centre is of another event, " + page.event->id);
    }
    const auto& whose = page.event ? page.event : *event;
    if (whose) {
      const auto& list = page.checkpoints.empty() ? *checkpoints : page.checkpoints;
      if (auto set = store_.set_event(*whose, list); !set) return set;
    }
    return has_ring ? take_ring(*page.keys, now) : Expected<void>();
  });
}

// The centre's word counts for all keys but the venue's own and its kiosks': of those the venue knows first.
Expected<void> RosterFromCentre::take_ring(const KeyRing& keys, Timestamp now) {
  const auto founding = store_.founding();
  if (!founding) return tl::make_unexpected(founding.error());
  if (!*founding) return fail(Error::Kind::invalid, "the hub has not been set up");
  const auto ring = store_.ring();
  if (!ring) return tl::make_unexpected(ring.error());
  const std::string& self = (*founding)->name;
  RingChange change;
  for (const RingKey& held : ring->keys) {
    if (held.is_own || is_under(held.key.issuer, self)) continue;
    if (std::ranges::find(keys, held.key) == keys.end()) change.dropped.push_back(held.key.key);
  }
  for (const IssuerKey& wanted : keys) {
    if (is_under(wanted.issuer, self)) continue;
    if (std::ranges::find(ring->keys, wanted, &RingKey::key) == ring->keys.end())
      change.added.push_back(wanted);
  }
  if (change.added.empty() && change.dropped.empty()) return {};
  return store_.change_ring(change, now);
}

// Whoever is erased stays so: of a centre that was restored from a backup since, the roster still has them.
Expected<void> RosterFromCentre::take_people(const RosterPage& page) {
  const auto founding = store_.founding();
  if (!founding) return tl::make_unexpected(founding.error());
  if (!*founding) return fail(Error::Kind::invalid, "the hub has not been set up");
  const FingerprintKey& key = (*founding)->fingerprint_key;
  std::vector<Fingerprint> subjects;
  for (const Attendee& attendee : page.attendees) subjects.push_back(fingerprint(attendee.id, key));
  const auto erased = store_.pseudonyms_of(subjects);
  if (!erased) return tl::make_unexpected(erased.error());
  std::map<std::string_view, std::vector<CredentialRecord>> credentials;
  for (const CredentialRecord& one : page.credentials) credentials[one.attendee].push_back(one);
  auto taken = some_at_a_time(store_, page.attendees, [&](const Attendee& attendee) -> Expected<void> {
    if (!erased->empty() && erased->contains(fingerprint(attendee.id, key))) return {};
    const auto put = store_.put_whole_attendee(attendee, credentials[attendee.id]);
    if (!put) return tl::make_unexpected(put.error());
    return {};
  });
  if (!taken) return taken;
  if (whole_) {
    for (const Attendee& attendee : page.attendees) whole_->named.insert(attendee.id);
    if (whole_->named.size() > kMaxRosterRecords)
      return fail(Error::Kind::invalid, "roster: more than " + std::to_string(kMaxRosterRecords) + " people");
  }
  return {};
}

Expected<void> RosterFromCentre::remove(const std::vector<std::string>& ids) {
  return some_at_a_time(store_, ids, [&](const std::string& id) -> Expected<void> {
    const auto known = store_.attendee(id);
    if (!known) return tl::make_unexpected(known.error());
    return *known ? store_.remove_attendee(id) : Expected<void>();
  });
}

Expected<void> RosterFromCentre::remove_unnamed() {
  constexpr std::size_t kReadAtOnce = 500;
  std::string after;
  for (;;) {
    const auto some = store_.attendees(after, kReadAtOnce);
    if (!some) return tl::make_unexpected(some.error());
    if (some->empty()) return {};
    after = some->back().id;
    std::vector<std::string> gone;
    for (const Attendee& attendee : *some) {
      if (!whole_->named.contains(attendee.id)) gone.push_back(attendee.id);
    }
    if (auto removed = remove(gone); !removed) return removed;
  }
}

namespace {

// Those of the rows that are new here, as they are to be kept; what is erased of them is vouched for.
Expected<void> take_rows_of_others(std::span<const FeedRow> rows, HubStore& store, Timestamp now,
                                   const Random& random) {
  // As uploads begin: whoever forgets people waits until these are in.
  const auto forgetting = store.forgetting();
  if (!forgetting) return tl::make_unexpected(forgetting.error());
  const auto founding = store.founding();
  if (!founding) return tl::make_unexpected(founding.error());
  std::map<std::string, std::string> pseudonyms;
  if (forgetting->has_erased && *founding) {
    std::vector<const JournalRow*> list;
    for (const FeedRow& heard : rows) list.push_back(&heard.row);
    auto known = pseudonyms_in(store, list, (*founding)->fingerprint_key);
    if (!known) return tl::make_unexpected(known.error());
    pseudonyms = std::move(*known);
  }
  std::vector<JournalRow> erased;
  for (const FeedRow& heard : rows) {
    const auto known = store.known_row(heard.row.device, heard.row.seq);
    if (!known) return tl::make_unexpected(known.error());
    if (*known) continue;
    // Of what an erasure has left, the hash is that of what was there before.
    if (!is_stub(heard.row) && chain_hash(heard.row) != heard.row.hash) {
      log::error("row {} of {}, from the centre, is not as it was written: it is left out", heard.row.seq,
                 heard.row.device);
      continue;
    }
    // The page may have been on its way while the erasure was.
    const JournalRow row = as_kept(heard.row, pseudonyms).value_or(heard.row);
    if (auto placed = store.append(row, now); !placed) return tl::make_unexpected(placed.error());
    if (row.erased) erased.push_back(row);
  }
  return vouch_for(store, erased, now, random);
}

}  // namespace

Expected<void> take_feed(const FeedPage& page, HubStore& store, Timestamp now, const Random& random) {
  for (std::size_t from = 0; from < page.rows.size(); from += kRecordsAtOnce) {
    const auto some = std::span(page.rows).subspan(from, std::min(kRecordsAtOnce, page.rows.size() - from));
    auto taken = store.transact([&] { return take_rows_of_others(some, store, now, random); });
    if (!taken) return taken;
  }
  return store.transact([&] { return store.note_uplink_feed(page.next); });
}

}  // namespace lanyard::sync::hub
