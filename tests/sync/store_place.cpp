#include "tests/sync/store_place.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <SQLiteCpp/SQLiteCpp.h>
#include <unistd.h>

#include "sync/hub/postgres_link.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr const char* kKeepsRows = "journal_keeps_rows";

}  // namespace

std::string postgres_url() {
  const char* url = std::getenv("LANYARD_POSTGRES");
  return url == nullptr ? "" : url;
}

StorePlace::StorePlace() {
  if (postgres_url().empty()) return;
  static int number = 0;
  schema_ = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++number);
  PostgresLink(postgres_url()).run_once("CREATE SCHEMA " + schema_);
  url_ = postgres_url() + "?options=-csearch_path%3D" + schema_;
}

StorePlace::~StorePlace() {
  if (!url_.empty()) PostgresLink(postgres_url()).run_once("DROP SCHEMA " + schema_ + " CASCADE");
}

Expected<std::unique_ptr<HubStore>> StorePlace::open(std::string_view event) const {
  return url_.empty() ? open_sqlite_store(folder_.path()) : open_postgres_store(url_, event);
}

void StorePlace::alter(const std::string& sql) const {
  if (url_.empty()) {
    SQLite::Database((folder_.path() / "hub.db").string(), SQLite::OPEN_READWRITE).exec(sql);
  } else {
    PostgresLink(url_).run_once(sql);
  }
}

std::int64_t StorePlace::count(const std::string& sql) const {
  if (!url_.empty()) return PostgresLink(url_).run_once(sql).number(0, 0);
  return SQLite::Database((folder_.path() / "hub.db").string()).execAndGet(sql).getInt64();
}

std::string StorePlace::all_bytes() const {
  if (!url_.empty()) {
    return PostgresLink(url_).run_once("SELECT schema_to_xml(current_schema(), true, false, '')").text(0, 0);
  }
  std::string bytes;
  for (const char* name : {"hub.db", "hub.db-wal"}) {
    std::ifstream in(folder_.path() / name, std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(in), {});
  }
  return bytes;
}

void StorePlace::refuse_rows(std::uint64_t seq) const {
  const std::string number = std::to_string(seq);
  if (url_.empty()) {
    alter("CREATE TRIGGER full BEFORE INSERT ON journal WHEN new.seq = " + number +
          " BEGIN SELECT RAISE(ABORT, 'x'); END");
  } else {
    alter("CREATE TRIGGER \"full\" BEFORE INSERT ON journal FOR EACH ROW WHEN (new.seq = " + number +
          ") EXECUTE FUNCTION journal_keeps()");
  }
}

void StorePlace::refuse_no_rows() const {
  alter(url_.empty() ? "DROP TRIGGER full" : "DROP TRIGGER \"full\" ON journal");
}

void StorePlace::refuse_attendee(const std::string& id) const {
  if (url_.empty()) {
    alter("CREATE TRIGGER nobody BEFORE INSERT ON attendee WHEN new.id = '" + id +
          "' BEGIN SELECT RAISE(ABORT, 'x'); END");
  } else {
    alter("CREATE TRIGGER nobody BEFORE INSERT ON attendee FOR EACH ROW WHEN (new.id = '" + id +
          "') EXECUTE FUNCTION journal_keeps()");
  }
}

void StorePlace::forget_rows_after(std::uint64_t seq) const {
  alter(std::string("DROP TRIGGER ") + kKeepsRows + (url_.empty() ? "" : " ON journal"));
  alter("DELETE FROM journal WHERE seq > " + std::to_string(seq));
  // And the numbers of what is gone are given again.
  alter(url_.empty()
            ? "UPDATE sqlite_sequence SET seq = (SELECT coalesce(max(hub_seq), 0) FROM journal)"
            : "SELECT setval('journal_numbers_1', coalesce(max(hub_seq), 1), max(hub_seq) IS NOT NULL)"
              " FROM journal");
}

}  // namespace lanyard::sync::hub
