// What is of the hub's SQLite alone.
#include "sync/hub/sqlite_store.hpp"

#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

std::string plan_of(const std::filesystem::path& folder, const char* sql) {
  SQLite::Database db((folder / "hub.db").string());
  SQLite::Statement explain(db, std::string("EXPLAIN QUERY PLAN ") + sql);
  std::string plan;
  while (explain.executeStep()) plan += explain.getColumn("detail").getString() + "\n";
  return plan;
}

TEST_CASE("who came and went of late is looked up, and not sought in the whole journal") {
  TemporaryFolder folder;
  REQUIRE(open_sqlite_store(folder.path()).has_value());
  const std::string plan = plan_of(folder.path(), SqliteStore::kMovesSince);
  INFO(plan);
  CHECK(plan.find("SEARCH journal USING INDEX journal_moves (corrected>?)") == 0);
  CHECK(plan.find("SCAN") == std::string::npos);
}

}  // namespace
}  // namespace lanyard::sync::hub
