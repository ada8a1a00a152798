// Programs of several versions side by side: what a later one says and an earlier one does not know.
#include "tests/sync/venue_fixture.hpp"

namespace lanyard::sync {
namespace {

using hub::attendee_of;
using hub::kinds;
using hub::RowWriter;
using hub::Venue;
using hub::VenueFixture;

std::string with(std::string text, std::string_view part, std::string_view replacement) {
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + replacement.size()))
    text.replace(at, part.size(), replacement);
  return text;
}

// An answer to GET `path` as a later hub gives it: with another word in the place of `word`.
auto says(HubFixture& hub, const std::string& path, const std::string& word, const std::string& later) {
  return [&hub, path, word, later](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.method != "GET" || request.url.find(path) == std::string::npos) return std::nullopt;
    const hub::Response answer = hub::handle(request_of(request), hub.store(), hub.now, hub.random());
    return HttpAnswer{answer.status, answer.content_type, with(answer.body, word, later), {}, {}};
  };
}

struct Sent {
  std::vector<JournalRow> rows;
  std::string body;
};
Sent three_rows(const HubFixture& hub, int wire) {
  RowWriter writer("north-1");
  UploadRequest request;
  for (int i = 0; i < 3; ++i)
    request.rows.push_back(writer.write(RowKind::admitted, "A" + std::to_string(i), hub.now));
  request.wire = wire;
  return {request.rows, to_body(request)};
}

constexpr int kLater = kWireVersion + 1;

TEST_CASE("a row that only a later version can read waits at the kiosk until the hub is updated") {
  for (const bool knows_kind : {true, false}) {
    HubFixture hub;
    const std::string token = hub.enrol("north-1");
    const Sent sent = three_rows(hub, kLater);
    // Of a new kind; or with a new field, which the hub ignores and the hash does not.
    const std::string later = knows_kind ? with(sent.body, hex(sent.rows[1].hash), std::string(64, 'a'))
                                         : with(sent.body, R"("attendee":"A1")", R"("attendee":7)");
    for (int i = 0; i < 3; ++i) {
      const hub::Response response = hub.post("/v1/journal", token, later);
      REQUIRE(response.status == 200);
      CHECK(parse_upload_answer(response.body).value().known_to == 1);
    }
    CHECK(hub.store().rows_set_aside("north-1").value().empty());
    const auto alerts = hub.alerts();
    REQUIRE(alerts.size() == 1);  // people hear of it, once
    CHECK(alerts[0].row.rule == "hub_is_older");
    CHECK(alerts[0].row.detail.find("north-1 is of a later version") == 0);
    // The hub's successor can read it.
    CHECK(hub.upload(token, sent.rows).known_to == 3);
    CHECK(rows_at_hub(hub, "north-1") == 3);
  }
}

TEST_CASE("of a sender of the same version such a row holds up no other") {
  for (const int wire : {0, kWireVersion}) {
    HubFixture hub;
    const std::string token = hub.enrol("north-1");
    const Sent sent = three_rows(hub, wire);
    const hub::Response response =
        hub.post("/v1/journal", token, with(sent.body, R"("attendee":"A1")", R"("attendee":7)"));
    REQUIRE(response.status == 200);
    CHECK(parse_upload_answer(response.body).value().known_to == 3);
    CHECK(hub.store().rows_set_aside("north-1").value().size() == 1);
  }
}

TEST_CASE("a kiosk whose hub is older keeps its rows, says why, and sends them once it is not") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  kiosk.lie = [&](const HttpRequest& request) -> std::optional<HttpAnswer> {
    if (request.method != "POST" || request.url.find("/v1/journal") == std::string::npos) return std::nullopt;
    HttpRequest later = request;
    later.body = with(
        with(request.body, "\"wire\":" + std::to_string(kWireVersion), "\"wire\":" + std::to_string(kLater)),
        R"("kind":"exited")", R"("kind":"carried_out")");
    const hub::Response answer = hub::handle(request_of(later), hub.store(), hub.now, hub.random());
    return HttpAnswer{answer.status, answer.content_type, answer.body, {}, {}};
  };
  kiosk.write(RowKind::admitted, "A1");
  kiosk.write(RowKind::exited, "A1");
  kiosk.write(RowKind::admitted, "A2");
  kiosk.beat();
  CHECK(rows_at_hub(hub, "north-1") == 1);
  CHECK(kiosk.carrier().standing().find("until the hub is updated") != std::string::npos);
  CHECK(kiosk.store().unsent_count().value().unsent == 2);
  CHECK(kiosk.store().unsent_count().value().rejected == 0);
  kiosk.lie = nullptr;
  kiosk.pass(10min);
  kiosk.settle();
  CHECK(rows_at_hub(hub, "north-1") == 3);
  CHECK(kiosk.store().unsent_count().value().unsent == 0);
}

TEST_CASE("a row of a kind unknown to a kiosk is passed over, and read once the kiosk is updated") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  RowWriter south("south-2");
  hub.upload(hub.enrol("south-2"),
             {south.write(RowKind::admitted, "A1", hub.now), south.write(RowKind::exited, "A1", hub.now),
              south.write(RowKind::admitted, "A2", hub.now)});
  kiosk.lie = says(hub, "/v1/journal", R"("kind":"exited")", R"("kind":"carried_out")");
  kiosk.settle();
  CHECK(kiosk.follower().standing() == "online");
  CHECK(kiosk.store().history("A1", 10).value().size() == 1);
  CHECK(kiosk.store().history("A2", 10).value().size() == 1);
  CHECK(kiosk.store().standing().value().feed == hub.store().feed_head().value());
  const int requests = kiosk.requests;
  kiosk.settle();
  CHECK(kiosk.requests - requests <= 2);  // nor is it asked for again and again

  kiosk.lie = nullptr;
  REQUIRE(kiosk.store().read_by(kLater));
  kiosk.beat();
  CHECK(kiosk.store().history("A1", 10).value().size() == 2);
  CHECK(kiosk.store().history("A2", 10).value().size() == 1);
}

TEST_CASE("a kiosk reads nothing anew that its own version has read") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  const auto before = kiosk.store().standing().value();
  kiosk.restart();
  CHECK(kiosk.store().standing().value().epoch == before.epoch);
  CHECK_FALSE(before.epoch.empty());
}

TEST_CASE(
    "checkpoints of a later version leave those from before in force, and hold up nobody on the roster") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  kiosk.settle();
  const auto before = kiosk.store().checkpoints().value();
  const auto changed =
      parse_event_toml(hub::small_event_with("mode = \"unlimited\"", "mode = \"once_a_day\""), "event.toml")
          .value();
  REQUIRE(hub.store().transact([&]() -> Expected<void> {
    if (auto set = hub.store().set_event(changed.event, changed.checkpoints); !set) return set;
    return hub.store().put_attendee(attendee_of("A7"));
  }));
  kiosk.lie = says(hub, "/v1/roster", "once_a_day", "by_appointment");
  kiosk.pass(2min);
  kiosk.settle();
  CHECK(kiosk.carrier().standing() == "online");
  CHECK(kiosk.store().checkpoints().value() == before);
  CHECK(kiosk.store().attendee("A7").value().has_value());
  CHECK(kiosk.store().standing().value().roster_version == hub.store().roster_version().value());

  kiosk.lie = nullptr;
  REQUIRE(kiosk.store().read_by(kLater));
  kiosk.pass(2min);
  kiosk.settle();
  CHECK(kiosk.store().checkpoint("lounge").value()->mode == Mode::once_a_day);
}

TEST_CASE("whoever has a status of a later version is asked to the desk until the kiosk is updated") {
  HubFixture hub;
  Kiosk kiosk(hub);
  kiosk.enrol();
  REQUIRE(hub.store().transact([&] { return hub.store().put_attendee(attendee_of("A1")); }));
  kiosk.lie = says(hub, "/v1/roster", R"("status":"approved")", R"("status":"in_quarantine")");
  kiosk.pass(2min);
  kiosk.settle();
  CHECK(kiosk.store().attendee("A1").value()->status == Status::blocked);
  kiosk.lie = nullptr;
  REQUIRE(kiosk.store().read_by(kLater));
  kiosk.pass(2min);
  kiosk.settle();
  CHECK(kiosk.store().attendee("A1").value()->status == Status::approved);
}

TEST_CASE(
    "a venue's hub that is older than its centre passes over the same, and reads it once it is updated") {
  VenueFixture there;
  RowWriter south("south-2");
  REQUIRE(
      there.centre.store().transact([&] { return there.centre.store().put_attendee(attendee_of("A1")); }));
  there.centre.upload(there.centre.enrol("south-2"), {south.write(RowKind::admitted, "A1", there.centre.now),
                                                      south.write(RowKind::exited, "A1", there.centre.now)});
  const auto rows = says(there.centre, "/v1/journal", R"("kind":"exited")", R"("kind":"carried_out")");
  const auto people = says(there.centre, "/v1/roster", R"("status":"approved")", R"("status":"quarantine")");
  there.expo.lie = [&](const HttpRequest& request) {
    auto lied = rows(request);
    return lied ? lied : people(request);
  };
  there.expo.settle();
  CHECK(there.expo.store().rows_of_device("south-2", 0, 10).value().size() == 1);
  CHECK(there.expo.store().attendee("A1").value()->status == Status::blocked);

  there.expo.lie = nullptr;
  REQUIRE(there.expo.store().transact([&] { return there.expo.store().read_uplink_by(kLater); }));
  there.expo.settle();
  CHECK(there.expo.store().rows_of_device("south-2", 0, 10).value().size() == 2);
  CHECK(there.expo.store().attendee("A1").value()->status == Status::approved);
  // By a version that has read it, nothing is read anew.
  const std::string epoch = there.expo.store().uplink().value()->roster_epoch;
  CHECK_FALSE(epoch.empty());
  REQUIRE(there.expo.store().transact([&] { return there.expo.store().read_uplink_by(kLater); }));
  CHECK(there.expo.store().uplink().value()->roster_epoch == epoch);
}

}  // namespace
}  // namespace lanyard::sync
