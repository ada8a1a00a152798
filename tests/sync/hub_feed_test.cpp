// The feed: rows of the others for each kiosk, from the store and from the window.
#include <array>

#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

TEST_CASE_METHOD(TwoDesks, "the feed brings the rows of all others and of the hub, and never one's own") {
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

}  // namespace
}  // namespace lanyard::sync::hub
