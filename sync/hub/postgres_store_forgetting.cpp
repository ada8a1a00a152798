// The PostgreSQL store: people who are erased, and events that are purged.
#include <array>

#include "sync/hub/postgres_store.hpp"

namespace lanyard::sync::hub {

namespace {

Expected<std::vector<FeedRow>> read_feed(const PostgresAnswer& from) {
  std::vector<FeedRow> rows;
  rows.reserve(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    auto row = readable(parse_row(from.text(i, 0)));
    if (!row) return tl::make_unexpected(row.error().within("a row of the journal"));
    rows.push_back({from.number(i, 1), std::move(*row)});
  }
  return rows;
}

}  // namespace

// Two statements: what the second sees begins when the lock is held.
Expected<Forgetting> PostgresStore::forgetting() {
  return reading("looking for what is forgotten", [&]() -> Expected<Forgetting> {
    if (link_.in_transaction())
      (void)query("SELECT pg_advisory_xact_lock_shared(hashtextextended('forget/' || $1, 0))::text");
    const PostgresAnswer get = query(
        "SELECT EXISTS (SELECT 1 FROM pseudonym WHERE event = $1)::int,"
        " EXISTS (SELECT 1 FROM purge WHERE event = $1)::int");
    return Forgetting{get.number(0, 0) != 0, get.number(0, 1) != 0};
  });
}

Expected<void> PostgresStore::hold_rows() {
  return guarded_by_link("holding the journal", [&]() -> Expected<void> {
    if (link_.in_transaction())
      (void)query("SELECT pg_advisory_xact_lock(hashtextextended('forget/' || $1, 0))::text");
    return {};
  });
}

Expected<std::vector<Fingerprint>> PostgresStore::credentials_of(std::string_view attendee) {
  return reading("reading credentials", [&]() -> Expected<std::vector<Fingerprint>> {
    const PostgresAnswer get =
        query("SELECT fingerprint FROM credential WHERE event = $1 AND attendee = $2", attendee);
    std::vector<Fingerprint> prints;
    for (std::size_t i = 0; i < get.size(); ++i) prints.push_back(get.bytes<16>(i, 0));
    return prints;
  });
}

Expected<std::optional<std::string>> PostgresStore::pseudonym(const Fingerprint& of_id) {
  return reading("looking for somebody erased", [&]() -> Expected<std::optional<std::string>> {
    const PostgresAnswer get =
        query("SELECT pseudonym FROM pseudonym WHERE event = $1 AND subject = $2", of_id);
    if (get.empty()) return std::nullopt;
    return get.text(0, 0);
  });
}

Expected<std::map<Fingerprint, std::string>> PostgresStore::pseudonyms_of(
    const std::vector<Fingerprint>& ids) {
  return reading("looking for people erased", [&]() -> Expected<std::map<Fingerprint, std::string>> {
    std::vector<std::string> subjects;
    for (const Fingerprint& id : ids) subjects.push_back(bytea_text(id.data(), id.size()));
    const PostgresAnswer get =
        query("SELECT subject, pseudonym FROM pseudonym WHERE event = $1 AND subject = ANY ($2::bytea[])",
              subjects);
    std::map<Fingerprint, std::string> known;
    for (std::size_t i = 0; i < get.size(); ++i) known.emplace(get.bytes<16>(i, 0), get.text(i, 1));
    return known;
  });
}

Expected<void> PostgresStore::put_pseudonym(const Fingerprint& of_id, std::string_view pseudonym,
                                            std::string_view category) {
  return writing("writing a pseudonym", [&]() -> Expected<void> {
    (void)query(
        "INSERT INTO pseudonym (event, subject, pseudonym, category, version) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (event, subject) DO UPDATE SET pseudonym = excluded.pseudonym, category = "
        "excluded.category, version = excluded.version",
        of_id, pseudonym, category, next_version());
    return {};
  });
}

Expected<void> PostgresStore::forget_attendee(std::string_view id) {
  return writing("erasing an attendee", [&]() -> Expected<void> {
    (void)query("DELETE FROM attendee WHERE event = $1 AND id = $2", id);
    (void)query("DELETE FROM credential WHERE event = $1 AND attendee = $2", id);
    return {};
  });
}

Expected<std::vector<std::string>> PostgresStore::ids_of_people(const PeopleMark& since) {
  return reading("reading who is known", [&]() -> Expected<std::vector<std::string>> {
    const PostgresAnswer get = query(
        "SELECT id FROM attendee WHERE event = $1 AND version > $2"
        " UNION SELECT attendee FROM journal WHERE event = $1 AND hub_seq > $3 AND attendee <> ''"
        " UNION SELECT record::json ->> 'related' FROM journal"
        " WHERE event = $1 AND hub_seq > $3 AND strpos(record, '\"related\"') > 0"
        " UNION SELECT record::json ->> 'operator' FROM journal"
        " WHERE event = $1 AND hub_seq > $3 AND strpos(record, '\"operator\"') > 0",
        since.version, since.row);
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < get.size(); ++i) {
      if (!get.is_null(i, 0)) ids.push_back(get.text(i, 0));
    }
    return ids;
  });
}

Expected<std::map<std::string, std::string>> PostgresStore::pseudonyms() {
  return reading("reading the pseudonyms", [&]() -> Expected<std::map<std::string, std::string>> {
    const PostgresAnswer get =
        query("SELECT pseudonym, max(category) FROM pseudonym WHERE event = $1 GROUP BY pseudonym");
    std::map<std::string, std::string> all;
    for (std::size_t i = 0; i < get.size(); ++i) all.emplace(get.text(i, 0), get.text(i, 1));
    return all;
  });
}

Expected<std::vector<FeedRow>> PostgresStore::rows_saying(std::string_view text, std::int64_t after,
                                                          std::size_t most) {
  return reading("looking through the journal", [&] {
    return read_feed(query(
        "SELECT record, hub_seq FROM journal WHERE event = $1 AND hub_seq > $2 AND strpos(record, $3) > 0"
        " ORDER BY hub_seq LIMIT $4",
        after, text, static_cast<std::int64_t>(most)));
  });
}

Expected<void> PostgresStore::mark_erased(std::string_view device, std::uint64_t seq, std::uint64_t erasure) {
  return writing("marking a row", [&]() -> Expected<void> {
    (void)query(
        "INSERT INTO erased_row (event, device, seq, erasure) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (event, device, seq) DO UPDATE SET erasure = excluded.erasure",
        device, static_cast<std::int64_t>(seq), static_cast<std::int64_t>(erasure));
    return {};
  });
}

Expected<std::optional<std::uint64_t>> PostgresStore::erasure_of(std::string_view device, std::uint64_t seq) {
  return reading("looking up an erasure", [&]() -> Expected<std::optional<std::uint64_t>> {
    const PostgresAnswer get =
        query("SELECT erasure FROM erased_row WHERE event = $1 AND device = $2 AND seq = $3", device,
              static_cast<std::int64_t>(seq));
    if (get.empty()) return std::nullopt;
    return static_cast<std::uint64_t>(get.number(0, 0));
  });
}

Expected<void> PostgresStore::replace_row(const JournalRow& left) {
  return writing("erasing a row", [&]() -> Expected<void> {
    (void)query("UPDATE journal SET attendee = $4, record = $5 WHERE event = $1 AND device = $2 AND seq = $3",
                left.device, static_cast<std::int64_t>(left.seq), left.attendee, to_json(left));
    return {};
  });
}

Expected<std::vector<std::uint64_t>> PostgresStore::erasures() {
  return reading("reading the erasures", [&]() -> Expected<std::vector<std::uint64_t>> {
    const PostgresAnswer get =
        query("SELECT DISTINCT erasure FROM erased_row WHERE event = $1 ORDER BY erasure");
    std::vector<std::uint64_t> all;
    for (std::size_t i = 0; i < get.size(); ++i) all.push_back(static_cast<std::uint64_t>(get.number(i, 0)));
    return all;
  });
}

Expected<std::vector<JournalRow>> PostgresStore::rows_erased_by(std::uint64_t erasure) {
  return reading("reading erased rows", [&]() -> Expected<std::vector<JournalRow>> {
    auto feed =
        read_feed(query("SELECT j.record, j.hub_seq FROM erased_row e JOIN journal j"
                        " ON j.event = e.event AND j.device = e.device AND j.seq = e.seq"
                        " WHERE e.event = $1 AND e.erasure = $2 ORDER BY e.device, e.seq",
                        static_cast<std::int64_t>(erasure)));
    if (!feed) return tl::make_unexpected(feed.error());
    std::vector<JournalRow> rows;
    rows.reserve(feed->size());
    for (FeedRow& row : *feed) rows.push_back(std::move(row.row));
    return rows;
  });
}

Expected<void> PostgresStore::clear_set_aside(std::string_view device, std::uint64_t seq) {
  return writing("erasing a row set aside", [&]() -> Expected<void> {
    (void)query("UPDATE set_aside SET record = '' WHERE event = $1 AND device = $2 AND seq = $3", device,
                static_cast<std::int64_t>(seq));
    return {};
  });
}

Expected<void> PostgresStore::purge(const Purge& purge, const std::vector<PurgedChain>& chains,
                                    std::string_view epoch, const FingerprintKey& key) {
  return writing("purging", [&]() -> Expected<void> {
    (void)query(
        "INSERT INTO purge (event, at, report) VALUES ($1, $2, $3)"
        " ON CONFLICT (event) DO UPDATE SET at = excluded.at, report = excluded.report",
        ms_of(purge.at), purge.report);
    for (const PurgedChain& chain : chains) {
      (void)query(
          "INSERT INTO purged_chain (event, device, seq, hash) VALUES ($1, $2, $3, $4)"
          " ON CONFLICT (event, device) DO UPDATE SET seq = excluded.seq, hash = excluded.hash",
          chain.device, static_cast<std::int64_t>(chain.end.seq), chain.end.hash);
    }
    for (const char* sql :
         {"DELETE FROM journal WHERE event = $1", "DELETE FROM set_aside WHERE event = $1",
          "DELETE FROM erased_row WHERE event = $1", "DELETE FROM pseudonym WHERE event = $1",
          "DELETE FROM attendee WHERE event = $1", "DELETE FROM credential WHERE event = $1",
          "DELETE FROM alert_raised WHERE event = $1", "DELETE FROM wrong_code WHERE event = $1",
          "UPDATE device SET code_hash = NULL, code_until = NULL WHERE event = $1"}) {
      (void)query(sql);
    }
    (void)query("UPDATE hub SET epoch = $2, fingerprint_key = $3 WHERE event = $1", epoch, key);
    (void)next_version();
    return {};
  });
}

Expected<std::optional<Purge>> PostgresStore::purged() {
  return reading("looking for a purge", [&]() -> Expected<std::optional<Purge>> {
    const PostgresAnswer get = query("SELECT at, report FROM purge WHERE event = $1");
    if (get.empty()) return std::nullopt;
    return Purge{time_of(get.number(0, 0)), get.text(0, 1)};
  });
}

namespace {

// Of the tables that events share, those of which a purge or an erasure deletes something: a test holds them
// to the schema.
constexpr auto kSharedWithPeople =
    std::to_array<const char*>({"attendee", "credential", "photo", "pseudonym", "erased_row", "alert_raised",
                                "wrong_code", "device", "hub", "own_key", "issuer_key"});

}  // namespace

// Dead rows stay in a table's pages until these are written anew. The event's own partitions are; tables that
// other events share would be locked for all of them meanwhile, and are where this event is alone.
Expected<void> PostgresStore::overwrite_deleted(bool all) {
  return guarded_by_link("writing over what was deleted", [&]() -> Expected<void> {
    const bool alone = link_.run_once("SELECT count(*) FROM hub").number(0, 0) <= 1;
    const std::string full = all ? "VACUUM (FULL) " : "VACUUM ";
    const std::string of_event = "_" + std::to_string(number());
    for (const char* own : {"journal", "set_aside"}) (void)link_.run_once(full + own + of_event);
    for (const char* shared : kSharedWithPeople) (void)link_.run_once((alone ? full : "VACUUM ") + shared);
    return {};
  });
}

}  // namespace lanyard::sync::hub
