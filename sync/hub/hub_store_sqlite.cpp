// The SQLite store: the founding and the roster.
#include <algorithm>
#include <utility>

#include "sync/hub/sqlite_store.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::chrono::milliseconds kBusyPatience{
    10'000};  // an import of a whole roster holds the lock for seconds

// What many uploads change in one transaction, and the inner pages of the journal's indexes: with SQLite's 2
// MiB pages are written before their commit, and read again for the next row.
constexpr int kCacheKib = 16 * 1024;

// Set for as long as it lives.
class Flagged {
 public:
  explicit Flagged(bool& flag) : flag_(&flag) { flag = true; }
  Flagged(const Flagged&) = delete;
  Flagged& operator=(const Flagged&) = delete;
  ~Flagged() { *flag_ = false; }

 private:
  bool* flag_;
};

}  // namespace

Expected<std::unique_ptr<HubStore>> open_sqlite_store(const std::filesystem::path& data) {
  auto db = open_sqlite(data / "hub.db", hub_migrations(), kBusyPatience);
  if (!db) return tl::make_unexpected(db.error());
  const auto prepared = guarded("opening the hub's store", [&]() -> Expected<void> {
    (*db)->exec("PRAGMA cache_size = -" + std::to_string(kCacheKib));
    return {};
  });
  if (!prepared) return tl::make_unexpected(prepared.error());
  return std::make_unique<SqliteStore>(std::move(*db));
}

Expected<void> SqliteStore::transact(const std::function<Expected<void>()>& work) {
  return guarded("the hub's store", [&]() -> Expected<void> {
    appended_.reset();
    if (together_) {
      Nested one(*this);
      if (auto done = work(); !done) return done;
      one.keep();
      return {};
    }
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    {
      const Flagged within(within_);
      if (auto done = work(); !done) return done;
    }
    transaction.commit();
    return {};
  });
}

Expected<void> SqliteStore::together(const std::function<void()>& all) {
  return guarded("the hub's store", [&]() -> Expected<void> {
    SQLite::Transaction transaction(*db_, SQLite::TransactionBehavior::IMMEDIATE);
    {
      const Flagged within(within_);
      const Flagged together(together_);
      all();
    }
    // After an error for which SQLite undid everything by itself, this is the second.
    transaction.commit();
    return {};
  });
}

void SqliteStore::stay_within() {
  if (within_ && !in_transaction(*db_)) throw SQLite::Exception("the database undid all that was under way");
}

Expected<std::optional<Founding>> SqliteStore::founding() {
  return guarded("reading the founding", [&]() -> Expected<std::optional<Founding>> {
    Query get = query("SELECT epoch, signing_key, fingerprint_key, (SELECT device FROM uplink) FROM hub");
    if (!get.next()) return std::nullopt;
    Founding founding{get.text(0), get.bytes<64>(1), get.bytes<32>(2)};
    if (founding.signing_key == SecretKey{} || founding.fingerprint_key == FingerprintKey{}) {
      return fail(Error::Kind::corrupt, "the hub's keys cannot be read");
    }
    if (!get.column(3).isNull()) founding.name = get.text(3);
    return founding;
  });
}

Expected<void> SqliteStore::found(const Founding& founding, Timestamp now) {
  return guarded("founding", [&]() -> Expected<void> {
    query("INSERT INTO hub (only, epoch, signing_key, fingerprint_key, version) VALUES (1, ?, ?, ?, 0)",
          founding.epoch, founding.signing_key, founding.fingerprint_key)
        .run();
    RingChange key_one;
    key_one.own = {founding.signing_key};
    key_one.own_issuer = founding.name;
    return change_ring(key_one, now);
  });
}

Expected<std::int64_t> SqliteStore::roster_version() {
  return guarded("reading the roster's version", [&]() -> Expected<std::int64_t> {
    Query get = query("SELECT version FROM hub");
    return get.next() ? get.number(0) : 0;
  });
}

// By the database and not by a flag: what is undone with its transaction is begun again.
void SqliteStore::begin_stretch() {
  if (writer_.empty()) {
    Query draw = query("SELECT lower(hex(randomblob(16)))");
    if (draw.next()) writer_ = draw.text(0);
  }
  {
    Query begun = query("SELECT 1 FROM stretch WHERE writer = ?", writer_);
    if (begun.next()) return;
  }
  Query last = query("SELECT version, abs(random() % ?) FROM hub", kLongestLeap);
  if (!last.next()) return;
  const std::int64_t version = last.number(0);
  // The very first has nobody before it.
  const std::int64_t leap = version == 0 ? 0 : kLongestLeap + last.number(1);
  query("INSERT INTO stretch (writer, version_before, version_from) VALUES (?, ?, ?)", writer_, version,
        version + leap)
      .run();
  query("UPDATE hub SET version = ?", version + leap).run();
}

bool SqliteStore::version_was_given(std::int64_t version) {
  Query between =
      query("SELECT 1 FROM stretch WHERE ?1 > version_before AND ?1 < version_from LIMIT 1", version);
  return !between.next();
}

std::int64_t SqliteStore::next_version() {
  begin_stretch();
  Query bump = query("UPDATE hub SET version = version + 1 RETURNING version");
  const std::int64_t version = bump.next() ? bump.number(0) : 0;
  while (bump.next()) {
  }
  return version;
}

void SqliteStore::touch_frame(const char* part, std::string_view record) {
  query("INSERT OR REPLACE INTO frame (part, version, record) VALUES (?, ?, ?)", part, next_version(), record)
      .run();
}

Expected<std::optional<EventInfo>> SqliteStore::event() {
  return guarded("reading the event", [&]() -> Expected<std::optional<EventInfo>> {
    Query get = query("SELECT record FROM frame WHERE part = 'event'");
    if (!get.next()) return std::nullopt;
    return readable(parse_event(get.text(0))).map([](EventInfo found) {
      return std::optional(std::move(found));
    });
  });
}

Expected<std::vector<Checkpoint>> SqliteStore::checkpoints() {
  return guarded("reading the checkpoints", [&]() -> Expected<std::vector<Checkpoint>> {
    std::vector<Checkpoint> list;
    Query get = query("SELECT record FROM checkpoint ORDER BY position");
    while (get.next()) {
      auto checkpoint = readable(parse_checkpoint(get.text(0)));
      if (!checkpoint) return tl::make_unexpected(checkpoint.error());
      list.push_back(std::move(*checkpoint));
    }
    return list;
  });
}

Expected<void> SqliteStore::set_event(const EventInfo& event, const std::vector<Checkpoint>& checkpoints) {
  return guarded("writing the event", [&]() -> Expected<void> {
    const std::string record = to_json(event);
    std::size_t bytes = record.size();
    for (const Checkpoint& checkpoint : checkpoints) bytes += to_json(checkpoint).size();
    if (bytes > kMaxFrameBytes || checkpoints.size() > kMaxCheckpoints) {
      return fail(Error::Kind::invalid, "the event and its checkpoints are larger than the protocol carries");
    }
    keep_policies(event, checkpoints);
    if (const auto known = this->event(); !known || *known != event) touch_frame("event", record);
    if (const auto known = this->checkpoints(); known && *known == checkpoints) return {};
    query("DELETE FROM checkpoint").run();
    std::int64_t position = 0;
    for (const Checkpoint& checkpoint : checkpoints) {
      query("INSERT INTO checkpoint (id, position, record) VALUES (?, ?, ?)", checkpoint.id, ++position,
            to_json(checkpoint))
          .run();
    }
    touch_frame("checkpoints", "");
    return {};
  });
}

void SqliteStore::keep_policies(const EventInfo& event, const std::vector<Checkpoint>& checkpoints) {
  for (const Checkpoint& checkpoint : checkpoints) {
    const std::string record = to_json(policy_of(event, checkpoint));
    query("INSERT OR IGNORE INTO policy (id, record) VALUES (?, ?)", policy_id(record), record).run();
  }
}

Expected<std::optional<Policy>> SqliteStore::policy(std::string_view id) {
  return guarded("reading a policy", [&]() -> Expected<std::optional<Policy>> {
    Query get = query("SELECT record FROM policy WHERE id = ?", id);
    if (!get.next()) return std::nullopt;
    return readable(parse_policy(get.text(0))).map([](Policy found) {
      return std::optional(std::move(found));
    });
  });
}

Expected<std::optional<Attendee>> SqliteStore::attendee(std::string_view id) {
  return guarded("reading an attendee", [&]() -> Expected<std::optional<Attendee>> {
    Query get = query("SELECT record FROM attendee WHERE id = ? AND record IS NOT NULL", id);
    if (!get.next()) return std::nullopt;
    return readable(parse_attendee(get.text(0))).map([](Attendee found) {
      return std::optional(std::move(found));
    });
  });
}

Expected<std::vector<Attendee>> SqliteStore::attendees(std::string_view after_id, std::size_t most) {
  return guarded("reading the attendees", [&]() -> Expected<std::vector<Attendee>> {
    std::vector<Attendee> list;
    Query get = query("SELECT record FROM attendee WHERE id > ? AND record IS NOT NULL ORDER BY id LIMIT ?",
                      after_id, static_cast<std::int64_t>(most));
    while (get.next()) {
      auto attendee = readable(parse_attendee(get.text(0)));
      if (!attendee) return tl::make_unexpected(attendee.error());
      list.push_back(std::move(*attendee));
    }
    return list;
  });
}

Expected<std::uint64_t> SqliteStore::attendee_count() {
  return guarded("counting the attendees", [&]() -> Expected<std::uint64_t> {
    Query get = query("SELECT count(*) FROM attendee WHERE record IS NOT NULL");
    return get.next() ? static_cast<std::uint64_t>(get.number(0)) : 0;
  });
}

Expected<void> SqliteStore::put_attendee(const Attendee& attendee) {
  return guarded("writing an attendee", [&]() -> Expected<void> {
    query("INSERT OR REPLACE INTO attendee (id, version, record, photo) VALUES (?, ?, ?, ?)", attendee.id,
          next_version(), to_json(attendee), attendee.photo)
        .run();
    return {};
  });
}

Expected<void> SqliteStore::remove_attendee(std::string_view id) {
  return guarded("removing an attendee", [&]() -> Expected<void> {
    // A tombstone, so that readers hear of it: the id, and nothing about the person.
    query("UPDATE attendee SET version = ?, record = NULL, photo = '' WHERE id = ?", next_version(), id)
        .run();
    query("DELETE FROM credential WHERE attendee = ?", id).run();
    return {};
  });
}

Expected<bool> SqliteStore::put_whole_attendee(const Attendee& attendee,
                                               const std::vector<CredentialRecord>& credentials) {
  return guarded("writing an attendee", [&]() -> Expected<bool> {
    const std::string record = to_json(attendee);
    std::vector<CredentialRecord> wanted = credentials;
    std::ranges::sort(wanted, {}, &CredentialRecord::fingerprint);
    std::vector<CredentialRecord> held;
    {
      Query get =
          query("SELECT fingerprint, generation FROM credential WHERE attendee = ? ORDER BY fingerprint",
                attendee.id);
      while (get.next()) {
        held.push_back({get.bytes<16>(0), attendee.id, static_cast<std::uint32_t>(get.number(1))});
      }
    }
    if (held == wanted) {
      Query same = query("SELECT 1 FROM attendee WHERE id = ? AND record = ?", attendee.id, record);
      if (same.next()) return false;
    }
    if (auto put = put_attendee(attendee); !put) return tl::make_unexpected(put.error());
    for (const CredentialRecord& gone : held) {
      query("DELETE FROM credential WHERE fingerprint = ?", gone.fingerprint).run();
    }
    for (const CredentialRecord& one : wanted) {
      if (auto put = put_credential(one); !put) return tl::make_unexpected(put.error());
    }
    return true;
  });
}

Expected<std::optional<CredentialRecord>> SqliteStore::credential(const Fingerprint& fingerprint) {
  return guarded("reading a credential", [&]() -> Expected<std::optional<CredentialRecord>> {
    Query get = query("SELECT attendee, generation FROM credential WHERE fingerprint = ?", fingerprint);
    if (!get.next()) return std::nullopt;
    return CredentialRecord{fingerprint, get.text(0), static_cast<std::uint32_t>(get.number(1))};
  });
}

Expected<std::string> SqliteStore::holder(std::string_view attendee) {
  const auto ticket = ticket_of(attendee);
  if (!ticket) return std::string(attendee);
  return credential(*ticket).map([&](const std::optional<CredentialRecord>& known) {
    return known ? known->attendee : std::string(attendee);
  });
}

Expected<bool> SqliteStore::has_credential(std::string_view attendee) {
  return guarded("looking for a credential", [&]() -> Expected<bool> {
    return query("SELECT 1 FROM credential WHERE attendee = ? LIMIT 1", attendee).next();
  });
}

void SqliteStore::touch_attendee(std::string_view id) {
  query("UPDATE attendee SET version = ? WHERE id = ?", next_version(), id).run();
}

Expected<void> SqliteStore::put_credential(const CredentialRecord& record) {
  return guarded("writing a credential", [&]() -> Expected<void> {
    // A change of its owner, and of the one who had it before.
    std::string before;
    {
      Query get = query("SELECT attendee FROM credential WHERE fingerprint = ?", record.fingerprint);
      if (get.next()) before = get.text(0);
    }
    query("INSERT OR REPLACE INTO credential (fingerprint, attendee, generation) VALUES (?, ?, ?)",
          record.fingerprint, record.attendee, static_cast<std::int64_t>(record.generation))
        .run();
    touch_attendee(record.attendee);
    if (!before.empty() && before != record.attendee) touch_attendee(before);
    return {};
  });
}

Expected<std::uint32_t> SqliteStore::generation(std::string_view attendee) {
  return guarded("reading a generation", [&]() -> Expected<std::uint32_t> {
    Query get = query(
        "SELECT max(1, coalesce((SELECT max(generation) FROM credential WHERE attendee = ?1), 0),"
        " coalesce((SELECT max(generation) FROM journal WHERE attendee = ?1 AND attendee <> ''), 0))",
        attendee);
    return get.next() ? static_cast<std::uint32_t>(get.number(0)) : 1;
  });
}

void SqliteStore::fill_frame(RosterPage& page, std::int64_t after) {
  const auto changed = [&](const char* part) {
    Query get = query("SELECT version FROM frame WHERE part = ?", part);
    return get.next() && (page.from_start || (get.number(0) > after && get.number(0) <= page.next));
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
    Query get = query("SELECT keys_version FROM hub");
    if (get.next()) page.keys_version = get.number(0);
  }
}

// The newest: of those that were replaced long ago nobody needs to hear why they are refused.
void SqliteStore::add_credentials(RosterPage& page, const std::string& attendee) {
  Query get = query(
      "SELECT fingerprint, generation FROM credential WHERE attendee = ? ORDER BY generation DESC LIMIT ?",
      attendee, static_cast<std::int64_t>(kMaxCredentialsEach));
  while (get.next()) {
    page.credentials.push_back({get.bytes<16>(0), attendee, static_cast<std::uint32_t>(get.number(1))});
  }
}

Expected<RosterPage> SqliteStore::roster_page(std::int64_t after, std::string_view epoch, std::size_t most,
                                              std::int64_t version) {
  return guarded("reading a page of the roster", [&]() -> Expected<RosterPage> {
    // One view of all tables, while another process may be importing.
    const Nested view(*this);
    RosterPage page;
    std::int64_t newest = 0;
    {
      Query get = query("SELECT epoch, version FROM hub");
      if (!get.next()) return fail(Error::Kind::unavailable, "the hub has not been set up");
      page.epoch = get.text(0);
      newest = get.number(1);
    }
    page.version = newest;
    // A page is never newer than its roster: whoever knows that knows the cursor.
    const std::int64_t heard = std::max(after, version);
    page.from_start = after <= 0 || epoch != page.epoch || heard > newest || !version_was_given(heard);
    const std::int64_t from = page.from_start ? 0 : after;
    page.next = from;
    std::size_t bytes = 0;
    std::size_t records = 0;
    Query get = query(
        "SELECT version, id, record, NULL FROM attendee WHERE version > ?1 UNION ALL"
        " SELECT version, pseudonym, NULL, subject FROM pseudonym WHERE version > ?1 ORDER BY version LIMIT "
        "?2",
        from, static_cast<std::int64_t>(most) + 1);
    while (get.next()) {
      if (records == most || bytes > kMaxPageBytes ||
          page.credentials.size() + kMaxCredentialsEach > kMaxRosterPageRecords) {
        page.more = true;
        break;
      }
      ++records;
      page.next = get.number(0);
      if (!get.column(3).isNull()) {
        page.erased.push_back({get.bytes<16>(3), get.text(1)});
      } else if (get.column(2).isNull()) {
        page.removed.push_back(get.text(1));
      } else {
        const std::string record = get.text(2);
        bytes += record.size();
        auto attendee = readable(parse_attendee(record));
        if (!attendee) return tl::make_unexpected(attendee.error());
        add_credentials(page, attendee->id);
        page.attendees.push_back(std::move(*attendee));
      }
    }
    if (!page.more) page.next = newest;
    fill_frame(page, from);
    return page;
  });
}

}  // namespace lanyard::sync::hub
