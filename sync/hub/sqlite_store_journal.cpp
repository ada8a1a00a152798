// The SQLite store: the journal of all devices.
#include <algorithm>
#include <span>
#include <utility>

#include "sync/hub/sqlite_store.hpp"
#include "sync/order.hpp"

namespace lanyard::sync::hub {

Expected<ChainEnd> SqliteStore::chain_end(std::string_view device) {
  return guarded("reading where a chain stands", [&]() -> Expected<ChainEnd> {
    ChainEnd end;
    {
      Query get = query("SELECT seq, hash FROM journal WHERE device = ? ORDER BY seq DESC LIMIT 1", device);
      if (get.next()) end = {static_cast<std::uint64_t>(get.number(0)), get.bytes<32>(1)};
    }
    Query get = query("SELECT seq, hash FROM set_aside WHERE device = ? ORDER BY seq DESC LIMIT 1", device);
    if (get.next() && std::cmp_greater(get.number(0), end.seq)) {
      end.seq = static_cast<std::uint64_t>(get.number(0));
      end.hash = get.column(1).isNull() ? std::nullopt : std::optional(get.bytes<32>(1));
    }
    if (end.seq > 0) return end;
    Query purged = query("SELECT seq, hash FROM purged_chain WHERE device = ?", device);
    if (purged.next()) {
      end = {static_cast<std::uint64_t>(purged.number(0)),
             purged.column(1).isNull() ? std::nullopt : std::optional(purged.bytes<32>(1))};
    }
    return end;
  });
}

Expected<std::optional<KnownRow>> SqliteStore::known_row(std::string_view device, std::uint64_t seq) {
  return guarded("looking up a row", [&]() -> Expected<std::optional<KnownRow>> {
    const auto number = static_cast<std::int64_t>(seq);
    {
      Query get = query("SELECT hub_seq, hash FROM journal WHERE device = ? AND seq = ?", device, number);
      if (get.next()) return KnownRow{get.number(0), get.bytes<32>(1), ""};
    }
    Query get = query("SELECT hash, why FROM set_aside WHERE device = ? AND seq = ?", device, number);
    if (get.next()) {
      return KnownRow{0, get.column(0).isNull() ? std::nullopt : std::optional(get.bytes<32>(0)),
                      get.text(1)};
    }
    Query purged = query("SELECT 1 FROM purged_chain WHERE device = ? AND seq >= ?", device, number);
    if (!purged.next()) return std::nullopt;
    return KnownRow{0, std::nullopt, std::string(kWasPurged)};
  });
}

Expected<std::vector<std::int64_t>> SqliteStore::append_all(std::span<const NewRow> rows,
                                                            Timestamp received) {
  return guarded("appending rows", [&]() -> Expected<std::vector<std::int64_t>> {
    std::vector<std::int64_t> places;
    places.reserve(rows.size());
    for (const NewRow& fresh : rows) places.push_back(append_one(fresh, received));
    return places;
  });
}

std::int64_t SqliteStore::append_one(const NewRow& fresh, Timestamp received) {
  const JournalRow& row = *fresh.row;
  const std::vector<JournalRow> references = references_of(row);
  query(
      "INSERT INTO journal (device, seq, kind, attendee, generation, hash, received, record, id, corrected)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      row.device, static_cast<std::int64_t>(row.seq), to_name(row.kind), row.attendee,
      static_cast<std::int64_t>(row.generation), row.hash, ms_of(received), fresh.record, row.id,
      ms_of(placed_at(row, references)))
      .run();
  const std::int64_t hub_seq = db_->getLastInsertRowid();
  correct_earlier(row);
  const bool is_timed = row.offset_ms.has_value();
  appended_ = {row.device, row.seq, row.boot_id, is_timed, !is_timed && references.empty()};
  return hub_seq;
}

// The row of its boot, if any, by which it is placed as long as it does not know the time itself (order.hpp).
// Of a kiosk that has not known it since it was switched on thousands may come: where each follows the other
// it is looked for once.
std::vector<JournalRow> SqliteStore::references_of(const JournalRow& row) {
  const bool none_before = appended_ && appended_->guessed && appended_->device == row.device &&
                           appended_->boot_id == row.boot_id && appended_->seq + 1 == row.seq;
  if (row.offset_ms || row.boot_id.empty() || none_before) return {};
  Query get = query(
      "SELECT record FROM journal WHERE device = ? AND seq > ? AND json_extract(record, '$.boot_id') = ?"
      " AND json_extract(record, '$.offset_ms') IS NOT NULL ORDER BY seq LIMIT 1",
      row.device, static_cast<std::int64_t>(row.seq) - kRowsOfBoot, row.boot_id);
  return read_rows(get).value_or(std::vector<JournalRow>());
}

// A device that has come to know the hub's time tells when its rows of the same boot were.
void SqliteStore::correct_earlier(const JournalRow& reference) {
  const bool follows =
      appended_ && appended_->device == reference.device && appended_->seq + 1 == reference.seq;
  const bool nothing_new = follows && (appended_->timed || appended_->boot_id != reference.boot_id);
  if (nothing_new) return;
  if (!reference.offset_ms || reference.boot_id.empty()) return;
  std::vector<std::pair<std::int64_t, Timestamp>> corrected;  // by seq
  {
    // Back to where the boot began, however long the device was cut off; mostly one row is looked at.
    Query get = query("SELECT record FROM journal WHERE device = ? AND seq < ? ORDER BY seq DESC",
                      reference.device, static_cast<std::int64_t>(reference.seq));
    while (get.next()) {
      const auto row = parse_row(get.text(0));
      if (!row || row->boot_id != reference.boot_id) break;
      if (row->offset_ms) return;  // an earlier one told already, and of one boot the first counts
      const auto at = placed_at(*row, std::span(&reference, 1));
      corrected.emplace_back(static_cast<std::int64_t>(row->seq), at);
    }
  }
  for (const auto& [seq, at] : corrected) {
    query("UPDATE journal SET corrected = ? WHERE device = ? AND seq = ?", ms_of(at), reference.device, seq)
        .run();
  }
}

Expected<void> SqliteStore::set_aside(const SetAside& row, Timestamp received) {
  return guarded("setting a row aside", [&]() -> Expected<void> {
    query("INSERT INTO set_aside (device, seq, hash, why, received, record) VALUES (?, ?, ?, ?, ?, ?)",
          row.device, static_cast<std::int64_t>(row.seq), row.hash, row.why, ms_of(received), row.record)
        .run();
    return {};
  });
}

Expected<std::vector<SetAside>> SqliteStore::rows_set_aside(std::string_view device) {
  return guarded("reading rows set aside", [&]() -> Expected<std::vector<SetAside>> {
    std::vector<SetAside> list;
    Query get = query("SELECT seq, hash, why, record FROM set_aside WHERE device = ? ORDER BY seq", device);
    while (get.next()) {
      list.push_back({std::string(device), static_cast<std::uint64_t>(get.number(0)),
                      get.column(1).isNull() ? std::nullopt : std::optional(get.bytes<32>(1)), get.text(2),
                      get.text(3)});
    }
    return list;
  });
}

Expected<std::vector<JournalRow>> SqliteStore::read_rows(Query& from) {
  std::vector<JournalRow> rows;
  while (from.next()) {
    auto row = parse_row(from.text(0));
    if (!row) return fail(Error::Kind::corrupt, "a row of the journal: " + row.error().message);
    rows.push_back(std::move(*row));
  }
  return rows;
}

Expected<std::vector<JournalRow>> SqliteStore::read_placed_rows(Query& from) {
  std::vector<JournalRow> rows;
  while (from.next()) {
    auto row = parse_row(from.text(0));
    if (!row) return fail(Error::Kind::corrupt, "a row of the journal: " + row.error().message);
    if (!row->offset_ms) row->offset_ms = from.number(1) - ms_of(row->wall);
    rows.push_back(std::move(*row));
  }
  return rows;
}

Expected<std::vector<FeedRow>> SqliteStore::read_feed(Query& from) {
  std::vector<FeedRow> rows;
  while (from.next()) {
    auto row = parse_row(from.text(0));
    if (!row) return fail(Error::Kind::corrupt, "a row of the journal: " + row.error().message);
    rows.push_back({from.number(1), std::move(*row)});
  }
  return rows;
}

FeedCursor SqliteStore::newest_row() {
  Query get = query("SELECT hub_seq, hash FROM journal ORDER BY hub_seq DESC LIMIT 1");
  return get.next() ? FeedCursor{get.number(0), mark_of(get.bytes<32>(1))} : FeedCursor{};
}

bool SqliteStore::has_row_of(const FeedCursor& cursor) {
  Query get = query("SELECT hash FROM journal WHERE hub_seq = ?", cursor.seq);
  return get.next() && mark_of(get.bytes<32>(0)) == cursor.mark;
}

Expected<FeedCursor> SqliteStore::feed_head() {
  return guarded("reading where the feed ends", [&]() -> Expected<FeedCursor> { return newest_row(); });
}

Expected<FeedPage> SqliteStore::feed(const FeedCursor& cursor, std::string_view without, std::size_t most) {
  return guarded("reading the feed", [&]() -> Expected<FeedPage> {
    const Nested view(*this);
    const FeedCursor newest = newest_row();
    // A cursor of a journal that was lost: everything again, which readers take as known.
    const bool lost = cursor.seq > newest.seq || (!cursor.mark.empty() && !has_row_of(cursor));
    const std::int64_t after = lost ? 0 : cursor.seq;
    Query get = query(
        "SELECT record, hub_seq FROM journal WHERE hub_seq > ? AND device <> ? ORDER BY hub_seq LIMIT ?",
        after, without, static_cast<std::int64_t>(most) + 1);
    FeedPage page{{}, newest, false, 0};
    std::size_t bytes = 0;
    while (get.next()) {
      if (page.rows.size() == most || bytes > kMaxPageBytes) {
        page.more = true;
        const FeedRow& last = page.rows.back();
        page.next = {last.hub_seq, mark_of(last.row.hash)};
        break;
      }
      const std::string record = get.text(0);
      bytes += record.size();
      auto row = parse_row(record);
      if (!row) return fail(Error::Kind::corrupt, "a row of the journal: " + row.error().message);
      page.rows.push_back({get.number(1), std::move(*row)});
    }
    return page;
  });
}

Expected<std::vector<JournalRow>> SqliteStore::rows_of_device(std::string_view device,
                                                              std::uint64_t after_seq, std::size_t most) {
  return guarded("reading a device's journal", [&] {
    Query get = query("SELECT record FROM journal WHERE device = ? AND seq > ? ORDER BY seq LIMIT ?", device,
                      static_cast<std::int64_t>(after_seq), static_cast<std::int64_t>(most));
    return read_rows(get);
  });
}

Expected<std::vector<std::string>> SqliteStore::names_of(std::string_view attendee) {
  auto who = holder(attendee);
  if (!who) return tl::make_unexpected(who.error());
  std::vector<std::string> names{std::move(*who)};
  Query get = query("SELECT fingerprint FROM credential WHERE attendee = ?", names.front());
  while (get.next()) names.push_back(ticket_subject(get.bytes<16>(0)));
  return names;
}

bool SqliteStore::has_several_rows(const std::vector<std::string>& names) {
  int count = 0;
  for (const std::string& name : names) {
    Query get = query("SELECT 1 FROM journal WHERE attendee = ? AND attendee <> '' LIMIT 2", name);
    while (get.next()) ++count;
  }
  return count > 1;
}

Expected<std::vector<std::string>> SqliteStore::those_with_several_rows(
    const std::vector<std::string>& attendees) {
  return guarded("looking for rows of attendees", [&]() -> Expected<std::vector<std::string>> {
    std::vector<std::string> those;
    for (const std::string& attendee : attendees) {
      const auto names = names_of(attendee);
      if (!names) return tl::make_unexpected(names.error());
      if (has_several_rows(*names)) those.push_back(attendee);
    }
    return those;
  });
}

Expected<std::vector<JournalRow>> SqliteStore::rows_of_attendee(std::string_view attendee, std::size_t most) {
  return guarded("reading an attendee's journal", [&]() -> Expected<std::vector<JournalRow>> {
    const auto names = names_of(attendee);
    if (!names) return tl::make_unexpected(names.error());
    std::vector<JournalRow> rows;
    for (const std::string& name : *names) {
      Query get = query(
          "SELECT record, corrected FROM journal WHERE attendee = ? AND attendee <> ''"
          " ORDER BY hub_seq DESC LIMIT ?",
          name, static_cast<std::int64_t>(most));
      auto found = read_placed_rows(get);
      if (!found) return found;
      std::move(found->rbegin(), found->rend(), std::back_inserter(rows));
    }
    return rows;
  });
}

Expected<std::optional<JournalRow>> SqliteStore::row(std::string_view name) {
  return guarded("looking up a row", [&]() -> Expected<std::optional<JournalRow>> {
    const auto named = read_row_name(name);
    if (!named) return std::nullopt;
    Query get = !named->place ? query("SELECT record FROM journal WHERE id = ?", name)
                              : query("SELECT record FROM journal WHERE device = ? AND seq = ?",
                                      named->place->first, named->place->second);
    auto rows = read_rows(get);
    if (!rows) return tl::make_unexpected(rows.error());
    if (rows->empty()) return std::nullopt;
    return std::move(rows->front());
  });
}

Expected<std::vector<std::optional<Timestamp>>> SqliteStore::corrected_times(
    const std::vector<std::string>& row_ids) {
  return guarded("looking up rows' times", [&]() -> Expected<std::vector<std::optional<Timestamp>>> {
    std::vector<std::optional<Timestamp>> times;
    times.reserve(row_ids.size());
    for (const std::string& id : row_ids) {
      Query get = query("SELECT corrected FROM journal WHERE id = ?", id);
      times.push_back(get.next() ? std::optional(time_of(get.number(0))) : std::nullopt);
    }
    return times;
  });
}

Expected<std::vector<JournalRow>> SqliteStore::moves_since(Timestamp when) {
  return guarded("reading who came and went", [&] {
    Query get = query(kMovesSince, ms_of(when));
    return read_placed_rows(get);
  });
}

Expected<std::vector<FeedRow>> SqliteStore::alerts(std::int64_t after, std::size_t most) {
  return guarded("reading the alerts", [&] {
    Query get = query(
        "SELECT record, hub_seq FROM journal WHERE kind = 'alert' AND hub_seq > ? ORDER BY hub_seq LIMIT ?",
        after, static_cast<std::int64_t>(most));
    return read_feed(get);
  });
}

Expected<bool> SqliteStore::claim_alert(std::string_view subject) {
  return guarded("claiming an alert", [&]() -> Expected<bool> {
    return query("INSERT OR IGNORE INTO alert_raised (subject) VALUES (?)", subject).run() > 0;
  });
}

}  // namespace lanyard::sync::hub
