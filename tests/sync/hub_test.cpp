// Enrolment, tokens, roster, heartbeat.
#include "sync/hub/hub.hpp"

#include <algorithm>
#include <set>

#include "sync/content_coding.hpp"
#include "sync/content_digest.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a code enrols one device, once") {
  HubFixture hub;
  const std::string code = hub.new_code_for("north-1");
  const Response answer = hub.enrol_with(code);
  REQUIRE(answer.status == 200);
  const EnrolAnswer enrolled = parse_enrol_answer(answer.body).value();
  CHECK(enrolled.device == "north-1");
  CHECK(enrolled.checkpoint == "main");
  CHECK(enrolled.event == "forum-2026");
  CHECK(hub.get("/v1/roster", {}, enrolled.token).status == 200);
  CHECK(hub.enrol_with(code).status == 403);
}

TEST_CASE("a code is read as people type it") {
  CHECK(normal_code("k7qf 2m9d") == "K7QF2M9D");
  CHECK(normal_code("OIL0-1111") == "01101111");
  CHECK(normal_code("K7QF-2M9").empty());
  CHECK(normal_code("K7QF-2M9DX").empty());
  CHECK(normal_code("K7QF-2M9U").empty());
}

TEST_CASE("a code that is too old enrols nobody") {
  HubFixture hub;
  const std::string code = hub.new_code_for("north-1");
  hub.now += kCodeLife;
  CHECK(hub.enrol_with(code).status == 403);
}

TEST_CASE("a device's key joins the ring when it enrols and leaves it when it is revoked") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  const std::string other = hub.enrol("south-2");
  const RosterPage before = hub.roster(other, 0, "");
  REQUIRE(before.keys);
  CHECK(before.keys->size() == 3);  // hub, north-1, south-2

  REQUIRE(hub.store().revoke("north-1", true, hub.now));
  const Response told = hub.get("/v1/roster", {}, token);
  CHECK(told.status == 403);
  CHECK(tells_of_revocation(told.body));
  const RosterPage after = hub.roster(other, before.next, before.epoch);
  REQUIRE(after.keys);
  CHECK(after.keys->size() == 2);
  CHECK_FALSE(after.from_start);
}

TEST_CASE("a token that is wrong in any way is not let in") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  hub.enrol("south-2");
  std::string flipped = token;
  flipped.back() = flipped.back() == '0' ? '1' : '0';
  std::string of_other = token;
  of_other.replace(0, 7, "south-2");
  for (const std::string& wrong :
       {std::string(), std::string("x"), flipped, of_other, token + "0", std::string(100'000, 'a'),
        std::string("north-1."), std::string("../etc.00"), std::string("nobody.00")}) {
    const Response answer = hub.get("/v1/roster", {}, wrong);
    CHECK(answer.status == 401);
    CHECK(answer.content_type == "application/problem+json");
    const auto unread = refuse_unread({"POST", "/v1/journal", {}, wrong, ""}, hub.store());
    REQUIRE(unread.has_value());
    CHECK(unread->status == 401);
  }
  const Request good{"POST", "/v1/journal", {}, token, ""};
  CHECK_FALSE(refuse_unread(good, hub.store()).has_value());
  REQUIRE(hub.store().revoke("north-1", true, hub.now));
  CHECK(refuse_unread(good, hub.store()).has_value());
}

TEST_CASE("neither token nor code is in the database") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  const std::string code = hub.new_code_for("south-2");
  const std::string bytes = hub.place().all_bytes();
  REQUIRE(bytes.find("south-2") != std::string::npos);
  CHECK(bytes.find(token.substr(8)) == std::string::npos);
  CHECK(bytes.find(code) == std::string::npos);
  CHECK(bytes.find(normal_code(code)) == std::string::npos);
}

TEST_CASE("what is not there, or not so, is a problem document") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  CHECK(hub.get("/", {}, token).status == 404);
  CHECK(hub.get("/v1/enrol", {}, "").status == 405);
  CHECK(handle({"DELETE", "/v1/journal", {}, token, ""}, hub.store(), hub.now, hub.random()).status == 405);
  CHECK(handle({"", "", {}, "", ""}, hub.store(), hub.now, hub.random()).status == 404);
  for (const char* after : {"-1", "x", "", "1.5", "99999999999999999999"}) {
    CHECK(hub.get("/v1/roster", {{"after", after}}, token).status == 400);
    CHECK(hub.get("/v1/journal", {{"after", after}}, token).status == 400);
  }
  for (const char* limit : {"0", "1001", "-5"})
    CHECK(hub.get("/v1/roster", {{"limit", limit}}, token).status == 400);
  CHECK(hub.post("/v1/heartbeat", token, "{}").status == 400);
  CHECK(hub.post("/v1/journal", token, "[]").status == 400);
  CHECK(hub.post("/v1/heartbeat", token, std::string(kMaxSmallBodyBytes + 1, ' ')).status == 413);
  CHECK(hub.post("/v1/journal", token, std::string(kMaxBodyBytes + 1, ' ')).status == 413);
  CHECK(problem_text(hub.get("/", {}, token).body) == "there is nothing of this name");
}

TEST_CASE("rows that were altered on their way are asked for again, and none is set aside") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  const std::string body =
      to_body(UploadRequest{{RowWriter("north-1").write(RowKind::admitted, "A1", hub.now)}});
  std::string altered = body;
  altered[altered.find("A1")] = 'B';
  for (const std::string& torn : {altered, body.substr(0, body.size() / 2)}) {
    const Request request{"POST", "/v1/journal", {}, token, torn, content_digest(body)};
    CHECK(handle(request, hub.store(), hub.now, hub.random()).status == 503);
  }
  CHECK(hub.store().rows_set_aside("north-1").value().empty());
  const Response taken = handle({"POST", "/v1/journal", {}, token, body, content_digest(body)}, hub.store(),
                                hub.now, hub.random());
  CHECK(parse_upload_answer(taken.body).value().known_to == 1);
  CHECK(std::ranges::count(taken.headers,
                           std::pair(std::string("Content-Digest"), content_digest(taken.body))) == 1);
}

TEST_CASE("a hub without a founding is not healthy") {
  const StorePlace place;
  const auto store = place.open(kSmallEventId).value();
  const Request health{"GET", "/healthz", {}, "", ""};
  CHECK(handle(health, *store, Timestamp{}, counting_random()).status == 503);
  HubFixture hub;
  CHECK(handle(health, hub.store(), Timestamp{}, counting_random()).status == 200);
}

TEST_CASE("a failure of the store shows nothing of its insides") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  hub.place().alter("DROP TABLE attendee");
  const Response answer = hub.get("/v1/roster", {}, token);
  CHECK(answer.status == 503);
  CHECK(answer.body.find("attendee") == std::string::npos);
  CHECK(answer.cause.find("attendee") != std::string::npos);
}

// All pages of the roster from a cursor on, each of `limit` people at most.
struct Roster {
  std::map<std::string, Attendee> attendees;
  std::set<std::string> removed;
  std::size_t credentials{0};
  std::int64_t version{0};
  int pages{0};
};
Roster pull(HubFixture& hub, const std::string& token, std::int64_t after, const std::string& epoch,
            const std::string& limit) {
  Roster roster;
  for (bool more = true; more; ++roster.pages) {
    const RosterPage page = hub.roster(token, after, epoch, limit);
    CHECK(page.from_start == (after == 0));
    CHECK(page.attendees.size() + page.removed.size() <= std::stoul(limit));
    for (const Attendee& attendee : page.attendees) roster.attendees[attendee.id] = attendee;
    roster.removed.insert(page.removed.begin(), page.removed.end());
    roster.credentials += page.credentials.size();
    REQUIRE((!page.more || page.next > after));
    after = roster.version = page.next;
    more = page.more;
    REQUIRE(roster.pages < 100);
  }
  return roster;
}

TEST_CASE("a roster is read page by page and then only what changed") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  for (int i = 0; i < 25; ++i) REQUIRE(hub.store().put_attendee(attendee_of("A" + std::to_string(i))));
  REQUIRE(hub.store().put_credential({Fingerprint{1}, "A3", 1}));
  REQUIRE(hub.store().put_credential({Fingerprint{2}, "A4", 1}));
  const std::string epoch = hub.roster(token, 0, "").epoch;

  const Roster whole = pull(hub, token, 0, epoch, "10");
  CHECK(whole.pages == 3);
  CHECK(whole.attendees.size() == 25);
  CHECK(whole.credentials == 2);

  CHECK(pull(hub, token, whole.version, epoch, "10").attendees.empty());

  Attendee changed = attendee_of("A7");
  changed.status = Status::blocked;
  REQUIRE(hub.store().put_attendee(changed));
  REQUIRE(hub.store().remove_attendee("A3"));
  const Roster later = pull(hub, token, whole.version, epoch, "10");
  CHECK(later.attendees.size() == 1);
  CHECK(later.attendees.at("A7").status == Status::blocked);
  CHECK(later.removed == std::set<std::string>{"A3"});
  CHECK(later.version > whole.version);
}

TEST_CASE("a change of an attendee carries all credentials that are still theirs") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  for (const char* id : {"A1", "A2"}) REQUIRE(hub.store().put_attendee(attendee_of(id)));
  REQUIRE(hub.store().put_credential({Fingerprint{1}, "A1", 1}));
  const RosterPage first = hub.roster(token, 0, "");
  CHECK(first.credentials == std::vector<CredentialRecord>{{Fingerprint{1}, "A1", 1}});

  REQUIRE(hub.store().put_credential({Fingerprint{2}, "A1", 2}));
  const RosterPage more = hub.roster(token, first.next, first.epoch);
  REQUIRE(more.attendees.size() == 1);
  CHECK(more.credentials.size() == 2);

  REQUIRE(hub.store().put_credential({Fingerprint{2}, "A2", 1}));  // it changes hands
  const RosterPage moved = hub.roster(token, more.next, first.epoch);
  CHECK(moved.attendees.size() == 2);
  CHECK(moved.credentials ==
        std::vector<CredentialRecord>{{Fingerprint{2}, "A2", 1}, {Fingerprint{1}, "A1", 1}});

  REQUIRE(hub.store().remove_attendee("A1"));
  REQUIRE(hub.store().put_attendee(attendee_of("A1")));
  const RosterPage anew = hub.roster(token, moved.next, first.epoch);
  REQUIRE(anew.attendees.size() == 1);
  CHECK(anew.attendees[0].id == "A1");
  CHECK(anew.credentials.empty());
}

TEST_CASE("a page holds no more credentials than a reader takes") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  REQUIRE(hub.store().transact([&]() -> Expected<void> {
    for (std::uint8_t i = 0; i < 80; ++i) {
      const std::string id = "A" + std::to_string(i);
      if (auto put = hub.store().put_attendee(attendee_of(id)); !put) return put;
      for (std::uint8_t g = 1; g <= 20; ++g) {
        if (auto put = hub.store().put_credential({Fingerprint{i, g}, id, g}); !put) return put;
      }
    }
    return {};
  }));
  const Roster roster = pull(hub, token, 0, hub.roster(token, 0, "").epoch, "1000");
  CHECK(roster.attendees.size() == 80);
  CHECK(roster.pages > 1);
  CHECK(roster.credentials == 80 * kMaxCredentialsEach);
}

TEST_CASE("the event comes with the first page, and again when it changes") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  REQUIRE(hub.store().put_attendee(attendee_of("A1")));
  const RosterPage first = hub.roster(token, 0, "");
  REQUIRE(first.event);
  CHECK(first.event->id == "forum-2026");
  CHECK(first.checkpoints.size() == 2);
  CHECK(first.keys);
  const RosterPage quiet = hub.roster(token, first.next, first.epoch);
  CHECK_FALSE(quiet.event);
  CHECK(quiet.checkpoints.empty());
  CHECK_FALSE(quiet.keys);

  EventFile event = small_event();
  event.checkpoints[0].capacity = 300;
  REQUIRE(hub.store().set_event(event.event, event.checkpoints));
  const RosterPage changed = hub.roster(token, first.next, first.epoch);
  CHECK_FALSE(changed.event);  // it did not change, its checkpoints did
  REQUIRE(changed.checkpoints.size() == 2);
  CHECK(changed.checkpoints[0].capacity == 300U);
}

TEST_CASE("a cursor of another epoch or from the future begins a whole roster") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  REQUIRE(hub.store().put_attendee(attendee_of("A1")));
  const RosterPage first = hub.roster(token, 0, "");
  CHECK(hub.roster(token, first.next, "another").from_start);
  CHECK(hub.get("/v1/roster", {{"epoch", std::string(65, 'x')}}, token).status == 400);
  CHECK(hub.roster(token, first.next, "").attendees.size() == 1);
  CHECK(hub.roster(token, first.next + 1000, first.epoch).from_start);
  CHECK_FALSE(hub.roster(token, first.next, first.epoch).from_start);
}

TEST_CASE("a heartbeat is noted and says where the device stands") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  const Heartbeat beat{"lanyard-syncd 9", 12, 3, 1, 7, hub.now + 1500ms};
  const Response answer = hub.post("/v1/heartbeat", token, to_body(beat));
  REQUIRE(answer.status == 200);
  const HeartbeatAnswer told = parse_heartbeat_answer(answer.body).value();
  CHECK(told.hub_now == hub.now);
  CHECK(told.checkpoint == "main");
  CHECK(told.known_to == 0);
  const Device device = hub.store().device("north-1").value().value();
  CHECK(device.last_contact == hub.now);
  CHECK(device.beat.device_now == beat.device_now);
  CHECK(device.beat.unsent == 3);
}

TEST_CASE("the store comes back as it was left") {
  const StorePlace place;
  const Founding founding = new_founding(counting_random());
  {
    const auto store = place.open(kSmallEventId).value();
    REQUIRE(store->found(founding, Timestamp{}));
    REQUIRE(store->put_attendee(attendee_of("A1")));
  }
  const auto store = place.open(kSmallEventId).value();
  const auto again = store->founding().value().value();
  CHECK(again.epoch == founding.epoch);
  CHECK(again.signing_key == founding.signing_key);
  CHECK(store->attendee("A1").value() == attendee_of("A1"));
  CHECK_FALSE(store->found(founding, Timestamp{}).has_value());
}

TEST_CASE("a hub restored from a backup misses nothing out to those who had heard more than it remembers") {
  HubFixture hub;
  REQUIRE(hub.store().put_attendee(attendee_of("A1")));
  const std::int64_t kept = hub.store().roster_version().value();
  // What the backup does not have, and a kiosk has heard.
  RowWriter north("north-1");
  REQUIRE(hub.store().put_attendee(attendee_of("A2")));
  for (int i = 0; i < 3; ++i)
    REQUIRE(hub.store().append(north.write(RowKind::admitted, "A1", hub.now), hub.now).has_value());
  const std::int64_t roster_heard = hub.store().roster_version().value();
  const FeedCursor rows_heard = hub.store().feed({}, "", 100).value().next;

  hub.place().forget_rows_after(0);
  hub.place().alter("DELETE FROM attendee WHERE id = 'A2'");
  hub.place().alter("UPDATE hub SET version = " + std::to_string(kept));

  // As many changes and rows again, and more, before that kiosk asks.
  const auto restored = hub.place().open(kSmallEventId).value();
  const std::string epoch = restored->founding().value()->epoch;
  RowWriter south("south-1");
  for (int i = 0; i < 9; ++i) {
    REQUIRE(restored->put_attendee(attendee_of("B" + std::to_string(i))));
    REQUIRE(restored->append(south.write(RowKind::admitted, "A1", hub.now), hub.now).has_value());
  }
  CHECK(restored->roster_page(roster_heard, epoch, 100).value().from_start);
  CHECK(restored->feed(rows_heard, "", 100).value().rows.size() == 9);
  // Whoever has heard what the backup has as well only hears what is new.
  const RosterPage news = restored->roster_page(kept, epoch, 100).value();
  CHECK_FALSE(news.from_start);
  CHECK(news.attendees.size() == 9);
  // And a hub that is only started anew goes on from where it was.
  const std::int64_t newest = restored->roster_version().value();
  const auto again = hub.place().open(kSmallEventId).value();
  REQUIRE(again->put_attendee(attendee_of("C")));
  CHECK(again->roster_page(newest, epoch, 100).value().attendees.size() == 1);
}

TEST_CASE("a hub restored from a backup misses nobody out to those who were in the midst of its pages") {
  HubFixture hub;
  for (const char* id : {"A1", "A2", "A3"}) REQUIRE(hub.store().put_attendee(attendee_of(id)));
  const std::int64_t kept = hub.store().roster_version().value();
  const std::string epoch = hub.store().founding().value()->epoch;
  // What the backup does not have: A1 has gone behind the others before the first page of two is read.
  REQUIRE(hub.store().put_attendee(attendee_of("A1")));
  const RosterPage first = hub.store().roster_page(0, "", 2).value();
  CHECK(first.version == hub.store().roster_version().value());
  REQUIRE(first.more);
  REQUIRE(first.next <= kept);  // the backup knows the cursor
  hub.place().alter("UPDATE attendee SET version = " + std::to_string(kept - 2) + " WHERE id = 'A1'");
  hub.place().alter("UPDATE hub SET version = " + std::to_string(kept));

  const auto restored = hub.place().open(kSmallEventId).value();
  CHECK(restored->roster_page(first.next, epoch, 2, first.version).value().from_start);
  // Also once it has given as many versions again.
  for (int i = 0; i < 9; ++i) REQUIRE(restored->put_attendee(attendee_of("B" + std::to_string(i))));
  CHECK(restored->roster_page(first.next, epoch, 2, first.version).value().from_start);
  // Whose page it remembers goes on.
  const RosterPage page = restored->roster_page(0, "", 2).value();
  CHECK_FALSE(restored->roster_page(page.next, epoch, 2, page.version).value().from_start);
}

TEST_CASE("work that is done together is there together, but for what failed") {
  HubFixture hub;
  HubStore& store = hub.store();
  const auto put = [&](const std::string& id, bool fails) {
    return store.transact([&]() -> Expected<void> {
      if (auto done = store.put_attendee(attendee_of(id)); !done) return done;
      if (fails) return fail(Error::Kind::invalid, "no");
      return {};
    });
  };
  bool read = false;
  REQUIRE(store.together([&] {
    CHECK(put("A1", false).has_value());
    CHECK_FALSE(put("A2", true).has_value());
    CHECK(put("A3", false).has_value());
    read = store.feed({}, "", 5).has_value() && store.roster_page(0, "", 5).has_value();
  }));
  CHECK(read);
  CHECK(store.attendee("A1").value().has_value());
  CHECK_FALSE(store.attendee("A2").value().has_value());
  CHECK(store.attendee("A3").value().has_value());
}

TEST_CASE("what was done together is undone together where the disk is full") {
  if (!postgres_url().empty()) return;  // a database commits each for itself
  HubFixture hub;
  // SQLite undoes all by itself then, and would take what comes behind for transactions of their own.
  hub.place().alter(
      "CREATE TRIGGER full BEFORE INSERT ON attendee WHEN new.id = 'A2' BEGIN SELECT RAISE(ROLLBACK, 'x'); "
      "END");
  CHECK_FALSE(hub.store().together([&] {
    CHECK(hub.store().put_attendee(attendee_of("A1")).has_value());
    CHECK_FALSE(
        hub.store().transact([&] { return hub.store().put_attendee(attendee_of("A2")); }).has_value());
    // And what comes behind is none that stays, as all are told that they failed.
    CHECK_FALSE(
        hub.store().transact([&] { return hub.store().put_attendee(attendee_of("A3")); }).has_value());
    CHECK_FALSE(hub.store().put_attendee(attendee_of("A4")).has_value());
  }));
  for (const char* id : {"A1", "A2", "A3", "A4"}) CHECK_FALSE(hub.store().attendee(id).value().has_value());
  CHECK(hub.store().put_attendee(attendee_of("A5")).has_value());
  CHECK(hub.store().attendee("A5").value().has_value());
}

TEST_CASE("in a transaction that SQLite undid by itself nothing more is done, though nobody has looked") {
  if (!postgres_url().empty()) return;
  HubFixture hub;
  hub.place().alter(
      "CREATE TRIGGER full BEFORE INSERT ON attendee WHEN new.id = 'A1' BEGIN SELECT RAISE(ROLLBACK, 'x'); "
      "END");
  CHECK_FALSE(hub.store().transact([&]() -> Expected<void> {
    CHECK_FALSE(hub.store().put_attendee(attendee_of("A1")).has_value());
    CHECK_FALSE(hub.store().put_attendee(attendee_of("A2")).has_value());
    return {};
  }));
  CHECK_FALSE(hub.store().attendee("A2").value().has_value());
  CHECK(hub.store().put_attendee(attendee_of("A3")).has_value());
}

TEST_CASE("work that fails in a transaction leaves nothing behind") {
  HubFixture hub;
  const auto done = hub.store().transact([&]() -> Expected<void> {
    REQUIRE(hub.store().put_attendee(attendee_of("A1")));
    return fail(Error::Kind::invalid, "no");
  });
  CHECK_FALSE(done.has_value());
  CHECK_FALSE(hub.store().attendee("A1").value().has_value());
}

TEST_CASE("a request that is prepared apart is answered as in one step") {
  HubFixture one;
  HubFixture two;
  const std::string token = one.enrol("north-1");
  REQUIRE(two.enrol("north-1") == token);
  RowWriter writer("north-1");
  const std::string body = to_body(UploadRequest{
      {writer.write(RowKind::admitted, "A1", one.now), writer.write(RowKind::exited, "A1", one.now + 1s)}});
  std::vector<Request> requests;
  requests.push_back({"POST", "/v1/journal", {}, token, body});
  requests.push_back({"POST", "/v1/journal", {}, token, body, content_digest(body)});
  requests.push_back({"POST", "/v1/journal", {}, token, body, content_digest("altered")});
  const std::string coded = zstd_encode(body);
  requests.push_back({"POST", "/v1/journal", {}, token, coded, content_digest(coded), "zstd", true});
  requests.push_back({"POST", "/v1/journal", {}, token, body, "", "zstd"});
  requests.push_back({"POST", "/v1/journal", {}, token, body, "", "br"});
  requests.push_back({"POST", "/v1/journal", {}, token, "{"});
  requests.push_back({"POST", "/v1/journal", {}, "nobody's", "{"});
  requests.push_back({"POST", "/v1/nothing", {}, token, body});
  requests.push_back({"POST", "/v1/heartbeat", {}, token, zstd_encode(to_body(Heartbeat{})), "", "zstd"});
  requests.push_back({"GET", "/v1/journal", {}, "token", ""});
  for (const Request& request : requests) {
    CAPTURE(request.path, request.coding, request.body.size());
    const Response whole = handle(request, one.store(), one.now, one.random());
    const Prepared prepared = prepare(request);
    const Response apart = take(request, prepared, two.store(), two.now, two.random());
    CHECK(whole.status == apart.status);
    CHECK(whole.body == apart.body);
    CHECK(whole.headers == apart.headers);
  }
}

TEST_CASE("who is nobody hears that, and not what is wrong with the rows") {
  HubFixture hub;
  CHECK(hub.post("/v1/journal", "nobody's", "{").status == 401);
  CHECK(hub.post("/v1/journal", hub.enrol("north-1"), "{").status == 400);
}

}  // namespace
}  // namespace lanyard::sync::hub
