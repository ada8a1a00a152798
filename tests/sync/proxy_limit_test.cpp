// A proxy between kiosk or venue and hub that takes smaller bodies than the hub does, as nginx of itself
// takes a mebibyte: rows go in smaller batches, and no row is given up for what somebody else says of its
// size.
#include "tests/sync/venue_fixture.hpp"

namespace lanyard::sync {
namespace {

constexpr std::size_t kTakes = 50'000;

// Counts what it refuses.
auto small_minded(int& refused) {
  return [&refused](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.body.size() < kTakes) return std::nullopt;
    ++refused;
    return HttpAnswer{413, "text/html", "<html>413 Request Entity Too Large</html>", {}, {}};
  };
}

std::size_t rows_there(hub::HubStore& store, const std::string& device) {
  return store.rows_of_device(device, 0, 10'000).value().size();
}

TEST_CASE("a proxy that takes no large body holds up no row of a kiosk") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  int refused = 0;
  kiosk.lie = small_minded(refused);
  for (int i = 0; i < 300; ++i) kiosk.write(RowKind::admitted, "A1", std::string(1000, 'b'));
  kiosk.settle();
  CHECK(refused > 0);
  CHECK(rows_there(hub.store(), "north-1") == 300);
  CHECK(kiosk.store().unsent_count().value().rejected == 0);
}

TEST_CASE("a single row that is too large for a proxy is kept and sent again, and is no rejected row") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.lie = [](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (!request.url.ends_with("/v1/journal")) return std::nullopt;
    return HttpAnswer{413, "text/html", "<html>413 Request Entity Too Large</html>", {}, {}};
  };
  for (int i = 0; i < 3; ++i) kiosk.write(RowKind::admitted, "A1");
  for (int i = 0; i < 20; ++i) {
    kiosk.pass(1min);
    REQUIRE(kiosk.carrier().step().has_value());
  }
  CHECK(kiosk.carrier().standing().find("413") != std::string::npos);
  CHECK(kiosk.store().unsent_count().value().rejected == 0);
  CHECK(kiosk.store().unsent_count().value().unsent == 3);
  kiosk.lie = nullptr;
  kiosk.pass(10min);
  kiosk.settle();
  CHECK(rows_there(hub.store(), "north-1") == 3);
}

TEST_CASE("a proxy that takes no large body holds up no row of a venue") {
  HubFixture centre;
  hub::Venue venue(centre, "expo");
  venue.settle();
  const std::string token = venue.enrol("desk");
  venue.settle();
  int refused = 0;
  venue.lie = small_minded(refused);
  hub::RowWriter writer("expo.desk");
  for (int batch = 0; batch < 3; ++batch) {
    std::vector<JournalRow> rows;
    for (int i = 0; i < 100; ++i) {
      rows.push_back(writer.write(RowKind::admitted, "A" + std::to_string(i), centre.now));
    }
    (void)venue.upload(token, rows);
  }
  venue.settle();
  CHECK(refused > 0);
  CHECK(rows_there(centre.store(), "expo.desk") == 300);
}

}  // namespace
}  // namespace lanyard::sync
