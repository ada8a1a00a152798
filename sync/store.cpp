// The journal of this kiosk and of the others: append, facts, and the standing of each row with the hub.
#include "sync/store.hpp"

#include <algorithm>
#include <deque>

#include "sync/chain.hpp"
#include "sync/mend.hpp"
#include "sync/order.hpp"
#include "sync/store_inside.hpp"
#include "sync/store_mend.hpp"

namespace lanyard::sync {

namespace {

// A hybrid clock that runs more than this ahead of our time does not drag ours along.
constexpr std::int64_t kMaxClockAheadMs = 24LL * 3600 * 1000;

constexpr const char* kInsertRow =
    "INSERT INTO journal (device, seq, id, hlc_wall, hlc_counter, boot_id, monotonic, wall, clock_offset, "
    "kind,"
    " attendee, checkpoint, zone, operator, roster_version, rule, generation, detail, prev_hash, hash, "
    "hub_seq,"
    " standing, related, target, basis, erased) VALUES"
    " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

JournalRow read_row(SQLite::Statement& from) {
  JournalRow row;
  row.device = from.getColumn(0).getString();
  row.seq = static_cast<std::uint64_t>(from.getColumn(1).getInt64());
  row.id = from.getColumn(2).getString();
  row.hlc = {from.getColumn(3).getInt64(), from.getColumn(4).getUInt()};
  row.boot_id = from.getColumn(5).getString();
  row.monotonic_ms = from.getColumn(6).getInt64();
  row.wall = time_of(from.getColumn(7).getInt64());
  if (!from.getColumn(8).isNull()) row.offset_ms = from.getColumn(8).getInt64();
  row.kind = row_kind_named(from.getColumn(9).getString()).value_or(RowKind::alert);
  row.attendee = from.getColumn(10).getString();
  row.checkpoint = from.getColumn(11).getString();
  row.zone = from.getColumn(12).getString();
  row.operator_id = from.getColumn(13).getString();
  row.roster_version = from.getColumn(14).getInt64();
  row.rule = from.getColumn(15).getString();
  row.generation = from.getColumn(16).getUInt();
  row.detail = from.getColumn(17).getString();
  row.prev_hash = bytes_of<32>(from.getColumn(18));
  row.hash = bytes_of<32>(from.getColumn(19));
  row.related = from.getColumn(20).getString();
  row.target = from.getColumn(21).getString();
  row.basis = from.getColumn(22).getString();
  row.erased = from.getColumn(23).getInt() != 0;
  return row;
}

// Several rows of one transaction may carry one stamp, and each has an id of its own.
std::array<std::uint8_t, 10> random_of(const RowStamp& stamp, std::uint64_t seq) {
  auto random = stamp.random;
  for (std::size_t i = 0; i < 4; ++i)
    random[random.size() - 1 - i] ^= static_cast<std::uint8_t>(seq >> (8 * i));
  return random;
}

}  // namespace

void insert_row(Store::Inside& in, const JournalRow& row, std::optional<std::int64_t> hub_seq) {
  SQLite::Statement& put = in.use(kInsertRow);
  int n = 0;
  put.bind(++n, row.device);
  put.bind(++n, static_cast<std::int64_t>(row.seq));
  put.bind(++n, row.id);
  put.bind(++n, row.hlc.wall_ms);
  put.bind(++n, row.hlc.counter);
  put.bind(++n, row.boot_id);
  put.bind(++n, row.monotonic_ms);
  put.bind(++n, ms_of(row.wall));
  ++n;
  if (row.offset_ms) put.bind(n, *row.offset_ms);
  put.bind(++n, std::string(to_name(row.kind)));
  put.bind(++n, row.attendee);
  put.bind(++n, row.checkpoint);
  put.bind(++n, row.zone);
  put.bind(++n, row.operator_id);
  put.bind(++n, row.roster_version);
  put.bind(++n, row.rule);
  put.bind(++n, row.generation);
  put.bind(++n, row.detail);
  put.bind(++n, row.prev_hash.data(), static_cast<int>(row.prev_hash.size()));
  put.bind(++n, row.hash.data(), static_cast<int>(row.hash.size()));
  ++n;
  if (hub_seq) put.bind(n, *hub_seq);
  put.bind(++n, hub_seq ? 1 : 0);
  put.bind(++n, row.related);
  put.bind(++n, row.target);
  put.bind(++n, row.basis);
  put.bind(++n, row.erased ? 1 : 0);
  put.exec();
}

namespace {

// A row that we have stands elsewhere in the hub's order than it did: the hub was restored from a backup, and
// has got its rows again. Where it stood was behind us, so that another may stand there now, of which we have
// not heard, though the row at our cursor happens to be the same: the feed begins anew. Terminates, since
// each time some row is noted where it stands now.
void note_place(Store::Inside& in, const std::string& device, std::uint64_t seq, std::int64_t hub_seq) {
  SQLite::Statement& get =
      in.use("SELECT hub_seq FROM journal WHERE device = ? AND seq = ? AND standing = 1");
  get.bind(1, device);
  get.bind(2, static_cast<std::int64_t>(seq));
  const std::int64_t stood = get.executeStep() ? get.getColumn(0).getInt64() : 0;
  get.reset();
  if (stood == 0 || stood == hub_seq) return;
  SQLite::Statement& put = in.use("UPDATE journal SET hub_seq = ? WHERE device = ? AND seq = ?");
  put.bind(1, hub_seq);
  put.bind(2, device);
  put.bind(3, static_cast<std::int64_t>(seq));
  put.exec();
  const std::int64_t cursor = number_in(in.setting("feed_cursor"));
  if (stood > cursor || hub_seq <= cursor) return;
  in.clear("feed_cursor");
  in.clear("feed_mark");
}

Expected<void> check(Store::Inside& in, const char* pragma) {
  return guarded("checking the database", [&]() -> Expected<void> {
    SQLite::Statement get(*in.db, pragma);
    if (!get.executeStep() || get.getColumn(0).getString() != "ok") {
      return fail(Error::Kind::corrupt, "the database is damaged: " + get.getColumn(0).getString());
    }
    return {};
  });
}

}  // namespace

std::vector<JournalRow> read_rows(SQLite::Statement& get) {
  std::vector<JournalRow> rows;
  while (get.executeStep()) rows.push_back(read_row(get));
  get.reset();
  return rows;
}

WriteScope::WriteScope(Store::Inside& in) {
  if (in.in_transaction) return;
  in.use("BEGIN IMMEDIATE").exec();
  own_ = &in;
}
WriteScope::~WriteScope() {
  // A rollback that fails leaves nothing behind either: SQLite undoes at the next opening.
  if (own_ != nullptr) (void)own_->db->tryExec("ROLLBACK");
}
void WriteScope::commit() {
  if (own_ == nullptr) return;
  own_->use("COMMIT").exec();
  own_ = nullptr;
}

Store::Store(std::unique_ptr<Inside> in) : in_(std::move(in)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Expected<Store> Store::open(const std::filesystem::path& file) {
  auto users = hold_store(file);
  if (!users) return tl::make_unexpected(users.error());
  auto db = open_sqlite(file, kiosk_migrations(), kBusyPatience);
  if (!db) return tl::make_unexpected(db.error());
  auto in = std::make_unique<Inside>(std::move(*db));
  in->users.emplace(std::move(*users));
  in->file = id_of_file(file);
  auto renewed = guarded("counting who is inside", [&]() -> Expected<void> {
    WriteScope write(*in);
    renew_presence(*in);
    write.commit();
    return {};
  });
  if (!renewed) return tl::make_unexpected(renewed.error());
  return Store(std::move(in));
}

Store::Transaction::Transaction(Store& store) : store_(&store) {}
Store::Transaction::Transaction(Transaction&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)) {}

Store::Transaction::~Transaction() {
  if (store_ == nullptr) return;
  store_->in_->in_transaction = false;
  // A rollback that fails leaves nothing behind either: SQLite undoes at the next opening.
  (void)store_->in_->db->tryExec("ROLLBACK");
}

Expected<void> Store::Transaction::commit() {
  return guarded("committing", [&]() -> Expected<void> {
    store_->in_->use("COMMIT").exec();
    store_->in_->in_transaction = false;
    store_ = nullptr;
    return {};
  });
}

Expected<Store::Transaction> Store::begin() {
  return guarded("beginning", [&]() -> Expected<Transaction> {
    in_->use("BEGIN IMMEDIATE").exec();
    in_->in_transaction = true;
    return Transaction(*this);
  });
}

Expected<JournalRow> Store::append(JournalRow row, const RowStamp& stamp) {
  return append_at(1, std::move(row), stamp);
}

Expected<void> Store::go_on_behind(std::uint64_t known_to, JournalRow row, const RowStamp& stamp) {
  auto transaction = begin();
  if (!transaction) return tl::make_unexpected(transaction.error());
  const auto count = unsent_count();
  if (!count) return tl::make_unexpected(count.error());
  if (count->last_seq >= known_to) return {};
  if (auto appended = append_at(known_to + 1, std::move(row), stamp); !appended)
    return tl::make_unexpected(appended.error());
  return transaction->commit();
}

Expected<JournalRow> Store::append_at(std::uint64_t least_seq, JournalRow row, const RowStamp& stamp) {
  return guarded("appending to the journal", [&]() -> Expected<JournalRow> {
    WriteScope write(*in_);
    // Read each time: the daemon may have enrolled this kiosk anew, through a handle of its own.
    auto device = in_->setting("device");
    if (!device) return fail(Error::Kind::invalid, "this kiosk is not enrolled");
    // What a printer says of itself is in here: the wire takes no bytes that are not UTF-8.
    row.detail = printable(row.detail, kMaxDetailBytes);
    // The hub may have rows of this device that a damaged store has lost.
    if (in_->setting("mended")) least_seq = std::max(least_seq, kUnplacedSeq);

    SQLite::Statement& last = in_->use(
        "SELECT seq, hash, hlc_wall, hlc_counter FROM journal WHERE device = ? ORDER BY seq DESC LIMIT 1");
    last.bind(1, *device);
    row.seq = least_seq;
    row.prev_hash = {};
    Hlc own;
    if (last.executeStep()) {
      row.seq = std::max(least_seq, static_cast<std::uint64_t>(last.getColumn(0).getInt64()) + 1);
      row.prev_hash = bytes_of<32>(last.getColumn(1));
      own = {last.getColumn(2).getInt64(), last.getColumn(3).getUInt()};
    }
    last.reset();

    const auto standing = this->standing();
    if (!standing) return tl::make_unexpected(standing.error());
    const HubTime time = hub_time(standing->clock, stamp, standing->known_time);
    SQLite::Statement& clock = in_->use(
        "SELECT hlc_wall, hlc_counter FROM journal WHERE hlc_wall <= ? ORDER BY hlc_wall DESC, hlc_counter "
        "DESC LIMIT 1");
    clock.bind(1, ms_of(time.now) + kMaxClockAheadMs);
    Hlc newest;
    if (clock.executeStep()) newest = {clock.getColumn(0).getInt64(), clock.getColumn(1).getUInt()};
    clock.reset();
    newest = std::max(newest, own);  // never behind our own rows, however far our clock was set back

    row.id = uuid7(stamp.now, random_of(stamp, row.seq));
    row.device = std::move(*device);
    row.hlc = hlc_next(newest, time.now);
    row.boot_id = stamp.boot_id;
    row.monotonic_ms = stamp.monotonic_ms;
    row.wall = stamp.now;
    row.offset_ms = time.offset_ms;
    row.roster_version = standing->roster_version;
    row.hash = chain_hash(row);
    insert_row(*in_, row, std::nullopt);
    if (row.offset_ms) in_->set("known_time", std::to_string(ms_of(time.now)));
    const JournalRow* const added = &row;
    follow_presence(*in_, std::span(&added, 1));
    write.commit();
    return row;
  });
}

Expected<std::uint32_t> Store::generation(std::string_view attendee, std::optional<Hlc> until) {
  return guarded("reading the generation", [&]() -> Expected<std::uint32_t> {
    SQLite::Statement& get = in_->use(
        "SELECT max(coalesce((SELECT max(generation) FROM journal WHERE attendee = ?1 AND attendee <> ''"
        " AND (?2 IS NULL OR (hlc_wall, hlc_counter) <= (?2, ?3))), 0),"
        " coalesce((SELECT max(generation) FROM credential WHERE attendee = ?1), 0), 1)");
    get.bind(1, known_as(*in_, std::string(attendee)));
    if (until) {
      get.bind(2, until->wall_ms);
      get.bind(3, until->counter);
    }
    get.executeStep();
    const std::uint32_t generation = get.getColumn(0).getUInt();
    get.reset();
    return generation;
  });
}

Expected<std::vector<JournalRow>> Store::history(std::string_view attendee, std::size_t most) {
  return guarded("reading the history", [&]() -> Expected<std::vector<JournalRow>> {
    static const std::string sql =
        std::string("SELECT ") + kRowColumns +
        " FROM journal WHERE attendee = ? AND kind NOT IN ('badge_requested', 'badge_sent')"
        " ORDER BY hlc_wall DESC, hlc_counter DESC LIMIT ?";
    std::vector<JournalRow> rows;
    for (const std::string& name : names_of(*in_, std::string(attendee))) {
      SQLite::Statement& get = in_->use(sql.c_str());
      get.bind(1, name);
      get.bind(2, static_cast<std::int64_t>(most));
      std::ranges::move(read_rows(get), std::back_inserter(rows));
    }
    std::vector<JournalRow> newest_first;
    for (PlacedRow& placed : in_order(std::move(rows), {})) newest_first.push_back(std::move(placed.row));
    std::ranges::reverse(newest_first);
    if (newest_first.size() > most) newest_first.resize(most);
    return newest_first;
  });
}

Expected<std::vector<JournalRow>> Store::own_rows(std::uint64_t after_seq, std::size_t most) {
  return guarded("reading the journal", [&]() -> Expected<std::vector<JournalRow>> {
    static const std::string sql = std::string("SELECT ") + kRowColumns +
                                   " FROM journal WHERE device = (SELECT CAST(value AS TEXT) FROM setting "
                                   "WHERE name = 'device') AND seq > ?"
                                   " ORDER BY seq LIMIT ?";
    SQLite::Statement& get = in_->use(sql.c_str());
    get.bind(1, static_cast<std::int64_t>(after_seq));
    get.bind(2, static_cast<std::int64_t>(most));
    return read_rows(get);
  });
}

Expected<std::vector<JournalRow>> Store::newest_own_rows(std::size_t most) {
  return guarded("reading the journal", [&]() -> Expected<std::vector<JournalRow>> {
    static const std::string sql = std::string("SELECT ") + kRowColumns +
                                   " FROM journal WHERE device = (SELECT CAST(value AS TEXT) FROM setting "
                                   "WHERE name = 'device') ORDER BY seq DESC LIMIT ?";
    SQLite::Statement& get = in_->use(sql.c_str());
    get.bind(1, static_cast<std::int64_t>(most));
    return read_rows(get);
  });
}

Expected<std::optional<JournalRow>> Store::row(std::string_view id) {
  return guarded("reading a row", [&]() -> Expected<std::optional<JournalRow>> {
    static const std::string sql = std::string("SELECT ") + kRowColumns + " FROM journal WHERE id = ?";
    SQLite::Statement& get = in_->use(sql.c_str());
    get.bind(1, std::string(id));
    std::vector<JournalRow> rows = read_rows(get);
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
  });
}

Expected<bool> Store::annulled(std::string_view id) {
  return guarded("reading annulments", [&]() -> Expected<bool> {
    SQLite::Statement& get =
        in_->use("SELECT 1 FROM journal WHERE target = ? AND target <> '' AND kind = 'annulled' LIMIT 1");
    get.bind(1, std::string(id));
    const bool found = get.executeStep();
    get.reset();
    return found;
  });
}

Expected<std::uint64_t> Store::row_count() {
  return guarded("counting rows", [&]() -> Expected<std::uint64_t> {
    SQLite::Statement& get = in_->use("SELECT count(*) FROM journal");
    get.executeStep();
    const auto count = static_cast<std::uint64_t>(get.getColumn(0).getInt64());
    get.reset();
    return count;
  });
}

Expected<std::vector<JournalRow>> Store::unsent(std::size_t most) {
  return guarded("reading what is unsent", [&]() -> Expected<std::vector<JournalRow>> {
    static const std::string sql = std::string("SELECT ") + kRowColumns +
                                   " FROM journal WHERE standing = 0 AND device = (SELECT CAST(value AS "
                                   "TEXT) FROM setting WHERE name = 'device')"
                                   " ORDER BY seq LIMIT ?";
    SQLite::Statement& get = in_->use(sql.c_str());
    get.bind(1, static_cast<std::int64_t>(std::min(most, kMaxBatchRows)));
    return read_rows(get);
  });
}

Expected<UnsentCount> Store::unsent_count() {
  return guarded("counting what is unsent", [&]() -> Expected<UnsentCount> {
    UnsentCount count;
    SQLite::Statement& get = in_->use(
        "SELECT count(*) FILTER (WHERE standing = 0), count(*) FILTER (WHERE standing = 2) FROM journal"
        " WHERE standing <> 1 AND device = (SELECT CAST(value AS TEXT) FROM setting WHERE name = 'device')");
    get.executeStep();
    count.unsent = static_cast<std::uint64_t>(get.getColumn(0).getInt64());
    count.rejected = static_cast<std::uint64_t>(get.getColumn(1).getInt64());
    get.reset();
    SQLite::Statement& last = in_->use(
        "SELECT coalesce(max(seq), 0) FROM journal WHERE device ="
        " (SELECT CAST(value AS TEXT) FROM setting WHERE name = 'device')");
    last.executeStep();
    count.last_seq = static_cast<std::uint64_t>(last.getColumn(0).getInt64());
    last.reset();
    return count;
  });
}

Expected<void> Store::apply(std::span<const RowAnswer> answers) {
  return guarded("noting the hub's answers", [&]() -> Expected<void> {
    WriteScope write(*in_);
    const auto device = in_->setting("device");
    for (const RowAnswer& answer : answers) {
      const bool taken = answer.kind != RowAnswerKind::rejected;
      if (taken && device) note_place(*in_, *device, answer.seq, answer.hub_seq);
      SQLite::Statement& mark = in_->use(
          "UPDATE journal SET standing = ?, hub_seq = ?, why = ? WHERE seq = ? AND standing <> 1 AND device ="
          " (SELECT CAST(value AS TEXT) FROM setting WHERE name = 'device')");
      mark.bind(1, taken ? 1 : 2);
      if (taken) mark.bind(2, answer.hub_seq);
      mark.bind(3, answer.why.substr(0, kMaxDetailBytes));
      mark.bind(4, static_cast<std::int64_t>(answer.seq));
      mark.exec();
    }
    const bool has_forgotten = forget_in_delivered(*in_, answers);
    write.commit();
    if (has_forgotten) try_to_empty_log(*in_);
    return {};
  });
}

Expected<void> Store::apply(const FeedPage& page, const std::optional<FeedCursor>& asked) {
  return guarded("taking over the others' rows", [&]() -> Expected<void> {
    WriteScope write(*in_);
    if (in_->setting("withdrawn")) return fail(Error::Kind::invalid, "this kiosk has forgotten all");
    const auto device = in_->setting("device");
    const auto cursor = [&] {
      return FeedCursor{number_in(in_->setting("feed_cursor")), in_->setting("feed_mark").value_or("")};
    };
    const FeedCursor from = asked.value_or(cursor());
    std::vector<const JournalRow*> added;
    std::deque<JournalRow> left;  // of rows that were on their way while somebody was erased
    for (const FeedRow& feed : page.rows) {
      if (device && feed.row.device == *device) continue;
      SQLite::Statement& known = in_->use("SELECT 1 FROM journal WHERE (device = ? AND seq = ?) OR id = ?");
      known.bind(1, feed.row.device);
      known.bind(2, static_cast<std::int64_t>(feed.row.seq));
      known.bind(3, feed.row.id);
      const bool had = known.executeStep();
      known.reset();
      if (had) note_place(*in_, feed.row.device, feed.row.seq, feed.hub_seq);
      if (had) continue;
      const JournalRow* row = &feed.row;
      if (auto kept = as_left(*in_, feed.row)) row = &left.emplace_back(std::move(*kept));
      insert_row(*in_, *row, feed.hub_seq);
      added.push_back(row);
    }
    follow_presence(*in_, added);
    if (cursor() == from) {
      in_->set("feed_cursor", std::to_string(page.next.seq));
      in_->set("feed_mark", page.next.mark);
    }
    write.commit();
    return {};
  });
}

Expected<std::int64_t> Store::data_version() {
  return guarded("looking for news", [&]() -> Expected<std::int64_t> {
    SQLite::Statement& get = in_->use("PRAGMA data_version");
    get.executeStep();
    const std::int64_t version = get.getColumn(0).getInt64();
    get.reset();
    return version;
  });
}

Expected<void> Store::check_integrity() {
  return check(*in_, "PRAGMA integrity_check(1)");
}

Expected<void> Store::check_quickly() {
  return check(*in_, "PRAGMA quick_check(1)");
}

Expected<void> Store::probe_writing() {
  return guarded("trying to write", [&]() -> Expected<void> {
    WriteScope write(*in_);
    in_->set("probe", std::string(4096, 'x'));  // a page of its own: a row would need one too
    in_->clear("probe");
    write.commit();
    return {};
  });
}

}  // namespace lanyard::sync
