// Two daemons on one store: the second does not begin, and no page of either harms the roster.
#include "sync/file_lock.hpp"
#include "tests/sync/kiosk_fixture.hpp"

namespace lanyard::sync {
namespace {

constexpr int kPeople = 700;

void put_people(HubFixture& hub) {
  REQUIRE(hub.store().transact([&]() -> Expected<void> {
    for (int i = 0; i < kPeople; ++i) {
      if (auto put = hub.store().put_attendee(hub::attendee_of("A" + std::to_string(i))); !put) return put;
    }
    return {};
  }));
}

TEST_CASE("a page that begins a roster and comes late, of another daemon, sweeps nobody away") {
  HubFixture hub;
  put_people(hub);
  Kiosk kiosk(hub);
  kiosk.enrol();
  const std::string token = read_token(kiosk.config().tokens.enrolled).value();
  const RosterPage late = hub.roster(token, 0, "", "200");
  RosterPage page = late;
  RosterCursor asked;
  while (page.more) {
    REQUIRE(kiosk.store().apply(page, hub.now, asked).has_value());
    asked = {page.epoch, page.next};
    page = hub.roster(token, asked.version, asked.epoch, "200");
  }
  CHECK(kiosk.store().apply(late, hub.now, RosterCursor{}).error().kind == Error::Kind::unavailable);
  REQUIRE(kiosk.store().apply(page, hub.now, asked).has_value());
  CHECK(kiosk.store().attendee_count().value() == kPeople);
}

TEST_CASE("two daemons that take turns on one store end with the whole roster") {
  HubFixture hub;
  put_people(hub);
  Kiosk kiosk(hub);
  kiosk.enrol();
  auto store = Store::open(kiosk.folder() / "store.db").value();
  const Clock clock = [&] { return Moment{kiosk.steady, hub.now, 0.5, kiosk.since_boot_ms(), "boot"}; };
  Carrier other(store, kiosk.config(), kiosk.transport(), clock,
                [] { return std::array<std::uint8_t, 32>{}; });
  for (int i = 0; i < 100; ++i) {
    REQUIRE(kiosk.carrier().step().has_value());
    REQUIRE(other.step().has_value());
    kiosk.pass(1s);
  }
  CHECK(kiosk.store().attendee_count().value() == kPeople);
}

TEST_CASE("a lock is one process's until that ends, and then the next one's") {
  const hub::TemporaryFolder folder;
  const auto file = folder.path() / "store.db.lock";
  {
    const auto lock = FileLock::take(file);
    REQUIRE(lock.has_value());
    CHECK(FileLock::take(file).error().kind == Error::Kind::unavailable);
  }
  CHECK(FileLock::take(file).has_value());
  CHECK(FileLock::take(folder.path() / "none" / "x.lock").error().kind == Error::Kind::storage);
}

}  // namespace
}  // namespace lanyard::sync
