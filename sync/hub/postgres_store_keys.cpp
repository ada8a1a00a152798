// The PostgreSQL store: the key ring, and the key of TLS.
#include <utility>

#include "sync/hub/postgres_store.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr const char* kWholeRing =
    "SELECT k.public_key, k.issuer, k.kind, (o.secret_key IS NOT NULL)::int,"
    " (o.secret_key IS NOT DISTINCT FROM h.signing_key)::int"
    " FROM hub h JOIN issuer_key k USING (event) LEFT JOIN own_key o USING (event, public_key)"
    " WHERE h.event = $1 ORDER BY o.secret_key IS NULL, k.kind = 'lanyard', k.issuer, k.public_key";

}  // namespace

std::vector<RingKey> PostgresStore::read_ring() {
  std::vector<RingKey> keys;
  const PostgresAnswer get = query(kWholeRing);
  for (std::size_t i = 0; i < get.size(); ++i) {
    const auto kind = key_kind_named(get.text(i, 2));
    if (!kind) continue;  // never written by this version, nor by an earlier one
    const bool is_own = get.number(i, 3) != 0;
    keys.push_back({{get.bytes<32>(i, 0), get.text(i, 1), *kind}, is_own, is_own && get.number(i, 4) != 0});
  }
  return keys;
}

Expected<Ring> PostgresStore::ring() {
  return reading("reading the keys", [&]() -> Expected<Ring> {
    // Who asks within a transaction goes by what it sees.
    if (auto held = hold_roster(); !held) return tl::make_unexpected(held.error());
    Ring ring{read_ring(), 0, 0};
    const PostgresAnswer get = query(
        "SELECT keys_version, (SELECT version FROM frame WHERE event = $1 AND part = 'keys')"
        " FROM hub WHERE event = $1");
    if (!get.empty()) {
      ring.version = get.number(0, 0);
      ring.roster_version = get.number(0, 1);
    }
    return ring;
  });
}

Expected<void> PostgresStore::change_ring(const RingChange& change, Timestamp now) {
  return writing("changing the keys", [&]() -> Expected<void> {
    if (auto held = hold_roster(); !held) return held;
    for (const PublicKey& key : change.dropped) {
      (void)query("DELETE FROM issuer_key WHERE event = $1 AND public_key = $2", key);
      (void)query("DELETE FROM own_key WHERE event = $1 AND public_key = $2", key);
    }
    std::vector<IssuerKey> added = change.added;
    for (const SecretKey& key : change.own) {
      added.push_back({public_half(key), change.own_issuer, KeyKind::lanyard});
      (void)query("INSERT INTO own_key (event, public_key, secret_key) VALUES ($1, $2, $3)", public_half(key),
                  key);
    }
    for (const IssuerKey& key : added) {
      if (!query("SELECT 1 FROM issuer_key WHERE event = $1 AND public_key = $2", key.key).empty()) {
        return fail(Error::Kind::invalid, "this key is in the ring already");
      }
      (void)query("INSERT INTO issuer_key (event, public_key, issuer, kind) VALUES ($1, $2, $3, $4)", key.key,
                  key.issuer, to_name(key.kind));
    }
    if (auto sound = ring_fits(read_ring()); !sound) return sound;
    // By the clock, so that a hub that was restored from a backup passes what the kiosks have seen.
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    (void)query("UPDATE hub SET keys_version = greatest(keys_version + 1, $2) WHERE event = $1",
                std::int64_t{seconds});
    touch_frame("keys", "");
    return {};
  });
}

Expected<std::vector<SecretKey>> PostgresStore::own_keys() {
  return reading("reading the hub's keys", [&]() -> Expected<std::vector<SecretKey>> {
    std::vector<SecretKey> keys;
    const PostgresAnswer get = query("SELECT secret_key FROM own_key WHERE event = $1");
    for (std::size_t i = 0; i < get.size(); ++i)
      keys.push_back(get.bytes<std::tuple_size_v<SecretKey>>(i, 0));
    return keys;
  });
}

Expected<void> PostgresStore::use_key(const PublicKey& key) {
  return writing("changing the signing key", [&]() -> Expected<void> {
    const PostgresAnswer changed = query(
        "UPDATE hub SET signing_key = o.secret_key FROM own_key o"
        " WHERE hub.event = $1 AND o.event = $1 AND o.public_key = $2",
        key);
    if (changed.affected == 0) return fail(Error::Kind::invalid, "the hub cannot sign with this key");
    return {};
  });
}

Expected<std::optional<TlsIdentity>> PostgresStore::tls_identity() {
  return reading("reading the key of TLS", [&]() -> Expected<std::optional<TlsIdentity>> {
    const PostgresAnswer get = query("SELECT certificate, secret_key FROM tls_identity WHERE event = $1");
    if (get.empty()) return std::nullopt;
    return TlsIdentity{get.text(0, 0), get.text(0, 1)};
  });
}

Expected<void> PostgresStore::add_tls_identity(const TlsIdentity& identity) {
  return writing("keeping the key of TLS", [&]() -> Expected<void> {
    (void)query(
        "INSERT INTO tls_identity (event, certificate, secret_key) VALUES ($1, $2, $3)"
        " ON CONFLICT (event) DO NOTHING",
        identity.certificate, identity.key);
    return {};
  });
}

Expected<void> PostgresStore::drop_tls_identity() {
  return writing("dropping the key of TLS", [&]() -> Expected<void> {
    (void)query("DELETE FROM tls_identity WHERE event = $1");
    return {};
  });
}

std::vector<PublicKey> PostgresStore::keys_of_device(std::string_view device) {
  std::vector<PublicKey> keys;
  const PostgresAnswer get = query(
      "SELECT public_key FROM issuer_key WHERE event = $1 AND issuer = $2 AND kind = 'lanyard'", device);
  for (std::size_t i = 0; i < get.size(); ++i) keys.push_back(get.bytes<32>(i, 0));
  return keys;
}

}  // namespace lanyard::sync::hub
