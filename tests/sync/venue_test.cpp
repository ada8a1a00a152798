// Hubs under a hub: kiosk -> venue -> centre, each with a store of its own.
#include <algorithm>
#include <map>
#include <set>

#include "tests/sync/venue_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;
using Kind = RowAnswerKind;

// All rows of a store, by what they are and not by when the hub heard of them.
std::map<std::pair<std::string, std::uint64_t>, std::string> all_rows_in(HubStore& store) {
  std::map<std::pair<std::string, std::uint64_t>, std::string> rows;
  FeedCursor after;
  for (bool more = true; more;) {
    const FeedPage page = store.feed(after, "", 500).value();
    for (const FeedRow& row : page.rows) {
      CHECK(rows.emplace(std::pair(row.row.device, row.row.seq), to_json(row.row)).second);
    }
    after = page.next;
    more = page.more;
  }
  return rows;
}

std::vector<JournalRow> alerts_in(HubStore& store) {
  std::vector<JournalRow> rows;
  const auto alerts = store.alerts(0, 1000).value();
  for (const FeedRow& alert : alerts) rows.push_back(alert.row);
  return rows;
}

std::set<std::string> issuers_in(HubStore& store) {
  std::set<std::string> issuers;
  const Ring ring = store.ring().value();
  for (const RingKey& key : ring.keys) issuers.insert(key.key.issuer);
  return issuers;
}

// Everybody hears of everything: up, and down again.
void settle(std::initializer_list<Venue*> venues) {
  for (int i = 0; i < 2; ++i) {
    for (Venue* venue : venues) venue->settle();
  }
}

TEST_CASE("an id says under which hubs a device is, and which hub has two rows first") {
  CHECK(is_under("expo.north-1", "expo"));
  CHECK(is_under("expo", "expo"));
  CHECK_FALSE(is_under("expo-2.north-1", "expo"));
  CHECK_FALSE(is_under("north-1", "expo"));
  CHECK(brought_by("north-1", "hub") == "");
  CHECK(brought_by("expo.hall.desk", "hub") == "expo");
  CHECK(brought_by("expo.hall.desk", "expo") == "hall");
  CHECK(brought_by("expo.north-1", "expo") == "");
  CHECK(brought_by("expo", "expo") == "");
  CHECK_FALSE(brought_by("fair.north-1", "expo").has_value());
  CHECK_FALSE(brought_by("hub", "expo").has_value());
  CHECK(is_ours_to_say("north-1", "south-2", "hub"));
  CHECK(is_ours_to_say("expo.a", "fair.a", "hub"));
  CHECK_FALSE(is_ours_to_say("expo.a", "expo.b", "hub"));
  CHECK(is_ours_to_say("expo.a", "expo.b", "expo"));
  CHECK_FALSE(is_ours_to_say("expo.a", "fair.b", "expo"));
  CHECK_FALSE(is_ours_to_say("expo.hall.a", "expo.hall.b", "expo"));
  CHECK(is_ours_to_say("expo.hall.a", "expo.desk", "expo"));
}

TEST_CASE("rows of two venues whose kiosks have one name stand at the centre and at the other venue, once") {
  HubFixture centre;
  Venue expo(centre, "expo");
  Venue fair(centre, "fair");
  RowWriter one("expo.north-1");
  RowWriter other("fair.north-1");
  const std::string one_token = expo.enrol("north-1");
  const std::string other_token = fair.enrol("north-1");
  std::vector<JournalRow> many;
  for (int i = 0; i < 450; ++i) many.push_back(one.write(RowKind::refused, "", centre.now));
  CHECK(expo.upload(one_token, many).known_to == 450);
  CHECK(fair.upload(other_token, {other.write(RowKind::admitted, "A1", centre.now)}).known_to == 1);
  expo.lose_answers = 3;  // what was taken is sent again
  settle({&expo, &fair});
  CHECK(all_rows_in(centre.store()).size() == 451);
  CHECK(all_rows_in(expo.store()) == all_rows_in(centre.store()));
  CHECK(all_rows_in(fair.store()) == all_rows_in(centre.store()));
  CHECK(expo.carrier().waiting() == 0);
  CHECK(centre.store().device("expo.north-1").value()->name == "The north-1");
  CHECK(expo.store().uplink().value()->standing.words == "online");
  // And a kiosk of the venue hears of the other's.
  const Response feed = expo.ask({"GET", "/v1/journal", {}, one_token, ""});
  CHECK(parse_feed_page(feed.body).value().rows.at(0).row.device == "fair.north-1");
}

TEST_CASE("a venue brings rows of its own kiosks alone, and a kiosk those of no other") {
  HubFixture centre;
  Venue expo(centre, "expo");
  Venue fair(centre, "fair");
  const std::string kiosk = centre.enrol("north-1");
  (void)fair.enrol("desk-1");
  fair.settle();
  const auto bring = [&](const std::string& token, const std::string& device) {
    RowWriter writer(device);
    const std::string body = to_body(UploadRequest{{writer.write(RowKind::refused, "", centre.now)}});
    return handle({"POST", "/v1/journal", {{"device", device}}, token, body}, centre.store(), centre.now,
                  centre.random());
  };
  for (const char* device :
       {"fair.desk-1", "fair", "north-1", "hub", "expo2.desk", "expo.", "expo.new", "../x"}) {
    INFO(device);
    CHECK(bring(expo.token(), device).status == 403);
  }
  CHECK(bring(kiosk, "expo.desk-1").status == 403);
  CHECK(bring(kiosk, "expo").status == 403);
  CHECK(bring(kiosk, "north-1").status == 200);
  const auto tell = [&](const std::string& token, const std::string& id) {
    const DevicesRequest told{{{id, "A kiosk", "main", {}, false}}};
    return handle({"POST", "/v1/devices", {}, token, to_body(told)}, centre.store(), centre.now,
                  centre.random());
  };
  for (const char* device : {"fair.desk-1", "fair", "expo", "north-1", "hub"}) {
    INFO(device);
    CHECK(tell(expo.token(), device).status == 403);
  }
  CHECK(tell(kiosk, "north-1.desk").status == 403);
  CHECK(centre.post("/v1/journal", kiosk, to_body(UploadRequest{{}, {{2, {}, "why", ""}}})).status == 400);
  CHECK(centre.store().device("fair.desk-1").value()->name == "The desk-1");
  CHECK(all_rows_in(centre.store()).size() == 1);
}

TEST_CASE("a venue cannot put somebody else's key into the ring") {
  HubFixture centre;
  Venue expo(centre, "expo");
  const PublicKey of_centre = public_half(centre.store().founding().value()->signing_key);
  const DevicesRequest told{{{"expo.desk-1", "A kiosk", "main", of_centre, false}}};
  CHECK(centre.post("/v1/devices", expo.token(), to_body(told)).status == 400);
  CHECK(issuers_in(centre.store()) == std::set<std::string>{"hub", "expo"});
}

TEST_CASE("a code for a venue's hub makes no kiosk, and a kiosk's makes no hub; it is not spent by that") {
  HubFixture centre;
  Venue expo(centre, "expo");
  const std::string for_hub = expo.new_code_for_hub();
  CHECK(centre.enrol_with(for_hub, 9).status == 403);
  const std::string for_kiosk = centre.new_code_for("north-1");
  StorePlace place;
  const auto make = [&](const std::string& event) { return place.open(event); };
  const auto joined =
      join({"http://hub", for_kiosk, ""}, nullptr, make, expo.transport(), expo.random(), centre.now);
  REQUIRE_FALSE(joined.has_value());
  CHECK(joined.error().kind == Error::Kind::refused);
  CHECK(centre.enrol_with(for_kiosk, 9).status == 200);
  // The hub that has joined takes the code as another token for the same hub.
  const std::string before = expo.token();
  REQUIRE(expo.join_by(for_hub));
  CHECK(expo.token() != before);
  expo.settle();
  CHECK(expo.carrier().standing() == "online");
  // A hub with an event of its own does not become a venue's.
  CHECK_FALSE(
      join({"http://hub", for_hub, ""}, &centre.store(), make, expo.transport(), expo.random(), centre.now));
}

TEST_CASE("event, people, credentials and who is gone come down to a venue, and on to its kiosks") {
  HubFixture centre;
  const auto fingerprint = [](std::uint8_t byte) {
    Fingerprint of{};
    of.fill(byte);
    return of;
  };
  for (const char* id : {"a", "b", "c"}) REQUIRE(centre.store().put_attendee(attendee_of(id)));
  REQUIRE(centre.store().put_credential({fingerprint(1), "a", 1}));
  REQUIRE(centre.store().put_credential({fingerprint(2), "b", 1}));
  Venue expo(centre, "expo");
  const auto whole = [](HubStore& store) {
    RosterPage page = store.roster_page(0, "", 1000).value();
    std::ranges::sort(page.attendees, {}, &Attendee::id);
    std::ranges::sort(page.credentials, {}, &CredentialRecord::fingerprint);
    return page;
  };
  const auto check_same = [&] {
    const RosterPage above = whole(centre.store());
    const RosterPage here = whole(expo.store());
    CHECK(here.event == above.event);
    CHECK(here.checkpoints == above.checkpoints);
    CHECK(here.attendees == above.attendees);
    CHECK(here.credentials == above.credentials);
  };
  check_same();
  CHECK(expo.store().founding().value()->fingerprint_key ==
        centre.store().founding().value()->fingerprint_key);
  CHECK(expo.store().founding().value()->epoch != centre.store().founding().value()->epoch);

  SECTION("as changes") {
    REQUIRE(centre.store().remove_attendee("c"));
    Attendee changed = attendee_of("a");
    changed.status = Status::blocked;
    REQUIRE(centre.store().put_attendee(changed));
    REQUIRE(centre.store().put_credential({fingerprint(2), "a", 2}));  // from one to another
    EventFile event = small_event();
    event.event.test = true;
    REQUIRE(centre.store().set_event(event.event, event.checkpoints));
    expo.settle();
    check_same();
    CHECK(expo.store().attendee("c").value() == std::nullopt);
  }
  SECTION("as a whole, from a centre that was restored: what is as it was is not sent to the kiosks again") {
    const std::string token = expo.enrol("desk-1");
    expo.settle();
    const std::int64_t before = expo.store().roster_version().value();
    REQUIRE(centre.store().remove_attendee("c"));
    centre.place().alter("DELETE FROM attendee WHERE record IS NULL");
    centre.place().alter("UPDATE hub SET epoch = 'another'");
    expo.settle();
    check_same();
    const std::string epoch = expo.store().founding().value()->epoch;
    const RosterPage page = expo.store().roster_page(before, epoch, 1000).value();
    CHECK_FALSE(page.from_start);
    CHECK(page.removed == std::vector<std::string>{"c"});
    CHECK(page.attendees.empty());
  }
  SECTION("in many pages, and again after it broke off") {
    for (int i = 0; i < 400; ++i) REQUIRE(centre.store().put_attendee(attendee_of("p" + std::to_string(i))));
    centre.place().alter("UPDATE hub SET epoch = 'another'");
    expo.steady += 2min;
    for (int i = 0; i < 3; ++i) (void)expo.carrier().step();
    expo.restart();
    expo.settle();
    check_same();
  }
}

TEST_CASE("the keys of a venue's kiosks reach the other venues, and go with who is shut out") {
  HubFixture centre;
  Venue expo(centre, "expo");
  Venue fair(centre, "fair");
  const std::string token = expo.enrol("desk-1");
  (void)centre.enrol("north-1");
  settle({&expo, &fair});
  const std::set<std::string> all{"hub", "expo", "fair", "expo.desk-1", "north-1"};
  CHECK(issuers_in(centre.store()) == all);
  CHECK(issuers_in(fair.store()) == all);
  CHECK(issuers_in(expo.store()) == all);
  CHECK(fair.store().ring().value().keys.front().key.issuer == "fair");  // and signs by its own

  SECTION("at its venue") {
    REQUIRE(expo.store().revoke("expo.desk-1", true, centre.now));
    settle({&expo, &fair});
    CHECK(centre.store().device("expo.desk-1").value()->revoked);
  }
  SECTION("at the centre") {
    REQUIRE(centre.store().revoke("expo.desk-1", true, centre.now));
    settle({&expo, &fair});
    CHECK(expo.store().device("expo.desk-1").value()->revoked);
    CHECK(expo.ask({"GET", "/v1/journal", {}, token, ""}).status == 403);
  }
  settle({&expo, &fair});
  const std::set<std::string> left{"hub", "expo", "fair", "north-1"};
  CHECK(issuers_in(centre.store()) == left);
  CHECK(issuers_in(fair.store()) == left);
  CHECK(issuers_in(expo.store()) == left);
}

TEST_CASE("a kiosk that is shut out at the centre but whose badges stay good keeps its key everywhere") {
  HubFixture centre;
  Venue expo(centre, "expo");
  (void)expo.enrol("desk-1");
  expo.settle();
  REQUIRE(centre.store().revoke("expo.desk-1", false, centre.now));
  settle({&expo});
  CHECK(expo.store().device("expo.desk-1").value()->revoked);
  CHECK(issuers_in(expo.store()).contains("expo.desk-1"));
  CHECK(issuers_in(centre.store()).contains("expo.desk-1"));
}

TEST_CASE_METHOD(VenueFixture, "a venue that is shut out brings nothing more, and works on by itself") {
  expo.settle();
  REQUIRE(centre.store().revoke("expo", true, centre.now));
  CHECK(expo.upload(kiosk, {writer.write(RowKind::admitted, "A1", centre.now)}).known_to == 1);
  for (int i = 0; i < 20; ++i) {
    (void)expo.carrier().step();
    expo.steady += 1min;
  }
  CHECK(all_rows_in(centre.store()).empty());
  CHECK(expo.carrier().standing().find("shut out") != std::string::npos);
  CHECK(expo.carrier().waiting() == 1);
}

TEST_CASE(
    "of one badge admitted twice within a venue, the venue tells; between venues, the centre; once each") {
  HubFixture centre;
  REQUIRE(centre.store().put_attendee(attendee_of("A1")));
  Venue expo(centre, "expo");
  Venue fair(centre, "fair");
  RowWriter first("expo.desk-1");
  RowWriter second("expo.desk-2");
  RowWriter third("fair.desk-1");
  const std::string first_token = expo.enrol("desk-1");
  const std::string second_token = expo.enrol("desk-2");
  const std::string third_token = fair.enrol("desk-1");
  (void)expo.upload(first_token, {first.write(RowKind::admitted, "A1", centre.now)});

  SECTION("within") {
    (void)expo.upload(second_token, {second.write(RowKind::admitted, "A1", centre.now + 1s)});
    CHECK(alerts_in(expo.store()).size() == 1);
    settle({&expo, &fair});
    REQUIRE(alerts_in(centre.store()).size() == 1);
    CHECK(alerts_in(centre.store()).front().device == "expo");
  }
  SECTION("between") {
    (void)fair.upload(third_token, {third.write(RowKind::admitted, "A1", centre.now + 1s)});
    settle({&expo, &fair});
    REQUIRE(alerts_in(centre.store()).size() == 1);
    CHECK(alerts_in(centre.store()).front().device == "hub");
  }
  SECTION("between, and the second venue has heard of the first row") {
    settle({&expo, &fair});
    (void)fair.upload(third_token, {third.write(RowKind::admitted, "A1", centre.now + 1s)});
    CHECK(alerts_in(fair.store()).empty());
    settle({&expo, &fair});
    CHECK(alerts_in(centre.store()).size() == 1);
  }
  settle({&expo, &fair});
  CHECK(alerts_in(centre.store()).front().rule == "double_entry");
  CHECK(alerts_in(expo.store()) == alerts_in(centre.store()));
  CHECK(alerts_in(fair.store()) == alerts_in(centre.store()));
  CHECK(all_rows_in(fair.store()) == all_rows_in(expo.store()));
  const Response feed = fair.ask({"GET", "/v1/journal", {}, third_token, ""});
  const auto heard = parse_feed_page(feed.body).value().rows;
  CHECK(std::ranges::count(heard, RowKind::alert, [](const FeedRow& row) { return row.row.kind; }) == 1);
}

TEST_CASE(
    "of somebody blocked who was admitted people hear once, whether the venue knew or the centre alone") {
  HubFixture centre;
  Attendee blocked = attendee_of("A1");
  REQUIRE(centre.store().put_attendee(blocked));
  Venue expo(centre, "expo");
  const std::string token = expo.enrol("desk-1");
  expo.settle();
  blocked.status = Status::blocked;
  REQUIRE(centre.store().put_attendee(blocked));
  const bool knew = GENERATE(true, false);
  INFO(knew);
  if (knew) expo.settle();
  RowWriter writer("expo.desk-1");
  (void)expo.upload(token, {writer.write(RowKind::admitted, "A1", centre.now)});
  CHECK(alerts_in(expo.store()).size() == (knew ? 1 : 0));
  settle({&expo});
  REQUIRE(alerts_in(centre.store()).size() == 1);
  CHECK(alerts_in(centre.store()).front().device == (knew ? "expo" : "hub"));
  CHECK(alerts_in(centre.store()).front().rule == "barred_admission");
  CHECK(alerts_in(expo.store()) == alerts_in(centre.store()));
}

TEST_CASE_METHOD(
    VenueFixture,
    "rows that a venue has set aside hold up none behind them at the centre, and are told of once") {
  std::vector<JournalRow> rows;
  for (int i = 0; i < 4; ++i) rows.push_back(writer.write(RowKind::refused, "", centre.now));
  rows[1].detail = "forged";
  CHECK(expo.upload(kiosk, rows).known_to == 4);
  CHECK(alerts_in(expo.store()).size() == 1);
  settle({&expo});
  CHECK(centre.store().chain_end("expo.desk-1").value().seq == 4);
  CHECK(centre.store().rows_set_aside("expo.desk-1").value().size() == 1);
  CHECK(centre.store().rows_set_aside("expo.desk-1").value().front().record ==
        expo.store().rows_set_aside("expo.desk-1").value().front().record);
  CHECK(alerts_in(centre.store()).size() == 1);
  CHECK(all_rows_in(centre.store()) == all_rows_in(expo.store()));
  CHECK(expo.carrier().waiting() == 0);
}

TEST_CASE_METHOD(VenueFixture,
                 "with its uplink down a venue works alone, and brings everything when it is back") {
  expo.settle();
  expo.cut = true;
  for (int i = 0; i < 10; ++i) {
    (void)expo.upload(kiosk, {writer.write(RowKind::refused, "", centre.now)});
    expo.settle();
  }
  const std::string late = expo.enrol("desk-2");  // a kiosk that the centre has never heard of
  RowWriter late_writer("expo.desk-2");
  (void)expo.upload(late, {late_writer.write(RowKind::refused, "", centre.now)});
  expo.settle();
  CHECK(all_rows_in(centre.store()).empty());
  CHECK(expo.store().uplink().value()->standing.words.find("no route") != std::string::npos);
  CHECK(expo.store().uplink().value()->standing.waiting == 11);
  CHECK(expo.requests < 60);  // and asks no more often than a kiosk would
  expo.cut = false;
  expo.settle();
  CHECK(all_rows_in(centre.store()).size() == 11);
  CHECK(all_rows_in(centre.store()) == all_rows_in(expo.store()));
  CHECK(expo.store().uplink().value()->standing.waiting == 0);
}

TEST_CASE("a centre that was restored from a backup gets again what it has lost, rows and kiosks") {
  HubFixture centre;
  Venue expo(centre, "expo");
  Venue fair(centre, "fair");
  const std::string token = expo.enrol("desk-1");
  const std::string other_token = fair.enrol("desk-1");
  RowWriter writer("expo.desk-1");
  RowWriter other("fair.desk-1");
  for (int i = 0; i < 5; ++i) {
    (void)expo.upload(token, {writer.write(RowKind::refused, "", centre.now)});
    (void)fair.upload(other_token, {other.write(RowKind::refused, "", centre.now)});
  }
  settle({&expo, &fair});
  const auto before = all_rows_in(centre.store());
  CHECK(before.size() == 10);
  centre.place().forget_rows_after(2);
  centre.place().alter("DELETE FROM device WHERE id = 'expo.desk-1'");
  centre.place().alter("DELETE FROM issuer_key WHERE issuer = 'expo.desk-1'");
  SECTION("with rows under way") {
    (void)expo.upload(token, {writer.write(RowKind::refused, "", centre.now)});
  }
  SECTION("and nothing new") {}
  settle({&expo, &fair});
  CHECK(all_rows_in(centre.store()).size() >= before.size());
  CHECK(all_rows_in(expo.store()) == all_rows_in(centre.store()));
  CHECK(all_rows_in(fair.store()) == all_rows_in(centre.store()));
  CHECK(issuers_in(centre.store()).contains("expo.desk-1"));
  CHECK(alerts_in(centre.store()).empty());
}

TEST_CASE("a venue that was restored from a backup has again the rows that it had brought") {
  HubFixture centre;
  REQUIRE(centre.store().put_attendee(attendee_of("A1")));
  Venue expo(centre, "expo");
  const std::string token = expo.enrol("desk-1");
  const std::string second = expo.enrol("desk-2");
  RowWriter writer("expo.desk-1");
  RowWriter other("expo.desk-2");
  (void)expo.upload(token, {writer.write(RowKind::refused, "", centre.now)});
  expo.settle();
  const FeedCursor backed_up = expo.store().uplink().value()->feed;
  (void)expo.upload(token, {writer.write(RowKind::admitted, "A1", centre.now)});
  (void)expo.upload(second, {other.write(RowKind::refused, "", centre.now),
                             other.write(RowKind::admitted, "A1", centre.now + 1s)});
  expo.settle();
  const auto before = all_rows_in(centre.store());
  REQUIRE(before.size() == 5);  // with an alert
  expo.place().forget_rows_after(1);
  expo.place().alter("DELETE FROM journal WHERE device IN ('expo', 'expo.desk-2')");
  expo.place().alter("DELETE FROM alert_raised");
  REQUIRE(expo.store().note_uplink_feed(backed_up));
  expo.restart();
  expo.settle();
  CHECK(all_rows_in(expo.store()) == before);
  CHECK(all_rows_in(centre.store()) == before);
  // The kiosks' own rows go on where they stood.
  (void)expo.upload(token, {writer.write(RowKind::refused, "", centre.now)});
  expo.settle();
  CHECK(all_rows_in(expo.store()) == all_rows_in(centre.store()));
  CHECK(all_rows_in(centre.store()).size() == 6);
  CHECK(alerts_in(centre.store()).size() == 1);
}

TEST_CASE("a venue in a venue is no different") {
  HubFixture centre;
  Venue expo(centre, "expo");
  // The hall's hub is a device of the venue, and tells it of its own kiosk.
  const std::string hall = expo.enrol("hall");
  REQUIRE(expo.store().mark_as_hub("expo.hall"));
  const DevicesRequest told{{{"expo.hall.desk-1", "A kiosk", "main", {}, false}}};
  CHECK(expo.ask({"POST", "/v1/devices", {}, hall, to_body(told)}).status == 200);
  RowWriter writer("expo.hall.desk-1");
  RowWriter own("expo.hall");
  const std::string row = to_body(UploadRequest{{writer.write(RowKind::admitted, "A1", centre.now)}});
  const std::string alert = to_body(UploadRequest{{own.write(RowKind::alert, "", centre.now)}});
  CHECK(expo.ask({"POST", "/v1/journal", {{"device", "expo.hall"}}, hall, alert}).status == 200);
  CHECK(expo.ask({"POST", "/v1/journal", {{"device", "expo.hall.desk-1"}}, hall, row}).status == 200);
  settle({&expo});
  CHECK(all_rows_in(centre.store()).size() == 2);
  CHECK(all_rows_in(centre.store()) == all_rows_in(expo.store()));
  CHECK(centre.store().device("expo.hall").value()->is_hub);
}

TEST_CASE("a row that was altered at the centre is not taken over by a venue, which goes on behind it") {
  HubFixture centre;
  Venue expo(centre, "expo");
  RowWriter writer("north-1");
  FeedPage page;
  for (int i = 1; i <= 3; ++i) page.rows.push_back({i, writer.write(RowKind::refused, "", centre.now)});
  page.rows[1].row.detail = "altered";
  page.next = {3, mark_of(page.rows[2].row.hash)};
  REQUIRE(take_feed(page, expo.store(), centre.now));
  CHECK(all_rows_in(expo.store()).size() == 2);
  CHECK(expo.store().uplink().value()->feed == page.next);
}

}  // namespace
}  // namespace lanyard::sync::hub
