// Who is inside: what the journal says of it, kept up with it in the same transactions.
#include <algorithm>
#include <set>
#include <utility>

#include "sync/order.hpp"
#include "sync/store_inside.hpp"

namespace lanyard::sync {

namespace {

// The row of `presence` of one attendee in one zone.
struct Held {
  bool inside{false};
  std::int64_t entries{0};
  std::optional<Timestamp> last_entry;
  std::optional<Timestamp> last_exit;
  std::string entry_checkpoint;
  std::string entry_device;
};

bool moves_people(RowKind kind) {
  return kind == RowKind::admitted || kind == RowKind::exited || kind == RowKind::annulled;
}

void enter(Held& held, const PlacedRow& placed) {
  held.inside = true;
  ++held.entries;
  held.last_entry = placed.at;
  held.entry_checkpoint = placed.row.checkpoint;
  held.entry_device = placed.row.device;
}

// The first row of a boot that knew the hub's time.
std::vector<JournalRow> reference_of(Store::Inside& in, const std::string& device,
                                     const std::string& boot_id) {
  static const std::string sql = std::string("SELECT ") + kRowColumns +
                                 " FROM journal WHERE device = ? AND boot_id = ? AND clock_offset IS NOT NULL"
                                 " ORDER BY seq LIMIT 1";
  SQLite::Statement& get = in.use(sql.c_str());
  get.bind(1, device);
  get.bind(2, boot_id);
  return read_rows(get);
}

std::vector<JournalRow> references_for(Store::Inside& in, const std::vector<JournalRow>& rows) {
  std::set<std::pair<std::string, std::string>> boots;
  for (const JournalRow& row : rows) {
    if (!row.offset_ms && !row.boot_id.empty()) boots.emplace(row.device, row.boot_id);
  }
  std::vector<JournalRow> references;
  for (const auto& [device, boot_id] : boots) {
    std::ranges::move(reference_of(in, device, boot_id), std::back_inserter(references));
  }
  return references;
}

// From the journal alone, in the order of order.hpp: the same rows give the same presence on every kiosk, in
// whatever order they came. An annulment takes the last entry before it back.
Held recount(Store::Inside& in, const std::string& attendee, const std::string& zone) {
  static const std::string sql =
      std::string("SELECT ") + kRowColumns +
      " FROM journal WHERE attendee = ? AND zone = ? AND kind IN ('admitted', 'exited', 'annulled')";
  SQLite::Statement& get = in.use(sql.c_str());
  get.bind(1, attendee);
  get.bind(2, zone);
  std::vector<JournalRow> rows = read_rows(get);
  const std::vector<JournalRow> references = references_for(in, rows);
  Held held;
  std::vector<Held> before_entries;
  for (const PlacedRow& placed : in_order(std::move(rows), references)) {
    if (placed.row.kind == RowKind::admitted) {
      before_entries.push_back(held);
      enter(held, placed);
    } else if (placed.row.kind == RowKind::exited) {
      held.inside = false;
      held.last_exit = placed.at;
    } else if (!before_entries.empty()) {
      const auto last_exit = held.last_exit;
      held = std::move(before_entries.back());
      before_entries.pop_back();
      held.last_exit = last_exit;
    }
  }
  return held;
}

// The number that a query answers, whose values are bound.
std::uint32_t counted(SQLite::Statement& get) {
  get.executeStep();
  const std::uint32_t count = get.getColumn(0).getUInt();
  get.reset();
  return count;
}

void write_held(Store::Inside& in, const std::string& attendee, const std::string& zone, const Held& held) {
  SQLite::Statement& put = in.use(
      "INSERT OR REPLACE INTO presence (zone, attendee, inside, entries, last_entry, last_exit,"
      " entry_checkpoint, entry_device) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  put.bind(1, zone);
  put.bind(2, attendee);
  put.bind(3, held.inside ? 1 : 0);
  put.bind(4, held.entries);
  if (held.last_entry) put.bind(5, ms_of(*held.last_entry));
  if (held.last_exit) put.bind(6, ms_of(*held.last_exit));
  put.bind(7, held.entry_checkpoint);
  put.bind(8, held.entry_device);
  put.exec();
}

// Those whose rows of this boot stand at a guess, if `row` is what they have been waiting for.
std::set<std::pair<std::string, std::string>> placed_anew_by(Store::Inside& in, const JournalRow& row) {
  std::set<std::pair<std::string, std::string>> moved;
  if (!row.offset_ms || row.boot_id.empty()) return moved;
  SQLite::Statement& get = in.use(
      "SELECT DISTINCT attendee, zone FROM journal WHERE device = ? AND boot_id = ? AND clock_offset IS NULL"
      " AND attendee <> '' AND zone <> '' AND kind IN ('admitted', 'exited', 'annulled')");
  get.bind(1, row.device);
  get.bind(2, row.boot_id);
  while (get.executeStep()) moved.emplace(get.getColumn(0).getString(), get.getColumn(1).getString());
  get.reset();
  if (moved.empty()) return moved;
  const std::vector<JournalRow> reference = reference_of(in, row.device, row.boot_id);
  if (!reference.empty() && reference.front().seq != row.seq) moved.clear();
  return moved;
}

}  // namespace

void follow_presence(Store::Inside& in, const JournalRow& row) {
  auto changed = placed_anew_by(in, row);
  if (moves_people(row.kind) && !row.attendee.empty() && !row.zone.empty()) {
    changed.emplace(row.attendee, row.zone);
  }
  for (const auto& [attendee, zone] : changed) {
    write_held(in, attendee, zone, recount(in, attendee, zone));
  }
}

Expected<Presence> Store::presence(std::string_view attendee, std::string_view zone) {
  return guarded("reading presence", [&]() -> Expected<Presence> {
    Presence presence;
    SQLite::Statement& get = in_->use(
        "SELECT inside, entries, last_entry, last_exit, entry_checkpoint, entry_device FROM presence"
        " WHERE zone = ? AND attendee = ?");
    get.bind(1, std::string(zone));
    get.bind(2, std::string(attendee));
    if (get.executeStep()) {
      presence.inside = get.getColumn(0).getInt() != 0;
      presence.entries = static_cast<std::uint32_t>(std::max(0, get.getColumn(1).getInt()));
      if (!get.getColumn(2).isNull()) presence.last_entry = time_of(get.getColumn(2).getInt64());
      if (!get.getColumn(3).isNull()) presence.last_exit = time_of(get.getColumn(3).getInt64());
      presence.entry_checkpoint = get.getColumn(4).getString();
      presence.entry_device = get.getColumn(5).getString();
    }
    get.reset();
    SQLite::Statement& badge =
        in_->use("SELECT 1 FROM journal WHERE attendee = ? AND kind = 'badge_printed' LIMIT 1");
    badge.bind(1, std::string(attendee));
    presence.badge_printed = badge.executeStep();
    badge.reset();
    return presence;
  });
}

Expected<std::uint32_t> Store::inside_count(std::string_view zone, Timestamp since) {
  return guarded("counting who is inside", [&]() -> Expected<std::uint32_t> {
    SQLite::Statement& get =
        in_->use("SELECT count(*) FROM presence WHERE zone = ? AND inside = 1 AND last_entry >= ?");
    get.bind(1, std::string(zone));
    get.bind(2, ms_of(since));
    return counted(get);
  });
}

Expected<std::uint32_t> Store::inside_count(std::string_view zone, std::string_view delegation,
                                            Timestamp since) {
  return guarded("counting who is inside", [&]() -> Expected<std::uint32_t> {
    SQLite::Statement& get = in_->use(
        "SELECT count(*) FROM presence p JOIN attendee a ON a.id = p.attendee"
        " WHERE p.zone = ? AND p.inside = 1 AND a.delegation = ? AND p.last_entry >= ?");
    get.bind(1, std::string(zone));
    get.bind(2, std::string(delegation));
    get.bind(3, ms_of(since));
    return counted(get);
  });
}

}  // namespace lanyard::sync
