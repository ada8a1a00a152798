// Rows at the hub: chains, answers, alerts, the feed.
#include <algorithm>
#include <random>

#include <nlohmann/json.hpp>

#include "sync/presence.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;
using Kind = RowAnswerKind;

std::vector<Kind> kinds(const UploadAnswer& answer) {
  std::vector<Kind> list;
  for (const RowAnswer& one : answer.answers) list.push_back(one.kind);
  return list;
}

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

TEST_CASE("two entries are one alert, even when it comes out later which of them was first") {
  HubFixture hub;
  const std::string north_token = hub.enrol("north-1");
  const std::string south_token = hub.enrol("south-2");
  RowWriter north("north-1");
  RowWriter south("south-2");
  JournalRow fast = north.write(RowKind::admitted, "A1", hub.now + 30min);
  fast.offset_ms.reset();
  fast.hash = chain_hash(fast);
  hub.upload(north_token, {fast});
  hub.upload(south_token, {south.write(RowKind::admitted, "A1", hub.now + 5min)});
  REQUIRE(hub.alerts().size() == 1);
  JournalRow knows = north.write(RowKind::refused, "A1", hub.now + 30min + 1s);
  knows.offset_ms = -std::chrono::milliseconds(30min).count();
  knows.prev_hash = fast.hash;
  knows.hash = chain_hash(knows);
  CHECK(kinds(hub.upload(north_token, {knows})) == std::vector{Kind::accepted});
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "double_entry");
}

// A kiosk whose clock is off and that does not know by how much, until it refuses somebody.
class LateKnower {
 public:
  LateKnower(HubFixture& hub, std::chrono::milliseconds fast) : hub_(hub), fast_(fast) {}

  JournalRow write(RowKind kind, const std::string& attendee, std::chrono::milliseconds after) {
    return of(kind, attendee, after, std::nullopt);
  }
  JournalRow learn(std::chrono::milliseconds after) {
    return of(RowKind::refused, "", after, -fast_.count());
  }

 private:
  JournalRow of(RowKind kind, const std::string& attendee, std::chrono::milliseconds after,
                std::optional<std::int64_t> offset_ms) {
    JournalRow row = writer_.write(kind, attendee, hub_.now + after + fast_);
    row.monotonic_ms = after.count();
    row.offset_ms = offset_ms;
    return writer_.seal(row);
  }

  HubFixture& hub_;
  std::chrono::milliseconds fast_;
  RowWriter writer_{"north-1"};
};

bool is_inside(HubFixture& hub) {
  const auto rows = hub.store().moves_since(hub.now - 1h).value();
  return presence_of(rows, {}, hub.store().event().value()->zones).at("site").inside;
}

TEST_CASE("who is inside goes by the time that a kiosk came to know with a row about nobody") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  LateKnower at_north(hub, 5h);
  RowWriter at_south("south-2");
  const JournalRow entry = at_north.write(RowKind::admitted, "A1", 1min);
  hub.upload(north, {entry, at_north.learn(2min)});
  hub.upload(south, {at_south.write(RowKind::exited, "A1", hub.now + 3min)});
  CHECK_FALSE(is_inside(hub));
  // Not so in the journal itself: the row is there as it was signed off by its kiosk.
  CHECK(hub.store().rows_of_device("north-1", 0, 1).value().at(0) == entry);
  hub.upload(south, {at_south.write(RowKind::admitted, "A1", hub.now + 4min)});
  CHECK(is_inside(hub));
  CHECK(hub.alerts().empty());  // no second entry: the first was before the exit
}

TEST_CASE("a second entry is seen by the time that a kiosk came to know with a row about nobody") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  LateKnower at_north(hub, -48h);  // by that clock alone it was another day
  RowWriter at_south("south-2");
  hub.upload(north, {at_north.write(RowKind::admitted, "A1", 1min), at_north.learn(2min)});
  hub.upload(south, {at_south.write(RowKind::admitted, "A1", hub.now + 3min)});
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "double_entry");
}

TEST_CASE("a kiosk that learns the time late corrects all of its boot, past rows that were set aside") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  LateKnower at_north(hub, 5h);
  constexpr int kRows = 1200;  // a day cut off
  std::vector<JournalRow> batch;
  for (int i = 0; i < kRows; ++i) {
    batch.push_back(at_north.write(RowKind::admitted, "A" + std::to_string(i), i * 1s));
    if (batch.size() == kMaxBatchRows) {
      hub.upload(north, batch);
      batch.clear();
    }
  }
  JournalRow forged = at_north.write(RowKind::admitted, "A1", kRows * 1s);
  forged.attendee = "A2";
  batch.push_back(forged);
  batch.push_back(at_north.learn((kRows + 1) * 1s));
  hub.upload(north, batch);
  const auto rows = hub.store().moves_since(hub.now).value();
  REQUIRE(rows.size() == kRows);
  for (const JournalRow& row : rows) {
    REQUIRE(row.offset_ms == -std::chrono::milliseconds(5h).count());
    REQUIRE(hub.store().corrected_time(row.id).value() == row.wall - 5h);
  }
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

TEST_CASE("a ticket that was let in before its order came is its holder's, and so is a second entry") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  RowWriter at_north("north-1");
  RowWriter at_south("south-2");
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

TEST_CASE("two devices that admit one attendee keep both rows and raise one alert") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  RowWriter at_north("north-1");
  RowWriter at_south("south-2");
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

TEST_CASE("entering twice where coming and going is free is no contradiction") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  RowWriter at_north("north-1");
  RowWriter at_south("south-2");
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
  CHECK(answer.answers.at(0).kind == Kind::accepted);
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

TEST_CASE("the feed brings the rows of all others and of the hub, and never one's own") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  RowWriter at_north("north-1");
  RowWriter at_south("south-2");
  for (int i = 0; i < 5; ++i) {
    hub.upload(north, {at_north.write(RowKind::admitted, "N" + std::to_string(i), hub.now)});
    hub.upload(south, {at_south.write(RowKind::admitted, "S" + std::to_string(i), hub.now)});
  }
  std::vector<std::string> seen;
  FeedCursor after;
  for (bool more = true; more;) {
    const FeedPage page = hub.feed(north, after, "2");
    CHECK(page.rows.size() <= 2);
    for (const FeedRow& row : page.rows) {
      CHECK(row.row.device == "south-2");
      CHECK(row.hub_seq > after.seq);
      seen.push_back(row.row.attendee);
    }
    REQUIRE((page.next.seq > after.seq || !page.more));
    after = page.next;
    more = page.more;
  }
  CHECK(seen == std::vector<std::string>{"S0", "S1", "S2", "S3", "S4"});
  const FeedPage quiet = hub.feed(north, after);
  CHECK(quiet.rows.empty());
  CHECK(quiet.next == after);
  // A cursor that the hub never gave: everything again.
  CHECK(hub.feed(north, {after.seq + 1000, ""}).rows.size() == 5);
  CHECK(hub.feed(north, {after.seq, "0123456789abcdef"}).rows.size() == 5);
  CHECK(hub.feed(north, {after.seq + 1000, after.mark}).rows.size() == 5);
  CHECK(hub.feed(north, {0, after.mark}).rows.size() == 5);
  CHECK(hub.feed(north, {after.seq, ""}).rows.empty());  // as earlier kiosks ask
}

TEST_CASE("a question for news is kept back for as long as there is none") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  FeedWindow window;
  const auto ask = [&](const FeedCursor& after, const std::string& wait, const std::string& roster) {
    return handle(
        {"GET",
         "/v1/journal",
         {{"after", std::to_string(after.seq)}, {"mark", after.mark}, {"wait", wait}, {"roster", roster}},
         north,
         ""},
        hub.store(), hub.now, hub.random(), &window);
  };
  const auto version = [&] { return std::to_string(hub.store().roster_version().value()); };
  RowWriter at_south("south-2");
  RowWriter at_north("north-1");
  hub.upload(south, {at_south.write(RowKind::admitted, "A1", hub.now)});
  const FeedCursor known = hub.store().feed_head().value();
  CHECK(window.look(hub.store()).value());
  CHECK_FALSE(window.look(hub.store()).value());

  CHECK(ask(known, "25", version()).hold == 25s);
  CHECK(ask(known, "0", version()).hold == 0s);
  CHECK(ask({}, "25", version()).hold == 0s);  // there is a row for them
  CHECK(ask(known, "25", "77").hold == 0s);    // and here another roster

  // Their own row moves the cursor, and is no news.
  hub.upload(north, {at_north.write(RowKind::admitted, "A2", hub.now)});
  CHECK(window.look(hub.store()).value());
  const Response own = ask(known, "25", version());
  CHECK(own.hold == 25s);
  CHECK(parse_feed_page(own.body).value().next == hub.store().feed_head().value());

  hub.upload(south, {at_south.write(RowKind::exited, "A1", hub.now)});
  CHECK(window.look(hub.store()).value());
  const Response news = ask(known, "25", version());
  CHECK(news.hold == 0s);
  const FeedPage page = parse_feed_page(news.body).value();
  REQUIRE(page.rows.size() == 1);
  CHECK(page.rows[0].row.kind == RowKind::exited);
  CHECK(page.next == hub.store().feed_head().value());

  REQUIRE(hub.store().put_attendee(attendee_of("A3")));
  CHECK(window.look(hub.store()).value());
  CHECK(ask(page.next, "25", "1").hold == 0s);
  for (const char* wrong : {"-1", "61", "x", ""}) CHECK(ask(known, wrong, "1").status == 400);
  CHECK(ask({1, "xyz"}, "1", "1").status == 400);
}

TEST_CASE("the window gives what the store gives, whoever asks from wherever") {
  HubFixture hub;
  std::vector<std::string> tokens;
  std::vector<RowWriter> writers;
  for (const char* device : {"north-1", "south-2", "west-3"}) {
    tokens.push_back(hub.enrol(device));
    writers.emplace_back(device);
  }
  FeedWindow window;
  std::vector<FeedCursor> cursors{{}};
  for (int i = 0; i < 60; ++i) {
    const auto who = static_cast<std::size_t>(i * 7 % 5 % 3);
    hub.upload(tokens[who], {writers[who].write(RowKind::refused, "A" + std::to_string(i), hub.now)});
    cursors.push_back(hub.store().feed_head().value());
    if (i == 10 || i % 8 == 0) REQUIRE(window.look(hub.store()).value());
  }
  REQUIRE(window.look(hub.store()).value());
  std::size_t answered = 0;
  for (const FeedCursor& after : cursors) {
    for (const char* without : {"north-1", "south-2", "west-3", "east-4"}) {
      for (const std::size_t most : {1UL, 3UL, 500UL}) {
        const auto page = window.page(after, without, most);
        if (!page) continue;
        ++answered;
        FeedPage stored = hub.store().feed(after, without, most).value();
        stored.roster_version = window.roster_version();
        CHECK(page->body == to_body(stored));
        CHECK(page->empty == stored.rows.empty());
      }
    }
  }
  CHECK(answered > 59 * 12);  // all but what came before its first look
  CHECK_FALSE(window.page({5, "0123456789abcdef"}, "", 500).has_value());
  CHECK_FALSE(window.page({cursors.back().seq, ""}, "", 500).has_value());
}

TEST_CASE("of two hubs on one store, the one that has not looked of late does not take a kiosk back") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter south("south-2");
  hub.upload(hub.enrol("south-2"), {south.write(RowKind::refused, "A1", hub.now)});
  std::array<FeedWindow, 2> windows;
  for (FeedWindow& window : windows) REQUIRE(window.look(hub.store()).value());
  const FeedCursor at = hub.store().feed_head().value();
  REQUIRE(hub.store().put_attendee(attendee_of("A3")));
  REQUIRE(windows[0].look(hub.store()).value());  // nobody waits at the other, so that it does not look
  std::int64_t told = 1;
  std::size_t asked = 0;
  for (bool held = false; !held && asked < 20; ++asked) {
    const Response answer = handle({"GET",
                                    "/v1/journal",
                                    {{"after", std::to_string(at.seq)},
                                     {"mark", at.mark},
                                     {"wait", "25"},
                                     {"roster", std::to_string(told)}},
                                    token,
                                    ""},
                                   hub.store(), hub.now, hub.random(), &windows.at(asked % 2));
    held = answer.hold > 0s;
    told = parse_feed_page(answer.body).value().roster_version;
  }
  CHECK(asked < 5);
}

TEST_CASE("a window over a journal that was lost begins anew") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  RowWriter writer("north-1");
  FeedWindow window;
  REQUIRE(window.look(hub.store()).value());
  for (int i = 0; i < 5; ++i) hub.upload(token, {writer.write(RowKind::refused, "A1", hub.now)});
  REQUIRE(window.look(hub.store()).value());
  const FeedCursor lost = hub.store().feed_head().value();
  hub.place().forget_rows_after(2);
  CHECK(window.look(hub.store()).value());
  CHECK_FALSE(window.page(lost, "", 500).has_value());
  CHECK(window.page(hub.store().feed_head().value(), "", 500).has_value());
}

TEST_CASE("a badge issued twice and one that was replaced raise their alerts") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  RowWriter at_north("north-1");
  RowWriter at_south("south-2");
  JournalRow admitted = at_north.write(RowKind::reissued, "A1", hub.now);
  hub.upload(north, {admitted});
  hub.upload(south, {at_south.write(RowKind::reissued, "A1", hub.now + 5s)});
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts()[0].row.rule == "double_reissue");
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

TEST_CASE("a row that tells when those before it were has what they contradict looked at again") {
  HubFixture hub;
  RowWriter north("north-1");
  RowWriter south("south-2");
  const std::string north_token = hub.enrol("north-1");
  // A clock that was two days slow, and nobody who told it the time.
  JournalRow guessed = north.write(RowKind::admitted, "A1", hub.now - std::chrono::hours(48));
  guessed.offset_ms.reset();
  hub.upload(north_token, {north.seal(guessed)});
  hub.upload(hub.enrol("south-2"), {south.write(RowKind::admitted, "A1", hub.now)});
  CHECK(hub.alerts().empty());
  JournalRow told = north.write(RowKind::admitted, "B1", hub.now - std::chrono::hours(48));
  told.offset_ms = std::chrono::milliseconds(std::chrono::hours(48)).count();
  hub.upload(north_token, {north.seal(told)});
  REQUIRE(hub.alerts().size() == 1);
  CHECK(hub.alerts().front().row.attendee == "A1");
}

// Rows of boots that know the hub's time from the start, later, or never.
std::vector<JournalRow> rows_of_boots(unsigned seed, int count) {
  std::minstd_rand dice(seed);
  RowWriter writer("north-1");
  std::vector<JournalRow> rows;
  bool knows = false;
  std::string boot = "boot-0";
  const auto start = parse_rfc3339("2026-11-23T01:00:00Z").value();
  for (int i = 0; i < count; ++i) {
    if (dice() % 6 == 0) {
      boot = "boot-" + std::to_string(i);
      knows = false;
    }
    if (dice() % 4 == 0) knows = !knows;
    JournalRow row = writer.write(RowKind::admitted, "A" + std::to_string(dice() % 9),
                                  start + std::chrono::seconds(dice() % 3600));
    row.boot_id = dice() % 10 == 0 ? "" : boot;
    row.monotonic_ms = i * 1000 + static_cast<std::int64_t>(dice() % 500);
    row.offset_ms.reset();
    if (knows) row.offset_ms = static_cast<std::int64_t>(dice() % 100'000);
    rows.push_back(writer.seal(row));
  }
  return rows;
}

TEST_CASE("rows that are appended together stand where they stand when they come one by one") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U, 5U, 6U);
  CAPTURE(seed);
  const std::vector<JournalRow> rows = rows_of_boots(seed, 60);
  HubFixture one_by_one;
  HubFixture in_batches;
  std::vector<std::string> records;
  for (const JournalRow& row : rows) records.push_back(to_json(row));
  for (const JournalRow& row : rows) {
    REQUIRE(one_by_one.store().transact([&]() -> Expected<void> {
      return one_by_one.store().append(row, one_by_one.now).map([](std::int64_t) {});
    }));
  }
  std::minstd_rand dice(seed);
  for (std::size_t from = 0; from < rows.size();) {
    const std::size_t end = std::min(rows.size(), from + 1 + dice() % 20);
    std::vector<NewRow> some;
    for (std::size_t i = from; i < end; ++i) some.push_back({&rows[i], records[i]});
    REQUIRE(in_batches.store().transact([&]() -> Expected<void> {
      const auto places = in_batches.store().append_all(some, in_batches.now);
      if (!places) return tl::make_unexpected(places.error());
      CHECK(places->size() == some.size());
      for (std::size_t i = 0; i < places->size(); ++i)
        CHECK((*places)[i] == static_cast<std::int64_t>(from + i + 1));
      return {};
    }));
    from = end;
  }
  CHECK(in_batches.store().rows_of_device("north-1", 0, 100).value() == rows);
  for (const JournalRow& row : rows) {
    CHECK(in_batches.store().corrected_time(row.id).value() ==
          one_by_one.store().corrected_time(row.id).value());
  }
  const auto head = in_batches.store().feed_head().value();
  CHECK(head.seq == static_cast<std::int64_t>(rows.size()));
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

TEST_CASE("what contradicts what is judged by the event as another program has just changed it") {
  HubFixture hub;
  const std::string north = hub.enrol("north-1");
  const std::string south = hub.enrol("south-2");
  RowWriter at_north("north-1");
  RowWriter at_south("south-2");
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

}  // namespace
}  // namespace lanyard::sync::hub
