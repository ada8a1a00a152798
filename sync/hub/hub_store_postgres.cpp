// The PostgreSQL store: opening, transactions, the founding.

#include "sync/hub/postgres_store.hpp"
#include "sync/log.hpp"
#include "sync/schema.hpp"

namespace lanyard::sync::hub {

namespace {

// Of the programs that start on one database at the same moment, one migrates; the number is Lanyard's own.
constexpr const char* kMigrationLock = "SELECT pg_advisory_xact_lock(7594120836491725)";

}  // namespace

Expected<std::unique_ptr<HubStore>> open_postgres_store(const std::string& url, std::string_view event) {
  auto store = std::make_unique<PostgresStore>(url, std::string(event));
  if (auto opened = store->open(); !opened) {
    return tl::make_unexpected(opened.error().within("opening the database"));
  }
  return store;
}

Expected<void> PostgresStore::open() {
  return guarded_by_link("connecting", [&]() -> Expected<void> {
    const std::string encoding = link_.run_once("SHOW server_encoding").text(0, 0);
    if (!link_.warning().empty()) log::warn("{}", link_.warning());
    if (encoding != "UTF8") {
      return fail(Error::Kind::invalid, "it is in " + encoding + ": Lanyard's has to be in UTF8");
    }
    const int newest = hub_postgres_migrations().back().number;
    if (schema_version() != newest) migrate();
    if (const auto version = schema_version(); version && *version > newest) {
      return fail(Error::Kind::invalid, "a later version of Lanyard made it (schema " +
                                            std::to_string(*version) + ", this program knows " +
                                            std::to_string(newest) + ")");
    }
    if (!event_.empty()) return {};
    const PostgresAnswer events = link_.run_once("SELECT event FROM hub ORDER BY event");
    if (events.size() == 1) event_ = events.text(0, 0);
    if (events.size() < 2) return {};
    std::string all;
    for (std::size_t i = 0; i < events.size(); ++i) all += (i == 0 ? "" : ", ") + events.text(i, 0);
    return fail(Error::Kind::invalid, "it holds several events: name one by --event-id (" + all + ")");
  });
}

std::optional<int> PostgresStore::schema_version() {
  // Not by to_regclass, which within a transaction goes on denying what another has just made.
  const PostgresAnswer there =
      link_.run_once("SELECT 1 FROM pg_class WHERE relname = 'lanyard_schema' AND pg_table_is_visible(oid)");
  if (there.empty()) return std::nullopt;
  return static_cast<int>(link_.run_once("SELECT max(version) FROM lanyard_schema").number(0, 0));
}

void PostgresStore::migrate() {
  Open transaction(*this, PostgresLink::Sees::latest);
  (void)link_.run_once(kMigrationLock);
  // Looked at again under the lock: another program may just have done it.
  const auto version = schema_version();
  if (!version) {
    (void)link_.run_once("CREATE TABLE lanyard_schema (version integer PRIMARY KEY, name text NOT NULL)");
  }
  for (const Migration& migration : hub_postgres_migrations()) {
    if (migration.number <= version.value_or(0)) continue;
    (void)link_.run_once(migration.sql);
    (void)link_.run_once("INSERT INTO lanyard_schema VALUES ($1, $2)",
                         {std::to_string(migration.number), migration.name});
  }
  transaction.commit();
}

PostgresStore::Open::Open(PostgresStore& store, PostgresLink::Sees sees) : store_(store) {
  store_.link_.begin(sees);
  store_.under_way_ = {};
}

PostgresStore::Open::~Open() {
  if (store_.link_.in_transaction()) store_.link_.undo();
}

void PostgresStore::Open::commit() {
  if (store_.under_way_.has_changed_version) {
    (void)store_.query("UPDATE hub SET version = $2 WHERE event = $1", *store_.under_way_.version);
  }
  store_.link_.commit();
}

Expected<void> PostgresStore::transact(const std::function<Expected<void>()>& work) {
  return guarded_by_link("the hub's store", [&]() -> Expected<void> {
    Open transaction(*this, PostgresLink::Sees::latest);
    if (auto done = work(); !done) return done;
    transaction.commit();
    return {};
  });
}

void PostgresStore::lock(std::string_view what, std::string_view whose) {
  if (!link_.in_transaction()) return;
  std::string name(what);
  name.append("/").append(event_).append("/").append(whose);
  (void)link_.run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", {name});
}

std::int64_t PostgresStore::number() {
  if (number_ == 0) {
    const PostgresAnswer get = query("SELECT number FROM hub WHERE event = $1");
    if (!get.empty()) number_ = get.number(0, 0);
  }
  return number_;
}

std::string PostgresStore::numbers() {
  return "journal_numbers_" + std::to_string(number());
}

Expected<std::optional<Founding>> PostgresStore::founding() {
  return reading("reading the founding", [&]() -> Expected<std::optional<Founding>> {
    const PostgresAnswer get = query(
        "SELECT epoch, signing_key, fingerprint_key, (SELECT device FROM uplink WHERE event = $1)"
        " FROM hub WHERE event = $1");
    if (get.empty()) return std::nullopt;
    Founding founding{get.text(0, 0), get.bytes<64>(0, 1), get.bytes<32>(0, 2)};
    if (founding.signing_key == SecretKey{} || founding.fingerprint_key == FingerprintKey{}) {
      return fail(Error::Kind::corrupt, "the hub's keys cannot be read");
    }
    if (!get.is_null(0, 3)) founding.name = get.text(0, 3);
    return founding;
  });
}

Expected<void> PostgresStore::found(const Founding& founding, Timestamp now) {
  return writing("founding", [&]() -> Expected<void> {
    if (event_.empty()) return fail(Error::Kind::invalid, "the event has no id yet");
    (void)query("SELECT add_event($1, $2, $3, $4)", founding.epoch, founding.signing_key,
                founding.fingerprint_key);
    RingChange key_one;
    key_one.own = {founding.signing_key};
    key_one.own_issuer = founding.name;
    return change_ring(key_one, now);
  });
}

}  // namespace lanyard::sync::hub
