// The PostgreSQL store: the journal of all devices.
#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "sync/hub/postgres_store.hpp"
#include "sync/order.hpp"

namespace lanyard::sync::hub {

namespace {

// Of a boot's earlier rows, so many at a time.
constexpr std::int64_t kReadBack = 200;

// Each by a lock of its own: more than one upload's rows can name. A boot that has come to know the time
// brings back all the people of its earlier rows.
constexpr std::size_t kMaxPeopleHeld = kMaxBatchRows;

Expected<JournalRow> row_of(const std::string& record) {
  auto row = parse_row(record);
  if (!row) return fail(Error::Kind::corrupt, "a row of the journal: " + row.error().message);
  return row;
}

// The first column is the record.
Expected<std::vector<JournalRow>> read_rows(const PostgresAnswer& from) {
  std::vector<JournalRow> rows;
  rows.reserve(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    auto row = row_of(from.text(i, 0));
    if (!row) return tl::make_unexpected(row.error());
    rows.push_back(std::move(*row));
  }
  return rows;
}

// The second column is `corrected`: see HubStore::moves_since.
Expected<std::vector<JournalRow>> read_placed_rows(const PostgresAnswer& from) {
  auto rows = read_rows(from);
  if (!rows) return rows;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    JournalRow& row = (*rows)[i];
    if (!row.offset_ms) row.offset_ms = from.number(i, 1) - ms_of(row.wall);
  }
  return rows;
}

}  // namespace

// As PostgreSQL reads an array of texts.
PostgresText PostgresStore::text_of(const std::vector<std::string_view>& texts) {
  std::string array = "{";
  for (std::string_view text : texts) {
    array += array.size() > 1 ? ",\"" : "\"";
    for (;;) {
      const std::size_t plain = std::min(text.find_first_of("\"\\"), text.size());
      array += text.substr(0, plain);
      if (plain == text.size()) break;
      array += '\\';
      array += text[plain];
      text.remove_prefix(plain + 1);
    }
    array += '"';
  }
  return array + "}";
}

PostgresText PostgresStore::text_of(const std::vector<std::string>& texts) {
  return text_of(std::vector<std::string_view>(texts.begin(), texts.end()));
}

PostgresText PostgresStore::text_of(const std::vector<std::int64_t>& numbers) {
  std::string array = "{";
  for (const std::int64_t number : numbers) {
    if (array.size() > 1) array += ',';
    array += std::to_string(number);
  }
  return array + "}";
}

Expected<ChainEnd> PostgresStore::chain_end(std::string_view device) {
  return reading("reading where a chain stands", [&]() -> Expected<ChainEnd> {
    lock("chain", device);
    const PostgresAnswer get = query(
        "SELECT seq, hash FROM ("
        " (SELECT seq, hash FROM journal WHERE event = $1 AND device = $2 ORDER BY seq DESC LIMIT 1) UNION "
        "ALL"
        " (SELECT seq, hash FROM set_aside WHERE event = $1 AND device = $2 ORDER BY seq DESC LIMIT 1) UNION "
        "ALL"
        " (SELECT seq, hash FROM purged_chain WHERE event = $1 AND device = $2)) ends"
        " ORDER BY seq DESC LIMIT 1",
        device);
    if (get.empty()) return ChainEnd{};
    return ChainEnd{static_cast<std::uint64_t>(get.number(0, 0)),
                    get.is_null(0, 1) ? std::nullopt : std::optional(get.bytes<32>(0, 1))};
  });
}

Expected<std::optional<KnownRow>> PostgresStore::known_row(std::string_view device, std::uint64_t seq) {
  return reading("looking up a row", [&]() -> Expected<std::optional<KnownRow>> {
    const PostgresAnswer get = query(
        "SELECT hub_seq, hash, '' FROM journal WHERE event = $1 AND device = $2 AND seq = $3 UNION ALL"
        " SELECT 0, hash, why FROM set_aside WHERE event = $1 AND device = $2 AND seq = $3 UNION ALL"
        " SELECT 0, NULL, $4 FROM purged_chain WHERE event = $1 AND device = $2 AND seq >= $3",
        device, static_cast<std::int64_t>(seq), kWasPurged);
    if (get.empty()) return std::nullopt;
    return KnownRow{get.number(0, 0), get.is_null(0, 1) ? std::nullopt : std::optional(get.bytes<32>(0, 1)),
                    get.text(0, 2)};
  });
}

Expected<std::vector<std::int64_t>> PostgresStore::append_all(std::span<const NewRow> rows,
                                                              Timestamp received) {
  if (rows.empty()) return {};
  return writing("appending rows", [&]() -> Expected<std::vector<std::int64_t>> {
    // One statement for all of them. The transaction's first number is taken otherwise: see journal_head in
    // the schema. Rows take their numbers in order, as what is volatile is evaluated behind the ORDER BY.
    constexpr const char* kAppend =
        "INSERT INTO journal AS j (event, hub_seq, device, seq, kind, attendee, generation, hash, received,"
        " record, id, corrected)"
        " SELECT $1, CASE WHEN n = 1 AND $4::boolean THEN first_number($2::int, $3::text::regclass)"
        "  ELSE nextval($3::text::regclass) END, $5, seq, kind, attendee, generation, hash, $6::bigint, "
        "record,"
        "  id, corrected"
        " FROM unnest($7::bigint[], $8::text[], $9::text[], $10::bigint[], $11::bytea[], $12::text[],"
        "  $13::text[], $14::bigint[]) WITH ORDINALITY"
        "  AS fresh (seq, kind, attendee, generation, hash, record, id, corrected, n)"
        " ORDER BY n"
        " RETURNING hub_seq, CASE WHEN j.seq = $15::bigint THEN (SELECT b.record FROM journal b"
        "  WHERE b.event = j.event AND b.device = j.device AND b.seq < j.seq ORDER BY b.seq DESC LIMIT 1) "
        "END";
    std::vector<std::int64_t> seqs;
    std::vector<std::int64_t> generations;
    std::vector<std::string> kinds;
    std::vector<std::string> attendees;
    std::vector<std::string> hashes;
    std::vector<std::string> ids;
    std::vector<std::string_view> records;
    for (const NewRow& fresh : rows) {
      const JournalRow& row = *fresh.row;
      seqs.push_back(static_cast<std::int64_t>(row.seq));
      generations.push_back(static_cast<std::int64_t>(row.generation));
      kinds.emplace_back(to_name(row.kind));
      attendees.push_back(row.attendee);
      hashes.push_back(bytea_text(row.hash.data(), row.hash.size()));
      ids.push_back(row.id);
      records.push_back(fresh.record);
    }
    const PostgresAnswer placed =
        query(kAppend, number(), numbers(), under_way_.takes_numbers ? "false" : "true",
              rows.front().row->device, ms_of(received), seqs, kinds, attendees, generations, hashes, records,
              ids, times_of_arrival(rows), seqs.front());
    under_way_.takes_numbers = true;
    std::vector<std::int64_t> places;
    for (std::size_t i = 0; i < placed.size(); ++i) places.push_back(placed.number(i, 0));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const JournalRow& row = *rows[i].row;
      const bool tells_nothing =
          i > 0 && (rows[i - 1].row->offset_ms || rows[i - 1].row->boot_id != row.boot_id);
      if (tells_nothing) continue;
      correct_earlier(row, i == 0 ? placed.cell(0, 1) : PostgresText(std::string(rows[i - 1].record)));
    }
    return places;
  });
}

std::vector<std::int64_t> PostgresStore::times_of_arrival(std::span<const NewRow> rows) {
  std::vector<std::int64_t> times;
  std::map<std::string_view, std::vector<JournalRow>> references;  // by boot: of the journal, and of `rows`
  std::map<std::string_view, const JournalRow*> first_timed;       // of `rows`, by boot
  for (const NewRow& fresh : rows) {
    const JournalRow& row = *fresh.row;
    std::span<const JournalRow> known;
    if (row.offset_ms) {
      first_timed.emplace(row.boot_id, &row);
    } else if (!row.boot_id.empty()) {
      auto found = references.find(row.boot_id);
      if (found == references.end()) {
        const PostgresAnswer get = query(
            "SELECT record FROM journal WHERE event = $1 AND device = $2 AND seq > $3"
            " AND record::json ->> 'boot_id' = $4 AND record::json ->> 'offset_ms' IS NOT NULL"
            " ORDER BY seq LIMIT 1",
            row.device, static_cast<std::int64_t>(row.seq) - kRowsOfBoot, row.boot_id);
        found = references.emplace(row.boot_id, read_rows(get).value_or(std::vector<JournalRow>())).first;
      }
      const auto timed = first_timed.find(row.boot_id);
      if (found->second.empty() && timed != first_timed.end()) found->second.push_back(*timed->second);
      known = found->second;
    }
    times.push_back(ms_of(placed_at(row, known)));
  }
  return times;
}

// A device that has come to know the hub's time tells when its rows of the same boot were.
void PostgresStore::correct_earlier(const JournalRow& reference, const PostgresText& one_before) {
  if (!reference.offset_ms || reference.boot_id.empty()) return;
  std::vector<std::int64_t> seqs;
  std::vector<std::int64_t> corrected;  // of each
  // Back to where the boot began, however long the device was cut off; mostly the one before tells all.
  std::vector<std::string> records;
  if (one_before) records.push_back(*one_before);
  for (bool more = true; more;) {
    more = !records.empty();
    for (const std::string& record : records) {
      const auto row = parse_row(record);
      if (!row || row->boot_id != reference.boot_id) {
        more = false;
        break;
      }
      if (row->offset_ms) return;  // an earlier one told already, and of one boot the first counts
      const auto at = placed_at(*row, std::span(&reference, 1));
      seqs.push_back(static_cast<std::int64_t>(row->seq));
      corrected.push_back(ms_of(at));
    }
    if (!more) break;
    const PostgresAnswer get = query(
        "SELECT record FROM journal WHERE event = $1 AND device = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4",
        reference.device, seqs.back(), kReadBack);
    records.clear();
    for (std::size_t i = 0; i < get.size(); ++i) records.push_back(get.text(i, 0));
  }
  if (seqs.empty()) return;
  (void)query(
      "UPDATE journal j SET corrected = told.at FROM unnest($3::bigint[], $4::bigint[]) AS told (seq, at)"
      " WHERE j.event = $1 AND j.device = $2 AND j.seq = told.seq",
      reference.device, seqs, corrected);
}

Expected<void> PostgresStore::set_aside(const SetAside& row, Timestamp received) {
  return writing("setting a row aside", [&]() -> Expected<void> {
    (void)query(
        "INSERT INTO set_aside (event, device, seq, hash, why, received, record)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        row.device, static_cast<std::int64_t>(row.seq), row.hash, row.why, ms_of(received), row.record);
    return {};
  });
}

Expected<std::vector<SetAside>> PostgresStore::rows_set_aside(std::string_view device) {
  return reading("reading rows set aside", [&]() -> Expected<std::vector<SetAside>> {
    std::vector<SetAside> list;
    const PostgresAnswer get = query(
        "SELECT seq, hash, why, record FROM set_aside WHERE event = $1 AND device = $2 ORDER BY seq", device);
    for (std::size_t i = 0; i < get.size(); ++i) {
      list.push_back({std::string(device), static_cast<std::uint64_t>(get.number(i, 0)),
                      get.is_null(i, 1) ? std::nullopt : std::optional(get.bytes<32>(i, 1)), get.text(i, 2),
                      get.text(i, 3)});
    }
    return list;
  });
}

std::int64_t PostgresStore::head() {
  if (number() == 0) return 0;
  return query("SELECT journal_head($1, $2, $3::text::regclass)", number(), numbers()).number(0, 0);
}

FeedCursor PostgresStore::newest_row(std::int64_t head) {
  const PostgresAnswer get = query(
      "SELECT hub_seq, hash FROM journal WHERE event = $1 AND hub_seq <= $2 ORDER BY hub_seq DESC LIMIT 1",
      head);
  return get.empty() ? FeedCursor{} : FeedCursor{get.number(0, 0), mark_of(get.bytes<32>(0, 1))};
}

bool PostgresStore::has_row_of(const FeedCursor& cursor) {
  const PostgresAnswer get = query("SELECT hash FROM journal WHERE event = $1 AND hub_seq = $2", cursor.seq);
  return !get.empty() && mark_of(get.bytes<32>(0, 0)) == cursor.mark;
}

std::int64_t PostgresStore::last_number() {
  return query("SELECT coalesce(max(hub_seq), 0) FROM journal WHERE event = $1").number(0, 0);
}

Expected<FeedCursor> PostgresStore::feed_head() {
  return reading("reading where the feed ends", [&]() -> Expected<FeedCursor> { return newest_row(head()); });
}

Expected<FeedPage> PostgresStore::feed(const FeedCursor& cursor, std::string_view without, std::size_t most) {
  return reading("reading the feed", [&]() -> Expected<FeedPage> {
    const FeedCursor newest = newest_row(head());
    // A cursor of a journal that was lost: everything again, which readers take as known.
    // The head alone does not tell: it stands back for a moment when a writer's lock names an older number.
    const bool lost =
        cursor.mark.empty() ? cursor.seq > newest.seq && cursor.seq > last_number() : !has_row_of(cursor);
    const std::int64_t after = lost ? 0 : cursor.seq;
    FeedPage page{{}, after > newest.seq ? cursor : newest, false, 0};
    if (after >= newest.seq) return page;
    const PostgresAnswer get = query(
        "SELECT record, hub_seq FROM journal WHERE event = $1 AND hub_seq > $2 AND hub_seq <= $3"
        " AND device <> $4 ORDER BY hub_seq LIMIT $5",
        after, newest.seq, without, static_cast<std::int64_t>(most) + 1);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < get.size(); ++i) {
      if (page.rows.size() == most || bytes > kMaxPageBytes) {
        page.more = true;
        const FeedRow& last = page.rows.back();
        page.next = {last.hub_seq, mark_of(last.row.hash)};
        break;
      }
      const std::string record = get.text(i, 0);
      bytes += record.size();
      auto row = row_of(record);
      if (!row) return tl::make_unexpected(row.error());
      page.rows.push_back({get.number(i, 1), std::move(*row)});
    }
    return page;
  });
}

Expected<std::vector<JournalRow>> PostgresStore::rows_of_device(std::string_view device,
                                                                std::uint64_t after_seq, std::size_t most) {
  return reading("reading a device's journal", [&] {
    return read_rows(query(
        "SELECT record FROM journal WHERE event = $1 AND device = $2 AND seq > $3 ORDER BY seq LIMIT $4",
        device, static_cast<std::int64_t>(after_seq), static_cast<std::int64_t>(most)));
  });
}

Expected<std::vector<JournalRow>> PostgresStore::rows_of_attendee(std::string_view attendee,
                                                                  std::size_t most) {
  auto rows = rows_of_attendees({std::string(attendee)}, most);
  if (!rows) return tl::make_unexpected(rows.error());
  return std::move(rows->front());
}

Expected<PostgresStore::Names> PostgresStore::names_of(const std::vector<std::string>& attendees, Hold hold) {
  std::vector<std::string> holders;
  for (const std::string& attendee : attendees) {
    auto who = holder(attendee);
    if (!who) return tl::make_unexpected(who.error());
    holders.push_back(std::move(*who));
  }
  // Of two transactions with rows of one person, the later waits, and sees the earlier's: neither would see
  // the other's while both are under way, and nobody would hear of their contradiction. (What is read of the
  // journal is read by another statement, so that it is of the time after the waiting.) All share one lock;
  // who has many people takes it alone in place of theirs: the server's table of locks is bounded, and all
  // programs share it.
  constexpr const char* kHeldTickets =
      "SELECT CASE WHEN $3::boolean THEN pg_advisory_xact_lock(hashtextextended('attendees/' || $1::text, 0))"
      "  ::text ELSE pg_advisory_xact_lock_shared(hashtextextended('attendees/' || $1::text, 0))::text END,"
      " NULL::bytea UNION ALL"
      " SELECT pg_advisory_xact_lock(hashtextextended('attendee/' || $1::text || '/' || who, 0))::text, "
      "NULL::bytea"
      " FROM unnest($2::text[]) who WHERE NOT $3::boolean UNION ALL"
      " SELECT attendee, fingerprint FROM credential WHERE event = $1::text AND attendee = ANY "
      "($2::text[])";
  constexpr const char* kTickets =
      "SELECT attendee, fingerprint FROM credential WHERE event = $1 AND attendee = ANY ($2::text[])";
  const PostgresAnswer tickets =
      hold == Hold::until_the_end && link_.in_transaction()
          ? query(kHeldTickets, holders, holders.size() > kMaxPeopleHeld ? "true" : "false")
          : query(kTickets, holders);
  std::multimap<std::string, std::string> tickets_of;
  for (std::size_t t = 0; t < tickets.size(); ++t) {
    if (tickets.is_null(t, 1)) continue;  // of a lock
    tickets_of.emplace(tickets.text(t, 0), ticket_subject(tickets.bytes<16>(t, 1)));
  }
  Names names;
  for (std::size_t i = 0; i < holders.size(); ++i) {
    names.names.push_back(holders[i]);
    const auto [first, last] = tickets_of.equal_range(holders[i]);
    for (auto ticket = first; ticket != last; ++ticket) names.names.push_back(ticket->second);
    names.places.resize(names.names.size(), std::to_string(i));
  }
  return names;
}

Expected<std::vector<std::string>> PostgresStore::those_with_several_rows(
    const std::vector<std::string>& attendees) {
  return reading("looking for rows of attendees", [&]() -> Expected<std::vector<std::string>> {
    const auto of_them = names_of(attendees, Hold::until_the_end);
    if (!of_them) return tl::make_unexpected(of_them.error());
    const PostgresAnswer get = query(
        "SELECT names.place FROM unnest($2::text[], $3::int[]) AS names (name, place)"
        " CROSS JOIN LATERAL (SELECT 1 FROM journal WHERE event = $1 AND attendee = names.name"
        "  AND attendee <> '' LIMIT 2) found"
        " GROUP BY names.place HAVING count(*) > 1 ORDER BY names.place",
        of_them->names, of_them->places);
    std::vector<std::string> those;
    for (std::size_t i = 0; i < get.size(); ++i)
      those.push_back(attendees.at(static_cast<std::size_t>(get.number(i, 0))));
    return those;
  });
}

Expected<std::vector<std::vector<JournalRow>>> PostgresStore::rows_of_attendees(
    const std::vector<std::string>& attendees, std::size_t most) {
  return reading("reading attendees' journals", [&]() -> Expected<std::vector<std::vector<JournalRow>>> {
    const auto of_them = names_of(attendees, Hold::no);
    if (!of_them) return tl::make_unexpected(of_them.error());
    const PostgresAnswer get = query(
        "SELECT found.record, found.corrected, names.place FROM unnest($2::text[], $3::int[]) WITH ORDINALITY"
        " AS names (name, place, n) CROSS JOIN LATERAL (SELECT record, corrected, hub_seq FROM journal"
        "  WHERE event = $1 AND attendee = names.name AND attendee <> '' ORDER BY hub_seq DESC LIMIT $4) "
        "found"
        " ORDER BY names.n, found.hub_seq",
        of_them->names, of_them->places, static_cast<std::int64_t>(most));
    auto rows = read_placed_rows(get);
    if (!rows) return tl::make_unexpected(rows.error());
    std::vector<std::vector<JournalRow>> list(attendees.size());
    for (std::size_t i = 0; i < rows->size(); ++i) {
      list.at(static_cast<std::size_t>(get.number(i, 2))).push_back(std::move((*rows)[i]));
    }
    return list;
  });
}

Expected<std::optional<JournalRow>> PostgresStore::row(std::string_view name) {
  return reading("looking up a row", [&]() -> Expected<std::optional<JournalRow>> {
    const auto named = read_row_name(name);
    if (!named) return std::nullopt;
    auto rows = read_rows(
        !named->place ? query("SELECT record FROM journal WHERE event = $1 AND id = $2", name)
                      : query("SELECT record FROM journal WHERE event = $1 AND device = $2 AND seq = $3",
                              named->place->first, named->place->second));
    if (!rows) return tl::make_unexpected(rows.error());
    if (rows->empty()) return std::nullopt;
    return std::move(rows->front());
  });
}

Expected<std::vector<std::optional<Timestamp>>> PostgresStore::corrected_times(
    const std::vector<std::string>& row_ids) {
  if (row_ids.empty()) return {};
  return reading("looking up rows' times", [&]() -> Expected<std::vector<std::optional<Timestamp>>> {
    const PostgresAnswer get = query(
        "SELECT found.corrected FROM unnest($2::text[]) WITH ORDINALITY AS asked (id, n)"
        " LEFT JOIN LATERAL (SELECT corrected FROM journal WHERE event = $1 AND id = asked.id LIMIT 1) found"
        "  ON true ORDER BY asked.n",
        row_ids);
    std::vector<std::optional<Timestamp>> times;
    times.reserve(get.size());
    for (std::size_t i = 0; i < get.size(); ++i)
      times.push_back(get.is_null(i, 0) ? std::nullopt : std::optional(time_of(get.number(i, 0))));
    return times;
  });
}

Expected<std::vector<JournalRow>> PostgresStore::moves_since(Timestamp when) {
  return reading("reading who came and went", [&] {
    return read_placed_rows(
        query("SELECT record, corrected FROM journal WHERE event = $1 AND kind IN ('admitted', 'exited',"
              " 'annulled') AND corrected >= $2 ORDER BY hub_seq",
              ms_of(when)));
  });
}

Expected<std::vector<FeedRow>> PostgresStore::alerts(std::int64_t after, std::size_t most) {
  return reading("reading the alerts", [&]() -> Expected<std::vector<FeedRow>> {
    const PostgresAnswer get = query(
        "SELECT record, hub_seq FROM journal WHERE event = $1 AND kind = 'alert' AND hub_seq > $2"
        " ORDER BY hub_seq LIMIT $3",
        after, static_cast<std::int64_t>(most));
    std::vector<FeedRow> rows;
    for (std::size_t i = 0; i < get.size(); ++i) {
      auto row = row_of(get.text(i, 0));
      if (!row) return tl::make_unexpected(row.error());
      rows.push_back({get.number(i, 1), std::move(*row)});
    }
    return rows;
  });
}

Expected<bool> PostgresStore::claim_alert(std::string_view subject) {
  return writing("claiming an alert", [&]() -> Expected<bool> {
    lock("chain",
         kHubDevice);  // before the subject, as all do: who claims has something to append to that chain
    return query("INSERT INTO alert_raised (event, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING", subject)
               .affected > 0;
  });
}

}  // namespace lanyard::sync::hub
