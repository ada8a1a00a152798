// Rows as they come to the hub: chains, and an answer for each.
#include <nlohmann/json.hpp>

#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;
using Kind = RowAnswerKind;

TEST_CASE("rows are taken once however often they are sent") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  const std::vector<JournalRow> rows{writer.write(RowKind::admitted, "A1", hub.now),
                                     writer.write(RowKind::refused, "", hub.now + 1s)};
  const UploadAnswer first = hub.upload(token, rows);
  CHECK(kinds(first) == std::vector{Kind::accepted, Kind::accepted});
  CHECK(first.known_to == 2);
  const UploadAnswer second = hub.upload(token, rows);
  CHECK(kinds(second) == std::vector{Kind::known, Kind::known});
  CHECK(second.answers[0].hub_seq == first.answers[0].hub_seq);
  CHECK(hub.store().rows_of_device("north-1", 0, 10).value() == rows);
  CHECK(hub.alerts().empty());
}

TEST_CASE("a gap is named, and closes when the missing row comes") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  const JournalRow one = writer.write(RowKind::admitted, "A1", hub.now);
  const JournalRow two = writer.write(RowKind::exited, "A1", hub.now + 1s);
  const JournalRow three = writer.write(RowKind::admitted, "A2", hub.now + 2s);
  hub.upload(token, {one});
  const UploadAnswer gap = hub.upload(token, {three});
  REQUIRE(gap.answers.size() == 1);
  CHECK(gap.answers[0] == RowAnswer{3, Kind::rejected, 0, "gap after 1"});
  CHECK(gap.known_to == 1);
  const UploadAnswer closed = hub.upload(token, {two, three});
  CHECK(kinds(closed) == std::vector{Kind::accepted, Kind::accepted});
  CHECK(closed.known_to == 3);
}

TEST_CASE("a row with a forged hash is set aside, people hear of it, and the rows behind it are taken") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  const JournalRow one = writer.write(RowKind::admitted, "A1", hub.now);
  JournalRow forged = writer.write(RowKind::admitted, "A2", hub.now + 1s);
  const JournalRow three = writer.write(RowKind::admitted, "A3", hub.now + 2s);
  forged.attendee = "A9";
  const UploadAnswer answer = hub.upload(token, {one, forged, three});
  CHECK(kinds(answer) == std::vector{Kind::accepted, Kind::rejected, Kind::accepted});
  CHECK(answer.answers[1].why == "its hash is not that of its contents");
  CHECK(answer.known_to == 3);
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "bad_hash");
  const auto aside = hub.store().rows_set_aside("north-1").value();
  REQUIRE(aside.size() == 1);
  CHECK(parse_row(aside[0].record).value() == forged);

  // Sent again, it is rejected again, and nobody is told twice.
  CHECK(kinds(hub.upload(token, {one, forged, three})) ==
        std::vector{Kind::known, Kind::rejected, Kind::known});
  CHECK(hub.alerts().size() == 1);
}

TEST_CASE("a row that does not follow the row before it is rejected") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  hub.upload(token, {writer.write(RowKind::admitted, "A1", hub.now)});
  RowWriter other_life("north-1");
  (void)other_life.write(RowKind::admitted, "A5", hub.now);
  const UploadAnswer answer = hub.upload(token, {other_life.write(RowKind::admitted, "A6", hub.now)});
  CHECK(answer.answers[0].why == "it does not follow the row before it");
  CHECK(hub.alerts().at(0).row.rule == "broken_chain");
}

TEST_CASE("another row under a known number is rejected and raises one alert") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  RowWriter other_life("north-1");
  hub.upload(token, {writer.write(RowKind::admitted, "A1", hub.now)});
  const JournalRow other = other_life.write(RowKind::admitted, "A5", hub.now);
  for (int i = 0; i < 2; ++i) {
    const UploadAnswer answer = hub.upload(token, {other});
    CHECK(answer.answers.at(0) == RowAnswer{1, Kind::rejected, 0, "differs from the row known"});
  }
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "row_differs");
  CHECK(hub.store().rows_of_device("north-1", 0, 10).value().at(0).attendee == "A1");
}

TEST_CASE("a device cannot write rows of another") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  hub.enrol("south-2");
  for (const char* device : {"south-2", "hub"}) {
    RowWriter writer(device);
    const UploadAnswer answer = hub.upload(token, {writer.write(RowKind::admitted, "A1", hub.now)});
    CHECK(answer.answers.at(0).kind == Kind::rejected);
    CHECK(answer.known_to == 0);
    CHECK(hub.store().rows_of_device(device, 0, 10).value().empty());
  }
}

TEST_CASE("a malformed row is set aside and does not hold up the others") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  std::vector<JournalRow> rows;
  for (int i = 0; i < 3; ++i)
    rows.push_back(writer.write(RowKind::admitted, "A" + std::to_string(i), hub.now));
  auto body = nlohmann::json::parse(to_body(UploadRequest{rows}));
  body["rows"][1]["kind"] = "vanished";
  const Response response = hub.post("/v1/journal", token, body.dump());
  REQUIRE(response.status == 200);
  const UploadAnswer answer = parse_upload_answer(response.body).value();
  CHECK(kinds(answer) == std::vector{Kind::accepted, Kind::rejected, Kind::accepted});
  CHECK(answer.known_to == 3);
  CHECK(hub.alerts().at(0).row.rule == "unreadable_row");
}

TEST_CASE("a batch that the disk refuses is not half taken") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  const std::vector<JournalRow> rows{writer.write(RowKind::admitted, "A1", hub.now),
                                     writer.write(RowKind::admitted, "A2", hub.now)};
  hub.place().refuse_rows(2);
  CHECK(hub.post("/v1/journal", token, to_body(UploadRequest{rows})).status == 503);
  CHECK(hub.store().rows_of_device("north-1", 0, 10).value().empty());
  hub.place().refuse_no_rows();
  CHECK(kinds(hub.upload(token, rows)) == std::vector{Kind::accepted, Kind::accepted});
}

TEST_CASE("a batch whose rows are known, new, forged and unreadable has an answer for each in its place") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  std::vector<JournalRow> rows;
  for (int i = 0; i < 6; ++i)
    rows.push_back(writer.write(RowKind::admitted, "A" + std::to_string(i), hub.now));
  hub.upload(token, {rows[0], rows[1]});
  std::vector<JournalRow> sent = rows;
  sent[3].attendee = "B3";                 // forged
  sent.insert(sent.begin() + 3, rows[2]);  // twice in one batch
  nlohmann::json body = nlohmann::json::parse(to_body(UploadRequest{sent}));
  body["rows"][5]["kind"] = "of a later version";
  const Response response = hub.post("/v1/journal", token, body.dump());
  REQUIRE(response.status == 200);
  const UploadAnswer answer = parse_upload_answer(response.body).value();
  CHECK(kinds(answer) == std::vector{Kind::known, Kind::known, Kind::accepted, Kind::known, Kind::rejected,
                                     Kind::rejected, Kind::accepted});
  CHECK(answer.known_to == 6);
  for (const RowAnswer& one : answer.answers) {
    if (one.kind == Kind::rejected) continue;
    const auto known = hub.store().known_row("north-1", one.seq).value();
    REQUIRE(known.has_value());
    CHECK(one.hub_seq == known->hub_seq);
  }
}

}  // namespace
}  // namespace lanyard::sync::hub
