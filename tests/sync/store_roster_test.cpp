// The roster as the store keeps it: pages, deltas, whole ones, and other epochs.
#include <algorithm>

#include "tests/sync/store_fixture.hpp"

namespace lanyard::sync {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a roster comes in pages, and is in force from the last") {
  Kept kept;
  RosterPage first = whole("e1", 2, {"A1", "A2"});
  first.more = true;
  REQUIRE(kept.store().apply(first, kMorning).has_value());
  CHECK_FALSE(kept.store().standing().value().roster_as_of.has_value());
  RosterPage last;
  last.epoch = "e1";
  last.next = 3;
  last.attendees = {hub::attendee_of("A3")};
  REQUIRE(kept.store().apply(last, kMorning + 1s).has_value());
  const Standing standing = kept.store().standing().value();
  CHECK(standing.epoch == "e1");
  CHECK(standing.roster_version == 3);
  CHECK(standing.roster_as_of == kMorning + 1s);
  CHECK(kept.store().attendee_count().value() == 3);
  CHECK(kept.store().attendee("A3").value() == hub::attendee_of("A3"));
  CHECK_FALSE(kept.store().attendee("a3").value().has_value());
}

TEST_CASE("each key of the ring is kept with its kind") {
  Kept kept;
  RosterPage page = whole("e1", 1, {});
  page.keys = KeyRing{{PublicKey{1}, "hub"}, {PublicKey{2}, "pretix", KeyKind::pretix_sig1}};
  REQUIRE(kept.store().apply(page, kMorning).has_value());
  kept.reopen();
  CHECK(kept.store().keys().value() == page.keys);
}

RosterPage page_of_ring(const std::string& epoch, std::int64_t version, std::uint8_t key) {
  RosterPage page = whole(epoch, 1, {"A1"});
  page.keys = KeyRing{{PublicKey{key}, "hub"}};
  page.keys_version = version;
  return page;
}

TEST_CASE("a key ring of a lower version is refused, and the rest of its page is taken over") {
  Kept kept;
  REQUIRE(kept.store().apply(page_of_ring("e1", 100, 1), kMorning).has_value());
  CHECK(kept.store().standing().value().keys_version == 100);
  for (const std::string epoch : {"e1", "e2"}) {  // restored, with or without a new epoch
    for (const std::int64_t version : {99, 0}) {
      RosterPage older = page_of_ring(epoch, version, 2);
      older.attendees = {hub::attendee_of("A2")};
      REQUIRE(kept.store().apply(older, kMorning).has_value());
      CHECK(kept.store().keys().value() == KeyRing{{PublicKey{1}, "hub"}});
      CHECK(kept.store().standing().value().keys_version == 100);
      CHECK(kept.store().attendee("A2").value().has_value());
    }
  }
  kept.reopen();
  REQUIRE(kept.store().apply(page_of_ring("e2", 100, 3), kMorning).has_value());
  CHECK(kept.store().keys().value() == KeyRing{{PublicKey{3}, "hub"}});
  REQUIRE(kept.store().apply(page_of_ring("e2", 101, 4), kMorning).has_value());
  CHECK(kept.store().keys().value() == KeyRing{{PublicKey{4}, "hub"}});
}

TEST_CASE("a key that a ring has dropped comes back with no other ring of this hub, unless it is pretix's") {
  Kept kept;
  RosterPage page = page_of_ring("e1", 100, 1);
  page.keys->push_back({PublicKey{8}, "pretix", KeyKind::pretix_sig1});
  REQUIRE(kept.store().apply(page, kMorning).has_value());
  REQUIRE(kept.store().apply(page_of_ring("e1", 101, 2), kMorning).has_value());
  // The hub was restored from a backup of before, and something has changed in its ring since.
  page.keys_version = 102;
  page.keys->push_back({PublicKey{2}, "hub"});
  REQUIRE(kept.store().apply(page, kMorning).has_value());
  KeyRing ring = kept.store().keys().value();
  CHECK(ring.size() == 2);
  CHECK(std::ranges::find(ring, PublicKey{1}, &IssuerKey::key) == ring.end());
  Identity elsewhere = identity_of("north-1");
  elsewhere.fingerprint_key.fill(9);
  REQUIRE(kept.store().set_identity(elsewhere).has_value());
  REQUIRE(kept.store().apply(page_of_ring("e9", 7, 1), kMorning).has_value());
  CHECK(kept.store().keys().value().size() == 1);  // another hub, another ring
}

TEST_CASE("whom the roster took off is remembered by their id and their tickets, until it names them again") {
  Kept kept;
  const std::string ticket = ticket_subject({1});
  RosterPage page = whole("e1", 3, {"A1", "A2"});
  page.credentials = {{{1}, "A1", 1}};
  REQUIRE(kept.store().apply(page, kMorning).has_value());
  const auto taken_off = [&](const std::string& who) { return kept.store().taken_off(who).value(); };
  for (const std::string& who : {std::string("A1"), ticket, std::string("A9")}) CHECK_FALSE(taken_off(who));
  RosterPage delta;
  delta.epoch = "e1";
  delta.next = 4;
  delta.removed = {"A1"};
  REQUIRE(kept.store().apply(delta, kMorning).has_value());
  CHECK(taken_off("A1"));
  CHECK(taken_off(ticket));
  CHECK_FALSE(taken_off("A2"));
  page.from_start = true;  // a whole roster anew names neither
  page.next = 5;
  page.attendees = {hub::attendee_of("A2")};
  page.credentials.clear();
  REQUIRE(kept.store().apply(page, kMorning).has_value());
  CHECK(taken_off("A1"));
  CHECK(taken_off(ticket));
  delta.next = 6;
  delta.removed.clear();
  delta.attendees = {hub::attendee_of("A1")};
  delta.credentials = {{{1}, "A1", 1}};
  REQUIRE(kept.store().apply(delta, kMorning).has_value());
  CHECK_FALSE(taken_off("A1"));
  CHECK_FALSE(taken_off(ticket));
  CHECK(kept.store().credential({1}).value()->attendee == "A1");
}

TEST_CASE("enrolment to another hub forgets the keys of the earlier one, and their version") {
  Kept kept;
  REQUIRE(kept.store().apply(page_of_ring("e1", 100, 1), kMorning).has_value());
  REQUIRE(kept.store().set_identity(identity_of("north-2")).has_value());  // another name at the same hub
  CHECK(kept.store().standing().value().keys_version == 100);
  CHECK(kept.store().keys().value().size() == 1);
  Identity elsewhere = identity_of("north-1");
  elsewhere.fingerprint_key.fill(9);
  REQUIRE(kept.store().set_identity(elsewhere).has_value());
  CHECK(kept.store().keys().value().empty());
  REQUIRE(kept.store().apply(page_of_ring("e9", 7, 2), kMorning).has_value());
  CHECK(kept.store().keys().value() == KeyRing{{PublicKey{2}, "hub"}});
}

TEST_CASE("a delta changes whom it names, removes whom it names, and leaves the others") {
  Kept kept;
  RosterPage page = whole("e1", 3, {"A1", "A2", "A3"});
  page.credentials = {{{1}, "A1", 1}, {{2}, "A2", 1}};
  REQUIRE(kept.store().apply(page, kMorning).has_value());
  RosterPage delta;
  delta.epoch = "e1";
  delta.next = 5;
  delta.attendees = {hub::attendee_of("A2")};
  delta.attendees[0].status = Status::blocked;
  delta.removed = {"A1"};
  delta.credentials = {{{2}, "A2", 1}, {{3}, "A2", 2}};
  REQUIRE(kept.store().apply(delta, kMorning).has_value());
  CHECK(kept.store().attendee_count().value() == 2);
  CHECK(kept.store().attendee("A2").value()->status == Status::blocked);
  CHECK_FALSE(kept.store().attendee("A1").value().has_value());
  CHECK_FALSE(kept.store().credential({1}).value().has_value());
  CHECK(kept.store().credential({2}).value()->generation == 1);  // still known: "replaced", not "unknown"
  CHECK(kept.store().credential({3}).value()->generation == 2);
  CHECK(kept.store().generation("A2").value() == 2);
}

TEST_CASE("a credential that a change of its attendee does not name is gone") {
  Kept kept;
  RosterPage page = whole("e1", 3, {"A1", "A2"});
  page.credentials = {{{1}, "A1", 1}, {{2}, "A2", 1}};
  REQUIRE(kept.store().apply(page, kMorning).has_value());
  RosterPage delta;
  delta.epoch = "e1";
  delta.next = 4;
  delta.attendees = {hub::attendee_of("A1")};  // as before, but for the credential
  REQUIRE(kept.store().apply(delta, kMorning).has_value());
  CHECK_FALSE(kept.store().credential({1}).value().has_value());
  CHECK(kept.store().credential({2}).value().has_value());
}

TEST_CASE("whom a whole roster no longer names stays until its last page") {
  Kept kept;
  RosterPage old = whole("e1", 3, {"A1", "A2", "A3"});
  old.credentials = {{{1}, "A1", 1}, {{2}, "A2", 1}};
  REQUIRE(kept.store().apply(old, kMorning).has_value());
  RosterPage first = whole("e1", 8, {"A2"});
  first.more = true;
  REQUIRE(kept.store().apply(first, kMorning + 1h).has_value());
  CHECK(kept.store().attendee("A1").value().has_value());
  CHECK(kept.store().credential({1}).value().has_value());
  CHECK(kept.store().standing().value().roster_as_of == kMorning);
  kept.reopen();  // a power cut between two pages
  CHECK(kept.store().attendee("A1").value().has_value());
  RosterPage last;
  last.epoch = "e1";
  last.next = 9;
  last.attendees = {hub::attendee_of("A3")};
  last.credentials = {{{2}, "A2", 1}};
  REQUIRE(kept.store().apply(last, kMorning + 2h).has_value());
  CHECK_FALSE(kept.store().attendee("A1").value().has_value());
  CHECK_FALSE(kept.store().credential({1}).value().has_value());
  CHECK(kept.store().credential({2}).value().has_value());
  CHECK(kept.store().attendee_count().value() == 2);
  CHECK(kept.store().search("A1").value().empty());
}

TEST_CASE("a whole roster that was broken off and begun again keeps nobody of the first attempt") {
  Kept kept;
  RosterPage first = whole("e1", 1, {"A1"});
  first.more = true;
  REQUIRE(kept.store().apply(first, kMorning).has_value());
  REQUIRE(kept.store().apply(whole("e1", 1, {"A2"}), kMorning).has_value());
  CHECK_FALSE(kept.store().attendee("A1").value().has_value());
  CHECK(kept.store().attendee("A2").value().has_value());
}

TEST_CASE("a page of another epoch is refused unless it begins a roster, and then the feed begins anew too") {
  Kept kept;
  REQUIRE(kept.store().apply(whole("e1", 3, {"A1"}), kMorning).has_value());
  hub::RowWriter south("south-1");
  const JournalRow row = south.write(RowKind::admitted, "A1", kMorning);
  REQUIRE(kept.store().apply(feed_of({row}, 900)).has_value());
  RosterPage stray;
  stray.epoch = "e2";
  stray.next = 4;
  stray.attendees = {hub::attendee_of("A9")};
  CHECK(kept.store().apply(stray, kMorning).error().kind == Error::Kind::invalid);
  CHECK_FALSE(kept.store().attendee("A9").value().has_value());
  CHECK(kept.store().standing().value().roster_version == 3);
  CHECK(kept.store().standing().value().feed.seq == 900);

  REQUIRE(kept.store().apply(whole("e2", 2, {"A9"}), kMorning).has_value());
  CHECK(kept.store().standing().value().epoch == "e2");
  CHECK(kept.store().standing().value().feed == FeedCursor{});
  CHECK_FALSE(kept.store().attendee("A1").value().has_value());
  REQUIRE(kept.store().apply(feed_of({row}, 1)).has_value());
  CHECK(kept.store().row_count().value() == 1);
}

TEST_CASE("the frame of the roster is kept: event, checkpoints, keys") {
  Kept kept;
  const EventFile event = hub::small_event();
  RosterPage page = whole("e1", 1, {"A1"});
  page.event = event.event;
  page.checkpoints = event.checkpoints;
  page.keys = KeyRing{{{7}, "hub"}, {{8}, "north-1"}};
  REQUIRE(kept.store().apply(page, kMorning).has_value());
  kept.reopen();
  CHECK(kept.store().event().value() == event.event);
  CHECK(kept.store().checkpoints().value().size() == event.checkpoints.size());
  CHECK(kept.store().checkpoint("main").value() == event.checkpoints.at(0));
  CHECK(kept.store().keys().value().size() == 2);
  RosterPage delta;
  delta.epoch = "e1";
  delta.next = 2;
  delta.keys = KeyRing{{{7}, "hub"}};
  REQUIRE(kept.store().apply(delta, kMorning).has_value());
  CHECK(kept.store().keys().value().size() == 1);  // a revoked kiosk signs no more
  CHECK(kept.store().event().value() == event.event);
  CHECK(kept.store().identity().value() == identity_of("north-1"));
}

TEST_CASE("the living generation is the highest that anyone knows of") {
  Kept kept;
  CHECK(kept.store().generation("A1").value() == 1);
  RosterPage page = whole("e1", 1, {"A1"});
  page.credentials = {{{1}, "A1", 2}};
  REQUIRE(kept.store().apply(page, kMorning).has_value());
  CHECK(kept.store().generation("A1").value() == 2);
  hub::RowWriter south("south-1");
  JournalRow reissued = south.write(RowKind::reissued, "A1", kMorning);
  reissued.generation = 5;
  REQUIRE(kept.store().apply(feed_of({reissued})).has_value());
  CHECK(kept.store().generation("A1").value() == 5);
}

}  // namespace
}  // namespace lanyard::sync
