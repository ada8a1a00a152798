// A kiosk whose store is an old copy of itself: a disk was restored, or a virtual machine set back.
#include <algorithm>

#include <SQLiteCpp/SQLiteCpp.h>

#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

// Three rows are in the copy, and four more at the hub alone.
struct SetBack {
  explicit SetBack(const std::string& hub_url = "https://hub") {
    kiosk.config().hub = hub_url;
    kiosk.enrol();
    for (int i = 0; i < 3; ++i) kiosk.write(RowKind::admitted, "A" + std::to_string(i));
    kiosk.settle();
    {
      SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
      db.exec("VACUUM INTO '" + copy.string() + "'");
    }
    for (int i = 0; i < 4; ++i) kiosk.write(RowKind::admitted, "B" + std::to_string(i));
    pass();
    REQUIRE(rows().size() == 7);
    kiosk.store() = Store::open(kiosk.folder() / "elsewhere.db").value();
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
    std::filesystem::rename(copy, file);
    kiosk.store() = Store::open(file).value();
    kiosk.restart();
  }
  void pass(int times = 1) {
    for (int i = 0; i < times; ++i) {
      kiosk.pass(16s);
      kiosk.settle();
    }
  }
  void write(const std::string& prefix, int count) {
    for (int i = 0; i < count; ++i) kiosk.write(RowKind::admitted, prefix + std::to_string(i));
  }
  [[nodiscard]] std::vector<JournalRow> rows() {
    return hub.store().rows_of_device("north-1", 0, 1000).value();
  }
  [[nodiscard]] int rows_about(const std::string& prefix) {
    const auto all = rows();
    return static_cast<int>(
        std::ranges::count_if(all, [&](const JournalRow& row) { return row.attendee.starts_with(prefix); }));
  }

  HubFixture hub;
  Kiosk kiosk{hub};
  std::filesystem::path file{kiosk.folder() / "store.db"};
  std::filesystem::path copy{kiosk.folder() / "copy.db"};
};

TEST_CASE("a kiosk whose store is an old copy loses no check-in from when the hub has told it") {
  SetBack there;
  there.pass();
  there.write("C", 6);
  there.pass(3);
  CHECK(there.rows_about("C") == 6);
  CHECK(there.kiosk.store().unsent_count().value().unsent == 0);
  CHECK(there.kiosk.carrier().standing() == "online");
  // One row of the kiosk's own does not follow those that it has lost, and people hear of it.
  const auto aside = there.hub.store().rows_set_aside("north-1").value();
  REQUIRE(aside.size() == 1);
  CHECK(aside.front().seq == 8);
  CHECK(aside.front().record.find("rows 4 to 7 are at the hub alone") != std::string::npos);
  const auto alerts = there.hub.alerts();
  CHECK(std::ranges::count_if(alerts, [](const FeedRow& alert) {
          return alert.row.rule == "broken_chain" && alert.row.detail.find("row 8 of north-1") == 0;
        }) == 1);
  // And no more than once.
  there.pass(3);
  there.kiosk.restart();
  there.pass(3);
  CHECK(there.hub.store().rows_set_aside("north-1").value().size() == 1);
}

TEST_CASE("what an old copy wrote before the hub had told it is rejected, and all behind it is taken") {
  SetBack there;
  there.write("C", 2);
  there.pass(2);
  CHECK(there.rows_about("C") == 0);
  CHECK(there.kiosk.store().unsent_count().value().rejected == 3);
  there.write("D", 3);
  there.pass(2);
  CHECK(there.rows_about("D") == 3);
  CHECK(there.hub.store().rows_set_aside("north-1").value().size() == 1);
}

TEST_CASE("a kiosk whose store is an old copy can be enrolled anew, and goes on") {
  SetBack there;
  there.pass();
  Orders anew;
  anew.enrol_code = there.hub.new_code_for("north-1");
  REQUIRE(there.hub.store().set_orders("north-1", anew));
  there.pass(2);
  there.write("C", 6);
  there.pass(3);
  CHECK(there.rows_about("C") == 6);
}

TEST_CASE("nobody on the way of a line in the clear can have a kiosk leave seqs out") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.config().hub = "http://hub.example:8080";
  kiosk.enrol();
  kiosk.settle();
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/heartbeat")) return std::nullopt;
    const HeartbeatAnswer answer{hub.now, "main", 0, 1'000'000};
    return HttpAnswer{200, "application/json", to_body(answer), {}, {}};
  };
  kiosk.pass(16s);
  kiosk.settle();
  CHECK(kiosk.write(RowKind::admitted, "A1").seq == 1);
}

}  // namespace
}  // namespace lanyard::sync
