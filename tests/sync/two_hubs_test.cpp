// Two hubs on one store's data, at the same moment: as two processes are, each with a store of its own.
#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include "sync/hub/orders_told.hpp"
#include "sync/hub/postgres_link.hpp"
#include "tests/sync/hub_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;
using Kind = RowAnswerKind;

constexpr std::size_t kHubs = 2;

// A hub and its stores; `both` runs one function on each store at the same moment. What it finds out it hands
// back: assertions belong to the test's own thread.
class TwoHubs : public HubFixture {
 public:
  TwoHubs() {
    for (auto& store : stores_) store = place().open(kSmallEventId).value();
  }
  HubStore& one(std::size_t hub) { return *stores_[hub]; }

  template <class Work>
  auto both(Work&& work) {
    using Result = decltype(work(*stores_[0], std::size_t{0}));
    std::array<Result, kHubs> results;
    std::atomic<std::size_t> waiting{kHubs};
    std::vector<std::thread> threads;
    for (std::size_t hub = 0; hub < kHubs; ++hub) {
      threads.emplace_back([&, hub] {
        --waiting;
        while (waiting > 0) std::this_thread::yield();
        results[hub] = work(*stores_[hub], hub);
      });
    }
    for (std::thread& thread : threads) thread.join();
    return results;
  }

 private:
  std::array<std::unique_ptr<HubStore>, kHubs> stores_;
};

// Bytes of this thread's own.
Random random_of(std::size_t hub) {
  return [engine = std::make_shared<std::minstd_rand>(static_cast<unsigned>(hub + 1))](auto out) {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>((*engine)());
  };
}

Device device_named(const std::string& id) {
  Device device;
  device.id = id;
  return device;
}

std::vector<FeedRow> whole_feed(HubStore& store) {
  std::vector<FeedRow> rows;
  FeedCursor after;
  for (bool more = true; more;) {
    FeedPage page = store.feed(after, "", 100).value();
    rows.insert(rows.end(), page.rows.begin(), page.rows.end());
    after = page.next;
    more = page.more;
  }
  return rows;
}

TEST_CASE("a reader who follows two writers meets every row once, in order") {
  TwoHubs hub;
  constexpr int kTransactions = 60;
  std::atomic<int> writing{2};
  std::atomic<int> failed{0};
  std::vector<FeedRow> seen;
  std::vector<std::thread> threads;
  for (std::size_t n = 0; n < kHubs; ++n) {
    threads.emplace_back([&, n] {
      const auto store = hub.place().open(kSmallEventId).value();
      RowWriter writer("device-" + std::to_string(n));
      std::minstd_rand random(static_cast<unsigned>(n + 7));
      for (int i = 0; i < kTransactions; ++i) {
        const auto done = store->transact([&]() -> Expected<void> {
          for (auto rows = 1 + random() % 3; rows > 0; --rows) {
            if (auto placed = store->append(writer.write(RowKind::refused, "", hub.now), hub.now); !placed) {
              return tl::make_unexpected(placed.error());
            }
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 2000));
          }
          return {};
        });
        if (!done) ++failed;
      }
      --writing;
    });
  }
  threads.emplace_back([&] {
    const auto store = hub.place().open(kSmallEventId).value();
    FeedCursor after;
    for (bool last = false; !last;) {
      last = writing == 0;
      for (bool more = true; more;) {
        const auto page = store->feed(after, "", 5);
        if (!page) {
          ++failed;
          return;
        }
        seen.insert(seen.end(), page->rows.begin(), page->rows.end());
        after = page->next;
        more = page->more;
      }
    }
  });
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
  CHECK(seen.size() >= 2 * kTransactions);
  CHECK(seen == whole_feed(hub.store()));
  std::map<std::string, std::uint64_t> last;
  for (const FeedRow& row : seen) CHECK(row.row.seq == ++last[row.row.device]);
}

TEST_CASE("rows of one device that reach two hubs at once are taken once") {
  TwoHubs hub;
  RowWriter writer("north-1");
  for (int round = 0; round < 10; ++round) {
    ParsedUpload upload;
    for (int i = 0; i < 5; ++i) upload.rows.push_back(writer.write(RowKind::refused, "", hub.now));
    const auto answers = hub.both([&](HubStore& store, std::size_t n) -> Expected<UploadAnswer> {
      return take_rows(checked(upload), device_named("north-1"), store, hub.now, random_of(n));
    });
    std::size_t accepted = 0;
    std::size_t known = 0;
    for (const auto& answer : answers) {
      REQUIRE(answer.has_value());
      for (const RowAnswer& one : answer->answers) {
        if (one.kind == Kind::accepted) ++accepted;
        if (one.kind == Kind::known) ++known;
      }
    }
    CHECK(accepted == upload.rows.size());
    CHECK(known == upload.rows.size());
    for (std::size_t i = 0; i < upload.rows.size(); ++i) {
      CHECK(answers[0]->answers[i].hub_seq == answers[1]->answers[i].hub_seq);
    }
  }
  const auto rows = hub.store().rows_of_device("north-1", 0, 1000).value();
  CHECK(rows.size() == 50);
  CHECK_FALSE(find_break(rows, Digest{}));
}

TEST_CASE("of one badge admitted through two hubs at once people hear once, and the hub's chain holds") {
  TwoHubs hub;
  std::array<RowWriter, kHubs> writers{RowWriter("north-1"), RowWriter("south-2")};
  constexpr int kRounds = 12;
  constexpr int kPeople = 4;
  for (int round = 0; round < kRounds; ++round) {
    std::array<ParsedUpload, kHubs> uploads;
    for (std::size_t n = 0; n < kHubs; ++n) {
      for (int i = 0; i < kPeople; ++i) {
        // The other way round at the other hub: each waits for somebody of whom the other has told already.
        const int who = round * kPeople + (n == 0 ? i : kPeople - 1 - i);
        uploads[n].rows.push_back(writers[n].write(RowKind::admitted, "A" + std::to_string(who),
                                                   hub.now + std::chrono::seconds(i)));
      }
    }
    const auto answers = hub.both([&](HubStore& store, std::size_t n) -> Expected<UploadAnswer> {
      return take_rows(checked(uploads[n]), device_named(uploads[n].rows[0].device), store, hub.now,
                       random_of(n));
    });
    for (const auto& answer : answers) {
      INFO((answer ? std::string() : answer.error().message));
      REQUIRE(answer.has_value());
      CHECK(std::ranges::count(answer->answers, Kind::accepted, &RowAnswer::kind) == kPeople);
    }
  }
  std::map<std::string, int> alerts;
  for (const FeedRow& alert : hub.alerts()) ++alerts[alert.row.attendee];
  CHECK(alerts.size() == kRounds * kPeople);
  CHECK(std::ranges::all_of(alerts, [](const auto& one) { return one.second == 1; }));
  const auto chain = hub.store().rows_of_device(kHubDevice, 0, 1000).value();
  CHECK(chain.size() == kRounds * kPeople);
  CHECK_FALSE(find_break(chain, Digest{}));
}

TEST_CASE("a code that two hubs are told at once is spent once") {
  TwoHubs hub;
  for (std::uint8_t round = 0; round < 8; ++round) {
    const std::string code = hub.new_code_for("north-1");
    const auto answers = hub.both([&](HubStore& store, std::size_t n) -> Response {
      EnrolRequest request{code, {}, "test"};
      request.public_key.fill(static_cast<std::uint8_t>(10 + std::size_t{round} * 2 + n));
      return handle({"POST", "/v1/enrol", {}, "", to_body(request)}, store, hub.now,
                    random_of(n + 100 * std::size_t{round}));
    });
    std::multiset<int> statuses;
    std::size_t good_tokens = 0;
    for (const Response& answer : answers) {
      statuses.insert(answer.status);
      if (answer.status != 200) continue;
      const std::string token = parse_enrol_answer(answer.body).value().token;
      if (hub.get("/v1/journal", {}, token).status == 200) ++good_tokens;
    }
    CHECK(statuses == std::multiset<int>{200, 403});
    CHECK(good_tokens == 1);
  }
  CHECK(std::ranges::count(hub.store().ring().value().keys, "north-1",
                           [](const RingKey& key) { return key.key.issuer; }) == 1);
}

TEST_CASE("two hubs that change the roster at once give no version twice, and a reader misses no change") {
  TwoHubs hub;
  const std::string epoch = hub.store().roster_page(0, "", 1).value().epoch;
  constexpr int kChanges = 30;
  std::atomic<int> writing{2};
  std::map<std::string, int> seen;
  std::thread reader([&] {
    const auto store = hub.place().open(kSmallEventId).value();
    std::int64_t after = 0;
    for (bool last = false; !last;) {
      last = writing == 0;
      for (bool more = true; more;) {
        const auto page = store->roster_page(after, epoch, 3);
        if (!page) return;
        for (const Attendee& attendee : page->attendees) ++seen[attendee.id];
        after = page->next;
        more = page->more;
      }
    }
  });
  const auto done = hub.both([&](HubStore& store, std::size_t n) {
    int good = 0;
    for (int i = 0; i < kChanges; ++i) {
      const std::string id = "H" + std::to_string(n) + "-" + std::to_string(i);
      const bool put = store
                           .transact([&]() -> Expected<void> {
                             if (auto first = store.put_attendee(attendee_of(id)); !first) return first;
                             std::this_thread::sleep_for(500us);
                             return store.put_attendee(attendee_of(id + "-too"));
                           })
                           .has_value();
      if (put) ++good;
    }
    --writing;
    return good;
  });
  reader.join();
  CHECK(done == std::array{kChanges, kChanges});
  CHECK(seen.size() == 4 * kChanges);
  CHECK(std::ranges::all_of(seen, [](const auto& one) { return one.second == 1; }));
}

TEST_CASE("two hubs that raise the same alert at once raise it once") {
  TwoHubs hub;
  for (int round = 0; round < 20; ++round) {
    const auto claimed = hub.both([&](HubStore& store, std::size_t /*hub*/) {
      bool first = false;
      const auto done = store.transact([&]() -> Expected<void> {
        auto claim = store.claim_alert("subject-" + std::to_string(round));
        if (!claim) return tl::make_unexpected(claim.error());
        first = *claim;
        return {};
      });
      return done && first;
    });
    CHECK(std::ranges::count(claimed, true) == 1);
  }
}

TEST_CASE("a head of the feed that stands back for a moment takes no reader back") {
  if (postgres_url().empty()) return;
  HubFixture hub;
  const auto other = hub.place().open(kSmallEventId).value();
  RowWriter quick("quick-1");
  for (int i = 0; i < 11; ++i)
    REQUIRE(hub.store().append(quick.write(RowKind::refused, "", hub.now), hub.now));
  const FeedCursor known = other->feed_head().value();
  FeedWindow window;
  REQUIRE(window.look(*other).value());
  // A writer that read its lowest number before the last two were taken, and has its lock only now.
  PostgresLink late(hub.place().url());
  late.begin();
  (void)late.run_once("SELECT pg_advisory_xact_lock_shared(1, 10)");
  const FeedPage page = other->feed(known, "", 500).value();
  CHECK(page.rows.empty());
  CHECK(page.next == known);
  CHECK_FALSE(window.look(*other).value());
  CHECK(window.page(known, "", 500).has_value());
  late.undo();
}

TEST_CASE("uploads that name a person by a ticket and by an id do not wait for each other") {
  if (postgres_url().empty()) return;
  HubFixture hub;
  Fingerprint fingerprint{};
  fingerprint.fill(7);
  for (const char* id : {"a", "b"}) REQUIRE(hub.store().put_attendee(attendee_of(id)));
  REQUIRE(hub.store().put_credential({fingerprint, "a", 1}));
  const std::array<std::vector<std::string>, 2> people{{{"b", ticket_subject(fingerprint)}, {"a", "b"}}};
  std::array<std::string, 2> tokens;
  for (std::size_t i = 0; i < 2; ++i) tokens.at(i) = hub.enrol("gate-" + std::to_string(i));
  std::atomic<int> failed{0};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      const auto store = hub.place().open(kSmallEventId).value();
      RowWriter writer("gate-" + std::to_string(i));
      for (int n = 0; n < 100; ++n) {
        std::vector<JournalRow> rows;
        for (const std::string& who : people.at(i))
          rows.push_back(writer.write(RowKind::refused, who, hub.now));
        const Request request{"POST", "/v1/journal", {}, tokens.at(i), to_body(UploadRequest{rows})};
        if (handle(request, *store, hub.now, counting_random()).status != 200) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(failed == 0);
}

// Runs `late` on a thread of its own until it waits for a lock, or has ended.
class Overtaken {
 public:
  Overtaken(HubFixture& hub, std::function<void()> late)
      : thread_([this, late = std::move(late)] {
          late();
          ended_ = true;
        }) {
    for (int i = 0; i < 500 && !ended_; ++i) {
      if (hub.place().count("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0) break;
      std::this_thread::sleep_for(10ms);
    }
  }

 private:
  std::atomic<bool> ended_{false};
  std::jthread thread_;
};

// As `device out-of-service` does it.
Expected<void> close_kiosk(
    HubStore& store, const std::function<void()>& meanwhile = [] {}) {
  return store.transact([&] {
    return change_orders(store, "north-1", [&](const Device&, Orders& orders) -> Expected<void> {
      orders.out_of_service = true;
      meanwhile();
      return {};
    });
  });
}

TEST_CASE("of two orders for one kiosk at the same moment neither is lost") {
  if (postgres_url().empty()) return;
  HubFixture hub;
  (void)hub.enrol("north-1");
  const auto other = hub.place().open(kSmallEventId).value();
  std::optional<Overtaken> late;
  Expected<void> wiped;
  REQUIRE(close_kiosk(hub.store(), [&] {
    late.emplace(hub, [&] {
      wiped = other->transact([&] {
        return change_orders(*other, "north-1", [](const Device&, Orders& orders) -> Expected<void> {
          orders.wipe = true;
          return {};
        });
      });
    });
  }));
  late.reset();
  REQUIRE(wiped);
  const Orders orders = hub.store().device("north-1").value()->orders;
  CHECK(orders.out_of_service);
  CHECK(orders.wipe);
}

TEST_CASE("a kiosk that comes with its new token undoes no order that is given meanwhile") {
  if (postgres_url().empty()) return;
  HubFixture hub;
  (void)hub.enrol("north-1");
  const auto other = hub.place().open(kSmallEventId).value();
  const std::string code = hub.new_code_for("north-1");
  Orders anew;
  anew.enrol_code = code;
  REQUIRE(hub.store().set_orders("north-1", anew));
  const std::string token = parse_enrol_answer(hub.enrol_with(code).body).value().token;
  std::optional<Overtaken> late;
  Response answer;
  REQUIRE(close_kiosk(hub.store(), [&] {
    late.emplace(hub, [&] {
      const Heartbeat beat{"test", 0, 0, 0, 0, hub.now};
      answer =
          handle({"POST", "/v1/heartbeat", {}, token, to_body(beat)}, *other, hub.now, counting_random());
    });
  }));
  late.reset();
  REQUIRE(answer.status == 200);
  CHECK(parse_heartbeat_answer(answer.body).value().orders.value().out_of_service);
  const Device known = hub.store().device("north-1").value().value();
  CHECK(known.orders.out_of_service);
  CHECK(known.orders.enrol_code.empty());
  CHECK(known.token_hash == hash_token(token));
}

TEST_CASE("a venue's alert and an alert of the centre's own do not wait for each other") {
  if (postgres_url().empty()) return;
  HubFixture hub;
  const auto other = hub.place().open(kSmallEventId).value();
  RowWriter writer("expo");
  JournalRow alert = writer.write(RowKind::alert, "A1", hub.now);
  alert.rule = "barred_admission";
  alert.target = "a-row-of-the-venue";
  ParsedUpload upload{{writer.seal(alert)}, {}};
  Device venue = device_named("expo");
  venue.is_hub = true;
  Expected<UploadAnswer> answer;
  std::optional<Overtaken> uploading;
  const auto done = hub.store().transact([&]() -> Expected<void> {
    if (auto held = hub.store().those_with_several_rows({"A1"}); !held)
      return tl::make_unexpected(held.error());
    uploading.emplace(hub,
                      [&] { answer = take_rows(checked(upload), venue, *other, hub.now, random_of(1)); });
    const auto claimed = hub.store().claim_alert("of the centre");
    return claimed ? Expected<void>() : tl::make_unexpected(claimed.error());
  });
  uploading.reset();
  INFO((done ? std::string() : done.error().message));
  CHECK(done.has_value());
  INFO((answer ? std::string() : answer.error().message));
  REQUIRE(answer.has_value());
  CHECK(kinds(*answer) == std::vector{Kind::accepted});
  CHECK_FALSE(hub.store().claim_alert("barred:a-row-of-the-venue").value());
}

}  // namespace
}  // namespace lanyard::sync::hub
