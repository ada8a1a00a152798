// The hub's key ring: current and next, versions, pretix's keys; and what a kiosk takes over of it.
#include <algorithm>
#include <set>

#include <SQLiteCpp/SQLiteCpp.h>

#include "sync/hub/keys.hpp"
#include "sync/schema.hpp"
#include "sync/sqlite_file.hpp"
#include "tests/sync/store_fixture.hpp"

namespace lanyard::sync::hub {
namespace {

using namespace std::chrono_literals;

std::int64_t seconds_of(Timestamp when) {
  return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

// The hub's own keys by their standing.
PublicKey current_key(HubStore& store) {
  const Ring ring = store.ring().value();
  const auto found = std::ranges::find(ring.keys, true, &RingKey::is_current);
  REQUIRE(found != ring.keys.end());
  CHECK(std::ranges::count(ring.keys, true, &RingKey::is_current) == 1);
  return found->key.key;
}

std::vector<PublicKey> pretix_keys(std::size_t count) {
  std::vector<PublicKey> keys;
  for (std::size_t i = 0; i < count; ++i) keys.push_back(key_pair({static_cast<std::uint8_t>(i)}).public_key);
  return keys;
}

TEST_CASE("key 1 is that of the founding, and the hub signs with it") {
  HubFixture hub;
  const Ring ring = hub.store().ring().value();
  REQUIRE(ring.keys.size() == 1);
  CHECK(ring.keys[0].is_current);
  CHECK(ring.keys[0].key.issuer == "hub");
  CHECK(ring.keys[0].key.key == public_half(hub.store().founding().value()->signing_key));
  CHECK(ring.version == seconds_of(hub.now));
}

TEST_CASE("the next key is published before anything is signed with it") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  const PublicKey first = current_key(hub.store());
  const PublicKey next = add_next_key(hub.store(), hub.random(), hub.now).value();
  CHECK(current_key(hub.store()) == first);
  const RosterPage page = hub.roster(token, 0, "");
  CHECK(std::ranges::count(*page.keys, next, &IssuerKey::key) == 1);

  CHECK(use_key(hub.store(), key_name(next)).value() == next);
  CHECK(current_key(hub.store()) == next);
  CHECK(public_half(hub.store().founding().value()->signing_key) == next);
  CHECK(hub.roster(token, page.next, page.epoch).keys == std::nullopt);  // nothing new to verify with

  REQUIRE(retire_key(hub.store(), key_name(first), hub.now).has_value());
  const RosterPage after = hub.roster(token, page.next, page.epoch);
  CHECK(std::ranges::count(after.keys.value(), first, &IssuerKey::key) == 0);
  CHECK_FALSE(use_key(hub.store(), key_name(first)).has_value());
}

TEST_CASE("of a retired key nothing is left in the database's tables") {
  HubFixture hub;
  const SecretKey first = hub.store().founding().value()->signing_key;
  const PublicKey next = add_next_key(hub.store(), hub.random(), hub.now).value();
  REQUIRE(use_key(hub.store(), key_name(next)).has_value());
  REQUIRE(retire_key(hub.store(), key_name(public_half(first)), hub.now).has_value());
  CHECK(hub.place().count("SELECT count(*) FROM own_key") == 1);
  CHECK(hub.place().count("SELECT count(*) FROM own_key, hub WHERE secret_key = signing_key") == 1);
}

TEST_CASE("a key that must stay is not retired, and one that cannot sign is not used") {
  HubFixture hub;
  (void)hub.enrol("north-1");
  const auto why = [](const auto& done) {
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().kind == Error::Kind::invalid);
    return done.error().message;
  };
  const Ring ring = hub.store().ring().value();
  const auto kiosk =
      std::ranges::find(ring.keys, "north-1", [](const RingKey& key) { return key.key.issuer; });
  const std::string kiosk_name = key_name(kiosk->key.key);
  CHECK(
      why(retire_key(hub.store(), key_name(current_key(hub.store())), hub.now)).starts_with("the hub signs"));
  CHECK(why(retire_key(hub.store(), kiosk_name, hub.now)).ends_with("see device revoke north-1"));
  CHECK(why(use_key(hub.store(), kiosk_name)).ends_with("it is that of north-1"));
  REQUIRE(add_pretix_keys(hub.store(), pretix_keys(1), hub.now).has_value());
  CHECK(why(use_key(hub.store(), key_name(pretix_keys(1)[0]))).ends_with("it is that of pretix"));
  CHECK(why(use_key(hub.store(), "00000000")).starts_with("there is no key '00000000'"));
  CHECK(why(use_key(hub.store(), "current\n")).starts_with("'current?' is no key's id"));
  CHECK(hub.store().ring().value().keys.size() == ring.keys.size() + 1);
}

TEST_CASE("a key is named by its id or as a whole, and an id of two keys is not enough") {
  HubFixture hub;
  // Ids have 32 bits: two keys of one id are found among some 80,000.
  std::map<KeyId, PublicKey> seen;
  std::optional<std::pair<PublicKey, PublicKey>> pair;
  PublicKey key{};
  for (std::uint32_t n = 0; n < 1'000'000 && !pair; ++n) {
    for (std::size_t i = 0; i < 4; ++i) key[i] = static_cast<std::uint8_t>(n >> (8 * i));
    const auto [found, is_new] = seen.emplace(key_id(key), key);
    if (!is_new) pair.emplace(found->second, key);
  }
  REQUIRE(pair.has_value());
  const std::vector<PublicKey> both{pair->first, pair->second};
  REQUIRE(add_pretix_keys(hub.store(), both, hub.now).value() == 2);
  const auto refused = retire_key(hub.store(), key_name(pair->first), hub.now);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.starts_with("more than one key"));
  CHECK(retire_key(hub.store(), hex(pair->first), hub.now).value() == pair->first);
  CHECK(retire_key(hub.store(), key_name(pair->second), hub.now).value() == pair->second);
}

TEST_CASE("keys of pretix join the ring once, up to eight, and all that a call brings or none") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  std::vector<PublicKey> keys = pretix_keys(3);
  keys.push_back(keys[0]);
  CHECK(add_pretix_keys(hub.store(), keys, hub.now).value() == 3);
  const std::int64_t version = hub.store().ring().value().version;
  CHECK(add_pretix_keys(hub.store(), keys, hub.now).value() == 0);
  CHECK(hub.store().ring().value().version == version);
  const RosterPage page = hub.roster(token, 0, "");
  CHECK(std::ranges::count(*page.keys, KeyKind::pretix_sig1, &IssuerKey::kind) == 3);
  CHECK(page.keys_version == version);
  CHECK_FALSE(add_pretix_keys(hub.store(), pretix_keys(kMaxPretixKeys + 1), hub.now).has_value());
  CHECK(hub.store().ring().value().keys.size() == 5);
  CHECK(add_pretix_keys(hub.store(), pretix_keys(kMaxPretixKeys), hub.now).value() == kMaxPretixKeys - 3);
  const std::vector<PublicKey> own{current_key(hub.store())};
  CHECK_FALSE(add_pretix_keys(hub.store(), own, hub.now).has_value());
}

TEST_CASE("the hub keeps no more than sixteen keys of its own") {
  HubFixture hub;
  for (std::size_t i = 1; i < kMaxOwnKeys; ++i) {
    REQUIRE(add_next_key(hub.store(), system_random(), hub.now).has_value());
  }
  const auto refused = add_next_key(hub.store(), system_random(), hub.now);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message == "there would be more than 16 keys of the hub; retire one");
  CHECK(hub.store().ring().value().keys.size() == kMaxOwnKeys);
}

TEST_CASE("every change of the ring takes a higher version, by the clock where it can") {
  HubFixture hub;
  std::int64_t last = hub.store().ring().value().version;
  const auto rises_to = [&](std::int64_t version) {
    const std::int64_t before = std::exchange(last, hub.store().ring().value().version);
    return last > before && last == version;
  };
  hub.now += 1h;
  const std::string token = hub.enrol("north-1");
  CHECK(rises_to(seconds_of(hub.now)));
  REQUIRE(add_next_key(hub.store(), hub.random(), hub.now).has_value());  // in the same second
  CHECK(rises_to(seconds_of(hub.now) + 1));
  REQUIRE(add_pretix_keys(hub.store(), pretix_keys(1), hub.now - 24h).has_value());  // a clock set back
  CHECK(rises_to(seconds_of(hub.now) + 2));
  REQUIRE(retire_key(hub.store(), key_name(pretix_keys(1)[0]), hub.now).has_value());
  CHECK(rises_to(seconds_of(hub.now) + 3));
  REQUIRE(hub.store().revoke("north-1", true, hub.now + 1min));
  CHECK(rises_to(seconds_of(hub.now + 1min)));
}

TEST_CASE("a kiosk of the name of an issuer takes nothing but its own key out of the ring") {
  HubFixture hub;
  REQUIRE(add_pretix_keys(hub.store(), pretix_keys(2), hub.now).has_value());
  (void)hub.enrol("pretix");
  REQUIRE(hub.store().revoke("pretix", true, hub.now));
  const Ring ring = hub.store().ring().value();
  CHECK(ring.keys.size() == 3);
}

TEST_CASE("kiosks that have not heard of the ring are counted") {
  HubFixture hub;
  const std::string token = hub.enrol("north-1");
  (void)hub.new_code_for("south-2");  // waits, and will hear of it when it enrols
  CHECK(devices_behind_ring(hub.store()).value() == 1);
  const RosterPage page = hub.roster(token, 0, "");
  const Heartbeat beat{"test", 0, 0, 0, page.next, hub.now};
  REQUIRE(hub.post("/v1/heartbeat", token, to_body(beat)).status == 200);
  CHECK(devices_behind_ring(hub.store()).value() == 0);
  REQUIRE(add_next_key(hub.store(), hub.random(), hub.now).has_value());
  CHECK(devices_behind_ring(hub.store()).value() == 1);
}

TEST_CASE("a hub of an earlier version keeps its key, which is the current one") {
  TemporaryFolder folder;
  const Founding founding = new_founding(counting_random());
  {
    const auto file = open_sqlite(folder.path() / "hub.db", hub_migrations().first(2), 1s).value();
    SQLite::Statement put(*file, "INSERT INTO hub VALUES (1, 'e1', ?, ?, 1)");
    put.bind(1, founding.signing_key.data(), static_cast<int>(founding.signing_key.size()));
    put.bind(2, founding.fingerprint_key.data(), static_cast<int>(founding.fingerprint_key.size()));
    put.exec();
    SQLite::Statement key(*file, "INSERT INTO issuer_key SELECT substr(signing_key, 33), 'hub' FROM hub");
    key.exec();
  }
  const auto store = open_sqlite_store(folder.path()).value();
  CHECK(current_key(*store) == public_half(founding.signing_key));
  CHECK(store->ring().value().version == 0);
  REQUIRE(add_next_key(*store, counting_random(), Timestamp(100s)).has_value());
  CHECK(store->ring().value().version == 100);
}

}  // namespace
}  // namespace lanyard::sync::hub
