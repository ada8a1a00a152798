#include "sync/hub/migration.hpp"

#include <array>
#include <map>

#include <sodium.h>

#include "sync/hub/hub_store.hpp"
#include "sync/hub/postgres_link.hpp"
#include "sync/hub/sqlite_tables.hpp"

namespace lanyard::sync::hub {

namespace {

// The tables of both, with what they are read in order of. `hub` comes first and by itself: the others hang
// on it.
struct Table {
  const char* name;
  const char* columns;
  const char* key;
};
constexpr Table kHub{"hub", "epoch, signing_key, fingerprint_key, version, keys_version", "epoch"};
constexpr auto kTables = std::to_array<Table>(
    {{"frame", "part, version, record", "part"},
     {"checkpoint", "id, position, record", "id"},
     {"issuer_key", "public_key, issuer, kind", "public_key"},
     {"own_key", "public_key, secret_key", "public_key"},
     {"tls_identity", "certificate, secret_key", "certificate"},
     {"policy", "id, record", "id"},
     {"attendee", "id, version, record", "id"},
     {"credential", "fingerprint, attendee, generation", "fingerprint"},
     {"device",
      "id, name, checkpoint, token_hash, code_hash, code_until, revoked, last_contact, software, last_seq,"
      " unsent, rejected, roster_version, clock_ahead_ms, orders, token_since, next_token_hash,"
      " is_hub, centre_orders",
      "id"},
     {"uplink",
      "hub, pin, device, token, roster_epoch, roster_version, keys_version, feed_seq, feed_mark, standing,"
      " contact, waiting, notices, notices_version, token_before, traces, wire,"
      " page_version",
      "hub"},
     {"notice", "id, record", "id"},
     {"photo", "hash, bytes", "hash"},
     {"wrong_code", "at, peer", "at, peer"},
     {"alert_raised", "subject", "subject"},
     {"stretch", "writer, version_before, version_from", "writer"},
     {"pseudonym", "subject, pseudonym, category, version", "subject"},
     {"erased_row", "device, seq, erasure", "device, seq"},
     {"purge", "at, report", "at"},
     {"purged_chain", "device, seq, hash", "device"},
     {"set_aside", "device, seq, hash, why, received, record", "device, seq"},
     {"journal", "hub_seq, device, seq, kind, attendee, generation, hash, received, record, id, corrected",
      "hub_seq"}});
constexpr std::string_view kJournal = "journal";
constexpr std::size_t kDeviceColumn = 1;  // of the journal
constexpr std::size_t kHashColumn = 6;

constexpr std::size_t kRowsAtOnce = 250;
constexpr std::uint64_t kSayEvery = 20'000;

// Over every cell, as its length and its bytes.
class TableHash {
 public:
  TableHash() { crypto_generichash_init(&state_, nullptr, 0, crypto_generichash_BYTES); }
  void add(const TableRow& row) {
    for (const auto& cell : row) {
      const std::uint64_t size = cell ? cell->size() : UINT64_MAX;
      std::array<std::uint8_t, sizeof size> bytes{};
      for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(size >> (8 * i));
      crypto_generichash_update(&state_, bytes.data(), bytes.size());
      if (!cell) continue;
      const std::string& text = *cell;
      crypto_generichash_update(&state_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    }
    ++rows_;
  }
  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] Digest end() {
    Digest digest{};
    crypto_generichash_final(&state_, digest.data(), digest.size());
    return digest;
  }

 private:
  crypto_generichash_state state_{};
  std::uint64_t rows_{0};
};

// A table as one end has it, and within the journal each device's chain.
struct Content {
  TableHash all;
  struct Chain {
    TableHash rows;
    std::string last;  // hash
  };
  std::map<std::string, Chain> chains;

  void add(const Table& table, const TableRow& row) {
    all.add(row);
    if (table.name != kJournal) return;
    Chain& chain = chains[row[kDeviceColumn].value_or("")];
    chain.rows.add(row);
    chain.last = row[kHashColumn].value_or("");
  }
};

class Migration {
 public:
  Migration(SqliteTables& from, PostgresLink& to, std::string event,
            const std::function<void(const std::string&)>& say)
      : from_(from), to_(to), event_(std::move(event)), say_(say) {}

  Expected<MigrationReport> run() {
    if (!to_.run_once("SELECT 1 FROM hub WHERE event = $1", {event_}).empty()) {
      return fail(Error::Kind::invalid, "the database holds the event " + event_ + " already");
    }
    if (auto founded = found(); !founded) return tl::make_unexpected(founded.error());
    for (const Table& table : kTables) {
      if (auto copied = copy(table); !copied) return tl::make_unexpected(copied.error());
    }
    go_on_numbering();
    report_.event = event_;
    if (auto compared = compare(kHub); !compared) return tl::make_unexpected(compared.error());
    for (const Table& table : kTables) {
      if (auto compared = compare(table); !compared) return tl::make_unexpected(compared.error());
    }
    const auto changed = from_.has_changed();
    if (!changed) return tl::make_unexpected(changed.error());
    if (*changed) {
      return fail(
          Error::Kind::storage,
          "somebody wrote to the folder meanwhile: stop the hub that serves from it, and migrate again");
    }
    count_rows();
    return report_;
  }

 private:
  Expected<void> found() {
    return from_.each_row(kHub.name, kHub.columns, kHub.key, [&](const TableRow& row) -> Expected<void> {
      (void)to_.run_once("SELECT add_event($1, $2, $3, $4)", {event_, row[0], row[1], row[2]});
      (void)to_.run_once("UPDATE hub SET version = $2, keys_version = $3 WHERE event = $1",
                         {event_, row[3], row[4]});
      return {};
    });
  }

  Expected<void> copy(const Table& table) {
    const auto total = from_.count(table.name);
    if (!total) return tl::make_unexpected(total.error());
    std::uint64_t done = 0;
    std::vector<PostgresText> values{event_};
    std::string places;
    const auto put = [&] {
      if (places.empty()) return;
      (void)to_.run_once(
          std::string("INSERT INTO ") + table.name + " (event, " + table.columns + ") VALUES " + places,
          values);
      places.clear();
      values.resize(1);
    };
    auto copied =
        from_.each_row(table.name, table.columns, table.key, [&](const TableRow& row) -> Expected<void> {
          places += places.empty() ? "($1" : ", ($1";
          for (const auto& cell : row) {
            values.push_back(cell);
            places += ", $" + std::to_string(values.size());
          }
          places += ')';
          if (++done % kRowsAtOnce == 0) put();
          if (done % kSayEvery == 0) say_progress(table, done, *total);
          return {};
        });
    if (!copied) return copied;
    put();
    say_progress(table, done, *total);
    return {};
  }

  void say_progress(const Table& table, std::uint64_t done, std::uint64_t total) {
    say_(std::string(table.name) + ": " + std::to_string(done) + " of " + std::to_string(total) + " rows");
  }

  // The next row's number is one more than the last.
  void go_on_numbering() {
    const std::string number = to_.run_once("SELECT number FROM hub WHERE event = $1", {event_}).text(0, 0);
    const PostgresAnswer last =
        to_.run_once("SELECT coalesce(max(hub_seq), 0) FROM journal WHERE event = $1", {event_});
    if (last.number(0, 0) == 0) return;
    (void)to_.run_once("SELECT setval('journal_numbers_" + number + "', " + last.text(0, 0) + ")");
  }

  // Without statistics PostgreSQL takes all people for a few, and looks for each through the whole journal,
  // until it comes to gather them by itself.
  void count_rows() {
    (void)to_.run_once(std::string("ANALYZE ") + kHub.name);
    for (const Table& table : kTables) (void)to_.run_once(std::string("ANALYZE ") + table.name);
  }

  Content read_back(const Table& table) {
    Content content;
    (void)to_.run_once(std::string("DECLARE written CURSOR FOR SELECT ") + table.columns + " FROM " +
                           table.name + " WHERE event = $1 ORDER BY " + table.key,
                       {event_});
    for (;;) {
      const PostgresAnswer some = to_.run_once("FETCH 1000 FROM written");
      if (some.empty()) break;
      for (std::size_t i = 0; i < some.size(); ++i) {
        const auto begin = some.cells.begin() + static_cast<std::ptrdiff_t>(i * some.columns);
        content.add(table, TableRow(begin, begin + static_cast<std::ptrdiff_t>(some.columns)));
      }
    }
    (void)to_.run_once("CLOSE written");
    return content;
  }

  // Reads a table at both ends.
  Expected<void> compare(const Table& table) {
    Content from;
    auto read = from_.each_row(table.name, table.columns, table.key, [&](const TableRow& row) {
      from.add(table, row);
      return Expected<void>();
    });
    if (!read) return read;
    Content to = read_back(table);
    report_.tables.push_back(
        {table.name, from.all.rows(), to.all.rows(), from.all.end() == to.all.end(), ""});
    for (auto& [device, chain] : from.chains) {
      Content::Chain& other = to.chains[device];
      const bool same = chain.last == other.last && chain.rows.end() == other.rows.end();
      report_.chains.push_back({device, chain.rows.rows(), other.rows.rows(), same, chain.last.substr(2)});
    }
    if (report_.tables.back().same) return {};
    return fail(Error::Kind::storage,
                std::string("the table ") + table.name + " came out otherwise in the database");
  }

  SqliteTables& from_;
  PostgresLink& to_;
  std::string event_;
  const std::function<void(const std::string&)>& say_;
  MigrationReport report_;
};

Expected<std::string> event_id(SqliteTables& from) {
  std::string id;
  const auto read = from.each_row("frame", "record", "part", [&](const TableRow& row) -> Expected<void> {
    if (row[0].value_or("").empty()) return {};  // checkpoints and keys stand in tables of their own
    const auto event = parse_event(*row[0]);
    if (!event) return fail(Error::Kind::corrupt, "the event: " + event.error().message);
    id = event->id;
    return {};
  });
  if (!read) return tl::make_unexpected(read.error());
  if (id.empty()) return fail(Error::Kind::invalid, "the hub in the folder has no event");
  return id;
}

}  // namespace

Expected<MigrationReport> migrate_to_postgres(const std::filesystem::path& data, const std::string& url,
                                              const std::function<void(const std::string&)>& say) {
  const auto from = SqliteTables::open(data);
  if (!from) return tl::make_unexpected(from.error());
  const auto event = event_id(**from);
  if (!event) return tl::make_unexpected(event.error());
  // Opened as a hub would, which makes the schema.
  if (const auto ready = open_postgres_store(url, *event); !ready) return tl::make_unexpected(ready.error());
  return guarded_by_link("migrating", [&]() -> Expected<MigrationReport> {
    PostgresLink to(url);
    to.begin();
    // It rests while the folder is read, which for a large journal is longer than a hub's own transactions
    // may.
    (void)to.run_once("SET LOCAL idle_in_transaction_session_timeout = 0");
    auto report = Migration(**from, to, *event, say).run();
    if (report) {
      to.commit();
    } else {
      to.undo();
    }
    return report;
  });
}

}  // namespace lanyard::sync::hub
