// Who is inside: what the journal says of it, kept up with it in the same transactions.
#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "sync/order.hpp"
#include "sync/store_inside.hpp"

namespace lanyard::sync {

namespace {

// kRowColumns, without what neither order nor presence looks at: of somebody's rows that is most of the
// bytes.
constexpr const char* kMoveColumns =
    "device, seq, id, hlc_wall, hlc_counter, boot_id, monotonic, wall, clock_offset, kind, attendee,"
    " checkpoint, zone, '', 0, '', 0, '', NULL, NULL, '', target, '', 0";

// The first row of a boot that knew the hub's time.
std::vector<JournalRow> reference_of(Store::Inside& in, const std::string& device,
                                     const std::string& boot_id) {
  static const std::string sql = std::string("SELECT ") + kMoveColumns +
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

bool on_roster(Store::Inside& in, const std::string& attendee) {
  SQLite::Statement& get = in.use("SELECT 1 FROM attendee WHERE id = ?");
  get.bind(1, attendee);
  const bool found = get.executeStep();
  get.reset();
  return found;
}

// All rows that are about the attendee and move people. What a ticket did is done by its holder, once the
// roster knows them.
PresenceByZone count_presence(Store::Inside& in, const std::string& attendee) {
  static const std::string sql =
      std::string("SELECT ") + kMoveColumns +
      " FROM journal WHERE attendee = ? AND kind IN ('admitted', 'exited', 'annulled')";
  if (holder_of(in, attendee) != attendee) return {};
  std::vector<JournalRow> rows;
  std::vector<std::string> names = names_of(in, attendee);
  std::ranges::move(unsent_names_of(in, attendee), std::back_inserter(names));
  for (const std::string& name : names) {
    SQLite::Statement& get = in.use(sql.c_str());
    get.bind(1, name);
    std::ranges::move(read_rows(get), std::back_inserter(rows));
  }
  const std::vector<JournalRow> references = references_for(in, rows);
  return presence_of(std::move(rows), references, in.plan.zones);
}

Expected<std::uint32_t> occupancy(Store::Inside& in, std::string_view zone, std::int64_t day,
                                  const char* scope, std::string_view who) {
  SQLite::Statement& get =
      in.use("SELECT people FROM occupancy WHERE zone = ? AND day = ? AND scope = ? AND who = ?");
  get.bind(1, std::string(zone));
  get.bind(2, day);
  get.bind(3, scope);
  get.bind(4, std::string(who));
  const std::uint32_t people = get.executeStep() ? get.getColumn(0).getUInt() : 0;
  get.reset();
  return people;
}

// The last substitution by which the attendee took a place, or (of_place) theirs was taken. Where several
// kiosks gave one place away, the last of them did.
std::optional<JournalRow> last_substitution(Store::Inside& in, std::string_view attendee, bool of_place) {
  static const auto sql_for = [](const std::string& where) {
    return std::string("SELECT ") + kRowColumns + " FROM journal j WHERE " + where +
           " AND kind = 'substituted' AND NOT EXISTS"
           " (SELECT 1 FROM journal WHERE target = j.id AND target <> '' AND kind = 'annulled')";
  };
  static const std::string own = sql_for("attendee = ?");
  static const std::string others = sql_for("related = ? AND related <> ''");
  SQLite::Statement& get = in.use((of_place ? others : own).c_str());
  get.bind(1, std::string(attendee));
  std::vector<JournalRow> rows = read_rows(get);
  const std::vector<JournalRow> references = references_for(in, rows);
  std::vector<PlacedRow> placed = in_order(std::move(rows), references);
  if (placed.empty()) return std::nullopt;
  return std::move(placed.back().row);
}

// Whose place the attendee has, if it has not been given to somebody else since; "" if their own.
std::string place_held(Store::Inside& in, const std::string& attendee) {
  const auto taken = last_substitution(in, attendee, false);
  if (!taken) return {};
  const auto given = last_substitution(in, taken->related, true);
  return given && given->attendee == attendee ? taken->related : std::string();
}

// Whoever has taken a place counts for that place's group, not for their own: how many more (or fewer) that
// makes. There are few of them, whatever the size of the event.
std::int64_t stand_ins(Store::Inside& in, std::string_view zone, std::int64_t day, bool of_delegation,
                       std::string_view who) {
  static const auto candidates_for = [](const std::string& column) {
    // CROSS JOIN: from the few substitutions to the many inside, and never the other way round.
    return "SELECT DISTINCT s.attendee, own." + column +
           " = ?1 FROM journal s INDEXED BY journal_substitutions"
           " CROSS JOIN presence p ON p.zone = ?2 AND p.attendee = s.attendee AND p.inside = 1 AND p.day = ?3"
           " CROSS JOIN attendee own ON own.id = s.attendee CROSS JOIN attendee place ON place.id = s.related"
           " WHERE s.kind = 'substituted' AND (own." +
           column + " = ?1 OR place." + column + " = ?1)";
  };
  static const auto group_for = [](const std::string& column) {
    return "SELECT " + column + " = ? FROM attendee WHERE id = ?";
  };
  static const std::string by_delegation = candidates_for("delegation");
  static const std::string by_companion = candidates_for("companion_of");
  static const std::string delegation_of = group_for("delegation");
  static const std::string companion_of = group_for("companion_of");
  std::vector<std::pair<std::string, bool>> candidates;  // and whether they are of the group themselves
  SQLite::Statement& get = in.use((of_delegation ? by_delegation : by_companion).c_str());
  get.bind(1, std::string(who));
  get.bind(2, std::string(zone));
  get.bind(3, day);
  while (get.executeStep())
    candidates.emplace_back(get.getColumn(0).getString(), get.getColumn(1).getInt() != 0);
  get.reset();
  std::int64_t more = 0;
  for (const auto& [attendee, of_group] : candidates) {
    const std::string place = place_held(in, attendee);
    SQLite::Statement& group = in.use((of_delegation ? delegation_of : companion_of).c_str());
    group.bind(1, std::string(who));
    group.bind(2, place);
    if (group.executeStep()) more += (group.getColumn(0).getInt() != 0 ? 1 : 0) - (of_group ? 1 : 0);
    group.reset();
  }
  return more;
}

void write_presence(Store::Inside& in, const std::string& attendee, const std::string& zone,
                    const Presence& held) {
  SQLite::Statement& put = in.use(
      "INSERT INTO presence (zone, attendee, inside, day, entries, last_entry, last_exit, entry_checkpoint,"
      " entry_device) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (zone, attendee) DO UPDATE SET"
      " inside = excluded.inside, day = excluded.day, entries = excluded.entries,"
      " last_entry = excluded.last_entry, last_exit = excluded.last_exit,"
      " entry_checkpoint = excluded.entry_checkpoint, entry_device = excluded.entry_device"
      // Mostly one of their zones is another than before.
      " WHERE (inside, day, entries, last_entry, last_exit, entry_checkpoint, entry_device) IS NOT"
      " (excluded.inside, excluded.day, excluded.entries, excluded.last_entry, excluded.last_exit,"
      " excluded.entry_checkpoint, excluded.entry_device)");
  put.bind(1, zone);
  put.bind(2, attendee);
  put.bind(3, held.inside ? 1 : 0);
  put.bind(4, held.last_entry ? venue_day(*held.last_entry, in.plan.calendar) : 0);
  put.bind(5, static_cast<std::int64_t>(held.entries));
  if (held.last_entry) put.bind(6, ms_of(*held.last_entry));
  if (held.last_exit) put.bind(7, ms_of(*held.last_exit));
  put.bind(8, held.entry_checkpoint);
  put.bind(9, held.entry_device);
  put.exec();
}

void recount(Store::Inside& in, const std::string& attendee) {
  PresenceByZone counted = count_presence(in, attendee);
  // Where nothing is left of them: what was annulled, or placed otherwise.
  SQLite::Statement& had =
      in.use("SELECT zone FROM presence WHERE attendee = ? AND (entries > 0 OR last_exit IS NOT NULL)");
  had.bind(1, attendee);
  while (had.executeStep()) counted.try_emplace(had.getColumn(0).getString());
  had.reset();
  for (const auto& [zone, held] : counted) write_presence(in, attendee, zone, held);
}

// False if there is no event yet, whose record would say.
bool read_plan(Store::Inside& in) {
  auto record = in.setting("event_record");
  if (!record) return false;
  if (*record == in.plan.of) return true;
  auto event = parse_event(*record);
  if (!event) return false;
  in.plan = {std::move(*record), std::move(event->zones), std::move(event->calendar)};
  return true;
}

// What of the event presence hangs on: its zones and its clocks.
std::string signature_of(const Store::Inside::Plan& plan) {
  EventInfo bare;
  bare.id = "plan";
  bare.zones = plan.zones;
  bare.calendar = plan.calendar;
  for (Zone& zone : bare.zones) zone.name.clear();
  return policy_id(to_json(bare));
}

bool is_reference(Store::Inside& in, const JournalRow& row) {
  if (!row.offset_ms || row.boot_id.empty()) return false;
  SQLite::Statement& get = in.use(
      "SELECT 1 FROM journal WHERE device = ? AND boot_id = ? AND clock_offset IS NOT NULL AND seq < ?"
      " LIMIT 1");
  get.bind(1, row.device);
  get.bind(2, row.boot_id);
  get.bind(3, static_cast<std::int64_t>(row.seq));
  const bool told_before = get.executeStep();
  get.reset();
  return !told_before;
}

// Those whose rows of this boot stand at a guess, if `row` is what they have been waiting for.
void find_placed_anew(Store::Inside& in, const JournalRow& row, std::set<std::string>& moved) {
  if (!is_reference(in, row)) return;
  SQLite::Statement& get = in.use(
      "SELECT DISTINCT attendee FROM journal WHERE device = ? AND boot_id = ? AND clock_offset IS NULL"
      " AND attendee <> '' AND zone <> '' AND kind IN ('admitted', 'exited', 'annulled')");
  get.bind(1, row.device);
  get.bind(2, row.boot_id);
  while (get.executeStep()) moved.insert(get.getColumn(0).getString());
  get.reset();
}

}  // namespace

void follow_presence(Store::Inside& in, std::span<const JournalRow* const> rows) {
  std::set<std::string> changed;
  for (const JournalRow* row : rows) {
    find_placed_anew(in, *row, changed);
    if (moves_people(row->kind) && !row->attendee.empty()) changed.insert(row->attendee);
  }
  if (changed.empty()) return;
  (void)read_plan(in);
  std::set<std::string> people;
  for (const std::string& attendee : changed) people.insert(holder_of(in, attendee));
  for (const std::string& attendee : people) recount(in, attendee);
}

void move_presence(Store::Inside& in, const std::vector<std::string>& ids, const std::string& pseudonym) {
  (void)read_plan(in);
  for (const std::string& id : ids) {
    recount(in, id);  // to nothing: who is inside is counted by what changes
    SQLite::Statement& forget = in.use("DELETE FROM presence WHERE attendee = ?");
    forget.bind(1, id);
    forget.exec();
  }
  recount(in, pseudonym);
}

TicketHolders ticket_holders(Store::Inside& in) {
  TicketHolders holders;
  SQLite::Statement& get =
      in.use("SELECT DISTINCT attendee FROM journal WHERE attendee >= ?1 AND attendee < ?1 || char(1114111)");
  get.bind(1, std::string(kTicketPrefix));
  while (get.executeStep()) holders.emplace(get.getColumn(0).getString(), "");
  get.reset();
  for (auto& [ticket, holder] : holders) holder = holder_of(in, ticket);
  return holders;
}

void follow_tickets(Store::Inside& in, const TicketHolders& before) {
  (void)read_plan(in);
  for (const auto& [ticket, holder] : ticket_holders(in)) {
    const auto had = before.find(ticket);
    if (had == before.end() || had->second == holder) continue;
    for (const std::string& changed : {ticket, had->second, holder}) recount(in, changed);
  }
}

void renew_presence(Store::Inside& in) {
  if (!read_plan(in)) return;
  const std::string signature = signature_of(in.plan);
  if (in.setting("presence_plan") == signature) return;
  std::vector<std::string> everybody;
  SQLite::Statement& get = in.use("SELECT DISTINCT attendee FROM journal WHERE attendee <> ''");
  while (get.executeStep()) everybody.push_back(get.getColumn(0).getString());
  get.reset();
  for (const std::string& attendee : everybody) recount(in, holder_of(in, attendee));
  in.set("presence_plan", signature);
}

Expected<Presence> Store::presence(std::string_view attendee, std::string_view zone) {
  return guarded("reading presence", [&]() -> Expected<Presence> {
    Presence presence;
    SQLite::Statement& get = in_->use(
        "SELECT inside, entries, last_entry, last_exit, entry_checkpoint, entry_device FROM presence"
        " WHERE zone = ? AND attendee = ?");
    const std::string who = known_as(*in_, std::string(attendee));
    get.bind(1, std::string(zone));
    get.bind(2, who);
    if (get.executeStep()) {
      presence.inside = get.getColumn(0).getInt() != 0;
      presence.entries = static_cast<std::uint32_t>(std::max(0, get.getColumn(1).getInt()));
      if (!get.getColumn(2).isNull()) presence.last_entry = time_of(get.getColumn(2).getInt64());
      if (!get.getColumn(3).isNull()) presence.last_exit = time_of(get.getColumn(3).getInt64());
      presence.entry_checkpoint = get.getColumn(4).getString();
      presence.entry_device = get.getColumn(5).getString();
    }
    get.reset();
    SQLite::Statement& badge = in_->use(
        "SELECT 1 FROM journal WHERE attendee = ? AND kind = 'badge_printed' AND rule <> 'badge.day' LIMIT "
        "1");
    badge.bind(1, who);
    presence.badge_printed = badge.executeStep();
    badge.reset();
    if (!presence.badge_printed) return presence;
    SQLite::Statement& taken = in_->use(
        "SELECT count(*) FROM journal WHERE attendee = ? AND kind = 'badge_printed' AND rule IN"
        " ('badge.first', 'badge.station')");
    taken.bind(1, who);
    if (taken.executeStep())
      presence.badges_taken = static_cast<std::uint32_t>(std::max(0, taken.getColumn(0).getInt()));
    taken.reset();
    return presence;
  });
}

Expected<std::uint32_t> Store::inside_count(std::string_view zone, std::int64_t day) {
  return guarded("counting who is inside", [&] { return occupancy(*in_, zone, day, "all", ""); });
}

Expected<std::uint32_t> Store::inside_count(std::string_view zone, std::int64_t day, Group group,
                                            std::string_view who) {
  return guarded("counting who is inside", [&]() -> Expected<std::uint32_t> {
    if (group == Group::organisation) return occupancy(*in_, zone, day, "organisation", who);
    const bool of_delegation = group == Group::delegation;
    auto counted = occupancy(*in_, zone, day, of_delegation ? "delegation" : "companions", who);
    if (!counted) return counted;
    const std::int64_t people = *counted + stand_ins(*in_, zone, day, of_delegation, who);
    return static_cast<std::uint32_t>(std::max<std::int64_t>(0, people));
  });
}

Expected<std::vector<InsideNow>> Store::inside_now(const std::vector<std::string>& zones, std::int64_t day) {
  return guarded("listing who is inside", [&]() -> Expected<std::vector<InsideNow>> {
    std::vector<InsideNow> all;
    for (const std::string& zone : zones) {
      SQLite::Statement& get = in_->use(
          "SELECT attendee, last_entry, entry_checkpoint FROM presence WHERE zone = ? AND inside = 1"
          " AND day >= ?");
      get.bind(1, zone);
      get.bind(2, day);
      while (get.executeStep()) {
        InsideNow one{get.getColumn(0).getString(), zone, std::nullopt, get.getColumn(2).getString()};
        if (!get.getColumn(1).isNull()) one.since = time_of(get.getColumn(1).getInt64());
        all.push_back(std::move(one));
      }
      get.reset();
    }
    // One line a person: where they were seen last.
    std::ranges::sort(all, [](const InsideNow& a, const InsideNow& b) {
      return std::tie(a.attendee, b.since, a.zone) < std::tie(b.attendee, a.since, b.zone);
    });
    const auto one_person = [](const InsideNow& a, const InsideNow& b) { return a.attendee == b.attendee; };
    all.erase(std::unique(all.begin(), all.end(), one_person), all.end());
    return all;
  });
}

Expected<Substitution> Store::substitution(std::string_view attendee) {
  return guarded("reading substitutions", [&]() -> Expected<Substitution> {
    Substitution found;
    if (const auto row = last_substitution(*in_, attendee, false)) found.stands_in_for = row->related;
    if (const auto row = last_substitution(*in_, attendee, true)) found.replaced_by = row->attendee;
    return found;
  });
}

namespace {

// Rows `j` of this device that let somebody in unknown, and that nothing has reconciled or undone.
constexpr const char* kUnreconciled =
    " FROM journal j WHERE rule = 'admit.provisional' AND device = (SELECT CAST(value AS TEXT) FROM setting"
    " WHERE name = 'device') AND NOT EXISTS (SELECT 1 FROM journal WHERE target = j.id AND target <> ''"
    " AND kind IN ('reconciled', 'annulled'))";

}  // namespace

Expected<std::vector<JournalRow>> Store::unreconciled(std::size_t most) {
  return guarded("reading provisional rows", [&]() -> Expected<std::vector<JournalRow>> {
    static const std::string sql =
        std::string("SELECT ") + kRowColumns + kUnreconciled + " ORDER BY seq LIMIT ?";
    SQLite::Statement& get = in_->use(sql.c_str());
    get.bind(1, static_cast<std::int64_t>(kMaxBatchRows));
    std::vector<JournalRow> rows = read_rows(get);
    std::erase_if(rows,
                  [&](const JournalRow& row) { return !on_roster(*in_, holder_of(*in_, row.attendee)); });
    if (rows.size() > most) rows.resize(most);
    return rows;
  });
}

Expected<std::uint32_t> Store::provisional_count(std::string_view besides) {
  return guarded("counting who was let in unknown", [&]() -> Expected<std::uint32_t> {
    static const std::string sql =
        std::string("SELECT count(DISTINCT attendee)") + kUnreconciled + " AND attendee <> ?";
    SQLite::Statement& get = in_->use(sql.c_str());
    get.bind(1, std::string(besides));
    get.executeStep();
    const std::uint32_t count = get.getColumn(0).getUInt();
    get.reset();
    return count;
  });
}

}  // namespace lanyard::sync
