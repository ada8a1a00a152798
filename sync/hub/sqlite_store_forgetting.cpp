// The SQLite store: people who are erased, and events that are purged.
#include "sync/hub/sqlite_store.hpp"

namespace lanyard::sync::hub {

// A transaction of SQLite's that writes has nobody beside it.
Expected<Forgetting> SqliteStore::forgetting() {
  return guarded("looking for what is forgotten", [&]() -> Expected<Forgetting> {
    Query get = query("SELECT EXISTS (SELECT 1 FROM pseudonym), EXISTS (SELECT 1 FROM purge)");
    if (!get.next()) return Forgetting{};
    return Forgetting{get.number(0) != 0, get.number(1) != 0};
  });
}

Expected<std::vector<Fingerprint>> SqliteStore::credentials_of(std::string_view attendee) {
  return guarded("reading credentials", [&]() -> Expected<std::vector<Fingerprint>> {
    std::vector<Fingerprint> prints;
    Query get = query("SELECT fingerprint FROM credential WHERE attendee = ?", attendee);
    while (get.next()) prints.push_back(get.bytes<16>(0));
    return prints;
  });
}

Expected<std::optional<std::string>> SqliteStore::pseudonym(const Fingerprint& of_id) {
  return guarded("looking for somebody erased", [&]() -> Expected<std::optional<std::string>> {
    Query get = query("SELECT pseudonym FROM pseudonym WHERE subject = ?", of_id);
    if (!get.next()) return std::nullopt;
    return get.text(0);
  });
}

Expected<void> SqliteStore::put_pseudonym(const Fingerprint& of_id, std::string_view pseudonym,
                                          std::string_view category) {
  return guarded("writing a pseudonym", [&]() -> Expected<void> {
    query("INSERT OR REPLACE INTO pseudonym (subject, pseudonym, category, version) VALUES (?, ?, ?, ?)",
          of_id, pseudonym, category, next_version())
        .run();
    return {};
  });
}

Expected<void> SqliteStore::forget_attendee(std::string_view id) {
  return guarded("erasing an attendee", [&]() -> Expected<void> {
    query("DELETE FROM attendee WHERE id = ?", id).run();
    query("DELETE FROM credential WHERE attendee = ?", id).run();
    return {};
  });
}

Expected<std::vector<std::string>> SqliteStore::ids_of_people(const PeopleMark& since) {
  return guarded("reading who is known", [&]() -> Expected<std::vector<std::string>> {
    std::vector<std::string> ids;
    Query get = query(
        "SELECT id FROM attendee WHERE version > ?1"
        " UNION SELECT attendee FROM journal WHERE hub_seq > ?2 AND attendee <> ''"
        " UNION SELECT json_extract(record, '$.related') FROM journal"
        " WHERE hub_seq > ?2 AND instr(record, '\"related\"') > 0"
        " UNION SELECT json_extract(record, '$.operator') FROM journal"
        " WHERE hub_seq > ?2 AND instr(record, '\"operator\"') > 0",
        since.version, since.row);
    while (get.next()) {
      if (!get.column(0).isNull()) ids.push_back(get.text(0));
    }
    return ids;
  });
}

Expected<std::map<std::string, std::string>> SqliteStore::pseudonyms() {
  return guarded("reading the pseudonyms", [&]() -> Expected<std::map<std::string, std::string>> {
    std::map<std::string, std::string> all;
    Query get = query("SELECT pseudonym, max(category) FROM pseudonym GROUP BY pseudonym");
    while (get.next()) all.emplace(get.text(0), get.text(1));
    return all;
  });
}

Expected<std::vector<FeedRow>> SqliteStore::rows_saying(std::string_view text, std::int64_t after,
                                                        std::size_t most) {
  return guarded("looking through the journal", [&] {
    Query get = query(
        "SELECT record, hub_seq FROM journal WHERE hub_seq > ? AND instr(record, ?) > 0 ORDER BY hub_seq "
        "LIMIT ?",
        after, text, static_cast<std::int64_t>(most));
    return read_feed(get);
  });
}

Expected<void> SqliteStore::mark_erased(std::string_view device, std::uint64_t seq, std::uint64_t erasure) {
  return guarded("marking a row", [&]() -> Expected<void> {
    query("INSERT OR REPLACE INTO erased_row (device, seq, erasure) VALUES (?, ?, ?)", device,
          static_cast<std::int64_t>(seq), static_cast<std::int64_t>(erasure))
        .run();
    return {};
  });
}

Expected<std::optional<std::uint64_t>> SqliteStore::erasure_of(std::string_view device, std::uint64_t seq) {
  return guarded("looking up an erasure", [&]() -> Expected<std::optional<std::uint64_t>> {
    Query get = query("SELECT erasure FROM erased_row WHERE device = ? AND seq = ?", device,
                      static_cast<std::int64_t>(seq));
    if (!get.next()) return std::nullopt;
    return static_cast<std::uint64_t>(get.number(0));
  });
}

Expected<void> SqliteStore::replace_row(const JournalRow& left) {
  return guarded("erasing a row", [&]() -> Expected<void> {
    query("UPDATE journal SET attendee = ?, record = ? WHERE device = ? AND seq = ?", left.attendee,
          to_json(left), left.device, static_cast<std::int64_t>(left.seq))
        .run();
    return {};
  });
}

Expected<std::vector<std::uint64_t>> SqliteStore::erasures() {
  return guarded("reading the erasures", [&]() -> Expected<std::vector<std::uint64_t>> {
    std::vector<std::uint64_t> all;
    Query get = query("SELECT DISTINCT erasure FROM erased_row ORDER BY erasure");
    while (get.next()) all.push_back(static_cast<std::uint64_t>(get.number(0)));
    return all;
  });
}

Expected<std::vector<JournalRow>> SqliteStore::rows_erased_by(std::uint64_t erasure) {
  return guarded("reading erased rows", [&] {
    Query get = query(
        "SELECT j.record FROM erased_row e JOIN journal j ON j.device = e.device AND j.seq = e.seq"
        " WHERE e.erasure = ? ORDER BY e.device, e.seq",
        static_cast<std::int64_t>(erasure));
    return read_rows(get);
  });
}

Expected<void> SqliteStore::clear_set_aside(std::string_view device, std::uint64_t seq) {
  return guarded("erasing a row set aside", [&]() -> Expected<void> {
    query("UPDATE set_aside SET record = '' WHERE device = ? AND seq = ?", device,
          static_cast<std::int64_t>(seq))
        .run();
    return {};
  });
}

Expected<void> SqliteStore::purge(const Purge& purge, const std::vector<PurgedChain>& chains,
                                  std::string_view epoch, const FingerprintKey& key) {
  return guarded("purging", [&]() -> Expected<void> {
    query("INSERT OR REPLACE INTO purge (only, at, report) VALUES (1, ?, ?)", ms_of(purge.at), purge.report)
        .run();
    for (const PurgedChain& chain : chains) {
      query("INSERT OR REPLACE INTO purged_chain (device, seq, hash) VALUES (?, ?, ?)", chain.device,
            static_cast<std::int64_t>(chain.end.seq), chain.end.hash)
          .run();
    }
    for (const char* sql :
         {"DELETE FROM journal", "DELETE FROM set_aside", "DELETE FROM erased_row", "DELETE FROM pseudonym",
          "DELETE FROM attendee", "DELETE FROM credential", "DELETE FROM alert_raised",
          "DELETE FROM wrong_code", "UPDATE device SET code_hash = NULL, code_until = NULL"}) {
      query(sql).run();
    }
    query("UPDATE hub SET epoch = ?, fingerprint_key = ?", epoch, key).run();
    (void)next_version();
    return {};
  });
}

Expected<std::optional<Purge>> SqliteStore::purged() {
  return guarded("looking for a purge", [&]() -> Expected<std::optional<Purge>> {
    Query get = query("SELECT at, report FROM purge");
    if (!get.next()) return std::nullopt;
    return Purge{time_of(get.number(0)), get.text(1)};
  });
}

// What is deleted is overwritten with zeros (secure_delete, sqlite_file.cpp), page by page, in the log first:
// the log has the earlier pages too until it is emptied. But where SQLite has moved rows from page to page
// before, copies of them may lie in what is free of a page: so the file is written anew, also for one person.
Expected<void> SqliteStore::overwrite_deleted(bool /*all*/) {
  return guarded("writing over what was deleted", [&]() -> Expected<void> {
    prepared_.clear();
    db_->exec("VACUUM");
    SQLite::Statement empty(*db_, "PRAGMA wal_checkpoint(TRUNCATE)");
    if (empty.executeStep() && empty.getColumn(0).getInt() == 0) return {};
    return fail(
        Error::Kind::storage,
        "another program is reading the hub's file, so that its log was not emptied: stop it, and say this"
        " again");
  });
}

}  // namespace lanyard::sync::hub
