// Rows that contradict each other, or what the hub knows: people hear of them, once.
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

TEST_CASE_METHOD(TwoDesks,
                 "two entries are one alert, even when it comes out later which of them was first") {
  JournalRow fast = at_north.write(RowKind::admitted, "A1", hub.now + 30min);
  fast.offset_ms.reset();
  fast.hash = chain_hash(fast);
  hub.upload(north, {fast});
  hub.upload(south, {at_south.write(RowKind::admitted, "A1", hub.now + 5min)});
  REQUIRE(hub.alerts().size() == 1);
  JournalRow knows = at_north.write(RowKind::refused, "A1", hub.now + 30min + 1s);
  knows.offset_ms = -std::chrono::milliseconds(30min).count();
  knows.prev_hash = fast.hash;
  knows.hash = chain_hash(knows);
  CHECK(kinds(hub.upload(north, {knows})) == std::vector{RowAnswerKind::accepted});
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "double_entry");
}

TEST_CASE_METHOD(TwoDesks,
                 "a ticket that was let in before its order came is its holder's, and so is a second entry") {
  const std::string ticket = ticket_subject({7});
  hub.upload(north, {at_north.write(RowKind::admitted, ticket, hub.now)});
  CHECK(hub.store().holder(ticket).value() == ticket);
  REQUIRE(hub.store().transact([&] { return hub.store().put_credential({{7}, "A1", 1}); }).has_value());
  CHECK(hub.store().holder(ticket).value() == "A1");
  CHECK(hub.alerts().empty());
  hub.upload(south, {at_south.write(RowKind::admitted, "A1", hub.now + 30s)});
  CHECK(hub.store().rows_of_attendee("A1", 100).value().size() == 3);
  CHECK(hub.store().rows_of_attendee(ticket, 100).value().size() == 3);
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "double_entry");
}

TEST_CASE_METHOD(TwoDesks, "two devices that admit one attendee keep both rows and raise one alert") {
  const JournalRow first = at_north.write(RowKind::admitted, "A1", hub.now);
  const JournalRow second = at_south.write(RowKind::admitted, "A1", hub.now + 30s);
  for (int i = 0; i < 3; ++i) {
    hub.upload(south, {second});
    hub.upload(north, {first});
  }
  CHECK(hub.store().rows_of_attendee("A1", 100).value().size() == 3);  // both rows and the alert
  REQUIRE(hub.alerts().size() == 1);
  const JournalRow alert = hub.alerts()[0].row;
  CHECK(alert.device == "hub");
  CHECK(alert.rule == "double_entry");
  CHECK(alert.attendee == "A1");
  CHECK(alert.detail.find("north-1") != std::string::npos);
  CHECK(alert.detail.find("south-2") != std::string::npos);

  // A third admission is another pair: another alert. The hub's own chain holds.
  hub.upload(north, {at_north.write(RowKind::admitted, "A1", hub.now + 60s)});
  CHECK(hub.alerts().size() == 2);
  const auto own = hub.store().rows_of_device("hub", 0, 10).value();
  CHECK(own.size() == 2);
  CHECK_FALSE(find_break(own, Digest{}).has_value());
}

TEST_CASE_METHOD(TwoDesks, "entering twice where coming and going is free is no contradiction") {
  hub.upload(north, {at_north.write(RowKind::admitted, "A1", hub.now, "lounge")});
  hub.upload(south, {at_south.write(RowKind::admitted, "A1", hub.now + 30s, "lounge")});
  CHECK(hub.alerts().empty());
}

TEST_CASE("an admission of someone blocked stands as a fact and raises an alert") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  Attendee blocked = attendee_of("A1");
  blocked.status = Status::blocked;
  REQUIRE(hub.store().put_attendee(blocked));
  RowWriter writer("north-1");
  const UploadAnswer answer = hub.upload(token, {writer.write(RowKind::admitted, "A1", hub.now)});
  CHECK(answer.answers.at(0).kind == RowAnswerKind::accepted);
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "barred_admission");
}

TEST_CASE("an admission by ticket of someone blocked raises an alert once the ticket's order has come") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  Attendee withdrawn = attendee_of("A1");
  withdrawn.status = Status::withdrawn;
  REQUIRE(hub.store().put_attendee(withdrawn));
  REQUIRE(hub.store().transact([&] { return hub.store().put_credential({{7}, "A1", 1}); }).has_value());
  RowWriter writer("north-1");
  hub.upload(token, {writer.write(RowKind::admitted, ticket_subject({7}), hub.now)});
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "barred_admission");
  CHECK(hub.alerts()[0].row.detail == "A1 was admitted at main and is withdrawn");
}

TEST_CASE_METHOD(TwoDesks, "a badge issued twice and one that was replaced raise their alerts") {
  JournalRow admitted = at_north.write(RowKind::reissued, "A1", hub.now);
  hub.upload(north, {admitted});
  hub.upload(south, {at_south.write(RowKind::reissued, "A1", hub.now + 5s)});
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "double_reissue");
}

TEST_CASE("who has more than one row is found among many, also under a ticket's name") {
  HubFixture hub;
  RowWriter writer("north-1");
  Fingerprint ticket{};
  ticket.fill(7);
  REQUIRE(hub.store().put_attendee(attendee_of("A3")));
  REQUIRE(hub.store().put_credential({ticket, "A3", 1}));
  for (const std::string& who :
       {std::string("A1"), std::string("A2"), std::string("A2"), std::string("A3"), ticket_subject(ticket)}) {
    REQUIRE(hub.store().append(writer.write(RowKind::admitted, who, hub.now), hub.now));
  }
  REQUIRE(hub.store().transact([&]() -> Expected<void> {
    CHECK(hub.store().those_with_several_rows({"A1", "A2", "A3", "A4"}).value() ==
          std::vector<std::string>{"A2", "A3"});
    CHECK(hub.store().those_with_several_rows({}).value().empty());
    return {};
  }));
}

TEST_CASE_METHOD(TwoDesks,
                 "what contradicts what is judged by the event as another program has just changed it") {
  const auto admit_twice = [&](const std::string& who) {
    hub.upload(north, {at_north.write(RowKind::admitted, who, hub.now)});
    hub.upload(south, {at_south.write(RowKind::admitted, who, hub.now + 1s)});
  };
  admit_twice("A1");
  CHECK(hub.alerts().size() == 1);
  EventFile changed = small_event();
  changed.checkpoints.at(0).mode = Mode::unlimited;
  const auto other = hub.place().open(kSmallEventId).value();
  REQUIRE(other->transact([&] { return other->set_event(changed.event, changed.checkpoints); }));
  admit_twice("A2");
  CHECK(hub.alerts().size() == 1);
}

TEST_CASE_METHOD(TwoDesks,
                 "that badges are given out in a zone makes none of its entrances one for coming twice") {
  EventFile changed = small_event();
  Checkpoint station = changed.checkpoints.at(0);
  station.id = "badges";
  station.mode = Mode::unlimited;
  station.badge = BadgePolicy::station;
  changed.checkpoints.push_back(station);
  const auto other = hub.place().open(kSmallEventId).value();
  REQUIRE(other->transact([&] { return other->set_event(changed.event, changed.checkpoints); }));
  hub.upload(north, {at_north.write(RowKind::admitted, "A1", hub.now)});
  hub.upload(south, {at_south.write(RowKind::admitted, "A1", hub.now + 1s)});
  CHECK(hub.alerts().size() == 1);
}

}  // namespace
}  // namespace lanyard::sync::hub
