// The PostgreSQL store: the roster.
#include <algorithm>
#include <utility>

#include "sync/hub/postgres_store.hpp"

namespace lanyard::sync::hub {

namespace {

// The first cell of each row, as T.
template <class T, class Parse>
Expected<std::vector<T>> read_all(const PostgresAnswer& from, Parse&& parse) {
  std::vector<T> list;
  for (std::size_t i = 0; i < from.size(); ++i) {
    auto one = readable(parse(from.text(i, 0)));
    if (!one) return tl::make_unexpected(one.error());
    list.push_back(std::move(*one));
  }
  return list;
}
template <class T, class Parse>
Expected<std::optional<T>> read_one(const PostgresAnswer& from, Parse&& parse) {
  auto all = read_all<T>(from, std::forward<Parse>(parse));
  if (!all) return tl::make_unexpected(all.error());
  if (all->empty()) return std::nullopt;
  return std::optional(std::move(all->front()));
}

}  // namespace

Expected<void> PostgresStore::hold_roster() {
  return guarded_by_link("holding the roster", [&]() -> Expected<void> {
    if (!link_.in_transaction() || under_way_.version) return {};
    const PostgresAnswer get = query("SELECT version FROM hub WHERE event = $1 FOR UPDATE");
    under_way_.version = get.empty() ? 0 : get.number(0, 0);
    return {};
  });
}

Expected<std::int64_t> PostgresStore::roster_version() {
  return reading("reading the roster's version", [&]() -> Expected<std::int64_t> {
    if (link_.in_transaction() && under_way_.version) return *under_way_.version;
    const PostgresAnswer get = query("SELECT version FROM hub WHERE event = $1");
    return get.empty() ? 0 : get.number(0, 0);
  });
}

// Counted here while the event's row is held, and written once by the commit: PostgreSQL keeps a dead version
// of the row for each time that it is written, and would go through all of them again each time.
std::int64_t PostgresStore::next_version() {
  if (!under_way_.version) {
    const PostgresAnswer get = query("SELECT version FROM hub WHERE event = $1 FOR UPDATE");
    under_way_.version = get.empty() ? 0 : get.number(0, 0);
  }
  // Whoever holds the roster knows its version without having changed it.
  if (!under_way_.has_changed_version) begin_stretch();
  under_way_.has_changed_version = true;
  return ++*under_way_.version;
}

void PostgresStore::begin_stretch() {
  if (writer_.empty()) writer_ = link_.run("SELECT gen_random_uuid()::text", {}).text(0, 0);
  // By the database and not by a flag: what is undone with its transaction is begun again.
  if (!query("SELECT 1 FROM stretch WHERE event = $1 AND writer = $2", writer_).empty()) return;
  const std::int64_t before = *under_way_.version;
  if (before != 0) {  // the very first has nobody before it
    const PostgresAnswer draw = query("SELECT floor(random() * $2::bigint)::bigint, $1::text", kLongestLeap);
    *under_way_.version += kLongestLeap + draw.number(0, 0);
  }
  (void)query("INSERT INTO stretch (event, writer, version_before, version_from) VALUES ($1, $2, $3, $4)",
              writer_, before, *under_way_.version);
}

bool PostgresStore::version_was_given(std::int64_t version) {
  return query(
             "SELECT 1 FROM stretch WHERE event = $1 AND $2::bigint > version_before"
             " AND $2::bigint < version_from LIMIT 1",
             version)
      .empty();
}

void PostgresStore::touch_frame(const char* part, std::string_view record) {
  (void)query(
      "INSERT INTO frame (event, part, version, record) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (event, part) DO UPDATE SET version = excluded.version, record = excluded.record",
      part, next_version(), record);
}

Expected<std::optional<EventInfo>> PostgresStore::event() {
  return reading("reading the event", [&] {
    return read_one<EventInfo>(query("SELECT record FROM frame WHERE event = $1 AND part = 'event'"),
                               parse_event);
  });
}

Expected<std::vector<Checkpoint>> PostgresStore::checkpoints() {
  return reading("reading the checkpoints", [&] {
    return read_all<Checkpoint>(query("SELECT record FROM checkpoint WHERE event = $1 ORDER BY position"),
                                parse_checkpoint);
  });
}

Expected<void> PostgresStore::set_event(const EventInfo& event, const std::vector<Checkpoint>& checkpoints) {
  return writing("writing the event", [&]() -> Expected<void> {
    const std::string record = to_json(event);
    std::size_t bytes = record.size();
    for (const Checkpoint& checkpoint : checkpoints) bytes += to_json(checkpoint).size();
    if (bytes > kMaxFrameBytes || checkpoints.size() > kMaxCheckpoints) {
      return fail(Error::Kind::invalid, "the event and its checkpoints are larger than the protocol carries");
    }
    if (auto held = hold_roster(); !held) return held;
    keep_policies(event, checkpoints);
    if (const auto known = this->event(); !known || *known != event) touch_frame("event", record);
    if (const auto known = this->checkpoints(); known && *known == checkpoints) return {};
    (void)query("DELETE FROM checkpoint WHERE event = $1");
    std::int64_t position = 0;
    for (const Checkpoint& checkpoint : checkpoints) {
      (void)query("INSERT INTO checkpoint (event, id, position, record) VALUES ($1, $2, $3, $4)",
                  checkpoint.id, ++position, to_json(checkpoint));
    }
    touch_frame("checkpoints", "");
    return {};
  });
}

void PostgresStore::keep_policies(const EventInfo& event, const std::vector<Checkpoint>& checkpoints) {
  for (const Checkpoint& checkpoint : checkpoints) {
    const std::string record = to_json(policy_of(event, checkpoint));
    (void)query("INSERT INTO policy (event, id, record) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                policy_id(record), record);
  }
}

Expected<std::optional<Policy>> PostgresStore::policy(std::string_view id) {
  return reading("reading a policy", [&] {
    return read_one<Policy>(query("SELECT record FROM policy WHERE event = $1 AND id = $2", id),
                            parse_policy);
  });
}

Expected<std::optional<Attendee>> PostgresStore::attendee(std::string_view id) {
  return reading("reading an attendee", [&] {
    return read_one<Attendee>(
        query("SELECT record FROM attendee WHERE event = $1 AND id = $2 AND record IS NOT NULL", id),
        parse_attendee);
  });
}

Expected<std::vector<Attendee>> PostgresStore::attendees_of(const std::vector<std::string>& ids) {
  return reading("reading attendees", [&] {
    return read_all<Attendee>(
        query("SELECT record FROM attendee WHERE event = $1 AND id = ANY ($2::text[]) AND record IS NOT NULL",
              ids),
        parse_attendee);
  });
}

Expected<std::vector<Attendee>> PostgresStore::attendees(std::string_view after_id, std::size_t most) {
  return reading("reading the attendees", [&] {
    return read_all<Attendee>(query("SELECT record FROM attendee WHERE event = $1 AND id > $2 AND record IS"
                                    " NOT NULL ORDER BY id LIMIT $3",
                                    after_id, static_cast<std::int64_t>(most)),
                              parse_attendee);
  });
}

Expected<std::uint64_t> PostgresStore::attendee_count() {
  return reading("counting the attendees", [&]() -> Expected<std::uint64_t> {
    return static_cast<std::uint64_t>(
        query("SELECT count(*) FROM attendee WHERE event = $1 AND record IS NOT NULL").number(0, 0));
  });
}

Expected<void> PostgresStore::put_attendee(const Attendee& attendee) {
  return writing("writing an attendee", [&]() -> Expected<void> {
    (void)query(
        "INSERT INTO attendee (event, id, version, record) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (event, id) DO UPDATE SET version = excluded.version, record = excluded.record",
        attendee.id, next_version(), to_json(attendee));
    return {};
  });
}

Expected<void> PostgresStore::remove_attendee(std::string_view id) {
  return writing("removing an attendee", [&]() -> Expected<void> {
    // A tombstone, so that readers hear of it: the id, and nothing about the person.
    (void)query("UPDATE attendee SET version = $3, record = NULL WHERE event = $1 AND id = $2", id,
                next_version());
    (void)query("DELETE FROM credential WHERE event = $1 AND attendee = $2", id);
    return {};
  });
}

Expected<bool> PostgresStore::put_whole_attendee(const Attendee& attendee,
                                                 const std::vector<CredentialRecord>& credentials) {
  return writing("writing an attendee", [&]() -> Expected<bool> {
    if (auto held = hold_roster(); !held) return tl::make_unexpected(held.error());
    std::vector<CredentialRecord> wanted = credentials;
    std::ranges::sort(wanted, {}, &CredentialRecord::fingerprint);
    const PostgresAnswer get = query(
        "SELECT fingerprint, generation FROM credential WHERE event = $1 AND attendee = $2"
        " ORDER BY fingerprint",
        attendee.id);
    std::vector<CredentialRecord> held;
    for (std::size_t i = 0; i < get.size(); ++i) {
      held.push_back({get.bytes<16>(i, 0), attendee.id, static_cast<std::uint32_t>(get.number(i, 1))});
    }
    const bool same = !query("SELECT 1 FROM attendee WHERE event = $1 AND id = $2 AND record = $3",
                             attendee.id, to_json(attendee))
                           .empty();
    if (same && held == wanted) return false;
    if (auto put = put_attendee(attendee); !put) return tl::make_unexpected(put.error());
    (void)query("DELETE FROM credential WHERE event = $1 AND attendee = $2", attendee.id);
    for (const CredentialRecord& one : wanted) {
      if (auto put = put_credential(one); !put) return tl::make_unexpected(put.error());
    }
    return true;
  });
}

Expected<std::optional<CredentialRecord>> PostgresStore::credential(const Fingerprint& fingerprint) {
  return reading("reading a credential", [&]() -> Expected<std::optional<CredentialRecord>> {
    const PostgresAnswer get = query(
        "SELECT attendee, generation FROM credential WHERE event = $1 AND fingerprint = $2", fingerprint);
    if (get.empty()) return std::nullopt;
    return CredentialRecord{fingerprint, get.text(0, 0), static_cast<std::uint32_t>(get.number(0, 1))};
  });
}

Expected<std::string> PostgresStore::holder(std::string_view attendee) {
  const auto ticket = ticket_of(attendee);
  if (!ticket) return std::string(attendee);
  return credential(*ticket).map([&](const std::optional<CredentialRecord>& known) {
    return known ? known->attendee : std::string(attendee);
  });
}

Expected<bool> PostgresStore::has_credential(std::string_view attendee) {
  return reading("looking for a credential", [&]() -> Expected<bool> {
    return !query("SELECT 1 FROM credential WHERE event = $1 AND attendee = $2 LIMIT 1", attendee).empty();
  });
}

void PostgresStore::touch_attendee(std::string_view id) {
  (void)query("UPDATE attendee SET version = $3 WHERE event = $1 AND id = $2", id, next_version());
}

Expected<void> PostgresStore::put_credential(const CredentialRecord& record) {
  return writing("writing a credential", [&]() -> Expected<void> {
    // A change of its owner, and of the one who had it before.
    touch_attendee(record.attendee);
    const PostgresAnswer get =
        query("SELECT attendee FROM credential WHERE event = $1 AND fingerprint = $2", record.fingerprint);
    (void)query(
        "INSERT INTO credential (event, fingerprint, attendee, generation) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (event, fingerprint) DO UPDATE SET attendee = excluded.attendee,"
        " generation = excluded.generation",
        record.fingerprint, record.attendee, static_cast<std::int64_t>(record.generation));
    if (!get.empty() && get.text(0, 0) != record.attendee) touch_attendee(get.text(0, 0));
    return {};
  });
}

Expected<std::uint32_t> PostgresStore::generation(std::string_view attendee) {
  return reading("reading a generation", [&]() -> Expected<std::uint32_t> {
    const PostgresAnswer get = query(
        "SELECT greatest(1,"
        " (SELECT max(generation) FROM credential WHERE event = $1 AND attendee = $2),"
        " (SELECT max(generation) FROM journal WHERE event = $1 AND attendee = $2 AND attendee <> ''))",
        attendee);
    return static_cast<std::uint32_t>(get.number(0, 0));
  });
}

void PostgresStore::fill_frame(RosterPage& page, std::int64_t after) {
  const auto changed = [&](const char* part) {
    const PostgresAnswer get = query("SELECT version FROM frame WHERE event = $1 AND part = $2", part);
    return !get.empty() && (page.from_start || (get.number(0, 0) > after && get.number(0, 0) <= page.next));
  };
  if (changed("event")) {
    if (auto known = event(); known && *known) page.event = std::move(**known);
  }
  if (changed("checkpoints")) {
    if (auto known = checkpoints()) page.checkpoints = std::move(*known);
  }
  if (changed("keys")) {
    page.keys.emplace();
    for (RingKey& key : read_ring()) page.keys->push_back(std::move(key.key));
    const PostgresAnswer get = query("SELECT keys_version FROM hub WHERE event = $1");
    if (!get.empty()) page.keys_version = get.number(0, 0);
  }
}

// Of all who changed between two versions, in that order, each one's newest first: of those that were
// replaced long ago nobody needs to hear why they are refused. One question for a page, not one for each
// attendee.
std::vector<CredentialRecord> PostgresStore::credentials_between(std::int64_t after, std::int64_t until) {
  const PostgresAnswer get = query(
      "SELECT a.id, c.fingerprint, c.generation FROM attendee a CROSS JOIN LATERAL"
      " (SELECT fingerprint, generation FROM credential WHERE event = $1 AND attendee = a.id"
      "  ORDER BY generation DESC LIMIT $4) c"
      " WHERE a.event = $1 AND a.version > $2 AND a.version <= $3 AND a.record IS NOT NULL"
      " ORDER BY a.version, c.generation DESC",
      after, until, static_cast<std::int64_t>(kMaxCredentialsEach));
  std::vector<CredentialRecord> list;
  list.reserve(get.size());
  for (std::size_t i = 0; i < get.size(); ++i) {
    list.push_back({get.bytes<16>(i, 1), get.text(i, 0), static_cast<std::uint32_t>(get.number(i, 2))});
  }
  return list;
}

Expected<RosterPage> PostgresStore::roster_page(std::int64_t after, std::string_view epoch, std::size_t most,
                                                std::int64_t version) {
  return reading("reading a page of the roster", [&]() -> Expected<RosterPage> {
    // One view of all tables, while another process may be importing.
    std::optional<Open> view;
    if (!link_.in_transaction()) view.emplace(*this, PostgresLink::Sees::one_moment);
    RosterPage page;
    const PostgresAnswer hub = query("SELECT epoch, version FROM hub WHERE event = $1");
    if (hub.empty()) return fail(Error::Kind::unavailable, "the hub has not been set up");
    page.epoch = hub.text(0, 0);
    const std::int64_t newest = hub.number(0, 1);
    page.version = newest;
    // A page is never newer than its roster: whoever knows that knows the cursor.
    const std::int64_t heard = std::max(after, version);
    page.from_start = after <= 0 || epoch != page.epoch || heard > newest || !version_was_given(heard);
    const std::int64_t from = page.from_start ? 0 : after;
    page.next = from;
    std::size_t bytes = 0;
    std::size_t records = 0;
    // A limit for each: PostgreSQL would read and sort all that is behind the cursor for one of both alone.
    const PostgresAnswer get = query(
        "(SELECT version, id, record, NULL::bytea FROM attendee WHERE event = $1 AND version > $2"
        "  ORDER BY version LIMIT $3) UNION ALL"
        " (SELECT version, pseudonym, NULL, subject FROM pseudonym WHERE event = $1 AND version > $2"
        "  ORDER BY version LIMIT $3) ORDER BY version LIMIT $3",
        from, static_cast<std::int64_t>(most) + 1);
    const auto credentials = get.empty() ? std::vector<CredentialRecord>{}
                                         : credentials_between(from, get.number(get.size() - 1, 0));
    auto credential = credentials.begin();
    for (std::size_t i = 0; i < get.size(); ++i) {
      if (records == most || bytes > kMaxPageBytes ||
          page.credentials.size() + kMaxCredentialsEach > kMaxRosterPageRecords) {
        page.more = true;
        break;
      }
      ++records;
      page.next = get.number(i, 0);
      if (!get.is_null(i, 3)) {
        page.erased.push_back({get.bytes<16>(i, 3), get.text(i, 1)});
        continue;
      }
      if (get.is_null(i, 2)) {
        page.removed.push_back(get.text(i, 1));
        continue;
      }
      const std::string record = get.text(i, 2);
      bytes += record.size();
      auto attendee = readable(parse_attendee(record));
      if (!attendee) return tl::make_unexpected(attendee.error());
      for (; credential != credentials.end() && credential->attendee == get.text(i, 1); ++credential) {
        page.credentials.push_back(*credential);
      }
      page.attendees.push_back(std::move(*attendee));
    }
    if (!page.more) page.next = newest;
    fill_frame(page, from);
    return page;
  });
}

}  // namespace lanyard::sync::hub
